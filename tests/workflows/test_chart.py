"""The chart of the programme's page: everything is in it, in words too, and nothing a strict page would refuse."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Callable
from itertools import pairwise

import pytest

from tests.workflows.paper_flows import scattered_flow, winding_flow
from workflows import registry
from workflows.cards import office_of
from workflows.chart import SVG, in_words, to_svg
from workflows.flow import CaseFlow, Ending
from workflows.graph import begin_of, places_of
from workflows.outcomes import Outcome

FLOWS = [flow for programme in registry.programmes().values() for flow in programme.flows]


def tag(name: str) -> str:
    return f"{{{SVG}}}{name}"


@pytest.fixture(params=[*FLOWS, winding_flow(), scattered_flow()], ids=lambda flow: f"{flow.programme} {flow.version}")
def flow(request: pytest.FixtureRequest) -> type[CaseFlow]:
    drawn: type[CaseFlow] = request.param
    return drawn


def on_the_road(outcome: Outcome) -> bool:
    """What may happen at any time has no line; the way back from it has."""
    return outcome.returns or not outcome.aside


def test_every_step_outcome_and_end_is_written_in_it(flow: type[CaseFlow]) -> None:
    root = ET.fromstring(to_svg(flow))
    titles = [text.text for text in root.iter(tag("text")) if text.get("class") == "flow-title"]
    outcomes = [text.text for text in root.iter(tag("text")) if text.get("class") == "flow-outcome"]

    assert sorted(map(str, titles)) == sorted(place.task_title for place in places_of(flow).values())
    wanted = [one.label for each in flow.steps() for one in each.outcomes.values() if on_the_road(one)]
    assert sorted(map(str, outcomes)) == sorted(wanted)


def test_what_may_happen_at_any_time_is_said_at_the_foot_of_each_card(flow: type[CaseFlow]) -> None:
    cards = [card for card in ET.fromstring(to_svg(flow)).iter(tag("g")) if card.get("class") == "flow-step"]
    said = {
        title_of(card): "".join(str(text.text) for text in card if text.get("class") == "flow-asides") for card in cards
    }

    for step in flow.steps():
        asides = "·".join(one.label for one in step.outcomes.values() if not on_the_road(one))
        assert said[step.task_title] == (f"随时：{asides}" if asides else "")


def test_lines_lead_where_the_outcomes_lead(flow: type[CaseFlow]) -> None:
    root = ET.fromstring(to_svg(flow))
    boxes = {title_of(card): corners_of(box) for card in root.iter(tag("g")) for box in card.iter(tag("rect"))}
    drawn = Counter(
        (title_of(card), next(title for title, box in boxes.items() if touches(points_of(path)[-1], box)))
        for card in root.iter(tag("g"))
        for path in card.iter(tag("path"))
    )

    wanted: Counter[tuple[str, str]] = Counter()
    for place in places_of(flow).values():
        if isinstance(place, Ending):
            wanted.update((place.task_title, again.task_title) for again in place.reopens)
            continue
        for outcome in filter(on_the_road, place.outcomes.values()):
            wanted.update((place.task_title, target.task_title) for target in outcome.nexts)
    assert drawn == wanted


def test_a_line_begins_at_its_own_box(flow: type[CaseFlow]) -> None:
    root = ET.fromstring(to_svg(flow))
    for card in root.iter(tag("g")):
        (box,) = [corners_of(rect) for rect in card.iter(tag("rect"))]
        assert [path for path in card.iter(tag("path")) if not touches(points_of(path)[0], box)] == []
    begin = begin_of(flow)
    assert begin is not None
    lines = [path for path in root.findall(tag("path")) if path.get("marker-end")]
    assert len(lines) == len(begin.firsts)


def title_of(card: ET.Element) -> str:
    return next(str(text.text) for text in card if text.get("class") == "flow-title")


def touches(point: tuple[float, float], box: tuple[float, float, float, float]) -> bool:
    """Whether a point lies on the edge of a box."""
    (x, y), (left, top, right, bottom) = point, box
    within = left <= x <= right and top <= y <= bottom
    return within and (x in (left, right) or y in (top, bottom))


def test_it_says_itself_to_those_who_do_not_see_it(flow: type[CaseFlow]) -> None:
    root = ET.fromstring(to_svg(flow))
    named = [root.find(f"*[@id='{key}']") for key in str(root.get("aria-labelledby")).split()]

    assert root.get("role") == "img"
    assert [element is not None and bool(element.text) for element in named] == [True, True]
    sentences = in_words(flow).split("。")
    for each in flow.steps():
        (said,) = [sentence for sentence in sentences if sentence.startswith(f"{each.task_title}（{office_of(each)}）")]
        for outcome in each.outcomes.values():
            places = "或".join(f"“{place.task_title}”" for place in outcome.nexts)
            assert f"“{outcome.label}”到{places}" in said
    for place in places_of(flow).values():
        if isinstance(place, Ending) and place.reopens:
            steps = "或".join(f"“{again.task_title}”" for again in place.reopens)
            assert f"{place.task_title}之后可以再到{steps}。" in in_words(flow)


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


def no_counts(flow: type[CaseFlow]) -> dict[tuple[str, str], int]:
    return {}


def many(flow: type[CaseFlow]) -> dict[tuple[str, str], int]:
    return {(step.name, name): 123_456 for step in flow.steps() for name in step.outcomes}


@pytest.mark.parametrize("counts", [no_counts, many])
def test_no_line_and_no_word_runs_through_a_word(
    flow: type[CaseFlow], counts: Callable[[type[CaseFlow]], dict[tuple[str, str], int]]
) -> None:
    root = ET.fromstring(to_svg(flow, counts(flow)))
    words = [(str(text.text), room_of(text)) for text in root.iter(tag("text"))]
    lines = [path for path in root.iter(tag("path")) if path.get("marker-end")]

    overlapping = [
        (one, other)
        for number, (one, room) in enumerate(words)
        for other, others in words[number + 1 :]
        if crosses((room[0], room[1]), (room[2], room[3]), others)
    ]
    struck = [
        word
        for word, room in words
        for path in lines
        if any(crosses(start, end, room) for start, end in pairwise(points_of(path)))
    ]
    assert overlapping == []
    assert struck == []
    for card in root.iter(tag("g")):
        (box,) = [corners_of(rect) for rect in card.iter(tag("rect"))]
        inside = [room_of(text) for text in card.iter(tag("text")) if within_upright(room_of(text), box)]
        assert [room for room in inside if room[0] < box[0] or room[2] > box[2]] == []


def within_upright(room: tuple[float, float, float, float], box: tuple[float, float, float, float]) -> bool:
    return box[1] <= room[1] and room[3] <= box[3]


def test_how_often_each_outcome_was_said_is_written_beside_it(flow: type[CaseFlow]) -> None:
    every = [(step, outcome) for step in flow.steps() for outcome in step.outcomes.values()]
    counts = {(step.name, outcome.name): number for number, (step, outcome) in enumerate(every, start=100)}

    written = " ".join(str(text.text) for text in ET.fromstring(to_svg(flow, counts)).iter(tag("text")))
    for number in counts.values():
        assert len(re.findall(rf"(?<!\d){number}(?!\d)", written)) == 1


def room_of(text: ET.Element) -> tuple[float, float, float, float]:
    """What a word takes: a full square a Chinese character, above its base line. (left, top, right, bottom)."""
    size = float(text.get("font-size", "13"))
    width = sum(size if ord(character) > 0x2E7F else 0.55 * size for character in str(text.text))
    x, y = number(text, "x"), number(text, "y")
    left = x - width * {"start": 0, "middle": 0.5, "end": 1}[str(text.get("text-anchor"))]
    return left, y - size * 0.8, left + width, y + size * 0.1


def crosses(start: tuple[float, float], end: tuple[float, float], box: tuple[float, float, float, float]) -> bool:
    (left, right), (top, bottom) = sorted((start[0], end[0])), sorted((start[1], end[1]))
    return left < box[2] and right > box[0] and top < box[3] and bottom > box[1]


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
