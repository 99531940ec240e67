"""The stretch of a programme's procedure that is done by batch, found by what its outcomes move."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from workflows import registry
from workflows.flow import Step
from workflows.outcomes import Hand, Outcome
from workflows.payments.refusals import NotPaidByBatch
from workflows.payments.requirements import CHECKER
from workflows.programme import Programme


@dataclass(frozen=True, slots=True)
class Way:
    """An outcome of a step."""

    step: Step
    outcome: str


@dataclass(frozen=True, slots=True)
class Road:
    """From waiting for a batch to the bank's answer; `take_out` is the way out of a checked one."""

    draw: Way
    confirm: Way
    send_back: Way
    credited: Way
    returned: Way
    take_out: Way


def road_of(programme: str) -> Road:
    """Raises `NotPaidByBatch` when the programme's flow lacks any of the six."""
    known = registry.programme(programme)
    steps = known.flow.steps()
    ways = (
        _way(steps, "schedule"),
        _way(steps, "confirm_payment"),
        _way(steps, "unschedule", beside="confirm_payment"),
        _way(steps, "pay"),
        _way(steps, "unschedule", beside="pay"),
        _way(steps, "unschedule", beside="pay", by=CHECKER),
    )
    found = [way for way in ways if way is not None]
    if len(found) < len(ways):
        raise NotPaidByBatch(known.title)
    return Road(*found)


def paid_by_batch() -> list[Programme]:
    """Every programme whose money goes out in batches, by title."""
    found = [known for known in registry.programmes().values() if _way(known.flow.steps(), "schedule")]
    return sorted(found, key=lambda known: known.title)


def _way(steps: Sequence[Step], moves: str, *, beside: str = "", by: Hand | None = None) -> Way | None:
    """The step with a by-batch outcome that moves so, said by its own office or `by` another hand; `beside`: which also
    has one that moves thus."""
    for step in steps:
        outcomes: list[Outcome] = [outcome for outcome in step.outcomes.values() if outcome.by_batch]
        if beside and all(outcome.moves != beside for outcome in outcomes):
            continue
        for outcome in outcomes:
            if outcome.moves == moves and outcome.hand == by:
                return Way(step, outcome.name)
    return None
