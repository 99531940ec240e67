"""What the outcomes of a notice require and what follows from them: the sheet they are done by, the line on it."""

from __future__ import annotations

from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from casework.models import Notice, NoticeLine, Objection
from workflows import clock
from workflows.calendar import ONE_DAY
from workflows.flow import Act
from workflows.notices.objections import answer_all, open_objections
from workflows.questions import Answer, Question

LINE_STATES = {
    "put_on_notice": (NoticeLine.State.HANGING,),
    "end_notice": (NoticeLine.State.HANGING,),
    "hold_for_objection": (NoticeLine.State.HANGING, NoticeLine.State.OBJECTED),
    "take_off_notice": (NoticeLine.State.HANGING,),
}
"""In which state its line must be for each verb of the law."""


def comes_with_a_notice(act: Act) -> list[str]:
    """A line is posted, cleared and taken off with the sheet it hangs on, never a case by itself."""
    if act.values.get("notice"):
        return []
    return [_("“%(step)s”随公示榜一并办理，请到“公示”里操作") % {"step": act.step.task_title}]


def is_on_that_notice(act: Act) -> list[str]:
    """The sheet exists, hangs in this place, and has a line of this case in the state the outcome is about."""
    number = act.values.get("notice")
    if not number:
        return []
    lines = NoticeLine.objects.filter(
        notice__number=number, place=act.outcome.notice, case=act.case, state__in=LINE_STATES[act.outcome.moves]
    )
    line = lines.select_related("notice").first()
    if line is None:
        words = {"notice": number, "outcome": act.outcome.label}
        return [_("公示%(notice)s里没有这件案子待办的一行，或现在不能办理“%(outcome)s”") % words]
    return _not_over(act, line) if act.outcome.moves == "end_notice" else []


def _not_over(act: Act, line: NoticeLine) -> list[str]:
    """公示期满: the last full day is past, a photograph shows the sheet hung, nobody waits for an answer, and what hung
    is what the case has now."""
    found = []
    if localdate(act.at) <= line.notice.last_day or localdate(now()) <= line.notice.last_day:
        found.append(_("公示到%(last)s止，还没有期满") % {"last": line.notice.last_day})
    if not line.notice.photographs.exists():
        found.append(_("还没有张榜的照片"))
    if open_objections(act.case.pk, act.outcome.notice).exists():
        found.append(_("有异议还没有答复"))
    if line.mark != act.case.notice_mark:
        found.append(_("公示之后金额有变动，要重新公示"))
    return found


ON_A_NOTICE = (comes_with_a_notice, is_on_that_notice)


def somebody_has_objected(act: Act) -> list[str]:
    """A line is held for what somebody has said against it."""
    if open_objections(act.case.pk, act.outcome.notice).exists():
        return []
    return [_("这一行没有待答复的异议")]


def answer_is_written(act: Act) -> list[str]:
    """Whoever objected is owed an answer."""
    if str(act.values.get("answer") or "").strip():
        return []
    return [_("请写明核查的情况和对异议的答复")]


ANSWER = Question(
    "answer",
    Answer.TEXT,
    gettext_lazy("对异议的答复"),
    answer_is_written,
    gettext_lazy("写明查了什么、结果怎样。有联系方式的，请把答复告诉提出异议的人。"),
)


def due_when_over(act: Act) -> None:
    """The list comes down on the working day after its last."""
    notice = Notice.objects.only("last_day", "number").get(number=act.values["notice"])
    act.said["notice"] = notice.number
    after = clock.calendar().add_days(notice.last_day, 1, working=True)
    act.ledger.next_due = clock.close_of(max(after, notice.last_day + ONE_DAY))


def hang_on(act: Act) -> None:
    """A line that hangs again is due with its sheet; when that is down already, the next working day."""
    line = NoticeLine.objects.filter(case=act.case, place=act.outcome.notice, state=NoticeLine.State.HANGING)
    last_day = line.values_list("notice__last_day", flat=True).first()
    today = localdate(act.at)
    after = clock.calendar().add_days(max(last_day or today, today), 1, working=True)
    act.ledger.next_due = clock.close_of(after)


def mark_noticed(act: Act) -> None:
    """This person and this amount have hung to the end here."""
    act.case.noticed = {**act.case.noticed, act.outcome.notice: act.case.notice_mark}
    act.ledger.case_columns.add("noticed")
    act.said["notice"] = act.values["notice"]


def unmark_noticed(act: Act) -> None:
    """Hung anew: what hung here before counts no more."""
    act.case.noticed = {place: mark for place, mark in act.case.noticed.items() if place != act.outcome.notice}
    act.ledger.case_columns.add("noticed")


def dismiss_objections(act: Act) -> None:
    """All that was said against the line is answered, and it hangs on."""
    _answer(act, Objection.Outcome.DISMISSED, NoticeLine.State.HANGING)


def uphold_objections(act: Act) -> None:
    """It is so: the line comes off the sheet."""
    _answer(act, Objection.Outcome.FOUNDED, NoticeLine.State.REMOVED)


def _answer(act: Act, outcome: str, line_state: str) -> None:
    assert act.actor.staff_id is not None
    act.said["objections"] = answer_all(
        act.case.pk,
        act.outcome.notice,
        outcome,
        str(act.values["answer"]).strip(),
        by_id=act.actor.staff_id,
        at=act.at,
        line_state=line_state,
    )
