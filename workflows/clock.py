"""Working days and due dates.

The office's calendar knows public holidays and make-up Saturdays from `chinesecalendar`. A year it does not know
yet counts Monday to Friday, and `is_confirmed` says so: a deadline there is a good guess, not a promise.
"""

from __future__ import annotations

import datetime
import functools

import chinese_calendar
from django.utils.timezone import get_current_timezone, localtime

END_OF_DAY = datetime.time(17, 30)
SATURDAY = 5


@functools.lru_cache(maxsize=4096)
def is_working_day(day: datetime.date) -> bool:
    """Whether offices are open: holidays are not, make-up Saturdays are."""
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return day.weekday() < SATURDAY


def is_confirmed(year: int) -> bool:
    """Whether the State Council's holiday arrangement of that year is known."""
    try:
        chinese_calendar.is_workday(datetime.date(year, 10, 1))
    except NotImplementedError:
        return False
    return True


@functools.lru_cache(maxsize=4096)
def add_days(start: datetime.date, days: int, *, working: bool) -> datetime.date:
    """The day `days` (working or calendar) days after `start`; the day of arrival itself does not count."""
    if not working:
        return start + datetime.timedelta(days=days)
    day, left = start, days
    while left > 0:
        day += datetime.timedelta(days=1)
        left -= is_working_day(day)
    return day


def working_days_between(start: datetime.date, end: datetime.date) -> int:
    """Working days after `start` up to and including `end`; negative when `end` lies before `start`."""
    if end < start:
        return -working_days_between(end, start)
    step = datetime.timedelta(days=1)
    return sum(is_working_day(start + step * n) for n in range(1, (end - start).days + 1))


@functools.lru_cache(maxsize=1024)
def due_at(arrived: datetime.datetime, days: int, *, working: bool = True) -> datetime.datetime:
    """When a step that arrived then falls due: the close of business of its last day."""
    last = add_days(localtime(arrived).date(), days, working=working)
    return datetime.datetime.combine(last, END_OF_DAY, tzinfo=get_current_timezone())
