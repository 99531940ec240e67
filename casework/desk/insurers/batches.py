"""Claims to an insurer in a file: drawing what waits, a batch, its file."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from casework.desk.insurers.home import access_exchange, access_insurer
from casework.desk.insurers.tables import lodging_table
from casework.desk.paging import page_by_number
from casework.desk.session import access, staff_page
from casework.models import ClaimBatch
from workflows.insurance_exchange import batches as verbs
from workflows.insurance_exchange.lodging import waiting
from workflows.refusals import Refusal

PAGE = 50


class ExportForm(forms.Form):
    form = forms.ChoiceField(
        label=gettext_lazy("文件格式"),
        choices=((verbs.XLSX, gettext_lazy("Excel表格（.xlsx）")), (verbs.JSON, gettext_lazy("JSON，给对方系统读"))),
        widget=forms.RadioSelect,
        initial=verbs.XLSX,
    )


@staff_page
@require_http_methods(["GET", "POST"])
def draw(request: HttpRequest, office: int) -> HttpResponse:
    """What waits for this insurer; a POST puts all of it into one batch."""
    found = access_insurer(request, office)
    notice = None
    if request.method == "POST":
        try:
            made = verbs.draw(found, found.division_id, by=access(request).staff)
        except Refusal as refused:
            notice = {"level_tag": "error", "message": str(refused)}
        else:
            messages.success(request, _("已编制批次%(number)s，请导出文件送保险公司。") % {"number": made.number})
            return redirect("desk:insurers_batch", number=made.number)
    lodgings = waiting(found.pk, found.division_id).select_related("case__applicant")
    context = {
        "insurer": found,
        "count": waiting(found.pk, found.division_id).count(),
        "table": lodging_table(list(lodgings[:PAGE])),
        "notice": notice,
        "crumbs": [(reverse("desk:insurers"), _("保险对接")), ("", _("编制理赔批次"))],
    }
    return render(request, "desk/insurers/draw.html", context, status=409 if notice else 200)


@staff_page
@require_safe
def batch(request: HttpRequest, number: str) -> HttpResponse:
    return _page(request, access_batch(request, number))


@staff_page
@require_POST
def export(request: HttpRequest, number: str) -> HttpResponse:
    """The file itself. It shows identity numbers in full, so it is an act, and asking for it is a POST."""
    found = access_batch(request, number)
    form = ExportForm(request.POST)
    if not form.is_valid():
        return _page(request, found, refused=_("请选一种文件格式。"))
    try:
        made = verbs.export(found, by=access(request).staff, form=form.cleaned_data["form"])
    except Refusal as refusal:
        return _page(request, found, refused=str(refusal))
    response = HttpResponse(made.data, content_type=made.content_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{made.name}"'
    return response


def access_batch(request: HttpRequest, number: str) -> ClaimBatch:
    _seen, counties = access_exchange(request)
    related = ClaimBatch.objects.select_related("office", "drawn_by", "county")
    found = related.filter(county__in=counties, number=number).first()
    if found is None:
        raise Http404
    return found


def _page(request: HttpRequest, found: ClaimBatch, *, refused: str = "") -> HttpResponse:
    lines = found.lines.select_related("case__applicant")
    page = page_by_number(lines, "line_number", request.GET, size=PAGE)
    context = {
        "batch": found,
        "facts": [
            {"label": _("保险公司"), "text": found.office.name},
            {"label": _("件数"), "text": found.line_count},
            {"label": _("编制"), "kind": "moment", "date": found.drawn_at, "note": found.drawn_by.name},
            {"label": _("摘要"), "text": found.digest, "note": _("与文件末行相同")},
        ],
        "form": ExportForm(),
        "notice": {"level_tag": "error", "message": refused} if refused else None,
        "table": lodging_table(page.rows),
        "pager": page.pager(reverse("desk:insurers_batch", args=[found.number])),
        "crumbs": [(reverse("desk:insurers"), _("保险对接")), ("", found.number)],
    }
    return render(request, "desk/insurers/batch.html", context, status=409 if refused else 200)
