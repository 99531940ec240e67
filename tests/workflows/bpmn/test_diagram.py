"""The drawing of the BPMN file: all of it is there, and nothing runs through anything."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from itertools import combinations, pairwise

import pytest

from tests.workflows.bpmn.documents import FLOWS, flows_in, name_of, nodes_in, tag, tree_of
from tests.workflows.paper_flows import scattered_flow, winding_flow
from workflows.bpmn.document import DC, DD, DI, MODEL
from workflows.bpmn.elements import element_id
from workflows.flow import CaseFlow
from workflows.graph import main_road

Room = tuple[float, float, float, float]
"""left, top, right, bottom"""


@pytest.fixture(params=[*FLOWS, winding_flow(), scattered_flow()], ids=name_of)
def root(request: pytest.FixtureRequest) -> ET.Element:
    return tree_of(request.param)


def room_of(drawn: ET.Element) -> Room:
    bounds = drawn.find(tag(DC, "Bounds"))
    assert bounds is not None
    x, y, width, height = (float(bounds.get(name, "nan")) for name in ("x", "y", "width", "height"))
    return x, y, x + width, y + height


def boxes_in(root: ET.Element) -> dict[str, Room]:
    return {str(shape.get("bpmnElement")): room_of(shape) for shape in root.iter(tag(DI, "BPMNShape"))}


def solid_in(root: ET.Element) -> dict[str, Room]:
    return {key: box for key, box in boxes_in(root).items() if not key.startswith(("pool_", "lane_"))}


def words_in(root: ET.Element) -> dict[str, Room]:
    drawn = (one for one in root.iter() if one.tag in (tag(DI, "BPMNShape"), tag(DI, "BPMNEdge")))
    labels = ((str(one.get("bpmnElement")), one.find(tag(DI, "BPMNLabel"))) for one in drawn)
    return {key: room_of(label) for key, label in labels if label is not None}


def stretches_in(root: ET.Element) -> list[tuple[str, tuple[float, float], tuple[float, float]]]:
    return [
        (str(edge.get("bpmnElement")), start, end)
        for edge in root.iter(tag(DI, "BPMNEdge"))
        for start, end in pairwise(waypoints(edge))
    ]


def waypoints(edge: ET.Element) -> list[tuple[float, float]]:
    return [(float(point.get("x", "nan")), float(point.get("y", "nan"))) for point in edge.iter(tag(DD, "waypoint"))]


def runs_through(start: tuple[float, float], end: tuple[float, float], box: Room) -> bool:
    """Whether an upright or level stretch runs through the inside of a box; touching its edge is allowed."""
    (left, right), (top, bottom) = sorted((start[0], end[0])), sorted((start[1], end[1]))
    assert left == right or top == bottom
    return left < box[2] - 1 and right > box[0] + 1 and top < box[3] - 1 and bottom > box[1] + 1


def overlap(one: Room, other: Room) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def test_everything_is_drawn_once(root: ET.Element) -> None:
    drawn = [str(one.get("bpmnElement")) for one in root.iter() if one.get("bpmnElement")]
    lanes_and_pool = [*root.iter(tag(MODEL, "lane")), *root.iter(tag(MODEL, "participant"))]
    things = [*nodes_in(root), *flows_in(root), *lanes_and_pool, *root.iter(tag(MODEL, "collaboration"))]

    assert sorted(drawn) == sorted(str(thing.get("id")) for thing in things)


def test_no_line_runs_through_a_box_and_no_box_over_another(root: ET.Element) -> None:
    boxes = solid_in(root)

    crossings = [
        (way, key) for way, start, end in stretches_in(root) for key in boxes if runs_through(start, end, boxes[key])
    ]
    assert crossings == []
    assert [pair for pair in combinations(boxes, 2) if overlap(boxes[pair[0]], boxes[pair[1]])] == []


def test_a_line_goes_from_the_edge_of_its_source_to_the_edge_of_its_target(root: ET.Element) -> None:
    boxes, ways = solid_in(root), {str(way.get("id")): way for way in flows_in(root)}

    for edge in root.iter(tag(DI, "BPMNEdge")):
        points, way = waypoints(edge), ways[str(edge.get("bpmnElement"))]
        assert on_edge(points[0], boxes[str(way.get("sourceRef"))]), way.get("id")
        assert on_edge(points[-1], boxes[str(way.get("targetRef"))]), way.get("id")


def on_edge(point: tuple[float, float], box: Room) -> bool:
    (x, y), (left, top, right, bottom) = point, box
    within = left <= x <= right and top <= y <= bottom
    return within and (x in (left, right) or y in (top, bottom))


def test_every_word_can_be_read(root: ET.Element) -> None:
    words, boxes = words_in(root), solid_in(root)

    struck = [
        (way, key) for way, start, end in stretches_in(root) for key in words if runs_through(start, end, words[key])
    ]
    assert struck == []
    assert [pair for pair in combinations(words, 2) if overlap(words[pair[0]], words[pair[1]])] == []
    assert [(key, box) for key in words for box in boxes if overlap(words[key], boxes[box])] == []


def test_every_name_outside_a_box_has_its_place(root: ET.Element) -> None:
    named = [one for one in [*nodes_in(root), *flows_in(root)] if one.get("name")]
    outside = {str(one.get("id")) for one in named if one.tag != tag(MODEL, "userTask")}

    assert words_in(root).keys() == outside


@pytest.mark.parametrize("flow", FLOWS, ids=name_of)
def test_the_main_road_runs_to_the_right_and_each_node_lies_in_its_lane(flow: type[CaseFlow]) -> None:
    root = tree_of(flow)
    boxes = boxes_in(root)
    lefts = [boxes[element_id(place)][0] for place in main_road(flow)]

    assert lefts == sorted(lefts)
    for lane in root.iter(tag(MODEL, "lane")):
        _, top, _, bottom = boxes[str(lane.get("id"))]
        for reference in lane.iter(tag(MODEL, "flowNodeRef")):
            _, upper, _, lower = boxes[str(reference.text)]
            assert top <= upper < lower <= bottom, reference.text
