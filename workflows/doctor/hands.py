"""An open item somebody holds who is no longer in that post: no colleague sees it as free."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Exists, OuterRef

from casework.models import Post, WorkItem
from workflows.doctor.finding import Examination, Finding, Kind, Scope, county_of
from workflows.holding import put_back

HOLDER_LEFT = Kind(
    "holder_left",
    "待办在已经离任或停用的人手里",
    "请用 manage.py doctor --repair 退回待办，或由同岗位的同事打开案件领取",
)


def find(scope: Scope) -> Iterator[Finding]:
    in_post = Post.objects.in_force(scope.day).filter(
        staff=OuterRef("owner"), role=OuterRef("role"), office__division=OuterRef("office")
    )
    held = WorkItem.objects.filter(scope.inside("division"), finished__isnull=True, owner__isnull=False)
    rows = held.filter(~Exists(in_post)).order_by("pk")
    for pk, number, division in rows.values_list("pk", "process__number", "division").iterator():
        yield Finding(HOLDER_LEFT, number, county_of(division), f"{number}：领取人已不在这个岗位", key=pk)


def mend(finding: Finding) -> str:
    return f"{finding.subject}：已退回待办" if put_back(finding.key) else ""


HANDS = Examination("hands", "待办在谁手里", find, mend)
