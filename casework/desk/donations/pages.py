"""Donations: what was received, what is used, what is left; and entering one. Nobody who was helped is named here."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from casework.access import Access, within
from casework.desk.paging import page_of_several
from casework.desk.session import access, staff_page
from casework.models import Division, Donation, Level
from workflows.donation_entry import KEEPERS, Given, enter_donation
from workflows.donations import purposes
from workflows.refusals import Refusal

PAGE = 50
MOST_COUNTIES = 200


def access_donations(request: HttpRequest) -> tuple[Access, tuple[str, ...]]:
    """Whose donations this person may see: county's codes, or shorter ones. Raises `PermissionDenied`."""
    seen = access(request)
    codes = {code[: Level.COUNTY] for code in seen.codes(*KEEPERS)}
    if not codes:
        raise PermissionDenied(_("捐赠由负责人和督办员查看，您现在没有这个岗位。"))
    return seen, tuple(sorted(codes))


def office_of(seen: Access) -> str:
    """The office, at the county or above, that this person enters donations for; "" where there is none."""
    return next((code for code in seen.codes(*KEEPERS) if len(code) <= Level.COUNTY), "")


class DonationForm(forms.Form):
    """A donation as it was received."""

    donor = forms.CharField(
        label=gettext_lazy("捐赠人"),
        required=False,
        max_length=60,
        help_text=gettext_lazy("单位名称，或愿意公开姓名的个人；不愿公开的留空，显示为匿名。"),
    )
    received_on = forms.DateField(
        label=gettext_lazy("到账日期"),
        initial=localdate,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )
    amount = forms.DecimalField(label=gettext_lazy("金额（元）"), max_digits=14, decimal_places=2, min_value=0)
    purpose = forms.ChoiceField(label=gettext_lazy("用途"), help_text=gettext_lazy("捐赠人指定的用途，只能用在这里。"))
    county = forms.ChoiceField(label=gettext_lazy("限用的县"), required=False)
    valid_to = forms.DateField(
        label=gettext_lazy("使用期限"),
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        help_text=gettext_lazy("捐赠人要求在哪天以前用完（含当天）；没有要求的留空。"),
    )
    key = forms.CharField(widget=forms.HiddenInput, max_length=64)

    def __init__(self, *args: Any, office: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        counties = Division.objects.filter(within((office,), "code"), level=Level.COUNTY).order_by("code")
        anywhere = [] if len(office) >= Level.COUNTY else [("", _("不限"))]
        self._offer("purpose", [(purpose, purpose) for purpose in purposes()])
        self._offer("county", anywhere + list(counties.values_list("code", "name")[:MOST_COUNTIES]))

    def _offer(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    def given(self) -> Given:
        said = self.cleaned_data
        return Given(
            said["received_on"], said["amount"], said["purpose"], said["donor"], said["county"], said["valid_to"]
        )


@staff_page
@require_safe
def donations(request: HttpRequest) -> HttpResponse:
    seen, codes = access_donations(request)
    rows = Donation.objects.select_related("county")
    lists = [rows.filter(county__isnull=True), rows.filter(within(codes, "county_id"))]
    page = page_of_several(lists, "id", request.GET, size=PAGE, falling=True)
    context = {
        "may_enter": bool(office_of(seen)),
        "table": {
            "caption": _("定向捐赠，新登记的在前"),
            "rows": [{"cells": _cells(donation)} for donation in page.rows],
            "empty": {"title": _("还没有登记捐赠"), "text": _("收到捐赠以后在这里登记，批准的救助从中列支。")},
        },
        "pager": page.pager(reverse("desk:donations")),
    }
    return render(request, "desk/donations/home.html", context)


def _cells(donation: Donation) -> list[dict[str, Any]]:
    return [
        {
            "label": _("捐赠编号"),
            "text": donation.number,
            "header": True,
            "note": donation.donor or _("匿名"),
        },
        {"label": _("用途"), "text": donation.purpose},
        {"label": _("限用的县"), "text": donation.county.name if donation.county else _("不限")},
        {"label": _("到账日期"), "kind": "date", "date": donation.received_on},
        {"label": _("使用期限"), "kind": "date", "date": donation.valid_to},
        {"label": _("收到"), "kind": "money", "amount": donation.amount},
        {"label": _("已用"), "kind": "money", "amount": donation.used},
        {"label": _("结余"), "kind": "money", "amount": donation.amount - donation.used},
    ]


@staff_page
@require_http_methods(["GET", "POST"])
def enter(request: HttpRequest) -> HttpResponse:
    seen, _codes = access_donations(request)
    office = office_of(seen)
    if not office:
        raise PermissionDenied(_("捐赠由县级以上机构的负责人或督办员登记，您现在没有这个岗位。"))
    form = DonationForm(request.POST or None, office=office, initial={"key": uuid.uuid4().hex})
    if request.method == "POST" and form.is_valid():
        key = form.cleaned_data["key"]
        try:
            made = enter_donation(form.given(), office=office, by=seen.staff, key=key)
        except Refusal as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("已登记捐赠%(number)s。") % {"number": made.number})
            return redirect("desk:donations")
    context = {"form": form, "crumbs": [(reverse("desk:donations"), _("捐赠")), ("", _("登记捐赠"))]}
    return render(request, "desk/donations/enter.html", context, status=422 if form.errors else 200)
