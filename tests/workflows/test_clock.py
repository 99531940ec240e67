"""The calendar as a process holds it: read once, looked at again after half a minute, and only then."""

from __future__ import annotations

import datetime

import pytest
from django.db.models import F

from casework.models import CalendarDay, CalendarYear, NumberSeries
from workflows import clock
from workflows.calendar import published

pytestmark = pytest.mark.django_db
CHRISTMAS_EVE = datetime.date(2026, 12, 24)


@pytest.fixture
def hands(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The seconds a process has run, as it thinks."""
    seconds = [1000.0]
    monkeypatch.setattr(clock.time, "monotonic", lambda: seconds[0])
    clock.forget()
    return seconds


def declared_a_holiday() -> None:
    CalendarDay.objects.create(day=CHRISTMAS_EVE, working=False, name="临时放假")
    NumberSeries.objects.filter(key="calendar").update(last=F("last") + 1)


def test_the_seeded_tables_say_what_the_package_says_of_three_years(hands: list[float]) -> None:
    found = clock.calendar()
    assert {day: found.exceptions[day] for day in published((2024, 2025, 2026))} == published((2024, 2025, 2026))
    assert found.confirmed == {2024, 2025, 2026}
    assert CalendarDay.objects.get(day="2026-02-17").name == "春节"
    assert not CalendarYear.objects.exclude(year__in=(2024, 2025, 2026)).exists()


def test_a_year_nobody_has_entered_is_guessed_and_not_confirmed(hands: list[float]) -> None:
    found = clock.calendar()
    assert not found.is_working_day(datetime.date(2023, 10, 2)), "the package knows 2023"
    assert found.is_working_day(datetime.date(2027, 10, 1)), "and not 2027"
    assert found.unconfirmed(datetime.date(2023, 1, 1), datetime.date(2027, 1, 1)) == (2023, 2027)


def test_once_a_year_is_entered_only_what_is_entered_counts(hands: list[float]) -> None:
    CalendarYear.objects.create(year=2023)
    assert clock.calendar().is_working_day(datetime.date(2023, 10, 2))


def test_it_is_read_in_three_statements_and_then_held(hands: list[float], django_assert_num_queries) -> None:  # type: ignore[no-untyped-def]
    with django_assert_num_queries(3):
        clock.calendar()
    hands[0] += 29.9
    with django_assert_num_queries(0):
        clock.calendar()


def test_after_half_a_minute_one_statement_asks_whether_it_has_changed(
    hands: list[float],
    django_assert_num_queries,  # type: ignore[no-untyped-def]
) -> None:
    before = clock.calendar()
    hands[0] += 30
    with django_assert_num_queries(1):
        assert clock.calendar() is before
    hands[0] += 29.9
    with django_assert_num_queries(0):
        clock.calendar()


def test_a_change_is_seen_after_half_a_minute_and_not_before(hands: list[float]) -> None:
    assert clock.calendar().is_working_day(CHRISTMAS_EVE)
    declared_a_holiday()
    hands[0] += 29.9
    assert clock.calendar().is_working_day(CHRISTMAS_EVE)
    hands[0] += 0.2
    assert not clock.calendar().is_working_day(CHRISTMAS_EVE)


def test_who_has_changed_it_looks_at_once(hands: list[float]) -> None:
    clock.calendar()
    declared_a_holiday()
    clock.forget()
    assert not clock.calendar().is_working_day(CHRISTMAS_EVE)
