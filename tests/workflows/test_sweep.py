"""The sweep: warned once, escalated once, in few statements, however often and in however many lots."""

from __future__ import annotations

import datetime

import pytest
from django.db import IntegrityError, OperationalError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import now

from casework.models import CalendarDay, Event, Office, Role, SupervisionOrder, WorkItem
from notifications.models import Message
from tests.factories import OfficeFactory
from tests.workflows.late import begun, moment, overdue
from tests.world import COUNTY, TOWNSHIP, VILLAGE, World, open_item
from workflows import clock, trail
from workflows import sweep as sweeping
from workflows.holding import claim
from workflows.perform import perform
from workflows.sweep import Swept, sweep

WARNED_AT, DUE_AT = moment("2026-11-11T17:30"), moment("2026-11-16T17:30")
SECOND = datetime.timedelta(seconds=1)


@pytest.fixture
def item(world: World) -> WorkItem:
    """At the township since Monday 2 November 2026: warned on the 11th, due on the 16th."""
    return begun(world.case("township"), "2026-11-02T09:00")


def fresh(item: WorkItem) -> WorkItem:
    return WorkItem.objects.get(pk=item.pk)


def actions(item: WorkItem) -> list[str]:
    return [event.action for event in Event.objects.filter(case=item.process) if event.actor_id is None]


def test_nobody_is_warned_before_it_is_time(item: WorkItem) -> None:
    assert sweep(at=WARNED_AT - SECOND) == Swept()
    assert fresh(item).warned_at is None


def test_at_seven_tenths_whoever_waits_for_it_is_warned(item: WorkItem) -> None:
    assert sweep(at=WARNED_AT) == Swept(1, warned=1)
    found = fresh(item)
    assert (found.warned_at, found.alarm_at) == (WARNED_AT, DUE_AT)
    message = Message.objects.get(template="deadline.warned")
    assert (message.subject, message.audience) == (f"queue:{TOWNSHIP}.township_reviewer", "staff")
    assert message.context == {"case": item.process.number, "step": "township", "due": "2026-11-16"}
    event = Event.objects.get(action="deadline_warned")
    assert (event.details, event.actor_name) == ({"step": "township", "due": "2026-11-16"}, "系统")


def test_whoever_has_it_in_hand_is_told_in_person(world: World, item: WorkItem) -> None:
    reviewer = world.by(Role.TOWNSHIP_REVIEWER)
    claim(item.pk, by=reviewer)
    sweep(at=WARNED_AT)
    assert Message.objects.get(template="deadline.warned").subject == f"staff:{reviewer.pk}"


def test_when_it_is_over_the_office_above_is_told_once(item: WorkItem) -> None:
    sweep(at=WARNED_AT)
    assert sweep(at=DUE_AT) == Swept(1, escalated=1)
    order = SupervisionOrder.objects.get(work_item=item)
    assert (order.responsible, order.supervising, order.county, order.state) == (TOWNSHIP, COUNTY, COUNTY, "open")
    assert (order.due_at, order.raised_at, order.case) == (DUE_AT, DUE_AT, item.process)
    assert order.number == f"DB{COUNTY}202600001"
    found = fresh(item)
    assert (found.escalated_at, found.alarm_at) == (DUE_AT, None)
    event = Event.objects.get(action="escalated")
    assert event.details == {
        "step": "township",
        "due": "2026-11-16",
        "order": order.number,
        "from": COUNTY,
        "to": TOWNSHIP,
    }
    told = Message.objects.filter(template__in=("deadline.escalated", "deadline.supervised"))
    assert {message.subject for message in told} == {f"queue:{TOWNSHIP}.township_reviewer", f"office:{COUNTY}"}
    assert {message.context["order"] for message in told} == {order.number}
    assert actions(item) == ["deadline_warned", "escalated"]
    assert list(trail.breaks(event.chain)) == []


def test_what_is_found_too_late_to_be_warned_of_is_escalated_at_once(item: WorkItem) -> None:
    assert sweep(at=DUE_AT) == Swept(1, escalated=1)
    assert actions(item) == ["escalated"]


def test_a_second_sweep_does_nothing(item: WorkItem) -> None:
    sweep(at=WARNED_AT)
    assert sweep(at=WARNED_AT) == Swept()
    sweep(at=DUE_AT)
    assert sweep(at=DUE_AT + datetime.timedelta(days=30)) == Swept()
    assert (SupervisionOrder.objects.count(), Event.objects.filter(action="escalated").count()) == (1, 1)


def test_the_database_has_one_order_for_a_work_item(item: WorkItem) -> None:
    sweep(at=DUE_AT)
    order = SupervisionOrder.objects.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        SupervisionOrder.objects.create(
            number="DB2",
            work_item=item,
            case=order.case,
            county=COUNTY,
            responsible=TOWNSHIP,
            supervising=COUNTY,
            due_at=DUE_AT,
            raised_at=DUE_AT,
        )


def test_what_is_done_is_left_alone(world: World, item: WorkItem) -> None:
    perform(item.pk, "pass", by=world.by(Role.TOWNSHIP_REVIEWER))
    sweep(at=DUE_AT)
    assert fresh(item).escalated_at is None


def test_a_suspended_case_is_looked_at_again_on_its_day(world: World, item: WorkItem) -> None:
    values = {"review_on": datetime.date(2026, 11, 20)}
    reviewer, at = world.by(Role.TOWNSHIP_REVIEWER), moment("2026-11-10T10:00")
    perform(item.pk, "suspend", by=reviewer, reasons=["applicant_away"], values=values, at=at)
    assert sweep(at=DUE_AT) == Swept()
    assert sweep(at=moment("2026-11-17T17:30")) == Swept(1, warned=1)
    assert sweep(at=moment("2026-11-20T17:30")) == Swept(1, escalated=1)
    order = SupervisionOrder.objects.get()
    assert (order.work_item, order.responsible) == (open_item(item.process), COUNTY)


def test_after_a_pause_it_is_warned_of_by_what_is_left(world: World, item: WorkItem) -> None:
    values = {"review_on": datetime.date(2026, 11, 30)}
    reviewer, clerk = world.by(Role.TOWNSHIP_REVIEWER), world.by(Role.INTAKE_CLERK)
    begins, ends = moment("2026-11-05T10:00"), moment("2026-11-19T10:00")
    perform(item.pk, "suspend", by=reviewer, reasons=["applicant_away"], values=values, at=begins)
    perform(open_item(item.process).pk, "resume", by=clerk, at=ends)
    again = open_item(item.process)
    # Used: 3 and 4 November; then the 19th is the third day, the 25th the seventh, the 30th the tenth.
    assert sweep(at=moment("2026-11-25T17:29")) == Swept()
    assert sweep(at=moment("2026-11-25T17:30")) == Swept(1, warned=1)
    assert fresh(again).due_at == moment("2026-11-30T17:30")


def test_the_calendar_as_it_is_decides_and_not_as_it_was(item: WorkItem) -> None:
    CalendarDay.objects.create(day="2026-11-12", working=False, name="临时放假")
    clock.forget()
    assert sweep(at=DUE_AT) == Swept(1, warned=1)
    assert fresh(item).due_at == moment("2026-11-17T17:30")


def test_an_item_rung_too_early_is_set_right_and_nothing_said(item: WorkItem) -> None:
    WorkItem.objects.filter(pk=item.pk).update(alarm_at=moment("2026-11-03T09:00"))
    assert sweep(at=moment("2026-11-04T09:00")) == Swept(1)
    assert fresh(item).alarm_at == WARNED_AT
    assert actions(item) == []


@pytest.mark.parametrize(
    ("step", "offices", "supervising"),
    [
        ("village", (TOWNSHIP, COUNTY), TOWNSHIP),
        ("village", (COUNTY,), COUNTY),
        ("village", (), VILLAGE),
        ("county", ("4309", "43"), "4309"),
        ("county", ("43",), "43"),
        ("county", (), COUNTY),
    ],
)
def test_the_nearest_office_above_supervises_and_the_highest_itself(
    world: World, step: str, offices: tuple[str, ...], supervising: str
) -> None:
    found = overdue(world, step)
    OfficeFactory(division_id="4309")
    OfficeFactory(division_id="43")
    Office.objects.exclude(division_id__in=(*offices, found.office)).update(valid_to="2026-01-01")
    # Another kind of office is no office above.
    OfficeFactory(division_id=TOWNSHIP, kind=Office.Kind.BANK, name="银行")
    sweep()
    assert SupervisionOrder.objects.get().supervising == supervising


def test_numbers_run_on_office_by_office_and_year_by_year(world: World) -> None:
    for step in ("township", "village", "township", "county"):
        overdue(world, step)
    sweep(at=moment("2027-01-04T09:00"))
    overdue(world, "township")
    sweep(at=moment("2027-02-04T09:00"))
    numbers = set(SupervisionOrder.objects.values_list("number", flat=True))
    assert numbers == {*(f"DB{COUNTY}20270000{n}" for n in (1, 2, 3, 4)), f"DB{TOWNSHIP}202700001"}


def test_no_more_is_looked_at_than_asked_for_and_the_longest_waiting_first(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweeping, "AT_A_TIME", 2)
    items = [begun(world.case("township"), f"2026-10-{day:02}T09:00") for day in (14, 12, 9, 13, 10)]
    assert sweep(limit=3, at=DUE_AT) == Swept(3, escalated=3)
    assert [fresh(item).escalated_at is not None for item in items] == [False, True, True, False, True]
    assert sweep(at=DUE_AT) == Swept(2, escalated=2)


def test_what_somebody_is_at_is_left_for_the_next_time(item: WorkItem, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweeping, "unlocked", lambda items, *of: items.none())
    assert sweep(at=DUE_AT) == Swept()
    monkeypatch.undo()
    assert sweep(at=DUE_AT) == Swept(1, escalated=1)


def test_a_fault_in_the_middle_of_a_lot_leaves_nothing_and_is_told_of_its_item(
    item: WorkItem, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def burst(said: object) -> None:
        raise RuntimeError("the lights went out")

    monkeypatch.setattr(sweeping, "tell_all", burst)
    assert sweep(at=DUE_AT) == Swept(1)
    assert f"the deadline of item {item.pk} cannot be looked at: RuntimeError" in caplog.text
    assert "lights" not in caplog.text
    assert (fresh(item).escalated_at, fresh(item).alarm_at) == (None, item.alarm_at), "it goes on ringing"
    assert not SupervisionOrder.objects.exists() and actions(item) == []


def test_a_database_that_is_gone_is_no_items_fault(item: WorkItem, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(said: object) -> None:
        raise OperationalError("server closed the connection")

    monkeypatch.setattr(sweeping, "tell_all", gone)
    with pytest.raises(OperationalError):
        sweep(at=DUE_AT)
    assert fresh(item).escalated_at is None


def statements(world: World, count: int) -> int:
    for _ in range(count):
        overdue(world)
    with CaptureQueriesContext(connection) as captured:
        assert sweep(at=now()).escalated == count
    return len(captured.captured_queries)


def test_ten_take_no_more_statements_than_two(world: World) -> None:
    assert statements(world, 2) == statements(world, 10)
