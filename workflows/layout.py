"""Drawing boxes on a grid and lines between them, so that no line crosses a box.

A grid has ranks one after another along the road, and lanes side by side across it. Whoever draws decides whether
along is to the right (BPMN) or downwards (the chart). Lines run in the gutters: one after each rank, one beside each
lane. There lines to the same box run together, on one track; lines to different boxes whose stretches overlap get
tracks of their own, the shorter the nearer.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate

Point = tuple[float, float]
"""(along, across)."""


@dataclass(frozen=True)
class Cell:
    """A box to be placed. `port` is how far along it lines from the side come in. With an `inlet` that much of it at
    the front is empty, and lines from the side turn there to come in from the front too."""

    key: str
    lane: int
    rank: int
    along: float
    across: float
    port: float
    inlet: float = 0


@dataclass(frozen=True)
class Line:
    """A line to be drawn. At most one of a box leaves from its front, to a box of the next rank; every other leaves
    sideways, from the point `exit` along the box and `reach` across from its middle."""

    key: str
    source: str
    target: str
    is_front: bool
    exit: float = 0
    reach: float = 0


@dataclass(frozen=True)
class Spacing:
    """Room around a box across its lane, between ranks at the least, and between tracks."""

    padding: float
    rank_gap: float
    track: float


@dataclass(frozen=True)
class Box:
    """Where a cell came to lie: from `start` to `end` along, from `near` to `far` across."""

    start: float
    end: float
    near: float
    far: float
    port: float
    inlet: float

    @property
    def middle(self) -> float:
        return (self.near + self.far) / 2


@dataclass(frozen=True)
class Plan:
    """Where everything is. `lanes` include their gutters."""

    boxes: Mapping[str, Box]
    lanes: Sequence[tuple[float, float]]
    routes: Mapping[str, Sequence[Point]]
    length: float
    breadth: float


@dataclass(frozen=True)
class _Stretch:
    """A stretch of the gutter numbered `gutter`."""

    gutter: int
    low: int
    high: int

    def meets(self, other: _Stretch) -> bool:
        return self.gutter == other.gutter and self.low <= other.high and other.low <= self.high


@dataclass(frozen=True)
class _Way:
    """How a line goes: the stretches it needs of a gutter beside a lane (in half ranks) and of one between two ranks
    (in lanes)."""

    line: Line
    beside: _Stretch | None = None
    between: _Stretch | None = None


def arrange(cells: Sequence[Cell], lines: Sequence[Line], spacing: Spacing) -> Plan:
    """Place the cells and route the lines."""
    ways = _ways({cell.key: cell for cell in cells}, lines)
    beside = _tracks([(way.line, way.beside) for way in ways if way.beside])
    between = _tracks([(way.line, way.between) for way in ways if way.between])
    rank_sizes = _largest((cell.rank, cell.along) for cell in cells)
    lane_sizes = _largest((cell.lane, cell.across + spacing.padding) for cell in cells)
    used_between = _largest((stretch.gutter, track + 1) for stretch, track in between.values())
    used_beside = _largest((stretch.gutter, track + 1) for stretch, track in beside.values())
    ranks = _bands(
        [
            (size, spacing.rank_gap + spacing.track * (_of(used_between, number) + 1))
            for number, size in enumerate(rank_sizes)
        ]
    )
    lanes = _bands([(size, spacing.track * (_of(used_beside, number) + 0.5)) for number, size in enumerate(lane_sizes)])
    boxes = {cell.key: _box(cell, ranks[cell.rank], lanes[cell.lane]) for cell in cells}
    rank_tracks = {
        key: ranks[stretch.gutter][1] + spacing.rank_gap + spacing.track * track
        for key, (stretch, track) in between.items()
    }
    lane_tracks = {
        key: lanes[stretch.gutter][1] + spacing.track * (track + 0.5) for key, (stretch, track) in beside.items()
    }
    return Plan(
        boxes=boxes,
        lanes=[(start, gutter_end) for start, _, gutter_end in lanes],
        routes={way.line.key: _route(way, boxes, lane_tracks, rank_tracks) for way in ways},
        length=ranks[-1][2],
        breadth=lanes[-1][2],
    )


def _ways(cells: Mapping[str, Cell], lines: Iterable[Line]) -> list[_Way]:
    taken = {(cell.lane, cell.rank) for cell in cells.values()}
    ways = []
    for line in lines:
        source, target = cells[line.source], cells[line.target]
        low, high = sorted((source.lane, target.lane))
        if line.is_front:
            bend = _Stretch(source.rank, low, high) if low != high else None
            ways.append(_Way(line, between=bend))
        elif all((lane, target.rank) not in taken for lane in _crossed(source.lane, target.lane)):
            ways.append(_Way(line, beside=_stretch(source, 2 * target.rank)))
        else:
            behind = _Stretch(target.rank - 1, low, high)
            ways.append(_Way(line, beside=_stretch(source, 2 * target.rank - 1), between=behind))
    return ways


def _stretch(source: Cell, until: int) -> _Stretch:
    low, high = sorted((2 * source.rank, until))
    return _Stretch(source.lane, low, high)


def _crossed(source: int, target: int) -> range:
    """The lanes a line crosses on its way from the gutter beside lane `source` to a box of lane `target`."""
    return range(source + 1, target) if target > source else range(target + 1, source + 1 if target < source else 0)


def _tracks(wanted: Iterable[tuple[Line, _Stretch]]) -> dict[str, tuple[_Stretch, int]]:
    """A track for each line's stretch. Those of lines to one box are laid together, but for two that leave at one
    point; of others no two that meet are."""
    together: dict[tuple[str, int, int], list[tuple[Line, _Stretch]]] = {}
    leaving: Counter[tuple[str, float, str, int]] = Counter()
    for line, stretch in wanted:
        alike = (line.source, line.exit, line.target, stretch.gutter)
        together.setdefault((line.target, stretch.gutter, leaving[alike]), []).append((line, stretch))
        leaving[alike] += 1
    bundles = [(_spanning(stretch for _, stretch in bundle), bundle) for bundle in together.values()]
    placed: list[tuple[_Stretch, int]] = []
    found = {}
    for whole, bundle in sorted(bundles, key=lambda pair: pair[0].high - pair[0].low):
        busy = {track for other, track in placed if whole.meets(other)}
        track = next(track for track in range(len(busy) + 1) if track not in busy)
        placed.append((whole, track))
        found.update({line.key: (stretch, track) for line, stretch in bundle})
    return found


def _spanning(stretches: Iterable[_Stretch]) -> _Stretch:
    every = list(stretches)
    return _Stretch(every[0].gutter, min(one.low for one in every), max(one.high for one in every))


def _route(
    way: _Way,
    boxes: Mapping[str, Box],
    lane_tracks: Mapping[str, float],
    rank_tracks: Mapping[str, float],
) -> list[Point]:
    line = way.line
    source, target = boxes[line.source], boxes[line.target]
    points: list[Point] = []
    if line.is_front:
        points.append((source.end, source.middle))
        across = source.middle
    else:
        leaves, across = source.start + line.exit, lane_tracks[line.key]
        points += [(leaves, source.middle + line.reach), (leaves, across)]
    entry = (target.start + target.inlet, target.middle)
    if line.is_front and way.between is None:
        return [*points, entry]
    if way.between is not None:
        along = rank_tracks[line.key]
        return [*points, (along, across), (along, target.middle), entry]
    if target.inlet:
        return [*points, (target.port, across), (target.port, target.middle), entry]
    return [*points, (target.port, across), (target.port, target.near if across < target.near else target.far)]


def _largest(sizes: Iterable[tuple[int, float]]) -> list[float]:
    """The largest size of each number, from 0 up to the highest there is."""
    largest: dict[int, float] = {}
    for number, size in sizes:
        largest[number] = max(size, largest.get(number, 0))
    return [largest.get(number, 0) for number in range(max(largest, default=-1) + 1)]


def _of(sizes: Sequence[float], number: int) -> float:
    return sizes[number] if number < len(sizes) else 0


def _bands(sizes: Iterable[tuple[float, float]]) -> list[tuple[float, float, float]]:
    """(start, end, end of the gutter) of each band, one after another."""
    sizes = list(sizes)
    starts = accumulate((size + gutter for size, gutter in sizes), initial=0.0)
    return [(start, start + size, start + size + gutter) for start, (size, gutter) in zip(starts, sizes, strict=False)]


def _box(cell: Cell, rank: tuple[float, float, float], lane: tuple[float, float, float]) -> Box:
    middle = (lane[0] + lane[1]) / 2
    start, half = rank[0], cell.across / 2
    return Box(start, start + cell.along, middle - half, middle + half, start + cell.port, cell.inlet)
