"""Every step × every outcome × every role of a rights case: who gets it said, tried by doing it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from django.utils.timezone import localdate

from casework.models import Case, Level, Role, Staff
from tests.factories import StaffFactory
from tests.workflows.programmes.rights_case.stories import Rights, fresh, in_days
from tests.world import COUNTY, open_item
from workflows import registry
from workflows.flow import Step
from workflows.outcomes import Outcome
from workflows.perform import Receipt, perform
from workflows.programmes.rights_case.flow import one_person_may_end_it
from workflows.refusals import Incomplete, NotYourPost, Refusal
from workflows.reopening import reopen

STEPS = {step.name: step for step in registry.programme("rights_case").flow.steps()}


def answers() -> dict[str, Any]:
    """Whatever any of them may ask."""
    return {
        "review_on": in_days(5),
        "channel": "social_bodies",
        "kind": "award",
        "done_on": localdate(),
        "words": "如实记录",
        "addressee": "县法律援助中心",
        "amount": Decimal("10.00"),
        "what": "claimed",
        "first_due": in_days(20),
        "due_on": in_days(20),
        "number": 1,
        "limitation": in_days(300),
    }


def attempt(case: Case, step: Step, outcome: Outcome, by: Staff) -> Receipt | Refusal:
    """Said, and undone again."""
    reasons = [next(iter(registry.programme(case.programme).reasons))]
    given: dict[str, Any] = {"reasons": reasons, "note": "情况属实", "values": answers()}
    with transaction.atomic():
        try:
            if step.name == "review_request":
                return reopen(case.number, by=by, **given)
            return perform(open_item(case).pk, outcome.name, by=by, **given)
        except Refusal as refusal:
            return refusal
        finally:
            transaction.set_rollback(True)


@pytest.mark.parametrize("name", STEPS)
def test_an_outcome_is_said_by_its_own_role_of_the_county_and_by_no_other(rights: Rights, name: str) -> None:
    case, step = fresh(rights.at(name)), STEPS[name]
    people = {role: StaffFactory(post=(role, COUNTY)) for role in Role.values}
    for outcome in step.outcomes.values():
        hand = step.hand_of(outcome)
        assert hand.level == Level.COUNTY
        elsewhere = StaffFactory(post=(hand.role, "430102"))
        assert isinstance(attempt(case, step, outcome, elsewhere), NotYourPost), outcome.name
        for role, by in people.items():
            result = attempt(case, step, outcome, by)
            if role != hand.role:
                assert isinstance(result, NotYourPost), (outcome.name, role, result)
            elif one_person_may_end_it in outcome.requires:
                assert isinstance(result, Incomplete), (outcome.name, role, result)
            else:
                assert isinstance(result, Receipt), (outcome.name, role, result)


def test_who_has_handled_a_case_does_not_decide_that_it_is_closed(rights: Rights) -> None:
    case = rights.at("closing")
    both = rights.officer
    both.posts.create(office=both.posts.get().office, role=Role.OFFICE_HEAD, valid_from="2020-01-01")
    with pytest.raises(Refusal, match="维权办理"):
        rights.say(case, "approve_close", by=both)
