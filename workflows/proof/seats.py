"""The seats of a road: who must take part in a case for it to come to its end, each a different person.

A seat is a capacity, in a role, in an office of a level. Two seats of different capacities are never one person's in
one case; that is the law of the house and a key of the database, so it is also what staffing is measured by.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from workflows.flow import CaseFlow, Step
from workflows.graph import places_of, reachable
from workflows.outcomes import Hand, Kind, Outcome


@dataclass(frozen=True, slots=True)
class Seat:
    """`title` is of the step it is first wanted for; with `newcomer`, only for somebody without any part so far."""

    capacity: str
    role: str
    level: int
    title: str
    newcomer: bool = False

    def office(self, division: str) -> str:
        return division[: self.level]


def seats_of_flow(flow: type[CaseFlow]) -> tuple[Seat, ...]:
    """Every seat a case may come to need in this flow, whatever becomes of it: also beside the road, and for the review
    of what was decided, which is the applicant's right. The highest offices first."""
    known: Any = flow
    return _seats_of_flow(known)


def seats_ahead(flow: type[CaseFlow], step: str, came_from: str) -> tuple[Seat, ...]:
    """The seats on the way from a step to an end, if all goes well: the outcomes that advance, back to where the case
    came from when it was taken off the road. Where nothing advances (a review that upholds or remits) all that can be
    said there counts."""
    known: Any = flow
    return _seats_ahead(known, step, came_from)


@functools.lru_cache(maxsize=64)
def _seats_of_flow(flow: Any) -> tuple[Seat, ...]:
    seen = reachable(flow)
    return _distinct(
        _seat(step, outcome)
        for step in flow.steps()
        if step.name in seen
        for outcome in step.outcomes.values()
        if not outcome.optional
    )


@functools.lru_cache(maxsize=1024)
def _seats_ahead(flow: Any, step: str, came_from: str) -> tuple[Seat, ...]:
    places = places_of(flow)
    return _distinct(
        _seat(passed, outcome) for passed in _road(places.get(step), came_from) for outcome in _onward(passed)
    )


def _road(start: Any, came_from: str) -> Iterator[Step]:
    waiting, seen = [start], set()
    while waiting:
        place = waiting.pop(0)
        if not isinstance(place, Step) or place.name in seen:
            continue
        seen.add(place.name)
        yield place
        for outcome in _onward(place):
            waiting.extend(one for one in outcome.nexts if not outcome.returns or one.name == came_from)


def _onward(step: Step) -> list[Outcome]:
    every = [one for one in step.outcomes.values() if not one.optional]
    ahead = [one for one in every if one.kind is Kind.ADVANCE and (one.returns or not one.aside)]
    return ahead or [one for one in every if not one.aside]


def _seat(step: Step, outcome: Outcome) -> Seat:
    hand: Hand = step.hand_of(outcome)
    own = [one for one in step.outcomes.values() if one.hand is None]
    newcomer = outcome.by_newcomer and all(one.by_newcomer for one in own)
    return Seat(str(hand.capacity), str(hand.role), int(hand.level), str(step.task_title), newcomer)


def _distinct(seats: Iterable[Seat]) -> tuple[Seat, ...]:
    """One of each, as it is first wanted; the highest office first, so that what a county lacks is said of the county
    and not again of each of its villages."""
    found: dict[tuple[str, str, int, bool], Seat] = {}
    for seat in seats:
        found.setdefault((seat.capacity, seat.role, seat.level, seat.newcomer), seat)
    return tuple(sorted(found.values(), key=lambda seat: seat.level))
