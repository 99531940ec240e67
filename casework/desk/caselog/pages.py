"""Making an entry in a case's log, and taking one back."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from casework.desk.case_file import access_case_or_404
from casework.desk.session import access, staff_page
from casework.models import Case, Evidence
from workflows import caselog
from workflows.caselog import Kind, Written
from workflows.refusals import Refusal

MOST_PAPERS = 60


class LogForm(forms.Form):
    """An entry: what, when, how much. What a kind does not ask for is left empty."""

    kind = forms.ChoiceField(label=gettext_lazy("登记什么"))
    day = forms.DateField(
        label=gettext_lazy("日期"), initial=localdate, widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )
    quantity = forms.DecimalField(
        label=gettext_lazy("数量"), required=False, max_digits=10, decimal_places=2, min_value=0
    )
    money = forms.DecimalField(
        label=gettext_lazy("金额（元）"), required=False, max_digits=12, decimal_places=2, min_value=0
    )
    words = forms.CharField(label=gettext_lazy("说明"), required=False, max_length=caselog.LONGEST)
    paper = forms.ChoiceField(
        label=gettext_lazy("凭证"),
        required=False,
        help_text=gettext_lazy("先在案件页上传，再在这里选。"),
    )
    key = forms.CharField(widget=forms.HiddenInput, max_length=64)

    def __init__(self, *args: Any, case: Case, kinds: list[Kind], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = [(kind.name, f"{kind.label}（{kind.unit}）" if kind.unit else kind.label) for kind in kinds]
        papers = Evidence.objects.filter(case=case).order_by("-pk")[:MOST_PAPERS]
        listed = [(str(one.pk), f"{one.get_kind_display()} {one.uploaded_at:%Y-%m-%d}") for one in papers]
        self._offer("kind", named)
        self._offer("paper", [("", _("没有")), *listed])
        for name, wanted in (
            ("quantity", any(kind.unit for kind in kinds)),
            ("money", any(kind.money for kind in kinds)),
            ("paper", any(kind.paper for kind in kinds) or bool(listed)),
        ):
            if not wanted:
                del self.fields[name]

    def _offer(self, name: str, choices: list[tuple[str, Any]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    def written(self) -> Written:
        said = self.cleaned_data
        paper = said.get("paper")
        return Written(
            said["kind"],
            said["day"],
            said.get("quantity"),
            said.get("money"),
            said.get("words", ""),
            int(paper) if paper else None,
        )


class TakeBackForm(forms.Form):
    """Why an entry is taken back."""

    reason = forms.CharField(label=gettext_lazy("为什么作废"), max_length=caselog.LONGEST)
    key = forms.CharField(widget=forms.HiddenInput, max_length=64)


@staff_page
@require_http_methods(["GET", "POST"])
def enter(request: HttpRequest, number: str) -> HttpResponse:
    found = access_case_or_404(request, number)
    staff = access(request).staff
    try:
        kinds = caselog.may_enter(found, staff)
    except Refusal as refused:
        messages.error(request, str(refused))
        return redirect("desk:case", number=number)
    if not kinds:
        messages.error(request, _("您现在不能在这件案子里登记。"))
        return redirect("desk:case", number=number)
    form = LogForm(request.POST or None, case=found, kinds=kinds, initial={"key": uuid.uuid4().hex})
    if request.method == "POST" and form.is_valid():
        try:
            caselog.enter(number, form.written(), by=staff, key=form.cleaned_data["key"])
        except Refusal as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("已登记。"))
            return redirect(reverse("desk:case", args=[number]) + "#log")
    return _page(request, found, form, _("登记一条"), caselog.title_of(found))


@staff_page
@require_http_methods(["GET", "POST"])
def take_back(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    found = access_case_or_404(request, number)
    form = TakeBackForm(request.POST or None, initial={"key": uuid.uuid4().hex})
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            caselog.take_back(number, pk, by=access(request).staff, reason=said["reason"], key=said["key"])
        except Refusal as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("这条登记已作废，不再计入合计。"))
            return redirect(reverse("desk:case", args=[number]) + "#log")
    return _page(request, found, form, _("作废一条登记"), _("登记过的不能改也不能删；作废要写明原因，原来的还在。"))


def _page(request: HttpRequest, case: Case, form: forms.Form, title: str, lede: str) -> HttpResponse:
    context = {
        "title": title,
        "lede": lede,
        "form": form,
        "case": case,
        "crumbs": [
            (reverse("desk:queue"), _("待办")),
            (reverse("desk:case", args=[case.number]), case.number),
            ("", title),
        ],
    }
    return render(request, "desk/log.html", context, status=422 if form.errors else 200)
