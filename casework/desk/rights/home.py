"""Rights cases 维权 of mine, newest first, each with the next day it must not miss: number and channel, no names."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from casework.access import Access, visible
from casework.desk.cells import cell
from casework.desk.paging import page_by_number
from casework.desk.session import access, staff_page
from casework.models import Case, Role, Watch
from workflows.discretion import names_of
from workflows.programmes.rights_case.intake import SLUG, TAKES_IN
from workflows.watches import open_watches

PAGE = 50
READS = (Role.RIGHTS_OFFICER, Role.OFFICE_HEAD)
COUNTS = (*READS, Role.SUPERVISOR, Role.AUDITOR)


@staff_page
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The page, its cases, their channels and days: four statements and who is there."""
    seen = access(request)
    if not seen.has(*READS):
        raise PermissionDenied(_("维权案件由维权专员和负责人查阅，您现在没有这些岗位。"))
    found = Case.objects.filter(visible(seen), programme=SLUG)
    page = page_by_number(found, "id", request.GET, size=PAGE, falling=True)
    context = {
        "table": _table(page.rows),
        "pager": page.pager(reverse("desk:rights")),
        "may_take_in": may_take_in(seen),
    }
    return render(request, "desk/rights/home.html", context)


def may_take_in(seen: Access) -> bool:
    return any(post.role in TAKES_IN and len(post.office_code) == 6 for post in seen.posts)


def _table(rows: list[Case]) -> dict[str, Any]:
    names = names_of(rows)
    nearest: dict[int, Watch] = {}
    for watch in open_watches(case.pk for case in rows):
        nearest.setdefault(watch.case_id, watch)
    return {
        "caption": _("新的在前"),
        "rows": [{"cells": _cells(case, names[case.pk], nearest.get(case.pk))} for case in rows],
        "empty": {"message": _("还没有维权案件"), "hint": _("有人来反映，先登记诉求。")},
    }


def _cells(case: Case, channel: str, watch: Watch | None) -> list[dict[str, Any]]:
    return [
        cell(_("案号"), text=case.number, url=reverse("desk:case", args=[case.number]), header=True),
        cell(_("渠道"), text=channel),
        cell(_("状态"), kind="stage", code=case.stage, word=case.get_stage_display()),
        cell(_("从何时起"), kind="date", date=localtime(case.stage_since).date()),
        cell(
            _("最近的日期"),
            kind="date",
            date=watch.due_on if watch else None,
            note=watch.get_kind_display() if watch else "",
        ),
    ]
