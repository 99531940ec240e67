"""Somebody leaves: everything they hold passes on, and their posts end, in one act."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from casework.models import Post, Staff, WorkItem
from workflows import posts, trail
from workflows.holding import check_can_take, pass_to
from workflows.perform import OPEN, locked_item
from workflows.reasons import recorded
from workflows.refusals import NotAllowed, Refusal
from workflows.standing import Actor


@dataclass(frozen=True, slots=True)
class Passed:
    """Where an item went: to somebody by name, or, `to` empty, back to the queue of its office; and why not further."""

    case_number: str
    step: str
    to: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class Left:
    """What became of all somebody held, and the posts that ended."""

    items: tuple[Passed, ...]
    posts: tuple[Post, ...]


def leave(staff: Staff, *, by: Staff, last_day: datetime.date, reason: str, successor: Staff | None = None) -> Left:
    """Hand over all that somebody has taken up, and end every post they hold over which `by` is set, in one act.

    Lent ones too; one that would begin later never does. Each open item goes to `successor` where they may do it, else
    back to its office's queue: nothing stays in a leaver's hands. Posts elsewhere, which `by` has no say over, stay,
    and so do items held in them. Raises `NotAllowed`, and nothing has happened.
    """
    ground = recorded(reason, posts.REASONS)
    if successor is not None and successor.pk == staff.pk:
        raise NotAllowed(_("不能移交给离任的人自己，请选另一个人"))
    posts.check_not_past(last_day)
    with transaction.atomic():
        ending = _posts_to_end(staff, by)
        actor = posts.governing(by, ending[0].office.division_id)
        assert actor is not None, "only posts `by` governs are in the list"
        codes = {(post.role, post.office.division_id) for post in ending}
        items = [_pass_on(item_id, successor, actor) for item_id in _held(staff, codes)]
        details = {
            "last": last_day.isoformat(),
            "posts": [post.pk for post in ending],
            "items": len(items),
            "passed": sum(bool(item.to) for item in items),
            "successor": successor.pk if successor else None,
            **ground,
        }
        ended = tuple(post for post in ending if posts.see_out(post, last_day))
        trail.record(f"staff:{staff.pk}", "everything_handed_over", actor=actor, details=details)
    return Left(tuple(items), ended)


def held_by(staff: Staff) -> int:
    """How many open items somebody has taken up."""
    return WorkItem.objects.filter(owner=staff, finished__isnull=True).count()


def _posts_to_end(staff: Staff, by: Staff) -> list[Post]:
    """The posts in force or to come, own and lent, of offices `by` is over; locked. Raises `NotAllowed` for none."""
    if staff.pk == by.pk:
        raise NotAllowed(_("不能给自己办离任，请由另一位负责人或管理员办理"))
    rows = Post.objects.select_for_update(of=("self",)).select_related("office").filter(staff=staff)
    current = rows.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=localdate())).order_by("lent_by", "id")
    mine = [post for post in current if posts.governing(by, post.office.division_id)]
    if not mine:
        raise NotAllowed(_("%(name)s没有归您管的在任岗位") % {"name": staff.name})
    return mine


def _held(staff: Staff, codes: set[tuple[str, str]]) -> list[int]:
    """The open items somebody has taken up in those offices, in the order of their cases: every act locks cases so."""
    rows = WorkItem.objects.filter(owner=staff, finished__isnull=True).order_by("process_id")
    return [pk for pk, role, office in rows.values_list("pk", "role", "office") if (role, office) in codes]


def _pass_on(item_id: int, successor: Staff | None, actor: Actor) -> Passed:
    item = locked_item(item_id)
    case, title = item.process, str(item.flow_task.task_title)
    if item.status not in OPEN:
        return Passed(case.number, title, "", _("刚刚办完，不用移交"))
    why = ""
    if successor is not None:
        try:
            check_can_take(successor, item)
        except Refusal as refused:
            why = str(refused)
        else:
            pass_to(item, successor, "handed_over", actor=actor, to=successor.pk, because="left")
            return Passed(case.number, title, successor.name)
    pass_to(item, None, "released", actor=actor, because="left")
    return Passed(case.number, title, "", why)
