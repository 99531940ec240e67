"""What becomes of deadlines when cases are moved: clocks go on, and what will be supervised at once is told before."""

from __future__ import annotations

import datetime
from io import StringIO

import pytest
import time_machine
from django.core.management import call_command
from django.utils.timezone import localdate

from casework.models import Pause, Role, SupervisionOrder, WorkItem
from tests.workflows.late import begun, head_of, moment, overdue
from tests.workflows.second_thoughts.stories import brought, fresh, in_days, say, suspended, wanting
from tests.world import TOWNSHIP, World, open_item
from workflows import registry
from workflows.extension import extend
from workflows.limits import Deadline
from workflows.moving import Target, move_all, plans, target_named
from workflows.papers.wanted import Line
from workflows.perform import perform
from workflows.programmes.nursing_subsidy.flow import NursingSubsidyFlow
from workflows.sweep import Swept, sweep

pytestmark = pytest.mark.django_db

NURSING = registry.programme("nursing_subsidy")
FIRST = Target(flow=NursingSubsidyFlow)
OLD_TERMS, NEW_TERMS = target_named(NURSING, "2024-01-01"), target_named(NURSING, "2026-07-01")
TODAY = "2026-11-09T10:00"


@pytest.fixture(autouse=True)
def _a_monday_in_november() -> object:
    with time_machine.travel(moment(TODAY), tick=False):
        yield


@pytest.fixture
def sooner(monkeypatch: pytest.MonkeyPatch) -> None:
    """Under the older terms the township has one day."""
    assert OLD_TERMS.terms is not None
    monkeypatch.setitem(OLD_TERMS.terms.deadlines, "township", Deadline(1))  # type: ignore[arg-type]  # a dict, as loaded


def clock_of(item: WorkItem) -> tuple[object, ...]:
    found = WorkItem.objects.get(pk=item.pk)
    return found.clock_from, found.due_at, found.alarm_at, found.extra_days


@pytest.mark.usefixtures("sooner")
def test_what_is_late_by_its_new_deadline_is_supervised_by_the_next_sweep_and_told_before(world: World) -> None:
    """Under the terms they have it is not even time to remind anybody."""
    late, in_time = begun(world.case("township"), "2026-11-04T09:00"), begun(world.case("county"), "2026-11-04T09:00")
    assert sweep() == Swept()

    told = {one.case_number: one.late for one in plans(NURSING, OLD_TERMS)}
    assert told == {late.process.number: True, in_time.process.number: False}
    assert sweep() == Swept(), "a plan moves nothing"
    assert {one.case_number: one.late for one in move_all(NURSING, OLD_TERMS)} == told

    assert sweep().escalated == 1
    assert SupervisionOrder.objects.get().case == late.process
    assert not any(one.late for one in move_all(NURSING, NEW_TERMS)), "nobody is supervised twice"


@pytest.mark.usefixtures("sooner")
def test_moved_back_before_the_sweep_has_come_a_clock_is_as_it_was(world: World) -> None:
    item = begun(world.case("township"), "2026-11-04T09:00")
    before = clock_of(item)
    list(move_all(NURSING, OLD_TERMS))
    assert clock_of(item) != before
    list(move_all(NURSING, NEW_TERMS))
    assert clock_of(item) == before


def test_an_extension_is_kept(world: World) -> None:
    item = begun(world.case("township"), "2026-11-06T09:00")
    extend(item.pk, 3, by=head_of(TOWNSHIP), reason="材料较多")
    before = clock_of(item)
    (moved,) = move_all(NURSING, FIRST)
    assert (clock_of(item), moved.due_after) == (before, moved.due_before)


def test_a_suspended_case_keeps_the_day_that_was_written_down(world: World) -> None:
    case = suspended(world, days=40)
    list(move_all(NURSING, OLD_TERMS))
    item = open_item(case)
    assert (item.due_at.astimezone(moment(TODAY).tzinfo).date(), item.clock_from) == (in_days(40), None)


@pytest.mark.usefixtures("sooner")
def test_a_clock_that_went_on_after_a_pause_goes_on(world: World) -> None:
    """Of the days that have passed, two do not count."""
    item = begun(world.case("township"), "2026-11-04T09:00")
    stopped = {"began": moment("2026-11-05T10:00"), "ended": moment("2026-11-06T18:00")}
    item.process.pauses.create(kind="correction", stopped=item, **stopped)
    list(move_all(NURSING, OLD_TERMS))
    assert WorkItem.objects.get(pk=item.pk).due_at == moment("2026-11-09T17:30")
    assert sweep().escalated == 0


def test_the_command_says_how_many_there_will_be(world: World) -> None:
    overdue(world)
    begun(world.case("county"), f"{localdate() - datetime.timedelta(days=1)}T09:00")

    def run(to: str, *more: str) -> str:
        out = StringIO()
        call_command("migrate_cases", "nursing_subsidy", "--to", to, *more, stdout=out)
        return out.getvalue()

    for said in (run("1", "--dry-run"), run("1")):
        assert "其中 1 件按移动后的期限已经超期、还没有督办" in said
        assert said.count("已超期，将督办") == 1
    assert "其中" not in run("1")
    assert sweep().escalated == 1
    assert "没有因此要督办的。" in run("2")


@pytest.mark.parametrize("goes_on", ["resubmit", "withdraw"])
def test_a_pause_ends_when_its_case_goes_on_though_it_was_moved_while_it_waited(world: World, goes_on: str) -> None:
    """The first version waits for papers as well, and knows of no pause: what began one must not be left open."""
    case, clerk = wanting(world), world.by(Role.INTAKE_CLERK)
    (moved,) = move_all(NURSING, FIRST)
    assert not moved.refused
    assert Pause.objects.get(case=case).ended is None, "nobody has brought anything"

    reasons = ["applicant_withdrew"] if goes_on == "withdraw" else []
    perform(open_item(case).pk, goes_on, by=clerk, reasons=reasons)

    assert Pause.objects.get(case=case).ended is not None
    if goes_on == "resubmit":
        list(move_all(NURSING, target_named(NURSING, "2")))
        wanting(world, [Line(kind="invoice")], fresh(case))
        assert Pause.objects.filter(case=case, ended__isnull=True).count() == 1


def test_moved_there_and_back_while_it_waits_for_papers_its_clock_goes_on(world: World) -> None:
    item = begun(world.case("intake"), "2026-11-06T09:00")
    case = wanting(world, case=item.process)
    list(move_all(NURSING, FIRST))
    list(move_all(NURSING, target_named(NURSING, "2")))
    say(case, "resubmit", world.by(Role.INTAKE_CLERK), ticks=brought(case))
    assert open_item(case).clock_from == item.clock_from
