"""Alarms and pauses are put right by the verbs of the clock: nobody gains a day, and who is late is told after all."""

from __future__ import annotations

import datetime

import pytest
from django.utils.timezone import now

from casework.models import Event, NumberSeries, Pause, SupervisionOrder, WorkItem
from tests.workflows.doctor.ward import case, found, scope
from tests.workflows.late import begun, moment, overdue, supervised
from tests.world import World, open_item
from workflows.doctor import mended
from workflows.doctor.alarms import ALARMS, NO_ORDER, PAUSE_LEFT, UNSET
from workflows.doctor.series import SERIES
from workflows.history import WORDS
from workflows.registry import programme
from workflows.sweep import Swept, sweep

LONG_AGO = moment("2026-08-03T09:00")


def mend() -> list[str]:
    return list(mended(ALARMS, scope()))


@pytest.mark.parametrize("lost", [{"alarm_at": None}, {"alarm_at": None, "escalated_at": LONG_AGO}])
def test_an_alarm_that_was_lost_rings_after_all(ward: World, lost: dict[str, datetime.datetime | None]) -> None:
    late = overdue(ward)
    WorkItem.objects.filter(pk=late.pk).update(**lost)
    assert sweep() == Swept(), "nobody would ever have heard"

    (done,) = mend()

    assert late.process.number in done
    assert Event.objects.filter(chain=late.process.number).latest("seq").action == "repaired"
    assert sweep().escalated == 1
    assert SupervisionOrder.objects.get().work_item == late
    assert mend() == []


def test_the_history_of_a_case_says_what_was_put_right() -> None:
    kinds = [kind.code for kind in (UNSET, NO_ORDER, PAUSE_LEFT)]
    words = {WORDS["repaired"]({"what": code}, programme("nursing_subsidy")) for code in ("item_missing", *kinds)}
    assert len(words) == 4


def test_an_order_that_is_there_is_not_raised_again(ward: World) -> None:
    order = supervised(ward)
    before = WorkItem.objects.values().get(pk=order.work_item_id)
    assert mend() == []
    assert WorkItem.objects.values().get(pk=order.work_item_id) == before


def test_a_pause_that_was_left_ends_and_gives_nobody_a_day(ward: World) -> None:
    hurt = case(ward, "township")
    item = begun(hurt, f"{now() - datetime.timedelta(days=3):%Y-%m-%dT09:00}")
    left = Pause.objects.create(case=hurt, kind="correction", began=item.clock_from, stopped=item)

    assert len(mend()) == 1

    assert Pause.objects.get(pk=left.pk).ended == left.began
    sweep()
    assert open_item(hurt).due_at == item.due_at
    assert found() == []
    assert mend() == []


def test_one_series_that_lies_behind_stops_no_other_item_from_being_looked_at(ward: World) -> None:
    """Restored from last week, say. What can be told is told; the rest is found, and told once it is mended."""
    supervised(ward)
    NumberSeries.objects.filter(key__startswith="DB").update(last=0)
    stuck, due_soon = overdue(ward), overdue(ward, "village")
    WorkItem.objects.filter(pk=due_soon.pk).update(clock_from=now() - datetime.timedelta(days=1), due_at=now())

    swept = sweep()

    assert (swept.looked_at, swept.escalated) == (2, 0)
    assert WorkItem.objects.get(pk=due_soon.pk).alarm_at > now()
    assert WorkItem.objects.get(pk=stuck.pk).escalated_at is None
    assert len(list(mended(SERIES, scope()))) == 1
    assert sweep().escalated == 1
    assert SupervisionOrder.objects.filter(work_item=stuck).exists()
