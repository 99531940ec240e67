"""A case that has not ended waits in one step; one that has ended waits in none."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Exists, OuterRef, Q, QuerySet
from viewflow.workflow.status import PROCESS, STATUS

from casework.models import Case, Stage, WorkItem
from casework.models.stages import ENDED
from workflows.doctor.finding import Examination, Finding, Kind, Scope, county_of
from workflows.restoring import restore_item

MISSING = Kind(
    "item_missing",
    "案件没有办结，却没有待办环节，谁的待办里都看不到它",
    "请用 manage.py doctor --repair 补上；不能自动补的，请系统管理员按案件轨迹核对最后一步，联系维护人员处理",
)
LEFT_OVER = Kind(
    "item_left_over",
    "案件已经结束，却还有待办环节",
    "请系统管理员核对案件轨迹：阶段和待办哪一个是对的。不要在待办里办理它",
)
HALF_ENDED = Kind("half_ended", "案件的办结标记与阶段不一致", "请系统管理员核对案件轨迹的最后一条，联系维护人员处理")
HALF_DONE = Kind(
    "item_half_done",
    "待办标着已办完，却没有办完的时间（或反过来），谁也办不了它",
    "请系统管理员核对案件轨迹：这一步办了没有，联系维护人员按轨迹改正",
)
OPEN_ITEM = Exists(WorkItem.objects.filter(process=OuterRef("pk"), finished__isnull=True))


def find(scope: Scope) -> Iterator[Finding]:
    cases = Case.objects.filter(scope.inside()).order_by("pk")
    running, ended = cases.exclude(stage__in=ENDED), cases.filter(stage__in=ENDED)
    columns = ("number", "division_id", "stage")
    for number, division, stage in running.filter(~OPEN_ITEM).values_list(*columns).iterator():
        sentence = f"{number}：{Stage(stage).label}，没有待办环节"
        yield Finding(MISSING, number, county_of(division), sentence, key=number)
    for number, division, stage in ended.filter(OPEN_ITEM).values_list(*columns).iterator():
        sentence = f"{number}：{Stage(stage).label}，还有待办环节"
        yield Finding(LEFT_OVER, number, county_of(division), sentence)
    half = Q(finished__isnull=True, status=STATUS.DONE) | Q(finished__isnull=False) & ~Q(status=STATUS.DONE)
    items = WorkItem.objects.filter(scope.inside("division")).filter(half).order_by("pk")
    for number, division, step in items.values_list("process__number", "division", "step").iterator():
        yield Finding(HALF_DONE, number, county_of(division), f"{number}：“{step}”办了一半")
    yield from _half(running.filter(finished__isnull=False), "还没有结束，却记着办结时间")
    yield from _half(ended.exclude(finished__isnull=False, status=PROCESS.DONE), "已经结束，却没有办结标记")


def _half(cases: QuerySet[Case], words: str) -> Iterator[Finding]:
    for number, division, stage in cases.values_list("number", "division_id", "stage").iterator():
        yield Finding(HALF_ENDED, number, county_of(division), f"{number}：{Stage(stage).label}，{words}")


def mend(finding: Finding) -> str:
    if finding.kind is not MISSING:
        return ""
    step = restore_item(finding.key)
    return f"{finding.key}：补上了待办“{step.task_title}”" if step else ""


UNFINISHED = Examination("unfinished", "案件与待办", find, mend)
