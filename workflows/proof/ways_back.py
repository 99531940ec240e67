"""Ways back: what a case remembers when it is taken off the road, and what leads it there again.

At run time an outcome that leads back looks for the place the case came from among those it names. A place it does not
name is a `LookupError` in somebody's hands; a place nobody can have come from is a line of the flow that means nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from workflows import law
from workflows.flow import CaseFlow, Step
from workflows.graph import places_of, turn
from workflows.outcomes import Outcome
from workflows.proof.faults import Code, Fault
from workflows.proof.space import Space, State, place_for, where_back_matters


def way_back_faults(flow: type[CaseFlow], space: Space) -> Iterator[tuple[str, Fault]]:
    """Ways back that are missing or lead nowhere, each with the name of the step where it shows."""
    yield from _lost(flow, space)
    yield from _never_led_back(flow, space)
    yield from _never_remembered(flow, space)


def stopped_clock_faults(flow: type[CaseFlow], space: Space) -> Iterator[Fault]:
    """Outcomes that stop the clock with nothing behind them that could start it again."""
    for step in flow.steps():
        for outcome in step.outcomes.values():
            if outcome.stops_clock and space.at(step.name) and not _starts_again(outcome):
                sentence = f"“{outcome.label}”停了办理期限，之后没有一种结果让它重新计算，案件就再不会到期"
                path = (*space.path(space.at(step.name)[0]), turn(step, outcome))
                yield Fault(Code.CLOCK_STAYS_STOPPED, flow.__name__, path, sentence)


def _starts_again(outcome: Outcome) -> bool:
    """Whether, on some way onward and before the clock is stopped anew, it is started again."""
    waiting = [place for place in outcome.nexts if isinstance(place, Step)]
    seen = {step.name for step in waiting}
    while waiting:
        for following in waiting.pop().outcomes.values():
            if following.restarts_clock:
                return True
            for place in following.nexts if not following.stops_clock else ():
                if isinstance(place, Step) and place.name not in seen:
                    seen.add(place.name)
                    waiting.append(place)
    return False


def _returning(flow: type[CaseFlow]) -> Iterator[tuple[Step, Outcome]]:
    for step in flow.steps():
        for outcome in step.outcomes.values():
            if outcome.returns:
                yield step, outcome


def _lost(flow: type[CaseFlow], space: Space) -> Iterator[tuple[str, Fault]]:
    """A case stands before an outcome that leads back, and it does not lead back to where the case came from."""
    titles = _titles(flow)
    for step, outcome in _returning(flow):
        lost: dict[str, State] = {}
        for state in space.at(step.name):
            if law.transition(outcome.moves, state.stage) is not None and place_for(outcome, state) is None:
                lost.setdefault(state.back[0], state)
        # Where nothing was remembered, what a case still remembers of earlier is of the same root.
        for name in ("",) if "" in lost else lost:
            came = f"来自“{titles[name]}”的案件" if name else "案件没有记下来处，"
            sentence = f"“{outcome.label}”要回到来处，{came}没有回去的路，请在它的去处里写上"
            path = (*space.path(lost[name]), turn(step, outcome))
            yield step.name, Fault(Code.NO_WAY_BACK, flow.__name__, path, sentence)


def _never_led_back(flow: type[CaseFlow], space: Space) -> Iterator[tuple[str, Fault]]:
    """An outcome remembers where the case was, and nothing behind it ever leads back anywhere."""
    live = where_back_matters(flow)
    for step in flow.steps():
        for outcome in step.outcomes.values():
            if not outcome.remembers or not space.at(step.name) or any(one.name in live for one in outcome.nexts):
                continue
            sentence = f"“{outcome.label}”记下了来处“{step.task_title}”，之后没有一种结果回到那里"
            path = (*space.path(space.at(step.name)[0]), turn(step, outcome))
            yield step.name, Fault(Code.NO_WAY_BACK, flow.__name__, path, sentence)


def _never_remembered(flow: type[CaseFlow], space: Space) -> Iterator[tuple[str, Fault]]:
    for step, outcome in _returning(flow):
        came_from = {state.back[0] for state in space.at(step.name)}
        # Where nothing at all was remembered, that is the root, and named already.
        for place in outcome.nexts if came_from and "" not in came_from else ():
            if place.name not in came_from:
                sentence = f"“{outcome.label}”写着可以回到“{place.task_title}”，没有案件会从那里来"
                yield step.name, Fault(Code.NEVER_REMEMBERED, flow.__name__, (turn(step, outcome),), sentence)


def _titles(flow: type[CaseFlow]) -> Mapping[str, str]:
    return {name: place.task_title for name, place in places_of(flow).items()}
