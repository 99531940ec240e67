"""The demonstration accounts of a county, as a table for the console."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from django.utils.timezone import localdate

from casework.access import within
from casework.demo.county import PASSWORD, divisions_of, seats
from casework.models import Level, Post, Role, WorkItem
from casework.text_table import table

HEADINGS = ("岗位", "机构", "账号", "姓名", "待办")


def account_lines(county: str) -> Iterator[str]:
    """The county's accounts, and those of townships and villages with work; how to find the others."""
    wanted = {seat.username for seat in seats(county, divisions_of(county))}
    posts = Post.objects.in_force(localdate()).filter(staff__username__in=wanted)
    rows = []
    waiting = _waiting(county)
    columns = ("role", "office__name", "office__division_id", "staff__username", "staff__name")
    for role, office, division, username, name in posts.order_by("office__division_id", "id").values_list(*columns):
        count = waiting[division, role]
        if count or len(division) == Level.COUNTY:
            rows.append((str(Role(role).label), office, username, name, str(count) if count else "—"))
    if not rows:
        yield f"{county} 还没有示范账号，请先运行 manage.py demo --county {county}。"
        return
    yield f"示范账号（密码都是 {PASSWORD}，只供试用）："
    yield from table([HEADINGS, *rows])
    yield "其他乡镇的账号是 xz-乡镇9位代码，其他村（社区）的账号是 cun-村12位代码，密码相同。"
    yield "乡镇的负责人是 xz-乡镇9位代码-fuze，督办员是 xz-乡镇9位代码-duban。"


def _waiting(county: str) -> Counter[tuple[str, str]]:
    """(office, role) -> how many cases wait there."""
    open_items = WorkItem.objects.filter(within((county,), "division"), finished__isnull=True)
    return Counter(open_items.values_list("office", "role"))
