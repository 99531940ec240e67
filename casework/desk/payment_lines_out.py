"""A line taken out of a checked batch: the officer's page to say which and why, the checker's to agree or keep it."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from casework.desk.paging import page_by_number
from casework.desk.payment_check import faults_notice
from casework.desk.payment_tables import compared_table
from casework.desk.payments import PAGE, access_batch, refusal_notice
from casework.desk.session import access, staff_page
from casework.models import BatchLine, PaymentBatch, Staff
from workflows.payments.faults import faults_of
from workflows.payments.lines import asked_out, lines_of
from workflows.payments.permissions import may_ask_out, may_keep, may_let_out
from workflows.payments.taking_out import LONGEST_WHY, ask_line_out, keep_line, let_line_out
from workflows.refusals import Refusal

State = PaymentBatch.State


class AskForm(forms.Form):
    line_number = forms.IntegerField(label=gettext_lazy("移出哪一行（序号）"), min_value=1)
    why = forms.CharField(
        label=gettext_lazy("哪里不对"),
        max_length=LONGEST_WHY,
        help_text=gettext_lazy("确认移出以后写进这件案子的历史；不要写身份证号和账号。"),
    )


class AnswerForm(forms.Form):
    line_number = forms.IntegerField(min_value=1)
    key = forms.UUIDField()


@staff_page
@require_http_methods(["GET", "POST"])
def lines_out(request: HttpRequest, number: str) -> HttpResponse:
    batch = access_batch(request, number)
    if request.method != "POST":
        return _page(request, batch)
    act = request.POST.get("act", "")
    form = AskForm(request.POST) if act == "ask" else AnswerForm(request.POST)
    if act not in ("ask", "keep", "let_out") or not form.is_valid():
        return _page(request, batch, form if isinstance(form, AskForm) else None, status=400)
    try:
        after = _done(act, batch, form.cleaned_data, access(request).staff)
    except Refusal as refusal:
        return _page(request, batch, notice=refusal_notice(refusal), status=409)
    messages.success(request, _told(act, after, form.cleaned_data["line_number"]))
    if after.state in (State.CHECKED, State.LOCKED):
        return redirect("desk:batch_lines_out", number=number)
    return redirect("desk:batch", number=number)


def _done(act: str, batch: PaymentBatch, given: dict[str, Any], by: Staff) -> PaymentBatch:
    line = given["line_number"]
    if act == "ask":
        return ask_line_out(batch, line, by=by, why=given["why"]).batch
    if act == "keep":
        return keep_line(batch, line, by=by).batch
    return let_line_out(batch, line, by=by, key=str(given["key"]))


def _told(act: str, after: PaymentBatch, line: int) -> str:
    words = {"number": after.number, "line": line, "count": after.line_count}
    if act == "ask":
        return _("已提出移出第%(line)d行，请另一位发放复核人员确认。") % words
    if act == "keep":
        return _("第%(line)d行保留在批次里。") % words
    if after.state == State.CANCELLED:
        return _("批次%(number)s已作废，案件回到待列入批次。") % words
    return _("已移出第%(line)d行，还有%(count)d笔；这件案子等下一个批次。") % words


def _page(
    request: HttpRequest,
    batch: PaymentBatch,
    typed: AskForm | None = None,
    *,
    notice: dict[str, Any] | None = None,
    status: int = 200,
) -> HttpResponse:
    by, open_now = access(request).staff, batch.state in (State.CHECKED, State.LOCKED)
    faults = faults_of(batch) if open_now else []
    page = page_by_number(lines_of(batch), "line_number", request.GET, size=PAGE)
    context = {
        "batch": batch,
        "notice": notice,
        "faults": faults_notice(faults),
        "is_locked": batch.state == State.LOCKED,
        "asked": [_asked(line) for line in asked_out(batch).select_related("out_asked_by", "case")] if open_now else [],
        "key": uuid.uuid4(),
        "form": typed or AskForm(),
        "why_not": {name: _why_not(may, batch, by) for name, may in MAY.items()},
        "table": compared_table(page.rows, frozenset(fault.line for fault in faults)),
        "pager": page.pager(reverse("desk:batch_lines_out", args=[batch.number])),
        "crumbs": [
            (reverse("desk:batches"), _("发放")),
            (reverse("desk:batch", args=[batch.number]), batch.number),
            ("", _("移出明细")),
        ],
    }
    return render(request, "desk/payments/lines_out.html", context, status=status)


MAY: dict[str, Callable[[PaymentBatch, Staff], Any]] = {"ask": may_ask_out, "keep": may_keep, "let_out": may_let_out}


def _asked(line: BatchLine) -> dict[str, Any]:
    assert line.out_asked_by is not None
    return {
        "number": line.line_number,
        "holder": line.holder_name,
        "case": line.case.number,
        "amount": line.amount,
        "why": line.out_reason,
        "who": line.out_asked_by.name,
    }


def _why_not(may: Callable[[PaymentBatch, Staff], Any], batch: PaymentBatch, by: Staff) -> str:
    try:
        may(batch, by)
    except Refusal as refusal:
        return str(refusal)
    return ""
