"""The page of a case: all of its file, what I may do now and if not why not; and showing a number in full."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from casework.desk import sections
from casework.desk.asides import asides_of, why_none
from casework.desk.case_file import CaseFile, access_case_or_404, read_file
from casework.desk.case_forms import PapersForm
from casework.desk.clock_section import clock_facts, estimated_in, may_extend
from casework.desk.deadline import deadline_of
from casework.desk.decide import decision_form_for
from casework.desk.programme_pages import more_of
from casework.desk.session import access, staff_page
from casework.models import Capacity, Case, Evidence
from casework.places import full_name
from workflows import registry
from workflows.refusals import Refusal
from workflows.unmasking import NUMBERS, unmask

PAPERS = tuple(kind for kind in Evidence.Kind.values if kind != Evidence.Kind.PHOTOGRAPH)
OWNERS = {field: what for what, field in NUMBERS}


@staff_page
@require_safe
def case(request: HttpRequest, number: str) -> HttpResponse:
    return case_page(request, access_case_or_404(request, number))


@staff_page
@require_http_methods(["GET", "POST"])
def unmask_number(request: HttpRequest, number: str) -> HttpResponse:
    """The page once more with one number in full. It is shown in the answer itself: coming back asks again."""
    found = access_case_or_404(request, number)
    if request.method == "GET":
        return redirect("desk:case", number=number)
    field = request.POST.get("field", "")
    what = OWNERS.get(field)
    if what is None:
        raise Http404
    pk = found.applicant_id if what == "person" else found.payee_account_id
    try:
        if pk is None:
            raise Http404
        shown = unmask(
            what, pk, field, by=access(request).staff, reason=request.POST.get("reason", ""), case_number=number
        )
    except Refusal as refused:
        messages.error(request, str(refused))
        return redirect("desk:case", number=number)
    # Read again: the trail has grown by this very act.
    return case_page(request, access_case_or_404(request, number), shown={field: shown})


def case_page(
    request: HttpRequest,
    case: Case,
    *,
    shown: Mapping[str, str] | None = None,
    papers_form: PapersForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page, with numbers just unmasked or a form that was not taken."""
    file = read_file(request, case)
    kept = request.GET.urlencode()
    context = {
        "case": case,
        "programme": registry.programme(case.programme),
        "deadline": deadline_of(file.item, case.terms_version) if file.item else None,
        "clock": clock_facts(file.item, file.pauses) if file.item else [],
        "estimate": estimated_in([file.item]) if file.item else None,
        "may_extend": may_extend(file.item, file.viewer),
        "crumbs": [(reverse("desk:queue") + (f"?{kept}" if kept else ""), _("待办")), ("", case.number)],
        "file": file,
        "steps": sections.steps(file),
        "applicant": sections.applicant(file, full_name(case.division_id), shown or {}),
        "application": sections.application(file),
        "register": sections.register(file),
        "explanation": sections.explanation(file),
        "reckons": case.pays_by not in (Case.PaysBy.OTHERS, Case.PaysBy.NOTHING),
        "photographs": sections.photos(file, (Evidence.Kind.PHOTOGRAPH,)),
        "papers": sections.photos(file, PAPERS),
        "papers_form": papers_form or _papers_form(file),
        "decisions": sections.decisions(file),
        "trail": sections.trail_entries(file),
        "trail_mark": sections.verified(file),
        "decision": _decision(request, file),
        "wanted": sections.wanted(file),
        "review": sections.review(file),
        "asides": asides_of(case, file.item, file.viewer),
        "no_asides": why_none(case, file.viewer),
        "more": more_of(file),
        "in_full": shown,
    }
    return render(request, "desk/case.html", context, status=status)


def _papers_form(file: CaseFile) -> PapersForm | None:
    """For whoever may add papers now; a home visit brings photographs, the counter brings summaries."""
    if not file.is_mine or file.step is None:
        return None
    visit = file.step.capacity == Capacity.VERIFY
    return PapersForm(initial={"kind": Evidence.Kind.PHOTOGRAPH if visit else Evidence.Kind.DISCHARGE_SUMMARY})


def _decision(request: HttpRequest, file: CaseFile) -> Any:
    """What the viewer may decide now, and if not why not."""
    if file.item is None:
        return {"refused": [_("案件已经结束：%(stage)s。") % {"stage": file.case.get_stage_display()}]}
    return decision_form_for(file.item, file.viewer, file.viewer.staff, kept=request.GET.urlencode())
