"""A case that waits under a notice hangs on a sheet there, and what still hangs on a sheet is a case that waits so."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, Value
from django.db.models.functions import Concat
from django.utils.timezone import now

from casework.models import Case, Decision, Notice, NoticeLine, Objection, WorkItem
from casework.models.law import NOTICE_WORDS
from casework.models.notices import LIVE
from casework.models.stages import ENDED
from workflows import trail
from workflows.doctor.finding import Examination, Finding, Kind, Scope, county_of
from workflows.notices.digest import chain_of
from workflows.standing import SYSTEM

OFF_THE_BOARD = Kind(
    "notice_line_missing",
    "案件等着公示期满或异议答复，却不在任何一张还挂着的公示榜上，等不到头",
    "请系统管理员核对公示榜和案件轨迹，联系维护人员把案件退回待张榜，重新公示",
)
ON_IN_VAIN = Kind(
    "notice_line_left",
    "公示榜上还挂着一行，它的案件已经到了别处",
    "请用 manage.py doctor --repair 撤下；榜还挂着的，请张榜的机构核对案件轨迹，撤下这张榜更正后重新张榜",
)
HANGING, OBJECTION = "_hanging", "_objection"
LEAVES_A_BOARD = ("withdraw", "terminate", "let_stand")
"""Said of a case while it hangs; its line comes off when the sheet does."""


def find(scope: Scope) -> Iterator[Finding]:
    yield from _off_the_board(scope)
    yield from _on_in_vain(scope)


def _off_the_board(scope: Scope) -> Iterator[Finding]:
    for place in NOTICE_WORDS:
        lines = NoticeLine.objects.filter(case=OuterRef("process"), place=place, state__in=LIVE)
        up = lines.filter(notice__state=Notice.State.POSTED)
        # A line that was objected to outlasts its sheet, until the answer and the settling that follows it.
        answered = Objection.objects.filter(line=OuterRef("pk"))
        outlasting = lines.filter(Exists(answered), notice__state=Notice.State.CLOSED)
        hangs = Exists(up) | Exists(outlasting)
        objected = Exists((up | outlasting).filter(state=NoticeLine.State.OBJECTED))
        items = WorkItem.objects.filter(scope.inside("division"), finished__isnull=True)
        lost = items.filter(Q(~hangs, step=f"{place}{HANGING}") | Q(~objected, step=f"{place}{OBJECTION}")).order_by(
            "pk"
        )
        for number, division in lost.values_list("process__number", "division").iterator():
            sentence = f"{number}：等着{NOTICE_WORDS[place]}，榜上没有它"
            yield Finding(OFF_THE_BOARD, number, county_of(division), sentence)


def _on_in_vain(scope: Scope) -> Iterator[Finding]:
    """A line whose case left is taken off with its sheet; one that stays on after that, or whose case never said that
    it leaves, was forgotten."""
    there = WorkItem.objects.filter(process=OuterRef("case"), finished__isnull=True)
    at_the_board = there.filter(
        Q(step=Concat(OuterRef("place"), Value(HANGING))) | Q(step=Concat(OuterRef("place"), Value(OBJECTION)))
    )
    left = Decision.objects.filter(
        case=OuterRef("case"), transition__in=LEAVES_A_BOARD, at__gte=OuterRef("notice__posted_at")
    )
    lines = NoticeLine.objects.filter(scope.inside("notice__division_id"), ~Exists(at_the_board), state__in=LIVE)
    up = Q(notice__state=Notice.State.POSTED)
    wrong = lines.filter(~up | Q(~Exists(left)) & ~Q(case__stage__in=ENDED)).order_by("pk")
    columns = ("pk", "notice__number", "notice__division_id", "notice__state", "line_number", "case__number")
    for pk, notice, division, state, line, number in wrong.values_list(*columns).iterator():
        key = None if state == Notice.State.POSTED else pk
        yield Finding(ON_IN_VAIN, notice, county_of(division), f"{notice}第{line}行（{number}）：案件不在公示中", key)


def mend(finding: Finding) -> str:
    """A sheet that is down has no line up. One that still hangs is not touched: somebody may be reading it."""
    if finding.kind is not ON_IN_VAIN:
        return ""
    with transaction.atomic():
        number = NoticeLine.objects.filter(pk=finding.key).values_list("notice__number", flat=True).first()
        notice = Notice.objects.select_for_update(of=("self",)).filter(number=number).first()
        if notice is None or notice.state == Notice.State.POSTED:
            return ""
        case = Case.objects.select_for_update().get(notice_lines=finding.key)
        steps = (f"{notice.place}{HANGING}", f"{notice.place}{OBJECTION}")
        if WorkItem.objects.filter(process=case, finished__isnull=True, step__in=steps).exists():
            return ""
        lines = NoticeLine.objects.filter(pk=finding.key, state__in=LIVE)
        at = now()
        if not lines.update(state=NoticeLine.State.REMOVED, ended_at=at, why="left"):
            return ""
        details = {"what": ON_IN_VAIN.code, "case": case.number}
        trail.record(chain_of(notice.number), "repaired", actor=SYSTEM, details=details, at=at)
    return f"{notice.number}：撤下了已经离开的案件{case.number}"


NOTICES = Examination("notices", "公示", find, mend)
