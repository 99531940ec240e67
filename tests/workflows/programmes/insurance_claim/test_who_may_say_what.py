"""Every step × every outcome × every role of a claim: who gets it said, tried by doing it."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction

from casework.models import Case, Level, Post, Role, Staff
from casework.models.law import ABOUT_THE_ROUND
from tests.factories import LONG_AGO, StaffFactory
from tests.workflows.programmes.insurance_claim.stories import (
    answers,
    fresh,
    insurer,
    say,
    walked,
    with_insurer,
    with_papers,
)
from tests.world import COUNTY, TOWNSHIP, VILLAGE, World, open_item
from workflows import law, registry
from workflows.flow import Step
from workflows.outcomes import Hand, Outcome
from workflows.perform import Receipt, perform
from workflows.refusals import Incomplete, NotYourPost, Refusal
from workflows.reopening import reopen

PROGRAMME = registry.programme("insurance_claim")
STEPS = {step.name: step for step in PROGRAMME.flow.steps()}
OFFICES = {Level.COUNTY: COUNTY, Level.TOWNSHIP: TOWNSHIP, Level.VILLAGE: VILLAGE}
WHERE_ELSE = {Level.COUNTY: "430102", Level.VILLAGE: "430922113239"}


@pytest.fixture
def world(world: World) -> World:
    return with_insurer(world)


def waiting_at(world: World, step: str) -> Case:
    if step in ("review_request", "internal_review"):
        case = walked(world, "insurer")
        say(world, case, "refuse")
        if step == "internal_review":
            reopen(case.number, by=world.by(Role.INTAKE_CLERK), reasons=["refusal_disputed"])
        return fresh(case)
    return with_papers(walked(world, step))


def somebody(role: str, division: str) -> Staff:
    """New, in that role there; an insurer's clerk at the very insurer of the claim."""
    if role == Role.INSURER_CLERK and division == COUNTY:
        clerk: Staff = StaffFactory()
        Post.objects.create(staff=clerk, office=insurer(), role=role, valid_from=LONG_AGO)
        return clerk
    made: Staff = StaffFactory(post=(role, division))
    return made


def attempt(case: Case, step: Step, outcome: Outcome, by: Staff) -> Receipt | Refusal:
    """Said, and undone again; whatever it may ask is answered."""
    given: dict[str, Any] = {"reasons": [next(iter(PROGRAMME.reasons))], "note": "情况属实", **answers(case)}
    with transaction.atomic():
        try:
            if step.name == "review_request":
                return reopen(case.number, by=by, reasons=given["reasons"])
            return perform(open_item(case).pk, outcome.name, by=by, **given)
        except Refusal as refusal:
            return refusal
        finally:
            transaction.set_rollback(True)


@pytest.mark.parametrize("name", STEPS)
def test_an_outcome_is_said_by_the_role_its_hand_names_in_that_office_and_by_no_other(world: World, name: str) -> None:
    case, step = waiting_at(world, name), STEPS[name]
    people: dict[Hand, dict[str, Staff]] = {}
    for outcome in step.outcomes.values():
        hand = step.hand_of(outcome)
        place = OFFICES[hand.level]
        people.setdefault(hand, {role: somebody(role, place) for role in Role.values})
        elsewhere = StaffFactory(post=(hand.role, WHERE_ELSE[hand.level]))
        assert isinstance(attempt(case, step, outcome, elsewhere), NotYourPost), outcome.name
        past = any(guard.missing(case) for guard in law.guards(outcome.moves, case.stage) if guard in ABOUT_THE_ROUND)
        for role, by in people[hand].items():
            result = attempt(case, step, outcome, by)
            wanted = NotYourPost if role != hand.role else Incomplete if past else Receipt
            assert isinstance(result, wanted), (outcome.name, role, result)
