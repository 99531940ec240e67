"""Every kind of lapse × every outcome × every role, whether the family is seen to again or not: tried by doing it."""

from __future__ import annotations

import datetime

import pytest
from django.db import transaction
from django.utils.timezone import localdate

from casework.models import Case, CoverLapse, FamilyCover, Level, Person, Role, Staff
from tests.factories import OfficeFactory, StaffFactory
from tests.workflows.coverage import stories
from tests.world import COUNTY, OTHER_VILLAGE, VILLAGE, World, open_item
from workflows.coverage.lapses import AT_THE_COUNTY, sweep_lapses
from workflows.outcomes import Hand
from workflows.perform import Receipt, perform
from workflows.refusals import Incomplete, NotYourPost, Refusal

Kind = CoverLapse.Kind
OFFICES = {Level.COUNTY: COUNTY, Level.VILLAGE: VILLAGE}
ELSEWHERE = {Level.COUNTY: "430102", Level.VILLAGE: OTHER_VILLAGE}


def lapsed(world: World, kind: str) -> tuple[Person, Case]:
    """A family in whose care just that is wanting, and the case of it."""
    person = stories.cared_for(world)
    if kind == Kind.NO_CONTACT:
        person.household.contacts.all().delete()  # type: ignore[union-attr]
    else:
        ended = localdate() - datetime.timedelta(days=1)
        FamilyCover.objects.filter(household=person.household, kind=kind).update(valid_to=ended)
    sweep_lapses(localdate())
    return person, Case.objects.get(programme="family_contact", facts__kind=kind)


def seen_to(world: World, person: Person, kind: str) -> None:
    """In the books, as a keeper of another place would leave it: the case still waits."""
    if kind == Kind.NO_CONTACT:
        stories.spoken(world, person, 0, by=StaffFactory(post=(Role.VISITOR, COUNTY)))
    else:
        tomorrow = localdate() + datetime.timedelta(days=90)
        FamilyCover.objects.filter(household=person.household, kind=kind).update(valid_to=tomorrow)


def attempt(case: Case, outcome: str, by: Staff) -> Receipt | Refusal:
    with transaction.atomic():
        try:
            return perform(open_item(case).pk, outcome, by=by, reasons=["moved_away"], note="已办")
        except Refusal as refusal:
            return refusal
        finally:
            transaction.set_rollback(True)


@pytest.mark.parametrize("over", [False, True], ids=["still lapsed", "seen to"])
@pytest.mark.parametrize("kind", Kind.values)
def test_an_outcome_is_said_by_the_role_its_hand_names_in_that_office_and_by_no_other(
    world: World, kind: str, over: bool
) -> None:
    person, case = lapsed(world, kind)
    if over:
        seen_to(world, person, kind)
    step, people = open_item(case).flow_task, dict[Hand, dict[str, Staff]]()
    assert step.name == ("county" if kind in AT_THE_COUNTY else "village")
    assert set(step.outcomes) == {"restored", "terminate"}
    for outcome in step.outcomes.values():
        hand = step.hand_of(outcome)
        people.setdefault(hand, {role: StaffFactory(post=(role, OFFICES[hand.level])) for role in Role.values})
        OfficeFactory(division_id=ELSEWHERE[hand.level])
        stranger = StaffFactory(post=(hand.role, ELSEWHERE[hand.level]))
        assert isinstance(attempt(case, outcome.name, stranger), NotYourPost), outcome.name
        for role, by in people[hand].items():
            result = attempt(case, outcome.name, by)
            said = Incomplete if outcome.name == "restored" and not over else Receipt
            assert isinstance(result, said if role == hand.role else NotYourPost), (outcome.name, role, result)
