"""What is proved of a flow before it may start.

`prove` reads a programme and no database; it is also a system check. `office_faults` and `staffing_faults` read the
database: `manage.py prove_flows` asks them, the nightly check-up does, and whoever is about to end a post should.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.apps import AppConfig
from django.core import checks

from workflows import law, registry
from workflows.programme import Programme
from workflows.proof import kept
from workflows.proof.declarations import declaration_faults, vocabulary_faults
from workflows.proof.faults import OF_THE_LAW, Code, Fault
from workflows.proof.offices import counties_at_work, office_faults
from workflows.proof.refinement import Refinement, refinement, unused
from workflows.proof.roads import guarded_faults, procedure_faults, walk
from workflows.proof.staffing import staffing_faults
from workflows.proof.story import story


@dataclass(frozen=True)
class Proof:
    """What was found, and how much was looked at: states (place × stage × valid signatures) of both walks.

    `refinement` is None when the flow could not be walked.
    """

    programme: Programme
    faults: tuple[Fault, ...]
    steps: int
    outcomes: int
    states: int
    refinement: Refinement | None = None

    @property
    def refines_law(self) -> bool:
        """Whatever a case can do in this flow, the law lets it do."""
        return self.refinement is not None and not {fault.code for fault in self.faults} & OF_THE_LAW

    @property
    def signatures(self) -> list[str]:
        """Every capacity whose signature payment needs, under any version of the terms, in words."""
        return law.labels(
            {
                capacity
                for terms in self.programme.terms.versions
                for capacity in law.required_for_payment(terms.signatures)
            }
        )

    @property
    def holds(self) -> bool:
        """Nothing but warnings was found."""
        return all(fault.is_warning for fault in self.faults)


def prove(programme: Programme) -> Proof:
    """Explore a programme's flow under every version of its terms. Each mistake is named once, at its root."""
    flow = programme.flow
    steps = flow.steps()
    terms = sorted({(version.signatures, version.notices) for version in programme.terms.versions})
    unreadable = vocabulary_faults(programme)
    faults, states, refined = [*unreadable, *declaration_faults(programme)], 0, None
    # With a word nobody knows the law cannot be asked.
    if not unreadable:
        alone = walk(flow)
        states, refined = len(alone.space.moves), refinement(flow, alone.space)
        found = procedure_faults(alone, terms)
        for required in terms if not found else ():
            guarded = walk(flow, *required)
            states += len(guarded.space.moves)
            found += [fault for fault in guarded_faults(guarded) if fault not in found]
        faults += found
    outcomes = sum(len(step.outcomes) for step in steps)
    return Proof(programme, tuple(faults), len(steps), outcomes, states, refined)


def flows_are_proved(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[checks.CheckMessage]:
    """System check: no process starts with a flow that is not proved. What was proved before is not proved again."""
    messages = []
    for programme in registry.programmes().values():
        mark = kept.fingerprint(programme)
        if kept.holds(mark):
            continue
        found = faults_of(programme)
        if not found:
            kept.keep(mark)
        messages += [_message(fault) for fault in found]
    return messages


def proofs(programme: Programme) -> list[Proof]:
    """One for each of its flows, the newest first: an old flow still carries the cases begun under it."""
    return [prove(programme.under(flow)) for flow in programme.flows]


def faults_of(programme: Programme) -> list[Fault]:
    return [fault for proof in proofs(programme) for fault in proof.faults]


def _message(fault: Fault) -> checks.CheckMessage:
    kind = checks.Warning if fault.is_warning else checks.Error
    hint = f"路径：{fault.road}" if fault.path else None
    return kind(fault.sentence, hint=hint, obj=fault.flow, id=fault.check_id)


__all__ = [
    "Code",
    "Fault",
    "Proof",
    "counties_at_work",
    "flows_are_proved",
    "office_faults",
    "proofs",
    "prove",
    "staffing_faults",
    "story",
    "unused",
]
