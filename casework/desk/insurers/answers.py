"""An insurer's file of answers: hand it in, look at every line, then take it; afterwards the page is the report."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from django import forms
from django.contrib import messages
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from casework.desk.insurers.home import access_insurer
from casework.desk.insurers.tables import line_table
from casework.desk.session import access, staff_page
from casework.evidence.storage import StorageFailed
from casework.models import InsurerAnswer, InsurerConnection, Office
from workflows.insurance_exchange.answer_files import READY, FileReport, look, take_file
from workflows.insurance_exchange.answer_rows import MAX_BYTES
from workflows.insurance_exchange.problems import said_to_the_insurer
from workflows.papers.sheets import file_store
from workflows.refusals import Refusal

SALT = "insurers.answers"
PAGE = 50
State = InsurerAnswer.State


class UploadForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("保险公司的回复文件"),
        help_text=gettext_lazy("Excel表格（.xlsx）或JSON，要有案号、提交次数、回复类别；先看结果，确认以后才录入。"),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.json"}),
    )


class TakeForm(forms.Form):
    """Taking a file that was handed in and looked at. `stored` is signed: only this page's own files can be named."""

    stored = forms.CharField(widget=forms.HiddenInput)


@dataclass(frozen=True)
class Desk:
    """Whose page this is: the address of it, and of where it belongs with its title; and whether an insurer sits at
    it, who is told nothing of another's claims."""

    here: str
    back: tuple[str, str]
    is_the_insurers: bool = False


@staff_page
@require_http_methods(["GET", "POST"])
def answers(request: HttpRequest, office: int) -> HttpResponse:
    found = access_insurer(request, office)
    here = reverse("desk:insurers_answers", args=[found.pk])
    return answers_page(request, found, Desk(here, (reverse("desk:insurers"), _("保险对接"))))


def answers_page(request: HttpRequest, found: Office, desk: Desk) -> HttpResponse:
    """An insurer's answers handed in at a desk, by somebody who has been let in."""
    connection = InsurerConnection.objects.select_related("office", "clerk").filter(office=found).first()
    if connection is None:
        return _page(request, found, desk, refused=[_("这家保险公司还没有设置对接账号，请系统管理员先设置。")])
    if "stored" in request.POST:
        return _take(request, found, desk, connection)
    if request.method == "POST":
        return _hand_in(request, found, desk, connection)
    token = request.GET.get("file", "")
    if token:
        report = look(connection, _stored(connection, token)[1])
        return _page(request, found, desk, connection=connection, token=token, report=report)
    return _page(request, found, desk, connection=connection)


def _hand_in(request: HttpRequest, office: Office, desk: Desk, connection: InsurerConnection) -> HttpResponse:
    """Keep the file, sealed, and look at it. A file that cannot be read at all is not kept."""
    form = UploadForm(request.POST, request.FILES)
    if form.is_valid():
        data = form.cleaned_data["file"].read(MAX_BYTES + 1)
        report = look(connection, data)
        if not report.faults:
            try:
                name = file_store().put(data)
            except StorageFailed as problem:
                form.add_error("file", str(problem))
            else:
                return redirect(_address(desk, signing.dumps([connection.pk, name], salt=SALT)))
        for fault in report.faults:
            form.add_error("file", fault)
    return _page(request, office, desk, connection=connection, form=form, status=400)


def _take(request: HttpRequest, office: Office, desk: Desk, connection: InsurerConnection) -> HttpResponse:
    token = request.POST["stored"]
    name, data = _stored(connection, token)
    try:
        report = take_file(connection, data, by=access(request).staff, stored_as=name)
    except Refusal as refusal:
        return _page(request, office, desk, connection=connection, refused=[str(refusal)], status=409)
    counts = report.counts()
    sums = {"taken": counts.get(State.TAKEN, 0), "wrong": len(report.wrong)}
    messages.success(request, _("已录入%(taken)d条，没有录入%(wrong)d条。") % sums)
    return redirect(_address(desk, token))


def _stored(connection: InsurerConnection, token: str) -> tuple[str, bytes]:
    """Where a file handed in for this insurer lies, and what it holds; 404 for anything else."""
    try:
        pk, name = signing.loads(token, salt=SALT)
        if pk != connection.pk:
            raise Http404
        return name, file_store().get(name)
    except (signing.BadSignature, StorageFailed) as problem:
        raise Http404 from problem


def _address(desk: Desk, token: str) -> str:
    return f"{desk.here}?file={token}"


def _page(
    request: HttpRequest,
    office: Office,
    desk: Desk,
    *,
    connection: InsurerConnection | None = None,
    form: UploadForm | None = None,
    token: str = "",
    report: FileReport | None = None,
    refused: list[str] | None = None,
    status: int = 200,
) -> HttpResponse:
    context: dict[str, Any] = {
        "insurer": office,
        "form": (form or UploadForm()) if connection is not None else None,
        "notice": {"level_tag": "error", "message": _("没有录入："), "details": refused} if refused else None,
        "crumbs": [desk.back, ("", _("录入回复文件"))],
    }
    if report is not None:
        context |= _of_report(request, desk, token, report)
    return render(request, "desk/insurers/answers.html", context, status=status)


def _of_report(request: HttpRequest, desk: Desk, token: str, report: FileReport) -> dict[str, Any]:
    lines = [*report.wrong, *(line for line in report.lines if line.is_good)]
    if desk.is_the_insurers:
        lines = [replace(line, sentence=said_to_the_insurer(line.sentence)) for line in lines]
    after = request.GET.get("after", "")
    start = int(after) if after.isascii() and after.isdigit() and len(after) < 6 else 0
    here, counts = _address(desk, token), report.counts()
    ready = counts.get(READY, 0)
    words = (
        (READY, _("可以录入"), "good"),
        (State.TAKEN, _("已办"), "good"),
        (State.REPEAT, _("以前办过"), None),
        (State.WAITING, _("等前一步"), None),
    )
    shown = [
        {"label": word, "number": counts.get(state, 0), "unit": _("条"), "tone": tone} for state, word, tone in words
    ]
    wrong = len([line for line in report.wrong if line.state != State.WAITING])
    shown.append({"label": _("有问题"), "number": wrong, "unit": _("条"), "tone": "bad" if wrong else None})
    return {
        "report": {"counts": shown},
        "fresh": ready + counts.get(State.WAITING, 0) if not report.taken_before else ready,
        "take_form": TakeForm(initial={"stored": token}),
        "table": line_table(lines[start : start + PAGE]),
        "pager": {
            "previous_url": f"{here}&after={max(start - PAGE, 0)}" if start else "",
            "next_url": f"{here}&after={start + PAGE}" if len(lines) > start + PAGE else "",
        },
    }
