"""Stretches of days a month, ten-day 旬 or week has, and how much of an office's work falls due on each."""

from __future__ import annotations

import calendar
import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import QuerySet
from django.utils.timezone import get_current_timezone
from django.utils.translation import gettext_lazy

from casework.models import WorkItem
from casework.models.work_items import INSIDE, inside

ONE_DAY = datetime.timedelta(days=1)
COUNTED = 1000
"""How far a day's work is counted; beyond that it is "more than"."""

FIRST_YEAR, LAST_YEAR = 2000, 2100


class Days(NamedTuple):
    """From `first` to `last`, both included."""

    first: datetime.date
    last: datetime.date

    def every(self) -> list[datetime.date]:
        return [self.first + ONE_DAY * n for n in range((self.last - self.first).days + 1)]


def month_of(day: datetime.date) -> Days:
    return Days(day.replace(day=1), day.replace(day=calendar.monthrange(day.year, day.month)[1]))


def ten_days_of(day: datetime.date) -> Days:
    """旬: the 1st to the 10th, the 11th to the 20th, the 21st to the end of the month."""
    if day.day <= 10:
        return Days(day.replace(day=1), day.replace(day=10))
    if day.day <= 20:
        return Days(day.replace(day=11), day.replace(day=20))
    return Days(day.replace(day=21), month_of(day).last)


def week_of(day: datetime.date) -> Days:
    """Monday to Sunday."""
    monday = day - ONE_DAY * day.weekday()
    return Days(monday, monday + ONE_DAY * 6)


VIEWS = {"week": week_of, "ten": ten_days_of, "month": month_of}
WORDS = {"week": gettext_lazy("周"), "ten": gettext_lazy("旬"), "month": gettext_lazy("月")}


@dataclass(frozen=True, slots=True)
class Where:
    """An office, by its code; with `below`, a county or a township and every office inside it."""

    office: str
    below: bool = False

    def rows(self) -> QuerySet[WorkItem]:
        """What waits there, as the index that holds it can be asked."""
        found = WorkItem.objects.filter(finished__isnull=True)
        if not self.below:
            return found.filter(office=self.office)
        return found.alias(inside=inside(len(self.office))).filter(inside=self.office)

    def condition(self) -> str:
        """The same in SQL, with a place for the code."""
        return f"{INSIDE % ('office', len(self.office))} = %s" if self.below else "office = %s"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Whose work is counted: of some offices, perhaps one step of one programme, done by one role."""

    where: tuple[Where, ...]
    programme: str = ""
    step: str = ""
    role: str = ""


def opening(day: datetime.date) -> datetime.datetime:
    """The first moment of a day."""
    return datetime.datetime.combine(day, datetime.time.min, tzinfo=get_current_timezone())


def counts(
    wanted: Wanted, days: Sequence[datetime.date], before: datetime.date
) -> tuple[dict[datetime.date, int], int]:
    """How much falls due on each of the days, and how much was due before a day and is still open. One statement; each
    is a look into one stretch of one index an office, and none goes beyond `COUNTED` + 1 there."""
    stretches = [(opening(day), opening(day + ONE_DAY)) for day in days] + [(None, opening(before))]
    parts, values = [], []
    for since, until in stretches:
        looks = [_count(wanted, place, since, until) for place in wanted.where]
        parts.append(" + ".join(part for part, _given in looks))
        values += [value for _part, given in looks for value in given]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(parts)}", values)
        found = cursor.fetchone()
    return dict(zip(days, found[:-1], strict=True)), found[-1]


def _count(
    wanted: Wanted, place: Where, since: datetime.datetime | None, until: datetime.datetime
) -> tuple[str, list[Any]]:
    adapt = connection.ops.adapt_datetimefield_value
    narrowed = {"role": wanted.role, "programme": wanted.programme, "step": wanted.step}
    said: list[tuple[str, Any]] = [(place.condition(), place.office)]
    said += [(f"{column} = %s", value) for column, value in narrowed.items() if value]
    if since is not None:
        said.append(("due_at >= %s", adapt(since)))
    said.append(("due_at < %s", adapt(until)))
    where = " AND ".join(["finished IS NULL", *(condition for condition, _value in said)])
    table = connection.ops.quote_name(WorkItem._meta.db_table)
    # In order: else PostgreSQL takes a day it thinks full for one it need not look up, and reads the table to its end.
    rows = f"SELECT 1 FROM {table} WHERE {where} ORDER BY due_at LIMIT {COUNTED + 1}"
    return f"(SELECT COUNT(*) FROM ({rows}) AS listed)", [value for _condition, value in said]
