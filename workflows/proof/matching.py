"""Whether seats can be filled by different people: a system of distinct representatives.

Seats on one side, people on the other, an edge where somebody may take a seat; Kuhn's augmenting paths find the largest
matching. Where a seat is left over, the seats an augmenting path could have reached are the proof (Hall): together they
have fewer people than they are.
"""

from __future__ import annotations

import itertools
from collections.abc import Hashable, Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

People = AbstractSet[int]


@dataclass(frozen=True, slots=True)
class Wanted:
    """A seat to fill: whoever takes it takes part as `capacity`, and `people` are those who may."""

    capacity: Hashable
    people: People


@dataclass(frozen=True, slots=True)
class Shortage:
    """The seat `left` (by its place in the list) stays empty: it and the seats `beside` it have only `people`."""

    left: int
    beside: tuple[int, ...]
    people: int


def shortages(wanted: Sequence[Wanted]) -> list[Shortage]:
    """The seats that stay empty however people are placed, those earlier in the list being filled first.

    Seats of different capacities need different people. Seats of one capacity may have one person, if somebody may
    take them all; that is tried when nobody else can be found.
    """
    found = _matched(wanted)
    if not found:
        return []
    for merged in _sharings(wanted):
        if not _matched(merged):
            return []
    return found


def _sharings(wanted: Sequence[Wanted]) -> Iterable[Sequence[Wanted]]:
    """Every way in which the seats of some capacities are taken by one person each."""
    alike: dict[Hashable, list[Wanted]] = {}
    for one in wanted:
        alike.setdefault(one.capacity, []).append(one)
    shared = [capacity for capacity, seats in alike.items() if len(seats) > 1]
    for count in range(1, len(shared) + 1):
        for chosen in itertools.combinations(shared, count):
            yield [one for capacity, seats in alike.items() for one in _seats(seats, together=capacity in chosen)]


def _seats(seats: Sequence[Wanted], *, together: bool) -> Sequence[Wanted]:
    if not together:
        return seats
    everywhere = frozenset.intersection(*(frozenset(seat.people) for seat in seats))
    return [Wanted(seats[0].capacity, everywhere)]


def _matched(wanted: Sequence[Wanted]) -> list[Shortage]:
    holds: dict[int, int] = {}
    found = []
    for seat in range(len(wanted)):
        reached: dict[int, None] = {seat: None}
        if not _place(seat, wanted, holds, reached, set()):
            people = set().union(*(wanted[other].people for other in reached))
            found.append(Shortage(seat, tuple(sorted(reached.keys() - {seat})), len(people)))
    return found


def _place(
    seat: int, wanted: Sequence[Wanted], holds: dict[int, int], reached: dict[int, None], asked: set[int]
) -> bool:
    """Seat somebody, asking those who sit already to move along."""
    for person in sorted(wanted[seat].people):
        if person in asked:
            continue
        asked.add(person)
        taken = holds.get(person)
        if taken is not None:
            reached[taken] = None
        if taken is None or _place(taken, wanted, holds, reached, asked):
            holds[person] = seat
            return True
    return False
