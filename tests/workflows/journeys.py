"""Cases walked on the graph of a flow alone, as its own outcomes lead them: no database, no law."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

from hypothesis import strategies as st

from casework.models import Case
from workflows.flow import CaseFlow, Ending, Step
from workflows.graph import Place, begin_of
from workflows.outcomes import Outcome

MOST_STEPS = 30
CHOICES = st.lists(st.integers(-20, 20), min_size=MOST_STEPS, max_size=MOST_STEPS)


@dataclass(frozen=True)
class Turn:
    """A step done with an outcome, and where the case then goes; `ending` is the end it was taken up from."""

    step: Step
    outcome: Outcome
    came_from: str
    to: Place
    ending: Ending | None = None


def turns_at(step: Step, came_from: str) -> Iterator[Turn]:
    """Everything our own outcomes can do with a case in this step, and each end both left alone and taken up again."""
    for outcome in step.outcomes.values():
        case = Case(came_from=step.name if outcome.remembers else came_from)
        try:
            place = outcome.place_for(case)
        except LookupError:
            # It did not come from a place this leads back to: nobody is offered that.
            continue
        yield Turn(step, outcome, case.came_from, place)
        for again in place.reopens if isinstance(place, Ending) else ():
            yield Turn(step, outcome, case.came_from, again, place)


def goes_on_from(turn: Turn) -> tuple[Place, str]:
    """Where the case then is, and where it came from; a way back is forgotten once it was gone."""
    back = "" if turn.outcome.returns else turn.came_from
    return turn.to, turn.ending.name if turn.ending else back


def walk(flow: type[CaseFlow], choices: list[int]) -> Iterator[Turn]:
    """A random case, until it has ended for good or there are no more choices. A choice below zero takes the first turn
    there is: half of all, so that the case gets somewhere."""
    begin = begin_of(flow)
    assert begin is not None
    place, came_from = begin.first, ""
    for choice in choices:
        offered = list(turns_at(place, came_from))
        turn = offered[max(0, choice) % len(offered)]
        yield turn
        place, came_from = goes_on_from(turn)
        if isinstance(place, Ending):
            return


def every_turn(flow: type[CaseFlow]) -> Iterator[list[Turn]]:
    """The shortest case for each turn there is, from each place it can have come from: the turn is its last."""
    begin = begin_of(flow)
    assert begin is not None
    waiting: deque[tuple[Place, str, list[Turn]]] = deque((first, "", []) for first in begin.firsts)
    seen = {(first, "") for first in begin.firsts}
    while waiting:
        place, came_from, before = waiting.popleft()
        for turn in turns_at(place, came_from) if isinstance(place, Step) else ():
            yield [*before, turn]
            onward = goes_on_from(turn)
            if onward not in seen:
                seen.add(onward)
                waiting.append((*onward, [*before, turn]))
