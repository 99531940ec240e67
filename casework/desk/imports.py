"""Paper comes in: handing in a sheet, its report line by line, the copy that goes back, putting a line right."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from casework.access import Access, within
from casework.desk.import_forms import LineForm, SheetUploadForm
from casework.desk.session import access, staff_page
from casework.evidence.storage import StorageFailed
from casework.masking import mask_name
from casework.models import Role, SheetImport, SheetLine
from casework.sheets import values
from casework.sheets.problems import SheetProblem
from workflows import registry
from workflows.line_codes import Own
from workflows.papers.applications import import_applications
from workflows.papers.codes import line_code, remedies, sentences
from workflows.papers.correcting import check_again, correct_line
from workflows.papers.register import import_register
from workflows.papers.returning import copy_to_send_back
from workflows.papers.sheets import cells_of, problems_of
from workflows.refusals import DayToCome, Refusal

PAGE = 100
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def access_counties(request: HttpRequest) -> tuple[Access, tuple[str, ...]]:
    """The counties this person is an intake clerk of. Raises `PermissionDenied` when of none."""
    seen = access(request)
    counties = seen.codes(Role.INTAKE_CLERK)
    if not counties:
        raise PermissionDenied(_("材料导入由县级受理员办理，您现在没有这个岗位。"))
    return seen, counties


def access_sheet(request: HttpRequest, pk: int) -> SheetImport:
    """A sheet of one of the clerk's counties; else 404, as if there were none."""
    _seen, counties = access_counties(request)
    sheet = SheetImport.objects.select_related("imported_by", "county").filter(within(counties, "county_id"), pk=pk)
    found = sheet.first()
    if found is None:
        raise Http404
    return found


@staff_page
@require_http_methods(["GET", "POST"])
def imports(request: HttpRequest) -> HttpResponse:
    """Sheets handed in lately, and the form to hand in another."""
    _seen, counties = access_counties(request)
    form = SheetUploadForm(request.POST or None, request.FILES or None, counties=counties)
    if request.method == "POST" and form.is_valid():
        sheet_id = _bring_in(request, form)
        if sheet_id is not None:
            return redirect("desk:import", pk=sheet_id)
    recent = SheetImport.objects.filter(within(counties, "county_id")).select_related("imported_by")[:30]
    context = {"form": form, "table": _recent_table(recent)}
    return render(request, "desk/imports.html", context, status=400 if form.errors else 200)


def _bring_in(request: HttpRequest, form: SheetUploadForm) -> int | None:
    """Import what the form holds; the sheet's key, or None with the problem on the form."""
    given = form.cleaned_data
    common = {"county": given["county"], "by": access(request).staff, "file_name": given["file"].name}
    source = given["file"].read()
    try:
        if given["kind"] == SheetUploadForm.REGISTER:
            report = import_register(source, **common)
        else:
            report = import_applications(given["kind"], source, applied_on=given["applied_on"], **common)
    except (SheetProblem, Refusal, StorageFailed) as problem:
        form.add_error("applied_on" if isinstance(problem, DayToCome) else "file", str(problem))
        return None
    if report.repeated:
        messages.info(request, _("这份表以前导入过，没有任何变化。下面是当时的结果。"))
    for note in report.notes:
        messages.warning(request, note)
    return report.sheet_id


def _recent_table(sheets: QuerySet[SheetImport]) -> dict[str, Any]:
    programmes = registry.on_paper()
    rows = []
    for sheet in sheets:
        title = programmes[sheet.programme].title if sheet.programme in programmes else sheet.get_kind_display()
        rows.append(
            {
                "cells": [
                    {
                        "label": _("文件"),
                        "header": True,
                        "text": str(sheet),
                        "url": reverse("desk:import", args=[sheet.pk]),
                    },
                    {"label": _("种类"), "text": title},
                    {"label": _("导入时间"), "kind": "moment", "date": sheet.imported_at},
                    {"label": _("经办人"), "text": sheet.imported_by.name},
                    {"label": _("行数"), "kind": "number", "text": sheet.line_count},
                    {"label": _("通过"), "kind": "number", "text": sheet.accepted_count},
                    {"label": _("金额"), "kind": "money", "amount": sheet.total if sheet.programme else None},
                ]
            }
        )
    return {
        "caption": _("最近的导入"),
        "rows": rows,
        "empty": {"message": _("还没有导入过材料"), "hint": _("在上面选一份表格，看完逐行结果再往下办。")},
    }


@staff_page
@require_GET
def report(request: HttpRequest, pk: int) -> HttpResponse:
    """What became of a sheet, line by line; refused lines first asked for, by `?only=refused`."""
    sheet = access_sheet(request, pk)
    only = request.GET.get("only", "")
    after = int(request.GET["after"]) if request.GET.get("after", "").isdigit() else 0
    lines = sheet.lines.filter(row__gt=after).select_related("case")
    if only in SheetLine.Outcome.values:
        lines = lines.filter(outcome=only)
    page = list(lines.order_by("row")[: PAGE + 1])
    return render(
        request,
        "desk/import_report.html",
        {
            "sheet": sheet,
            "report": {"counts": _counts(sheet)},
            "table": {"caption": "", "rows": [_line_row(line, sheet) for line in page[:PAGE]], "empty": _nothing(only)},
            "pager": _pager(sheet, only, page),
            "refused": sheet.lines.filter(outcome=SheetLine.Outcome.REFUSED).exists(),
            "crumbs": [(reverse("desk:imports"), _("材料导入")), ("", str(sheet))],
        },
    )


def _counts(sheet: SheetImport) -> list[dict[str, Any]]:
    """As it stands now: a line put right since counts among the accepted."""
    here = reverse("desk:import", args=[sheet.pk])
    accepted = sheet.lines.filter(outcome=SheetLine.Outcome.ACCEPTED).count()
    counts: list[dict[str, Any]] = [
        {"label": _("总行数"), "number": sheet.line_count, "unit": _("行"), "url": here},
        {"label": _("通过"), "number": accepted, "unit": _("行"), "tone": "good", "url": f"{here}?only=accepted"},
        {
            "label": _("退回"),
            "number": sheet.line_count - accepted,
            "unit": _("行"),
            "tone": "bad",
            "url": f"{here}?only=refused",
        },
    ]
    if sheet.programme:
        counts.append({"label": _("首次通过金额"), "amount": sheet.total})
    return counts


def _line_row(line: SheetLine, sheet: SheetImport) -> dict[str, Any]:
    cells = cells_of(line)
    refused = line.outcome == SheetLine.Outcome.REFUSED
    own = registry.codes_of(sheet.programme)
    said = sentences(line.reasons, problems_of(line), own)
    to_do = remedies(line.reasons, own)
    case = line.case
    act = {"label": _("去向"), "kind": "code", "text": case.number if case else ""}
    if case:
        act["url"] = reverse("desk:case", args=[case.number])
    elif refused and sheet.programme:
        act |= {"text": _("更正这一行"), "url": reverse("desk:line", args=[line.pk])}
    outcome = _("退回") if refused else _("通过")
    return {
        "cells": [
            {"label": _("行号"), "kind": "number", "header": True, "text": line.row},
            {"label": _("姓名"), "kind": "code", "text": mask_name(values.text(cells.get("name", "")))},
            {"label": _("结果"), "kind": "code", "text": f"{'✕' if refused else '✓'} {outcome}"},
            {"label": _("原因"), "text": _("；").join(said)},
            {"label": _("怎么办"), "text": _("；").join(to_do)},
            {"label": _("金额"), "kind": "money", "amount": case.amount if case else None},
            act,
        ]
    }


def _what_to_do(line: SheetLine, own: Own) -> list[str]:
    """Each reason against a line, with its remedy."""
    said = sentences(line.reasons, problems_of(line), own)
    return [f"{sentence}。{line_code(code, own).remedy}。" for sentence, code in zip(said, line.reasons, strict=True)]


def _nothing(only: str) -> dict[str, str]:
    return {"message": _("没有这样的行") if only else _("这份表没有数据行")}


def _pager(sheet: SheetImport, only: str, page: list[SheetLine]) -> dict[str, str]:
    here = reverse("desk:import", args=[sheet.pk])
    more = f"{here}?only={only}&after={page[PAGE - 1].row}" if len(page) > PAGE else ""
    return {"previous_url": "", "next_url": more}


@staff_page
@require_POST
def send_back(request: HttpRequest, pk: int) -> HttpResponse:
    """The annotated copy of the sheet, for whoever handed it in. It shows their numbers, so it is an act."""
    sheet = access_sheet(request, pk)
    copy = copy_to_send_back(sheet, by=access(request).staff)
    response = HttpResponse(copy, content_type=XLSX)
    response.headers["Content-Disposition"] = f'attachment; filename="nuanxin-{sheet.pk}.xlsx"'
    return response


@staff_page
@require_POST
def recheck(request: HttpRequest, pk: int) -> HttpResponse:
    """Judge every refused line again, as it stands."""
    sheet = access_sheet(request, pk)
    try:
        accepted, refused = check_again(sheet.pk, by=access(request).staff)
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        said = ngettext(
            "重新核对：新通过%(accepted)d行，仍退回%(refused)d行。",
            "重新核对：新通过%(accepted)d行，仍退回%(refused)d行。",
            accepted,
        )
        messages.success(request, said % {"accepted": accepted, "refused": refused})
    return redirect("desk:import", pk=sheet.pk)


@staff_page
@require_http_methods(["GET", "POST"])
def line(request: HttpRequest, pk: int) -> HttpResponse:
    """A refused line: its cells, what is wrong with them, and the form to put them right."""
    _seen, counties = access_counties(request)
    lines = SheetLine.objects.select_related("sheet__county", "sheet__imported_by", "case")
    found = lines.filter(within(counties, "sheet__county_id"), pk=pk).first()
    if found is None:
        raise Http404
    sheet = found.sheet
    if found.case is not None:
        return redirect("desk:case", number=found.case.number)
    programme = registry.programmes().get(sheet.programme)
    if programme is None:
        raise Http404
    form = LineForm(request.POST or None, columns=programme.applications.columns, cells=cells_of(found))
    if request.method == "POST" and form.is_valid():
        try:
            found = correct_line(found.pk, form.changes(), by=access(request).staff)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            if found.case is not None:
                messages.success(
                    request, _("第%(row)d行已通过，案号 %(number)s。") % {"row": found.row, "number": found.case.number}
                )
                return redirect("desk:import", pk=sheet.pk)
            messages.warning(request, _("改动已保存，但这一行仍有问题，见下。"))
            return redirect("desk:line", pk=found.pk)
    return render(
        request,
        "desk/line.html",
        {
            "line": found,
            "form": form,
            "notice": {
                "level_tag": "warning",
                "message": _("第%(row)d行被退回：") % {"row": found.row},
                "details": _what_to_do(found, programme.codes),
            },
            "crumbs": [
                (reverse("desk:imports"), _("材料导入")),
                (reverse("desk:import", args=[sheet.pk]), str(sheet)),
                ("", _("第%(row)d行") % {"row": found.row}),
            ],
        },
        status=400 if form.errors else 200,
    )
