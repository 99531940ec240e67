"""When a step is due, warned of and escalated: as tables, and against counting the days off one by one."""

from __future__ import annotations

import datetime
from fractions import Fraction

import pytest
from django.utils.timezone import get_current_timezone
from hypothesis import given
from hypothesis import strategies as st

from casework.models import Pause, WorkItem
from workflows.calendar import Calendar, Span, published
from workflows.deadlines import moments, moments_by_hand, reckon, span_of, spans_for, start_of
from workflows.limits import Deadline

CALENDAR = Calendar(published((2024, 2025, 2026)), frozenset((2024, 2025, 2026)))


def day(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text)


def moment(text: str) -> datetime.datetime:
    return datetime.datetime.fromisoformat(text).replace(tzinfo=get_current_timezone())


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
    assert moments(Deadline(days, working), moment(arrived), CALENDAR).due == moment(due)


def test_the_day_of_arrival_is_the_offices_own_whatever_the_clock_of_the_machine() -> None:
    late_evening_in_utc = datetime.datetime(2026, 11, 2, 17, 0, tzinfo=datetime.UTC)
    assert moments(Deadline(1), late_evening_in_utc, CALENDAR).due == moment("2026-11-04T17:30")


@pytest.mark.parametrize(
    ("days", "warn_at", "escalate_at", "warned", "escalated"),
    [
        (10, "0.7", "1", "2026-11-11", "2026-11-16"),
        (5, "0.7", "1", "2026-11-05", "2026-11-09"),
        (3, "0.7", "1", "2026-11-04", "2026-11-05"),
        (1, "0.7", "1", "2026-11-02", "2026-11-03"),
        (10, "0.29", "1", "2026-11-04", "2026-11-16"),
        (10, "0.7", "1.2", "2026-11-11", "2026-11-18"),
        (5, "0.5", "1.5", "2026-11-04", "2026-11-12"),
    ],
)
def test_the_warning_leaves_something_and_the_escalation_leaves_nothing(
    days: int, warn_at: str, escalate_at: str, warned: str, escalated: str
) -> None:
    limit = Deadline(days, warn_at=Fraction(warn_at), escalate_at=Fraction(escalate_at))
    found = moments(limit, moment("2026-11-02T09:00"), CALENDAR)
    assert (found.warn, found.escalate) == (moment(f"{warned}T17:30"), moment(f"{escalated}T17:30"))
    assert found.warn < found.due <= found.escalate


def test_extra_days_are_added_and_the_shares_are_of_the_longer_limit() -> None:
    found = moments(Deadline(5), moment("2026-11-02T09:00"), CALENDAR, extra_days=5)
    assert (found.warn, found.due) == (moment("2026-11-11T17:30"), moment("2026-11-16T17:30"))


@pytest.mark.parametrize(
    ("began", "ended", "first", "last"),
    [
        ("2026-11-03T09:00", "2026-11-05T10:00", "2026-11-03", "2026-11-04"),
        ("2026-11-03T17:30", "2026-11-05T17:31", "2026-11-03", "2026-11-05"),
        ("2026-11-03T17:31", "2026-11-05T17:30", "2026-11-04", "2026-11-04"),
    ],
)
def test_a_day_is_taken_away_when_the_clock_stands_still_at_its_close(
    began: str, ended: str, first: str, last: str
) -> None:
    assert span_of(moment(began), moment(ended)) == Span(day(first), day(last))


def test_a_pause_between_two_closes_of_business_takes_nothing() -> None:
    limit, start = Deadline(5), moment("2026-11-02T09:00")
    short = Pause(kind="correction", began=moment("2026-11-03T09:00"), ended=moment("2026-11-03T17:30"))
    overnight = Pause(kind="correction", began=moment("2026-11-03T17:31"), ended=moment("2026-11-04T08:00"))
    assert spans_for(limit, start, [short, overnight]) == ()


@pytest.mark.parametrize(
    ("kinds", "count"), [(("correction", "suspension", "review"), 3), (("correction",), 1), ((), 0)]
)
def test_only_the_pauses_a_limit_names_stop_it(kinds: tuple[str, ...], count: int) -> None:
    pauses = [
        Pause(kind=kind, began=moment(f"2026-11-{3 + n:02}T09:00"), ended=moment(f"2026-11-{4 + n:02}T09:00"))
        for n, kind in enumerate(("correction", "suspension", "review"))
    ]
    limit = Deadline(5, pauses=frozenset(kinds))
    assert len(spans_for(limit, moment("2026-11-02T09:00"), pauses)) == count


def test_a_pause_from_before_the_clock_began_or_not_over_yet_takes_nothing() -> None:
    start = moment("2026-11-05T09:00")
    over = Pause(kind="correction", began=moment("2026-11-02T09:00"), ended=start)
    still = Pause(kind="suspension", began=moment("2026-11-06T09:00"), ended=None)
    assert spans_for(Deadline(5), start, [over, still]) == ()


def test_a_paused_case_over_new_year_is_due_as_the_table_says() -> None:
    """Accepted Monday 29 December, papers asked for on the 30th at 10:00, brought on Tuesday 6 January at 11:00: of
    the five days none was used, and the day they came back is the first."""
    asked = Pause(kind="correction", began=moment("2025-12-30T10:00"), ended=moment("2026-01-06T11:00"))
    spans = spans_for(Deadline(5), moment("2025-12-29T09:00"), [asked])
    assert spans == (Span(day("2025-12-30"), day("2026-01-05")),)
    found = moments(Deadline(5), moment("2025-12-29T09:00"), CALENDAR, stopped=spans)
    assert found.due == moment("2026-01-12T17:30")


def test_a_day_said_by_hand_is_warned_of_and_escalated_all_the_same() -> None:
    found = moments_by_hand(Deadline(30, working=False), moment("2026-11-02T09:00"), moment("2026-12-02T17:30"))
    assert (found.warn, found.due) == (moment("2026-11-23T17:30"), moment("2026-12-02T17:30"))
    assert found.escalate == found.due


def test_nothing_moves_a_day_that_was_said_by_hand() -> None:
    item = WorkItem(created=moment("2026-11-02T09:00"), due_at=moment("2026-12-02T17:30"))
    pause = Pause(kind="correction", began=moment("2026-11-03T09:00"), ended=moment("2026-11-20T09:00"))
    reckon(item, Deadline(30, working=False), [pause], calendar=CALENDAR)
    assert item.due_at == moment("2026-12-02T17:30")
    assert item.alarm_at == moment("2026-11-23T17:30")


class Story:
    """A case as far as a clock's beginning goes."""

    def __init__(self, created: str, accepted_at: str | None) -> None:
        self.created = moment(created)
        self.accepted_at = moment(accepted_at) if accepted_at else None


@pytest.mark.parametrize(
    ("start", "accepted", "begins"),
    [
        ("arrival", "2026-11-03T09:00", "2026-11-05T09:00"),
        ("submitted", "2026-11-03T09:00", "2026-11-02T09:00"),
        ("accepted", "2026-11-03T09:00", "2026-11-03T09:00"),
        ("accepted", None, "2026-11-05T09:00"),
    ],
)
def test_a_clock_starts_where_its_limit_says(start: str, accepted: str | None, begins: str) -> None:
    story: object = Story("2026-11-02T09:00", accepted)
    assert start_of(Deadline(5, start=start), story, moment("2026-11-05T09:00")) == moment(begins)  # type: ignore[arg-type]


# -- the property: counting the days off, one by one ----------------------------------------------------------------

FIRST = datetime.date(2026, 1, 1)
NEAR = st.dates(FIRST, FIRST + datetime.timedelta(days=120))
MOMENTS = st.builds(
    lambda on, minutes: (
        datetime.datetime.combine(on, datetime.time(0), tzinfo=get_current_timezone())
        + datetime.timedelta(minutes=minutes)
    ),
    NEAR,
    st.sampled_from([0, 1, 540, 1049, 1050, 1051, 1439]),
)
STRETCHES = st.lists(st.tuples(MOMENTS, MOMENTS).map(sorted), max_size=4)
EXCEPTIONS = st.dictionaries(NEAR, st.booleans(), max_size=40)


def counted_off(
    start: datetime.datetime,
    days: int,
    working: bool,
    exceptions: dict[datetime.date, bool],
    stretches: list[list[datetime.datetime]],
) -> datetime.datetime:
    """Day after day, looking at each close of business whether the clock runs."""
    day, left = start.date(), days
    while left:
        day += datetime.timedelta(days=1)
        close = datetime.datetime.combine(day, datetime.time(17, 30), tzinfo=get_current_timezone())
        if any(began <= close < ended for began, ended in stretches):
            continue
        if working and not exceptions.get(day, day.weekday() < 5):
            continue
        left -= 1
    return datetime.datetime.combine(day, datetime.time(17, 30), tzinfo=get_current_timezone())


@given(MOMENTS, st.integers(1, 30), st.booleans(), EXCEPTIONS, STRETCHES)
def test_the_due_date_is_what_counting_off_the_days_gives(
    start: datetime.datetime,
    days: int,
    working: bool,
    exceptions: dict[datetime.date, bool],
    stretches: list[list[datetime.datetime]],
) -> None:
    # A pause lies after the clock has begun, as the gateway writes them.
    stretches = [[max(start, began), ended] for began, ended in stretches if ended > start]
    pauses = [Pause(kind="suspension", began=began, ended=ended) for began, ended in stretches]
    limit = Deadline(days, working)
    spans = spans_for(limit, start, pauses)
    found = moments(limit, start, Calendar(exceptions), stopped=spans)
    assert found.due == counted_off(start, days, working, exceptions, stretches)
