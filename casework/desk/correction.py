"""The notice of what is missing 补正告知书: a sheet for the applicant to take home, with all of it on one list."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import localtime, now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from casework.desk.case_file import access_case_or_404, open_item
from casework.desk.session import access, staff_page
from casework.desk.slip import office_of, opened_by, printing_actor
from casework.models import Case, Decision, Stage
from workflows import registry, trail
from workflows.papers.wanted import still_wanted


@staff_page
@require_safe
def notice(request: HttpRequest, number: str) -> HttpResponse:
    """The sheet on the screen, ready to print. Looking at it changes nothing."""
    found = waiting_for_papers(request, number)
    printing_actor(access(request), found)
    asked = Decision.objects.filter(case=found, transition="ask_for_papers").last()
    programme = registry.programme(found.programme)
    context = {
        "case": found,
        "back_url": reverse("desk:case", args=[found.number]),
        "printed_url": reverse("desk:correction_printed", args=[found.number]),
        "office": office_of(found),
        **opened_by(request, found),
        "facts": _facts(found),
        "papers": still_wanted(found),
        "reasons": [programme.reasons[code] for code in asked.reasons if code in programme.reasons] if asked else [],
        "note": asked.note if asked else "",
    }
    return render(request, "desk/correction.html", context)


@staff_page
@require_POST
def notice_printed(request: HttpRequest, number: str) -> HttpResponse:
    """Who gave the notice out, and when: what was told, and by whom, can be asked later."""
    found = waiting_for_papers(request, number)
    actor = printing_actor(access(request), found)
    details = {"at": now().date().isoformat(), "what": "papers"}
    trail.record_for_case(found.pk, "slip_printed", actor=actor, details=details)
    messages.success(request, _("已登记：补正告知书已打印。"))
    return redirect("desk:case", number=number)


def waiting_for_papers(request: HttpRequest, number: str) -> Case:
    """A case that waits for its applicant; there is no notice of another."""
    found = access_case_or_404(request, number)
    if str(found.stage) != Stage.CORRECTION:
        raise Http404
    return found


def _facts(case: Case) -> list[dict[str, Any]]:
    item = open_item(case)
    return [
        {"label": _("申请人"), "text": case.applicant.name},
        {"label": _("申请事项"), "text": registry.programme(case.programme).title},
        {"label": _("案件编号"), "text": case.number},
        {"label": _("最迟补齐"), "kind": "long_date", "date": localtime(item.due_at).date() if item else None},
        {"label": _("打印日期"), "kind": "long_date", "date": localtime(now()).date()},
    ]
