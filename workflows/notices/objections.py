"""An objection 异议 to one line of a notice: by anyone, with a name or without. It stops that line alone.

From the web it stops the line at once, and the county's desk takes it in; brought to the desk it is written down and
taken in there. The answer is a step of the case (`workflows.notices.road`), by somebody who has had no part in it.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _

from casework.models import Level, Notice, NoticeLine, Objection, Role, Staff
from workflows import trail
from workflows.acting import acting
from workflows.notices.digest import chain_of
from workflows.notices.places import locked_cases, open_items
from workflows.notices.refusals import ObjectionRefused
from workflows.perform import perform
from workflows.standing import SYSTEM, Actor

LIVE = (NoticeLine.State.HANGING, NoticeLine.State.OBJECTED)
MOST_A_LINE = 10
"""Open objections to one line: all are answered together, and somebody has to read them."""
LONGEST = 1000
LONGEST_NAME = 60


@dataclass(frozen=True, slots=True)
class Said:
    """What is objected, and by whom: `name` and `contact` are empty of somebody who gives none."""

    text: str
    name: str = ""
    contact: str = ""

    def missing(self) -> list[str]:
        found = []
        if not self.text.strip():
            found.append(_("请写明有什么不同意见"))
        if len(self.text) > LONGEST:
            found.append(_("最多写%(most)d字，更多的请当面说明") % {"most": LONGEST})
        if max(len(self.name), len(self.contact)) > LONGEST_NAME:
            found.append(_("姓名和联系方式最多各%(most)d字") % {"most": LONGEST_NAME})
        return found


def object_from_web(notice: Notice, line_number: int, said: Said, *, key: str | None = None) -> Objection:
    """Somebody who read the sheet. Only while it hangs. The same `key` again gives what it made.

    Raises `ObjectionRefused`, with all that is missing.
    """
    before = _made_with(key)
    if before is not None:
        return before
    with transaction.atomic():
        notice = _locked(notice)
        if notice.state != Notice.State.POSTED or localdate() > notice.last_day:
            raise ObjectionRefused(_("公示已经结束。有不同意见，可以到县计生协会当面提出。"))
        line = _live_line(notice, line_number, said)
        made = _write(line, said, None, key, from_web=True)
        locked_cases([line.case_id])
        _hold(line)
        _record(notice, line, SYSTEM, "web")
    return made


def take_objection(
    notice: Notice, line_number: int, said: Said, *, by: Staff, note: str = "", key: str | None = None
) -> Objection:
    """Somebody told the county's desk, or wrote: written down, and the case waits for the answer. As long as the line
    is not done with. Raises `ObjectionRefused`, `NotYourPost`, and what the gateway refuses with."""
    before = _made_with(key)
    if before is not None:
        return before
    try:
        with transaction.atomic():
            notice = _locked(notice)
            actor = may_take(notice, by)
            line = _live_line(notice, line_number, said)
            made = _write(line, said, by, key)
            _take_in(notice, line, by=by)
            _record(notice, line, actor, "desk")
    except IntegrityError as clash:
        found = _made_with(key)
        if found is None:
            raise
        del clash
        return found
    return made


def take_in(notice: Notice, *, by: Staff) -> int:
    """What came from the web is taken in by the county's desk: each of its cases now waits for the answer.

    How many lines. Said again, nothing is left to take in.
    """
    with transaction.atomic():
        notice = _locked(notice)
        actor = may_take(notice, by)
        lines = list(notice.lines.filter(objections__in=not_taken_in([notice])).distinct().order_by("line_number"))
        for line in lines:
            _take_in(notice, line, by=by)
            _record(notice, line, actor, "taken_in")
        not_taken_in([notice]).update(taken_by=by)
    return len(lines)


def not_taken_in(notices: Sequence[Notice]) -> QuerySet[Objection]:
    """What the web has brought and nobody at the desk has looked at."""
    found: QuerySet[Objection] = Objection.objects.filter(line__notice__in=notices, taken_by=None, outcome="")
    return found


def may_take(notice: Notice, by: Staff) -> Actor:
    """The desk of the county, and not the office whose list it is: whoever objects need not face who decided."""
    return acting(by, notice.division_id[: Level.COUNTY], Role.INTAKE_CLERK)


def _locked(notice: Notice) -> Notice:
    return Notice.objects.select_for_update(of=("self",)).get(pk=notice.pk)


def _made_with(key: str | None) -> Objection | None:
    return Objection.objects.filter(key=key).first() if key else None


def _live_line(notice: Notice, line_number: int, said: Said) -> NoticeLine:
    missing = said.missing()
    line = notice.lines.filter(line_number=line_number, state__in=LIVE).first()
    if line is None:
        missing.insert(0, _("榜上没有第%(line)d行，或这一行已经了结，请核对序号") % {"line": line_number})
    elif line.objections.filter(outcome="").count() >= MOST_A_LINE:
        missing.append(_("这一行的异议已经很多，正在核查，请等答复"))
    if missing or line is None:
        raise ObjectionRefused(_("没有提交："), missing)
    return line


def _write(line: NoticeLine, said: Said, by: Staff | None, key: str | None, *, from_web: bool = False) -> Objection:
    return Objection.objects.create(
        line=line,
        text=said.text.strip(),
        name=said.name.strip(),
        contact=said.contact.strip(),
        received_at=now(),
        from_web=from_web,
        taken_by=by,
        key=key,
    )


def _take_in(notice: Notice, line: NoticeLine, *, by: Staff) -> None:
    """The case leaves the board for the answer, unless it waits for one already."""
    locked_cases([line.case_id])
    item, step = open_items([line.case_id]).get(line.case_id, (0, ""))
    if step == f"{notice.place}_hanging":
        perform(item, "object", by=by, reasons=("notice_objected",), values={"notice": notice.number})
    _hold(line)


def _hold(line: NoticeLine) -> None:
    NoticeLine.objects.filter(pk=line.pk, state__in=LIVE).update(state=NoticeLine.State.OBJECTED)


def _record(notice: Notice, line: NoticeLine, actor: Actor, where: str) -> None:
    """That there is one, and where it came in; never what it says or who says it."""
    details = {"line": line.line_number, "from": where}
    trail.record(chain_of(notice.number), "notice_objected", actor=actor, details=details)


def open_objections(case_id: int, place: str) -> QuerySet[Objection]:
    """What a case's line in that place still owes an answer to."""
    found: QuerySet[Objection] = Objection.objects.filter(
        line__case=case_id, line__place=place, line__state__in=LIVE, outcome=""
    ).order_by("id")
    return found


def answer_all(
    case_id: int, place: str, outcome: str, answer: str, *, by_id: int, at: datetime.datetime, line_state: str
) -> int:
    """The open objections to a case's line are answered together, and the line hangs on or comes off. How many."""
    answered = 0
    for objection in open_objections(case_id, place):
        objection.outcome, objection.answer = outcome, answer
        objection.answered_by_id, objection.answered_at = by_id, at
        objection.save(update_fields=["outcome", "answer", "answered_by", "answered_at"])
        answered += 1
    lines = NoticeLine.objects.filter(case=case_id, place=place, state__in=LIVE)
    if line_state == NoticeLine.State.HANGING:
        lines.update(state=line_state)
    else:
        lines.update(state=line_state, ended_at=at, why="objection_founded")
    return answered
