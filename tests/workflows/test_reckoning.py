"""After the calendar has changed, open items are reckoned anew: some at a time, whoever is at work, once."""

from __future__ import annotations

import datetime

import pytest
from django.utils.timezone import get_current_timezone, localtime, now

from casework.models import CalendarDay, Case, Role, WorkItem
from notifications.models import Outbox
from notifications.outbox import drain
from tests.world import World, open_item
from workflows import clock, reckoning
from workflows.calendar_upkeep import enter_days, read_lines
from workflows.jobs import HANDLERS

BEGUN = datetime.datetime(2026, 12, 21, 9, 0, tzinfo=get_current_timezone())


def begun(world: World, step: str = "township") -> Case:
    """A case whose open step began on Monday 21 December 2026, and has ten working days."""
    case = world.case(step)
    item = open_item(case)
    item.created = item.clock_from = BEGUN
    item.due_at = clock.close_of(datetime.date(2027, 1, 4))
    item.save()
    Outbox.objects.all().delete()
    return case


def day(case: Case) -> str:
    return localtime(open_item(case).due_at).date().isoformat()


def run(since: str, **payload: object) -> None:
    reckoning.recompute_deadlines("run", {"run": "run", "since": since, "after": 0, **payload})


@pytest.fixture
def a_day_off(db: None) -> None:
    CalendarDay.objects.create(day="2026-12-24", working=False, name="临时放假")


def test_a_holiday_more_moves_what_is_due_after_it(world: World, a_day_off: None) -> None:
    case = begun(world)
    run("2026-12-24")
    assert day(case) == "2027-01-05", "ten days from the 21st, without the 24th; 1 January 2027 counts as a guess"
    item = open_item(case)
    assert item.alarm_at == clock.close_of(datetime.date(2026, 12, 31)), "the seventh of them"


def test_the_change_of_a_page_arrives_at_the_queue(world: World) -> None:
    case = begun(world)
    enter_days(2026, read_lines("2026-12-24 放假", 2026), by=world.by(Role.ADMINISTRATOR))
    assert drain(HANDLERS) == 1
    assert day(case) == "2027-01-05"
    Outbox.objects.filter(done_at=None).update(run_at=now())
    assert drain(HANDLERS) == 1
    assert day(case) == "2027-01-05"


def test_what_was_due_before_the_change_is_left_alone(world: World, a_day_off: None) -> None:
    case = begun(world)
    WorkItem.objects.filter(process=case).update(due_at=datetime.datetime(2026, 12, 23, 9, 30, tzinfo=datetime.UTC))
    run("2026-12-24")
    assert day(case) == "2026-12-23"


def test_a_day_said_by_hand_and_a_step_that_is_done_are_left_alone(world: World, a_day_off: None) -> None:
    by_hand, done = begun(world), begun(world)
    due = datetime.datetime(2027, 2, 1, 9, 30, tzinfo=datetime.UTC)
    WorkItem.objects.filter(process=by_hand).update(due_at=due, clock_from=None)
    WorkItem.objects.filter(process=done).update(due_at=due, finished=now())
    run("2026-12-24")
    assert set(WorkItem.objects.filter(process__in=[by_hand, done], step="township").values_list("due_at")) == {(due,)}


def test_many_are_done_some_at_a_time_and_each_once(
    world: World, a_day_off: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reckoning, "AT_A_TIME", 2)
    cases = [begun(world) for _ in range(5)]
    run("2026-12-24")
    assert [day(case) for case in cases].count("2027-01-05") == 2
    assert drain(HANDLERS) == 2
    assert {day(case) for case in cases} == {"2027-01-05"}
    assert not Outbox.objects.filter(done_at=None).exists()


def test_a_second_time_writes_nothing(world: World, a_day_off: None, django_assert_num_queries) -> None:  # type: ignore[no-untyped-def]
    begun(world)
    run("2026-12-24")
    # The calendar, the cases, their items, their pauses; and nothing else.
    with django_assert_num_queries(3 + 3):
        run("2026-12-24")


def test_what_is_locked_is_tried_again_by_a_job_of_its_own(
    world: World, a_day_off: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = begun(world)
    monkeypatch.setattr(reckoning, "unlocked", lambda items, *of: items.none())
    run("2026-12-24")
    again = Outbox.objects.get(kind="recompute_deadlines")
    assert again.payload == {"run": "run", "cases": [case.pk], "turn": 1}
    monkeypatch.undo()
    Outbox.objects.update(run_at=now())
    drain(HANDLERS)
    assert day(case) == "2027-01-05"


def test_what_is_always_locked_is_given_up_in_the_end(
    world: World, a_day_off: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = begun(world)
    monkeypatch.setattr(reckoning, "unlocked", lambda items, *of: items.none())
    reckoning.recompute_deadlines("run", {"run": "run", "cases": [case.pk], "turn": reckoning.MOST_TURNS})
    assert not Outbox.objects.exists()


def test_a_programme_that_is_gone_keeps_no_other_from_being_reckoned(world: World, a_day_off: None) -> None:
    gone, case = begun(world), begun(world)
    WorkItem.objects.filter(process=gone).update(programme="no_longer")
    run("2026-12-24")
    assert day(case) == "2027-01-05"
