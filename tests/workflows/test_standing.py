"""The one statement that says who may act: each of its branches, on both databases."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import localdate

from casework.models import DeclaredRelative, Participation, Person, Post, Role, Staff, WorkItem
from tests.factories import HouseholdFactory, OfficeFactory, PersonFactory, StaffFactory
from tests.world import COUNTY, OTHER_VILLAGE, TOWNSHIP, VILLAGE, World, open_item
from workflows.refusals import HeldByAnother, NotYourPost, Recused, SecondHat
from workflows.standing import Actor, standing

TODAY = datetime.date(2026, 11, 2)
YESTERDAY, TOMORROW = TODAY - datetime.timedelta(days=1), TODAY + datetime.timedelta(days=1)


@pytest.fixture
def item(world: World) -> WorkItem:
    """A case waiting at its village, intake's part already taken."""
    return open_item(world.case("village"))


@pytest.fixture
def verifier(world: World) -> Staff:
    return world.by(Role.VILLAGE_VERIFIER)


@pytest.fixture
def applicant(item: WorkItem) -> Person:
    return item.process.applicant


def somebody(role: str = Role.VILLAGE_VERIFIER, office: str = VILLAGE, **dates: Any) -> Staff:
    staff = StaffFactory()
    given = {"valid_from": "2020-01-01", **dates}
    Post.objects.create(staff=staff, office=OfficeFactory(division_id=office), role=role, **given)
    return staff


def is_known_as(staff: Staff, person: Person) -> None:
    staff.identity_hash = person.identity_hash
    staff.save()


# -- the post ---------------------------------------------------------------------------------------------------------


def test_who_holds_the_post_acts_by_name_and_office_and_in_that_role(item: WorkItem, verifier: Staff) -> None:
    found = standing(verifier, item)
    assert found.actor == Actor(verifier.pk, verifier.name, "川门湾村委会计生协会", Role.VILLAGE_VERIFIER)
    assert found.recused is False


def test_it_is_one_statement(item: WorkItem, verifier: Staff) -> None:
    assert item.process.applicant_id
    with CaptureQueriesContext(connection) as sent:
        standing(verifier, item)
    assert len(sent) == 1


@pytest.mark.parametrize(
    ("role", "office", "why"),
    [
        (Role.TOWNSHIP_REVIEWER, VILLAGE, "another role in the office"),
        (Role.VILLAGE_VERIFIER, OTHER_VILLAGE, "the role in another village"),
        (Role.VILLAGE_VERIFIER, TOWNSHIP, "the role in the office above: to oversee is not to act"),
        (Role.VILLAGE_VERIFIER, COUNTY, "or two above"),
        (Role.ADMINISTRATOR, VILLAGE, "an administrator"),
    ],
)
def test_any_other_post_gives_no_standing(item: WorkItem, role: str, office: str, why: str) -> None:
    with pytest.raises(NotYourPost, match="川门湾村委会的“村级核实员”"):
        standing(somebody(role, office), item)


def test_no_post_gives_no_standing(item: WorkItem) -> None:
    with pytest.raises(NotYourPost):
        standing(StaffFactory(), item)


@pytest.mark.parametrize(
    ("valid_from", "valid_to", "stands", "why"),
    [
        (TODAY, None, True, "the first day"),
        (TOMORROW, None, False, "from tomorrow"),
        (YESTERDAY, TODAY, True, "the last day"),
        (YESTERDAY, YESTERDAY, False, "until yesterday"),
    ],
)
def test_a_post_counts_from_its_first_to_its_last_day(
    item: WorkItem, valid_from: datetime.date, valid_to: datetime.date | None, stands: bool, why: str
) -> None:
    staff = somebody(valid_from=valid_from, valid_to=valid_to)
    assert _stands(staff, item) is stands, why


def _stands(staff: Staff, item: WorkItem) -> bool:
    try:
        standing(staff, item, on=TODAY)
    except NotYourPost:
        return False
    return True


@pytest.mark.parametrize(("closed_on", "stands"), [(None, True), (TOMORROW, True), (TODAY, True), (YESTERDAY, False)])
def test_an_office_counts_until_its_last_day(
    item: WorkItem, verifier: Staff, closed_on: datetime.date | None, stands: bool
) -> None:
    office = verifier.posts.get().office
    office.valid_to = closed_on
    office.save()
    assert _stands(verifier, item) is stands


def test_an_account_that_was_switched_off_gives_no_standing(item: WorkItem, verifier: Staff) -> None:
    verifier.is_active = False
    verifier.save()
    assert not _stands(verifier, item)


def test_today_is_asked_when_no_day_is_given(item: WorkItem) -> None:
    today = localdate()
    assert standing(somebody(valid_from=today, valid_to=today), item)
    with pytest.raises(NotYourPost):
        standing(somebody(valid_from=today + datetime.timedelta(days=1)), item)


def test_who_holds_the_post_twice_stands_once(item: WorkItem, verifier: Staff) -> None:
    held = verifier.posts.get()
    held.valid_to = datetime.date(2099, 1, 1)
    held.save()
    Post.objects.create(staff=verifier, office=held.office, role=held.role, valid_from="2021-01-01")
    found = standing(verifier, item)
    assert len(found.parts) == Participation.objects.filter(case=item.process_id).count() == 1


# -- recusal ----------------------------------------------------------------------------------------------------------


def test_ones_own_case(item: WorkItem, verifier: Staff, applicant: Person) -> None:
    is_known_as(verifier, applicant)
    assert standing(verifier, item).recused is True


def test_a_case_of_ones_household(item: WorkItem, verifier: Staff, applicant: Person) -> None:
    is_known_as(verifier, PersonFactory(household=applicant.household))
    assert standing(verifier, item).recused is True


def test_a_declared_relatives_case(item: WorkItem, verifier: Staff, applicant: Person) -> None:
    declared(verifier, applicant)
    assert standing(verifier, item).recused is True


def declared(staff: Staff, person: Person) -> None:
    DeclaredRelative.objects.create(
        staff=staff, identity_hash=person.identity_hash, relation="表姐", declared_on="2026-01-01"
    )


def test_anothers_relative_is_not_mine(item: WorkItem, verifier: Staff, applicant: Person) -> None:
    declared(somebody(), applicant)
    declared(verifier, PersonFactory())
    assert standing(verifier, item).recused is False


def test_another_household_is_not_mine(item: WorkItem, verifier: Staff) -> None:
    is_known_as(verifier, PersonFactory(household=HouseholdFactory()))
    assert standing(verifier, item).recused is False


def test_two_people_in_no_household_are_not_of_one(item: WorkItem, verifier: Staff, applicant: Person) -> None:
    Person.objects.filter(pk=applicant.pk).update(household=None)
    is_known_as(verifier, PersonFactory(household=None))
    assert standing(verifier, item).recused is False


def test_staff_whose_number_is_not_known_are_nobodys_kin(item: WorkItem, verifier: Staff, applicant: Person) -> None:
    assert verifier.identity_hash == ""
    PersonFactory(household=applicant.household)
    assert standing(verifier, item).recused is False


def test_who_must_keep_out_is_told_so_whatever_else_holds(item: WorkItem, verifier: Staff, applicant: Person) -> None:
    is_known_as(verifier, applicant)
    Participation.objects.create(case=item.process, staff=verifier, capacity="intake")
    with pytest.raises(Recused):
        standing(verifier, item).check_may_act(item, "verify")


# -- the parts taken so far ------------------------------------------------------------------------------------------


def test_every_part_is_seen_with_what_was_signed(world: World) -> None:
    item = open_item(world.case("county"))
    facts = item.process.facts_digest
    found = standing(world.by(Role.COUNTY_APPROVER), item)
    people = {world.by(role).pk for role in (Role.INTAKE_CLERK, Role.VILLAGE_VERIFIER, Role.TOWNSHIP_REVIEWER)}
    assert found.parts.keys() == people
    assert found.signatures(facts) == {"intake": facts, "verify": facts, "review": facts}


def test_parts_in_other_cases_are_not_seen(world: World, item: WorkItem, verifier: Staff) -> None:
    other = world.case("intake")
    Participation.objects.create(case=other, staff=verifier, capacity="intake")
    found = standing(verifier, item)
    assert verifier.pk not in found.parts
    found.check_may_act(item, "verify")


def test_a_second_hat_is_refused_and_the_same_one_again_is_not(world: World, item: WorkItem, verifier: Staff) -> None:
    Participation.objects.create(case=item.process, staff=verifier, capacity="verify")
    found = standing(verifier, item)
    found.check_may_act(item, "verify")
    with pytest.raises(SecondHat, match=r"核实.*审核"):
        found.check_may_act(item, "review")


def test_where_two_have_held_a_capacity_who_signed_the_present_facts_counts(item: WorkItem, verifier: Staff) -> None:
    case, colleague = item.process, somebody()
    Participation.objects.create(case=case, staff=colleague, capacity="verify", signed_digest="f" * 64)
    Participation.objects.create(case=case, staff=verifier, capacity="verify", signed_digest=case.facts_digest)
    assert standing(verifier, item).signatures(case.facts_digest)["verify"] == case.facts_digest
    Participation.objects.filter(staff=verifier).update(signed_digest="")
    assert standing(verifier, item).signatures(case.facts_digest)["verify"] == "f" * 64


def test_an_item_a_colleague_holds_is_theirs(item: WorkItem, verifier: Staff) -> None:
    holder = somebody()
    item.owner = holder
    with pytest.raises(HeldByAnother, match=holder.name):
        standing(verifier, item).check_may_act(item, "verify")
    item.owner = verifier
    standing(verifier, item).check_may_act(item, "verify")
