"""The slip an applicant takes home: case number, code, and a QR code that opens the status page."""

from __future__ import annotations

from typing import Any

import segno
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from casework.access import Access
from casework.desk.case_file import SLIP_PRINTERS, access_case_or_404
from casework.desk.session import access, staff_page
from casework.models import Case, Office, Stage
from casework.places import full_name
from casework.slips import spaced_code, token_of
from workflows import registry, trail
from workflows.standing import Actor


@staff_page
@require_safe
def slip(request: HttpRequest, number: str) -> HttpResponse:
    """The slip on the screen, ready to print. Looking at it changes nothing."""
    found = access_case_or_404(request, number)
    printing_actor(access(request), found)
    context = {
        "case": found,
        "back_url": reverse("desk:case", args=[found.number]),
        "printed_url": reverse("desk:slip_printed", args=[found.number]),
        "title": _title(found),
        "office": office_of(found),
        **opened_by(request, found),
        "status_url": request.build_absolute_uri(reverse("portal:status")),
        "facts": _facts(found),
    }
    return render(request, "desk/slip.html", context)


@staff_page
@require_POST
def slip_printed(request: HttpRequest, number: str) -> HttpResponse:
    """Who gave out the slip, and when: whoever holds it can look into the case."""
    found = access_case_or_404(request, number)
    actor = printing_actor(access(request), found)
    trail.record_for_case(found.pk, "slip_printed", actor=actor, details={"at": now().date().isoformat()})
    messages.success(request, _("已登记：回执已打印。"))
    return redirect("desk:case", number=number)


def printing_actor(seen: Access, case: Case) -> Actor:
    """Only who hands a family its slip. The page shows the code, so it is not for everyone who may see the case."""
    for post in seen.posts:
        if post.role in SLIP_PRINTERS and case.division_id.startswith(post.office_code):
            return Actor(seen.staff.pk, seen.staff.name, post.office_name, post.role)
    raise PermissionDenied(_("回执由受理员、村级核实员或乡镇审核员打印，您现在没有这些岗位。"))


def opened_by(request: HttpRequest, case: Case) -> dict[str, str]:
    """What opens the applicant's page: the picture to scan, and the code to type."""
    address = request.build_absolute_uri(reverse("portal:open", args=[token_of(case.number)]))
    qr = segno.make(address, error="m", micro=False).svg_data_uri(border=2, omitsize=True)
    return {"code": spaced_code(case.number), "qr": qr}


def _title(case: Case) -> str:
    """Paper handed in is not yet accepted: 收件 is a fact, 受理 an act that starts the clock."""
    waiting = str(case.stage) in (Stage.DRAFT, Stage.SUBMITTED, Stage.CORRECTION)
    return _("收件回执") if waiting else _("受理回执")


def office_of(case: Case) -> str:
    county = case.division_id[:6]
    office = Office.objects.filter(division=county, kind=Office.Kind.ASSOCIATION).first()
    return office.name if office else full_name(county)


def _facts(case: Case) -> list[dict[str, Any]]:
    return [
        {"label": _("申请人"), "text": case.applicant.name},
        {"label": _("申请事项"), "text": registry.programme(case.programme).title},
        {"label": _("申请日期"), "kind": "long_date", "date": case.applied_on},
        {"label": _("打印日期"), "kind": "long_date", "date": now()},
    ]
