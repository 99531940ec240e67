"""The bank's return file: hand it in, look at every line, then take it; afterwards the same page is the report."""

from __future__ import annotations

import uuid
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

from casework.desk.payment_tables import answer_table
from casework.desk.payments import MOST_DETAILS, PAGE, access_batch, refusal_notice
from casework.desk.session import access, staff_page
from casework.evidence.storage import StorageFailed
from casework.models import PaymentBatch, Staff
from workflows.papers.sheets import file_store
from workflows.payments.bank_rows import MAX_BYTES
from workflows.payments.permissions import may_read_return
from workflows.payments.refusals import BatchRefusal
from workflows.payments.returns import Answer, ReturnReport, apply_return, read_return, to_take
from workflows.refusals import Refusal

SALT = "payments.return"
SHOWN = ("all", "wrong", "returned", "paid")


class UploadForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("银行的回盘文件"),
        help_text=gettext_lazy(
            "Excel表格或文本都可以，要有序号或案号、账号、金额、处理结果；先看结果，确认以后才录入。"
        ),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.xls,.txt,.csv"}),
    )


class TakeForm(forms.Form):
    """Taking a file that was handed in and looked at. `stored` is signed: only this page's own files can be named."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    stored = forms.CharField(widget=forms.HiddenInput)


@staff_page
@require_http_methods(["GET", "POST"])
def batch_return(request: HttpRequest, number: str) -> HttpResponse:
    batch = access_batch(request, number)
    staff = access(request).staff
    try:
        may_read_return(batch, staff)
    except Refusal as refusal:
        return _page(request, batch, notice=refusal_notice(refusal), may=False, status=409)
    if "stored" in request.POST:
        return _take(request, batch, staff)
    if request.method == "POST":
        return _hand_in(request, batch)
    token = request.GET.get("file", "")
    if token:
        return _page(request, batch, token=token, report=read_return(batch, _stored(batch, token)[1]))
    return _page(request, batch)


def _hand_in(request: HttpRequest, batch: PaymentBatch) -> HttpResponse:
    """Keep the file, sealed, and look at it. A file that cannot be read at all is not kept."""
    form = UploadForm(request.POST, request.FILES)
    if form.is_valid():
        file = form.cleaned_data["file"]
        data = file.read(MAX_BYTES + 1)
        report = read_return(batch, data)
        if not report.faults:
            try:
                name = file_store().put(data)
            except StorageFailed as problem:
                form.add_error("file", str(problem))
            else:
                return redirect(_address(batch, signing.dumps([batch.pk, name], salt=SALT)))
        for fault in report.faults:
            form.add_error("file", fault)
    return _page(request, batch, form=form, status=400)


def _take(request: HttpRequest, batch: PaymentBatch, by: Staff) -> HttpResponse:
    form = TakeForm(request.POST)
    if not form.is_valid():
        refused = BatchRefusal(_("页面不完整，请重新上传回盘文件。"))
        return _page(request, batch, notice=refusal_notice(refused), status=400)
    token = form.cleaned_data["stored"]
    name, data = _stored(batch, token)
    try:
        report = apply_return(batch, data, by=by, key=str(form.cleaned_data["key"]), stored_as=name)
    except Refusal as refusal:
        return _page(request, batch, notice=refusal_notice(refusal), status=409)
    sums = {"paid": len(report.having("paid")), "returned": len(report.having("returned"))}
    messages.success(request, _("已录入：到账%(paid)d笔，退票%(returned)d笔。") % sums)
    seen_before = {answer.row for answer in read_return(batch, data).wrong}
    for answer in [answer for answer in report.wrong if answer.row not in seen_before][:MOST_DETAILS]:
        said = {"row": answer.row, "sentence": answer.problems[0].sentence}
        messages.warning(request, _("文件第%(row)d行没有录入：%(sentence)s") % said)
    return redirect(_address(batch, token))


def _stored(batch: PaymentBatch, token: str) -> tuple[str, bytes]:
    """Where a file handed in for this batch lies, and what it holds; 404 for anything else."""
    try:
        pk, name = signing.loads(token, salt=SALT)
        if pk != batch.pk:
            raise Http404
        return name, file_store().get(name)
    except (signing.BadSignature, StorageFailed) as problem:
        raise Http404 from problem


def _address(batch: PaymentBatch, token: str) -> str:
    return f"{reverse('desk:batch_return', args=[batch.number])}?file={token}"


def _page(
    request: HttpRequest,
    batch: PaymentBatch,
    *,
    form: UploadForm | None = None,
    token: str = "",
    report: ReturnReport | None = None,
    notice: dict[str, Any] | None = None,
    may: bool = True,
    status: int = 200,
) -> HttpResponse:
    context = {
        "batch": batch,
        "notice": notice,
        "form": (form or UploadForm()) if may else None,
        "crumbs": [
            (reverse("desk:batches"), _("发放")),
            (reverse("desk:batch", args=[batch.number]), batch.number),
            ("", _("录入回盘")),
        ],
    }
    if report is not None:
        context |= _of_report(request, batch, token, report)
    return render(request, "desk/payments/return.html", context, status=status)


def _of_report(request: HttpRequest, batch: PaymentBatch, token: str, report: ReturnReport) -> dict[str, Any]:
    only = request.GET.get("only", "")
    only = only if only in SHOWN else "all"
    answers = {
        "all": [*report.wrong, *report.having("returned"), *report.having("paid")],
        "wrong": report.wrong,
        "returned": report.having("returned"),
        "paid": report.having("paid"),
    }
    after = request.GET.get("after", "")
    start = int(after) if after.isascii() and after.isdigit() and len(after) < 6 else 0
    here = f"{_address(batch, token)}&only={only}"
    fresh = to_take(batch, report)
    return {
        "faults": {"level_tag": "error", "message": _("这份文件不能录入："), "details": report.faults},
        "report_faulty": bool(report.faults),
        "report": {"counts": _counts(answers, report, _address(batch, token))},
        "unanswered": _unanswered(report),
        "fresh": len(fresh),
        "take_form": TakeForm(initial={"key": uuid.uuid4(), "stored": token}),
        "table": answer_table(answers[only][start : start + PAGE]),
        "pager": {
            "previous_url": f"{here}&after={max(start - PAGE, 0)}" if start else "",
            "next_url": f"{here}&after={start + PAGE}" if len(answers[only]) > start + PAGE else "",
        },
    }


def _counts(answers: dict[str, list[Answer]], report: ReturnReport, here: str) -> list[dict[str, Any]]:
    words = (("paid", _("到账"), "good"), ("returned", _("退票"), "bad"), ("wrong", _("有问题"), "bad"))
    counts: list[dict[str, Any]] = []
    for name, word, tone in words:
        count = len(answers[name])
        counts.append(
            {
                "label": word,
                "number": count,
                "unit": _("笔"),
                "tone": tone if count else None,
                "url": f"{here}&only={name}" if count else "",
            }
        )
    counts.append({"label": _("仍未答复"), "number": len(report.unanswered), "unit": _("笔")})
    paid = [answer.amount for answer in answers["paid"] if answer.amount is not None]
    counts.append({"label": _("到账金额"), "amount": sum(paid) if paid else None})
    return counts


def _unanswered(report: ReturnReport) -> dict[str, Any] | None:
    if not report.unanswered:
        return None
    shown = _("、").join(str(line) for line in report.unanswered[:MOST_DETAILS])
    more = "……" if len(report.unanswered) > MOST_DETAILS else ""
    message = _("还在等银行答复的序号：%(lines)s%(more)s。等下一份回盘文件。") % {"lines": shown, "more": more}
    return {"level_tag": "warning", "message": message}
