"""The file itself: collaboration, process and diagram, in the order the schema of the OMG wants.

Written out from the same graph the gateway walks. A sequence flow is taken when its condition holds; conditions are
plain comparisons of the process's variables (`elements.VARIABLES`), in the words of Python.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET

from casework.models import Level, Role
from workflows.bpmn.diagram import draw
from workflows.bpmn.elements import (
    BEGUN,
    Way,
    element_id,
    forks,
    gateway_id,
    gateway_name,
    lane_of,
    lanes_of,
    variables_of,
    ways_of,
)
from workflows.flow import Begin, CaseFlow, Ending, Step
from workflows.graph import Place, begin_of, places_of, title_of

MODEL = "http://www.omg.org/spec/BPMN/20100524/MODEL"
DI = "http://www.omg.org/spec/BPMN/20100524/DI"
DC = "http://www.omg.org/spec/DD/20100524/DC"
DD = "http://www.omg.org/spec/DD/20100524/DI"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
PREFIXES = {"": MODEL, "bpmndi": DI, "dc": DC, "di": DD, "xsi": XSI}
NAMESPACE = "urn:nuanxin:flow"
PYTHON = "https://docs.python.org/3/reference/expressions.html"


def to_bpmn(flow_class: type[CaseFlow]) -> bytes:
    """The flow as a BPMN 2.0 document, UTF-8."""
    root = ET.Element(
        "definitions", {f"xmlns:{prefix}" if prefix else "xmlns": uri for prefix, uri in PREFIXES.items()}
    )
    root.set("id", f"definitions_{flow_class.programme}")
    root.set("targetNamespace", NAMESPACE)
    root.set("expressionLanguage", PYTHON)
    root.set("exporter", "nuanxin")
    _collaboration(root, flow_class)
    _process(root, flow_class)
    draw(root, flow_class)
    ET.indent(root)
    document: bytes = ET.tostring(root, encoding="UTF-8", xml_declaration=True)
    return document + b"\n"


def _collaboration(root: ET.Element, flow: type[CaseFlow]) -> None:
    collaboration = ET.SubElement(root, "collaboration", id=f"collaboration_{flow.programme}")
    pool = {"id": f"pool_{flow.programme}", "name": title_of(flow), "processRef": flow.programme}
    ET.SubElement(collaboration, "participant", pool)


def _process(root: ET.Element, flow: type[CaseFlow]) -> None:
    process = ET.SubElement(root, "process", id=flow.programme, name=title_of(flow), isExecutable="true")
    ET.SubElement(process, "documentation").text = f"{title_of(flow)}，流程第{flow.version}版"
    for name, meaning in variables_of(flow).items():
        variable = ET.SubElement(process, "property", id=f"variable_{name}", name=name)
        ET.SubElement(variable, "documentation").text = meaning
    _lane_set(process, flow)
    ways = list(ways_of(flow))
    begin = begin_of(flow)
    if begin:
        _node(process, "startEvent", element_id(begin), BEGUN, ways)
        if forks(begin):
            _node(process, "exclusiveGateway", gateway_id(begin), gateway_name(begin), ways)
    for place in places_of(flow).values():
        _place(process, place, flow, ways)
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
            if forks(place):
                ET.SubElement(element, "flowNodeRef").text = gateway_id(place)


def _place(process: ET.Element, place: Place, flow: type[CaseFlow], ways: list[Way]) -> None:
    title = place.task_title
    if isinstance(place, Step):
        _node(process, "userTask", element_id(place), title, ways, text=_described(place, flow))
        if forks(place):
            _node(process, "exclusiveGateway", gateway_id(place), gateway_name(place), ways)
        return
    if forks(place):
        _node(process, "exclusiveGateway", gateway_id(place), gateway_name(place), ways, text=_reopened(place))
    _node(process, "endEvent", element_id(place), title, ways)


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
            if way.is_default:
                node.set("default", way.id)


def _described(step: Step, flow: type[CaseFlow]) -> str:
    """Who does a step, where, and by when: under the newest terms."""
    terms = flow.terms.versions[-1]
    said = [f"岗位：{Role(step.role).label}", f"层级：{Level(step.level).label}"]
    limit = terms.deadlines.get(step.name)
    if limit:
        days = "个工作日" if limit.working else "日"
        said.append(f"办理期限：{limit.days}{days}（方案 {terms.version}）")
    return "；".join(said)


def _reopened(ending: Ending) -> str:
    steps = "或".join(f"“{again.task_title}”" for again in ending.reopens)
    return f"案件到此已经终了；被提起的，转{steps}继续办理"


def _sequence_flow(process: ET.Element, way: Way) -> None:
    flow = ET.SubElement(process, "sequenceFlow", id=way.id, sourceRef=way.source, targetRef=way.target)
    if way.name:
        flow.set("name", way.name)
    if way.condition:
        condition = ET.SubElement(flow, "conditionExpression", {"xsi:type": "tFormalExpression"})
        condition.text = way.condition
