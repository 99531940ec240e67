"""Supervision orders 督办: answered by the office that is late, struck off 销号 by the office above when it is done."""

from __future__ import annotations

from collections.abc import Collection

from django.db import transaction
from django.utils.timezone import now
from django.utils.translation import gettext as _

from casework.models import Case, Event, Level, Pause, Role, Staff, SupervisionOrder, WorkItem
from workflows import trail
from workflows.reasons import recorded
from workflows.refusals import NotAllowed, NotYourPost, Recused
from workflows.standing import Actor, Seat, office_word, standing

State = SupervisionOrder.State
SUPERVISORS = (Role.OFFICE_HEAD, Role.SUPERVISOR)
LONGEST = 2000


def answer(number: str, explanation: str, *, by: Staff) -> SupervisionOrder:
    """Explain why the step is late and until when it will be done 情况说明; until it is struck off it can be rewritten.

    By whoever does the step, or the head of its office. Raises a `Refusal`; then nothing has changed.
    """
    with transaction.atomic():
        order = _locked(number)
        actor = may_answer(order, by)
        ground = recorded(explanation, {})
        _check_length(explanation)
        if order.explanation == explanation.strip():
            return order
        order.explanation, order.answered_by, order.answered_at = explanation.strip(), by, now()
        order.state = State.ANSWERED
        order.save(update_fields=["explanation", "answered_by", "answered_at", "state"])
        _tell(order, "order_answered", actor, ground)
    return order


def strike_off(number: str, note: str, *, by: Staff) -> SupervisionOrder:
    """Close an order 销号, with a note, once its step is done. Twice is once.

    By the head or the supervisor of the office that supervises, and not by who explained it. Raises a `Refusal`.
    """
    with transaction.atomic():
        order = _locked(number)
        if order.state == State.STRUCK_OFF and order.struck_off_by_id == by.pk:
            return order
        actor = may_strike_off(order, by)
        ground = recorded(note, {})
        _check_length(note)
        order.closing_note, order.struck_off_by, order.struck_off_at = note.strip(), by, now()
        order.state = State.STRUCK_OFF
        order.save(update_fields=["closing_note", "struck_off_by", "struck_off_at", "state"])
        _tell(order, "order_struck_off", actor, ground)
    return order


def may_answer(order: SupervisionOrder, by: Staff) -> Actor:
    """`by`, as one who may explain. Raises a `Refusal` with why not."""
    if order.state == State.STRUCK_OFF:
        raise NotAllowed(_("已经销号，不用再说明。"))
    roles = (order.work_item.role, Role.OFFICE_HEAD)
    said = _("情况由%(office)s的经办人或负责人说明，您现在没有这个岗位。")
    return _in_office(order, order.responsible, roles, by, said)


def may_strike_off(order: SupervisionOrder, by: Staff) -> Actor:
    """`by`, as one who may close the order now. Raises a `Refusal` with why not."""
    if order.state == State.STRUCK_OFF:
        raise NotAllowed(_("已经销号，不用再办。"))
    said = _("销号由%(office)s的负责人或督办员办理，您现在没有这个岗位。")
    actor = _in_office(order, order.supervising, SUPERVISORS, by, said)
    if not is_done(order):
        raise NotAllowed(_("督办的环节还没有办完，办完以后才能销号。"))
    if _have_explained(order, {by.pk, actor.stands_in_for} - {None}):
        raise NotAllowed(_("说明情况的人不能自己销号，请由另一位负责人或督办员办理。"))
    return actor


def _have_explained(order: SupervisionOrder, people: Collection[int | None]) -> bool:
    """Whether one of them has, or somebody in their stead 委托."""
    if order.answered_by_id in people:
        return True
    said = Event.objects.filter(chain=order.case.number, action="order_answered").values_list("details", flat=True)
    return any(one.get("order") == order.number and one.get("stands_in_for") in people for one in said)


def is_done(order: SupervisionOrder) -> bool:
    """Whether the step the order is about is over. While the case is paused, and after it has come back to the step
    with the same clock, it is not. Two statements at most."""
    item = order.work_item
    if item.finished is None:
        return False
    same_clock = {"step": item.step, "clock_from": item.clock_from}
    again = WorkItem.objects.filter(process=order.case_id, finished__isnull=True, **same_clock)
    waiting = Pause.objects.filter(
        case=order.case_id, ended__isnull=True, **{f"stopped__{name}": value for name, value in same_clock.items()}
    )
    return not again.exists() and not waiting.exists()


def _locked(number: str) -> SupervisionOrder:
    """The order, under its case's lock, as everything that writes to a case's trail."""
    case = Case.objects.select_for_update().filter(supervision_orders__number=number).first()
    order = SupervisionOrder.objects.select_related("work_item").filter(number=number).first()
    if case is None or order is None:
        raise NotAllowed(_("没有这个编号的督办单，请核对编号"))
    order.case = order.work_item.process = case
    return order


def _in_office(order: SupervisionOrder, office: str, roles: tuple[str, ...], by: Staff, refusal: str) -> Actor:
    """`by` in one of these roles in that office, and not to be recused."""
    order.work_item.process = order.case
    for role in roles:
        try:
            seen = standing(by, order.work_item, Seat(role, Level(len(office))))
        except NotYourPost:
            continue
        if seen.recused:
            raise Recused
        return seen.actor
    raise NotAllowed(refusal % {"office": office_word(office)})


def _check_length(text: str) -> None:
    if len(text.strip()) > LONGEST:
        raise NotAllowed(_("最多写%(most)d字，详情请作为材料放入案卷。") % {"most": LONGEST})


def _tell(order: SupervisionOrder, action: str, actor: Actor, ground: dict[str, str]) -> None:
    case = order.case
    details = {"order": order.number, "step": order.work_item.step, **ground}
    event = trail.next_event(case, action, actor=actor, at=now(), details=details)
    event.save(force_insert=True)
    case.save(update_fields=["trail_seq", "trail_head"])
