"""A deadline put off so far that it is no longer near is warned of again when it is, whoever put it off."""

from __future__ import annotations

import datetime

import pytest
import time_machine

from casework.models import CalendarDay, WorkItem
from notifications.models import Message
from tests.workflows.late import begun, head_of, moment
from tests.world import TOWNSHIP, World, open_item
from workflows import clock, deadlines, reckoning, registry
from workflows.extension import extend
from workflows.limits import Deadline
from workflows.moving import move_all, target_named
from workflows.reckoning import limit_for
from workflows.sweep import Swept, sweep

WARNED, TODAY = "2026-11-11T17:30", "2026-11-12T10:00"
"""At the township since Monday 2 November 2026: ten days, seven of them over on the 11th, due on the 16th."""


@pytest.fixture
def item(world: World) -> WorkItem:
    found = begun(world.case("township"), "2026-11-02T09:00")
    assert sweep(at=moment(WARNED)) == Swept(1, warned=1)
    return found


def warned(item: WorkItem) -> bool:
    return WorkItem.objects.get(pk=item.pk).warned_at is not None


def alarm(item: WorkItem) -> datetime.datetime | None:
    return WorkItem.objects.get(pk=item.pk).alarm_at


def closed(*days: int) -> None:
    """The offices are closed on these days of November after all."""
    CalendarDay.objects.bulk_create(
        [CalendarDay(day=datetime.date(2026, 11, one), working=False, name="临时放假") for one in days]
    )
    clock.forget()


def reckoned_anew() -> None:
    reckoning.recompute_deadlines("run", {"run": "run", "since": "2026-11-02", "after": 0})


@pytest.mark.parametrize(
    ("days_off", "looked_at", "still_warned", "next_alarm"),
    [
        ((), TODAY, True, "2026-11-16T17:30"),
        ((13,), TODAY, True, "2026-11-17T17:30"),
        ((11,), "2026-11-12T10:00", False, "2026-11-12T17:30"),
        ((11,), "2026-11-12T17:30", True, "2026-11-17T17:30"),
        ((9, 10, 11), TODAY, False, "2026-11-16T17:30"),
        ((9, 10, 11), "2026-11-16T18:00", True, "2026-11-19T17:30"),
    ],
)
def test_more_holidays_unsay_a_warning_as_long_as_its_day_has_not_come(
    item: WorkItem, days_off: tuple[int, ...], looked_at: str, still_warned: bool, next_alarm: str
) -> None:
    closed(*days_off)
    with time_machine.travel(moment(looked_at), tick=False):
        reckoned_anew()
    assert (warned(item), alarm(item)) == (still_warned, moment(next_alarm))


def test_the_new_deadline_is_warned_of_when_it_is_near_and_once(item: WorkItem) -> None:
    closed(9, 10, 11)
    with time_machine.travel(moment(TODAY), tick=False):
        reckoned_anew()
    assert sweep(at=moment("2026-11-16T17:29")) == Swept()
    assert sweep(at=moment("2026-11-16T17:30")) == Swept(1, warned=1)
    assert sweep(at=moment("2026-11-16T17:31")) == Swept()
    told = Message.objects.filter(template="deadline.warned").order_by("id")
    assert [message.context["due"] for message in told] == ["2026-11-16", "2026-11-19"]


def test_a_sweep_that_comes_before_the_reckoning_sees_it_too(item: WorkItem) -> None:
    """It looks when it had meant to escalate; by the new days it is not even time to warn."""
    closed(*range(3, 17))
    assert sweep(at=moment("2026-11-16T17:30")) == Swept(1)
    assert (warned(item), alarm(item)) == (False, moment("2026-11-25T17:30"))


@pytest.mark.parametrize(
    ("days", "still_warned", "next_alarm"),
    [
        (10, True, "2026-11-16T17:30"),
        (11, True, "2026-11-17T17:30"),
        (12, False, "2026-11-12T17:30"),
        (20, False, "2026-11-20T17:30"),
    ],
)
def test_other_terms_unsay_it_when_they_give_so_much_more_time(
    item: WorkItem, monkeypatch: pytest.MonkeyPatch, days: int, still_warned: bool, next_alarm: str
) -> None:
    target = target_named(registry.programme("nursing_subsidy"), "2024-01-01")
    assert target.terms is not None
    monkeypatch.setitem(target.terms.deadlines, "township", Deadline(days))  # type: ignore[arg-type]  # a dict, as loaded
    with time_machine.travel(moment(TODAY), tick=False):
        (moved,) = move_all(registry.programme("nursing_subsidy"), target)
    assert moved.refused == ""
    assert (warned(item), alarm(item)) == (still_warned, moment(next_alarm))


@pytest.mark.parametrize(
    ("days", "still_warned", "next_alarm"),
    [(1, True, "2026-11-17T17:30"), (2, False, "2026-11-12T17:30"), (5, False, "2026-11-16T17:30")],
)
def test_an_extension_unsays_it_by_the_same_rule(
    item: WorkItem, days: int, still_warned: bool, next_alarm: str
) -> None:
    with time_machine.travel(moment(TODAY), tick=False):
        extend(item.pk, days, by=head_of(TOWNSHIP), reason="材料较多")
    assert (warned(item), alarm(item)) == (still_warned, moment(next_alarm))


def test_once_the_office_above_has_been_told_nothing_is_unsaid(item: WorkItem) -> None:
    assert sweep(at=moment("2026-11-16T17:30")).escalated == 1
    closed(*range(3, 13))
    with time_machine.travel(moment("2026-11-16T18:00"), tick=False):
        reckoned_anew()
    assert (warned(item), alarm(item)) == (True, None)


def test_what_is_due_sooner_stays_warned_of(item: WorkItem) -> None:
    found = open_item(item.process)
    moments = deadlines.reckon(found, limit_for(found), ())
    deadlines.warn_anew(found, moments, moment(WARNED))
    assert found.warned_at == moment(WARNED)
