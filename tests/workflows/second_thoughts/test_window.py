"""The days in which a review can be asked for, from what was decided, told and lifted; and no verb is forgotten."""

from __future__ import annotations

import datetime

import pytest
from django.utils.timezone import get_current_timezone

from casework.models import Case, Decision
from casework.models.stages import REVIEWABLE
from workflows import law
from workflows.objection import DECIDES, LIFTED, STANDS, TELLS_AGAIN, Window, window_of

SAYS_NOTHING_NEW = {
    "close": "what was paid is told when it is paid",
    "come_back": "the bank has sent back what was promised, and it is paid again",
    "unschedule": "out of a batch; the promise stands",
    "resume": "back to where it was",
    STANDS: "what was decided before stands",
    "mend_account": "another card for the same money",
    "visit": "somebody was there; what is given is told when it is given",
    "revisit": "somebody goes there once more",
    "put_on_notice": "it hangs",
    "end_notice": "it has hung",
    "hold_for_objection": "an objection is looked into",
    "take_off_notice": "it hangs again",
    "dismiss_objection": "what was decided stands",
}
"""Verbs that lead to a stage a review can be asked in, and change nothing of what the applicant gets."""


def window(*said: tuple[str, str]) -> Window:
    """After these verbs, on these days."""
    zone = get_current_timezone()
    made = [
        Decision(transition=verb, at=datetime.datetime.fromisoformat(f"{day}T10:00").replace(tzinfo=zone))
        for verb, day in said
    ]
    return window_of(Case(programme="nursing_subsidy", terms_version="2026-07-01"), made)


def test_every_verb_that_settles_what_the_applicant_gets_can_be_reviewed() -> None:
    reviewable = {str(stage) for stage in REVIEWABLE}
    leading = {verb for verb in law.verbs() if Case.law_targets(verb) & reviewable}
    assert leading - DECIDES - TELLS_AGAIN - LIFTED == SAYS_NOTHING_NEW.keys()


def test_an_approval_that_is_revoked_is_a_new_decision_with_days_of_its_own() -> None:
    """An objection to the county's list was founded: by then the days since the approval may be over."""
    found = window(("approve", "2026-09-01"), ("revoke", "2026-10-12"))
    assert (str(found.opens), str(found.last)) == ("2026-10-12", "2026-11-11")


def test_what_was_upheld_before_it_was_revoked_was_another_decision() -> None:
    found = window(
        ("approve", "2026-09-01"), ("request_review", "2026-09-05"), ("uphold", "2026-09-10"), ("revoke", "2026-10-12")
    )
    assert (found.closed, str(found.last)) == ("", "2026-11-11")


@pytest.mark.parametrize("arrives", sorted(TELLS_AGAIN))
def test_the_days_count_from_when_it_is_in_the_hand(arrives: str) -> None:
    found = window(("approve", "2026-09-01"), (arrives, "2026-10-20"))
    assert (str(found.opens), str(found.last)) == ("2026-09-01", "2026-11-19")
