"""A demonstration county, walked to its end, replayed: as it was decided, and under a lower cap."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest
import time_machine

from casework.demo.cases import build_cases
from casework.demo.county import build_county
from casework.demo.walk import walk
from casework.models import Case
from casework.models.stages import PROMISED
from tests.casework.demo.conftest import small_photographs
from tests.casework.demo.places import SMALLEST, load
from tests.workflows.replay_rules.stories import book, replay
from workflows.replay_rules import Change, Unmoved

TODAY = datetime.date(2026, 11, 20)


@pytest.fixture(scope="module")
def walked(held_open: None) -> None:
    load(SMALLEST)
    with time_machine.travel(f"{TODAY}T09:00:00+08:00"), small_photographs():
        build_county(SMALLEST)
        build_cases(SMALLEST)
        assert walk(SMALLEST, lambda _line: None).stuck == {}


def test_under_the_terms_in_force_nothing_differs(walked: None, db: None) -> None:
    found = replay(year=TODAY.year)
    granted = Case.objects.filter(stage__in=PROMISED)
    assert {again.number for again in found.values() if again.was.granted} == set(
        granted.values_list("number", flat=True)
    )
    assert {again.change for again in found.values()} == {Change.SAME}
    assert sum(again.now.amount for again in found.values()) == sum(case.amount for case in granted) > 0
    assert sum(again.unmoved == Unmoved.GROUND for again in found.values()) == 3


def test_whoever_used_up_the_years_days_is_granted_the_last_stay_by_a_higher_cap(walked: None, db: None) -> None:
    found = replay(book(days_a_year=66), year=TODAY.year)
    granted = [again for again in found.values() if again.change != Change.SAME]
    assert [again.change for again in granted] == [Change.GRANTED]
    assert "2026年此前已补60天，上限66天，本次6天中可补6天" in granted[0].why


def test_a_lower_cap_costs_that_person_most(walked: None, db: None) -> None:
    person = Case.objects.get(amount=0).applicant
    found = replay(book(days_a_year=15), year=TODAY.year)
    paid = [found[case.number] for case in person.cases.order_by("pk")]
    rate = {again.was.amount / 30 for again in paid[:2]}
    assert [again.now.amount for again in paid] == [15 * rate.pop(), Decimal("0.00"), Decimal("0.00")]
