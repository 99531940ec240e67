"""What the clock's migration does: dates acceptances, winds the clocks of open steps, enters three years."""

from __future__ import annotations

import datetime
import importlib

import pytest
from django.apps import apps
from django.utils.timezone import localtime, now

from casework.models import CalendarDay, CalendarYear, Case, NumberSeries, Role, WorkItem
from tests.world import World, open_item
from workflows.calendar import published
from workflows.perform import perform
from workflows.sweep import sweep

migration = importlib.import_module("casework.migrations.0005_clock")


def as_before(case: Case) -> None:
    """A case as it stood before the clock had columns."""
    Case.objects.filter(pk=case.pk).update(accepted_at=None)
    WorkItem.objects.filter(process=case).update(clock_from=None, alarm_at=None)


def test_each_case_is_dated_by_its_last_acceptance(world: World) -> None:
    accepted, never = world.case("village"), world.case("intake")
    perform(open_item(accepted).pk, "send_back", by=world.by(Role.VILLAGE_VERIFIER), reasons=["facts_differ"])
    perform(open_item(accepted).pk, "accept", by=world.by(Role.INTAKE_CLERK))
    last = Case.objects.get(pk=accepted.pk).accepted_at
    as_before(accepted)
    migration.wind_the_clocks(apps, None)
    assert last is not None
    assert Case.objects.get(pk=accepted.pk).accepted_at == last
    assert Case.objects.get(pk=never.pk).accepted_at is None


def test_the_next_sweep_winds_every_open_step_and_warns_of_none_too_early(world: World) -> None:
    case = world.case("township")
    item = open_item(case)
    due, alarm = item.due_at, item.alarm_at
    as_before(case)
    migration.wind_the_clocks(apps, None)
    assert open_item(case).alarm_at == item.created
    assert sweep(at=now()).looked_at == 1
    found = open_item(case)
    assert (found.clock_from, found.due_at, found.alarm_at, found.warned_at) == (item.created, due, alarm, None)


def test_a_suspended_case_keeps_the_day_that_was_written_down(world: World) -> None:
    case = world.case("township")
    day = localtime(now()).date() + datetime.timedelta(days=40)
    given = {"reasons": ["applicant_away"], "values": {"review_on": day}}
    perform(open_item(case).pk, "suspend", by=world.by(Role.TOWNSHIP_REVIEWER), **given)
    as_before(case)
    migration.wind_the_clocks(apps, None)
    sweep(at=now())
    assert open_item(case).clock_from is None
    assert localtime(open_item(case).due_at).date() == day


@pytest.mark.django_db
def test_the_calendar_of_three_years_is_entered_and_confirmed_and_numbered() -> None:
    CalendarDay.objects.all().delete()
    CalendarYear.objects.all().delete()
    NumberSeries.objects.filter(key="calendar").delete()
    migration.enter_the_years_that_are_known(apps, None)
    assert dict(CalendarDay.objects.values_list("day", "working")) == published((2024, 2025, 2026))
    assert set(CalendarDay.objects.values_list("name", flat=True)) == {
        "元旦",
        "春节",
        "清明节",
        "劳动节",
        "端午节",
        "国庆节",
        "中秋节",
    }
    assert not CalendarYear.objects.filter(confirmed_at=None).exists()
    assert NumberSeries.objects.get(key="calendar").last == 1
