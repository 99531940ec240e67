"""The calendar 工作日历 as a value: which days are worked, and counting in them. Pure: no database, no clock.

A day is what its weekday says, unless it is listed: a holiday, or a Saturday or Sunday made up for one. A year is
confirmed once the State Council's arrangement of it is entered; what is counted into any other is an estimate.
"""

from __future__ import annotations

import datetime
import functools
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from chinese_calendar import constants

SATURDAY = 5
ONE_DAY = datetime.timedelta(days=1)


class Span(NamedTuple):
    """Days from `first` to `last`, both included; none when they are the wrong way round."""

    first: datetime.date
    last: datetime.date


@dataclass(frozen=True, eq=False)
class Calendar:
    """`exceptions`: a listed day -> whether it is worked. `confirmed`: the years that are settled."""

    exceptions: Mapping[datetime.date, bool] = field(default_factory=dict)
    confirmed: frozenset[int] = frozenset()

    def is_working_day(self, day: datetime.date) -> bool:
        """Whether offices are open: holidays are not, made-up Saturdays are."""
        listed = self.exceptions.get(day)
        return day.weekday() < SATURDAY if listed is None else listed

    def add_days(
        self, start: datetime.date, days: int, *, working: bool, stopped: Collection[Span] = ()
    ) -> datetime.date:
        """The day `days` (working or calendar) days after `start`; the day of arrival itself does not count, nor do
        the days of the spans in `stopped`."""
        return _add_days(self, start, days, working, tuple(stopped))

    def working_days_between(self, start: datetime.date, end: datetime.date) -> int:
        """Working days after `start` up to and including `end`; negative when `end` lies before `start`."""
        if end < start:
            return -self.working_days_between(end, start)
        return sum(self.is_working_day(start + ONE_DAY * n) for n in range(1, (end - start).days + 1))

    def unconfirmed(self, first: datetime.date, last: datetime.date) -> tuple[int, ...]:
        """The years between two days, theirs included, that are not settled."""
        return tuple(year for year in range(first.year, last.year + 1) if year not in self.confirmed)


@functools.lru_cache(maxsize=8192)
def _add_days(
    calendar: Calendar, start: datetime.date, days: int, working: bool, stopped: tuple[Span, ...]
) -> datetime.date:
    if not working and not stopped:
        return start + ONE_DAY * days
    day, left = start, days
    while left > 0:
        day += ONE_DAY
        if working and not calendar.is_working_day(day):
            continue
        left -= not any(span.first <= day <= span.last for span in stopped)
    return day


def published(years: Iterable[int] | None = None) -> dict[datetime.date, bool]:
    """The days the package `chinesecalendar` lists, of these years or of all it knows."""
    wanted = None if years is None else frozenset(years)
    listed = ((constants.holidays, False), (constants.workdays, True))
    return {day: working for days, working in listed for day in days if wanted is None or day.year in wanted}


def published_years() -> frozenset[int]:
    """The years `chinesecalendar` knows. It is a guess for years nobody has entered, and the seed of three."""
    return frozenset(day.year for day in constants.holidays)
