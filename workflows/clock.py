"""The clock of the office: its calendar as the database has it, and the close of business.

Every process holds the calendar and asks at most every `CHECK_EVERY` seconds whether it has changed, so that a step
costs no statement more. Who changes it recomputes the deadlines twice, the second time when every process must have
noticed (`workflows.calendar_upkeep`).
"""

from __future__ import annotations

import datetime
import time
from dataclasses import dataclass

from django.utils.timezone import get_current_timezone

from casework.models import CalendarDay, CalendarYear, NumberSeries
from workflows.calendar import Calendar, published, published_years

END_OF_DAY = datetime.time(17, 30)
"""The close of business 下班: a day counts for a deadline if the clock runs at this moment of it."""

CHECK_EVERY = 30.0
SERIES = "calendar"
"""Under this key stands the number of the calendar's last change."""


@dataclass(frozen=True, slots=True)
class _Held:
    calendar: Calendar
    revision: int
    looked_at: float


_held: _Held | None = None


def calendar() -> Calendar:
    """The calendar, at most `CHECK_EVERY` seconds old. No statement in between, one when it has not changed."""
    global _held
    moment, held = time.monotonic(), _held
    if held is not None and moment - held.looked_at < CHECK_EVERY:
        return held.calendar
    revision = current_revision()
    if held is None or held.revision != revision:
        held = _Held(read_calendar(), revision, moment)
    _held = _Held(held.calendar, revision, moment)
    return _held.calendar


def forget() -> None:
    """Look afresh the next time: this process has changed the calendar itself."""
    global _held
    _held = None


def current_revision() -> int:
    return NumberSeries.objects.filter(key=SERIES).values_list("last", flat=True).first() or 0


def read_calendar() -> Calendar:
    """The calendar from the tables. A year nobody has entered is guessed from the package, if that knows it."""
    years = dict(CalendarYear.objects.values_list("year", "confirmed_at"))
    guessed = published(published_years() - years.keys())
    listed = dict(CalendarDay.objects.values_list("day", "working"))
    return Calendar({**guessed, **listed}, frozenset(year for year, at in years.items() if at is not None))


def close_of(day: datetime.date) -> datetime.datetime:
    """The close of business of a day."""
    return datetime.datetime.combine(day, END_OF_DAY, tzinfo=get_current_timezone())
