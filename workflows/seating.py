"""Which rank of a drawing each place of a flow sits in, and who comes before whom."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from workflows.flow import CaseFlow, Ending, Step
from workflows.graph import Place, main_road, places_of
from workflows.outcomes import Outcome

BEGIN_RANK = 0


def steps_in_order(flow: type[CaseFlow]) -> list[Step]:
    """The steps of the main road, then the others as they were written."""
    road = [place for place in main_road(flow) if isinstance(place, Step)]
    return road + [step for step in flow.steps() if step not in road]


def leading_to(place: Place, flow: type[CaseFlow]) -> list[Step]:
    """The steps with an outcome that goes there, in order."""
    return [step for step in steps_in_order(flow) if _leads_to(step, place)]


def _leads_to(step: Step, place: Place) -> bool:
    return any(place in outcome.nexts for outcome in step.outcomes.values())


def ranks(flow: type[CaseFlow], lane_of: Callable[[Place], int]) -> dict[str, int]:
    """The rank of each place: the main road in order; every other after what leads to it, where its lane is free.

    Steps are seated before ends, so that an end comes after all that leads to it.
    """
    road = main_road(flow)
    found = {place.name: number for number, place in enumerate(road, start=BEGIN_RANK + 1)}
    taken = {(lane_of(place), found[place.name]) for place in road}
    waiting = [place for place in places_of(flow).values() if place.name not in found]
    for place in sorted(waiting, key=lambda place: isinstance(place, Ending)):
        before = [found[step.name] for step in leading_to(place, flow) if step.name in found]
        rank = 1 + max(before, default=BEGIN_RANK)
        while (lane_of(place), rank) in taken:
            rank += 1
        found[place.name] = rank
        taken.add((lane_of(place), rank))
    return found


def front_of(step: Step, seats: Mapping[str, int]) -> Outcome | None:
    """The outcome drawn straight on: the first of the road that goes to the next rank."""
    straight = (outcome for outcome in step.outcomes.values() if not outcome.returns and not outcome.aside)
    onward = (outcome for outcome in straight if seats[outcome.next.name] == seats[step.name] + 1)
    return next(onward, None)
