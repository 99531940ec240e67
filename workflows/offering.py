"""Which outcomes are offered where: by the office a case waits in, beside its road, for many cases at once.

This decides what a page shows and no more: whether somebody may say it the gateway asks when it is said.
"""

from __future__ import annotations

from casework.models import Case
from casework.models.law import ABOUT_THE_ROUND, nothing_was_paid
from workflows import law
from workflows.flow import Step
from workflows.outcomes import Outcome
from workflows.questions import ALIKE


def by_its_office(step: Step, case: Case) -> list[Outcome]:
    """What the office the case waits in says of it there, batches included; acts after which the case stays where it is
    are `beside_the_road`. Where a case only waits (suspended), that is what takes it on."""
    own = [outcome for outcome in step.outcomes.values() if outcome.hand is None]
    on_the_road = [outcome for outcome in own if not (outcome.aside or outcome.stays)]
    return [outcome for outcome in on_the_road or own if has_a_place(outcome, case)]


def beside_the_road(step: Step, case: Case) -> list[Outcome]:
    """What else can happen to it while it waits there, whoever's it is to say."""
    own = by_its_office(step, case)
    return [outcome for outcome in step.outcomes.values() if outcome not in own and has_a_place(outcome, case)]


def for_many(step: Step) -> list[Outcome]:
    """What can be said of many alike in one go: nothing that each must be asked by itself, that belongs to another
    office's hands or to a batch, or that is only for a case paid before."""
    return [
        outcome
        for outcome in step.outcomes.values()
        if not (outcome.by_batch or outcome.stays or outcome.hand or outcome.by_newcomer)
        and all(question.answer in ALIKE for question in outcome.asks)
        and not _only_after_a_payment(outcome)
    ]


def has_a_place(outcome: Outcome, case: Case) -> bool:
    """Not what only a case with another past could be told: withdrawn when paid, settled when not."""
    wanted = law.guards(outcome.moves, str(case.stage))
    return not any(guard.missing(case) for guard in wanted if guard in ABOUT_THE_ROUND)


def _only_after_a_payment(outcome: Outcome) -> bool:
    guards = {guard for stage in Case.law_allows(outcome.moves) for guard in law.guards(outcome.moves, stage)}
    return bool(guards & (ABOUT_THE_ROUND - {nothing_was_paid}))
