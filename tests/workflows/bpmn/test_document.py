"""What stands in the BPMN file: a node for everything, in its lane, and a condition for every answer."""

from __future__ import annotations

import ast
import xml.etree.ElementTree as ET
from collections import Counter

import pytest

from tests.workflows.bpmn.documents import FLOWS, NODES, NURSING, flows_in, found, name_of, nodes_in, tag, tree_of
from tests.workflows.paper_flows import scattered_flow
from workflows import registry
from workflows.bpmn.document import MODEL
from workflows.bpmn.elements import element_id, gateway_id, reopening_id, way_id
from workflows.flow import CaseFlow, Ending
from workflows.graph import begin_of, places_of

CONDITION = tag(MODEL, "conditionExpression")


@pytest.fixture(params=FLOWS, ids=name_of)
def flow(request: pytest.FixtureRequest) -> type[CaseFlow]:
    asked: type[CaseFlow] = request.param
    return asked


def test_ids_are_unique_and_every_reference_names_one(flow: type[CaseFlow]) -> None:
    root = tree_of(flow)
    ids = Counter(element.get("id") for element in root.iter() if element.get("id"))
    named = [element.get(name) for element in root.iter() for name in ("sourceRef", "targetRef", "processRef")]
    named += [element.get(name) for element in root.iter() for name in ("bpmnElement", "default")]
    for name in ("incoming", "outgoing", "flowNodeRef"):
        named += [element.text for element in root.iter(tag(MODEL, name))]

    assert [key for key, times in ids.items() if times > 1] == []
    assert {name for name in named if name} - ids.keys() == set()


def test_every_node_is_in_one_lane_and_lists_its_own_flows(flow: type[CaseFlow]) -> None:
    root = tree_of(flow)
    nodes, flows = list(nodes_in(root)), flows_in(root)
    seated = Counter(reference.text for reference in root.iter(tag(MODEL, "flowNodeRef")))

    assert seated == Counter(node.get("id") for node in nodes)
    for node in nodes:
        for listed, end in (("incoming", "targetRef"), ("outgoing", "sourceRef")):
            texts = [child.text for child in node.findall(tag(MODEL, listed))]
            assert texts == [way.get("id") for way in flows if way.get(end) == node.get("id")]


def test_every_node_lies_on_a_path_from_the_beginning_to_an_end(flow: type[CaseFlow]) -> None:
    root = tree_of(flow)
    keys = {str(node.get("id")) for node in nodes_in(root)}
    onward = [(str(way.get("sourceRef")), str(way.get("targetRef"))) for way in flows_in(root)]
    starts = {str(node.get("id")) for node in root.iter(tag(MODEL, "startEvent"))}
    ends = {str(node.get("id")) for node in root.iter(tag(MODEL, "endEvent"))}

    assert len(starts) == 1
    assert reached(starts, onward) == keys
    assert reached(ends, [(target, source) for source, target in onward]) == keys


def reached(keys: set[str], ways: list[tuple[str, str]]) -> set[str]:
    while more := {target for source, target in ways if source in keys} - keys:
        keys = keys | more
    return keys


def test_a_step_is_a_user_task_of_its_title_in_the_lane_of_its_role(flow: type[CaseFlow]) -> None:
    root = tree_of(flow)
    lanes = {
        reference.text: lane.get("id")
        for lane in root.iter(tag(MODEL, "lane"))
        for reference in lane.iter(tag(MODEL, "flowNodeRef"))
    }

    tasks = {task.get("id"): task.get("name") for task in root.iter(tag(MODEL, "userTask"))}
    assert tasks == {element_id(step): step.task_title for step in flow.steps()}
    for step in flow.steps():
        assert lanes[element_id(step)] == f"lane_{step.role}_{int(step.level)}"


def test_no_two_steps_of_a_flow_share_a_title(flow: type[CaseFlow]) -> None:
    """A log names a step by its title: of two with the same nobody could say which was done."""
    titles = Counter(step.task_title for step in flow.steps())

    assert [title for title, times in titles.items() if times > 1] == []


def test_ways_lead_where_the_outcomes_lead(flow: type[CaseFlow]) -> None:
    root = tree_of(flow)

    drawn = Counter((way.get("sourceRef"), led_to(way), asked_of(way)) for way in flows_in(root))
    wanted: Counter[tuple[str, str, str]] = Counter()
    begin = begin_of(flow)
    assert begin is not None
    if len(begin.firsts) > 1:
        wanted.update((gateway_id(begin), element_id(one), f"begins_at == '{one.name}'") for one in begin.firsts)
    for place in places_of(flow).values():
        if isinstance(place, Ending):
            for again in place.reopens:
                wanted[gateway_id(place), element_id(again), f"taken_up == '{again.name}'"] += 1
            continue
        several = sum(len(outcome.nexts) for outcome in place.outcomes.values()) > 1
        for outcome in place.outcomes.values():
            for onward in outcome.nexts:
                parts = [f"outcome == '{outcome.name}'"] if several else []
                parts += [f"came_from == '{onward.name}'"] if outcome.returns else []
                source = gateway_id(place) if several else element_id(place)
                wanted[source, element_id(onward), " and ".join(parts)] += 1
    assert {key: times for key, times in drawn.items() if key in wanted or key[2]} == wanted


def led_to(way: ET.Element) -> str:
    """The task or end a flow leads to, past the gateway before an end."""
    target = str(way.get("targetRef"))
    return target.replace("before_", "end_") if target.startswith("before_") else target


def asked_of(way: ET.Element) -> str:
    return way.findtext(CONDITION) or ""


def test_of_the_ways_from_a_gateway_each_has_its_own_condition_or_is_the_default(flow: type[CaseFlow]) -> None:
    root = tree_of(flow)
    for gateway in root.iter(tag(MODEL, "exclusiveGateway")):
        out = [way for way in flows_in(root) if way.get("sourceRef") == gateway.get("id")]
        asked = [asked_of(way) for way in out if way.get("id") != gateway.get("default")]

        assert len(out) > 1
        assert all(asked) and len(set(asked)) == len(asked)
    for task in root.iter(tag(MODEL, "userTask")):
        assert len(task.findall(tag(MODEL, "outgoing"))) == 1


def test_conditions_ask_for_nothing_but_the_variables_the_process_declares(flow: type[CaseFlow]) -> None:
    root = tree_of(flow)
    declared = [str(variable.get("name")) for variable in root.iter(tag(MODEL, "property"))]
    asked = [ast.parse(asked_of(way), mode="eval") for way in flows_in(root) if asked_of(way)]
    names = {node.id for condition in asked for node in ast.walk(condition) if isinstance(node, ast.Name)}

    begin = begin_of(flow)
    assert begin is not None
    assert declared == ["outcome", "came_from", "taken_up", *["begins_at"] * (len(begin.firsts) > 1)]
    assert names <= set(declared)


def test_a_step_says_who_does_it_where_and_by_when() -> None:
    village = found(tree_of(NURSING), element_id(NURSING.village))

    assert village.get("name") == "村级核实"
    assert village.findtext(tag(MODEL, "documentation")) == (
        "岗位：村级核实员；层级：村社区；办理期限：10个工作日（方案 2026-07-01）"
    )


def test_an_outcome_is_a_sequence_flow_with_its_name_and_condition() -> None:
    refusal = found(tree_of(NURSING), way_id(NURSING.village, NURSING.village.outcomes["refuse"]))

    assert refusal.get("sourceRef") == gateway_id(NURSING.village)
    assert refusal.get("targetRef") == gateway_id(NURSING.refused)
    assert refusal.get("name") == "核实不通过"
    assert asked_of(refusal) == "outcome == 'refuse'"


def test_a_step_that_ends_in_one_way_has_no_gateway_and_no_condition() -> None:
    root, request = tree_of(NURSING), NURSING.review_request
    asked = found(root, way_id(request, request.outcomes["request_review"]))

    assert root.find(f".//*[@id='{gateway_id(request)}']") is None
    assert asked.get("sourceRef") == element_id(request)
    assert asked.find(CONDITION) is None


def test_an_outcome_that_leads_back_has_a_way_to_each_place_the_case_can_have_come_from() -> None:
    root, resume = tree_of(NURSING), NURSING.suspended.outcomes["resume"]

    for place in resume.nexts:
        way = found(root, way_id(NURSING.suspended, resume, place))
        assert way.get("targetRef") == element_id(place)
        assert way.get("name") == f"恢复办理（{place.task_title}）"
        assert asked_of(way) == f"outcome == 'resume' and came_from == '{place.name}'"
    assert [place.name for place in resume.nexts] == ["intake", "village", "township", "county", "payment"]


def test_before_an_end_that_can_be_taken_up_again_is_asked_whether_it_is() -> None:
    root, paid = tree_of(NURSING), NURSING.paid
    gateway = found(root, gateway_id(paid))
    over = found(root, str(gateway.get("default")))

    assert over.get("targetRef") == element_id(paid)
    assert over.find(CONDITION) is None
    for step in (NURSING.review_request, NURSING.late_return):
        again = found(root, reopening_id(paid, step))
        assert again.get("targetRef") == element_id(step)
        assert asked_of(again) == f"taken_up == '{step.name}'"


def test_an_end_for_good_has_no_gateway() -> None:
    first = registry.programme("nursing_subsidy").earlier[0]
    root = tree_of(first)

    assert root.find(f".//*[@id='{gateway_id(first.withdrawn)}']") is None
    way = found(root, way_id(first.papers, first.papers.outcomes["withdraw"]))
    assert way.get("targetRef") == element_id(first.withdrawn)


def test_a_flow_with_several_beginnings_asks_where_the_case_begins() -> None:
    flow = scattered_flow()
    root = tree_of(flow)

    ways = {way.get("targetRef"): asked_of(way) for way in flows_in(root) if way.get("sourceRef") == "after_begin"}
    assert ways == {f"step_{name}": f"begins_at == '{name}'" for name in ("intake", "township", "check")}
    assert found(root, "flow_begin").get("targetRef") == "after_begin"
    assert root.find(".//*[@id='variable_begins_at']") is not None


def test_there_is_no_kind_of_node_but_these(flow: type[CaseFlow]) -> None:
    (process,) = tree_of(flow).iter(tag(MODEL, "process"))
    kinds = {child.tag.rpartition("}")[2] for child in process}

    assert kinds <= {*NODES, "documentation", "property", "laneSet", "sequenceFlow"}
