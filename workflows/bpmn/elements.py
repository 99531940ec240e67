"""What a BPMN file of a flow consists of: lanes, nodes, and the sequence flows between them.

A step is a user task in the lane of its role; where it can end in several ways an exclusive gateway follows, with one
sequence flow an outcome, or one a place for an outcome that leads back. An end that can be taken up again has a gateway
before it: either it is over, or one of the steps that take it up follows. So has a beginning with several first steps
one after it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from casework.models import Level, Role
from workflows.flow import Begin, CaseFlow, Ending, Step
from workflows.graph import Place, begin_of, places_of
from workflows.outcomes import Outcome
from workflows.seating import leading_to, steps_in_order

OUTCOME, CAME_FROM, TAKEN_UP, BEGINS_AT = "outcome", "came_from", "taken_up", "begins_at"
VARIABLES = {
    OUTCOME: "刚办完的环节的结果（代码）",
    CAME_FROM: "案件离开办理主线时所在的环节或终点（代码）",
    TAKEN_UP: "案件已到终点时又经哪个环节被提起（代码）；没有被提起的为空",
    BEGINS_AT: "案件从哪个环节开始办（代码）",
}
"""What conditions ask for. Whoever runs the file sets them with each step that is done; the last before the first."""

BEGUN = "收到申请"
OVER = "不再提起"


@dataclass(frozen=True)
class Lane:
    """A role in the offices of a level."""

    role: str
    level: int

    @property
    def id(self) -> str:
        return f"lane_{self.role}_{self.level}"

    @property
    def title(self) -> str:
        return f"{Level(self.level).label} · {Role(self.role).label}"


@dataclass(frozen=True)
class Way:
    """A sequence flow between two elements; with `is_default` taken when no other condition of its gateway holds."""

    id: str
    source: str
    target: str
    name: str = ""
    condition: str = ""
    is_default: bool = False


def lanes_of(flow: type[CaseFlow]) -> list[Lane]:
    """The lanes, in the order the road first comes to them."""
    return list(dict.fromkeys(Lane(str(step.role), int(step.level)) for step in steps_in_order(flow)))


def lane_of(place: Place | Begin, flow: type[CaseFlow]) -> Lane:
    """A step's own; a beginning's, that of the first step; an end's, that of the last step that leads to it."""
    if isinstance(place, Step):
        return Lane(str(place.role), int(place.level))
    if isinstance(place, Begin):
        return lane_of(place.first, flow)
    before = leading_to(place, flow)
    return lane_of(before[-1], flow) if before else lanes_of(flow)[-1]


def ways_of(flow: type[CaseFlow]) -> Iterator[Way]:
    """Every sequence flow, in the order of the paper."""
    begin = begin_of(flow)
    if begin:
        yield from _first_ways(begin)
    for place in places_of(flow).values():
        if not forks(place):
            yield from _outcome_ways(place, element_id(place)) if isinstance(place, Step) else ()
        elif isinstance(place, Step):
            yield Way(f"flow_{place.name}", element_id(place), gateway_id(place))
            yield from _outcome_ways(place, gateway_id(place))
        else:
            gateway = gateway_id(place)
            yield Way(f"flow_{place.name}", gateway, element_id(place), OVER, is_default=True)
            for again in place.reopens:
                condition = f"{TAKEN_UP} == '{again.name}'"
                yield Way(reopening_id(place, again), gateway, entry_id(again), again.task_title, condition)


def _first_ways(begin: Begin) -> Iterator[Way]:
    if not forks(begin):
        yield Way("flow_begin", element_id(begin), entry_id(begin.first))
        return
    gateway = gateway_id(begin)
    yield Way("flow_begin", element_id(begin), gateway)
    for place in begin.firsts:
        condition = f"{BEGINS_AT} == '{place.name}'"
        yield Way(first_way_id(begin, place), gateway, entry_id(place), place.task_title, condition)


def _outcome_ways(step: Step, source: str) -> Iterator[Way]:
    for outcome in step.outcomes.values():
        asked = f"{OUTCOME} == '{outcome.name}'" if forks(step) else ""
        if not outcome.returns:
            yield Way(way_id(step, outcome), source, entry_id(outcome.next), outcome.label, asked)
            continue
        for place in outcome.nexts:
            name = f"{outcome.label}（{place.task_title}）"
            condition = " and ".join(filter(None, (asked, f"{CAME_FROM} == '{place.name}'")))
            yield Way(way_id(step, outcome, place), source, entry_id(place), name, condition)


def element_id(place: Place | Begin) -> str:
    kind = "step" if isinstance(place, Step) else "end" if isinstance(place, Ending) else "start"
    return f"{kind}_{place.name}"


def gateway_id(place: Place | Begin) -> str:
    """The gateway after a beginning or a step, or before an end."""
    return f"before_{place.name}" if isinstance(place, Ending) else f"after_{place.name}"


def gateway_name(place: Place | Begin) -> str:
    if isinstance(place, Begin):
        return "从哪里开始"
    return f"{place.task_title}的结果" if isinstance(place, Step) else f"“{place.task_title}”之后"


def entry_id(place: Place) -> str:
    """The element a way to this place comes to first."""
    return gateway_id(place) if isinstance(place, Ending) and forks(place) else element_id(place)


def way_id(step: Step, outcome: Outcome, place: Place | None = None) -> str:
    """The sequence flow of an outcome; of one that leads back, to this place."""
    # A colon is not allowed in an id, and two underlines keep `a_b` + `c` apart from `a` + `b_c`.
    return "__".join([f"flow_{step.name}", outcome.name, *([place.name] if place else [])])


def first_way_id(begin: Begin, place: Place) -> str:
    """The sequence flow to one of several first steps; to the only one there is, or to their gateway, without it."""
    return f"flow_begin__{place.name}" if forks(begin) else "flow_begin"


def reopening_id(ending: Ending, again: Step) -> str:
    """The sequence flow from an end to a step that takes the case up again."""
    return f"flow_{ending.name}__again__{again.name}"


def forks(place: Place | Begin) -> bool:
    """Whether a gateway belongs to it: a beginning with several first steps, a step that can lead to several places, an
    end that can be taken up again."""
    if isinstance(place, Begin):
        return len(place.firsts) > 1
    if isinstance(place, Ending):
        return bool(place.reopens)
    return sum(len(outcome.nexts) for outcome in place.outcomes.values()) > 1


def variables_of(flow: type[CaseFlow]) -> dict[str, str]:
    """The variables a flow's conditions ask for, and what each means."""
    begin = begin_of(flow)
    return {name: meaning for name, meaning in VARIABLES.items() if name != BEGINS_AT or (begin and forks(begin))}
