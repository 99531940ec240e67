"""A flow as a BPMN 2.0 file: the procedure itself, and where everything is drawn.

Written out from the same graph the gateway walks. A step is a user task in the lane of its role; where it can end in
several ways a gateway follows, with one sequence flow an outcome, taken when `outcome == '…'`. Lanes run to the right,
the main road from the upper left to the lower right, ways back below it.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from casework.models import Level, Role
from workflows.flow import Begin, CaseFlow, Ending, Outcome, Step
from workflows.graph import Place, begin_of, places_of, title_of
from workflows.layout import Cell, Line, Plan, Point, Spacing, arrange
from workflows.seating import BEGIN_RANK, front_of, leading_to, ranks, steps_in_order

MODEL = "http://www.omg.org/spec/BPMN/20100524/MODEL"
DI = "http://www.omg.org/spec/BPMN/20100524/DI"
DC = "http://www.omg.org/spec/DD/20100524/DC"
DD = "http://www.omg.org/spec/DD/20100524/DI"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
PREFIXES = {"": MODEL, "bpmndi": DI, "dc": DC, "di": DD, "xsi": XSI}
NAMESPACE = "urn:nuanxin:flow"

TASK, TASK_HEIGHT, GATEWAY, EVENT = 120.0, 76.0, 50.0, 36.0
BETWEEN = 30.0
"""From a task to its own gateway."""

HEADER = 30.0
"""The band at the left of a pool or a lane, with its name."""

SPACING = Spacing(padding=44, rank_gap=76, track=22)


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
    """A sequence flow between two elements; `outcome` where a step's answer takes it."""

    id: str
    source: str
    target: str
    name: str = ""
    outcome: str = ""


def to_bpmn(flow_class: type[CaseFlow]) -> bytes:
    """The flow as a BPMN 2.0 document, UTF-8."""
    root = ET.Element(
        "definitions", {f"xmlns:{prefix}" if prefix else "xmlns": uri for prefix, uri in PREFIXES.items()}
    )
    root.set("id", f"definitions_{flow_class.programme}")
    root.set("targetNamespace", NAMESPACE)
    root.set("exporter", "nuanxin")
    _collaboration(root, flow_class)
    _process(root, flow_class)
    _diagram(root, flow_class)
    ET.indent(root)
    document: bytes = ET.tostring(root, encoding="UTF-8", xml_declaration=True)
    return document + b"\n"


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
        yield Way("flow_begin", element_id(begin), element_id(begin.first))
    for step in flow.steps():
        source = element_id(step)
        if _branches(step):
            yield Way(f"flow_{step.name}", source, gateway_id(step))
            source = gateway_id(step)
        for outcome in step.outcomes.values():
            taken = outcome.name if _branches(step) else ""
            yield Way(way_id(step, outcome), source, element_id(outcome.next), outcome.label, taken)


def element_id(place: Place | Begin) -> str:
    kind = "step" if isinstance(place, Step) else "end" if isinstance(place, Ending) else "start"
    return f"{kind}_{place.name}"


def gateway_id(step: Step) -> str:
    return f"after_{step.name}"


def way_id(step: Step, outcome: Outcome) -> str:
    # A colon is not allowed in an id, and two underlines keep `a_b` + `c` apart from `a` + `b_c`.
    return f"flow_{step.name}__{outcome.name}"


def _branches(step: Step) -> bool:
    return len(step.outcomes) > 1


def _collaboration(root: ET.Element, flow: type[CaseFlow]) -> None:
    collaboration = ET.SubElement(root, "collaboration", id=f"collaboration_{flow.programme}")
    pool = {"id": f"pool_{flow.programme}", "name": title_of(flow), "processRef": flow.programme}
    ET.SubElement(collaboration, "participant", pool)


def _process(root: ET.Element, flow: type[CaseFlow]) -> None:
    process = ET.SubElement(root, "process", id=flow.programme, name=title_of(flow), isExecutable="true")
    ET.SubElement(process, "documentation").text = f"{title_of(flow)}，流程第{flow.version}版"
    _lane_set(process, flow)
    ways = list(ways_of(flow))
    begin = begin_of(flow)
    if begin:
        _node(process, "startEvent", element_id(begin), "收到申请", ways)
    for place in places_of(flow).values():
        if isinstance(place, Ending):
            _node(process, "endEvent", element_id(place), place.task_title, ways)
            continue
        _node(process, "userTask", element_id(place), place.task_title, ways, text=_described(place, flow))
        if _branches(place):
            _node(process, "exclusiveGateway", gateway_id(place), f"{place.task_title}的结果", ways)
    for way in ways:
        _sequence_flow(process, way)


def _lane_set(process: ET.Element, flow: type[CaseFlow]) -> None:
    lanes = ET.SubElement(process, "laneSet", id=f"lanes_{flow.programme}")
    begin = begin_of(flow)
    places: list[Place | Begin] = [*([begin] if begin else []), *places_of(flow).values()]
    for lane in lanes_of(flow):
        element = ET.SubElement(lanes, "lane", id=lane.id, name=lane.title)
        for place in places:
            if lane_of(place, flow) != lane:
                continue
            ET.SubElement(element, "flowNodeRef").text = element_id(place)
            if isinstance(place, Step) and _branches(place):
                ET.SubElement(element, "flowNodeRef").text = gateway_id(place)


def _node(process: ET.Element, kind: str, key: str, name: str, ways: list[Way], *, text: str = "") -> None:
    """A flow node. The schema wants its documentation, then what comes in, then what goes out."""
    node = ET.SubElement(process, kind, id=key, name=name)
    if text:
        ET.SubElement(node, "documentation").text = text
    for way in ways:
        if way.target == key:
            ET.SubElement(node, "incoming").text = way.id
    for way in ways:
        if way.source == key:
            ET.SubElement(node, "outgoing").text = way.id


def _described(step: Step, flow: type[CaseFlow]) -> str:
    """Who does a step, where, and by when: under the newest terms."""
    terms = flow.terms.versions[-1]
    said = [f"岗位：{Role(step.role).label}", f"层级：{Level(step.level).label}"]
    limit = terms.deadlines.get(step.name)
    if limit:
        days = "个工作日" if limit.working else "日"
        said.append(f"办理期限：{limit.days}{days}（方案 {terms.version}）")
    return "；".join(said)


def _sequence_flow(process: ET.Element, way: Way) -> None:
    flow = ET.SubElement(process, "sequenceFlow", id=way.id, sourceRef=way.source, targetRef=way.target)
    if way.name:
        flow.set("name", way.name)
    if way.outcome:
        condition = ET.SubElement(flow, "conditionExpression", {"xsi:type": "tFormalExpression"})
        condition.text = f"outcome == '{way.outcome}'"


# -- where everything is drawn ----------------------------------------------------------------------------------------


def plan_of(flow: type[CaseFlow]) -> Plan:
    """The flow on the grid: a lane a role, a task and its gateway together in one cell."""
    numbers = {lane: number for number, lane in enumerate(lanes_of(flow))}
    seats = ranks(flow, lambda place: numbers[lane_of(place, flow)])
    cells, lines = [], []
    begin = begin_of(flow)
    if begin:
        lane = numbers[lane_of(begin, flow)]
        cells.append(Cell(element_id(begin), lane, BEGIN_RANK, EVENT, EVENT, port=EVENT / 2))
        lines.append(Line("flow_begin", element_id(begin), element_id(begin.first), is_front=True))
    for place in places_of(flow).values():
        lane, rank, key = numbers[lane_of(place, flow)], seats[place.name], element_id(place)
        if isinstance(place, Ending):
            cells.append(Cell(key, lane, rank, EVENT, EVENT, port=EVENT / 2))
            continue
        along = TASK + (BETWEEN + GATEWAY if _branches(place) else 0)
        cells.append(Cell(key, lane, rank, along, TASK_HEIGHT, port=TASK / 2))
        front = front_of(place, seats)
        for outcome in place.outcomes.values():
            lines.append(_line(place, outcome, is_front=outcome is front))
    return arrange(cells, lines, SPACING)


def _line(step: Step, outcome: Outcome, *, is_front: bool) -> Line:
    """From the gateway's lower corner; without a gateway from the task's lower edge, beside where lines come in."""
    source, target = element_id(step), element_id(outcome.next)
    leaves, reach = (TASK + BETWEEN + GATEWAY / 2, GATEWAY / 2) if _branches(step) else (TASK - 20, TASK_HEIGHT / 2)
    return Line(way_id(step, outcome), source, target, is_front, exit=leaves, reach=reach)


def _diagram(root: ET.Element, flow: type[CaseFlow]) -> None:
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
        _event(plane, plan, begin)
    for place in places_of(flow).values():
        if isinstance(place, Step):
            _task(plane, plan, place)
        else:
            _event(plane, plan, place)
    _edges(plane, plan, flow)


def _task(plane: ET.Element, plan: Plan, step: Step) -> None:
    box = plan.boxes[element_id(step)]
    x, y = _on_sheet((box.start, box.near))
    _shape(plane, element_id(step), (x, y, TASK, TASK_HEIGHT))
    if _branches(step):
        top = y + (TASK_HEIGHT - GATEWAY) / 2
        _shape(plane, gateway_id(step), (x + TASK + BETWEEN, top, GATEWAY, GATEWAY), isMarkerVisible="true")


def _event(plane: ET.Element, plan: Plan, place: Begin | Ending) -> None:
    box = plan.boxes[element_id(place)]
    x, y = _on_sheet((box.start, box.near))
    shape = _shape(plane, element_id(place), (x, y, EVENT, EVENT))
    # Lines leave a beginning to the right and come to an end from the left, from above and from below.
    corner = (x - 22, y + EVENT + 4) if isinstance(place, Begin) else (x + EVENT + 4, y + EVENT / 2 - 8)
    _bounds(ET.SubElement(shape, "bpmndi:BPMNLabel"), (*corner, EVENT + 44, 16))


def _edges(plane: ET.Element, plan: Plan, flow: type[CaseFlow]) -> None:
    for way in ways_of(flow):
        route = plan.routes.get(way.id)
        if route is None:
            # A task to its own gateway: inside one cell.
            box = plan.boxes[way.source]
            route = [(box.start + TASK, box.middle), (box.start + TASK + BETWEEN, box.middle)]
        edge = ET.SubElement(plane, "bpmndi:BPMNEdge", id=f"{way.id}_di", bpmnElement=way.id)
        for point in route:
            x, y = _on_sheet(point)
            ET.SubElement(edge, "di:waypoint", x=f"{x:g}", y=f"{y:g}")
        if way.name:
            _bounds(ET.SubElement(edge, "bpmndi:BPMNLabel"), _label_place(way.name, route))


def _label_place(name: str, route: Sequence[Point]) -> tuple[float, float, float, float]:
    """Above the first stretch that runs along, beginning where the line leaves its box."""
    width, height = 13.0 * len(name), 16.0
    corner = 0 if route[0][1] == route[1][1] else 1
    (x, y), (next_x, _) = _on_sheet(route[corner]), _on_sheet(route[corner + 1])
    return (x + 4 if next_x > x else x - 4 - width), y - height - 2, width, height


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
