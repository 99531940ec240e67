"""Days of the terms: in which year a month and a day lie, how old somebody is, and steps due by a day of the year."""

from __future__ import annotations

import datetime
from collections.abc import Callable

from django.utils.timezone import get_current_timezone, localtime

from workflows.clock import END_OF_DAY
from workflows.flow import Act, Consequence

LEAP = 29


def in_year(month_day: str, year: int) -> datetime.date:
    """`07-01` of a year; 29 February is the 28th of a year that has none."""
    month, day = int(month_day[:2]), int(month_day[3:])
    try:
        return datetime.date(year, month, day)
    except ValueError:
        return datetime.date(year, month, LEAP - 1)


def years_after(day: datetime.date, years: int) -> datetime.date:
    """The same day so many years later: the birthday on which somebody has that age."""
    return in_year(f"{day:%m-%d}", day.year + years)


def age_on(born: datetime.date, day: datetime.date) -> int:
    """Full years 周岁. Whoever is born on 29 February is a year older on the 28th where there is no 29th."""
    return day.year - born.year - (day < years_after(born, day.year - born.year))


def first_of_month(day: datetime.date) -> datetime.date:
    return day.replace(day=1)


def months_between(first: datetime.date, after: datetime.date) -> int:
    """Months from that of `first` up to, and not including, that of `after`."""
    return (after.year - first.year) * 12 + after.month - first.month


def due_by(month_day: str) -> Callable[[Act], None]:
    """Consequence: the step that comes next is due by that day of the year (年审), while it is still ahead; whoever
    comes later has the days of the step."""

    def set_day(act: Act) -> None:
        today = localtime(act.at).date()
        day = in_year(month_day, today.year)
        if day > today:
            act.ledger.next_due = datetime.datetime.combine(day, END_OF_DAY, tzinfo=get_current_timezone())

    return touches_nobody_else(set_day)


def touches_nobody_else(consequence: Consequence) -> Consequence:
    """Mark a consequence that leaves the applicant's other cases alone: no need to lock the person for it."""
    consequence.alone = True  # type: ignore[attr-defined]  # read by the registry
    return consequence
