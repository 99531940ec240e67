"""The flow chart of a programme's page: a small SVG, drawn downwards, that also says itself in words.

Colours are the page's: every shape has a class (`flow-step`, `flow-end`, `flow-line` …) and, for a picture that stands
alone, plain attributes. There is no style in it, so the strictest content policy lets it through.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import dataclass

from casework.models import Level, Role
from workflows.flow import Begin, CaseFlow, Ending, Kind, Outcome, Step
from workflows.graph import Place, begin_of, main_road, places_of, title_of
from workflows.layout import Cell, Line, Plan, Spacing, arrange
from workflows.seating import BEGIN_RANK, front_of, ranks

SVG = "http://www.w3.org/2000/svg"
ROAD, ASIDE, ENDS = 0, 1, 2
"""The lanes: what goes well, what is done beside it, and the ends."""

CARD, HEAD, ROW, FOOT, MARGIN = 168.0, 46.0, 20.0, 6.0, 16.0
END_WIDTH, END_HEIGHT, DOT = 96.0, 34.0, 20.0
SPACING = Spacing(padding=24, rank_gap=20, track=12)
PORTS = {ROAD: 8.0, ASIDE: 30.0}
"""Where lines come in at a card's side: apart, so that two cards of a rank are never joined by accident."""


@dataclass(frozen=True)
class _Drawing:
    """What is drawn, and where on the sheet."""

    flow: type[CaseFlow]
    plan: Plan
    seats: dict[str, int]

    @property
    def arrow(self) -> str:
        return f"{self.flow.programme}-chart-arrow"

    def box(self, place: Place | Begin) -> tuple[float, float, float, float]:
        """x, y, width, height: along is downwards."""
        box = self.plan.boxes[place.name]
        return box.near + MARGIN, box.start + MARGIN, box.far - box.near, box.end - box.start


def to_svg(flow_class: type[CaseFlow]) -> str:
    """The chart of a flow. Its ids begin with the programme's slug, so that several fit on one page."""
    drawing = _arranged(flow_class)
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
    for step in flow_class.steps():
        said = "，".join(f"“{outcome.label}”到{places_in_words(outcome)}" for outcome in step.outcomes.values())
        sentences.append(f"{step.task_title}（{_office(step)}）：{said}。")
    return "".join(sentences)


def places_in_words(outcome: Outcome) -> str:
    """Where an outcome leads: “乡镇审核”; several, where it leads back to the one the case came from."""
    return "或".join(f"“{place.task_title}”" for place in outcome.nexts)


def _office(step: Step) -> str:
    return f"{Level(step.level).label} · {Role(step.role).label}"


def _arranged(flow: type[CaseFlow]) -> _Drawing:
    road = {place.name for place in main_road(flow)}

    def lane_of(place: Place) -> int:
        if place.name in road:
            return ROAD
        return ASIDE if isinstance(place, Step) else ENDS

    seats = ranks(flow, lane_of)
    cells, lines = [], []
    begin = begin_of(flow)
    if begin:
        cells.append(Cell(begin.name, ROAD, BEGIN_RANK, along=DOT, across=DOT, port=DOT / 2))
        lines.append(Line(begin.name, begin.name, begin.first.name, is_front=True))
    for place in places_of(flow).values():
        lane, rank = lane_of(place), seats[place.name]
        if isinstance(place, Ending):
            cells.append(Cell(place.name, lane, rank, END_HEIGHT, END_WIDTH, port=END_HEIGHT / 2))
            continue
        front, rows = front_of(place, seats), _rows(place, seats)
        height = HEAD + (ROW * len(rows) + FOOT if rows else 0)
        cells.append(Cell(place.name, lane, rank, height, CARD, port=PORTS[lane]))
        if front:
            lines.append(Line(_key(place, front), place.name, front.next.name, is_front=True))
        for number, outcome in enumerate(rows):
            row = HEAD + ROW * (number + 0.5)
            key = _key(place, outcome)
            lines.append(Line(key, place.name, outcome.next.name, is_front=False, exit=row, reach=CARD / 2))
    return _Drawing(flow, arrange(cells, lines, SPACING), seats)


def _rows(step: Step, seats: dict[str, int]) -> list[Outcome]:
    """The outcomes written in the card itself, each with its line from the side: all but the one straight on."""
    front = front_of(step, seats)
    return [one for one in step.outcomes.values() if one is not front and not one.aside and not one.returns]


def _key(step: Step, outcome: Outcome) -> str:
    return f"{step.name}.{outcome.name}"


def _arrow_head(svg: ET.Element, drawing: _Drawing) -> None:
    sizes = {"viewBox": "0 0 8 8", "refX": "7", "refY": "4", "markerWidth": "8", "markerHeight": "8"}
    marker = ET.SubElement(ET.SubElement(svg, "defs"), "marker", {"id": drawing.arrow, "orient": "auto", **sizes})
    ET.SubElement(marker, "path", {"d": "M0 0 8 4 0 8z", "class": "flow-arrow", "fill": "currentColor"})


def _draw_begin(svg: ET.Element, drawing: _Drawing, begin: Begin) -> None:
    x, y, width, _ = drawing.box(begin)
    radius = width / 2
    dot = {"cx": f"{x + radius:g}", "cy": f"{y + radius:g}", "r": f"{radius:g}"}
    ET.SubElement(svg, "circle", {**dot, "class": "flow-begin", "fill": "currentColor"})
    _draw_line(svg, drawing, begin.name, "flow-line")


def _draw_step(svg: ET.Element, drawing: _Drawing, step: Step) -> None:
    group = ET.SubElement(svg, "g", {"class": "flow-step"})
    for outcome in step.outcomes.values():
        if _key(step, outcome) not in drawing.plan.routes:
            continue
        dashes = {"stroke-dasharray": "4 3"} if outcome.kind is Kind.BACK else {}
        _draw_line(group, drawing, _key(step, outcome), f"flow-line flow-{outcome.kind.value}", **dashes)
    x, y, width, _ = drawing.box(step)
    _draw_box(group, drawing, step, corner=4)
    _write(group, step.task_title, x + width / 2, y + 19, "flow-title", "middle", ("font-weight", "bold"))
    _write(group, _office(step), x + width / 2, y + 37, "flow-office", "middle", ("font-size", "12"))
    front = front_of(step, drawing.seats)
    if front:
        along, across = drawing.plan.routes[_key(step, front)][0]
        _write(group, front.label, across + MARGIN + 7, along + MARGIN + 17, "flow-outcome", "start")
    for number, outcome in enumerate(_rows(step, drawing.seats)):
        line = y + HEAD + ROW * (number + 0.5) + 5
        _write(group, outcome.label, x + width - 8, line, "flow-outcome", "end")


def _draw_end(svg: ET.Element, drawing: _Drawing, ending: Ending) -> None:
    group = ET.SubElement(svg, "g", {"class": "flow-end"})
    x, y, width, height = drawing.box(ending)
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
