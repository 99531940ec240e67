"""How far the path of a case is from the model: an optimal alignment.

Path and net walk side by side. Where both do the same step it costs nothing; a step only the path has, or only the
model asks for, costs one; what nobody does in the model is free. Dijkstra finds the cheapest way to walk both to their
ends, so the cost is 0 exactly when the model can do what was done.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import count

from workflows.conformance.net import BEGIN, END, Marking, Net


@dataclass(frozen=True)
class Move:
    """One step of both: what was done and what the model did. Where only one of them moves the other is None."""

    done: str | None
    model: str | None


@dataclass(frozen=True)
class Alignment:
    """The moves; those that cost are the deviations. `worst` is the cost if nothing at all fitted."""

    moves: tuple[Move, ...]
    worst: int

    @property
    def deviations(self) -> tuple[Move, ...]:
        return tuple(move for move in self.moves if move.done != move.model)

    @property
    def cost(self) -> int:
        return len(self.deviations)

    @property
    def fitness(self) -> Fraction:
        """1 where the path fits, 0 where nothing of it does."""
        return 1 - Fraction(self.cost, self.worst) if self.worst else Fraction(1)


def align(done: Sequence[str], net: Net, *, to_the_end: bool = True) -> Alignment:
    """The cheapest alignment of a path, given as the titles of its steps, with a sound net.

    Without `to_the_end` the case is still under way: it is enough that the net can get where the path has got.
    """
    shortest = _cheapest((), net, to_the_end=to_the_end)
    return Alignment(_cheapest(done, net, to_the_end=to_the_end), worst=len(done) + len(shortest))


_State = tuple[int, Marking]
"""How many steps of the path are walked, and the marking of the net."""


def _cheapest(done: Sequence[str], net: Net, *, to_the_end: bool) -> tuple[Move, ...]:
    start: _State = (0, BEGIN)
    came: dict[_State, tuple[_State, Move | None]] = {}
    best, order = {start: 0}, count()
    waiting = [(0, next(order), start)]
    while waiting:
        cost, _, state = heapq.heappop(waiting)
        if state[0] == len(done) and (state[1] == END or not to_the_end):
            return _walked(came, state)
        if cost > best[state]:
            continue
        for after, move in _steps(state, done, net):
            reached = cost + (move is not None and move.done != move.model)
            if reached < best.get(after, reached + 1):
                best[after], came[after] = reached, (state, move)
                heapq.heappush(waiting, (reached, next(order), after))
    raise ValueError("the net cannot come to its end")


def _steps(state: _State, done: Sequence[str], net: Net) -> Iterator[tuple[_State, Move | None]]:
    walked, marking = state
    following = done[walked] if walked < len(done) else None
    if following is not None:
        yield (walked + 1, marking), Move(following, None)
    for transition, after in net.enabled(marking):
        if not transition.label:
            yield (walked, after), None
            continue
        if transition.label == following:
            yield (walked + 1, after), Move(following, transition.label)
        yield (walked, after), Move(None, transition.label)


def _walked(came: dict[_State, tuple[_State, Move | None]], state: _State) -> tuple[Move, ...]:
    moves: list[Move] = []
    while state in came:
        state, move = came[state]
        if move is not None:
            moves.append(move)
    return tuple(reversed(moves))
