"""The cases of my jurisdiction, whoever's queue they are in: newest first, narrowed by stage, programme and place."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from casework.access import Access, visible, within
from casework.desk.session import access, staff_page
from casework.models import Case, Division, Level, Stage
from workflows import registry
from workflows.discretion import names_of

PAGE = 50
MOST_PLACES = 20
"""Villages of one name in a province; beyond that the township has to be named."""


class CasesForm(forms.Form):
    """What the list is narrowed to. A place is named, not picked: a county has hundreds of villages."""

    place = forms.CharField(label=gettext_lazy("乡镇或村社区"), required=False, max_length=60)
    stage = forms.ChoiceField(
        label=gettext_lazy("状态"), required=False, choices=[("", gettext_lazy("全部")), *Stage.choices]
    )
    programme = forms.ChoiceField(label=gettext_lazy("项目"), required=False)
    before = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)
    after = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        titles = [(slug, found.title) for slug, found in registry.programmes().items()]
        label = self.fields["programme"].label
        choices = [("", _("全部")), *titles]
        self.fields["programme"] = forms.ChoiceField(label=label, required=False, choices=choices)

    def given(self) -> dict[str, Any]:
        """What was given and can be understood; the rest is as if it had not been."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}


@staff_page
@require_safe
def cases(request: HttpRequest) -> HttpResponse:
    seen = access(request)
    form = CasesForm(request.GET)
    given = form.given()
    before, after = given.pop("before", None), given.pop("after", None)
    page, older, newer = _page(_wanted(seen, given), before, after)
    # The marks of the page are in the links, not in the form: narrowing starts at the newest again.
    del form.fields["before"], form.fields["after"]
    context = {
        "form": form,
        "clear_url": reverse("desk:cases") if given else "",
        "table": {
            "caption": _("新的在前"),
            "rows": _rows(page),
            "empty": _empty(bool(given)),
        },
        "pager": {
            "previous_url": _url(given, after=page[0].pk) if newer and page else "",
            "next_url": _url(given, before=page[-1].pk) if older and page else "",
            "text": _("本页%(count)d件") % {"count": len(page)},
        },
    }
    return render(request, "desk/cases.html", context)


def _wanted(seen: Access, given: dict[str, Any]) -> Q:
    wanted = visible(seen)
    if "place" in given:
        wanted &= within(place_codes(given["place"], seen))
    if "stage" in given:
        wanted &= Q(stage=given["stage"])
    if "programme" in given:
        wanted &= Q(programme=given["programme"])
    return wanted


def place_codes(words: str, seen: Access) -> tuple[str, ...]:
    """The townships and villages of the jurisdiction that begin so, or that a code begins with."""
    text = words.strip()
    found = Division.objects.filter(within(seen.codes(), "code"), level__in=(Level.TOWNSHIP, Level.VILLAGE))
    found = found.filter(code__startswith=text) if text.isdigit() else found.filter(name__startswith=text)
    return tuple(found.order_by("code").values_list("code", flat=True)[:MOST_PLACES])


def _page(wanted: Q, before: int | None, after: int | None) -> tuple[list[Case], bool, bool]:
    """A page by key, and whether there are older and newer ones. Nothing is counted or skipped."""
    found = Case.objects.select_related("applicant").filter(wanted)
    if after is not None and before is None:
        rows = list(found.filter(pk__gt=after).order_by("pk")[: PAGE + 1])
        return rows[:PAGE][::-1], True, len(rows) > PAGE
    if before is not None:
        found = found.filter(pk__lt=before)
    rows = list(found.order_by("-pk")[: PAGE + 1])
    return rows[:PAGE], len(rows) > PAGE, before is not None


def _rows(page: list[Case]) -> list[dict[str, Any]]:
    places, names = _places(page), names_of(page)
    return [{"cells": _cells(case, places, names[case.pk])} for case in page]


def _places(page: list[Case]) -> dict[str, str]:
    codes = {code for case in page for code in (case.division_id, case.division_id[: Level.TOWNSHIP])}
    return dict(Division.objects.filter(pk__in=codes).values_list("code", "name"))


def _cells(case: Case, places: dict[str, str], name: str) -> list[dict[str, Any]]:
    return [
        {
            "label": _("申请人"),
            "text": name,
            "url": reverse("desk:case", args=[case.number]),
            "header": True,
            "note": case.number,
        },
        {"label": _("项目"), "text": registry.programme(case.programme).title},
        {
            "label": _("村社区"),
            "text": "" if case.confidential else places.get(case.division_id, case.division_id),
            "note": "" if case.confidential else places.get(case.division_id[: Level.TOWNSHIP], ""),
        },
        {"label": _("状态"), "kind": "stage", "code": case.stage, "word": case.get_stage_display()},
        {"label": _("从何时起"), "kind": "date", "date": localtime(case.stage_since).date()},
        {"label": _("金额"), "kind": "money", "amount": case.amount},
        {"label": _("申请日期"), "kind": "date", "date": case.applied_on},
    ]


def _empty(narrowed: bool) -> dict[str, str]:
    if narrowed:
        return {"message": _("没有这样的案件"), "url": reverse("desk:cases"), "action": _("看全部案件")}
    return {"message": _("本辖区还没有案件"), "hint": _("导入或录入申请后，案件会列在这里。")}


def _url(given: dict[str, Any], **mark: int) -> str:
    return f"{reverse('desk:cases')}?{urlencode({**given, **mark})}"
