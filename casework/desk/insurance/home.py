"""Insurance at the desk: the claims of my places, what is pressing about them, and the ways in."""

from __future__ import annotations

import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from casework.access import Access, within
from casework.desk.paging import page_by_number
from casework.desk.session import access, staff_page
from casework.models import Claim, Role
from casework.models.stages import ENDED
from workflows.programmes.insurance_claim.assessment import TERMS
from workflows.programmes.insurance_claim.notifying import WRITERS

PAGE = 50
MOST_PRESSING = 20
READERS = (
    *WRITERS,
    Role.TOWNSHIP_REVIEWER,
    Role.COUNTY_APPROVER,
    Role.RIGHTS_OFFICER,
    Role.SUPERVISOR,
    Role.AUDITOR,
    Role.OFFICE_HEAD,
)


def access_insurance(request: HttpRequest) -> tuple[Access, tuple[str, ...]]:
    """The places whose claims this person may see. Raises `PermissionDenied` when of none."""
    seen = access(request)
    codes = seen.codes(*READERS)
    if not codes:
        raise PermissionDenied(_("您现在的岗位不看保险理赔。"))
    return seen, codes


@staff_page
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    seen, codes = access_insurance(request)
    mine = Claim.objects.filter(within(codes, "case__division_id")).select_related("case", "insured", "policy")
    page = page_by_number(mine, "id", request.GET, size=PAGE, falling=True)
    context = {
        "pressing": pressing(mine),
        "may_notify": seen.has(*WRITERS),
        "may_insure": seen.has(Role.INTAKE_CLERK),
        "table": {
            "caption": _("理赔，新的在前"),
            "rows": [{"cells": claim_cells(claim)} for claim in page.rows],
            "empty": {"title": _("还没有理赔"), "text": _("出了险，在“报案”里登记。")},
        },
        "pager": page.pager(reverse("desk:insurance")),
    }
    return render(request, "desk/insurance/home.html", context)


def pressing(mine: Any) -> list[dict[str, str]]:
    """Claims not yet at the insurer whose limitation ends soon or has ended. 索赔时效 by the index of its day."""
    today = localdate()
    until = today + datetime.timedelta(days=TERMS.versions[-1].body["limitation_warn_days"])
    soon = mine.filter(lodged_at__isnull=True, limitation_on__lte=until).filter(~Q(case__stage__in=ENDED))
    told = []
    for claim in soon.order_by("limitation_on")[:MOST_PRESSING]:
        days = (claim.limitation_on - today).days
        said = _("索赔时效还有%(days)d日，%(day)s届满") if days >= 0 else _("索赔时效已过%(over)d日，%(day)s届满")
        words = {"days": days, "over": -days, "day": claim.limitation_on}
        told.append(
            {
                "number": claim.case.number,
                "url": reverse("desk:case", args=[claim.case.number]),
                "name": claim.insured.name,
                "said": said % words,
            }
        )
    return told


def claim_cells(claim: Claim) -> list[dict[str, Any]]:
    case = claim.case
    return [
        {
            "label": _("被保险人"),
            "text": claim.insured.name,
            "note": case.number,
            "url": reverse("desk:case", args=[case.number]),
            "header": True,
        },
        {"label": _("损失"), "text": claim.get_loss_display(), "note": _("报案迟") if claim.late else ""},
        {"label": _("出险"), "kind": "date", "date": claim.incident_at},
        {"label": _("状态"), "kind": "stage", "code": case.stage, "word": case.get_stage_display()},
        {"label": _("保单"), "text": claim.policy.number if claim.policy else ""},
        {"label": _("核定金额"), "kind": "money", "amount": claim.decided_amount},
        {"label": _("索赔时效"), "kind": "date", "date": claim.limitation_on},
    ]
