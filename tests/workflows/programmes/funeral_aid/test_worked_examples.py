"""殡葬补助, as a caseworker would work it out by hand: the family applies, the deceased is in the register."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

from casework.models import Person
from casework.sheets.values import Cell
from tests.factories import PersonFactory, invented_identity
from tests.workflows.standard.stories import granted, hand_in, walked, written_by
from tests.world import World

SLUG = "funeral_aid"
DIED = datetime.date(2026, 3, 10)


def deceased(name: str = "曾立秋", number: int = 601, died: datetime.date | None = DIED) -> dict[str, Cell]:
    """Somebody of the register who has died, as an application names them."""
    identity = invented_identity(number)
    PersonFactory(name=name, identity_number=identity, registered=True, death_date=died)
    return {"deceased_name": name, "deceased_identity": identity, "death_date": DIED.isoformat()}


def heir(name: str = "曾小寒", number: int = 602) -> dict[str, Cell]:
    """One of the family, whom no book knows yet."""
    return {**written_by(name, invented_identity(number)), "relation": "侄子", "burial": "其他"}


def test_the_nephew_who_buried_her_gets_a_thousand_yuan_over_intake_and_county_alone(world: World) -> None:
    """2026年3月10日去世，3月12日申请，普通安葬：1000元。受理之后直接到县级审批。"""
    case = granted(world, SLUG, {**deceased(), **heir()}, on="2026-03-12")
    assert (case.amount, case.applicant.name, case.work_items.get(finished=None).step) == (
        Decimal("1000.00"),
        "曾小寒",
        "county",
    )
    case = walked(world, case)
    assert (case.stage, case.paid_amount) == ("closed", Decimal("1000.00"))


def test_an_ecological_burial_gets_fifteen_hundred_and_needs_its_own_proof(world: World) -> None:
    """生态安葬1500元，另附生态安葬证明。"""
    case = granted(world, SLUG, {**deceased(), **heir(), "burial": "生态安葬"}, on="2026-09-06")
    assert case.amount == Decimal("1500.00")
    assert case.award["explanation"][0] == "安葬方式：生态安葬"


def test_one_funeral_is_aided_once_whoever_of_the_family_asks(world: World) -> None:
    who = deceased()
    rows = hand_in(world, SLUG, {**who, **heir()}, {**who, **heir("曾大寒", 603)}, on="2026-03-12").rows
    assert [row.reasons for row in rows] == [(), ("others_granted",)]
    again = hand_in(world, SLUG, {**who, **heir("曾大寒", 603), "remark": "再报"}, on="2026-03-13")
    assert [row.reasons for row in again.rows] == [("others_granted",)]


def test_nobody_dies_twice_whatever_day_each_of_the_family_writes(world: World) -> None:
    who = deceased()
    other_day = {**who, **heir("曾大寒", 603), "death_date": "2026-03-09"}
    rows = hand_in(world, SLUG, {**who, **heir()}, other_day, on="2026-03-12").rows
    assert [row.reasons for row in rows] == [(), ("others_granted",)]


def test_one_heir_who_buries_both_parents_on_one_day_is_aided_twice(world: World) -> None:
    father, mother = deceased(), deceased("向白露", 604)
    rows = hand_in(world, SLUG, {**father, **heir()}, {**mother, **heir()}, on="2026-03-12").rows
    assert [row.reasons for row in rows] == [(), ()]


def test_what_is_wrong_is_said_in_the_schemes_own_words(world: World) -> None:
    living = deceased("向立夏", 605, died=None)
    late: dict[str, Any] = {**deceased(), **heir()}
    rows = hand_in(world, SLUG, late, {**living, **heir("向小暑", 606)}, on="2026-09-07").rows
    assert [row.reasons for row in rows] == [("late_application",), ("death_not_recorded", "late_application")]
    assert Person.objects.get(name="曾小寒").division_id is None
