"""The last check-up, for administrators: who is missing, what does not agree, what to do; and to ask for one now."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Min, Q, QuerySet, Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from casework.access import within
from casework.models import CheckUp, CheckUpFinding, Division, Level, Role
from casework.session import access, staff_page
from workflows import checkups
from workflows.refusals import Refusal

LATELY = 20
"""How many check-ups are gone through for one that covers the reader's places, besides the last nights'."""
NIGHTS = 3
SENTENCES = 5
"""Of one kind on the first page; its own page has more."""
COUNTIES = 150
"""There are 122 counties in the province."""


class AskForm(forms.Form):
    key = forms.UUIDField()


def _codes(request: HttpRequest) -> tuple[str, ...]:
    """The places an administrator answers for. Raises `PermissionDenied` for anybody else."""
    codes = tuple(code for code in access(request).codes(Role.ADMINISTRATOR) if len(code) <= Level.COUNTY)
    if not codes:
        raise PermissionDenied(_("体检由县级以上的系统管理员查看，您现在没有这个岗位。"))
    return codes


def _mine(codes: Sequence[str]) -> Q:
    """What was found in these places, and in the installation as a whole."""
    return within(tuple(codes), "county") | Q(county="")


@staff_page
@require_safe
def check_up(request: HttpRequest) -> HttpResponse:
    """What the last finished check-up of one's places found, kind by kind; whether one is under way."""
    codes = _codes(request)
    recent = _recent(codes)
    last = next((one for one in recent if one.finished_at is not None), None)
    running = recent[0] if recent and recent[0].finished_at is None else None
    found = CheckUpFinding.objects.filter(_mine(codes), check_up=last) if last else CheckUpFinding.objects.none()
    groups = _groups(found)
    context = {
        "notices": [*_running(running), *_result(last, groups)],
        "last": last,
        "groups": groups,
        "key": uuid.uuid4(),
        "under_way": running is not None and running in checkups.under_way(),
    }
    return render(request, "oversight/check_up.html", context)


@staff_page
@require_safe
def kind(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """Everything kept of one kind, county by county."""
    codes = _codes(request)
    found = get_object_or_404(CheckUp.objects.filter(finished_at__isnull=False), pk=pk)
    rows = list(found.findings.filter(_mine(codes), kind=kind).order_by("county")[:COUNTIES])
    if not rows:
        raise Http404
    names = _names(row.county for row in rows)
    context = {
        "title": rows[0].title,
        "remedy": rows[0].remedy,
        "finished_at": found.finished_at,
        "places": [{"name": names[row.county], "total": row.total, "examples": row.examples} for row in rows],
        "crumbs": [(reverse("oversight:check_up"), _("体检")), ("", rows[0].title)],
    }
    return render(request, "oversight/check_up_kind.html", context)


@staff_page
@require_POST
def begin(request: HttpRequest) -> HttpResponse:
    """Ask for a check-up now. It is done in the background; the same form twice asks once."""
    codes = _codes(request)
    form = AskForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("页面不完整，请刷新后再办理。"))
        return redirect("oversight:check_up")
    try:
        checkups.ask_for(codes, by=access(request).staff, key=str(form.cleaned_data["key"]))
    except Refusal as refusal:
        messages.warning(request, str(refusal))
    else:
        messages.success(request, _("已开始体检，在后台进行。过一会儿刷新本页看结果。"))
    return redirect("oversight:check_up")


def _recent(codes: Sequence[str]) -> list[CheckUp]:
    """The last check-ups that covered these places, the newest first."""
    newest = CheckUp.objects.order_by("-pk")
    some = {*newest[:LATELY], *newest.filter(asked_by__isnull=True)[:NIGHTS]}
    return sorted((one for one in some if checkups.covers(one, codes)), key=lambda one: -one.pk)


def _groups(found: QuerySet[CheckUpFinding]) -> list[dict[str, Any]]:
    """Each kind with how much of it there is, and the first of it in words."""
    sums = found.order_by().values("kind").annotate(total=Sum("total"), first=Min("pk"))
    totals = {row["first"]: row["total"] for row in sums}
    firsts = CheckUpFinding.objects.filter(pk__in=totals).order_by("pk")
    return [
        {
            "title": row.title,
            "remedy": row.remedy,
            "total": totals[row.pk],
            "shown": row.examples[:SENTENCES],
            "url": reverse("oversight:check_up_kind", args=[row.check_up_id, row.kind]),
            "more": totals[row.pk] > len(row.examples[:SENTENCES]),
        }
        for row in firsts
    ]


def _names(codes: Iterable[str]) -> dict[str, str]:
    wanted = {code for code in codes if code}
    names = dict(Division.objects.filter(pk__in=wanted).values_list("code", "name"))
    return {**{code: code for code in wanted}, **names, "": _("系统公共部分")}


def _running(running: CheckUp | None) -> list[dict[str, Any]]:
    if running is None:
        return []
    if running not in checkups.under_way():
        message = _("有一次体检开始后一小时还没有做完。请检查后台进程（manage.py work 或 Celery）是否在运行。")
        return [{"level_tag": "warning", "message": message}]
    words = {"done": running.done, "parts": len(checkups.parts_of(running))}
    return [{"level_tag": "info", "message": _("正在体检：%(parts)d项查了%(done)d项。过一会儿刷新本页。") % words}]


def _result(last: CheckUp | None, groups: list[dict[str, Any]]) -> list[dict[str, Any]]:
    if last is None:
        message = _("还没有做过体检。每天凌晨自动做一次，也可以现在就做。")
        return [{"level_tag": "info", "message": message}]
    total = sum(group["total"] for group in groups)
    if not total:
        return [{"level_tag": "success", "word": _("一切正常"), "message": _("上次体检没有发现问题。")}]
    message = _("上次体检发现%(total)d处不对，请按下面各条的办法处理。") % {"total": total}
    return [{"level_tag": "warning", "message": message}]
