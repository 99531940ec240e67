"""Files between the county and one's own insurer: batches of claims to fetch, a file of answers to hand in."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from casework.desk.insurer_desk.claims import access_insurers
from casework.desk.insurers.answers import Desk, answers_page
from casework.desk.insurers.batches import ExportForm
from casework.desk.paging import page_by_number
from casework.desk.session import access, staff_page
from casework.models import ClaimBatch, Office
from workflows.insurance_exchange import batches as verbs
from workflows.refusals import Refusal

PAGE = 20


@staff_page
@require_safe
def files(request: HttpRequest) -> HttpResponse:
    """Three statements: the posts, a page of batches, and the session."""
    return _page(request)


@staff_page
@require_POST
def export(request: HttpRequest, number: str) -> HttpResponse:
    """The batch's file. It shows identity numbers in full, so fetching it is an act that stands in the trail."""
    seen = access_insurers(request)
    mine = [insurer.office_id for insurer in seen.insurers]
    found = ClaimBatch.objects.select_related("office").filter(office__in=mine, number=number).first()
    if found is None:
        raise Http404
    form = ExportForm(request.POST)
    if not form.is_valid():
        return _page(request, refused=_("请选一种文件格式。"))
    try:
        made = verbs.export(found, by=access(request).staff, form=form.cleaned_data["form"])
    except Refusal as refusal:
        return _page(request, refused=str(refusal))
    response = HttpResponse(made.data, content_type=made.content_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{made.name}"'
    return response


@staff_page
@require_http_methods(["GET", "POST"])
def answers(request: HttpRequest, office: int) -> HttpResponse:
    seen = access_insurers(request)
    if office not in {insurer.office_id for insurer in seen.insurers}:
        raise Http404
    here = reverse("desk:insurer_answers", args=[office])
    desk = Desk(here, (reverse("desk:insurer_files"), _("文件往来")), is_the_insurers=True)
    return answers_page(request, Office.objects.get(pk=office), desk)


def _page(request: HttpRequest, *, refused: str = "") -> HttpResponse:
    seen = access_insurers(request)
    mine = [insurer.office_id for insurer in seen.insurers]
    found = ClaimBatch.objects.filter(office__in=mine)
    page = page_by_number(found, "id", request.GET, size=PAGE, falling=True)
    context: dict[str, Any] = {
        "insurers": [
            (reverse("desk:insurer_answers", args=[insurer.office_id]), insurer.name) for insurer in seen.insurers
        ],
        "batches": [(batch, reverse("desk:insurer_export", args=[batch.number])) for batch in page.rows],
        "formats": ((verbs.XLSX, _("Excel表格")), (verbs.JSON, "JSON")),
        "pager": page.pager(reverse("desk:insurer_files")),
        "notice": {"level_tag": "error", "message": refused} if refused else None,
    }
    return render(request, "desk/insurer/files.html", context, status=409 if refused else 200)
