"""Payment: what waits, the batches, and a batch's road to the bank."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, F, Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from casework.access import Access
from casework.desk.paging import page_by_number
from casework.desk.payment_tables import batch_table, line_table, waiting_table
from casework.desk.session import access, staff_page
from casework.models import Division, PaymentBatch, Role, Staff
from workflows import registry
from workflows.payments.bank_files import TEXT_GB18030, TEXT_UTF8, XLSX, export_batch
from workflows.payments.batches import MAX_LINES, draw_batch, left_out_of, lock_batch, waiting
from workflows.payments.history import batch_history, left_out_in_words
from workflows.payments.lines import refuse_asked_out
from workflows.payments.permissions import kept_out, may_check, may_export, may_keep, may_lock, may_read_return
from workflows.payments.refusals import BatchRefusal
from workflows.payments.road import paid_by_batch, road_of
from workflows.programme import Programme
from workflows.refusals import Refusal
from workflows.standing import Actor

PAGE = 50
MOST_DETAILS = 50
"""How many reasons of one refusal a page lists."""
PAYMENT_ROLES = (Role.PAYMENT_OFFICER, Role.PAYMENT_CHECKER)
FORMS = (
    (XLSX, gettext_lazy("Excel表格（.xlsx）")),
    (TEXT_GB18030, gettext_lazy("文本，GB18030编码（多数银行用这种）")),
    (TEXT_UTF8, gettext_lazy("文本，UTF-8编码")),
)


class DrawForm(forms.Form):
    """`everything` for all that waits, or the cases ticked."""

    key = forms.UUIDField()
    everything = forms.BooleanField(required=False)


class ExportForm(forms.Form):
    form = forms.ChoiceField(label=gettext_lazy("文件格式"), choices=FORMS, widget=forms.RadioSelect, initial=XLSX)


def access_payments(request: HttpRequest) -> tuple[Access, tuple[str, ...]]:
    """The counties whose payments this person handles. Raises `PermissionDenied` when of none."""
    seen = access(request)
    counties = tuple(sorted({post.office_code for post in seen.posts if post.role in PAYMENT_ROLES}))
    if not counties:
        raise PermissionDenied(_("发放由县级的发放经办和发放复核办理，您现在没有这个岗位。"))
    return seen, counties


def access_batch(request: HttpRequest, number: str) -> PaymentBatch:
    """A batch of one of those counties; else 404, as if there were none."""
    _seen, counties = access_payments(request)
    batches = PaymentBatch.objects.select_related("county", "drawn_by", "checked_by")
    found = batches.filter(county_id__in=counties, number=number).first()
    if found is None:
        raise Http404
    return found


@staff_page
@require_safe
def batches(request: HttpRequest) -> HttpResponse:
    """What waits to be drawn, programme by programme, and the batches so far."""
    seen, counties = access_payments(request)
    found = PaymentBatch.objects.select_related("drawn_by", "checked_by").filter(county_id__in=counties)
    page = page_by_number(found, "id", request.GET, size=PAGE, falling=True)
    offers = [
        _offer(programme, county)
        for county in Division.objects.filter(pk__in=drawing_counties(seen))
        for programme in paid_by_batch()
    ]
    context = {"offers": offers, "table": batch_table(page.rows), "pager": page.pager(reverse("desk:batches"))}
    return render(request, "desk/payments/batches.html", context)


def drawing_counties(seen: Access) -> list[str]:
    """The counties this person draws batches in."""
    return sorted({post.office_code for post in seen.posts if post.role == Role.PAYMENT_OFFICER})


def _offer(programme: Programme, county: Division) -> dict[str, Any]:
    """How much waits: counted as far as one batch goes."""
    sums = waiting(programme.slug, county.code)[:MAX_LINES].aggregate(
        count=Count("pk"), total=Sum(F("process__amount") - F("process__paid_amount"))
    )
    query = f"?programme={programme.slug}&county={county.code}"
    return {
        "programme": programme,
        "county": county,
        "count": sums["count"],
        "total": sums["total"],
        "url": reverse("desk:batch_draw") + query,
        "full": sums["count"] == MAX_LINES,
    }


@staff_page
@require_http_methods(["GET", "POST"])
def draw(request: HttpRequest) -> HttpResponse:
    """What waits in one programme of one county: tick some, or take all."""
    seen, _counties = access_payments(request)
    counties = drawing_counties(seen)
    county = Division.objects.filter(pk__in=counties, pk=request.GET.get("county") or min(counties, default="")).first()
    if county is None:
        raise PermissionDenied(_("批次由县级的发放经办编制，您现在没有这个岗位。"))
    programme = next((one for one in paid_by_batch() if one.slug == request.GET.get("programme")), None)
    if programme is None:
        return redirect("desk:batches")
    if request.method == "POST":
        answer = _draw(request, programme, county, seen.staff)
        if isinstance(answer, HttpResponse):
            return answer
        return _draw_page(request, programme, county, seen.staff, refused=answer)
    return _draw_page(request, programme, county, seen.staff)


def _draw(request: HttpRequest, programme: Programme, county: Division, by: Staff) -> HttpResponse | Refusal:
    form = DrawForm(request.POST)
    if not form.is_valid():
        return BatchRefusal(_("页面不完整，请刷新后再办理。"))
    ticked = None if form.cleaned_data["everything"] else request.POST.getlist("case")
    try:
        batch = draw_batch(programme.slug, county.code, by=by, case_numbers=ticked, key=str(form.cleaned_data["key"]))
    except Refusal as refusal:
        return refusal
    messages.success(request, _("已编制批次%(number)s，请由另一位发放复核人员复核。") % {"number": batch.number})
    return redirect("desk:batch", number=batch.number)


def _draw_page(
    request: HttpRequest, programme: Programme, county: Division, by: Staff, *, refused: Refusal | None = None
) -> HttpResponse:
    related = ("process__applicant", "process__division", "process__payee_account")
    found = waiting(programme.slug, county.code).select_related(*related)
    page = page_by_number(found, "id", request.GET, size=PAGE)
    offer = _offer(programme, county)
    context = {
        "offer": offer,
        "key": uuid.uuid4(),
        "notice": refusal_notice(refused) if refused else None,
        "table": waiting_table(page.rows, kept_out(by, page.rows, road_of(programme.slug).draw.step.capacity)),
        "shown": len(page.rows),
        "pager": page.pager(offer["url"]),
        "crumbs": [(reverse("desk:batches"), _("发放")), ("", _("编制批次"))],
    }
    return render(request, "desk/payments/draw.html", context, status=409 if refused else 200)


@staff_page
@require_safe
def batch(request: HttpRequest, number: str) -> HttpResponse:
    """One batch: its sums, who did what, what may be done now and if not why not, its lines."""
    return batch_page(request, access_batch(request, number))


def batch_page(request: HttpRequest, found: PaymentBatch, *, refused: Refusal | None = None) -> HttpResponse:
    here = reverse("desk:batch", args=[found.number])
    lines = found.lines.select_related("case")
    page = page_by_number(lines, "line_number", request.GET, size=PAGE)
    context = {
        "batch": found,
        "facts": _facts(found),
        "notice": refusal_notice(refused) if refused else None,
        "left_out": left_out_in_words(left_out_of(found)),
        "acts": _acts(found, access(request).staff),
        "export_form": ExportForm(),
        "table": line_table(page.rows, _("明细")),
        "pager": page.pager(here),
        "history": [
            {"at": told.at, "what": told.what, "who": told.who, "office": told.office, "broken": told.broken}
            for told in batch_history(found)
        ],
        "crumbs": [(reverse("desk:batches"), _("发放")), ("", found.number)],
    }
    return render(request, "desk/payments/batch.html", context, status=409 if refused else 200)


@staff_page
@require_POST
def lock(request: HttpRequest, number: str) -> HttpResponse:
    found = access_batch(request, number)
    try:
        lock_batch(found, by=access(request).staff)
    except Refusal as refusal:
        return batch_page(request, found, refused=refusal)
    messages.success(request, _("批次%(number)s已锁定，从现在起内容不再变动。") % {"number": number})
    return redirect("desk:batch", number=number)


@staff_page
@require_POST
def export(request: HttpRequest, number: str) -> HttpResponse:
    """The file itself. It shows account numbers in full, so it is an act, and asking for it is a POST."""
    found = access_batch(request, number)
    form = ExportForm(request.POST)
    if not form.is_valid():
        return batch_page(request, found, refused=BatchRefusal(_("请选一种文件格式。")))
    try:
        made = export_batch(found, by=access(request).staff, form=form.cleaned_data["form"])
    except Refusal as refusal:
        return batch_page(request, found, refused=refusal)
    response = HttpResponse(made.data, content_type=made.content_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{made.name}"'
    return response


def refusal_notice(refusal: Refusal) -> dict[str, Any]:
    """A refusal as `templates/parts/notice.html` asks, its reasons as a list."""
    if not isinstance(refusal, BatchRefusal):
        return {"level_tag": "error", "message": str(refusal)}
    details = list(refusal.details[:MOST_DETAILS])
    if len(refusal.details) > MOST_DETAILS:
        details.append(_("……一共%(count)d条") % {"count": len(refusal.details)})
    return {"level_tag": "error", "message": refusal.sentence, "details": details}


def _facts(found: PaymentBatch) -> list[dict[str, Any]]:
    facts: list[dict[str, Any]] = [
        {"label": _("项目"), "text": registry.programme(found.programme).title, "note": found.county.name},
        {"label": _("笔数"), "text": found.line_count},
        {"label": _("合计"), "kind": "money", "amount": found.total},
        {"label": _("编制"), "kind": "moment", "date": found.drawn_at, "note": found.drawn_by.name},
    ]
    if found.checked_by is not None:
        facts.append({"label": _("复核"), "kind": "moment", "date": found.checked_at, "note": found.checked_by.name})
    if found.locked_at is not None:
        facts.append({"label": _("锁定"), "kind": "moment", "date": found.locked_at})
        facts.append({"label": _("摘要"), "text": found.digest, "note": _("与送银行的文件末行相同")})
    return facts


def _acts(found: PaymentBatch, by: Staff) -> dict[str, dict[str, str]]:
    """What the batch's state leads to: each act with the reason why this person may not, empty when they may."""
    State = PaymentBatch.State
    here: dict[str, dict[str, Callable[[PaymentBatch, Staff], Actor]]] = {
        State.DRAWN: {"check": may_check},
        State.CHECKED: {"lock": may_lock, "lines_out": may_keep},
        State.LOCKED: {"export": may_export, "lines_out": may_keep},
        State.EXPORTED: {"export": may_export, "answer": may_read_return},
        State.ANSWERED: {"answer": may_read_return},
    }
    acts = {name: {"why_not": _why_not(found, by, may)} for name, may in here.get(found.state, {}).items()}
    for name in ("lock", "export"):
        if name in acts and not acts[name]["why_not"]:
            acts[name]["why_not"] = _waits_for(found)
    return acts


def _waits_for(found: PaymentBatch) -> str:
    try:
        refuse_asked_out(found)
    except Refusal as refusal:
        return str(refusal)
    return ""


def _why_not(found: PaymentBatch, by: Staff, may: Callable[[PaymentBatch, Staff], Actor]) -> str:
    try:
        may(found, by)
    except Refusal as refusal:
        return str(refusal)
    return ""
