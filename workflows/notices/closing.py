"""Taking a list down: its photograph, its last day, the frozen list of who got how much, and what is left over.

Locks are taken in one order everywhere: the notice, the people, their cases, then lines.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256

from django.db import transaction
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _

from casework.models import Notice, NoticeLine, Staff
from workflows import trail
from workflows.notices.digest import chain_of, digest_of_cleared, sums_of
from workflows.notices.places import lock_people, locked_cases, may_keep, open_items
from workflows.notices.refusals import NotClosed, NotTakenDown
from workflows.perform import perform
from workflows.refusals import Refusal

State = NoticeLine.State


@dataclass(slots=True)
class Turn:
    """What becomes of a notice's lines in one act."""

    at: datetime.datetime
    cleared: list[NoticeLine] = field(default_factory=list)
    removed: list[NoticeLine] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)


def close_notice(notice: Notice, *, by: Staff, key: str | None = None, at: datetime.datetime | None = None) -> Notice:
    """After its last full day: the lines nobody objected to go on, the list of (person, amount) is frozen.

    A line with an open objection stays where it is; one whose case has left the road, or has another amount now, is
    taken off. Said again when nothing is left to do, nothing happens; said again after an objection was dismissed, the
    line it was about goes on (`notice_settled`). Raises `NotClosed` with every reason; then nothing has happened.
    """
    with transaction.atomic():
        notice = _locked(notice)
        actor = may_keep(notice.programme, notice.place, notice.division_id, by)
        lines = _live(notice)
        if notice.state == Notice.State.WITHDRAWN:
            raise NotClosed(notice.number, [_("已经撤下")])
        settling = notice.state == Notice.State.CLOSED
        if settling and not any(line.state == State.HANGING for line in lines):
            return notice
        turn = Turn(at or now())
        _check_days(notice, turn.at)
        _turn_each(notice, lines, turn, by=by, key=key)
        if turn.refused:
            raise NotClosed(notice.number, turn.refused)
        digest = digest_of_cleared(turn.cleared)
        if not settling:
            notice.state, notice.closed_by, notice.closed_at = Notice.State.CLOSED, by, turn.at
            notice.closed_digest = digest
            notice.save(update_fields=["state", "closed_by", "closed_at", "closed_digest"])
        details = {
            **sums_of(notice),
            "cleared": [line.line_number for line in turn.cleared],
            "removed": [line.line_number for line in turn.removed],
            "digest": digest,
        }
        word = "notice_settled" if settling else "notice_closed"
        trail.record(chain_of(notice.number), word, actor=actor, details=details, at=turn.at)
    return notice


def why_not_closed(notice: Notice, at: datetime.datetime | None = None) -> list[str]:
    """What stands in the way of closing it today, for a page."""
    found = []
    if localdate(at or now()) <= notice.last_day:
        found.append(_("公示到%(last)s止，要过了这一天才能了结") % {"last": notice.last_day})
    if not notice.photographs.exists():
        found.append(_("还没有张榜的照片，请先上传"))
    return found


def withdraw_notice(notice: Notice, *, by: Staff, note: str, key: str | None = None) -> Notice:
    """The sheet was wrong: all of it comes down, and its cases wait to be posted again. Raises `NotTakenDown`."""
    with transaction.atomic():
        notice = _locked(notice)
        actor = may_keep(notice.programme, notice.place, notice.division_id, by)
        if notice.state == Notice.State.WITHDRAWN:
            return notice
        lines = _live(notice)
        _check_may_come_down(notice, lines, note)
        turn = Turn(now())
        lock_people(line.case_id for line in lines)
        items = open_items(line.case_id for line in lines)
        for line in lines:
            _take_off(notice, line, items, turn, "notice_wrong", by=by, note=note, key=key)
        if turn.refused:
            raise NotTakenDown(notice.number, turn.refused)
        notice.state, notice.closed_by, notice.closed_at = Notice.State.WITHDRAWN, by, turn.at
        notice.save(update_fields=["state", "closed_by", "closed_at"])
        details = {**sums_of(notice), "note": sha256(note.encode()).hexdigest()}
        trail.record(chain_of(notice.number), "notice_withdrawn", actor=actor, details=details, at=turn.at)
    return notice


def _check_may_come_down(notice: Notice, lines: Sequence[NoticeLine], note: str) -> None:
    why = []
    if notice.state != Notice.State.POSTED:
        why.append(_("现在是“%(state)s”") % {"state": notice.get_state_display()})
    if any(line.state == State.OBJECTED for line in lines):
        why.append(_("有异议还没有答复，答复以后再撤"))
    if not note.strip():
        why.append(_("请写明哪里不对"))
    if why:
        raise NotTakenDown(notice.number, why)


def _locked(notice: Notice) -> Notice:
    """The notice, locked and read afresh."""
    return Notice.objects.select_for_update(of=("self",)).get(pk=notice.pk)


def _live(notice: Notice) -> list[NoticeLine]:
    live = notice.lines.filter(state__in=(State.HANGING, State.OBJECTED))
    return list(live.select_related("case").order_by("line_number"))


def _check_days(notice: Notice, at: datetime.datetime) -> None:
    against = why_not_closed(notice, at)
    if against:
        raise NotClosed(notice.number, against)


def _turn_each(notice: Notice, lines: Sequence[NoticeLine], turn: Turn, *, by: Staff, key: str | None) -> None:
    lock_people(line.case_id for line in lines)
    cases = locked_cases(line.case_id for line in lines)
    items = open_items(cases)
    for line in lines:
        line.case = cases[line.case_id]
        item, step = items.get(line.case_id, (0, ""))
        if step not in (f"{notice.place}_hanging", f"{notice.place}_objection"):
            _end(line, State.REMOVED, turn, "left")
        elif line.state == State.OBJECTED:
            continue
        elif line.mark != line.case.notice_mark:
            _take_off(notice, line, items, turn, "notice_outdated", by=by, note="", key=key)
        else:
            _clear(notice, line, item, turn, by=by, key=key)


def _clear(notice: Notice, line: NoticeLine, item: int, turn: Turn, *, by: Staff, key: str | None) -> None:
    try:
        values = {"notice": notice.number}
        perform(item, "clear", by=by, key=_attempt(key, line), values=values, at=turn.at)
    except Refusal as refusal:
        turn.refused.append(_at(line, str(refusal)))
    else:
        _end(line, State.CLEARED, turn)


def _take_off(
    notice: Notice,
    line: NoticeLine,
    items: dict[int, tuple[int, str]],
    turn: Turn,
    reason: str,
    *,
    by: Staff,
    note: str,
    key: str | None,
) -> None:
    item, step = items.get(line.case_id, (0, ""))
    if step == f"{notice.place}_hanging":
        try:
            values = {"notice": notice.number}
            attempt = _attempt(key, line)
            perform(item, "take_off", by=by, reasons=(reason,), note=note, key=attempt, values=values, at=turn.at)
        except Refusal as refusal:
            turn.refused.append(_at(line, str(refusal)))
            return
    _end(line, State.REMOVED, turn, reason)


def _end(line: NoticeLine, state: str, turn: Turn, why: str = "") -> None:
    line.state, line.ended_at, line.why = state, turn.at, why
    line.save(update_fields=["state", "ended_at", "why"])
    (turn.cleared if state == State.CLEARED else turn.removed).append(line)


def _attempt(key: str | None, line: NoticeLine) -> str | None:
    return sha256(f"{key}:{line.pk}".encode()).hexdigest() if key else None


def _at(line: NoticeLine, sentence: str) -> str:
    words = {"line": line.line_number, "case": line.case.number, "sentence": sentence}
    return _("第%(line)d行（%(case)s）：%(sentence)s") % words
