"""Every wait has an end that can be believed, and every case off the road knows its way back."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

from django.db.models import F, Q
from django.utils.timezone import localdate

from casework.models import Stage, WorkItem
from casework.models.stages import ASIDE
from workflows import law
from workflows.doctor.finding import Examination, Finding, Kind, Scope, county_of
from workflows.doctor.known_flows import RAW_TASK, known_tasks
from workflows.flow import Step
from workflows.second_thoughts import LONGEST_SUSPENSION

NO_DEADLINE = Kind(
    "no_deadline",
    "待办没有可信的期限：早于到达的时间，或在两年以后，到期也不会有人提醒",
    "请系统管理员核对办理期限，联系维护人员改正",
)
NO_REVIEW_DAY = Kind(
    "no_review_day",
    f"中止的案件没有可信的复查日期（中止之后{LONGEST_SUSPENSION}日以内）",
    "请县级受理员打开案件：该恢复的恢复，该终止的终止",
)
NO_WAY_BACK = Kind(
    "no_way_back",
    "中止或复核中的案件不知道回到哪里：没有记下来处，或流程不许回到那里",
    "请系统管理员核对案件轨迹里中止（申请复核）之前的环节和阶段，联系维护人员改正",
)
LONGEST_WAIT = datetime.timedelta(days=731)


def find(scope: Scope) -> Iterator[Finding]:
    items = WorkItem.objects.filter(scope.inside("division"), finished__isnull=True)
    columns = ("process__number", "division", "due_at")
    beyond = Q(due_at__lte=F("created")) | Q(due_at__gt=F("created") + LONGEST_WAIT)
    for number, division, due in items.filter(beyond).order_by("pk").values_list(*columns).iterator():
        yield Finding(NO_DEADLINE, number, county_of(division), f"{number}：办理期限是{localdate(due)}")
    suspended = items.filter(process__stage=Stage.SUSPENDED)
    late = suspended.filter(due_at__gt=F("created") + datetime.timedelta(days=LONGEST_SUSPENSION + 1)).exclude(beyond)
    for number, division, due in late.order_by("pk").values_list(*columns).iterator():
        yield Finding(NO_REVIEW_DAY, number, county_of(division), f"{number}：复查日期是{localdate(due)}")
    yield from _lost(scope)


def _lost(scope: Scope) -> Iterator[Finding]:
    """Cases that lie alike are judged together."""
    items = WorkItem.objects.filter(scope.inside("division"), finished__isnull=True, process__stage__in=ASIDE)
    items = items.annotate(task=RAW_TASK)
    columns = ("task", "process__stage", "process__came_from", "process__stage_before")
    for row in items.order_by(*columns).values_list(*columns).distinct():
        step = known_tasks().get(row[0])
        # A step that is not there is told of by another examination.
        if step is None or _leads_back(step, *row[1:]):
            continue
        these = items.filter(**dict(zip(columns, row, strict=True))).order_by("pk")
        for number, division in these.values_list("process__number", "division").iterator():
            sentence = f"{number}：来处记着“{row[2] or '空'}”，阶段记着“{row[3] or '空'}”"
            yield Finding(NO_WAY_BACK, number, county_of(division), sentence)


def _leads_back(step: Step, stage: str, came_from: str, stage_before: str) -> bool:
    """Whether each outcome of the step that leads back could be said of such a case."""
    for outcome in step.outcomes.values():
        if not outcome.returns or law.transition(outcome.moves, stage) is None:
            continue
        if came_from not in {place.name for place in outcome.nexts}:
            return False
        if law.target(outcome.moves, stage, stage_before=stage_before) is None:
            return False
    return True


WAITS = Examination("waits", "期限、复查日期和来处", find)
