"""Jobs that are stuck: given up, of a kind nobody here handles, or simply not done because no worker runs."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

from django.utils.timezone import localtime

from notifications.models import Outbox
from notifications.outbox import try_again
from workflows.doctor.finding import Examination, Finding, Kind, Scope

GIVEN_UP = Kind(
    "job_given_up",
    "后台工作试了多次没有做成，已经放弃",
    "先看日志里它为什么失败；原因消除后用 manage.py doctor --repair 放回去重做",
)
UNKNOWN = Kind(
    "job_unknown",
    "后台工作的种类这个版本的软件不认识",
    "请系统管理员核对软件版本：写下它的是更新或更旧的版本，装对版本后会自动去做",
)
OVERDUE = Kind(
    "job_overdue",
    "后台工作早就该做，一直没有人做",
    "请系统管理员检查后台进程（manage.py work，或 Celery 的 worker 和 beat）是否在运行",
)
PATIENCE = datetime.timedelta(hours=1)


def find(scope: Scope) -> Iterator[Finding]:
    jobs = Outbox.objects.waiting().order_by("pk")
    known = jobs.filter(kind__in=scope.job_kinds)
    for kind, key in jobs.exclude(kind__in=scope.job_kinds).values_list("kind", "key").iterator():
        yield Finding(UNKNOWN, key, "", f"{key}：种类“{kind}”")
    columns = ("pk", "kind", "key", "attempts", "last_error")
    for pk, kind, key, attempts, error in known.filter(given_up=True).values_list(*columns).iterator():
        sentence = f"{key}：种类“{kind}”，试了{attempts}次，最后一次错在{error or '未知'}"
        yield Finding(GIVEN_UP, key, "", sentence, key=pk)
    overdue = known.filter(given_up=False, run_at__lt=scope.at - PATIENCE)
    leased = {"leased_until__gte": scope.at}
    for kind, key, due in overdue.exclude(**leased).values_list("kind", "key", "run_at").iterator():
        yield Finding(OVERDUE, key, "", f"{key}：种类“{kind}”，{localtime(due):%Y-%m-%d %H:%M}就该做了")


def mend(finding: Finding) -> str:
    if finding.kind is not GIVEN_UP:
        return ""
    return f"{finding.subject}：已放回去重做" if try_again(finding.key) else ""


OUTBOX = Examination("outbox", "后台工作", find, mend, of_installation=True)
