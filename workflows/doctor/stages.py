"""Stage and flow together: the proof has walked everywhere a case can be, so what is elsewhere has been altered."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from typing import Any

from django.db.models import Q, QuerySet

from casework.models import Case, Stage, WorkItem
from casework.models.stages import ENDED
from workflows.doctor.finding import Examination, Finding, Kind, Scope, county_of
from workflows.doctor.known_flows import RAW_FLOW, RAW_FLOW_OF_ITEM, RAW_TASK, known_flows, known_tasks
from workflows.flow import CaseFlow, Ending
from workflows.graph import places_of
from workflows.proof.space import space_of

FLOW_UNKNOWN = Kind(
    "flow_unknown",
    "案件的流程在这个版本的软件里没有，或不是它所属项目的流程",
    "请系统管理员核对软件版本：是否漏装了更新，或流程改名后没有迁移案件",
)
VERSION_APART = Kind(
    "flow_version_apart", "案件记着的流程版本与流程本身不符", "请系统管理员联系维护人员，按流程把版本号改正"
)
STEP_UNKNOWN = Kind(
    "step_unknown",
    "待办的环节在案件的流程里没有",
    "请系统管理员核对软件版本：环节改名或取消后，未办完的待办要迁移",
)
STAGE_APART = Kind(
    "stage_apart",
    "案件的阶段与所在环节对不上：按流程和法律，案件走不到这里",
    "请停办这件案子，系统管理员核对案件轨迹和数据库备份，告知审计员",
)


def find(scope: Scope) -> Iterator[Finding]:
    yield from _open(scope)
    yield from _ended(scope)


def _open(scope: Scope) -> Iterator[Finding]:
    """Cases that lie alike are judged together: a few dozen ways for any number of cases. That an ended one lies
    anywhere is told by another examination."""
    items = WorkItem.objects.filter(scope.inside("division"), finished__isnull=True)
    items = items.exclude(process__stage__in=ENDED).annotate(task=RAW_TASK, flow=RAW_FLOW_OF_ITEM)
    columns = ("flow", "process__programme", "process__flow_version", "task", "step", "process__stage")
    for row in items.order_by(*columns).values_list(*columns).distinct():
        found = _wrong_with(*row)
        if found is not None:
            kind, words = found
            these = items.filter(_equals(columns, row)).order_by("pk")
            for number, division in these.values_list("process__number", "division").iterator():
                yield Finding(kind, number, county_of(division), f"{number}：{words}")


def _equals(columns: tuple[str, ...], row: tuple[Any, ...]) -> Q:
    """NULL is asked for as such."""
    found = Q()
    for column, value in zip(columns, row, strict=True):
        found &= Q(**{f"{column}__isnull": True}) if value is None else Q(**{column: value})
    return found


def _wrong_with(
    reference: str, programme: str, version: int, task: str, step: str, stage: str
) -> tuple[Kind, str] | None:
    wrong = _wrong_flow(reference, programme, version)
    if wrong is not None:
        return wrong
    flow, found = known_flows()[reference], known_tasks().get(task)
    if found is None or found.name != step or places_of(flow).get(step) is not found:
        return STEP_UNKNOWN, f"待办环节是“{step}”（{task or '空'}），流程里没有"
    if (step, stage) not in _where(flow):
        return STAGE_APART, f"在“{found.task_title}”，阶段却是“{_label(stage)}”"
    return None


def _wrong_flow(reference: str, programme: str, version: int) -> tuple[Kind, str] | None:
    flow = known_flows().get(reference)
    if flow is None or flow.programme != programme:
        return FLOW_UNKNOWN, f"项目“{programme}”，流程是“{reference or '空'}”"
    if flow.version != version:
        return VERSION_APART, f"记着第{version}版，流程是第{flow.version}版"
    return None


def _where(flow: type[CaseFlow]) -> frozenset[tuple[str, str]]:
    known: Any = flow
    return _walked(known)


@functools.lru_cache(maxsize=64)
def _walked(flow: Any) -> frozenset[tuple[str, str]]:
    """(place, stage) of everywhere a case can be in the flow, as the proof has walked it."""
    return frozenset((state.place, state.stage) for state in space_of(flow).moves)


def _label(stage: str) -> str:
    return str(Stage(stage).label) if stage in Stage.values else stage


def _ended(scope: Scope) -> Iterator[Finding]:
    cases: QuerySet[Case] = Case.objects.filter(scope.inside(), stage__in=ENDED).annotate(flow=RAW_FLOW)
    columns = ("flow", "programme", "flow_version", "stage")
    for row in cases.order_by(*columns).values_list(*columns).distinct():
        reference, programme, version, stage = row
        found = _wrong_flow(reference, programme, version)
        if found is None and stage not in _ends_of(known_flows()[reference]):
            found = STAGE_APART, f"停在“{_label(stage)}”，流程里没有这样的结局"
        if found is not None:
            kind, words = found
            these = cases.filter(_equals(columns, row)).order_by("pk")
            for number, division in these.values_list("number", "division_id").iterator():
                yield Finding(kind, number, county_of(division), f"{number}：{words}")


def _ends_of(flow: type[CaseFlow]) -> frozenset[str]:
    return frozenset(str(place.lands_in) for place in places_of(flow).values() if isinstance(place, Ending))


STAGES = Examination("stages", "阶段与流程", find)
