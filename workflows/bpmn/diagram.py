"""Where everything of a BPMN file is drawn: lanes run to the right, the main road from the upper left to the lower
right, ways back below it. Lines to one place run together."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterable, Iterator, Sequence

from workflows.bpmn.elements import (
    BEGUN,
    element_id,
    first_way_id,
    forks,
    gateway_id,
    gateway_name,
    lane_of,
    lanes_of,
    reopening_id,
    way_id,
    ways_of,
)
from workflows.flow import Begin, CaseFlow, Ending, Step
from workflows.graph import Place, begin_of, places_of
from workflows.layout import Cell, Line, Plan, Point, Spacing, arrange
from workflows.outcomes import Outcome
from workflows.seating import BEGIN_RANK, front_of, ranks

TASK, TASK_HEIGHT, GATEWAY, EVENT = 120.0, 76.0, 50.0, 36.0
BETWEEN = 30.0
"""From a task to its own gateway, and before the gateway of an end."""

TO_END = 60.0
"""From the gateway before an end to the end, with a word above."""

HEADER = 30.0
"""The band at the left of a pool or a lane, with its name."""

LETTER, LINE = 12.0, 16.0
"""What a character of a label takes, along and across."""

PADDING, RANK_GAP, TRACK = 44.0, 76.0, 22.0
"""Room around a box across its lane, between ranks at the least, and between tracks."""


def plan_of(flow: type[CaseFlow]) -> Plan:
    """The flow on the grid: a lane a role, a task and its gateway, or a gateway and its end, together in one cell."""
    numbers = {lane: number for number, lane in enumerate(lanes_of(flow))}
    seats = ranks(flow, lambda place: numbers[lane_of(place, flow)])
    cells: list[Cell] = []
    lines: list[Line] = []
    begin = begin_of(flow)
    if begin:
        along = EVENT + (BETWEEN + GATEWAY if forks(begin) else 0)
        across = GATEWAY if forks(begin) else EVENT
        cells.append(Cell(element_id(begin), numbers[lane_of(begin, flow)], BEGIN_RANK, along, across, port=EVENT / 2))
        lines += _first_lines(begin)
    for place in places_of(flow).values():
        cells.append(_cell(place, numbers[lane_of(place, flow)], seats[place.name]))
        if isinstance(place, Ending):
            lines += _lines_on(place)
            continue
        front = front_of(place, seats)
        for outcome in place.outcomes.values():
            lines += _lines(place, outcome, is_front=outcome is front)
    return arrange(cells, lines, Spacing(PADDING, _room_for_labels(flow, lines), TRACK))


def _room_for_labels(flow: type[CaseFlow], lines: Iterable[Line]) -> float:
    """The room between ranks in which each label fits beside its line, before those that go up and down."""
    names = {way.id: way.name for way in ways_of(flow)}
    # A line straight on leaves at the end of its box, every other below the gateway.
    wanted = (_width(names[line.key]) + 8 - (0 if line.is_front else GATEWAY / 2) for line in lines)
    return max(RANK_GAP, *wanted)


def _first_lines(begin: Begin) -> Iterator[Line]:
    """Straight on to the first step; to others from the gateway's lower corner."""
    leaves = EVENT + BETWEEN + GATEWAY / 2
    for place in begin.firsts:
        ends, is_front = (element_id(begin), element_id(place)), place is begin.first
        yield Line(first_way_id(begin, place), *ends, is_front, exit=leaves, reach=GATEWAY / 2)


def _cell(place: Place, lane: int, rank: int) -> Cell:
    key = element_id(place)
    if isinstance(place, Step):
        along = TASK + (BETWEEN + GATEWAY if forks(place) else 0)
        return Cell(key, lane, rank, along, TASK_HEIGHT, port=TASK / 2)
    along = EVENT + _width(place.task_title)
    if forks(place):
        # What goes on leaves the gateway below, so what comes in comes from the left.
        return Cell(key, lane, rank, BETWEEN + GATEWAY + TO_END + along, GATEWAY, port=0, inlet=BETWEEN)
    return Cell(key, lane, rank, along, EVENT, port=EVENT / 2)


def _lines(step: Step, outcome: Outcome, *, is_front: bool) -> Iterator[Line]:
    """From the gateway's lower corner; without a gateway from the task's lower edge, beside where lines come in."""
    leaves, reach = (TASK + BETWEEN + GATEWAY / 2, GATEWAY / 2) if forks(step) else (TASK - 20, TASK_HEIGHT / 2)
    for place in outcome.nexts:
        key = way_id(step, outcome, place if outcome.returns else None)
        yield Line(key, element_id(step), element_id(place), is_front, exit=leaves, reach=reach)


def _lines_on(ending: Ending) -> Iterator[Line]:
    """From the lower corner of the gateway before an end to each step that takes the case up again."""
    if forks(ending):
        leaves = BETWEEN + GATEWAY / 2
        for again in ending.reopens:
            source, target = element_id(ending), element_id(again)
            yield Line(reopening_id(ending, again), source, target, is_front=False, exit=leaves, reach=GATEWAY / 2)


def draw(root: ET.Element, flow: type[CaseFlow]) -> None:
    """Add the diagram to the document."""
    plan = plan_of(flow)
    diagram = ET.SubElement(root, "bpmndi:BPMNDiagram", id=f"diagram_{flow.programme}")
    plane = ET.SubElement(
        diagram,
        "bpmndi:BPMNPlane",
        id=f"plane_{flow.programme}",
        bpmnElement=f"collaboration_{flow.programme}",
    )
    pool = (0.0, 0.0, plan.length + 3 * HEADER, plan.breadth)
    _shape(plane, f"pool_{flow.programme}", pool, isHorizontal="true")
    for lane, (near, far) in zip(lanes_of(flow), plan.lanes, strict=True):
        _shape(plane, lane.id, (HEADER, near, pool[2] - HEADER, far - near), isHorizontal="true")
    begin = begin_of(flow)
    if begin:
        _event(plane, plan, begin, 0)
        if forks(begin):
            _gateway(plane, plan, begin, EVENT + BETWEEN)
    for place in places_of(flow).values():
        if isinstance(place, Step):
            _task(plane, plan, place)
        else:
            _end(plane, plan, place)
    _edges(plane, plan, flow)


def _task(plane: ET.Element, plan: Plan, step: Step) -> None:
    box = plan.boxes[element_id(step)]
    x, y = _on_sheet((box.start, box.near))
    _shape(plane, element_id(step), (x, y, TASK, TASK_HEIGHT))
    if forks(step):
        _gateway(plane, plan, step, TASK + BETWEEN)


def _end(plane: ET.Element, plan: Plan, ending: Ending) -> None:
    if forks(ending):
        _gateway(plane, plan, ending, BETWEEN)
    _event(plane, plan, ending, BETWEEN + GATEWAY + TO_END if forks(ending) else 0)


def _gateway(plane: ET.Element, plan: Plan, place: Place | Begin, along: float) -> None:
    box = plan.boxes[element_id(place)]
    x, y = _on_sheet((box.start + along, box.middle - GATEWAY / 2))
    shape = _shape(plane, gateway_id(place), (x, y, GATEWAY, GATEWAY), isMarkerVisible="true")
    # Above it, and above its task: lines leave to the right and below. Lines to an end come down in front of its cell.
    width = _width(gateway_name(place))
    left = x + (GATEWAY - width) / 2
    if isinstance(place, Ending):
        left = max(left, x - along + 4)
    _label(shape, (left, box.near - LINE - 2, width, LINE))


def _event(plane: ET.Element, plan: Plan, place: Begin | Ending, along: float) -> None:
    box = plan.boxes[element_id(place)]
    x, y = _on_sheet((box.start + along, box.middle - EVENT / 2))
    shape = _shape(plane, element_id(place), (x, y, EVENT, EVENT))
    # Lines leave a beginning to the right and come to an end from the left, from above and from below.
    if isinstance(place, Begin):
        width = _width(BEGUN)
        _label(shape, (x + (EVENT - width) / 2, y + EVENT + 4, width, LINE))
    else:
        _label(shape, (x + EVENT + 2, y + (EVENT - LINE) / 2, _width(place.task_title), LINE))


def _edges(plane: ET.Element, plan: Plan, flow: type[CaseFlow]) -> None:
    within = dict(_within_cells(plan, flow))
    for way in ways_of(flow):
        route = plan.routes.get(way.id) or within[way.id]
        edge = ET.SubElement(plane, "bpmndi:BPMNEdge", id=f"{way.id}_di", bpmnElement=way.id)
        for point in route:
            x, y = _on_sheet(point)
            ET.SubElement(edge, "di:waypoint", x=f"{x:g}", y=f"{y:g}")
        if way.name:
            _label(edge, _label_place(way.name, route))


def _within_cells(plan: Plan, flow: type[CaseFlow]) -> Iterator[tuple[str, Sequence[Point]]]:
    """The lines inside one cell: from a beginning or a task to its gateway, from a gateway to its end."""
    begin = begin_of(flow)
    for place in (*([begin] if begin else []), *places_of(flow).values()):
        if forks(place):
            box = plan.boxes[element_id(place)]
            leaves, long = _before_gateway(place)
            leaves += box.start
            yield f"flow_{place.name}", [(leaves, box.middle), (leaves + long, box.middle)]


def _before_gateway(place: Place | Begin) -> tuple[float, float]:
    """Where in its cell the line between a place and its gateway begins, and how long it is."""
    if isinstance(place, Ending):
        return BETWEEN + GATEWAY, TO_END
    return (TASK if isinstance(place, Step) else EVENT), BETWEEN


def _label_place(name: str, route: Sequence[Point]) -> tuple[float, float, float, float]:
    """Above where the line first runs along, to the right of where it leaves its box: there no other line comes."""
    turn = 0 if route[0][1] == route[1][1] else 1
    x, y = _on_sheet(route[turn])
    return x + 4, y - LINE - 2, _width(name), LINE


def _width(name: str) -> float:
    return LETTER * len(name) + 4


def _label(drawn: ET.Element, bounds: tuple[float, float, float, float]) -> None:
    _bounds(ET.SubElement(drawn, "bpmndi:BPMNLabel"), bounds)


def _shape(plane: ET.Element, element: str, bounds: tuple[float, float, float, float], **attributes: str) -> ET.Element:
    names = {"id": f"{element}_di", "bpmnElement": element}
    shape = ET.SubElement(plane, "bpmndi:BPMNShape", {**names, **attributes})
    _bounds(shape, bounds)
    return shape


def _bounds(parent: ET.Element, bounds: tuple[float, float, float, float]) -> None:
    size = dict(zip(("x", "y", "width", "height"), (f"{value:g}" for value in bounds), strict=True))
    ET.SubElement(parent, "dc:Bounds", size)


def _on_sheet(point: Point) -> Point:
    """Along is to the right, after the headers of pool and lane."""
    along, across = point
    return along + 2 * HEADER + HEADER, across
