"""Extending a deadline 延长办理期限: once, with a reason, by the head of the office it waits in."""

from __future__ import annotations

from django.db import transaction
from django.utils.timezone import localtime, now
from django.utils.translation import gettext as _

from casework.models import DeadlineExtension, Level, Pause, Role, Staff, WorkItem
from workflows import deadlines, trail
from workflows.limits import Deadline
from workflows.offices_above import office_with_head
from workflows.perform import OPEN, locked_item
from workflows.reasons import recorded
from workflows.reckoning import limit_for
from workflows.refusals import NotAllowed, NotYourPost, Recused
from workflows.standing import Actor, Seat, office_word, standing

COLUMNS = ("extra_days", "due_at", "alarm_at", "warned_at")


def extend(item_id: int, days: int, *, by: Staff, reason: str) -> DeadlineExtension:
    """Give an open step `days` more days (working or calendar, as its limit is), before it is overdue.

    Only once, and no more than its terms allow. An office without a head has the nearest one above. Raises a
    `Refusal`; then nothing has changed. The same by the same again is what was granted before.
    """
    with transaction.atomic():
        item = locked_item(item_id)
        actor = head_of(item, by)
        before = DeadlineExtension.objects.filter(work_item=item).first()
        if before is not None and (before.days, before.granted_by_id) == (days, by.pk):
            return before
        limit = extendable(item)
        if not 1 <= days <= limit.most_extra_days:
            raise NotAllowed(_("延长的天数应在1到%(most)d之间") % {"most": limit.most_extra_days})
        ground = recorded(reason, {})
        granted = DeadlineExtension.objects.create(
            work_item=item,
            days=days,
            reason=reason.strip()[:500],
            granted_by=by,
            granted_at=now(),
            due_before=item.due_at,
        )
        item.extra_days = days
        found = deadlines.reckon(item, limit, Pause.objects.filter(case=item.process_id))
        deadlines.warn_anew(item, found, granted.granted_at)
        item.save(update_fields=COLUMNS)
        _tell(item, granted, actor, ground)
    return granted


def head_of(item: WorkItem, by: Staff) -> Actor:
    """`by` as the head who may extend this item. Raises `NotAllowed` for anybody else, `Recused` for an own or a
    relative's case."""
    code = office_with_head(item.office)
    if code is None:
        raise NotAllowed(_("这一级和上级机构都没有设“负责人”岗位，不能延长。请联系系统管理员设岗。"))
    try:
        seen = standing(by, item, Seat(Role.OFFICE_HEAD, Level(len(code))))
    except NotYourPost as refused:
        said = _("延长期限由%(office)s的负责人批准，您现在没有这个岗位。")
        raise NotAllowed(said % {"office": office_word(code)}) from refused
    if seen.recused:
        raise Recused
    return seen.actor


def extendable(item: WorkItem) -> Deadline:
    """The limit of an item whose deadline can still be extended. Raises `NotAllowed` with why it cannot."""
    limit = limit_for(item)
    if item.status not in OPEN:
        raise NotAllowed(_("这一步已经办完，不用再延长。"))
    if item.clock_from is None or limit is None:
        raise NotAllowed(_("这一步的日期是写明的复查日期，不按天数计算，不能延长。"))
    if limit.most_extra_days == 0:
        raise NotAllowed(_("方案规定这一步的期限不能延长。"))
    if item.extra_days:
        raise NotAllowed(_("这一步的期限已延长过一次，不能再延长。"))
    if item.due_at < now():
        raise NotAllowed(_("期限已经过了，不能再延长；请抓紧办理，并在督办台账里说明情况。"))
    return limit


def _tell(item: WorkItem, granted: DeadlineExtension, actor: Actor, ground: dict[str, str]) -> None:
    case = item.process
    details = {
        "step": item.step,
        "days": granted.days,
        "due": localtime(granted.due_before).date().isoformat(),
        "until": localtime(item.due_at).date().isoformat(),
        **ground,
    }
    event = trail.next_event(case, "deadline_extended", actor=actor, at=granted.granted_at, details=details)
    event.save(force_insert=True)
    case.save(update_fields=["trail_seq", "trail_head"])
