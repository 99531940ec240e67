"""Days of a year are used up in order of acceptance; what is not replayed stands as it stands."""

from __future__ import annotations

import datetime
from collections.abc import Mapping

from hypothesis import given
from hypothesis import strategies as st

from casework.models import Case, Role
from tests.workflows.replay_rules.stories import (
    A_YEAR_LATER,
    accepted,
    amounts,
    approve,
    approved,
    book,
    brought_to,
    entered,
    refuse,
    replay,
    somebody,
)
from tests.world import World, open_item
from workflows.amend import amend_facts
from workflows.perform import perform
from workflows.programmes.nursing_subsidy.assessment import assess_stay
from workflows.programmes.nursing_subsidy.rules import Stay
from workflows.replay_rules.order import assess_beside
from workflows.terms import Terms


def test_days_of_an_earlier_case_decided_in_another_year_stand(world: World) -> None:
    person = somebody()
    before = accepted(world, person, "08-05 09-14")
    case = approved(world, person, "09-20 10-20")
    approve(world, before, at=A_YEAR_LATER)
    assert (before.payable_days, case.payable_days) == (40, 20)
    assert list(replay()) == [case.number]
    assert amounts(replay(book(days_a_year=50)), case) == ["1300.00"]
    assert amounts(replay(book(days_a_year=90)), case) == ["3900.00"]
    assert list(replay(year=2027)) == [before.number]


def test_days_of_an_earlier_case_not_decided_yet_stand(world: World) -> None:
    person = somebody()
    accepted(world, person, "08-05 09-14")
    case = approved(world, person, "09-20 10-20")
    assert amounts(replay(book(days_a_year=50)), case) == ["1300.00"]


def test_days_promised_to_a_later_case_that_is_not_replayed_are_not_taken_from_it(world: World) -> None:
    """Under the old terms' 45 days; the later one is admitted under the new terms' 60, and gets the other 15."""
    person = somebody()
    case = approved(world, person, "06-10 08-10")
    later = accepted(world, person, "09-01 10-11")
    approve(world, later, at=A_YEAR_LATER)
    assert (case.payable_days, later.payable_days) == (45, 15)
    assert amounts(replay(book(days_a_year=60)), case) == ["5400.00"]
    assert amounts(replay(book(days_a_year=70)), case) == ["6600.00"]
    assert amounts(replay(book(days_a_year=90)), case) == ["7320.00"]
    # Nor do they cost it any of its own: who was accepted first comes first.
    assert amounts(replay(book(days_a_year=40)), case) == ["4800.00"]


def test_a_stay_over_new_year_uses_the_days_of_both_years(world: World) -> None:
    person = somebody(valid_to=None)
    first = approved(world, person, "2026-11-20 2027-01-10", at=A_YEAR_LATER)
    second = approved(world, person, "2027-01-10 2027-03-01", at=A_YEAR_LATER)
    assert (first.award["days_by_year"], second.award["days_by_year"]) == ({"2026": 42, "2027": 9}, {"2027": 50})
    found = replay(book(days_a_year=30), year=2027)
    assert amounts(found, first, second) == ["5070.00", "2730.00"]


def test_days_reserved_by_a_case_refused_too_late_for_the_next_one_are_still_not_free(world: World) -> None:
    person = somebody()
    refused = accepted(world, person, "08-05 09-19")
    case = approved(world, person, "09-20 10-20", hospital="市中心医院", hospital_level=3)
    refuse(world, refused, "not_hospitalised")
    assert case.payable_days == 15
    assert amounts(replay(), refused, case) == ["refused", "1950.00"]
    # Under another cap it would have reserved its 45 days just so, or what the cap leaves of them.
    assert amounts(replay(book(days_a_year=70)), case) == ["3250.00"]
    assert amounts(replay(book(days_a_year=45)), case) == ["refused"]
    # It would never have been accepted to reserve any.
    assert amounts(replay(book(minimum_hospital_level=3)), case) == ["3900.00"]


def test_days_a_case_gave_up_after_the_next_was_promised_stay_counted_for_that_one(world: World) -> None:
    person = somebody()
    first = accepted(world, person, "08-05 09-14")
    second = approved(world, person, "09-20 10-20")
    amend_facts(
        first.number, {"discharge_date": "2026-08-10"}, by=world.by(Role.VILLAGE_VERIFIER), reason="typing_error"
    )
    first = approve(world, Case.objects.get(pk=first.pk))
    assert (first.payable_days, second.payable_days) == (5, 20)
    assert amounts(replay(), first, second) == ["650.00", "2600.00"]
    assert amounts(replay(book(days_a_year=50)), first, second) == ["650.00", "1300.00"]


def test_days_freed_before_the_next_case_was_decided_are_free(world: World) -> None:
    person = somebody()
    refused = accepted(world, person, "08-05 09-19")
    case = brought_to(world, entered(world, person, "09-20 10-20"), "county")
    refuse(world, refused, "not_hospitalised")
    case = approve(world, case)
    assert case.payable_days == 30
    assert amounts(replay(book(days_a_year=45)), case) == ["3900.00"]


def test_a_case_that_others_would_have_left_nothing_frees_its_days_for_the_next(world: World) -> None:
    person = somebody(category="bereaved")
    low = {"hospital": "县人民医院", "hospital_level": 2}
    first = approved(world, person, "08-05 09-14", **low)
    high = {"hospital": "市中心医院", "hospital_level": 3}
    second = approved(world, person, "09-20 10-20", **high)
    assert (first.payable_days, second.payable_days) == (40, 20)
    assert amounts(replay(book(minimum_hospital_level=3)), first, second) == ["refused", "3900.00"]


def test_a_case_sent_back_and_accepted_again_keeps_its_place(world: World) -> None:
    person = somebody()
    first = accepted(world, person, "08-05 09-04")
    second = approved(world, person, "09-05 10-05")
    perform(open_item(first).pk, "send_back", by=world.by(Role.VILLAGE_VERIFIER), reasons=["check_again"], note="再核")
    first = approve(world, first)
    # In life each was counted after the other.
    assert first.award["used_before"] == second.award["used_before"] == {"2026": 30}
    assert amounts(replay(), first, second) == ["3900.00", "3900.00"]
    found = replay(book(days_a_year=40))
    assert amounts(found, first, second) == ["3900.00", "1300.00"]
    assert "2026年此前已补30天，上限40天，本次30天中可补10天" in found[second.number].why


TERMS: Terms = book(days_a_year=60).versions[-1]
DAYS = st.dictionaries(st.sampled_from([2026, 2027]), st.integers(0, 70))


@given(nights=st.integers(1, 90), begins=st.integers(0, 180), used=DAYS, promised=DAYS, own=DAYS)
def test_a_promise_stands_on_both_sides(
    nights: int, begins: int, used: Mapping[int, int], promised: Mapping[int, int], own: Mapping[int, int]
) -> None:
    stay = stay_of(begins, nights)

    def days(counted: Mapping[int, int]) -> Mapping[int, int]:
        return assess_stay(stay, TERMS, counted).days_by_year

    found = assess_beside(lambda counted: assess_stay(stay, TERMS, counted), used, promised, own).days_by_year
    both = {year: used.get(year, 0) + promised.get(year, 0) for year in (2026, 2027)}
    for year in (2026, 2027):
        alone, left = days(used).get(year, 0), days(both).get(year, 0)
        assert found.get(year, 0) == min(alone, max(left, own.get(year, 0)))


def stay_of(begins: int, nights: int) -> Stay:
    admission = datetime.date(2026, 8, 1) + datetime.timedelta(days=begins)
    return Stay(admission, admission + datetime.timedelta(days=nights), "severe")
