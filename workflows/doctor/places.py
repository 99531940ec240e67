"""An open item waits where somebody can find it: in an office that exists, which is its step's for its case."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Substr

from casework.models import Office, Role, WorkItem
from workflows.doctor.finding import Examination, Finding, Kind, Scope, county_of
from workflows.doctor.known_flows import RAW_TASK, known_tasks

OFFICE_GONE = Kind(
    "office_gone",
    "待办在已经撤销（或从未设立）的机构里",
    "请系统管理员恢复该机构，或核对区划合并后案件应归哪里",
)
MISPLACED = Kind(
    "item_misplaced",
    "待办的机构、岗位、项目与案件和环节不符，应办的人看不到它",
    "请系统管理员核对案件所在村，联系维护人员处理",
)


def find(scope: Scope) -> Iterator[Finding]:
    items = WorkItem.objects.filter(scope.inside("division"), finished__isnull=True)
    yield from _offices_gone(scope, items)
    yield from _misplaced(items)


def _offices_gone(scope: Scope, items: QuerySet[WorkItem]) -> Iterator[Finding]:
    in_force = Q(valid_to__isnull=True) | Q(valid_to__gte=scope.day)
    offices = Office.objects.filter(in_force, division=OuterRef("office"), valid_from__lte=scope.day)
    rows = (
        items.filter(~Exists(offices)).values("office", "role").annotate(count=Count("pk")).order_by("office", "role")
    )
    for office, role, count in rows.values_list("office", "role", "count").iterator():
        label = Role(role).label if role in Role.values else role
        sentence = f"{office}：没有这个机构，{count}件案子等着它的{label}"
        yield Finding(OFFICE_GONE, office, county_of(office), sentence)


def _misplaced(items: QuerySet[WorkItem]) -> Iterator[Finding]:
    """Each step has its role and the length of its office's code. Steps nobody knows are another examination's."""
    steps = known_tasks()
    right = Q()
    for reference, step in steps.items():
        office = Substr("process__division_id", 1, int(step.level))
        right |= Q(task=reference, role=step.role, office=office)
    agrees = Q(division=F("process__division_id"), programme=F("process__programme"))
    wrong = items.annotate(task=RAW_TASK).filter(task__in=steps).exclude(right & agrees).order_by("pk")
    columns = ("process__number", "division", "office", "role", "task")
    for number, division, office, role, task in wrong.values_list(*columns).iterator():
        label = Role(role).label if role in Role.values else role
        sentence = f"{number}：“{steps[task].task_title}”的待办在{office}的{label}那里，与案件所在地或环节不符"
        yield Finding(MISPLACED, number, county_of(division), sentence)


PLACES = Examination("places", "待办所在的机构", find)
