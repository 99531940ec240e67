"""The claims lodged with one's own insurer: those that wait for its answer, or all."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from casework.access import Access, claims_of
from casework.desk.deadline import deadline_of
from casework.desk.paging import page_by_number
from casework.desk.session import access, staff_page
from casework.models import Claim, Role, WorkItem

PAGE = 50


def access_insurers(request: HttpRequest) -> Access:
    """Somebody who is an insurer's clerk today. Raises `PermissionDenied` for everybody else."""
    seen = access(request)
    if not seen.insurers:
        raise PermissionDenied(_("这是保险公司经办人的页面，您现在没有这个岗位。"))
    return seen


@staff_page
@require_safe
def claims(request: HttpRequest) -> HttpResponse:
    """Five statements: the posts (two), a page of claims, what each waits for; and the session."""
    seen = access_insurers(request)
    everything = request.GET.get("show") == "all"
    found = _waiting(claims_of(seen)) if not everything else claims_of(seen)
    related = ("case", "insured", "policy", "insurer")
    page = page_by_number(found.select_related(*related), "id", request.GET, size=PAGE, falling=True)
    here = reverse("desk:insurer_claims")
    context = {
        "tabs": [
            {"word": _("等贵公司办理"), "url": here, "current": not everything},
            {"word": _("全部"), "url": f"{here}?show=all", "current": everything},
        ],
        "offices": _("、").join(insurer.name for insurer in seen.insurers),
        "table": _table(page.rows),
        "pager": page.pager(f"{here}?show=all" if everything else here),
    }
    return render(request, "desk/insurer/claims.html", context)


def _waiting(found: QuerySet[Claim]) -> QuerySet[Claim]:
    return found.filter(case__work_items__role=Role.INSURER_CLERK, case__work_items__finished__isnull=True)


def _table(rows: list[Claim]) -> dict[str, Any]:
    open_items = WorkItem.objects.filter(process__in=[claim.case_id for claim in rows], finished__isnull=True)
    items = {item.process_id: item for item in open_items}
    return {
        "caption": _("新转来的在前"),
        "rows": [{"cells": _cells(claim, items.get(claim.case_id))} for claim in rows],
        "empty": {"message": _("没有等贵公司办理的理赔"), "hint": _("县级核对以后转来的理赔会列在这里。")},
    }


def _cells(claim: Claim, item: WorkItem | None) -> list[dict[str, Any]]:
    case = claim.case
    ours = item is not None and item.role == Role.INSURER_CLERK
    step = item.flow_task.task_title if item is not None and item.flow_task else case.get_stage_display()
    due: dict[str, Any] = {"label": _("期限")}
    if item is not None and ours:
        due |= {"kind": "deadline", "deadline": deadline_of(item, case.terms_version)}
    return [
        {
            "label": _("被保险人"),
            "text": claim.insured.name,
            "url": reverse("desk:insurer_claim", args=[case.number]),
            "header": True,
            "note": case.number,
        },
        {"label": _("保单号"), "text": claim.policy.insurer_number if claim.policy else ""},
        {"label": _("损失种类"), "text": claim.get_loss_display()},
        {"label": _("出险日期"), "kind": "date", "date": localtime(claim.incident_at).date()},
        {"label": _("办到哪一步"), "text": step},
        due,
        {"label": _("核定金额"), "kind": "money", "amount": claim.decided_amount},
    ]
