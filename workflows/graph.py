"""The bare graph of a flow: its nodes in the order they were written, its turns in people's words."""

from __future__ import annotations

import functools
from typing import Any

from workflows.flow import Begin, CaseFlow, Ending, Step
from workflows.outcomes import Kind, Outcome

Place = Step | Ending


def nodes_of(flow: type[CaseFlow]) -> list[Any]:
    """Every node, in the order of the paper."""
    order = {name: number for number, name in enumerate(vars(flow))}
    return sorted(flow.instance.nodes(), key=lambda node: order.get(node.name, len(order)))


def begin_of(flow: type[CaseFlow]) -> Begin | None:
    """The node the gateway starts at: it asks for this one by name."""
    found = [node for node in nodes_of(flow) if isinstance(node, Begin) and node.name == "begin"]
    return found[0] if found else None


def places_of(flow: type[CaseFlow]) -> dict[str, Place]:
    return {node.name: node for node in nodes_of(flow) if isinstance(node, Step | Ending)}


def reachable(flow: type[CaseFlow]) -> set[str]:
    """The places some chain of outcomes leads to, whatever the law may say."""
    begin = begin_of(flow)
    waiting, seen = (list(begin.firsts) if begin else []), set()
    while waiting:
        node = waiting.pop()
        if node.name in seen or not isinstance(node, Step | Ending):
            continue
        seen.add(node.name)
        if isinstance(node, Step):
            waiting.extend(place for outcome in node.outcomes.values() for place in outcome.nexts)
        else:
            waiting.extend(node.reopens)
    return seen


def something_waits_in(step: Step) -> bool:
    """Whether cases wait there. In a step by which an ended case is taken up again none does: it is done in the act."""
    return step.name not in _reopening(step.flow_class)


@functools.cache
def _reopening(flow: type[CaseFlow]) -> frozenset[str]:
    endings = (node for node in flow.instance.nodes() if isinstance(node, Ending))
    return frozenset(step.name for ending in endings for step in ending.reopens)


def turn(step: Step, outcome: Outcome) -> str:
    """One turn of a path: 村级核实【核实通过】."""
    return f"{step.task_title}【{outcome.label}】"


def main_road(flow: type[CaseFlow]) -> list[Place]:
    """The road of a case with which all goes well: from the first step, each time the first outcome that advances."""
    begin = begin_of(flow)
    road: list[Place] = []
    place = begin.first if begin else None
    while place is not None and place not in road:
        road.append(place)
        onward = place.outcomes.values() if isinstance(place, Step) else ()
        place = next((one.next for one in onward if one.kind is Kind.ADVANCE and not one.returns), None)
    return road


def title_of(flow: type[CaseFlow]) -> str:
    """What the flow calls itself: the first line of its own docstring."""
    lines = (flow.__dict__.get("__doc__") or flow.programme).strip().splitlines()
    return str(lines[0])
