"""The chart of the programme's page: everything is in it, in words too, and nothing a strict page would refuse."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from itertools import pairwise

import pytest

from tests.workflows.paper_flows import winding_flow
from workflows import registry
from workflows.chart import SVG, in_words, to_svg
from workflows.flow import CaseFlow

FLOWS = [programme.flow for programme in registry.programmes().values()]


def tag(name: str) -> str:
    return f"{{{SVG}}}{name}"


@pytest.fixture(params=[*FLOWS, winding_flow()], ids=lambda flow: flow.programme)
def flow(request: pytest.FixtureRequest) -> type[CaseFlow]:
    drawn: type[CaseFlow] = request.param
    return drawn


def test_every_step_outcome_and_end_is_written_in_it(flow: type[CaseFlow]) -> None:
    written = [text.text for text in ET.fromstring(to_svg(flow)).iter(tag("text"))]

    wanted = [node.task_title for node in flow.instance.nodes() if node.name != "begin"]
    wanted += [outcome.label for each in flow.steps() for outcome in each.outcomes.values()]
    for label in wanted:
        assert written.count(label) >= wanted.count(label), label


def test_there_is_a_line_for_every_outcome_and_one_from_the_beginning(flow: type[CaseFlow]) -> None:
    lines = [path for path in ET.fromstring(to_svg(flow)).iter(tag("path")) if path.get("marker-end")]

    assert len(lines) == 1 + sum(len(each.outcomes) for each in flow.steps())


def test_it_says_itself_to_those_who_do_not_see_it(flow: type[CaseFlow]) -> None:
    root = ET.fromstring(to_svg(flow))
    named = [root.find(f"*[@id='{key}']") for key in str(root.get("aria-labelledby")).split()]

    assert root.get("role") == "img"
    assert [element is not None and bool(element.text) for element in named] == [True, True]
    for each in flow.steps():
        for outcome in each.outcomes.values():
            assert f"“{outcome.label}”到“{outcome.next.task_title}”" in in_words(flow)


def test_it_holds_no_style_and_no_script(flow: type[CaseFlow]) -> None:
    root = ET.fromstring(to_svg(flow))

    assert [element.tag for element in root.iter() if element.tag in (tag("style"), tag("script"))] == []
    names = {name for element in root.iter() for name in element.attrib}
    assert [name for name in names if name == "style" or name.startswith("on")] == []


def test_two_programmes_charts_share_no_id_on_one_page() -> None:
    one, other = (ids_of(drawn) for drawn in (FLOWS[0], winding_flow()))

    assert one
    assert one.isdisjoint(other)


def ids_of(flow: type[CaseFlow]) -> set[str]:
    return {str(element.get("id")) for element in ET.fromstring(to_svg(flow)).iter() if element.get("id")}


def test_no_line_crosses_a_box_and_all_lies_on_the_sheet(flow: type[CaseFlow]) -> None:
    root = ET.fromstring(to_svg(flow))
    boxes = [corners_of(box) for box in root.iter(tag("rect"))]
    width, height = number(root, "width"), number(root, "height")

    for path in root.iter(tag("path")):
        if not path.get("marker-end"):
            continue
        points = points_of(path)
        assert all(0 <= x <= width and 0 <= y <= height for x, y in points)
        for start, end in pairwise(points):
            (left, right), (top, bottom) = sorted((start[0], end[0])), sorted((start[1], end[1]))
            crossed = [
                box
                for box in boxes
                if left < box[2] - 1 and right > box[0] + 1 and top < box[3] - 1 and bottom > box[1] + 1
            ]
            assert crossed == []
    assert all(box[0] >= 0 and box[2] <= width and box[3] <= height for box in boxes)


def corners_of(box: ET.Element) -> tuple[float, float, float, float]:
    """(left, top, right, bottom)."""
    x, y = number(box, "x"), number(box, "y")
    return x, y, x + number(box, "width"), y + number(box, "height")


def number(element: ET.Element, name: str) -> float:
    return float(element.get(name, "nan"))


def points_of(path: ET.Element) -> list[tuple[float, float]]:
    """The corners of `M x y L x y …`."""
    corners = str(path.get("d")).removeprefix("M").split(" L")
    return [(float(x), float(y)) for x, y in (corner.split() for corner in corners)]
