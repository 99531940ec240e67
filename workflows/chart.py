"""The flow chart of a programme's page: a small SVG, drawn downwards, that also says itself in words.

What may happen at any time (中止, 撤回, 终止 …) has no line: each card says it in its last words. Lines to one
place run together.

Colours are the page's: every shape has a class (`flow-step`, `flow-end`, `flow-line` …) and, for a picture that stands
alone, plain attributes. There is no style in it, so the strictest content policy lets it through.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import dataclass

from workflows.cards import EDGE, Cards, Counts, asides, cards_of, has_line, office_of
from workflows.flow import Begin, CaseFlow, Ending, Step
from workflows.graph import Place, begin_of, main_road, places_of, title_of
from workflows.layout import Cell, Line, Plan, Spacing, arrange
from workflows.outcomes import Kind, Outcome
from workflows.seating import BEGIN_RANK, ranks

SVG = "http://www.w3.org/2000/svg"
ROAD, ASIDE, ENDS = 0, 1, 2
"""The lanes: what goes well, what is done beside it, and the ends."""

HEAD, ROW, FOOT, MARGIN = 46.0, 20.0, 6.0, 16.0
ASIDES_GAP, ASIDES_ROW = 4.0, 16.0
"""The small lines at the foot of a card."""

END_WIDTH, END_HEIGHT, DOT = 96.0, 34.0, 20.0
SPACING = Spacing(padding=24, rank_gap=24, track=12)
DASHES = {"stroke-dasharray": "4 3"}
PORTS = {ROAD: 8.0, ASIDE: 30.0}
"""Where lines come in at a card's side: apart, so that two cards of a rank are never joined by accident."""


@dataclass(frozen=True)
class _Drawing:
    """What is drawn, and where on the sheet."""

    flow: type[CaseFlow]
    plan: Plan
    cards: Cards

    @property
    def arrow(self) -> str:
        return f"{self.flow.programme}-chart-arrow"

    def box(self, place: Place | Begin) -> tuple[float, float, float, float]:
        """x, y, width, height: along is downwards."""
        box = self.plan.boxes[place.name]
        return box.near + MARGIN, box.start + MARGIN, box.far - box.near, box.end - box.start


def to_svg(flow_class: type[CaseFlow], counts: Counts | None = None) -> str:
    """The chart of a flow. Its ids begin with the programme's slug, so that several fit on one page.

    `counts` writes beside each outcome how often it was said: (step, outcome) -> times.
    """
    drawing = _arranged(flow_class, counts or {})
    slug, title = flow_class.programme, f"{title_of(flow_class)}：办理流程"
    width, height = drawing.plan.breadth + 2 * MARGIN, drawing.plan.length + 2 * MARGIN
    svg = ET.Element(
        "svg",
        {
            "xmlns": SVG,
            "viewBox": f"0 0 {width:g} {height:g}",
            "width": f"{width:g}",
            "height": f"{height:g}",
            "role": "img",
            "aria-labelledby": f"{slug}-chart-title {slug}-chart-desc",
            "class": "flow-chart",
            "font-family": "sans-serif",
            "font-size": "13",
        },
    )
    ET.SubElement(svg, "title", {"id": f"{slug}-chart-title"}).text = title
    ET.SubElement(svg, "desc", {"id": f"{slug}-chart-desc"}).text = in_words(flow_class)
    _arrow_head(svg, drawing)
    begin = begin_of(flow_class)
    if begin:
        _draw_begin(svg, drawing, begin)
    for place in places_of(flow_class).values():
        if isinstance(place, Step):
            _draw_step(svg, drawing, place)
        else:
            _draw_end(svg, drawing, place)
    ET.indent(svg)
    return ET.tostring(svg, encoding="unicode") + "\n"


def in_words(flow_class: type[CaseFlow]) -> str:
    """The whole chart as sentences, for those who do not see it."""
    sentences = []
    begin = begin_of(flow_class)
    if begin and len(begin.firsts) > 1:
        sentences.append(f"从{'或'.join(f'“{place.task_title}”' for place in begin.firsts)}开始。")
    for step in flow_class.steps():
        drawn = [outcome for outcome in step.outcomes.values() if has_line(outcome)]
        said = "，".join(f"“{outcome.label}”到{places_in_words(outcome)}" for outcome in drawn)
        beside = "，".join(f"“{outcome.label}”到{places_in_words(outcome)}" for outcome in asides(step))
        at_any_time = f"；随时可以{beside}" if beside else ""
        sentences.append(f"{step.task_title}（{office_of(step)}）：{said}{at_any_time}。")
    for place in places_of(flow_class).values():
        if isinstance(place, Ending) and place.reopens:
            steps = "或".join(f"“{again.task_title}”" for again in place.reopens)
            sentences.append(f"{place.task_title}之后可以再到{steps}。")
    return "".join(sentences)


def places_in_words(outcome: Outcome) -> str:
    """Where an outcome leads: “乡镇审核”; several, where it leads back to the one the case came from."""
    return "或".join(f"“{place.task_title}”" for place in outcome.nexts)


def _arranged(flow: type[CaseFlow], counts: Counts) -> _Drawing:
    road = {place.name for place in main_road(flow)}

    def lane_of(place: Place) -> int:
        if place.name in road:
            return ROAD
        return ASIDE if isinstance(place, Step) else ENDS

    seats = ranks(flow, lane_of)
    written = cards_of(flow, seats, counts)
    cells: list[Cell] = []
    lines: list[Line] = []
    begin = begin_of(flow)
    if begin:
        cells.append(Cell(begin.name, ROAD, BEGIN_RANK, along=DOT, across=DOT, port=DOT / 2))
        lines += _first_lines(begin)
    for place in places_of(flow).values():
        cells.append(_cell(place, lane_of(place), written))
        lines += _lines_of(place, written)
    return _Drawing(flow, arrange(cells, lines, SPACING), written)


def _first_lines(begin: Begin) -> Iterator[Line]:
    for place in begin.firsts:
        is_front = place is begin.first
        yield Line(_first_key(begin, place), begin.name, place.name, is_front, exit=DOT / 2, reach=DOT / 2)


def _cell(place: Place, lane: int, cards: Cards) -> Cell:
    rank = cards.seats[place.name]
    if isinstance(place, Ending):
        return Cell(place.name, lane, rank, END_HEIGHT, END_WIDTH, port=END_HEIGHT / 2)
    last = cards.last_words(place)
    below = ROW * len(cards.rows(place)) + (ASIDES_GAP + ASIDES_ROW * len(last) if last else 0)
    return Cell(place.name, lane, rank, HEAD + (below + FOOT if below else 0), cards.width, port=PORTS[lane])


def _lines_of(place: Place, cards: Cards) -> Iterator[Line]:
    if isinstance(place, Ending):
        for again in place.reopens:
            key = _again_key(place, again)
            yield Line(key, place.name, again.name, is_front=False, exit=END_HEIGHT - 8, reach=END_WIDTH / 2)
        return
    front = cards.front(place)
    if front:
        yield Line(_key(place, front), place.name, front.next.name, is_front=True)
    for number, outcome in enumerate(cards.rows(place)):
        row = HEAD + ROW * (number + 0.5)
        for target in outcome.nexts:
            key = _key(place, outcome, target)
            yield Line(key, place.name, target.name, is_front=False, exit=row, reach=cards.width / 2)


def _first_key(begin: Begin, place: Place) -> str:
    return f"{begin.name}.{place.name}"


def _key(place: Place, outcome: Outcome | None = None, target: Place | None = None) -> str:
    """The line of an outcome, to one of several places where it returns."""
    names = [place.name, *([outcome.name] if outcome else []), *([target.name] if target else [])]
    return ".".join(names)


def _again_key(ending: Ending, again: Step) -> str:
    """The line from an end to a step that takes the case up again."""
    return f"{ending.name}.again.{again.name}"


def _arrow_head(svg: ET.Element, drawing: _Drawing) -> None:
    sizes = {"viewBox": "0 0 8 8", "refX": "7", "refY": "4", "markerWidth": "8", "markerHeight": "8"}
    marker = ET.SubElement(ET.SubElement(svg, "defs"), "marker", {"id": drawing.arrow, "orient": "auto", **sizes})
    ET.SubElement(marker, "path", {"d": "M0 0 8 4 0 8z", "class": "flow-arrow", "fill": "currentColor"})


def _draw_begin(svg: ET.Element, drawing: _Drawing, begin: Begin) -> None:
    x, y, width, _ = drawing.box(begin)
    radius = width / 2
    dot = {"cx": f"{x + radius:g}", "cy": f"{y + radius:g}", "r": f"{radius:g}"}
    ET.SubElement(svg, "circle", {**dot, "class": "flow-begin", "fill": "currentColor"})
    for place in begin.firsts:
        _draw_line(svg, drawing, _first_key(begin, place), "flow-line")


def _draw_step(svg: ET.Element, drawing: _Drawing, step: Step) -> None:
    group = ET.SubElement(svg, "g", {"class": "flow-step"})
    cards = drawing.cards
    front, rows = cards.front(step), cards.rows(step)
    lines = [(one, _key(step, one, target)) for one in rows for target in one.nexts]
    for outcome, key in [*([(front, _key(step, front))] if front else []), *lines]:
        dashes = DASHES if outcome.kind is Kind.BACK or outcome.returns else {}
        _draw_line(group, drawing, key, f"flow-line flow-{outcome.kind.value}", **dashes)
    x, y, width, _ = drawing.box(step)
    _draw_box(group, drawing, step, corner=4)
    _write(group, step.task_title, x + width / 2, y + 19, "flow-title", "middle", ("font-weight", "bold"))
    _write(group, office_of(step), x + width / 2, y + 37, "flow-office", "middle", ("font-size", "12"))
    if front:
        along, across = drawing.plan.routes[_key(step, front)][0]
        words = cards.beside_line(step, front)
        _write(group, words, across + MARGIN + 7, along + MARGIN + 17, "flow-outcome", "start")
    for number, outcome in enumerate(rows):
        line = y + HEAD + ROW * (number + 0.5) + 5
        _write(group, outcome.label, x + width - EDGE, line, "flow-outcome", "end")
        if count := cards.count(step, outcome):
            _write(group, count, x + EDGE, line, "flow-count", "start", ("font-size", "12"))
    for number, words in enumerate(cards.last_words(step)):
        line = y + HEAD + ROW * len(rows) + ASIDES_GAP + ASIDES_ROW * (number + 0.5) + 4
        _write(group, words, x + EDGE, line, "flow-asides", "start", ("font-size", "12"))


def _draw_end(svg: ET.Element, drawing: _Drawing, ending: Ending) -> None:
    group = ET.SubElement(svg, "g", {"class": "flow-end"})
    x, y, width, height = drawing.box(ending)
    for again in ending.reopens:
        _draw_line(group, drawing, _again_key(ending, again), "flow-line flow-again", **DASHES)
    _draw_box(group, drawing, ending, corner=height / 2)
    _write(group, ending.task_title, x + width / 2, y + height / 2 + 5, "flow-title", "middle")


def _draw_box(group: ET.Element, drawing: _Drawing, place: Place, *, corner: float) -> None:
    names = ("x", "y", "width", "height")
    size = {name: f"{value:g}" for name, value in zip(names, drawing.box(place), strict=True)}
    ET.SubElement(
        group,
        "rect",
        {**size, "rx": f"{corner:g}", "class": "flow-box", "fill": "#fff", "stroke": "currentColor"},
    )


def _draw_line(parent: ET.Element, drawing: _Drawing, key: str, kind: str, **extra: str) -> None:
    points = [f"{across + MARGIN:g} {along + MARGIN:g}" for along, across in drawing.plan.routes[key]]
    line = {"d": f"M{' L'.join(points)}", "fill": "none", "stroke": "currentColor"}
    ET.SubElement(parent, "path", {**line, **extra, "class": kind, "marker-end": f"url(#{drawing.arrow})"})


def _write(parent: ET.Element, text: str, x: float, y: float, kind: str, anchor: str, *extra: tuple[str, str]) -> None:
    place = {"x": f"{x:g}", "y": f"{y:g}", "text-anchor": anchor, "class": kind, "fill": "currentColor"}
    ET.SubElement(parent, "text", {**place, **dict(extra)}).text = text
