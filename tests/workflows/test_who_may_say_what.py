"""Every step × every outcome × every role: who gets it said, made from the flow's own definition, tried by doing it."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction
from django.utils.timezone import localdate

from casework.models import Case, Level, Role, Staff
from casework.models.law import ABOUT_THE_ROUND
from tests.factories import OfficeFactory, StaffFactory
from tests.workflows.second_thoughts.stories import (
    BILL,
    at,
    brought,
    fresh,
    in_days,
    left_as_it_was_paid,
    refused,
    terminated,
)
from tests.world import COUNTY, TOWNSHIP, VILLAGE, World, open_item, photographed
from workflows import law, registry
from workflows.flow import Step
from workflows.graph import something_waits_in
from workflows.outcomes import Hand, Outcome
from workflows.perform import Receipt, perform
from workflows.refusals import Incomplete, NotYourPost, Refusal
from workflows.reopening import reopen

FLOW = registry.programme("nursing_subsidy").flow
STEPS = {step.name: step for step in FLOW.steps()}
REOPENING = {
    "request_review": terminated,
    "came_back": lambda world: world.case("end"),
    "came_back_anew": left_as_it_was_paid,
}
"""What is said in steps nothing ever waits in, of a case that has ended so: by it such a case is taken up again."""

IDLE = {name for name, step in STEPS.items() if not something_waits_in(step)}

OFFICES = {Level.COUNTY: COUNTY, Level.TOWNSHIP: TOWNSHIP, Level.VILLAGE: VILLAGE}
WHERE_ELSE = {Level.COUNTY: "430102", Level.TOWNSHIP: "430922113", Level.VILLAGE: "430922113239"}


def people_for(hand: Hand) -> dict[tuple[str, int], Staff]:
    """Somebody new in every role of the office that has the say, and in its own role of the offices that have not."""
    seats = [(role, hand.level) for role in Role.values]
    seats += [(hand.role, level) for level in OFFICES if level != hand.level]
    for office in OFFICES.values():
        OfficeFactory(division_id=office)
    return {(role, level): StaffFactory(post=(role, OFFICES[level])) for role, level in seats}


def waiting_at(world: World, step: str, outcome: str) -> Case:
    """A case of which the outcome can be said, wherever else it is."""
    if step == "refusal_review_request":
        return refused(world)
    case = REOPENING[outcome](world) if step in IDLE else at(world, step)
    photographed(case)
    return fresh(case)


def attempt(case: Case, step: Step, outcome: Outcome, by: Staff, **given: Any) -> Receipt | Refusal:
    """Said, and undone again; whatever it may ask is answered."""
    with transaction.atomic():
        try:
            if step.name in IDLE:
                return reopen(case.number, outcome.name, by=by, **given)
            return perform(open_item(case).pk, outcome.name, by=by, **given)
        except Refusal as refusal:
            return refusal
        finally:
            transaction.set_rollback(True)


def answers(case: Case) -> dict[str, Any]:
    reasons = registry.programme(case.programme).reasons
    values = {"review_on": in_days(5), "papers": (BILL,), "ticks": brought(case)}
    values |= {"came_back_on": localdate(), "bank_reason": "账户已销户"}
    return {"reasons": [next(iter(reasons))], "note": "情况属实", "values": values}


def cannot_be_complete(case: Case, outcome: Outcome) -> bool:
    """What is said in a batch only, or of a case with another past."""
    guards = law.guards(outcome.moves, str(case.stage))
    past = any(guard.missing(case) for guard in guards if guard in ABOUT_THE_ROUND)
    return outcome.by_batch or past


@pytest.mark.parametrize("name", STEPS)
def test_an_outcome_is_said_by_the_role_its_hand_names_in_that_office_and_by_no_other(world: World, name: str) -> None:
    step, case = STEPS[name], None
    people: dict[Hand, dict[tuple[str, int], Staff]] = {}
    for outcome in step.outcomes.values():
        case = waiting_at(world, name, outcome.name) if case is None or name in IDLE else case
        given, hand = answers(case), step.hand_of(outcome)
        people.setdefault(hand, people_for(hand))
        for (role, level), by in people[hand].items():
            result = attempt(case, step, outcome, by, **given)
            if (role, level) != (hand.role, hand.level):
                assert isinstance(result, NotYourPost), (outcome.name, role, level, result)
            elif cannot_be_complete(case, outcome):
                assert isinstance(result, Incomplete), (outcome.name, role, level, result)
            else:
                assert isinstance(result, Receipt), (outcome.name, role, level, result)


@pytest.mark.parametrize("name", STEPS)
def test_and_not_in_the_office_of_another_place(world: World, name: str) -> None:
    step, case = STEPS[name], None
    for hand in {step.hand_of(outcome) for outcome in step.outcomes.values()}:
        neighbour = StaffFactory(post=(hand.role, WHERE_ELSE[hand.level]))
        for outcome in step.outcomes.values():
            if step.hand_of(outcome) == hand:
                case = waiting_at(world, name, outcome.name) if case is None or name in IDLE else case
                given = answers(case)
                assert isinstance(attempt(case, step, outcome, neighbour, **given), NotYourPost), outcome.name


def test_the_law_and_the_flow_name_the_same_role_for_every_outcome() -> None:
    for step in STEPS.values():
        for outcome in step.outcomes.values():
            role = step.hand_of(outcome).role
            stages = [stage for stage in Case.law_allows(outcome.moves) if law.permits(outcome.moves, stage, role)]
            assert stages, (step.name, outcome.name)


def test_whoever_speaks_for_the_applicant_is_the_countys_desk() -> None:
    """Every outcome that lies in other hands than its step's is in these, but what is done by batch."""
    others = [(step, one) for step in STEPS.values() for one in step.outcomes.values() if one.hand and not one.by_batch]
    assert {step.hand_of(outcome) for step, outcome in others} == {Hand(Role.INTAKE_CLERK, Level.COUNTY, "intake")}
