"""Who holds which post: giving one, lending it from day to day 委托, taking it back, ending it.

A post lent is a post of its own, `lent_by` the one it comes from: the gateway, queues and pages need know nothing more.
It counts as long as its lender's does. Each verb stands in the trail of the person whose post it is (`staff:<id>`).
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from casework.models import Office, Post, Role, Staff
from workflows import trail
from workflows.reasons import recorded
from workflows.refusals import NotAllowed
from workflows.standing import Actor

LONGEST_LENDING = 180
"""Days. [P] our own default: for longer somebody is put in post."""

REASONS: Mapping[str, Any] = {
    "leave": gettext_lazy("请假、休假"),
    "training": gettext_lazy("培训、学习"),
    "illness": gettext_lazy("生病住院"),
    "seconded": gettext_lazy("借调、驻村"),
    "left": gettext_lazy("调离、辞职、退休"),
    "term_over": gettext_lazy("任期届满"),
}
"""Ready to pick; the code goes into the trail."""

GOVERNING = (Role.OFFICE_HEAD, Role.ADMINISTRATOR)


@dataclass(frozen=True, slots=True)
class Days:
    """From one day to another, both included."""

    first: datetime.date
    last: datetime.date


def governing(by: Staff, office_code: str, *, on: datetime.date | None = None) -> Actor | None:
    """`by`, as the head or the administrator over an office, their own or one above it; None when they are neither."""
    above = [office_code[:length] for length in range(2, len(office_code) + 1)]
    posts = Post.objects.in_force(on or localdate()).filter(
        staff=by, role__in=GOVERNING, office__division__in=above, lent_by__isnull=True
    )
    post = posts.select_related("office").order_by("-office__division", "id").first()
    return Actor(by.pk, by.name, post.office.name, post.role) if post else None


def give(staff: Staff, office: Office, role: str, days_from: datetime.date, *, by: Staff) -> Post:
    """Put somebody in post 任职. Nobody appoints themselves. Raises `NotAllowed`."""
    actor = _over(by, office)
    if staff.pk == by.pk:
        raise NotAllowed(_("不能给自己安排岗位，请由另一位负责人或管理员办理"))
    if role not in Role.values:
        raise NotAllowed(_("没有这种岗位"))
    if office.valid_to is not None and office.valid_to < days_from:
        raise NotAllowed(_("%(office)s已经撤销，不能再任职") % {"office": office.name})
    with transaction.atomic():
        _locked(staff)
        held = Post.objects.filter(staff=staff, office=office, role=role, lent_by__isnull=True)
        if held.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=days_from)).exists():
            raise NotAllowed(_("%(name)s已任这个岗位，不用再安排") % {"name": staff.name})
        post = Post.objects.create(staff=staff, office=office, role=role, valid_from=days_from)
        _record(staff, "post_given", actor, post, first=days_from.isoformat())
    return post


def lend(post_id: int, to: Staff, days: Days, *, by: Staff, reason: str) -> Post:
    """Let a colleague hold a post from day to day 委托: by its holder, or by whoever is over the office.

    Raises `NotAllowed` with what stands against it. What the delegate does, they do in their own name, with their own
    recusals and those of the holder; a post that is itself lent is not lent on.
    """
    ground = recorded(reason, REASONS)
    with transaction.atomic():
        post = _locked_post(post_id)
        actor = _own(by, post) or _over(by, post.office)
        _check_lendable(post, to, days)
        lent = Post(
            staff=to, office=post.office, role=post.role, valid_from=days.first, valid_to=days.last, lent_by=post
        )
        lent.save(force_insert=True)
        dates = {"first": days.first.isoformat(), "last": days.last.isoformat()}
        _record(post.staff, "post_lent", actor, lent, to=to.pk, **dates, **ground)
    return lent


def take_back(lent_id: int, *, by: Staff) -> Post | None:
    """End a delegation before its day. One that has not begun is as if it had not been; None is returned then.

    What began today ends tonight: acts already done today were done by somebody entitled to.
    """
    with transaction.atomic():
        lent = _locked_post(lent_id)
        if lent.lent_by is None:
            raise NotAllowed(_("这不是委托的岗位，不能收回；要停止任职请按“离任”办理"))
        holder = lent.lent_by.staff
        actor = _own(by, lent.lent_by) or _own(by, lent) or _over(by, lent.office)
        today = localdate()
        if lent.valid_to is not None and lent.valid_to < today:
            return lent
        _record(holder, "post_taken_back", actor, lent, to=lent.staff_id)
        if lent.valid_from > today:
            lent.delete()
            return None
        _end_on(lent, max(lent.valid_from, today - datetime.timedelta(days=1)))
    return lent


def end(post_id: int, last_day: datetime.date, *, by: Staff, reason: str) -> Post:
    """End a post 离任 with a day, and every delegation of it that goes beyond. Raises `NotAllowed`."""
    ground = recorded(reason, REASONS)
    with transaction.atomic():
        post = _locked_post(post_id)
        if post.lent_by is not None:
            raise NotAllowed(_("这是委托的岗位，请按“收回委托”办理"))
        actor = _over(by, post.office)
        check_last_day(post, last_day)
        close(post, last_day)
        _record(post.staff, "post_ended", actor, post, last=last_day.isoformat(), **ground)
    return post


def check_last_day(post: Post, last_day: datetime.date) -> None:
    """Raise `NotAllowed` for a day that would unsay what was done in the post, or comes after its end."""
    check_not_past(last_day)
    if last_day < post.valid_from:
        raise NotAllowed(_("离任日期不能早于到任日期%(day)s") % {"day": post.valid_from})
    if post.valid_to is not None and post.valid_to < last_day:
        raise NotAllowed(_("这个岗位已于%(day)s离任") % {"day": post.valid_to})


def check_not_past(last_day: datetime.date) -> None:
    """Raise `NotAllowed` for a day that would unsay what has been done in a post."""
    if last_day < localdate() - datetime.timedelta(days=1):
        raise NotAllowed(_("离任日期不能早于昨天：此前在岗办的事都算数"))


def see_out(post: Post, last_day: datetime.date) -> bool:
    """Whoever holds the post is gone after that day. One that ends before it ends when it does; one that has not begun
    and would begin after it is as if it had not been: False. Locked by the caller."""
    if post.valid_from > max(last_day, localdate()):
        Post.objects.filter(lent_by=post).delete()
        post.delete()
        return False
    if post.valid_to is None or post.valid_to > last_day:
        close(post, max(post.valid_from, last_day))
    return True


def close(post: Post, last_day: datetime.date) -> None:
    """The post ends that day, and what is lent of it with it. Locked by the caller."""
    _end_on(post, last_day)
    for lent in Post.objects.select_for_update(of=("self",)).filter(lent_by=post, valid_to__gt=last_day):
        if lent.valid_from > last_day:
            lent.delete()
        else:
            _end_on(lent, last_day)


def _end_on(post: Post, last_day: datetime.date) -> None:
    post.valid_to = last_day
    post.save(update_fields=["valid_to"])


def _check_lendable(post: Post, to: Staff, days: Days) -> None:
    today = localdate()
    if post.lent_by is not None:
        raise NotAllowed(_("受托的岗位不能再转托给别人"))
    if to.pk == post.staff_id:
        raise NotAllowed(_("不能委托给本人，请选另一个人"))
    if not to.is_active:
        raise NotAllowed(_("%(name)s的账号已停用，不能受托") % {"name": to.name})
    if days.last < days.first or days.first < today:
        raise NotAllowed(_("委托日期要从今天或以后开始，止日不早于起日"))
    if (days.last - days.first).days >= LONGEST_LENDING:
        raise NotAllowed(_("一次委托最长%(days)d天；更久的请正式安排岗位") % {"days": LONGEST_LENDING})
    if post.valid_to is not None and post.valid_to < days.last:
        raise NotAllowed(_("这个岗位到%(day)s为止，委托不能超过这一天") % {"day": post.valid_to})
    same = Post.objects.filter(staff=to, office=post.office, role=post.role, valid_from__lte=days.last)
    if same.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=days.first)).exists():
        raise NotAllowed(_("%(name)s这段时间已有同一岗位，不用委托") % {"name": to.name})
    try:
        Post(staff=to, office=post.office, role=post.role, valid_from=days.first, valid_to=days.last).clean_fields()
    except ValidationError as wrong:
        raise NotAllowed("；".join(wrong.messages)) from wrong


def _own(by: Staff, post: Post) -> Actor | None:
    """`by`, when the post is theirs and they hold it today."""
    if post.staff_id != by.pk or not Post.objects.in_force(localdate()).filter(pk=post.pk).exists():
        return None
    return Actor(by.pk, by.name, post.office.name, post.role)


def _over(by: Staff, office: Office) -> Actor:
    actor = governing(by, office.division_id)
    if actor is None:
        raise NotAllowed(_("这要由%(office)s或上级的负责人、系统管理员办理") % {"office": office.name})
    return actor


def _locked_post(post_id: int) -> Post:
    rows = Post.objects.select_for_update(of=("self",)).select_related("staff", "office", "lent_by__staff")
    post = rows.filter(pk=post_id).first()
    if post is None:
        raise NotAllowed(_("没有这条任职记录，请刷新后再看"))
    return post


def _locked(staff: Staff) -> None:
    """Two who give somebody the same post at once wait for each other here."""
    list(Staff.objects.select_for_update(of=("self",)).filter(pk=staff.pk).values_list("pk"))


def _record(staff: Staff, action: str, actor: Actor, post: Post, **details: Any) -> None:
    about = {"post": post.pk, "role": str(post.role), "office": post.office.division_id, **details}
    trail.record(f"staff:{staff.pk}", action, actor=actor, details=about)
