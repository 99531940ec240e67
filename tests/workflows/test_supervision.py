"""Supervision orders: explained by the office that is late, struck off by the one above when the step is done."""

from __future__ import annotations

import datetime

import pytest
from django.utils.timezone import localdate

from casework.models import Case, DeclaredRelative, Event, Post, Role, Staff, SupervisionOrder
from tests.factories import StaffFactory
from tests.workflows.late import head_of, supervised, supervisor_of
from tests.world import COUNTY, TOWNSHIP, VILLAGE, World, open_item
from workflows import trail
from workflows.perform import perform
from workflows.posts import Days, lend
from workflows.refusals import NotAllowed, Recused
from workflows.supervision import answer, is_done, strike_off

WHY = "审核员住院，已由同事接手，本周内办完"
NOTE = "已办结，说明属实"


@pytest.fixture
def order(world: World) -> SupervisionOrder:
    return supervised(world)


def done(world: World, order: SupervisionOrder) -> None:
    perform(order.work_item_id, "pass", by=world.by(Role.TOWNSHIP_REVIEWER))


def fresh(order: SupervisionOrder) -> SupervisionOrder:
    return SupervisionOrder.objects.get(pk=order.pk)


def test_whoever_does_the_step_explains(world: World, order: SupervisionOrder) -> None:
    reviewer = world.by(Role.TOWNSHIP_REVIEWER)
    answer(order.number, f"  {WHY} ", by=reviewer)
    found = fresh(order)
    assert (found.state, found.explanation, found.answered_by) == ("answered", WHY, reviewer)
    event = Event.objects.get(action="order_answered")
    assert event.details["order"] == order.number and WHY not in str(event.details)
    assert list(trail.breaks(event.chain)) == []


def test_so_may_the_head_of_the_office_and_it_can_be_rewritten(world: World, order: SupervisionOrder) -> None:
    answer(order.number, WHY, by=world.by(Role.TOWNSHIP_REVIEWER))
    head = head_of(TOWNSHIP)
    answer(order.number, WHY + "。", by=head)
    assert (fresh(order).explanation, fresh(order).answered_by) == (WHY + "。", head)


def test_the_same_explanation_twice_is_once(world: World, order: SupervisionOrder) -> None:
    for _ in range(2):
        answer(order.number, WHY, by=world.by(Role.TOWNSHIP_REVIEWER))
    assert Event.objects.filter(action="order_answered").count() == 1


@pytest.mark.parametrize(("text", "says"), [("", "请说明理由"), ("忙", "请说明理由"), ("忙" * 2001, "最多写2000字")])
def test_an_explanation_says_something_and_not_everything(
    world: World, order: SupervisionOrder, text: str, says: str
) -> None:
    with pytest.raises(NotAllowed, match=says):
        answer(order.number, text, by=world.by(Role.TOWNSHIP_REVIEWER))
    assert fresh(order).state == "open"


def test_nobody_else_explains(world: World, order: SupervisionOrder) -> None:
    for somebody in (world.by(Role.VILLAGE_VERIFIER), world.by(Role.SUPERVISOR), head_of(COUNTY), head_of(VILLAGE)):
        with pytest.raises(NotAllowed, match="桃花江镇的经办人或负责人"):
            answer(order.number, WHY, by=somebody)


@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.OFFICE_HEAD])
def test_the_office_above_strikes_it_off_when_the_step_is_done(
    world: World, order: SupervisionOrder, role: str
) -> None:
    by = StaffFactory(post=(role, COUNTY))
    done(world, order)
    strike_off(order.number, NOTE, by=by)
    found = fresh(order)
    assert (found.state, found.closing_note, found.struck_off_by) == ("struck_off", NOTE, by)
    assert Event.objects.get(action="order_struck_off").details["order"] == order.number
    assert strike_off(order.number, NOTE, by=by).struck_off_at == found.struck_off_at, "twice is once"
    assert Event.objects.filter(action="order_struck_off").count() == 1


def test_it_is_not_struck_off_before_the_step_is_done(world: World, order: SupervisionOrder) -> None:
    with pytest.raises(NotAllowed, match="还没有办完"):
        strike_off(order.number, NOTE, by=supervisor_of(COUNTY))
    assert fresh(order).state == "open"


def test_a_step_that_was_only_stopped_is_not_done(world: World, order: SupervisionOrder) -> None:
    """Neither while the case is suspended nor when it has come back; the clock that goes on says it is the same."""
    values = {"review_on": localdate() + datetime.timedelta(days=10)}
    reviewer = world.by(Role.TOWNSHIP_REVIEWER)
    perform(order.work_item_id, "suspend", by=reviewer, reasons=["applicant_away"], values=values)
    assert not is_done(fresh(order))
    perform(open_item(order.case).pk, "resume", by=world.by(Role.INTAKE_CLERK))
    assert not is_done(fresh(order))
    with pytest.raises(NotAllowed, match="还没有办完"):
        strike_off(order.number, NOTE, by=supervisor_of(COUNTY))
    perform(open_item(order.case).pk, "pass", by=reviewer)
    assert is_done(fresh(order))


def test_a_case_that_is_ended_instead_is_done(world: World, order: SupervisionOrder) -> None:
    perform(order.work_item_id, "terminate", by=world.by(Role.INTAKE_CLERK), reasons=["died"])
    strike_off(order.number, NOTE, by=supervisor_of(COUNTY))
    assert fresh(order).state == "struck_off"


def test_nobody_else_strikes_it_off(world: World, order: SupervisionOrder) -> None:
    done(world, order)
    for somebody in (
        world.by(Role.TOWNSHIP_REVIEWER),
        world.by(Role.COUNTY_APPROVER),
        head_of(TOWNSHIP),
        supervisor_of(TOWNSHIP),
        supervisor_of("4309"),
    ):
        with pytest.raises(NotAllowed, match="桃江县的负责人或督办员"):
            strike_off(order.number, NOTE, by=somebody)


def test_who_explained_it_does_not_strike_it_off(world: World) -> None:
    """Where no office above is there, an office watches itself, and two of its people do."""
    order = supervised(world, "county")
    assert (order.responsible, order.supervising) == (COUNTY, COUNTY)
    head = head_of(COUNTY)
    answer(order.number, WHY, by=head)
    perform(order.work_item_id, "approve", by=world.by(Role.COUNTY_APPROVER))
    with pytest.raises(NotAllowed, match="不能自己销号"):
        strike_off(order.number, NOTE, by=head)
    strike_off(order.number, NOTE, by=supervisor_of(COUNTY))


def test_what_is_struck_off_stays_so(world: World, order: SupervisionOrder) -> None:
    done(world, order)
    strike_off(order.number, NOTE, by=supervisor_of(COUNTY))
    with pytest.raises(NotAllowed, match="已经销号"):
        strike_off(order.number, "再看一次", by=supervisor_of(COUNTY))
    with pytest.raises(NotAllowed, match="已经销号"):
        answer(order.number, WHY, by=world.by(Role.TOWNSHIP_REVIEWER))


def kin(staff: Staff, case: Case) -> None:
    DeclaredRelative.objects.create(
        staff=staff, identity_hash=case.applicant.identity_hash, relation="姐姐", declared_on="2026-01-01"
    )


def test_whoever_must_keep_out_of_the_case_keeps_out_of_its_order(world: World, order: SupervisionOrder) -> None:
    reviewer, supervisor = world.by(Role.TOWNSHIP_REVIEWER), supervisor_of(COUNTY)
    done(world, order)
    kin(reviewer, order.case)
    kin(supervisor, order.case)
    with pytest.raises(Recused):
        answer(order.number, WHY, by=reviewer)
    with pytest.raises(Recused):
        strike_off(order.number, NOTE, by=supervisor)


def test_an_order_that_is_not_there_is_said_so(world: World) -> None:
    with pytest.raises(NotAllowed, match="没有这个编号"):
        answer("DB0", WHY, by=world.by(Role.TOWNSHIP_REVIEWER))


def lent_for_the_week(post: Post, to: Staff) -> Staff:
    week = Days(localdate(), localdate() + datetime.timedelta(days=6))
    lend(post.pk, to, week, by=post.staff, reason="leave")
    return to


def test_who_explained_it_does_not_send_somebody_else_to_strike_it_off(world: World) -> None:
    """Nor does somebody strike off what was explained in their stead."""
    order = supervised(world, "county")
    head = head_of(COUNTY)
    heads = Post.objects.get(staff=head)
    deputy, before = (lent_for_the_week(heads, StaffFactory()) for _count in range(2))
    answer(order.number, WHY, by=head)
    perform(order.work_item_id, "approve", by=world.by(Role.COUNTY_APPROVER))
    with pytest.raises(NotAllowed, match="不能自己销号"):
        strike_off(order.number, NOTE, by=deputy)

    SupervisionOrder.objects.filter(pk=order.pk).update(state="open", explanation="")
    answer(order.number, WHY, by=before)
    assert Event.objects.filter(action="order_answered").latest("seq").details["stands_in_for"] == head.pk
    with pytest.raises(NotAllowed, match="不能自己销号"):
        strike_off(order.number, NOTE, by=head)
    strike_off(order.number, NOTE, by=supervisor_of(COUNTY))
