"""保险对接: how each insurer is reached and how that goes, what went out and came in, and what does not agree."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from casework.access import Access
from casework.desk.insurers.tables import answer_facts, batch_table, file_table, insurer_table, step_table
from casework.desk.paging import page_by_number
from casework.desk.session import access, staff_page
from casework.models import AnswerFile, ClaimBatch, ClaimLodging, InsurerAnswer, Office, Role
from workflows.insurance_exchange.reconciling import settle_by_hand
from workflows.refusals import Refusal

PAGE = 30
SHOWN = 10
EXCHANGERS = (Role.INTAKE_CLERK, Role.ADMINISTRATOR)
OPEN = (InsurerAnswer.State.WAITING, InsurerAnswer.State.OUT_OF_STEP)


class SettleForm(forms.Form):
    note = forms.CharField(
        label=gettext_lazy("怎么核对的"),
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("例如：已与保险公司电话核对，以第一次核定为准。写进轨迹，不改案件。"),
        error_messages={"required": gettext_lazy("请写明怎么核对的")},
    )


def access_exchange(request: HttpRequest) -> tuple[Access, tuple[str, ...]]:
    """The counties whose exchange this person keeps. Raises `PermissionDenied` when of none."""
    seen = access(request)
    counties = tuple(sorted({post.office_code for post in seen.posts if post.role in EXCHANGERS}))
    if not counties:
        raise PermissionDenied(_("保险对接由县级受理员和系统管理员办理，您现在没有这个岗位。"))
    return seen, counties


def insurers_of(counties: tuple[str, ...]) -> QuerySet[Office]:
    """The insurers of these counties, with their connections."""
    found = Office.objects.filter(division__in=counties, kind=Office.Kind.INSURER)
    return found.select_related("connection", "division").order_by("division", "id")


def access_insurer(request: HttpRequest, office: int) -> Office:
    """An insurer of one of those counties; else 404, as if there were none."""
    _seen, counties = access_exchange(request)
    found = insurers_of(counties).filter(pk=office).first()
    if found is None:
        raise Http404
    return found


@staff_page
@require_safe
def insurers(request: HttpRequest) -> HttpResponse:
    """Seven statements besides who is there."""
    seen, counties = access_exchange(request)
    offices = list(insurers_of(counties)[:PAGE])
    unsent = Q(batch__isnull=True, received_at__isnull=True)
    lodged = ClaimLodging.objects.filter(unsent, office__in=offices).values("office")
    waiting = {row["office"]: row["count"] for row in lodged.annotate(count=Count("pk"))}
    steps = InsurerAnswer.objects.filter(office__in=offices, state__in=OPEN).select_related("case", "office")
    page = page_by_number(steps, "id", request.GET, size=PAGE, falling=True)
    refused = ClaimLodging.objects.filter(office__in=offices, received_at__isnull=True).exclude(fault="")
    batches = ClaimBatch.objects.filter(county__in=counties).select_related("office", "drawn_by")
    files = AnswerFile.objects.filter(county__in=counties).select_related("office", "taken_by")
    context = {
        "insurers": insurer_table(offices, waiting, seen),
        "steps": step_table(page.rows, list(refused.select_related("case", "office")[:SHOWN])),
        "pager": page.pager(reverse("desk:insurers")),
        "batches": batch_table(list(batches[:SHOWN])),
        "files": file_table(list(files[:SHOWN])),
    }
    return render(request, "desk/insurers/home.html", context)


@staff_page
@require_http_methods(["GET", "POST"])
def out_of_step(request: HttpRequest, pk: int) -> HttpResponse:
    """One answer that does not agree with its case: both side by side; and saying how it was cleared up."""
    _seen, counties = access_exchange(request)
    rows = InsurerAnswer.objects.select_related("case__claim", "office__connection")
    found = rows.filter(pk=pk, office__in=insurers_of(counties)).first()
    if found is None:
        raise Http404
    form = SettleForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            settle_by_hand(found, form.cleaned_data["note"], by=access(request).staff)
        except Refusal as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("已核对，从对不上的清单里移出。"))
            return redirect("desk:insurers")
    context: dict[str, Any] = {
        "answer": found,
        "facts": answer_facts(found),
        "form": form if found.state in OPEN else None,
        "crumbs": [(reverse("desk:insurers"), _("保险对接")), ("", found.answer_id)],
    }
    return render(request, "desk/insurers/out_of_step.html", context, status=422 if form.errors else 200)
