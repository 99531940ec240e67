"""Whose hands a case is in: taking it up, putting it back, passing it on, and what a verb that is no outcome (a
paper, a correction) asks before it acts.

To hold an item is to say to one's colleagues "leave this to me". It decides nothing, so it is no step of the flow; but
it is an act on a case, and stands in its trail.
"""

from __future__ import annotations

import datetime

from django.db import transaction
from django.db.models import Q
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from viewflow.workflow.status import STATUS

from casework.models import Capacity, Case, Participation, Post, Staff, WorkItem
from workflows import trail
from workflows.flow import Step
from workflows.outcomes import Hand
from workflows.perform import OPEN, locked_item
from workflows.refusals import HadAPart, HeldByAnother, NotAllowed, NotYourPost
from workflows.standing import SYSTEM, Actor, Standing, check_had_no_part, standing


def lock_case(number: str) -> Case:
    """The case, locked and read afresh. Raises `NotAllowed` when there is none of that number."""
    case = Case.objects.select_for_update().filter(number=number).first()
    if case is None:
        raise NotAllowed(_("没有这个案号的案件，请核对案号"))
    return case


def open_step(case: Case) -> tuple[WorkItem, Step]:
    """The one work item the case waits in, and its step. Raises `NotAllowed` when the case has ended."""
    item = WorkItem.objects.filter(process=case, finished__isnull=True).first()
    if item is None or item.flow_task is None:
        raise NotAllowed(_("案件已经结束（%(stage)s），不能再改") % {"stage": case.get_stage_display()})
    item.process = case
    return item, item.flow_task


def holder(item: WorkItem, step: Step, by: Staff, hand: Hand | None = None) -> Actor:
    """`by`, acting in the post the open step waits for, or in the `hand` that an outcome of it names.

    Raises `NotYourPost` without that post, `Recused` for an own or a relative's case, `SecondHat` for somebody who
    has taken part as something else, `HeldByAnother` when a colleague has claimed it.
    """
    seen = standing(by, item, hand)
    seen.check_may_act(item, hand.capacity if hand else step.capacity, held=hand is None)
    return seen.actor


def claim(item_id: int, *, by: Staff) -> WorkItem:
    """Take an open item up 领取: from now on only `by` may end it. Claiming what one holds changes nothing.

    Raises what `holder` raises. An item whose holder has left the post is taken over: nobody else could free it.
    """
    with transaction.atomic():
        item = _locked_open(item_id)
        seen = standing(by, item)
        if item.owner_id == by.pk:
            return item
        left = item.owner_id if item.owner_id is not None and not _still_in_post(item) else None
        if left is not None:
            item.owner = None
        check_may_take_up(seen, item)
        details = {"former": left} if left is not None else {}
        pass_to(item, by, "claimed", actor=seen.actor, **details)
    return item


def release(item_id: int, *, by: Staff) -> WorkItem:
    """Put an item back 退回待办 for any colleague. What nobody holds is left as it is.

    Raises `NotYourPost`, and `HeldByAnother` for what is not one's own to put back. Somebody who must keep out of the
    case may, and should.
    """
    with transaction.atomic():
        item = _locked_open(item_id)
        seen = standing(by, item)
        if item.owner_id is None:
            return item
        _check_own(item, by)
        pass_to(item, None, "released", actor=seen.actor)
    return item


def hand_over(item_id: int, *, by: Staff, to: Staff) -> WorkItem:
    """Pass an item 移交 to a colleague of the same role in the same office. What they hold already stays theirs.

    `by` holds it, or could claim it. Raises `NotAllowed` when `to` may not act in this case: without the post, to be
    recused, or with another part taken in it.
    """
    with transaction.atomic():
        item = _locked_open(item_id)
        seen = standing(by, item)
        if item.owner_id == to.pk and to.pk != by.pk:
            return item
        check_may_take_up(seen, item)
        if to.pk == by.pk:
            raise NotAllowed(_("这件就在您手里，不用移交。请选另一个人，或退回待办。"))
        check_can_take(to, item)
        pass_to(item, to, "handed_over", actor=seen.actor, to=to.pk)
    return item


def put_back(item_id: int) -> bool:
    """Put back an item whose holder has left the post, in the system's name. False: there is nothing to put back."""
    with transaction.atomic():
        item = _locked_open(item_id)
        if not has_left(item):
            return False
        assert item.owner_id is not None
        pass_to(item, None, "released", actor=SYSTEM, former=item.owner_id, because="left")
    return True


def colleagues(item: WorkItem, *, besides: Staff, on: datetime.date | None = None) -> list[Staff]:
    """Who an item could be passed to: the same role in the same office today, with no other part in the case.

    Who must keep out for kinship is not told from this list (that would tell of the kinship): `hand_over` refuses.
    """
    posts = Post.objects.in_force(on or localdate()).filter(role=item.role, office__division=item.office)
    capacity = item.flow_task.capacity if item.flow_task else None
    parts = Participation.objects.filter(case=item.process_id)
    others = parts if item.flow_task and item.flow_task.for_newcomers else parts.filter(~Q(capacity=capacity))
    found = Staff.objects.filter(pk__in=posts.values("staff")).exclude(pk=besides.pk)
    return list(found.exclude(pk__in=others.values("staff")).order_by("name", "id"))


def has_left(item: WorkItem) -> bool:
    """Whether somebody holds the item who no longer has the post: then a colleague may claim it."""
    return item.owner_id is not None and not _still_in_post(item)


def check_may_take_up(seen: Standing, item: WorkItem) -> None:
    """Raise what `Standing.check_may_act` raises, and `HadAPart` where only a newcomer can do anything: who claimed it
    all the same would keep it from those who can."""
    seen.check_may_act(item, item.flow_task.capacity)
    if item.flow_task.for_newcomers:
        check_had_no_part(seen, item.process)


def _locked_open(item_id: int) -> WorkItem:
    item = locked_item(item_id)
    if item.status not in OPEN:
        raise NotAllowed(_("这一步已经办完，不用再领取、退回或移交。请看案件最新情况。"))
    return item


def _still_in_post(item: WorkItem) -> bool:
    posts = Post.objects.in_force(localdate())
    return posts.filter(staff=item.owner_id, role=item.role, office__division=item.office).exists()


def _check_own(item: WorkItem, by: Staff) -> None:
    if item.owner_id != by.pk:
        raise HeldByAnother(item.owner.name if item.owner else "")


def check_can_take(to: Staff, item: WorkItem) -> None:
    """Raise `NotAllowed` when `to` may not do the step of a locked item: no post, recused, or another part taken."""
    try:
        theirs: Standing = standing(to, item)
    except NotYourPost as refused:
        raise NotAllowed(_("%(name)s没有这一步的岗位，不能移交。请选同一岗位的人。") % {"name": to.name}) from refused
    if item.flow_task.for_newcomers:
        try:
            check_had_no_part(theirs, item.process)
        except HadAPart as refused:
            raise NotAllowed(_("%(name)s参与过这件案子，不能复核。请选另一个人。") % {"name": to.name}) from refused
    if theirs.recused:
        raise NotAllowed(_("按回避规定，%(name)s不能办理这件。请选另一个人。") % {"name": to.name})
    part = theirs.parts.get(to.pk)
    if part is not None and part.capacity != item.flow_task.capacity:
        words = {"name": to.name, "held": str(Capacity(part.capacity).label)}
        raise NotAllowed(_("%(name)s已在这件案子里承担“%(held)s”，不能再办这一步。请选另一个人。") % words)


def pass_to(item: WorkItem, owner: Staff | None, action: str, *, actor: Actor, **details: int | str) -> None:
    """Put a locked item into somebody's hands, or nobody's, with its event. The caller has asked whether it may be."""
    at = now()
    item.owner = owner
    item.status = STATUS.NEW if owner is None else STATUS.ASSIGNED
    item.assigned = None if owner is None else at
    item.save(update_fields=["owner", "status", "assigned"])
    case = item.process
    event = trail.next_event(case, action, actor=actor, at=at, details={"step": item.step, **details})
    event.save(force_insert=True)
    case.save(update_fields=["trail_seq", "trail_head"])
