"""Every wait is looked after: an alarm is set, it is heard, what was told is told, and no pause outlasts its reason."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Any

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils.timezone import localtime, now

from casework.models import Case, Pause, Stage, SupervisionOrder, WorkItem
from workflows import deadlines, registry, trail
from workflows.doctor.finding import Examination, Finding, Kind, Scope, county_of
from workflows.pauses import waiting_in
from workflows.perform import OPEN, locked_item
from workflows.reckoning import limit_for
from workflows.standing import SYSTEM

UNSET = Kind(
    "alarm_missing",
    "待办没有定好什么时候提醒，到期也不会有人知道",
    "请用 manage.py doctor --repair 重新定好；不能自动定的，请系统管理员联系维护人员",
)
UNHEARD = Kind(
    "alarm_unheard",
    "该提醒或督办的时刻早已过去，还没有巡查",
    "请系统管理员检查后台进程（manage.py work，或 Celery 的 worker 和 beat）是否在运行，再用 manage.py sweep 试一次",
)
NO_ORDER = Kind(
    "order_missing",
    "记着已经督办，台账里却没有督办单",
    "请用 manage.py doctor --repair 改正，下一次巡查会补发督办单",
)
PAUSE_LEFT = Kind(
    "pause_left",
    "计时还停着，案件却已经在往下办",
    "请用 manage.py doctor --repair 结束这段暂停；办理期限不因此延长",
)
NO_PAUSE = Kind(
    "pause_missing",
    "案件中止了，计时却没有停",
    "请系统管理员核对案件轨迹；恢复办理以后，请负责人按实际情况延长期限",
)
UNSET_ALARM = Q(alarm_at__isnull=True, escalated_at__isnull=True)
ORDERS = SupervisionOrder.objects.filter(
    Q(work_item__step=OuterRef("step")) | Q(work_item__clock_from=OuterRef("clock_from")), case=OuterRef("process")
)
"""Raised for an item, or for the one whose clock it goes on with."""

UNORDERED = Q(~Exists(ORDERS), escalated_at__isnull=False)
PATIENCE = datetime.timedelta(hours=1)


def find(scope: Scope) -> Iterator[Finding]:
    items = WorkItem.objects.filter(scope.inside("division"), finished__isnull=True).order_by("pk")
    yield from _told(UNSET, items.filter(UNSET_ALARM), "没有定提醒的时刻")
    yield from _told(NO_ORDER, items.filter(UNORDERED), "没有督办单")
    yield from _pauses(scope)


def find_unheard(scope: Scope) -> Iterator[Finding]:
    """What the sweep should have come by for: it does not run, or cannot get past it."""
    long_ago = scope.at - PATIENCE
    items = WorkItem.objects.filter(finished__isnull=True, alarm_at__lt=long_ago, created__lt=long_ago)
    rows = items.order_by("alarm_at", "pk").values_list("process__number", "division", "alarm_at")
    for number, division, at in rows.iterator():
        yield Finding(UNHEARD, number, county_of(division), f"{number}：{localtime(at):%Y-%m-%d %H:%M}就该提醒或督办")


def _told(kind: Kind, items: QuerySet[WorkItem], words: str) -> Iterator[Finding]:
    for pk, number, division in items.values_list("pk", "process__number", "division").iterator():
        yield Finding(kind, number, county_of(division), f"{number}：{words}", key=pk)


def _pauses(scope: Scope) -> Iterator[Finding]:
    still = Pause.objects.filter(ended__isnull=True)
    waits = Q(pk__in=[])
    for programme in registry.programmes().values():
        waits |= Q(programme=programme.slug, step__in=waiting_in(tuple(programme.flows)))
    waiting = WorkItem.objects.filter(waits, process=OuterRef("case"), finished__isnull=True)
    left = still.filter(scope.inside("case__division_id"), ~Exists(waiting)).order_by("pk")
    for pk, number, division in left.values_list("pk", "case__number", "case__division_id").iterator():
        yield Finding(PAUSE_LEFT, number, county_of(division), f"{number}：计时还停着", key=pk)
    stopped = Exists(still.filter(case=OuterRef("pk")))
    running = Case.objects.filter(scope.inside(), ~stopped, stage=Stage.SUSPENDED).order_by("pk")
    for number, division in running.values_list("number", "division_id").iterator():
        yield Finding(NO_PAUSE, number, county_of(division), f"{number}：中止了，计时没有停")


def mend(finding: Finding) -> str:
    if finding.kind is PAUSE_LEFT:
        return f"{finding.subject}：结束了停着的计时" if _end_pause(finding.key) else ""
    if finding.kind in (UNSET, NO_ORDER):
        return f"{finding.subject}：重新定好了提醒的时刻" if _set_anew(finding) else ""
    return ""


def _set_anew(finding: Finding) -> bool:
    """By the verbs of the clock, as if nothing had been told that was not told."""
    with transaction.atomic():
        item = locked_item(finding.key)
        still = WorkItem.objects.filter(UNSET_ALARM | UNORDERED, pk=item.pk, status__in=OPEN)
        if not still.exists():
            return False
        item.escalated_at = None
        deadlines.reckon(item, limit_for(item), Pause.objects.filter(case=item.process_id))
        item.save(update_fields=["due_at", "alarm_at", "escalated_at"])
        _say(item.process, finding.kind.code, step=item.step)
    return True


def _end_pause(pause_id: int) -> bool:
    """As of the moment it began: nobody gains a day by it."""
    with transaction.atomic():
        pause = Pause.objects.filter(pk=pause_id).first()
        if pause is None:
            return False
        case = Case.objects.select_for_update().get(pk=pause.case_id)
        if not Pause.objects.filter(pk=pause_id, ended__isnull=True).update(ended=F("began")):
            return False
        _say(case, PAUSE_LEFT.code)
    return True


def _say(case: Case, what: str, **more: Any) -> None:
    event = trail.next_event(case, "repaired", actor=SYSTEM, at=now(), details={"what": what, **more})
    event.save(force_insert=True)
    case.save(update_fields=["trail_seq", "trail_head"])


ALARMS = Examination("alarms", "提醒、督办与暂停", find, mend)
SWEEP = Examination("sweep", "期限巡查", find_unheard, of_installation=True)
