"""Keeping the calendar: lines are read or refused one by one; a change is in the year's trail and moves deadlines."""

from __future__ import annotations

import datetime
from collections.abc import Callable

import pytest

from casework.models import CalendarDay, CalendarYear, Event, Role, Staff
from notifications.models import Outbox
from tests.factories import StaffFactory
from tests.world import COUNTY, World
from workflows import clock, trail
from workflows.calendar_upkeep import BadLines, Entry, confirm_year, enter_days, read_lines
from workflows.refusals import NotAllowed

NOTICE = """
2027-02-05 放假 春节
2027年2月6日 放假 春节
2027-02-14 上班

2027/2/20，调休上班，春节
2027-10-01 休
"""


def day(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text)


@pytest.fixture
def keeper(world: World) -> Staff:
    return world.by(Role.ADMINISTRATOR)


def test_lines_are_read_as_people_write_them() -> None:
    assert read_lines(NOTICE, 2027) == [
        Entry(day("2027-02-05"), False, "春节"),
        Entry(day("2027-02-06"), False, "春节"),
        Entry(day("2027-02-14"), True, ""),
        Entry(day("2027-02-20"), True, "春节"),
        Entry(day("2027-10-01"), False, ""),
    ]


def test_a_day_can_be_made_ordinary_again() -> None:
    assert read_lines("2027-02-05 照常", 2027) == [Entry(day("2027-02-05"), None)]


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("春节 放假", "第1行：.*日期|第1行：.*看不懂"),
        ("2027-02-30 放假", "第1行"),
        ("2026-02-05 放假", "第1行：2026-02-05不在2027年"),
        ("2027-02-05", "第1行：日期后面请写“放假”“上班”或“照常”"),
        ("2027-02-05 也许", "第1行：日期后面请写"),
        ("2027-02-15 上班", "第1行：2027-02-15是星期一，本来就上班"),
        ("2027-02-05 放假 " + "春" * 41, "第1行：名称最多40个字"),
        ("2027-02-06 放假\n2027-02-06 上班", "第2行：2027-02-06写了两次，而且不一样"),
        ("\n \n", "没有内容"),
    ],
)
def test_a_line_that_is_wrong_is_named(line: str, says: str) -> None:
    with pytest.raises(BadLines, match=says):
        read_lines(line, 2027)


def test_every_line_that_is_wrong_is_named_at_once() -> None:
    with pytest.raises(BadLines) as refused:
        read_lines("2027-02-05 放假\n什么\n2027-02-15 上班\n2028-01-01 放假", 2027)
    assert [problem[:3] for problem in refused.value.problems] == ["第2行", "第3行", "第4行"]


def test_what_is_entered_stands_in_the_calendar_with_its_name_and_source(keeper: Staff) -> None:
    assert enter_days(2027, read_lines(NOTICE, 2027), by=keeper, source="国办发明电〔2026〕7号") == 5
    assert CalendarDay.objects.filter(day__year=2027).count() == 5
    spring = CalendarDay.objects.get(day="2027-02-05")
    assert (spring.working, spring.name, spring.source) == (False, "春节", "国办发明电〔2026〕7号")
    entered = CalendarYear.objects.get(year=2027)
    assert (entered.source, entered.confirmed_at) == ("国办发明电〔2026〕7号", None)
    clock.forget()
    assert not clock.calendar().is_working_day(day("2027-02-05"))
    assert clock.calendar().is_working_day(day("2027-02-14"))
    assert 2027 not in clock.calendar().confirmed


def test_entering_the_same_again_changes_nothing(keeper: Staff) -> None:
    enter_days(2027, read_lines(NOTICE, 2027), by=keeper)
    events, jobs, revision = Event.objects.count(), Outbox.objects.count(), clock.current_revision()
    assert enter_days(2027, read_lines(NOTICE, 2027), by=keeper) == 0
    assert (Event.objects.count(), Outbox.objects.count(), clock.current_revision()) == (events, jobs, revision)


def test_a_day_that_is_ordinary_again_leaves_the_list(keeper: Staff) -> None:
    assert enter_days(2026, read_lines("2026-10-01 照常\n2026-10-10 放假 补休", 2026), by=keeper) == 2
    clock.forget()
    assert clock.calendar().is_working_day(day("2026-10-01"))
    assert not clock.calendar().is_working_day(day("2026-10-10"))


def test_a_change_is_told_in_the_years_own_chain(keeper: Staff) -> None:
    enter_days(2027, read_lines("2027-02-05 放假 春节\n2027-02-14 上班", 2027), by=keeper)
    event = Event.objects.get(chain="calendar:2027")
    assert (event.action, event.actor_name, event.case) == ("calendar_changed", keeper.name, None)
    assert event.details["days"] == {"2027-02-05": "holiday", "2027-02-14": "working"}
    assert event.details["revision"] == clock.current_revision() == 2
    assert list(trail.breaks("calendar:2027")) == []


def test_a_change_moves_the_deadlines_at_once_and_again_when_no_process_holds_the_old_calendar(keeper: Staff) -> None:
    enter_days(2026, read_lines("2026-12-24 放假", 2026), by=keeper)
    first, second = Outbox.objects.filter(kind="recompute_deadlines").order_by("run_at")
    assert (second.run_at - first.run_at).total_seconds() == 60 == 2 * clock.CHECK_EVERY
    assert first.payload["since"] == second.payload["since"] == "2026-12-24"


def test_a_year_entered_for_the_first_time_moves_all_of_its_deadlines(keeper: Staff) -> None:
    enter_days(2027, read_lines("2027-10-01 放假", 2027), by=keeper)
    assert {row.payload["since"] for row in Outbox.objects.filter(kind="recompute_deadlines")} == {"2027-01-01"}


def test_a_process_that_changed_the_calendar_looks_afresh_after_the_commit(
    keeper: Staff, django_capture_on_commit_callbacks: Callable[..., object]
) -> None:
    before = clock.calendar()
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[attr-defined]  # a context manager
        enter_days(2026, read_lines("2026-12-24 放假", 2026), by=keeper)
        assert clock.calendar() is before
    assert not clock.calendar().is_working_day(day("2026-12-24"))


def test_a_year_is_confirmed_once_and_by_somebody(keeper: Staff) -> None:
    enter_days(2027, read_lines(NOTICE, 2027), by=keeper)
    assert confirm_year(2027, by=keeper) is True
    entered = CalendarYear.objects.get(year=2027)
    assert entered.confirmed_by == keeper and entered.confirmed_at is not None
    assert confirm_year(2027, by=StaffFactory(post=(Role.ADMINISTRATOR, COUNTY))) is False
    assert CalendarYear.objects.get(year=2027).confirmed_by == keeper
    actions = Event.objects.filter(chain="calendar:2027").values_list("action", flat=True)
    assert list(actions) == ["calendar_changed", "calendar_confirmed"]
    clock.forget()
    assert 2027 in clock.calendar().confirmed


@pytest.mark.parametrize("lines", ["", "2027-02-14 上班"])
def test_a_year_without_a_holiday_cannot_be_confirmed(keeper: Staff, lines: str) -> None:
    if lines:
        enter_days(2027, read_lines(lines, 2027), by=keeper)
    with pytest.raises(NotAllowed, match="2027年还没有录入放假日"):
        confirm_year(2027, by=keeper)


def test_the_calendar_is_the_administrators_alone(world: World) -> None:
    for role in (Role.INTAKE_CLERK, Role.SUPERVISOR, Role.AUDITOR):
        with pytest.raises(NotAllowed, match="系统管理员"):
            enter_days(2027, read_lines(NOTICE, 2027), by=world.by(role))
        with pytest.raises(NotAllowed, match="系统管理员"):
            confirm_year(2026, by=world.by(role))
    assert not CalendarYear.objects.filter(year=2027).exists()


@pytest.mark.parametrize("year", [2003, 2100])
def test_years_far_away_are_refused(keeper: Staff, year: int) -> None:
    with pytest.raises(NotAllowed, match="年份应在2004到2099之间"):
        enter_days(year, [Entry(datetime.date(year, 1, 1), False)], by=keeper)
