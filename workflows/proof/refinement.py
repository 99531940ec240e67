"""The flow refines the law: whatever a case can do in the flow, the law lets it do.

Every turn that can be taken anywhere in the flow (outcomes, by whoever's hand they are said; what may happen beside the
road; ways back; what an end says of itself; ended cases taken up again) is held against the law's own transitions, in
every stage a case can be in there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from casework.models import Stage
from workflows import law
from workflows.flow import CaseFlow, Ending, Step
from workflows.graph import places_of, turn
from workflows.outcomes import Outcome
from workflows.proof.faults import Code, Fault
from workflows.proof.space import Space, State, place_for

Row = tuple[str, str]
"""A row of the law: the verb, and the stage it is said from."""


@dataclass(frozen=True, slots=True)
class Refinement:
    """How many turns (what is said, in which step, in which stage) were held against the law, and which of its rows
    they use."""

    turns: int
    used: frozenset[Row]


def refinement(flow: type[CaseFlow], space: Space) -> Refinement:
    """Every turn of a walk in which the stages decide; what the law refuses has been named as a fault."""
    turns = {
        (state.place, move.words, move.outcome.moves, state.stage)
        for state, moves in space.moves.items()
        for move in moves
        if move.outcome is not None
    }
    places = places_of(flow)
    closings = {
        (state.place, "", place.moves, state.stage)
        for state in space.moves
        if isinstance(place := places[state.place], Ending) and place.moves and state.stage != place.lands_in
    }
    begins = {("begin", "", "submit", str(Stage.DRAFT))}
    found = begins | {one for one in turns | closings if law.transition(one[2], one[3]) is not None}
    return Refinement(len(found), frozenset((verb, stage) for _, _, verb, stage in found))


def rows_of_the_law() -> list[Row]:
    """Every row there is, verb by verb."""
    return [(verb, str(stage)) for verb in law.verbs() for stage in Stage if law.transition(verb, stage)]


def unused(refinements: Iterable[Refinement]) -> list[Row]:
    """Rows of the law that none of these flows ever uses. No fault: another programme may."""
    used = frozenset().union(*(one.used for one in refinements))
    return [row for row in rows_of_the_law() if row not in used]


def beyond_the_law(flow: type[CaseFlow], space: Space) -> Iterator[tuple[Step, Fault]]:
    """Outcomes the law has in some of the stages a case can be there in and not in others, or would lead back to a
    stage the law does not. (Outcomes it has in none of them are named elsewhere.)"""
    for step in flow.steps():
        states = space.at(step.name)
        for outcome in step.outcomes.values():
            allowed = {stage for stage in Stage.values if law.transition(outcome.moves, stage)}
            if allowed.isdisjoint(state.stage for state in states):
                continue
            found = _first_beyond(outcome, states, allowed)
            if found is not None:
                state, sentence = found
                path = (*space.path(state), turn(step, outcome))
                yield step, Fault(Code.BEYOND_THE_LAW, flow.__name__, path, sentence)


def _first_beyond(outcome: Outcome, states: list[State], allowed: set[str]) -> tuple[State, str] | None:
    for state in states:
        if state.stage not in allowed:
            return state, (
                f"“{outcome.label}”要求“{outcome.moves}”，法律只许在{law.words(allowed)}时说，"
                f"而案件走到这里也可能是{law.word(state.stage)}"
            )
        if place_for(outcome, state) is None or _target(outcome, state) is not None:
            continue
        before = law.word(_back(outcome, state)[1]) if _back(outcome, state)[1] else "没有记下的阶段"
        return state, f"“{outcome.label}”要求“{outcome.moves}”，会把案件带回{before}，法律不许它回到那里"
    return None


def _back(outcome: Outcome, state: State) -> tuple[str, str]:
    return (state.place, state.stage) if outcome.remembers else state.back


def _target(outcome: Outcome, state: State) -> str | None:
    return law.target(outcome.moves, state.stage, stage_before=_back(outcome, state)[1])
