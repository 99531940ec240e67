"""Working days and due dates, as tables: National Day, Spring Festival, the Saturdays made up, a year not announced."""

from __future__ import annotations

import datetime

import pytest
from django.utils.timezone import get_current_timezone
from hypothesis import given
from hypothesis import strategies as st

from workflows import clock


def day(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text)


def moment(text: str) -> datetime.datetime:
    return datetime.datetime.fromisoformat(text).replace(tzinfo=get_current_timezone())


@pytest.mark.parametrize(
    ("text", "working", "why"),
    [
        ("2026-09-30", True, "the day before National Day"),
        ("2026-10-01", False, "National Day"),
        ("2026-10-07", False, "its last day off, a Wednesday"),
        ("2026-10-08", True, "back at work"),
        ("2026-09-20", True, "a Sunday made up for National Day"),
        ("2026-10-10", True, "a Saturday made up for National Day"),
        ("2026-10-11", False, "the Sunday after it"),
        ("2026-02-13", True, "the Friday before Spring Festival"),
        ("2026-02-14", True, "a Saturday made up for Spring Festival"),
        ("2026-02-16", False, "New Year's Eve, a Monday"),
        ("2026-02-17", False, "Spring Festival"),
        ("2026-02-23", False, "its last day off, a Monday"),
        ("2026-02-24", True, "back at work"),
        ("2026-02-28", True, "a Saturday made up for Spring Festival"),
        ("2026-01-01", False, "New Year's Day"),
        ("2026-01-04", True, "a Sunday made up for it"),
        ("2026-05-09", True, "a Saturday made up for Labour Day"),
        ("2026-11-07", False, "a Saturday like any other"),
        ("2026-11-09", True, "a Monday like any other"),
        ("2027-10-01", True, "2027 is not announced: a Friday is a Friday"),
        ("2027-10-02", False, "2027 is not announced: a Saturday is a Saturday"),
    ],
)
def test_offices_are_open_on_working_days_and_made_up_weekends(text: str, working: bool, why: str) -> None:
    assert clock.is_working_day(day(text)) is working, why


@pytest.mark.parametrize(
    ("year", "confirmed"), [(2023, True), (2025, True), (2026, True), (2027, False), (2040, False)]
)
def test_a_year_is_confirmed_once_its_holidays_are_announced(year: int, confirmed: bool) -> None:
    assert clock.is_confirmed(year) is confirmed


@pytest.mark.parametrize(
    ("start", "days", "end", "why"),
    [
        ("2026-11-02", 0, "2026-11-02", "no days, no wait"),
        ("2026-11-02", 5, "2026-11-09", "a plain week from a Monday"),
        ("2026-11-06", 1, "2026-11-09", "over a weekend"),
        ("2026-09-30", 1, "2026-10-08", "over all of National Day"),
        ("2026-09-30", 3, "2026-10-10", "the third is the Saturday made up"),
        ("2026-09-18", 1, "2026-09-20", "the Sunday made up is the next working day"),
        ("2026-10-03", 1, "2026-10-08", "arrived on a holiday"),
        ("2026-02-13", 2, "2026-02-24", "over all of Spring Festival: the made-up Saturday is the first"),
        ("2026-02-24", 4, "2026-02-28", "to the Saturday made up"),
        ("2026-12-30", 10, "2027-01-13", "into a year not announced: Monday to Friday"),
    ],
)
def test_working_days_are_counted_from_the_day_after_arrival(start: str, days: int, end: str, why: str) -> None:
    assert clock.add_days(day(start), days, working=True) == day(end), why


@pytest.mark.parametrize(
    ("start", "days", "end"),
    [("2026-09-15", 30, "2026-10-15"), ("2026-01-31", 30, "2026-03-02"), ("2026-12-15", 30, "2027-01-14")],
)
def test_calendar_days_know_no_holidays(start: str, days: int, end: str) -> None:
    assert clock.add_days(day(start), days, working=False) == day(end)


@pytest.mark.parametrize(
    ("start", "end", "days"),
    [
        ("2026-11-02", "2026-11-02", 0),
        ("2026-11-02", "2026-11-09", 5),
        ("2026-09-30", "2026-10-08", 1),
        ("2026-10-01", "2026-10-07", 0),
        ("2026-02-13", "2026-02-28", 6),
        ("2026-11-09", "2026-11-02", -5),
        ("2026-10-08", "2026-09-30", -1),
    ],
)
def test_working_days_between_two_days_count_the_last_and_not_the_first(start: str, end: str, days: int) -> None:
    assert clock.working_days_between(day(start), day(end)) == days


@pytest.mark.parametrize(
    ("arrived", "days", "working", "due"),
    [
        ("2026-11-02T09:00", 3, True, "2026-11-05T17:30"),
        ("2026-11-02T23:59", 3, True, "2026-11-05T17:30"),
        ("2026-11-03T00:01", 3, True, "2026-11-06T17:30"),
        ("2026-09-30T16:00", 5, True, "2026-10-13T17:30"),
        ("2026-11-02T09:00", 30, False, "2026-12-02T17:30"),
    ],
)
def test_a_step_falls_due_at_the_close_of_business_of_its_last_day(
    arrived: str, days: int, working: bool, due: str
) -> None:
    assert clock.due_at(moment(arrived), days, working=working) == moment(due)


def test_the_day_of_arrival_is_the_offices_own_whatever_the_clock_of_the_machine() -> None:
    late_evening_in_utc = datetime.datetime(2026, 11, 2, 17, 0, tzinfo=datetime.UTC)
    assert clock.due_at(late_evening_in_utc, 1) == moment("2026-11-04T17:30")


DAYS = st.dates(datetime.date(2024, 1, 1), datetime.date(2026, 12, 31))


@given(start=DAYS, days=st.integers(1, 40))
def test_the_last_day_is_a_working_day_and_as_many_lie_between(start: datetime.date, days: int) -> None:
    end = clock.add_days(start, days, working=True)
    assert clock.is_working_day(end)
    assert clock.working_days_between(start, end) == days


@given(one=DAYS, other=DAYS)
def test_between_is_the_same_backwards_but_for_the_sign(one: datetime.date, other: datetime.date) -> None:
    assert clock.working_days_between(one, other) == -clock.working_days_between(other, one)
