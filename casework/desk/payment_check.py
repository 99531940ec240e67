"""The second person's page: every line beside its case; right, or one taken out, or all of it sent back."""

from __future__ import annotations

import uuid
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
from casework.desk.payment_tables import compared_table
from casework.desk.payments import MOST_DETAILS, PAGE, access_batch, refusal_notice
from casework.desk.session import access, staff_page
from casework.models import PaymentBatch, Staff
from workflows.payments.batches import check_batch, remove_line, send_back_batch
from workflows.payments.faults import Fault, faults_of
from workflows.payments.lines import lines_of
from workflows.payments.permissions import may_check
from workflows.refusals import Refusal

LONGEST_NOTE = 500


class ConfirmForm(forms.Form):
    key = forms.UUIDField(widget=forms.HiddenInput)


class SendBackForm(ConfirmForm):
    note = forms.CharField(
        label=gettext_lazy("哪里不对"),
        max_length=LONGEST_NOTE,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("写进每件案子的历史，发放经办看得到。"),
    )


class RemoveForm(SendBackForm):
    line_number = forms.IntegerField(label=gettext_lazy("移出哪一行（序号）"), min_value=1)
    field_order = ("key", "line_number", "note")


ACTS: dict[str, type[ConfirmForm]] = {"confirm": ConfirmForm, "remove": RemoveForm, "send_back": SendBackForm}


@staff_page
@require_http_methods(["GET", "POST"])
def check(request: HttpRequest, number: str) -> HttpResponse:
    batch = access_batch(request, number)
    if request.method != "POST":
        return _page(request, batch)
    act = request.POST.get("act", "")
    form = ACTS.get(act, ConfirmForm)(request.POST, auto_id=f"{act}_%s")
    if act not in ACTS or not form.is_valid():
        return _page(request, batch, {act: form}, status=400)
    try:
        after = _done(act, batch, form.cleaned_data, access(request).staff)
    except Refusal as refusal:
        return _page(request, batch, notice=refusal_notice(refusal), status=409)
    messages.success(request, _told(act, after, form.cleaned_data))
    if after.state == PaymentBatch.State.DRAWN:
        return redirect("desk:batch_check", number=number)
    return redirect("desk:batch", number=number)


def _done(act: str, batch: PaymentBatch, given: dict[str, Any], by: Staff) -> PaymentBatch:
    key = str(given["key"])
    if act == "confirm":
        return check_batch(batch, by=by, key=key)
    if act == "remove":
        return remove_line(batch, given["line_number"], by=by, note=given["note"], key=key)
    return send_back_batch(batch, by=by, note=given["note"], key=key)


def _told(act: str, after: PaymentBatch, given: dict[str, Any]) -> str:
    if after.state == PaymentBatch.State.CANCELLED:
        return _("批次%(number)s已作废，案件回到待列入批次。") % {"number": after.number}
    if act == "remove":
        return _("已移出第%(line)d行，还有%(count)d笔。") % {"line": given["line_number"], "count": after.line_count}
    return _("批次%(number)s复核无误，下一步锁定。") % {"number": after.number}


def _page(
    request: HttpRequest,
    batch: PaymentBatch,
    given: dict[str, ConfirmForm] | None = None,
    *,
    notice: dict[str, Any] | None = None,
    status: int = 200,
) -> HttpResponse:
    faults = faults_of(batch) if batch.state == PaymentBatch.State.DRAWN else []
    page = page_by_number(lines_of(batch), "line_number", request.GET, size=PAGE)
    key = uuid.uuid4()
    shown = {name: form(initial={"key": key}, auto_id=f"{name}_%s") for name, form in ACTS.items()} | (given or {})
    here = reverse("desk:batch_check", args=[batch.number])
    context = {
        "batch": batch,
        "notice": notice,
        "faults": faults_notice(faults),
        "why_not": _why_not(batch, access(request).staff),
        "forms": shown,
        "report": {
            "counts": [
                {"label": _("笔数"), "number": batch.line_count, "unit": _("笔")},
                {"label": _("合计"), "amount": batch.total},
                {"label": _("不符"), "number": len(faults), "unit": _("处"), "tone": "bad" if faults else "good"},
            ]
        },
        "table": compared_table(page.rows, frozenset(fault.line for fault in faults)),
        "pager": page.pager(here),
        "crumbs": [
            (reverse("desk:batches"), _("发放")),
            (reverse("desk:batch", args=[batch.number]), batch.number),
            ("", _("复核")),
        ],
    }
    return render(request, "desk/payments/check.html", context, status=status)


def faults_notice(faults: list[Fault]) -> dict[str, Any] | None:
    if not faults:
        return None
    details = [fault.sentence for fault in faults[:MOST_DETAILS]]
    if len(faults) > MOST_DETAILS:
        details.append(_("……一共%(count)d处") % {"count": len(faults)})
    return {"level_tag": "warning", "message": _("下面这些与案件不符，不能通过："), "details": details}


def _why_not(batch: PaymentBatch, by: Staff) -> str:
    try:
        may_check(batch, by)
    except Refusal as refusal:
        return str(refusal)
    return ""
