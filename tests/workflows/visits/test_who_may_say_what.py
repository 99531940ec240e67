"""Every place a household's case can wait in × every outcome there × every role: who gets it said, tried by doing it.

Generated from the flow: a step or an outcome that is added is tried here without a word more. Goods and money on a card
part at the door, so what is said there is tried of both.
"""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.db import transaction
from django.utils.timezone import localdate

from casework.models import Case, Level, Role, Staff
from casework.models.law import ABOUT_THE_ROUND
from tests.factories import OfficeFactory, StaffFactory
from tests.workflows.visits import stories
from tests.world import COUNTY, IN_BATCHES, OTHER_VILLAGE, TOWNSHIP, VILLAGE, World, open_item
from workflows import law, registry
from workflows.flow import Ending, Step
from workflows.outcomes import Hand, Outcome
from workflows.papers.correcting import enter_application
from workflows.perform import Receipt, perform
from workflows.refusals import Incomplete, NotYourPost, Refusal
from workflows.reopening import reopen
from workflows.visits.requirements import given_as_goods, paid_by_card

PROGRAMME = registry.programme("hardship_visit")
STEPS = {step.name: step for step in PROGRAMME.flow.steps()}
ENDINGS = [place for place in PROGRAMME.flow.instance.nodes() if isinstance(place, Ending)]
REOPENING = {step.name for ending in ENDINGS for step in ending.reopens}
OFFICES = {Level.COUNTY: COUNTY, Level.TOWNSHIP: TOWNSHIP, Level.VILLAGE: VILLAGE}
ELSEWHERE = {Level.COUNTY: "430102", Level.TOWNSHIP: "430922113", Level.VILLAGE: OTHER_VILLAGE}
GOODS = {"form": "goods", "goods": "大米", "title": "慰问品"}
PLACES = [(name, form) for name in STEPS for form in ("card", "goods") if form == "card" or name == "visit"]
PLACES.append(("wrong_delivery", "goods"))
PLACES.remove(("wrong_delivery", "card"))


def at_intake(world: World) -> Case:
    (person,) = stories.families(1)
    stories.a_round(world)
    cells = {
        "name": person.name,
        "identity_number": person.identity_number.reveal(),  # type: ignore[attr-defined]
        "round": "春节",
        "remark": "家里有困难",
    }
    by = world.by(Role.INTAKE_CLERK)
    return enter_application("hardship_visit", cells, county=COUNTY, applied_on=localdate(), by=by)


def say(world: World, case: Case, outcome: str, reason: str = "", **values: Any) -> None:
    item = open_item(case)
    hand = item.flow_task.hand_of(item.flow_task.outcomes[outcome])
    perform(item.pk, outcome, by=world.by(hand.role), reasons=[reason] if reason else [], note="属实", values=values)


def before_approval(world: World, name: str) -> Case:
    case = at_intake(world)
    if name != "intake":
        say(world, case, "accept")
    if name in ("township", "county"):
        say(world, case, "nominate")
    if name == "county":
        say(world, case, "pass")
    return case


def waiting_at(world: World, name: str, form: str) -> Case:
    if name in ("intake", "village", "township", "county"):
        return before_approval(world, name)
    if name in ("review_request", "internal_review"):
        case = before_approval(world, "township")
        say(world, case, "refuse", "moved")
        if name == "internal_review":
            stories.ask_for_review(world, case)
        return case
    if name == "suspended":
        case = before_approval(world, "township")
        say(world, case, "suspend", "applicant_away", review_on=localdate() + datetime.timedelta(days=5))
        return case
    _round, (case,) = stories.approved(world, **(GOODS if form == "goods" else {}))
    if name != "visit":
        stories.visited(world, case)
    for step in IN_BATCHES if name in (*IN_BATCHES, "account", "late_return") else ():
        if step == name:
            break
        world.pay_on(case, step)
    if name == "account":
        answer = {"came_back_on": localdate(), "bank_reason": "销户"}
        reopen(case.number, "came_back", by=world.by(Role.PAYMENT_OFFICER), reasons=["sent_back_late"], values=answer)
    return case


def attempt(case: Case, step: Step, outcome: Outcome, by: Staff) -> Receipt | Refusal:
    """Said, and undone again; whatever it may ask is answered."""
    values = {
        "review_on": localdate() + datetime.timedelta(days=5),
        "came_back_on": localdate(),
        "bank_reason": "销户",
        "visit": stories.a_visit(),
    }
    given: dict[str, Any] = {"reasons": [next(iter(PROGRAMME.reasons))], "note": "情况属实", "values": values}
    with transaction.atomic():
        try:
            if step.name in REOPENING:
                return reopen(case.number, outcome.name, by=by, **given)
            return perform(open_item(case).pk, outcome.name, by=by, **given)
        except Refusal as refusal:
            return refusal
        finally:
            transaction.set_rollback(True)


def cannot_be_complete(case: Case, outcome: Outcome) -> bool:
    """What is said in a batch only, of a case with another past, or of what is given in the other way."""
    guards = law.guards(outcome.moves, str(case.stage))
    other = given_as_goods if case.pays_by == Case.PaysBy.CARD else paid_by_card
    return (
        outcome.by_batch
        or other in outcome.requires
        or any(guard.missing(case) for guard in guards if guard in ABOUT_THE_ROUND)
    )


@pytest.mark.parametrize(("name", "form"), PLACES)
def test_an_outcome_is_said_by_the_role_its_hand_names_in_that_office_and_by_no_other(
    world: World, name: str, form: str
) -> None:
    case = Case.objects.get(pk=waiting_at(world, name, form).pk)
    step, people = STEPS[name], dict[Hand, dict[str, Staff]]()
    assert name in REOPENING or open_item(case).step == name
    for outcome in step.outcomes.values():
        hand = step.hand_of(outcome)
        people.setdefault(hand, {role: StaffFactory(post=(role, OFFICES[hand.level])) for role in Role.values})
        OfficeFactory(division_id=ELSEWHERE[hand.level])
        stranger = StaffFactory(post=(hand.role, ELSEWHERE[hand.level]))
        assert isinstance(attempt(case, step, outcome, stranger), NotYourPost), outcome.name
        for role, by in people[hand].items():
            result = attempt(case, step, outcome, by)
            complete = Incomplete if cannot_be_complete(case, outcome) else Receipt
            wanted = complete if role == hand.role else NotYourPost
            assert isinstance(result, wanted), (outcome.name, role, result)


def test_every_place_of_the_flow_is_tried() -> None:
    assert {name for name, _form in PLACES} == STEPS.keys()
    assert sum(len(STEPS[name].outcomes) for name, _form in PLACES) * len(Role.values) > 700
