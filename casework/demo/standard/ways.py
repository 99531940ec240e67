"""Where the cases of a programme are to be found: one way to every step and end of its flow, read off the flow."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from workflows.flow import CaseFlow, Ending, Step
from workflows.graph import main_road, nodes_of

AT_THE_COUNTER, ON_THE_ROAD, ON_A_BOARD = 2, 2, 3


@dataclass(frozen=True)
class Way:
    """To `target`: past so many steps of the main road, then by the outcome `turn`, then taken up `again`."""

    target: str
    passes: int
    turn: str = ""
    again: bool = False
    level: int = 0
    """Where its list hangs, those who wait for it live together: so many digits of a place's code."""


def ways_of(flow: type[CaseFlow]) -> list[Way]:
    """A few to every step of the main road, one to each of the others that a case can wait in, and to an end of each
    kind."""
    road = main_road(flow)
    found: list[Way] = []
    for number, place in enumerate(road):
        if isinstance(place, Step) and place.notice:
            if "post" in place.outcomes:
                found += [Way(place.name, number, level=int(place.level))] * ON_A_BOARD
        else:
            found += [Way(place.name, number)] * (_how_many(place, number) if isinstance(place, Step) else 1)
    steps = [place for place in road if isinstance(place, Step)]
    for place in nodes_of(flow):
        if isinstance(place, (Step, Ending)) and place not in road:
            # An end further down the road is somebody's who asks for a review of it: one of them is enough.
            found += [way for way in _beside(place, steps) if isinstance(place, Step) or not way.passes][:1]
    return found


def _how_many(step: Step, number: int) -> int:
    moved_in_batches = any(one.by_batch for one in step.outcomes.values())
    return AT_THE_COUNTER if not number else 1 if moved_in_batches else ON_THE_ROAD


def _beside(place: Step | Ending, road: list[Step]) -> Iterator[Way]:
    """Every way to a place beside the road, the shortest first."""
    for number, step in enumerate(road):
        for outcome in step.outcomes.values():
            if outcome.notice or isinstance(outcome.next, tuple):
                continue
            if outcome.next is place:
                yield Way(place.name, number, outcome.name)
            elif isinstance(outcome.next, Ending) and _reopens_to(outcome.next, place):
                yield Way(place.name, number, outcome.name, again=True)


def _reopens_to(ending: Ending, place: Step | Ending) -> bool:
    """By the applicant's asking: what else takes an ended case up again leads where cases come anyway."""
    return any(
        one.next is place and one.moves == "request_review"
        for asking in ending.reopens
        for one in asking.outcomes.values()
    )
