"""Families a unit carries: on the page of its case, linked and unlinked."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from casework.desk.case_file import CaseFile, access_case_or_404
from casework.desk.more import More, Section
from casework.desk.session import access, staff_page
from workflows import registry
from workflows.carried import families_of, link, may_link, unlink
from workflows.refusals import Refusal


def families(file: CaseFile) -> More:
    """Nothing where the programme is not a unit's."""
    if not registry.programme(file.case.programme).carries:
        return More()
    rows = families_of(file.case)
    table = {
        "caption": _("带动的家庭，共%(count)d户") % {"count": len(rows)},
        "rows": [{"cells": _cells(row)} for row in rows],
        "empty": {"message": _("还没有登记带动的家庭"), "hint": ""},
    }
    may = may_link(file.case, file.viewer.staff)
    url = reverse("desk:family_link", args=[file.case.number]) if may else ""
    unlinked = [(row, reverse("desk:family_unlink", args=[file.case.number, row.pk])) for row in rows] if may else []
    context = {"table": table, "url": url, "unlinked": unlinked}
    return More([Section("families", _("带动户"), "desk/_families.html", context)])


def _cells(row: Any) -> list[dict[str, Any]]:
    division = row.person.division
    return [
        {"label": _("姓名"), "text": row.person.name, "header": True},
        {"label": _("村（社区）"), "text": division.name if division else ""},
        {"label": _("登记人"), "text": row.linked_by.name},
        {"label": _("登记时间"), "kind": "moment", "date": row.linked_at},
    ]


class FamilyForm(forms.Form):
    """One member of the family, by the number the register has."""

    identity_number = forms.CharField(
        label=gettext_lazy("家庭成员的公民身份号码"),
        max_length=30,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=gettext_lazy("要在本县对象名册里。"),
    )


@staff_page
@require_http_methods(["GET", "POST"])
def link_family(request: HttpRequest, number: str) -> HttpResponse:
    found = access_case_or_404(request, number)
    form = FamilyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            link(number, form.cleaned_data["identity_number"], by=access(request).staff)
        except Refusal as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("已登记这一户。"))
            return redirect(reverse("desk:case", args=[number]) + "#families")
    context = {
        "title": _("登记带动户"),
        "lede": _("单位带动的家庭，一户登记一人。"),
        "form": form,
        "case": found,
        "crumbs": [
            (reverse("desk:queue"), _("待办")),
            (reverse("desk:case", args=[number]), number),
            ("", _("登记带动户")),
        ],
    }
    return render(request, "desk/log.html", context, status=422 if form.errors else 200)


@staff_page
@require_POST
def unlink_family(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    access_case_or_404(request, number)
    try:
        unlink(number, pk, by=access(request).staff)
    except Refusal as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("已取消这一户的登记。"))
    return redirect(reverse("desk:case", args=[number]) + "#families")
