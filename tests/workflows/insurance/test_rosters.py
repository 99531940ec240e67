"""Who is put on a roster, and who is not; policies confirmed; endorsements that reach forward only."""

from __future__ import annotations

import datetime
from decimal import Decimal
from hashlib import sha256
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils.timezone import localdate

from casework.models import (
    Division,
    Endorsement,
    Event,
    Household,
    InsuredPerson,
    Person,
    PlanVersion,
    Policy,
    Role,
    RosterLine,
)
from casework.sheets.opening import load_sheet, open_workbook
from tests.factories import HouseholdFactory, PersonFactory, RegisterEntryFactory
from tests.workflows.programmes.insurance_claim.stories import at_hour, plan
from tests.world import COUNTY, VILLAGE, World
from workflows import trail
from workflows.insurance import endorsements, policies, rosters
from workflows.insurance.policies import Shares
from workflows.insurance.ratios import by_product
from workflows.programmes.insurance_claim.cover import covers_for
from workflows.refusals import NotAllowed

DAY = datetime.date
SOON = localdate() + datetime.timedelta(days=30)


def made(world: World, *, begins: DAY = SOON, shares: Shares | None = None, **of_the_plan: Any) -> Policy:
    offered = plan(**of_the_plan)
    return policies.make_policy(
        offered,
        Division.objects.get(pk=COUNTY),
        begins=begins,
        ends=begins + datetime.timedelta(days=364),
        shares=shares or Shares(county=offered.premium),
        by=world.by(Role.INTAKE_CLERK),
    )


def household(*births: DAY, **of_the_first: Any) -> Household:
    """A household of the register with members born so; the first has the entry."""
    home = HouseholdFactory()
    people = [PersonFactory(household=home, birth_date=born) for born in births]
    RegisterEntryFactory(person=people[0], valid_to=None, **of_the_first)
    return home


def listed(world: World, policy: Policy, *categories: str) -> rosters.Listed:
    return rosters.from_register(policy, categories or ("bereaved",), by=world.by(Role.INTAKE_CLERK))


def confirmed(world: World, policy: Policy, **given: Any) -> Policy:
    clerk = world.by(Role.INTAKE_CLERK)
    policies.send(policy, by=clerk)
    return policies.confirm(policy, "PICC0001", localdate(), by=clerk, **given)


# -- the policy ------------------------------------------------------------------------------------------------------


def test_shares_close_to_the_cent(world: World) -> None:
    """24.50 + 15.20 + 0.20 are less than 39.90 in binary fractions."""
    shares = Shares(family=Decimal("24.50"), city=Decimal("15.20"), insurer=Decimal("0.20"))
    assert made(world, shares=shares, premium=Decimal("39.90")).unit_premium == Decimal("39.90")


@pytest.mark.parametrize("family", ["100.00", "110.00"])
def test_shidian_2025_120_yuan_a_household_closes_with_what_nobody_named_pays(world: World, family: str) -> None:
    """示例：施甸2025。每户120元：家庭100至110元，市3元，县7元，其余保险公司优惠。"""
    rest = Decimal("120.00") - Decimal(family) - 3 - 7
    shares = Shares(family=Decimal(family), city=Decimal("3.00"), county=Decimal("7.00"), insurer=rest)

    policy = made(world, shares=shares)

    assert policy.unit_premium == shares.total == Decimal("120.00")


def test_shares_that_do_not_close_are_refused_by_word_and_by_the_database(world: World) -> None:
    with pytest.raises(NotAllowed, match=r"合计110\.00元，每份保费120\.00元"):
        made(world, shares=Shares(family=Decimal("100.00"), city=Decimal("3.00"), county=Decimal("7.00")))

    policy = made(world, name="另一个产品")
    with pytest.raises(IntegrityError, match="policy_shares_close"), transaction.atomic():
        Policy.objects.filter(pk=policy.pk).update(by_county=Decimal("1.00"))


def test_only_the_countys_desk_makes_policies(world: World) -> None:
    with pytest.raises(NotAllowed, match="没有这个岗位"):
        policies.make_policy(
            plan(), Division.objects.get(pk=COUNTY), begins=SOON, ends=SOON, shares=Shares(), by=world.by(Role.AUDITOR)
        )


# -- the roster ------------------------------------------------------------------------------------------------------


def test_the_register_gives_whole_households_of_the_categories_asked_for(world: World) -> None:
    household(DAY(1960, 1, 1), DAY(1962, 5, 5))
    household(DAY(1970, 1, 1), category="hardship")
    policy = made(world)

    found = listed(world, policy)

    assert (found.lines, found.persons, dict(found.left_out)) == (1, 2, {})
    line = RosterLine.objects.get()
    assert (line.premium, line.covers_from, line.covers_to) == (Decimal("120.00"), policy.begins, policy.ends)


def test_by_person_only_who_stands_in_the_register_is_insured(world: World) -> None:
    household(DAY(1960, 1, 1), DAY(1962, 5, 5))

    found = listed(world, made(world, unit=PlanVersion.Unit.PERSON, premium=Decimal("40.00")))

    assert (found.lines, found.persons) == (1, 1)


def test_the_dead_and_those_outside_the_ages_are_left_out_and_counted(world: World) -> None:
    home = household(DAY(1990, 1, 1), DAY(1940, 1, 1), DAY(1985, 3, 3))
    Person.objects.filter(household=home, birth_date=DAY(1985, 3, 3)).update(death_date=DAY(2025, 1, 1))

    found = listed(world, made(world, age_from=1, age_to=60))

    assert (found.lines, found.persons, dict(found.left_out)) == (1, 1, {"age": 1, "dead": 1})


def test_nobody_is_listed_twice_however_often_it_is_asked(world: World) -> None:
    household(DAY(1960, 1, 1))
    policy = made(world)
    listed(world, policy)

    again = listed(world, policy)

    assert (again.lines, InsuredPerson.objects.count()) == (0, 1)


def test_nor_in_a_second_policy_of_the_product_in_the_same_time_but_in_the_next_year(world: World) -> None:
    household(DAY(1960, 1, 1))
    first = made(world)
    listed(world, first)
    clerk, county = world.by(Role.INTAKE_CLERK), Division.objects.get(pk=COUNTY)
    terms = {"shares": Shares(county=Decimal("120.00")), "by": clerk}

    beside = policies.make_policy(first.plan, county, begins=first.begins, ends=first.ends, **terms)
    assert dict(listed(world, beside).left_out) == {"twice": 1}

    after = first.ends + datetime.timedelta(days=1)
    following = policies.make_policy(first.plan, county, begins=after, ends=after, **terms)
    assert listed(world, following).lines == 1


def test_the_database_itself_lets_nobody_be_insured_twice_by_one_product(world: World) -> None:
    household(DAY(1960, 1, 1))
    listed(world, made(world))
    held = InsuredPerson.objects.get()
    other = RosterLine.objects.get()
    other.pk, other.number, other.household = None, 99, None
    other.save()

    with pytest.raises(IntegrityError, match="nobody_insured_twice"), transaction.atomic():
        InsuredPerson.objects.create(
            line=other, person=held.person, product=held.product, covers_from=held.covers_to, covers_to=held.covers_to
        )


def test_whoever_is_entered_after_the_policy_has_begun_is_covered_from_the_next_day(world: World) -> None:
    household(DAY(1960, 1, 1))
    policy = made(world, begins=localdate() - datetime.timedelta(days=60))

    listed(world, policy)

    assert InsuredPerson.objects.get().covers_from == localdate() + datetime.timedelta(days=1)


# -- sent and confirmed ------------------------------------------------------------------------------------------------


def test_the_file_for_the_insurer_is_the_same_bytes_however_often_and_holds_every_person(world: World) -> None:
    household(DAY(1960, 1, 1), DAY(1962, 5, 5))
    policy = made(world)
    listed(world, policy)
    clerk = world.by(Role.INTAKE_CLERK)

    first, second = policies.send(policy, by=clerk), policies.send(policy, by=clerk)

    assert first == second
    with open_workbook(first, max_cells=1000) as book:
        assert load_sheet(book, "投保名单").end == (2, 10)
    told = Event.objects.filter(chain=policy.chain, action__in=("policy_sent", "roster_exported")).order_by("seq")
    assert [event.action for event in told] == ["policy_sent", "roster_exported"]
    assert {event.details["digest"] for event in told} == {sha256(first).hexdigest()}
    assert {event.actor_id for event in told} == {clerk.pk}


def test_the_insurer_confirms_under_its_number_and_declines_some(world: World) -> None:
    for year in (1960, 1961, 1962):
        household(DAY(year, 1, 1))
    policy = made(world)
    listed(world, policy)

    held = confirmed(world, policy, declined={2: "已在别处投保"})

    assert (held.state, held.insurer_number) == (Policy.State.CONFIRMED, "PICC0001")
    states = list(RosterLine.objects.order_by("number").values_list("state", flat=True))
    assert states == ["confirmed", "declined", "confirmed"]
    assert InsuredPerson.objects.filter(live=True).count() == 2
    assert policies.totals(held) == {"lines": 2, "persons": 2, "premium": "240.00"}
    assert list(trail.breaks(policy.chain)) == []


def test_a_confirmed_roster_is_changed_by_endorsement_only(world: World) -> None:
    household(DAY(1960, 1, 1))
    policy = made(world)
    listed(world, policy)
    confirmed(world, policy)

    with pytest.raises(NotAllowed, match="已承保"):
        listed(world, policy)
    with pytest.raises(NotAllowed):
        rosters.strike(RosterLine.objects.get(), by=world.by(Role.INTAKE_CLERK))


# -- endorsements ------------------------------------------------------------------------------------------------------


@pytest.fixture
def running(world: World) -> Policy:
    """A confirmed policy that has been running for two months."""
    household(DAY(1960, 1, 1))
    policy = made(world, begins=localdate() - datetime.timedelta(days=60))
    listed(world, policy)
    return confirmed(world, policy)


@pytest.mark.parametrize("days", [-30, -1, 0])
def test_nobody_is_added_with_effect_before_tomorrow(world: World, running: Policy, days: int) -> None:
    day = localdate() + datetime.timedelta(days=days)

    with pytest.raises(NotAllowed, match="不能倒签"):
        endorsements.ask_to_add(running, [PersonFactory()], day, reason="新增", by=world.by(Role.INTAKE_CLERK))

    line = RosterLine.objects.get()
    columns = {"policy": running, "line": line, "kind": "add", "effective_on": day, "entered_on": localdate()}
    with pytest.raises(IntegrityError, match="endorsement_adds_from_tomorrow"), transaction.atomic():
        Endorsement.objects.create(
            **columns, entered_by=world.by(Role.INTAKE_CLERK), entered_at=at_hour(localdate()), reason="倒签"
        )


def test_who_was_added_after_the_incident_is_not_insured_against_it(world: World, running: Policy) -> None:
    person, clerk = PersonFactory(division_id=VILLAGE), world.by(Role.INTAKE_CLERK)
    tomorrow = localdate() + datetime.timedelta(days=1)
    asked = endorsements.ask_to_add(running, [person], tomorrow, reason="新认定的家庭", by=clerk)
    endorsements.answer(asked, agreed=True, number="批0001", on=localdate(), by=clerk)

    (today,) = covers_for(person.pk, "inpatient", localdate())
    (then,) = covers_for(person.pk, "inpatient", tomorrow)

    assert today.against
    assert then.against == ()


def test_who_is_taken_off_stays_insured_for_what_happened_before(world: World, running: Policy) -> None:
    line, clerk = RosterLine.objects.get(), world.by(Role.INTAKE_CLERK)
    RosterLine.objects.update(
        covers_from=running.begins, entered_at=at_hour(running.begins - datetime.timedelta(days=9))
    )
    InsuredPerson.objects.update(covers_from=running.begins)
    asked = endorsements.ask_to_remove(
        RosterLine.objects.get(), localdate() + datetime.timedelta(days=5), reason="迁出", by=clerk
    )
    endorsements.answer(asked, agreed=True, number="批0002", on=localdate(), by=clerk)
    person = InsuredPerson.objects.get(line=line).person_id

    assert covers_for(person, "inpatient", localdate())[0].against == ()
    assert covers_for(person, "inpatient", localdate() + datetime.timedelta(days=5))[0].against


def test_an_endorsement_is_answered_once_and_what_is_declined_insures_nobody(world: World, running: Policy) -> None:
    clerk, person = world.by(Role.INTAKE_CLERK), PersonFactory(division_id=VILLAGE)
    tomorrow = localdate() + datetime.timedelta(days=1)
    asked = endorsements.ask_to_add(running, [person], tomorrow, reason="新增", by=clerk)
    endorsements.answer(asked, agreed=False, number="", on=localdate(), by=clerk)

    assert covers_for(person.pk, "inpatient", tomorrow) == []
    with pytest.raises(NotAllowed, match="未同意"):
        endorsements.answer(asked, agreed=True, number="批0003", on=localdate(), by=clerk)
    assert [event.action for event in Event.objects.filter(chain=running.chain).order_by("seq")][-2:] == [
        "endorsement_asked",
        "endorsement_answered",
    ]


def test_a_line_is_taken_off_once_and_a_second_answer_gives_no_cover_back(world: World, running: Policy) -> None:
    line, clerk, soon = RosterLine.objects.get(), world.by(Role.INTAKE_CLERK), localdate() + datetime.timedelta(days=5)
    asked = endorsements.ask_to_remove(line, soon, reason="迁出", by=clerk)
    with pytest.raises(NotAllowed, match="请等答复"):
        endorsements.ask_to_remove(line, soon + datetime.timedelta(days=50), reason="迁出", by=clerk)
    endorsements.answer(asked, agreed=True, number="批0004", on=localdate(), by=clerk)
    columns = {"policy": running, "line": line, "kind": "remove", "effective_on": soon + datetime.timedelta(days=50)}
    late = Endorsement.objects.create(
        **columns, entered_on=localdate(), entered_by=clerk, entered_at=at_hour(localdate()), reason="以前送的"
    )

    with pytest.raises(NotAllowed, match="已批减"):
        endorsements.answer(late, agreed=True, number="批0005", on=localdate(), by=clerk)

    assert RosterLine.objects.get().covers_to == InsuredPerson.objects.get().covers_to == soon - datetime.timedelta(1)


@pytest.mark.parametrize(("unit", "at_home", "said"), [("person", True, "一人一次"), ("household", False, "一户一次")])
def test_nobody_is_added_on_anothers_premium(world: World, unit: str, at_home: bool, said: str) -> None:
    household(DAY(1960, 1, 1))
    policy = made(world, begins=localdate() - datetime.timedelta(days=60), unit=unit)
    listed(world, policy)
    confirmed(world, policy)
    home = HouseholdFactory() if at_home else None
    people = [PersonFactory(household=home, division_id=VILLAGE) for _ in range(2)]
    tomorrow = localdate() + datetime.timedelta(days=1)

    with pytest.raises(NotAllowed, match=said):
        endorsements.ask_to_add(policy, people, tomorrow, reason="新增", by=world.by(Role.INTAKE_CLERK))


def test_who_was_struck_off_before_the_roster_was_sent_is_not_insured_and_has_no_premium(world: World) -> None:
    household(DAY(1960, 1, 1))
    household(DAY(1961, 1, 1))
    policy = made(world)
    listed(world, policy)
    struck = RosterLine.objects.order_by("number")[0]
    rosters.strike(struck, by=world.by(Role.INTAKE_CLERK))
    confirmed(world, policy)

    assert covers_for(InsuredPerson.objects.get(line=struck).person_id, "inpatient", policy.begins) == []
    (found,) = by_product((COUNTY,), policy.begins.year)
    assert (found.premium, found.persons, found.households) == (Decimal("120.00"), 1, 1)
