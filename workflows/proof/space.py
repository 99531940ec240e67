"""Walking everywhere a case can get: the product of place, stage and valid signatures.

How a signature comes and goes is the gateway's rule. An outcome that signs adds the step's capacity. One that does not
takes the actor's own name away: the capacity is then unsigned, unless somebody else of the same capacity has signed in
an earlier round. Both happen, so both are walked.
"""

from __future__ import annotations

import functools
from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from casework.models import Stage
from casework.models.stages import ASIDE, BEFORE_APPROVAL, ENDED
from workflows import law
from workflows.flow import CaseFlow, Ending, Step
from workflows.graph import begin_of, places_of, turn
from workflows.outcomes import Outcome

FACTS_CHANGED = "（申请内容更改，先前的签字作废）"
AMOUNT_CHANGED = "（金额变动，先前的公示作废）"
FACTS_MAY_CHANGE = BEFORE_APPROVAL | {Stage.CORRECTION}
"""Until the county has promised the money, what was applied for may be put right; every signature then lapses."""


class State(NamedTuple):
    """`back` is what the case remembers while it is off the road: the place it was in, and its stage there. It is
    forgotten where nothing can lead back any more. `noticed` are the places in which its person and amount, as they are
    now, have hung to the end. `ended_by` is the verb an ended case has ended by, kept while it is under review, where
    some verb undoes that one only (`law.UNDOES`)."""

    place: str
    stage: str
    signed: frozenset[str]
    back: tuple[str, str] = ("", "")
    noticed: frozenset[str] = frozenset()
    ended_by: str = ""


class Move(NamedTuple):
    """Something that can happen: `outcome` is None when it is not a step's outcome but the facts that change."""

    words: str
    to: State
    outcome: Outcome | None


@dataclass(frozen=True)
class Space:
    """Every state that can be reached, nearest first, with what can happen in each."""

    moves: Mapping[State, tuple[Move, ...]]
    came_from: Mapping[State, tuple[State, str]]
    by_place: Mapping[str, list[State]] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        by_place: dict[str, list[State]] = defaultdict(list)
        for state in self.moves:
            by_place[state.place].append(state)
        object.__setattr__(self, "by_place", by_place)

    def path(self, state: State) -> tuple[str, ...]:
        """The shortest road to a state."""
        turns: list[str] = []
        while state in self.came_from:
            state, words = self.came_from[state]
            turns.append(words)
        return tuple(reversed(turns))

    def at(self, place: str) -> list[State]:
        """The states in which a case can be at a place, nearest first."""
        return list(self.by_place.get(place, ()))


def space_of(flow: type[CaseFlow]) -> Space:
    """The procedure alone. It never changes while the process lives, and is asked for again and again."""
    known: Any = flow
    return _space_of(known)


@functools.lru_cache(maxsize=16)
def _space_of(flow: Any) -> Space:
    return explore(flow, guards_for=None)


def explore(flow: type[CaseFlow], *, guards_for: tuple[str, ...] | None, notices: tuple[str, ...] = ()) -> Space:
    """Walk from the first step. Without `guards_for` the law's guards are put aside: the stages alone decide what may
    be said. With it they decide too, for terms that require those signatures and `notices`, and the facts and the
    amount may change on the way.
    """
    begin = begin_of(flow)
    assert begin is not None
    places, live = places_of(flow), where_back_matters(flow)
    starts = [State(first.name, law.FIRST_STAGE, frozenset()) for first in begin.firsts]
    moves: dict[State, tuple[Move, ...]] = {}
    came_from: dict[State, tuple[State, str]] = {}
    waiting, seen = deque(starts), set(starts)
    while waiting:
        state = waiting.popleft()
        place = places[state.place]
        if isinstance(place, Step):
            moves[state] = tuple(_moves(place, state, Guarded(guards_for, notices), live))
        else:
            moves[state] = tuple(_reopened(place, state, live))
        for move in moves[state]:
            if move.to not in seen:
                seen.add(move.to)
                came_from[move.to] = (state, move.words)
                waiting.append(move.to)
    return Space(moves, came_from)


class Guarded(NamedTuple):
    """What the terms ask for, where the law's guards decide too; `signatures` is None where they are put aside."""

    signatures: tuple[str, ...] | None
    notices: tuple[str, ...]

    def refuse(self, outcome: Outcome, state: State) -> bool:
        if self.signatures is None:
            return False
        noticed = state.noticed.intersection(self.notices)
        if not state.noticed.issuperset(outcome.after_notice):
            return True
        return not law.lets(outcome.moves, state.stage, state.signed, self.signatures, self.notices, noticed)


def _moves(step: Step, state: State, guarded: Guarded, live: frozenset[str]) -> Iterator[Move]:
    for outcome in step.outcomes.values():
        if law.transition(outcome.moves, state.stage) is None or not _undoes(outcome, state):
            continue
        place = place_for(outcome, state)
        back = (step.name, state.stage) if outcome.remembers else ("", "") if outcome.returns else state.back
        stage = law.target(outcome.moves, state.stage, stage_before=state.back[1])
        if not isinstance(place, Step | Ending) or stage is None:
            continue
        if guarded.refuse(outcome, state):
            continue
        kept = back if place.name in live else ("", "")
        words, ended_by = turn(step, outcome), _ended_by(outcome, stage, state)
        for signed in _signatures_after(step.hand_of(outcome).capacity, outcome, state.signed):
            noticed = _noticed_after(outcome, state.noticed)
            yield Move(words, State(place.name, stage, signed, kept, noticed, ended_by), outcome)
    if guarded.signatures is not None and state.stage in FACTS_MAY_CHANGE:
        if state.signed:
            yield Move(FACTS_CHANGED, state._replace(signed=frozenset(), noticed=frozenset()), None)
        if state.noticed:
            yield Move(AMOUNT_CHANGED, state._replace(noticed=frozenset()), None)


def place_for(outcome: Outcome, state: State) -> Any:
    """Where an outcome takes a case in that state; None when it came from none of the places this leads back to."""
    if not outcome.returns:
        return outcome.next
    return next((place for place in outcome.nexts if place.name == state.back[0]), None)


def where_back_matters(flow: type[CaseFlow]) -> frozenset[str]:
    """The steps from which a case can be led back before it is taken off the road anew. Everywhere else what it
    remembers is of no account: a fraction of the states tells as much."""
    steps = flow.steps()
    live = {step.name for step in steps if any(_leads_back(outcome) for outcome in step.outcomes.values())}
    while True:
        more = {step.name for step in steps if step.name not in live and _passes_on(step, live)}
        if not more:
            return frozenset(live)
        live |= more


def _leads_back(outcome: Outcome) -> bool:
    return outcome.returns or law.leads_back(outcome.moves)


def _passes_on(step: Step, live: set[str]) -> bool:
    """Whether what the case remembers here can still be of use in one of `live`."""
    onward = (outcome for outcome in step.outcomes.values() if not outcome.remembers and not outcome.returns)
    return any(place.name in live for outcome in onward for place in outcome.nexts)


def _reopened(ending: Ending, state: State, live: frozenset[str]) -> Iterator[Move]:
    """An ended case taken up again: it waits, for the moment of the asking, in the step that reopens it."""
    found = law.transition(ending.moves, state.stage) if ending.moves else None
    stage = str(found.target) if found else state.stage
    for again in ending.reopens:
        if not any(_undoes(outcome, state) for outcome in again.outcomes.values()):
            continue
        back = (ending.name, stage) if again.name in live else ("", "")
        to = State(again.name, stage, state.signed, back, state.noticed, state.ended_by)
        yield Move(f"{ending.task_title}【{again.task_title}】", to, None)


MAY_BE_UNDONE = frozenset[str]().union(*law.UNDOES.values())


def _undoes(outcome: Outcome, state: State) -> bool:
    return state.ended_by in law.UNDOES.get(outcome.moves, {state.ended_by})


def _ended_by(outcome: Outcome, stage: str, state: State) -> str:
    """A review that upholds what a case has ended by leaves it so; on its road again, it has not ended."""
    if isinstance(outcome.next, Ending) and outcome.moves in MAY_BE_UNDONE:
        return outcome.moves
    return state.ended_by if stage in ENDED or stage in ASIDE else ""


def _signatures_after(capacity: str, outcome: Outcome, signed: frozenset[str]) -> Iterable[frozenset[str]]:
    capacity = str(capacity)
    if outcome.keeps_name:
        return (signed,)
    if outcome.signs:
        return (signed | {capacity},)
    if capacity in signed and not outcome.by_newcomer:
        return (signed - {capacity}, signed)
    return (signed,)


def _noticed_after(outcome: Outcome, noticed: frozenset[str]) -> frozenset[str]:
    """A notice counts from its last day on, and no more once its list hangs anew."""
    if outcome.moves == "end_notice":
        return noticed | {outcome.notice}
    return noticed - {outcome.notice} if outcome.moves == "put_on_notice" else noticed


@dataclass(frozen=True)
class Trap:
    """States that lead only to each other: one that nothing leads out of, or a loop."""

    states: tuple[State, ...]
    is_loop: bool

    @property
    def places(self) -> frozenset[str]:
        return frozenset(state.place for state in self.states)


def traps(space: Space, endings: Iterable[str]) -> list[Trap]:
    """Where a case can get and never end: the smallest sets of states nothing leads out of, nearest first."""
    followers = {
        state: tuple(move.to for move in moves if move.outcome is not None) for state, moves in space.moves.items()
    }
    saved = _can_reach(followers, frozenset(endings))
    lost = [state for state in space.moves if state not in saved]
    closures = {state: _closure(state, followers) for state in lost}
    found: dict[frozenset[State], Trap] = {}
    for state in lost:
        closure = closures[state]
        # Nothing smaller lies within: everything reachable from here leads back here.
        if all(len(closures[other]) == len(closure) for other in closure) and closure not in found:
            members = tuple(other for other in lost if other in closure)
            found[closure] = Trap(members, is_loop=bool(followers[state]))
    return list(found.values())


def around(space: Space, start: State) -> tuple[str, ...]:
    """The shortest way round a loop, from a state of it back to itself."""
    came: dict[State, tuple[State, str]] = {}
    waiting = deque([start])
    while waiting:
        state = waiting.popleft()
        for move in space.moves[state]:
            if move.outcome is None or move.to in came:
                continue
            came[move.to] = (state, move.words)
            waiting.append(move.to)
    turns: list[str] = []
    state = start
    while not turns or state != start:
        state, words = came[state]
        turns.append(words)
    return tuple(reversed(turns))


def _can_reach(followers: Mapping[State, tuple[State, ...]], ends: frozenset[str]) -> frozenset[State]:
    before: dict[State, list[State]] = {state: [] for state in followers}
    for state, nexts in followers.items():
        for other in nexts:
            before[other].append(state)
    waiting = [state for state in followers if state.place in ends]
    reached = set(waiting)
    while waiting:
        for state in before[waiting.pop()]:
            if state not in reached:
                reached.add(state)
                waiting.append(state)
    return frozenset(reached)


def _closure(start: State, followers: Mapping[State, tuple[State, ...]]) -> frozenset[State]:
    waiting, seen = [start], {start}
    while waiting:
        for state in followers[waiting.pop()]:
            if state not in seen:
                seen.add(state)
                waiting.append(state)
    return frozenset(seen)
