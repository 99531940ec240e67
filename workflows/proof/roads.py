"""The proof proper: everything that can happen to a case, held against what must hold.

It is done twice, because either lock should hold if the other were left open. First the procedure alone: the law's
stages decide where a verb can be said, its guards are put aside; payment must be out of reach without every signature
even then. Then procedure × law, guards and all, with facts that change on the way: now everything must still be able
to end, and no outcome be offered that can never be said. The second is done once the first holds, so that one mistake
is named once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from casework.models import Role, Stage
from casework.models.stages import ENDED
from workflows import law
from workflows.flow import CaseFlow, Ending, Step
from workflows.graph import nodes_of, places_of, reachable, turn
from workflows.outcomes import Outcome
from workflows.proof.faults import Code, Fault
from workflows.proof.refinement import beyond_the_law
from workflows.proof.space import Space, State, around, explore, space_of, traps
from workflows.proof.ways_back import stopped_clock_faults, way_back_faults

Asked = tuple[tuple[str, ...], tuple[str, ...]]
"""What a version of the terms asks for before anything is paid: signatures, and notices."""


@dataclass(frozen=True)
class Walk:
    """A flow and everywhere a case can get in it; `guards_for` and `notices` as in `explore`."""

    flow: type[CaseFlow]
    space: Space
    guards_for: tuple[str, ...] | None
    notices: tuple[str, ...] = ()

    def fault(self, code: Code, path: Iterable[str], sentence: str) -> Fault:
        return Fault(code, self.flow.__name__, tuple(path), sentence)

    def missing(self, verb: str, state: State) -> tuple[str, ...]:
        """What the law's guards still want there."""
        noticed = state.noticed.intersection(self.notices)
        return law.missing(verb, state.stage, state.signed, self.guards_for or (), self.notices, noticed)

    def lets(self, verb: str, state: State) -> bool:
        """Whether the law's guards want nothing more there."""
        noticed = state.noticed.intersection(self.notices)
        return law.lets(verb, state.stage, state.signed, self.guards_for or (), self.notices, noticed)

    def steps(self) -> Iterator[tuple[Step, list[State]]]:
        """The steps a case can get to, each with the states it can be there in."""
        for step in self.flow.steps():
            states = self.space.at(step.name)
            if states:
                yield step, states


def walk(flow: type[CaseFlow], guards_for: tuple[str, ...] | None = None, notices: tuple[str, ...] = ()) -> Walk:
    if guards_for is None:
        return Walk(flow, space_of(flow), None)
    return Walk(flow, explore(flow, guards_for=guards_for, notices=notices), guards_for, notices)


def procedure_faults(walk: Walk, terms: Iterable[Asked]) -> list[Fault]:
    """Faults of the procedure alone; `terms` are what its versions require, signatures and notices."""
    refused = [(step.name, fault) for step, fault in _refused_verbs(walk)]
    refused += [(step.name, fault) for step, fault in beyond_the_law(walk.flow, walk.space)]
    refused += way_back_faults(walk.flow, walk.space)
    faults = [*_unreachable(walk), *(fault for _, fault in refused), *_not_permitted(walk), *_endings(walk)]
    faults += stopped_clock_faults(walk.flow, walk.space)
    faults += _traps(walk, {name for name, _ in refused})
    for signatures, notices in terms:
        found = [*_unsigned_payment(walk, signatures), *_unnoticed_payment(walk, notices)]
        faults += [fault for fault in found if fault not in faults]
    return faults


def guarded_faults(walk: Walk) -> list[Fault]:
    """Faults of procedure × law, of a procedure that by itself has none."""
    assert walk.guards_for is not None
    refused = [*_never_granted(walk)]
    faults = [fault for _, fault in refused]
    faults += _traps(walk, {place.name for place, _ in refused})
    return [*faults, *_unsigned_payment(walk, walk.guards_for), *_unnoticed_payment(walk, walk.notices)]


def _unreachable(walk: Walk) -> Iterator[Fault]:
    seen = reachable(walk.flow)
    for place in places_of(walk.flow).values():
        if place.name not in seen:
            sentence = f"没有一条路走到“{place.task_title}”（{place.name}）"
            yield walk.fault(Code.UNREACHABLE, (place.task_title,), sentence)


def _refused_verbs(walk: Walk) -> Iterator[tuple[Step, Fault]]:
    """Outcomes whose verb the law does not have, or has from none of the stages a case can be in there."""
    for step, states in walk.steps():
        for outcome in step.outcomes.values():
            code, sentence = _refusal(outcome, states)
            if code is not None:
                path = (*walk.space.path(states[0]), turn(step, outcome))
                yield step, walk.fault(code, path, sentence)


def _refusal(outcome: Outcome, states: list[State]) -> tuple[Code | None, str]:
    allowed = {stage for stage in Stage.values if law.transition(outcome.moves, stage)}
    if not allowed:
        return Code.UNKNOWN_TRANSITION, f"“{outcome.label}”要求“{outcome.moves}”，法律没有这个动词"
    here = {state.stage for state in states}
    if here.isdisjoint(allowed):
        sentence = (
            f"“{outcome.label}”要求“{outcome.moves}”，法律只许在{law.words(allowed)}时说，"
            f"而案件走到这里只会是{law.words(here)}"
        )
        return Code.TRANSITION_REFUSED, sentence
    return None, ""


def _not_permitted(walk: Walk) -> Iterator[Fault]:
    for step, states in walk.steps():
        for outcome in step.outcomes.values():
            for state in states:
                found = law.transition(outcome.moves, state.stage)
                role = step.hand_of(outcome).role
                if found is None or law.permits(outcome.moves, state.stage, role):
                    continue
                sentence = (
                    f"“{outcome.label}”由“{Role(role).label}”办理，"
                    f"法律不许这个岗位说“{outcome.moves}”（{_who(outcome.moves, state.stage)}）"
                )
                path = (*walk.space.path(state), turn(step, outcome))
                yield walk.fault(Code.ROLE_NOT_PERMITTED, path, sentence)
                break


def _who(verb: str, stage: str) -> str:
    said = "、".join(f"“{label}”" for label in law.speakers(verb, stage))
    return f"只许{said}" if said else "只许系统"


def _endings(walk: Walk) -> Iterator[Fault]:
    """What happens on arrival at an end, and where it leaves the case."""
    for ending in nodes_of(walk.flow):
        if not isinstance(ending, Ending):
            continue
        arrived: set[str] = set()
        for state in walk.space.at(ending.name):
            if state.stage not in arrived:
                arrived.add(state.stage)
                code, sentence = _ending_fault(ending, state.stage)
                if code is not None:
                    yield walk.fault(code, (*walk.space.path(state), ending.task_title), sentence)


def _ending_fault(ending: Ending, stage: str) -> tuple[Code | None, str]:
    title, verb, left_in = ending.task_title, ending.moves, stage
    if verb and stage != ending.lands_in:
        found = law.transition(verb, stage)
        if found is None:
            known = any(law.transition(verb, other) for other in Stage.values)
            code = Code.TRANSITION_REFUSED if known else Code.UNKNOWN_TRANSITION
            return code, f"终点“{title}”要求“{verb}”，法律在{law.word(stage)}时没有这个动词"
        if not law.permits(verb, stage, None):
            return Code.ROLE_NOT_PERMITTED, f"终点“{title}”的“{verb}”没有人说，法律不许系统自己说"
        left_in = str(found.target)
    if left_in != ending.lands_in:
        said = f"终点“{title}”写明是“{ending.lands_in}”，案件到这里却是{law.word(left_in)}"
        return Code.ENDING_STAGE, said
    if left_in not in ENDED:
        return Code.ENDING_STAGE, f"终点“{title}”把案件停在{law.word(left_in)}，那还不是结果"
    return None, ""


def _traps(walk: Walk, explained: set[str]) -> Iterator[Fault]:
    """Where a case is caught for good. Not where an outcome the law refuses, already named, is the cause."""
    space = walk.space
    endings = [place.name for place in places_of(walk.flow).values() if isinstance(place, Ending)]
    titles = {place.name: place.task_title for place in places_of(walk.flow).values()}
    named: set[frozenset[str]] = set()
    for trap in traps(space, endings):
        if trap.places & explained or trap.places in named:
            continue
        named.add(trap.places)
        first = trap.states[0]
        if trap.is_loop:
            turns = "、".join(f"“{titles[name]}”" for name in titles if name in trap.places)
            sentence = f"{turns}只在原地打转，没有一种结果通向终点"
            yield walk.fault(Code.ENDLESS_LOOP, (*space.path(first), *around(space, first)), sentence)
        else:
            path = (*space.path(first), titles[first.place])
            yield walk.fault(Code.DEAD_END, path, _dead_end_sentence(walk, first))


def _dead_end_sentence(walk: Walk, state: State) -> str:
    step = places_of(walk.flow)[state.place]
    said = f"案件（{law.word(state.stage)}）停在“{step.task_title}”，没有一种结果办得下去"
    wanted: list[str] = []
    if isinstance(step, Step) and walk.guards_for is not None:
        for outcome in step.outcomes.values():
            lines = walk.missing(outcome.moves, state)
            wanted += [f"{outcome.label}：{line}" for line in lines]
    return f"{said}：{'；'.join(wanted)}" if wanted else said


def _never_granted(walk: Walk) -> Iterator[tuple[Step | Ending, Fault]]:
    """Outcomes (and what an end says) that the law's guards refuse in every state a case can be there in."""
    for place in places_of(walk.flow).values():
        states = walk.space.at(place.name)
        verbs = (
            [(outcome.moves, outcome.label, turn(place, outcome)) for outcome in place.outcomes.values()]
            if isinstance(place, Step)
            else [(place.moves, place.task_title, place.task_title)]
        )
        for verb, label, words in verbs:
            said_in = [state for state in states if verb and law.transition(verb, state.stage)]
            if said_in and not any(walk.lets(verb, state) for state in said_in):
                wanted = [(walk.missing(verb, state), state) for state in said_in]
                lines, state = min(wanted, key=lambda pair: len(pair[0]))
                sentence = f"“{label}”永远办不成，法律总会说：{'；'.join(lines)}"
                path = (*walk.space.path(state), words)
                yield place, walk.fault(Code.TRANSITION_REFUSED, path, sentence)


def _unsigned_payment(walk: Walk, signatures: tuple[str, ...]) -> Iterator[Fault]:
    named: set[str] = set()
    for state, moves in walk.space.moves.items():
        for move in moves:
            if move.outcome is None or move.outcome.moves not in law.GIVES or move.words in named:
                continue
            lacking = law.unsigned(law.required_for_payment(signatures, move.outcome.moves), state.signed)
            if lacking:
                named.add(move.words)
                sentence = f"没有{'、'.join(law.labels(lacking))}的签字也能走到付款"
                yield walk.fault(Code.UNSIGNED_PAYMENT, (*walk.space.path(state), move.words), sentence)


def _unnoticed_payment(walk: Walk, notices: tuple[str, ...]) -> Iterator[Fault]:
    """Money that can move although its list has not hung to the end where the terms want it to hang. 公示"""
    named: set[str] = set()
    for state, moves in walk.space.moves.items():
        for move in moves:
            if move.outcome is None or move.outcome.moves not in law.GIVES or move.words in named:
                continue
            lacking = [place for place in notices if place not in state.noticed]
            if lacking:
                named.add(move.words)
                sentence = f"没有经过{'、'.join(law.notice_words(lacking))}期满也能走到付款"
                yield walk.fault(Code.UNNOTICED_PAYMENT, (*walk.space.path(state), move.words), sentence)
