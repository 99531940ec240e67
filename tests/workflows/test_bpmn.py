"""The BPMN file, read and run by somebody else's engine."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections import Counter
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from lxml import etree
from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.parser.BpmnParser import BpmnParser, BpmnValidator
from SpiffWorkflow.bpmn.parser.ValidationException import ValidationException
from SpiffWorkflow.task import TaskState

from tests.workflows.paper_flows import winding_flow
from workflows import registry
from workflows.bpmn import to_bpmn
from workflows.bpmn.document import DC, DD, DI, MODEL
from workflows.bpmn.elements import element_id, gateway_id, way_id
from workflows.flow import CaseFlow, Kind
from workflows.graph import main_road

FLOWS = [flow for programme in registry.programmes().values() for flow in programme.flows]
NURSING = registry.programme("nursing_subsidy").flow


def tag(uri: str, name: str) -> str:
    return f"{{{uri}}}{name}"


def tree_of(flow: type[CaseFlow]) -> ET.Element:
    return ET.fromstring(to_bpmn(flow))


def started(flow: type[CaseFlow]) -> BpmnWorkflow:
    parser = BpmnParser(validator=BpmnValidator())
    parser.add_bpmn_str(to_bpmn(flow))
    workflow = BpmnWorkflow(parser.get_spec(flow.programme))
    workflow.do_engine_steps()
    return workflow


def answer(workflow: BpmnWorkflow, outcome: str, *, came_from: str = "", taken_up: bool = False) -> str:
    """End the one step that is open with an outcome; return which step it was."""
    (task,) = workflow.get_tasks(state=TaskState.READY, manual=True)
    task.data |= {"outcome": outcome, "came_from": came_from, "taken_up": taken_up}
    task.run()
    workflow.do_engine_steps()
    return str(task.task_spec.bpmn_id)


def ended_at(workflow: BpmnWorkflow) -> set[str]:
    done = workflow.get_tasks(state=TaskState.COMPLETED)
    return {task.task_spec.bpmn_id for task in done if str(task.task_spec.bpmn_id).startswith("end_")}


@pytest.mark.parametrize("flow", FLOWS, ids=lambda flow: f"{flow.programme} {flow.version}")
def test_another_engine_runs_the_main_road_through_the_same_steps(flow: type[CaseFlow]) -> None:
    *steps, end = main_road(flow)
    workflow = started(flow)

    walked = []
    for place in steps:
        onward = next(name for name, outcome in place.outcomes.items() if outcome.kind is Kind.ADVANCE)
        walked.append(answer(workflow, onward))

    assert walked == [element_id(place) for place in steps]
    assert workflow.is_completed()
    assert ended_at(workflow) == {element_id(end)}


def test_every_outcome_of_every_step_leads_another_engine_where_it_leads_ours() -> None:
    road = ["accept", "pass", "pass", "approve", "draw", "confirm"]
    before = {place.name: road[:number] for number, place in enumerate(main_road(NURSING))}
    before |= {"papers": ["ask_for_papers"], "account": [*road, "returned"], "suspended": ["suspend"]}
    before |= {"review_request": ["refuse"], "internal_review": ["refuse", "request_review"]}
    before |= {"refusal_review_request": [*road[:3], "refuse"]}
    before |= {"refusal_review": [*road[:3], "refuse", "request_review"]}

    for place in NURSING.steps():
        for outcome in place.outcomes.values():
            for onward in outcome.nexts:
                workflow = started(NURSING)
                for turn in before[place.name]:
                    answer(workflow, turn, taken_up=turn == "refuse")
                assert answer(workflow, outcome.name, came_from=onward.name) == element_id(place)
                open_steps = workflow.get_tasks(state=TaskState.READY, manual=True)
                now_at = {task.task_spec.bpmn_id for task in open_steps} or ended_at(workflow)
                assert now_at == {element_id(onward)}, (place.name, outcome.name)


def test_a_case_sent_back_comes_again() -> None:
    workflow = started(NURSING)

    walked = [answer(workflow, turn) for turn in ("accept", "pass", "send_back", "pass", "pass", "refuse")]

    assert walked == [f"step_{name}" for name in ("intake", "village", "township", "village", "township", "county")]
    assert ended_at(workflow) == {"end_refused_by_county"}


def test_the_reader_of_these_tests_does_refuse_what_the_schema_forbids() -> None:
    spoilt = to_bpmn(NURSING).replace(b"<incoming>", b"<incomming>").replace(b"</incoming>", b"</incomming>")

    with pytest.raises(ValidationException):
        BpmnValidator().validate(etree.parse(BytesIO(spoilt)))


@pytest.mark.parametrize("flow", FLOWS, ids=lambda flow: f"{flow.programme} {flow.version}")
def test_ids_are_unique_and_every_reference_names_one(flow: type[CaseFlow]) -> None:
    root = tree_of(flow)
    ids = Counter(element.get("id") for element in root.iter() if element.get("id"))
    named = [element.get(name) for element in root.iter() for name in ("sourceRef", "targetRef", "processRef")]
    named += [element.get("bpmnElement") for element in root.iter()]
    for name in ("incoming", "outgoing", "flowNodeRef"):
        named += [element.text for element in root.iter(tag(MODEL, name))]

    assert [key for key, times in ids.items() if times > 1] == []
    assert {name for name in named if name} - ids.keys() == set()


@pytest.mark.parametrize("flow", FLOWS, ids=lambda flow: f"{flow.programme} {flow.version}")
def test_every_node_is_in_one_lane_and_lists_its_own_flows(flow: type[CaseFlow]) -> None:
    root = tree_of(flow)
    nodes = [
        node
        for kind in ("startEvent", "userTask", "exclusiveGateway", "endEvent")
        for node in root.iter(tag(MODEL, kind))
    ]
    flows = list(root.iter(tag(MODEL, "sequenceFlow")))
    seated = Counter(reference.text for reference in root.iter(tag(MODEL, "flowNodeRef")))

    assert seated == Counter(node.get("id") for node in nodes)
    for node in nodes:
        for listed, end in (("incoming", "targetRef"), ("outgoing", "sourceRef")):
            texts = [child.text for child in node.findall(tag(MODEL, listed))]
            assert texts == [way.get("id") for way in flows if way.get(end) == node.get("id")]


def test_a_step_says_who_does_it_where_and_by_when() -> None:
    root = tree_of(NURSING)
    village = root.find(f".//*[@id='{element_id(NURSING.village)}']")
    assert village is not None

    assert village.get("name") == "村级核实"
    assert village.findtext(tag(MODEL, "documentation")) == (
        "岗位：村级核实员；层级：村社区；办理期限：10个工作日（方案 2026-07-01）"
    )


def test_an_outcome_is_a_sequence_flow_with_its_name_and_condition() -> None:
    root = tree_of(NURSING)
    refusal = root.find(f".//*[@id='{way_id(NURSING.village, NURSING.village.outcomes['refuse'])}']")
    assert refusal is not None

    assert refusal.get("sourceRef") == gateway_id(NURSING.village)
    assert refusal.get("targetRef") == gateway_id(NURSING.refused)
    assert refusal.get("name") == "核实不通过"
    assert refusal.findtext(tag(MODEL, "conditionExpression")) == "outcome == 'refuse'"


def test_a_step_that_ends_in_one_way_has_no_gateway_and_no_condition() -> None:
    root = tree_of(NURSING)
    request = NURSING.review_request
    asked = root.find(f".//*[@id='{way_id(request, request.outcomes['request_review'])}']")
    assert asked is not None

    assert root.find(f".//*[@id='{gateway_id(request)}']") is None
    assert asked.get("sourceRef") == element_id(request)
    assert asked.find(tag(MODEL, "conditionExpression")) is None


def drawn_boxes(root: ET.Element) -> dict[str, tuple[float, float, float, float]]:
    """Element -> (left, top, right, bottom)."""
    boxes = {}
    for shape in root.iter(tag(DI, "BPMNShape")):
        bounds = shape.find(tag(DC, "Bounds"))
        assert bounds is not None
        x, y, width, height = (float(bounds.get(name, "nan")) for name in ("x", "y", "width", "height"))
        boxes[str(shape.get("bpmnElement"))] = (x, y, x + width, y + height)
    return boxes


def waypoints(edge: ET.Element) -> list[tuple[float, float]]:
    return [(float(point.get("x", "nan")), float(point.get("y", "nan"))) for point in edge.iter(tag(DD, "waypoint"))]


@pytest.mark.parametrize("flow", [*FLOWS, winding_flow()], ids=lambda flow: f"{flow.programme} {flow.version}")
def test_everything_is_drawn_and_no_line_crosses_a_box(flow: type[CaseFlow]) -> None:
    root = tree_of(flow)
    boxes = drawn_boxes(root)
    edges = list(root.iter(tag(DI, "BPMNEdge")))
    solid = {key: box for key, box in boxes.items() if not key.startswith(("pool_", "lane_"))}

    assert {edge.get("bpmnElement") for edge in edges} == {
        way.get("id") for way in root.iter(tag(MODEL, "sequenceFlow"))
    }
    crossings = [
        (edge.get("bpmnElement"), key)
        for edge in edges
        for start, end in pairwise(waypoints(edge))
        for key, box in solid.items()
        if passes_through(start, end, box)
    ]
    overlaps = [(one, other) for one in solid for other in solid if one < other and overlap(solid[one], solid[other])]
    assert crossings == []
    assert overlaps == []


def passes_through(start: tuple[float, float], end: tuple[float, float], box: Any) -> bool:
    """Whether an upright or level stretch runs through the inside of a box; touching its edge is allowed."""
    (left, right), (top, bottom) = sorted((start[0], end[0])), sorted((start[1], end[1]))
    assert left == right or top == bottom
    return left < box[2] - 1 and right > box[0] + 1 and top < box[3] - 1 and bottom > box[1] + 1


def overlap(one: Any, other: Any) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


@pytest.mark.parametrize("flow", FLOWS, ids=lambda flow: f"{flow.programme} {flow.version}")
def test_the_main_road_runs_to_the_right_and_each_node_lies_in_its_lane(flow: type[CaseFlow]) -> None:
    root = tree_of(flow)
    boxes = drawn_boxes(root)
    lefts = [boxes[element_id(place)][0] for place in main_road(flow)]

    assert lefts == sorted(lefts)
    for lane in root.iter(tag(MODEL, "lane")):
        _, top, _, bottom = boxes[str(lane.get("id"))]
        for reference in lane.iter(tag(MODEL, "flowNodeRef")):
            _, upper, _, lower = boxes[str(reference.text)]
            assert top <= upper < lower <= bottom, reference.text


def test_the_command_writes_the_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "nursing.bpmn"
    out.write_text("an older one")

    call_command("export_bpmn", "nursing_subsidy", str(out))

    assert out.read_bytes() == to_bpmn(NURSING)
    assert list(tmp_path.iterdir()) == [out]
    assert "住院护理补贴的流程（第2版）已写到" in capsys.readouterr().out


def test_the_command_writes_an_earlier_version(tmp_path: Path) -> None:
    out = tmp_path / "nursing.bpmn"

    call_command("export_bpmn", "nursing_subsidy", str(out), "--flow-version", "1")

    assert out.read_bytes() == to_bpmn(registry.programme("nursing_subsidy").earlier[0])
    assert "流程第1版" in out.read_text(encoding="utf-8")


def test_the_command_names_the_versions_there_are(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"住院护理补贴没有第9版流程。现有：第1版、第2版。"):
        call_command("export_bpmn", "nursing_subsidy", str(tmp_path / "nope.bpmn"), "--flow-version", "9")

    assert list(tmp_path.iterdir()) == []


def test_the_command_names_the_programmes_there_are(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"没有代码为“nope”的项目。现有：.*nursing_subsidy（住院护理补贴）"):
        call_command("export_bpmn", "nope", str(tmp_path / "nope.bpmn"))

    assert list(tmp_path.iterdir()) == []


def test_a_place_that_cannot_be_written_is_said_so_and_nothing_is_left(tmp_path: Path) -> None:
    taken = tmp_path / "folder.bpmn"
    taken.mkdir()

    for out in (tmp_path / "missing" / "out.bpmn", taken):
        with pytest.raises(CommandError, match="写不了"):
            call_command("export_bpmn", "nursing_subsidy", str(out))

    assert list(tmp_path.iterdir()) == [taken]
