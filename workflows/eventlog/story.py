"""A case's trail, each event beside the rows it left: the work item it ended or opened, the decision, the payment."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from casework.models import BatchLine, Decision, Event, Stage, WorkItem
from workflows.eventlog import details
from workflows.eventlog.case_files import CaseFile

STAGES = frozenset(Stage.values)
DRAWN = "schedule"
SETTLED = frozenset({"unschedule", "pay", "come_back", "come_back_anew"})
PAYING = frozenset({DRAWN, "confirm_payment"}) | SETTLED
"""Verbs of the law about a case's payment: into a batch, checked, out again, arrived, sent back after all."""


@dataclass(frozen=True, slots=True)
class Passage:
    """One event. `item`: what it ended (`decided`) or was about (`claimed` …); `opened`: what came of it."""

    event: Event
    item: WorkItem | None = None
    decision: Decision | None = None
    opened: WorkItem | None = None
    line: BatchLine | None = None

    @property
    def is_step(self) -> bool:
        """Whether a human step was ended: one such event for each passage through a user task."""
        return self.event.action == "decided"

    @property
    def step(self) -> str:
        """The code of the step, as the work item has it, or the trail alone."""
        return self.item.step if self.item else self.text("step")

    @property
    def stage_after(self) -> str:
        """Where the case is after it; empty when it stayed where it was."""
        if self.event.action == "submitted":
            return Stage.SUBMITTED.value
        to = self.text("to")
        return to if to in STAGES else ""

    @property
    def amount(self) -> Decimal | None:
        """What the case was worth after it, in yuan; None when the event does not say."""
        return details.yuan(self.event, "amount")

    def text(self, name: str) -> str:
        """A detail of the event that is a text; empty when there is none."""
        return details.text(self.event, name)


def story(file: CaseFile) -> Iterator[Passage]:
    """Every event of the case, in the order of its chain.

    A decided event has the decision of its step, outcome and moment; where the rows are gone or never were, it stands
    alone.
    """
    rows = _Rows(file)
    for event in file.events:
        yield rows.beside(event)


class _Rows:
    """What is not yet told for."""

    def __init__(self, file: CaseFile) -> None:
        self.items = {item.pk: item for item in file.items}
        self.unopened = deque(file.items)
        self.undecided = list(file.items)
        self.decisions: defaultdict[tuple[Any, ...], deque[Decision]] = defaultdict(deque)
        for decision in file.decisions:
            self.decisions[decision.step, decision.outcome, decision.at].append(decision)
        self.lines = deque(file.lines)
        self.line: BatchLine | None = None

    def beside(self, event: Event) -> Passage:
        alone = Passage(event)
        if not alone.is_step:
            return Passage(event, self._open_item(alone.step), None, self._opened(alone))
        waiting = self.decisions.get((alone.step, alone.text("outcome"), event.at))
        decision = waiting.popleft() if waiting else None
        item = self.items.get(decision.work_item_id) if decision else None
        if item in self.undecided:
            self.undecided.remove(item)
        return Passage(event, item, decision, self._opened(alone), self._payment(alone))

    def _open_item(self, step: str) -> WorkItem | None:
        """The earliest item of that step that is not decided yet."""
        return next((item for item in self.undecided if item.step == step), None) if step else None

    def _opened(self, passage: Passage) -> WorkItem | None:
        """The next item, when the event moved the case and the item came up in the same moment."""
        if not passage.stage_after:
            return None
        at = passage.event.at
        while self.unopened and self.unopened[0].created < at:
            self.unopened.popleft()
        return self.unopened.popleft() if self.unopened and self.unopened[0].created == at else None

    def _payment(self, passage: Passage) -> BatchLine | None:
        """The payment a step is about: the last one drawn, in the very moment its batch was."""
        verb = passage.text("transition")
        if verb not in PAYING:
            return None
        if verb == DRAWN:
            self.line = self._drawn(passage)
        return self.line

    def _drawn(self, passage: Passage) -> BatchLine | None:
        drawn = next((line for line in self.lines if line.batch.drawn_at == passage.event.at), None)
        if drawn is not None:
            self.lines.remove(drawn)
        return drawn
