"""Working days as tables: National Day, Spring Festival, the weekends made up, the turn of the year, an unknown year.

No database: the calendar is a value. The tables were written down from the State Council's notices, by hand.
"""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.calendar import Calendar, Span, published, published_years


def day(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text)


CALENDAR = Calendar(published((2024, 2025, 2026)), frozenset((2024, 2025, 2026)))


@pytest.mark.parametrize(
    ("text", "working", "why"),
    [
        ("2024-02-04", True, "a Sunday made up for Spring Festival 2024"),
        ("2024-02-09", True, "New Year's Eve 2024, a Friday, was no holiday by law"),
        ("2024-02-10", False, "Spring Festival 2024"),
        ("2024-02-17", False, "its last day off, a Saturday"),
        ("2024-02-18", True, "a Sunday made up for it"),
        ("2025-01-26", True, "a Sunday made up for Spring Festival 2025"),
        ("2025-01-27", True, "the Monday before New Year's Eve"),
        ("2025-01-28", False, "New Year's Eve 2025, a Tuesday"),
        ("2025-02-04", False, "its last day off, a Tuesday"),
        ("2025-02-08", True, "a Saturday made up for it"),
        ("2025-09-28", True, "a Sunday made up for National Day 2025"),
        ("2025-10-01", False, "National Day 2025"),
        ("2025-10-06", False, "Mid-autumn in the same week"),
        ("2025-10-08", False, "the eighth day off"),
        ("2025-10-09", True, "back at work"),
        ("2025-10-11", True, "a Saturday made up for it"),
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
    assert CALENDAR.is_working_day(day(text)) is working, why


@pytest.mark.parametrize(
    ("start", "days", "end", "why"),
    [
        ("2026-11-02", 1, "2026-11-03", "the day of arrival does not count"),
        ("2026-11-02", 5, "2026-11-09", "over a weekend"),
        ("2026-11-06", 1, "2026-11-09", "from a Friday"),
        ("2026-11-07", 1, "2026-11-09", "arrived on a Saturday"),
        ("2026-09-30", 1, "2026-10-08", "over National Day 2026"),
        ("2026-09-30", 3, "2026-10-10", "and the Saturday made up counts"),
        ("2026-09-30", 4, "2026-10-12", "and the Sunday after it does not"),
        ("2025-09-30", 1, "2025-10-09", "over National Day and Mid-autumn 2025, eight days off"),
        ("2025-09-26", 1, "2025-09-28", "a Sunday made up before it"),
        ("2025-09-30", 5, "2025-10-14", "the Saturday made up after it"),
        ("2024-02-09", 1, "2024-02-18", "over Spring Festival 2024, back on a Sunday"),
        ("2024-02-02", 5, "2024-02-08", "the Sunday made up before it counts"),
        ("2025-01-24", 2, "2025-01-27", "the Sunday made up before Spring Festival 2025 counts"),
        ("2025-01-27", 4, "2025-02-08", "over it, to the Saturday made up"),
        ("2026-02-13", 1, "2026-02-14", "the Saturday made up before Spring Festival 2026"),
        ("2026-02-13", 2, "2026-02-24", "over it"),
        ("2026-02-13", 6, "2026-02-28", "to the Saturday made up after it"),
        ("2025-12-31", 1, "2026-01-04", "over New Year's Day 2026, back on a Sunday"),
        ("2025-12-31", 2, "2026-01-05", "and on Monday"),
        ("2024-12-31", 1, "2025-01-02", "over New Year's Day 2025, one day off"),
        ("2026-12-30", 3, "2027-01-04", "into a year that is not announced: Friday 1 January counts as a guess"),
    ],
)
def test_working_days_are_counted_from_the_day_after_arrival(start: str, days: int, end: str, why: str) -> None:
    assert CALENDAR.add_days(day(start), days, working=True) == day(end), why


@pytest.mark.parametrize(
    ("start", "days", "end"),
    [("2026-09-15", 30, "2026-10-15"), ("2026-01-31", 30, "2026-03-02"), ("2026-12-15", 30, "2027-01-14")],
)
def test_calendar_days_know_no_holidays(start: str, days: int, end: str) -> None:
    assert CALENDAR.add_days(day(start), days, working=False) == day(end)


@pytest.mark.parametrize(
    ("start", "days", "working", "stopped", "end", "why"),
    [
        ("2026-11-02", 5, True, [("2026-11-04", "2026-11-05")], "2026-11-11", "two days taken away"),
        ("2026-11-02", 5, True, [("2026-11-07", "2026-11-08")], "2026-11-09", "a pause on a weekend takes nothing"),
        ("2026-11-02", 5, False, [("2026-11-07", "2026-11-08")], "2026-11-09", "but two of the calendar's days"),
        ("2025-12-29", 5, True, [("2025-12-30", "2026-01-06")], "2026-01-13", "a pause over New Year"),
        ("2025-12-29", 5, True, [("2026-01-01", "2026-01-03")], "2026-01-06", "a pause in the holidays alone"),
        (
            "2026-02-10",
            5,
            True,
            [("2026-02-12", "2026-02-13"), ("2026-02-24", "2026-02-24")],
            "2026-02-27",
            "two pauses with Spring Festival between them",
        ),
        ("2026-11-02", 0, True, [("2026-11-02", "2026-11-30")], "2026-11-02", "no days are over at once"),
    ],
)
def test_the_days_of_a_pause_do_not_count(
    start: str, days: int, working: bool, stopped: list[tuple[str, str]], end: str, why: str
) -> None:
    spans = [Span(day(first), day(last)) for first, last in stopped]
    assert CALENDAR.add_days(day(start), days, working=working, stopped=spans) == day(end), why


@pytest.mark.parametrize(
    ("start", "end", "days"),
    [
        ("2026-11-02", "2026-11-02", 0),
        ("2026-11-02", "2026-11-09", 5),
        ("2026-09-30", "2026-10-08", 1),
        ("2026-10-01", "2026-10-07", 0),
        ("2025-10-01", "2025-10-11", 3),
        ("2026-02-13", "2026-02-28", 6),
        ("2025-12-31", "2026-01-04", 1),
        ("2026-11-09", "2026-11-02", -5),
        ("2026-10-08", "2026-09-30", -1),
    ],
)
def test_working_days_between_two_days_count_the_last_and_not_the_first(start: str, end: str, days: int) -> None:
    assert CALENDAR.working_days_between(day(start), day(end)) == days


@pytest.mark.parametrize(
    ("first", "last", "years"),
    [
        ("2026-11-02", "2026-12-31", ()),
        ("2026-12-31", "2027-01-01", (2027,)),
        ("2023-12-31", "2024-01-01", (2023,)),
        ("2026-12-01", "2028-01-01", (2027, 2028)),
    ],
)
def test_the_years_that_nobody_has_confirmed_are_named(first: str, last: str, years: tuple[int, ...]) -> None:
    assert CALENDAR.unconfirmed(day(first), day(last)) == years


def test_the_package_knows_2004_to_2026_and_nothing_of_2027() -> None:
    assert published_years() == frozenset(range(2004, 2027))
    assert not [listed for listed in published() if listed.year > 2026]
    assert published((2026,))[day("2026-10-01")] is False
    assert published((2026,))[day("2026-10-10")] is True


DAYS = st.dates(datetime.date(2024, 1, 1), datetime.date(2026, 12, 31))


@given(start=DAYS, days=st.integers(1, 40))
def test_the_last_day_is_a_working_day_and_as_many_lie_between(start: datetime.date, days: int) -> None:
    end = CALENDAR.add_days(start, days, working=True)
    assert CALENDAR.is_working_day(end)
    assert CALENDAR.working_days_between(start, end) == days


@given(one=DAYS, other=DAYS)
def test_between_is_the_same_backwards_but_for_the_sign(one: datetime.date, other: datetime.date) -> None:
    assert CALENDAR.working_days_between(one, other) == -CALENDAR.working_days_between(other, one)
