"""A case that has not ended waits in one step; one that has ended waits in none."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Exists, OuterRef, QuerySet
from viewflow.workflow.status import PROCESS

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
