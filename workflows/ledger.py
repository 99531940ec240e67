"""What an act will write, gathered in memory, then written in the fewest statements.

One step and ten thousand go through the same code and leave the same rows.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any, TypeVar

from django.db.models import Model

from casework.models import (
    BenefitHold,
    Case,
    Decision,
    Entitlement,
    Event,
    Participation,
    Pause,
    WantedPaper,
    WorkItem,
)
from casework.rows import insert_rows, new_row, update_rows
from notifications import wake
from notifications.models import Outbox

T = TypeVar("T")

CASE_COLUMNS = ["stage", "stage_since", "status", "finished", "paid_amount", "to_recover", "trail_seq", "trail_head"]
ITEM_COLUMNS = ["status", "owner", "started", "finished"]


@dataclass(slots=True)
class Ledger:
    """Rows to insert and rows to update. A row is in at most one list; an unsaved item that is finished
    before it was ever written is inserted finished."""

    at: datetime.datetime
    new_cases: list[Case] = field(default_factory=list)
    moved_cases: list[Case] = field(default_factory=list)
    case_columns: set[str] = field(default_factory=set)
    new_items: list[WorkItem] = field(default_factory=list)
    done_items: list[WorkItem] = field(default_factory=list)
    new_parts: list[Participation] = field(default_factory=list)
    signed_parts: list[tuple[int, str]] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    entitlements: list[Entitlement] = field(default_factory=list)
    holds: list[BenefitHold] = field(default_factory=list)
    jobs: list[Outbox] = field(default_factory=list)
    next_due: datetime.datetime | None = None
    """When the next item made falls due, where an act has said it (a case is suspended until a day)."""
    pauses: list[Pause] = field(default_factory=list)
    """Every pause of the case whose pause this act has ended, that one among them; else none."""
    stopped: WorkItem | None = None
    """The item whose clock goes on, if the case comes back to its step."""
    new_pauses: list[Pause] = field(default_factory=list)
    ended_pauses: list[Pause] = field(default_factory=list)
    beside: list[Model] = field(default_factory=list)
    """Rows of a programme's own, written once the cases they point to are there."""
    wanted: list[WantedPaper] = field(default_factory=list)
    answered_papers: list[WantedPaper] = field(default_factory=list)

    known: dict[Any, Any] = field(default_factory=dict)
    """What the acts written with it have looked up and share: the hospitals of a county."""

    def once(self, what: Any, look_up: Callable[[], T]) -> T:
        """What was looked up the first time it was asked for, for all acts written together."""
        if what not in self.known:
            self.known[what] = look_up()
        found: T = self.known[what]
        return found

    def post(self, kind: str, key: str, payload: Mapping[str, Any]) -> None:
        """A job for after the commit. Doing it twice is prevented by `key`."""
        self.jobs.append(new_row(Outbox, kind=kind, key=key, payload=dict(payload), run_at=self.at))

    def take_in(self, other: Ledger) -> None:
        """All that another act of the same moment left, to be written with one's own. The other is empty then."""
        for name in ROWS:
            if left := getattr(other, name):
                held = getattr(self, name)
                held.update(left) if isinstance(held, set) else held.extend(left)
                left.clear()

    def is_empty(self) -> bool:
        """Whether nothing at all is to be written."""
        return not any(getattr(self, name) for name in ROWS)

    def write(self) -> None:
        """Insert and update everything, parents first. Inside the caller's transaction."""
        insert_rows(Case, self.new_cases)
        update_rows(self.moved_cases, [*CASE_COLUMNS, *sorted(self.case_columns)])
        update_rows(self.done_items, ITEM_COLUMNS)
        insert_rows(WorkItem, self.new_items)
        update_rows(self.ended_pauses, ["ended"])
        insert_rows(Pause, self.new_pauses)
        update_rows(self.answered_papers, ["answer", "answered_at"])
        insert_rows(WantedPaper, self.wanted)
        insert_rows(Participation, self.new_parts)
        signed = [new_row(Participation, id=pk, signed_digest=digest) for pk, digest in self.signed_parts]
        update_rows(signed, ["signed_digest"])
        insert_rows(Decision, self.decisions)
        insert_rows(Event, self.events)
        insert_rows(Entitlement, self.entitlements)
        for model in dict.fromkeys(type(row) for row in self.beside):
            insert_rows(model, [row for row in self.beside if type(row) is model])
        insert_rows(BenefitHold, self.holds)
        insert_rows(Outbox, self.jobs)
        if self.jobs:
            wake.after_commit()


PASSING = ("at", "next_due", "pauses", "stopped", "known")
"""What one part of an act says to another, and nobody writes."""

ROWS = tuple(one.name for one in fields(Ledger) if one.name not in PASSING)
