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
from workflows.carried import (
    MOST_AT_ONCE,
    Linked,
    case_before,
    families_of,
    households_of,
    link_as_before,
    link_many,
    may_link,
    unlink,
)
from workflows.refusals import Refusal


def families(file: CaseFile) -> More:
    """Nothing where the programme is not a unit's."""
    if not registry.programme(file.case.programme).carries:
        return More()
    rows, count = families_of(file.case), households_of(file.case)
    table = {
        "caption": _("带动的家庭，共%(count)d户") % {"count": count},
        "rows": [{"cells": _cells(row)} for row in rows],
        "empty": {"message": _("还没有登记带动的家庭"), "hint": ""},
    }
    may = may_link(file.case, file.viewer.staff)
    url = reverse("desk:family_link", args=[file.case.number]) if may else ""
    before = case_before(file.case) if may and not rows else None
    again = reverse("desk:family_link_as_before", args=[file.case.number]) if before else ""
    unlinked = [(row, reverse("desk:family_unlink", args=[file.case.number, row.pk])) for row in rows] if may else []
    context = {"table": table, "url": url, "unlinked": unlinked, "again": again, "before": before}
    return More([Section("families", _("带动户"), "desk/_families.html", context)])


def _cells(row: Any) -> list[dict[str, Any]]:
    division = row.person.division
    return [
        {"label": _("姓名"), "text": row.person.name, "header": True},
        {"label": _("村（社区）"), "text": division.name if division else ""},
        {"label": _("登记人"), "text": row.linked_by.name},
        {"label": _("登记时间"), "kind": "moment", "date": row.linked_at},
    ]


class FamiliesForm(forms.Form):
    """One member of each family, by the number the register has, a line each: a column of the unit's list, pasted."""

    identity_numbers = forms.CharField(
        label=gettext_lazy("家庭成员的公民身份号码，一行一个"),
        max_length=30 * MOST_AT_ONCE,
        widget=forms.Textarea(attrs={"autocomplete": "off", "rows": 8, "spellcheck": "false"}),
        help_text=gettext_lazy("一户登记一人，要在本县对象名册里。可以从带动家庭名单里整列复制过来。"),
    )

    def clean_identity_numbers(self) -> list[str]:
        """The lines that say anything."""
        return [line.strip() for line in self.cleaned_data["identity_numbers"].splitlines() if line.strip()]


@staff_page
@require_http_methods(["GET", "POST"])
def link_families(request: HttpRequest, number: str) -> HttpResponse:
    found = access_case_or_404(request, number)
    form = FamiliesForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        lines = form.cleaned_data["identity_numbers"]
        try:
            results = link_many(number, lines, by=access(request).staff)
        except Refusal as refused:
            form.add_error(None, str(refused))
        else:
            wrong = [one for one in results if one.row is None]
            if not wrong:
                messages.success(request, _("已登记%(count)d户。") % {"count": len(results)})
                return redirect(reverse("desk:case", args=[number]) + "#families")
            form = _to_mend(lines, wrong)
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


def _to_mend(lines: list[str], wrong: list[Linked]) -> FamiliesForm:
    """The lines that could not be linked, each with what is wrong; the others are linked and gone."""
    form = FamiliesForm({"identity_numbers": "\n".join(lines[one.line - 1] for one in wrong)})
    done = len(lines) - len(wrong)
    form.add_error(None, _("已登记%(done)d户，下面%(wrong)d行没有登记：") % {"done": done, "wrong": len(wrong)})
    for number, one in enumerate(wrong, start=1):
        form.add_error(None, _("第%(line)d行：%(problem)s") % {"line": number, "problem": one.problem})
    return form


@staff_page
@require_POST
def link_families_as_before(request: HttpRequest, number: str) -> HttpResponse:
    access_case_or_404(request, number)
    try:
        count = link_as_before(number, by=access(request).staff)
    except Refusal as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("已登记%(count)d户。") % {"count": count})
    return redirect(reverse("desk:case", args=[number]) + "#families")


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
