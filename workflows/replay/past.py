"""A case that went its road elsewhere, as plain values: the same whether read from a file or from the database."""

from __future__ import annotations

import datetime
from typing import NamedTuple

from workflows.archived.shape import Activity, Name


class Moment(NamedTuple):
    """An instant. `zone`: minutes east of Greenwich as it was written; None when it came without a zone."""

    at: datetime.datetime
    zone: int | None


class PastEvent(NamedTuple):
    """Something that was done. Each is None where the log does not say."""

    activity: Activity
    moment: Moment | None
    lifecycle: str | None


class PastCase(NamedTuple):
    """A case: its place in the log from 1, its name (None without), and its events in the order of the log.

    `line` is where it begins in the file; 0 when it comes from the database.
    """

    number: int
    name: Name | None
    events: list[PastEvent]
    line: int = 0

    @property
    def activities(self) -> list[Activity]:
        return [event.activity for event in self.events]
