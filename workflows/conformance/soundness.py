"""Soundness of a net, in van der Aalst's sense: wherever a case gets it can end; at its end nothing is left over;
everything can happen some time; and never do two tokens lie in one place.

The net is walked marking by marking, so it holds of every run there is. That is quick where one thing happens after
another, as in a case; a net of many parallel branches has too many markings for it.
"""

from __future__ import annotations

import enum
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass

from workflows.conformance.net import BEGIN, END, SINK, Marking, Net, Transition


class Unsound(enum.Enum):
    """What can be wrong; the value is how it is said."""

    STUCK = "走到这里就再也办不完：{where}"
    LEFT_OVER = "到了终点还有没办完的：{where}"
    DEAD = "永远走不到：{where}"
    UNSAFE = "同一处会同时有两份：{where}"


@dataclass(frozen=True)
class Flaw:
    """`where` names the places, or what never happens, by their ids in the file."""

    kind: Unsound
    where: str

    def __str__(self) -> str:
        return self.kind.value.format(where=self.where)


@dataclass(frozen=True)
class Verdict:
    """How many markings were looked at, and what was found, each mistake once for each marking or transition."""

    markings: int
    flaws: tuple[Flaw, ...]


Moves = Mapping[Marking, tuple[tuple[Transition, Marking], ...]]


def examine(net: Net) -> Verdict:
    """Walk every marking that can be reached, nearest first. The first in which something lies double or is left over
    ends the walk: from there on there may be no end of markings, and no more is needed to condemn the net."""
    moves: dict[Marking, tuple[tuple[Transition, Marking], ...]] = {}
    waiting, seen = deque([BEGIN]), {BEGIN}
    while waiting:
        marking = waiting.popleft()
        if flaw := _improper(marking):
            return Verdict(len(seen), (flaw,))
        moves[marking] = tuple(net.enabled(marking))
        for _, after in moves[marking]:
            if after not in seen:
                seen.add(after)
                waiting.append(after)
    saved = _can_end(moves)
    flaws = [Flaw(Unsound.STUCK, _places(marking)) for marking in moves if marking not in saved]
    happened = {transition for found in moves.values() for transition, _ in found}
    flaws += [Flaw(Unsound.DEAD, one.label or one.name) for one in net.transitions if one not in happened]
    return Verdict(len(moves), tuple(flaws))


def _improper(marking: Marking) -> Flaw | None:
    if any(count > 1 for _, count in marking):
        return Flaw(Unsound.UNSAFE, _places(marking))
    if SINK in dict(marking) and marking != END:
        return Flaw(Unsound.LEFT_OVER, _places(marking))
    return None


def _can_end(moves: Moves) -> set[Marking]:
    before: dict[Marking, list[Marking]] = {marking: [] for marking in moves}
    for marking, found in moves.items():
        for _, after in found:
            before[after].append(marking)
    waiting, reached = [END] if END in moves else [], set()
    while waiting:
        marking = waiting.pop()
        if marking not in reached:
            reached.add(marking)
            waiting.extend(before[marking])
    return reached


def _places(marking: Marking) -> str:
    return "、".join(place for place, _ in marking)
