"""What the outcomes of a notice require and what follows from them: the sheet they are done by, the line on it."""

from __future__ import annotations

from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from workflows.flow import Act
from workflows.questions import Answer, Question


def comes_with_a_notice(act: Act) -> list[str]:
    """A line is posted, cleared and taken off with the sheet it hangs on, never a case by itself."""
    if act.values.get("notice"):
        return []
    return [_("“%(step)s”随公示榜一并办理，请到“公示”里操作") % {"step": act.step.task_title}]


ON_A_NOTICE = (comes_with_a_notice,)


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


def mark_noticed(act: Act) -> None:
    """This person and this amount have hung to the end here."""
    act.case.noticed = {**act.case.noticed, act.outcome.notice: act.case.notice_mark}
    act.ledger.case_columns.add("noticed")
    act.said["notice"] = act.values["notice"]


def unmark_noticed(act: Act) -> None:
    """Hung anew: what hung here before counts no more."""
    act.case.noticed = {place: mark for place, mark in act.case.noticed.items() if place != act.outcome.notice}
    act.ledger.case_columns.add("noticed")


def note_the_answer(act: Act) -> None:
    """What was answered, with the objections themselves."""
    act.said["answered_on"] = localtime(act.at).date().isoformat()


def end_the_line(act: Act) -> None:
    """The line comes off the sheet: what it said is not so."""
