"""One sheet: its lines, its photograph, printing it, taking it down; and what was said against it, for who may know."""

from __future__ import annotations

import uuid
from typing import Any

import segno
from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from casework.access import Access
from casework.desk.notices.access import access_notice, keeps, takes_objections
from casework.desk.notices.boards import refusal_notice
from casework.desk.notices.pdf import PDF_IS_HERE, pdf_of
from casework.desk.notices.tables import days_left, line_table
from casework.desk.session import staff_page
from casework.evidence.images import MAX_BYTES
from casework.evidence.storage import StorageFailed
from casework.models import Notice, NoticeLine, Office
from casework.notice_tokens import token_of
from workflows import registry
from workflows.notices.closing import close_notice, why_not_closed, withdraw_notice
from workflows.notices.history import notice_history
from workflows.notices.objections import LONGEST, LONGEST_NAME, Said, not_taken_in, take_in, take_objection
from workflows.notices.photographs import add_photograph
from workflows.notices.sheet import CHANNEL_WORDS, rendered, sheet_of
from workflows.papers.sheets import file_store
from workflows.refusals import Refusal


class KeyForm(forms.Form):
    key = forms.UUIDField(widget=forms.HiddenInput)


class WithdrawForm(KeyForm):
    note = forms.CharField(label=gettext_lazy("哪里不对"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))


class PhotographForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("张榜照片"),
        help_text=gettext_lazy("拍清楚榜和张贴的地方，一次一张；张榜以后、了结以前上传。"),
        widget=forms.ClearableFileInput(attrs={"accept": "image/*", "capture": "environment"}),
    )


class ObjectionForm(KeyForm):
    line_number = forms.IntegerField(label=gettext_lazy("榜上的序号"), min_value=1)
    text = forms.CharField(
        label=gettext_lazy("有什么不同意见"), max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 4})
    )
    name = forms.CharField(label=gettext_lazy("提出人姓名"), max_length=LONGEST_NAME, required=False)
    contact = forms.CharField(
        label=gettext_lazy("怎样答复"),
        max_length=LONGEST_NAME,
        required=False,
        help_text=gettext_lazy("电话或地址；不愿留的不用填。加密保存，只有核查的人看得到。"),
    )

    def said(self) -> Said:
        given = self.cleaned_data
        return Said(given["text"], given["name"], given["contact"])


@staff_page
@require_safe
def notice(request: HttpRequest, number: str) -> HttpResponse:
    seen, found = access_notice(request, number)
    return notice_page(request, seen, found)


def notice_page(request: HttpRequest, seen: Access, found: Notice, *, refused: Refusal | None = None) -> HttpResponse:
    lines = list(found.lines.select_related("case", "notice"))
    hanging = [line for line in lines if line.state == NoticeLine.State.HANGING]
    context = {
        "found": found,
        "days_left": days_left(found),
        "facts": _facts(found),
        "table": line_table(lines),
        "photos": _photos(found),
        "keeps": keeps(seen, found),
        "takes": takes_objections(seen, found),
        "from_web": not_taken_in([found]).count(),
        "why_not_closed": why_not_closed(found),
        "left_over": len(hanging) if found.state == Notice.State.CLOSED else 0,
        "objected": sum(line.state == NoticeLine.State.OBJECTED for line in lines),
        "photograph_form": PhotographForm(),
        "withdraw_form": WithdrawForm(initial={"key": uuid.uuid4()}),
        "key": uuid.uuid4(),
        "pdf": PDF_IS_HERE,
        "notice": refusal_notice(refused) if refused else None,
        "history": [
            {"at": told.at, "what": told.what, "who": told.who, "office": told.office, "broken": told.broken}
            for told in notice_history(found)
        ],
        "crumbs": [(reverse("desk:notices"), pgettext("栏目", "公示")), ("", found.number)],
    }
    return render(request, "desk/notices/notice.html", context, status=409 if refused else 200)


def _facts(found: Notice) -> list[dict[str, Any]]:
    unit = _("%(days)d个工作日") if found.working else _("%(days)d天")
    facts: list[dict[str, Any]] = [
        {"label": _("项目"), "text": registry.programme(found.programme).title, "note": found.division.name},
        {"label": _("标题"), "text": found.title},
        {"label": _("公示方式"), "text": _("、").join(str(CHANNEL_WORDS[one]) for one in found.channels)},
        {"label": pgettext("哪天", "张榜"), "kind": "moment", "date": found.posted_at, "note": found.posted_by.name},
        {"label": _("天数"), "text": unit % {"days": found.days}, "note": found.clause},
        {"label": _("最后一天"), "kind": "date", "date": found.last_day, "note": days_left(found)},
        {"label": _("单位数") if "unit" in found.show else _("人数"), "text": found.line_count},
        {"label": _("合计"), "kind": "money", "amount": found.total},
        {"label": _("名单摘要"), "text": found.digest, "note": _("与打印的榜上相同")},
    ]
    if found.closed_by is not None:
        facts.append({"label": _("撤榜"), "kind": "moment", "date": found.closed_at, "note": found.closed_by.name})
    if found.closed_digest:
        facts.append({"label": _("期满名单摘要"), "text": found.closed_digest, "note": _("发放以前要与它核对")})
    return facts


def _photos(found: Notice) -> list[dict[str, Any]]:
    shown = []
    for number, kept in enumerate(found.photographs.select_related("uploaded_by"), start=1):
        small, whole = (
            reverse("desk:notice_photograph", args=[found.number, kept.pk, size]) for size in ("thumb", "full")
        )
        alt = _("张榜照片%(number)d") % {"number": number}
        shown.append(
            {
                "url": whole,
                "thumb": small,
                "alt": alt,
                "caption": f"{alt}，{kept.uploaded_by.name}",
                "taken": kept.taken_at,
                "place": "",
                "warning": "",
            }
        )
    return shown


@staff_page
@require_safe
def sheet(request: HttpRequest, number: str) -> HttpResponse:
    """The sheet, ready to print."""
    _seen, found = access_notice(request, number)
    context = {
        "found": found,
        "sheet": mark_safe(_rendered(request, found)),
        "back_url": reverse("desk:notice", args=[number]),
    }
    return render(request, "desk/notices/sheet.html", context)


@staff_page
@require_safe
def pdf(request: HttpRequest, number: str) -> HttpResponse:
    """The same as a file, where the extra is installed."""
    _seen, found = access_notice(request, number)
    if not PDF_IS_HERE:
        messages.info(request, _("这台服务器没有安装生成PDF的组件，请用“打印”里的“另存为PDF”。"))
        return redirect("desk:notice", number=number)
    response = HttpResponse(
        pdf_of(_rendered(request, found), title=f"{found.title} {found.number}"), content_type="application/pdf"
    )
    response.headers["Content-Disposition"] = f'attachment; filename="{number}.pdf"'
    return response


def _rendered(request: HttpRequest, found: Notice) -> str:
    office = Office.objects.filter(division=found.division_id, kind=Office.Kind.ASSOCIATION).first()
    made = sheet_of(found, list(found.lines.all()), office.name if office else found.division.name)
    address = request.build_absolute_uri(reverse("portal:notice", args=[token_of(found.number)]))
    qr = segno.make(address, error="m", micro=False).svg_data_uri(border=2, omitsize=True)
    return rendered(made, qr=qr)


@staff_page
@require_POST
def photograph(request: HttpRequest, number: str) -> HttpResponse:
    seen, found = access_notice(request, number)
    form = PhotographForm(request.POST, request.FILES)
    if not form.is_valid():
        messages.error(request, _("请先选一张照片。"))
        return redirect("desk:notice", number=number)
    try:
        add_photograph(found, form.cleaned_data["file"].read(MAX_BYTES + 1), by=seen.staff)
    except Refusal as refusal:
        return notice_page(request, seen, found, refused=refusal)
    messages.success(request, _("收下张榜照片。"))
    return redirect("desk:notice", number=number)


@staff_page
@require_safe
def photograph_file(request: HttpRequest, number: str, pk: int, size: str) -> HttpResponse:
    """A photograph of the sheet, whole or small. No cache keeps it."""
    _seen, found = access_notice(request, number)
    kept = found.photographs.filter(pk=pk).first()
    if kept is None or size not in ("full", "thumb"):
        raise Http404
    try:
        data = file_store().get(kept.thumbnail if size == "thumb" else kept.file)
    except StorageFailed as problem:
        return HttpResponse(str(problem), status=503, content_type="text/plain; charset=utf-8")
    response = HttpResponse(data, content_type="image/jpeg")
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


@staff_page
@require_POST
def close(request: HttpRequest, number: str) -> HttpResponse:
    seen, found = access_notice(request, number)
    form = KeyForm(request.POST)
    try:
        after = close_notice(found, by=seen.staff, key=str(form.data.get("key", "")) or None)
    except Refusal as refusal:
        return notice_page(request, seen, found, refused=refusal)
    waiting = after.lines.filter(state=NoticeLine.State.OBJECTED).count()
    said = _("%(number)s已期满了结。") % {"number": number}
    if waiting:
        said += _("%(count)d行有异议，答复以后再了结。") % {"count": waiting}
    messages.success(request, said)
    return redirect("desk:notice", number=number)


@staff_page
@require_POST
def withdraw(request: HttpRequest, number: str) -> HttpResponse:
    seen, found = access_notice(request, number)
    form = WithdrawForm(request.POST)
    note = form.cleaned_data["note"] if form.is_valid() else ""
    try:
        withdraw_notice(found, by=seen.staff, note=note, key=str(form.data.get("key", "")) or None)
    except Refusal as refusal:
        return notice_page(request, seen, found, refused=refusal)
    messages.success(request, _("%(number)s已撤下，案件回到待公示。") % {"number": number})
    return redirect("desk:notice", number=number)


@staff_page
@require_http_methods(["GET", "POST"])
def objection(request: HttpRequest, number: str) -> HttpResponse:
    """Somebody came, rang up or wrote: the county's desk writes it down."""
    seen, found = access_notice(request, number)
    if not takes_objections(seen, found):
        raise Http404
    form = ObjectionForm(request.POST or None, initial={"key": uuid.uuid4()})
    refused = None
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            take_objection(found, given["line_number"], form.said(), by=seen.staff, key=str(given["key"]))
        except Refusal as refusal:
            refused = refusal
        else:
            messages.success(request, _("异议已登记，这一行停下等答复，其他人不受影响。"))
            return redirect("desk:notice", number=number)
    context = {
        "found": found,
        "form": form,
        "notice": refusal_notice(refused) if refused else None,
        "crumbs": [
            (reverse("desk:notices"), pgettext("栏目", "公示")),
            (reverse("desk:notice", args=[number]), number),
            ("", _("登记异议")),
        ],
    }
    status = 409 if refused else 422 if form.errors else 200
    return render(request, "desk/notices/objection.html", context, status=status)


@staff_page
@require_POST
def take(request: HttpRequest, number: str) -> HttpResponse:
    """What came from the web is taken in: its cases wait for the answer from now on."""
    seen, found = access_notice(request, number)
    try:
        count = take_in(found, by=seen.staff)
    except Refusal as refusal:
        return notice_page(request, seen, found, refused=refusal)
    messages.success(request, _("已登记，%(count)d行转县级核查答复。") % {"count": count})
    return redirect("desk:notice", number=number)
