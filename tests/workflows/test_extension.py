"""Extending a deadline: once, for a reason, in time, by the head of the office or the nearest above."""

from __future__ import annotations

import datetime
from fractions import Fraction

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.utils.timezone import localtime, now

from casework.models import DeadlineExtension, DeclaredRelative, Event, Office, Role, WorkItem
from notifications.models import Message
from tests.factories import OfficeFactory
from tests.workflows.late import begun, head_of, moment
from tests.world import COUNTY, OTHER_VILLAGE, TOWNSHIP, VILLAGE, World, open_item
from workflows import extension, trail
from workflows.extension import extend
from workflows.limits import Deadline
from workflows.perform import perform
from workflows.refusals import NotAllowed, Recused, Refusal
from workflows.sweep import sweep

REASON = "病历要到外省调取，路上要一周"


@pytest.fixture
def item(world: World) -> WorkItem:
    """At the township since Monday 2 November 2026, due on the 16th."""
    return begun(world.case("township"), "2026-11-02T09:00")


@pytest.fixture(autouse=True)
def _a_week_later() -> object:
    with time_machine.travel(moment("2026-11-09T10:00"), tick=False):
        yield


def due(item: WorkItem) -> str:
    return localtime(WorkItem.objects.get(pk=item.pk).due_at).date().isoformat()


def test_the_head_gives_more_days_and_the_alarm_moves_with_them(item: WorkItem) -> None:
    head = head_of(TOWNSHIP)
    granted = extend(item.pk, 5, by=head, reason=REASON)
    assert due(item) == "2026-11-23"
    fresh = WorkItem.objects.get(pk=item.pk)
    assert (fresh.extra_days, fresh.alarm_at) == (5, moment("2026-11-16T17:30"))
    assert (granted.days, granted.granted_by, granted.reason) == (5, head, REASON)
    assert granted.due_before == moment("2026-11-16T17:30")


def test_who_was_warned_of_the_old_deadline_is_warned_of_the_new_one(item: WorkItem) -> None:
    with time_machine.travel(moment("2026-11-12T10:00"), tick=False):
        sweep()
        extend(item.pk, 5, by=head_of(TOWNSHIP), reason=REASON)
        assert WorkItem.objects.get(pk=item.pk).warned_at is None
    sweep(at=moment("2026-11-16T17:30"))
    said = Message.objects.filter(template="deadline.warned").order_by("id")
    assert [message.context["due"] for message in said] == ["2026-11-16", "2026-11-23"]


def test_an_extension_so_short_that_it_is_time_all_the_same_is_not_warned_of_again(item: WorkItem) -> None:
    with time_machine.travel(moment("2026-11-12T18:00"), tick=False):
        sweep()
        extend(item.pk, 1, by=head_of(TOWNSHIP), reason=REASON)
        found = WorkItem.objects.get(pk=item.pk)
        assert found.warned_at is not None
        assert (found.alarm_at, due(item)) == (moment("2026-11-17T17:30"), "2026-11-17")


def test_it_is_in_the_trail_without_the_words(item: WorkItem) -> None:
    extend(item.pk, 5, by=head_of(TOWNSHIP), reason=REASON)
    event = Event.objects.get(action="deadline_extended")
    assert {name: event.details[name] for name in ("step", "days", "due", "until")} == {
        "step": "township",
        "days": 5,
        "due": "2026-11-16",
        "until": "2026-11-23",
    }
    assert REASON not in str(event.details) and len(event.details["reason_digest"]) == 64
    assert list(trail.breaks(event.chain)) == []


def test_a_second_time_is_refused_by_the_verb_and_by_the_database(item: WorkItem) -> None:
    head = head_of(TOWNSHIP)
    extend(item.pk, 5, by=head, reason=REASON)
    with pytest.raises(NotAllowed, match="已延长过一次"):
        extend(item.pk, 3, by=head, reason=REASON)
    with pytest.raises(IntegrityError), transaction.atomic():
        DeadlineExtension.objects.create(
            work_item=item, days=1, reason=REASON, granted_by=head, granted_at=now(), due_before=item.due_at
        )


def test_a_double_click_is_granted_once(item: WorkItem) -> None:
    head = head_of(TOWNSHIP)
    assert extend(item.pk, 5, by=head, reason=REASON) == extend(item.pk, 5, by=head, reason=REASON)
    assert Event.objects.filter(action="deadline_extended").count() == 1
    assert due(item) == "2026-11-23"


def test_a_step_that_comes_back_after_a_pause_has_had_its_extension(world: World, item: WorkItem) -> None:
    head, clerk = head_of(TOWNSHIP), world.by(Role.INTAKE_CLERK)
    extend(item.pk, 5, by=head, reason=REASON)
    values = {"review_on": datetime.date(2026, 11, 20)}
    perform(item.pk, "suspend", by=world.by(Role.TOWNSHIP_REVIEWER), reasons=["applicant_away"], values=values)
    perform(open_item(item.process).pk, "resume", by=clerk, at=moment("2026-11-11T10:00"))
    again = open_item(item.process)
    assert due(again) == "2026-11-25"
    with pytest.raises(NotAllowed, match="已延长过一次"):
        extend(again.pk, 1, by=head, reason=REASON)


@pytest.mark.parametrize("days", [0, -1, 11])
def test_no_more_than_the_terms_allow(item: WorkItem, days: int) -> None:
    with pytest.raises(NotAllowed, match="1到10之间"):
        extend(item.pk, days, by=head_of(TOWNSHIP), reason=REASON)
    assert due(item) == "2026-11-16"


@pytest.mark.parametrize(("most", "days", "says"), [(0, 1, "不能延长"), (3, 4, "1到3之间")])
def test_the_terms_may_allow_less(
    item: WorkItem, monkeypatch: pytest.MonkeyPatch, most: int, days: int, says: str
) -> None:
    limit = Deadline(10, extension=most, warn_at=Fraction(1, 2))
    monkeypatch.setattr(extension, "limit_for", lambda item: limit)
    with pytest.raises(NotAllowed, match=says):
        extend(item.pk, days, by=head_of(TOWNSHIP), reason=REASON)


@pytest.mark.parametrize("reason", ["", "  ", "急"])
def test_without_a_reason_there_is_none(item: WorkItem, reason: str) -> None:
    with pytest.raises(NotAllowed, match="请说明理由"):
        extend(item.pk, 5, by=head_of(TOWNSHIP), reason=reason)


def test_what_is_overdue_is_not_extended(item: WorkItem) -> None:
    head = head_of(TOWNSHIP)
    with time_machine.travel(moment("2026-11-16T17:31"), tick=False), pytest.raises(NotAllowed, match="期限已经过了"):
        extend(item.pk, 5, by=head, reason=REASON)


def test_what_is_done_is_not_extended(world: World, item: WorkItem) -> None:
    perform(item.pk, "pass", by=world.by(Role.TOWNSHIP_REVIEWER))
    with pytest.raises(NotAllowed, match="已经办完"):
        extend(item.pk, 5, by=head_of(TOWNSHIP), reason=REASON)


def test_a_day_of_review_is_not_extended(world: World, item: WorkItem) -> None:
    values = {"review_on": datetime.date(2026, 11, 20)}
    perform(item.pk, "suspend", by=world.by(Role.TOWNSHIP_REVIEWER), reasons=["applicant_away"], values=values)
    with pytest.raises(NotAllowed, match="复查日期"):
        extend(open_item(item.process).pk, 5, by=head_of(COUNTY), reason=REASON)


def test_only_the_head_extends_and_not_the_one_who_is_late(world: World, item: WorkItem) -> None:
    head_of(TOWNSHIP)
    for somebody in (world.by(Role.TOWNSHIP_REVIEWER), world.by(Role.SUPERVISOR), head_of(COUNTY), head_of(VILLAGE)):
        with pytest.raises(NotAllowed, match="桃花江镇的负责人"):
            extend(item.pk, 5, by=somebody, reason=REASON)
    assert due(item) == "2026-11-16"


def test_an_office_without_a_head_has_the_nearest_above(world: World) -> None:
    item = begun(world.case("village"), "2026-11-02T09:00")
    head = head_of(COUNTY)
    head_of(OTHER_VILLAGE)
    extend(item.pk, 5, by=head, reason=REASON)
    assert due(item) == "2026-11-23"
    other = begun(world.case("village"), "2026-11-02T09:00")
    head_of(TOWNSHIP)
    with pytest.raises(NotAllowed, match="桃花江镇的负责人"):
        extend(other.pk, 5, by=head, reason=REASON)


def test_a_head_whose_post_or_office_has_ended_is_none(world: World, item: WorkItem) -> None:
    head_of(TOWNSHIP).posts.update(valid_to="2026-11-08")
    with pytest.raises(NotAllowed, match="都没有设“负责人”"):
        extend(item.pk, 5, by=world.by(Role.TOWNSHIP_REVIEWER), reason=REASON)
    closed = OfficeFactory(division_id=TOWNSHIP, name="撤销的机构")
    head_of(TOWNSHIP).posts.update(office=closed)
    Office.objects.filter(pk=closed.pk).update(valid_to="2026-11-08")
    with pytest.raises(NotAllowed, match="都没有设“负责人”"):
        extend(item.pk, 5, by=world.by(Role.TOWNSHIP_REVIEWER), reason=REASON)


def test_the_head_keeps_out_of_a_relatives_case(item: WorkItem) -> None:
    head = head_of(TOWNSHIP)
    DeclaredRelative.objects.create(
        staff=head, identity_hash=item.process.applicant.identity_hash, relation="弟弟", declared_on="2026-01-01"
    )
    with pytest.raises(Recused):
        extend(item.pk, 5, by=head, reason=REASON)


def test_an_item_that_is_not_there_is_a_refusal(world: World) -> None:
    with pytest.raises(Refusal):
        extend(987654, 5, by=head_of(TOWNSHIP), reason=REASON)
