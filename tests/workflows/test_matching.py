"""Seats and people: held against trying every way there is."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from workflows.proof.matching import Shortage, Wanted, shortages

people = st.frozensets(st.integers(1, 5), max_size=4)
seats = st.lists(st.builds(Wanted, st.sampled_from("abcd"), people), max_size=5)
apart = st.lists(people, max_size=6).map(lambda sets: [Wanted(number, who) for number, who in enumerate(sets)])


def can_be_filled(wanted: list[Wanted]) -> bool:
    """By trying everybody in every seat: nobody in two capacities."""
    for chosen in itertools.product(*(sorted(seat.people) for seat in wanted)):
        worn: dict[int, object] = {}
        if all(worn.setdefault(who, seat.capacity) == seat.capacity for who, seat in zip(chosen, wanted, strict=True)):
            return True
    return False


@given(apart)
def test_seats_are_short_exactly_when_no_way_of_seating_people_fills_them(wanted: list[Wanted]) -> None:
    assert (shortages(wanted) == []) is can_be_filled(wanted)


@given(apart)
def test_a_shortage_is_proved_by_seats_that_have_fewer_people_than_they_are(wanted: list[Wanted]) -> None:
    for short in shortages(wanted):
        group = [wanted[short.left], *(wanted[other] for other in short.beside)]
        together = frozenset().union(*(seat.people for seat in group))
        assert len(together) == short.people < len(group)


@given(apart)
def test_no_more_seats_are_left_than_must_be(wanted: list[Wanted]) -> None:
    """The seats that are not short can all be filled at once."""
    left = {short.left for short in shortages(wanted)}
    assert can_be_filled([seat for number, seat in enumerate(wanted) if number not in left])


@given(seats)
def test_who_is_said_to_be_enough_is_and_one_person_may_take_two_seats_of_one_capacity(wanted: list[Wanted]) -> None:
    if shortages(wanted) == []:
        assert can_be_filled(wanted)
    by_capacity: dict[object, int] = {}
    for seat in wanted:
        by_capacity[seat.capacity] = by_capacity.get(seat.capacity, 0) + 1
    # With at most two seats of a capacity every way of sharing them is tried.
    if all(count <= 2 for count in by_capacity.values()):
        assert (shortages(wanted) == []) is can_be_filled(wanted)


def test_one_person_at_two_desks_leaves_the_later_seat_empty() -> None:
    assert shortages([Wanted("pay", {1}), Wanted("check", {1})]) == [Shortage(1, (0,), 1)]
    assert shortages([Wanted("pay", {1, 2}), Wanted("check", {1})]) == []


def test_three_seats_with_two_people_are_told_together() -> None:
    (short,) = shortages([Wanted("a", {1, 2}), Wanted("b", {1, 2}), Wanted("c", {1, 2}), Wanted("d", {3})])
    assert short == Shortage(2, (0, 1), 2)


def test_one_capacity_in_two_offices_is_one_persons_or_two_peoples() -> None:
    both = [Wanted("intake", {1}), Wanted("intake", {1}), Wanted("check", {2})]
    assert shortages(both) == []
    assert shortages([*both, Wanted("pay", {2})]) == [Shortage(1, (0,), 1), Shortage(3, (2,), 1)]
