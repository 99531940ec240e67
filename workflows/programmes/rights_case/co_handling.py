"""Handling a case together with an office elsewhere 协办: it is asked, sees the case, and writes down its own acts.

It never moves the case: that stays with the office whose case it is. What it has done is a record and an event like any
other, with its own name on it.
"""

from __future__ import annotations

import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _

from casework.models import Case, CoHandler, Office, Post, RightsAct, Role, Staff
from workflows import trail
from workflows.holding import holder, lock_case, open_step
from workflows.papers.sheets import kin_of
from workflows.programmes.rights_case.acts import SEALED, digest_of
from workflows.programmes.rights_case.questions import ACTS, LONGEST
from workflows.refusals import Incomplete, NotAllowed, Recused
from workflows.standing import Actor

HANDLES = (Role.RIGHTS_OFFICER, Role.OFFICE_HEAD)
TRAIL = ["trail_seq", "trail_head"]


def ask(case_number: str, *, by: Staff, office: Office | None = None, name: str = "") -> CoHandler:
    """Ask an office of the house, or one outside by its name, to handle the case too. Raises a `Refusal`."""
    called = office.name if office else name.strip()
    if not called:
        raise Incomplete([_("请选协办单位，或写明它的名称")])
    if office is not None and office.kind != Office.Kind.ASSOCIATION:
        raise Incomplete([_("系统里只有计生协可以协办；别的单位请写名称")])
    with transaction.atomic():
        case, actor = _mine(case_number, by)
        if office is not None and office.division_id == case.division_id[:6]:
            raise Incomplete([_("本会就是主办单位，不用协办")])
        if CoHandler.objects.filter(case=case, name=called, until__isnull=True).exists():
            raise Incomplete([_("这个单位已经在协办这件案子")])
        row = CoHandler.objects.create(case=case, office=office, name=called, since=localdate(), added_by=by)
        details = {"co_handler": row.pk, "office": office.division_id if office else ""}
        _tell(case, "co_handler_added", actor, details)
    return row


def end(co_handler_id: int, *, by: Staff) -> CoHandler:
    """It handles the case no longer, and no longer sees it. Twice is as good as once."""
    number = CoHandler.objects.values_list("case__number", flat=True).get(pk=co_handler_id)
    with transaction.atomic():
        case, actor = _mine(number, by)
        row = CoHandler.objects.select_for_update(of=("self",)).get(pk=co_handler_id)
        if row.until is None:
            row.until = localdate()
            row.save(update_fields=["until"])
            _tell(case, "co_handler_ended", actor, {"co_handler": row.pk})
    return row


def record(
    case_number: str, kind: str, done_on: datetime.date, *, by: Staff, key: str | None = None, **said: Any
) -> RightsAct:
    """A co-handling office writes down what it has done: `place`, `participants`, `words`. The same `key` again is
    answered with the same record. Raises a `Refusal`."""
    if wrong := _wrong(kind, done_on, str(said.get("words") or "")):
        raise Incomplete(wrong)
    try:
        with transaction.atomic():
            case = lock_case(case_number)
            actor = _co_handler(case, by)
            if key and (before := RightsAct.objects.filter(key=key, case=case).first()):
                return before
            given = {"kind": kind, "done_on": done_on, **{name: str(said.get(name) or "").strip() for name in SEALED}}
            moment = now()
            row = RightsAct.objects.create(case=case, seq=case.trail_seq + 1, staff=by, staff_name=by.name,
                                           office_name=actor.office, at=moment, key=key, **given)  # fmt: skip
            _tell(case, "co_handled", actor, {"act": {"kind": kind, "digest": digest_of(given)}})
    except IntegrityError as clash:
        if key and (before := RightsAct.objects.filter(key=key).first()):
            return before
        raise clash
    return row


def may_record(case: Case, by: Staff) -> bool:
    """Whether `by` sits in an office that handles the case too."""
    return _post_of(case, by) is not None


def _wrong(kind: str, done_on: datetime.date, words: str) -> list[str]:
    wrong = []
    if kind not in [str(one) for one in ACTS]:
        wrong.append(_("请选做了什么"))
    if done_on > localdate():
        wrong.append(_("日期不能晚于今天"))
    if not words.strip():
        wrong.append(_("请写内容"))
    elif len(words) > LONGEST:
        wrong.append(_("写得太长，最多%(most)d字") % {"most": LONGEST})
    return wrong


def _mine(case_number: str, by: Staff) -> tuple[Case, Actor]:
    """The case, locked, and `by` as the one whose turn it is."""
    case = lock_case(case_number)
    return case, holder(*open_step(case), by)


def _co_handler(case: Case, by: Staff) -> Actor:
    post = _post_of(case, by)
    if post is None:
        raise NotAllowed(_("只有协办单位的维权专员或负责人可以在这里记录"))
    if case.applicant.identity_hash in kin_of(by):
        raise Recused
    return Actor(by.pk, by.name, post.office.name, post.role)


def _post_of(case: Case, by: Staff) -> Post | None:
    offices = CoHandler.objects.filter(case=case, until__isnull=True, office__isnull=False).values("office")
    posts = Post.objects.in_force(localdate()).filter(staff=by, role__in=HANDLES, office__in=offices)
    return posts.select_related("office").order_by("id").first()


def _tell(case: Case, action: str, actor: Actor, details: dict[str, Any]) -> None:
    trail.next_event(case, action, actor=actor, at=now(), details=details).save(force_insert=True)
    case.save(update_fields=TRAIL)
