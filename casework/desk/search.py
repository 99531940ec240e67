"""Finding a case of my jurisdiction: by name, pinyin initials, case number, or exact identity number.

What was typed comes by POST and goes no further: an identity number is hashed and dropped, never in an address, a
session or a log. The session keeps which cases were found, so that a look into one and back again needs no second
search.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from django import forms
from django.db import connection
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods

from casework import identity
from casework.access import Access, visible
from casework.crypto import lookup_hash
from casework.desk.addresses import case_url
from casework.desk.session import access, staff_page
from casework.masking import mask_identity
from casework.models import Case, Division, Level, PersonInitials, WorkItem
from casework.sheets import values
from workflows import registry
from workflows.discretion import names_of

MOST = 50
SHORTEST = 2
KEPT = "desk_search"
LAST = "\U0010ffff"

KINDS = {
    "name": gettext_lazy("姓名"),
    "initials": gettext_lazy("拼音首字母"),
    "number": gettext_lazy("案号"),
    "identity": gettext_lazy("身份证号"),
}


class SearchForm(forms.Form):
    q = forms.CharField(
        label=gettext_lazy("姓名、拼音首字母、案号或身份证号"),
        max_length=60,
        error_messages={"required": gettext_lazy("请写要找的姓名、拼音首字母、案号或身份证号")},
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off", "spellcheck": "false"}),
    )


@dataclass(frozen=True)
class Found:
    """What a search gave: how it was understood, what to say of the words, and the cases. `fault` is what is wrong
    with the words themselves."""

    kind: str
    shown: str
    case_ids: tuple[int, ...] = ()
    more: bool = False
    fault: str = ""


@sensitive_variables()
def find(words: str, access: Access) -> Found:
    """Search the cases of the jurisdiction, whoever's queue they are in. At most `MOST`."""
    text = identity.clean(words)
    letters = text.isascii() and text.isalpha()
    if _looks_like_identity(text):
        fault = identity.fault(text)
        hashed = lookup_hash("identity", text)
        return _found("identity", mask_identity(text), Q(applicant__identity_hash=hashed), access, fault)
    if text.isascii() and any(character.isdigit() for character in text):
        found = _found("number", text.upper(), _number_starts(text.upper()), access)
        # Digits that begin no case number may be an identity number that was typed in part.
        return found if found.case_ids else replace(found, shown=mask_identity(text) if text.isdigit() else text)
    name = values.name(words)
    if len(text) < SHORTEST or len(name) < SHORTEST:
        return Found("initials" if letters else "name", text, fault=_("至少写两个字或两个字母"))
    if letters:
        people = PersonInitials.objects.filter(_starts("initials", text.lower())).values("person")
        return _found("initials", text.lower(), Q(applicant__in=people), access)
    return _found("name", name, _starts("applicant__name", name), access)


def _looks_like_identity(text: str) -> bool:
    """Eighteen digits, the last perhaps an X, or one too many or too few. A case number's digits are fewer."""
    return 17 <= len(text) <= 19 and text.isascii() and text[:-1].isdigit() and (text[-1].isdigit() or text[-1] == "X")


def _number_starts(text: str) -> Q:
    """A case number from its start, with or without the programme's letters."""
    if not text.isdigit():
        return _starts("number", text)
    wanted = Q()
    for programme in registry.programmes().values():
        wanted |= _starts("number", programme.number_prefix + text)
    return wanted


def _starts(column: str, prefix: str) -> Q:
    """Values that begin with `prefix`, by index. On SQLite `LIKE` cannot use one and a range can; on PostgreSQL the
    range would follow the language's sorting, and `LIKE` has an index of its own."""
    if connection.vendor == "sqlite":
        return Q(**{f"{column}__gte": prefix, f"{column}__lt": prefix + LAST})
    return Q(**{f"{column}__startswith": prefix})


def _found(kind: str, shown: str, wanted: Q, access: Access, fault: str = "") -> Found:
    cases = Case.objects.filter(wanted).filter(visible(access)).order_by("-id")
    ids = list(cases.values_list("pk", flat=True)[: MOST + 1])
    return Found(kind, shown, tuple(ids[:MOST]), len(ids) > MOST, fault if not ids else "")


@sensitive_post_parameters("q")
@staff_page
@require_http_methods(["GET", "HEAD", "POST"])
def search(request: HttpRequest) -> HttpResponse:
    """POST looks; GET shows what the last look found, as it is now."""
    if request.method != "POST":
        return _show(request, SearchForm())
    form = SearchForm(request.POST)
    if not form.is_valid():
        return _show(request, form, status=422)
    found = find(form.cleaned_data["q"], access(request))
    request.session[KEPT] = {
        "kind": found.kind,
        "shown": found.shown,
        "ids": found.case_ids,
        "more": found.more,
        "fault": found.fault,
    }
    return redirect("desk:search")


def _show(request: HttpRequest, form: SearchForm, status: int = 200) -> HttpResponse:
    kept = request.session.get(KEPT) if not form.is_bound else None
    context: dict[str, Any] = {"search": form, "searched": None}
    if kept:
        context["searched"] = {**kept, "kind": KINDS[kept["kind"]]}
        context["table"] = results_table(kept["ids"], access(request), more=kept["more"])
        context["advice"] = _advice(kept["kind"])
    form.fields["q"].widget.attrs["autofocus"] = not (kept and kept["ids"])
    return render(request, "desk/search.html", context, status=status)


def results_table(case_ids: list[int], access: Access, *, more: bool) -> dict[str, Any]:
    """The cases found, read afresh and within the jurisdiction of today. Three statements."""
    found = Case.objects.select_related("applicant").filter(visible(access), pk__in=case_ids)
    names = names_of(found)
    cases = sorted(found, key=lambda case: (names[case.pk], -case.pk))
    codes = {code for case in cases for code in (case.division_id, case.division_id[: Level.TOWNSHIP])}
    places = dict(Division.objects.filter(pk__in=codes).values_list("code", "name"))
    opened = WorkItem.objects.select_related("owner").filter(process__in=cases, finished__isnull=True)
    items = {item.process_id: item for item in opened}
    count = _("前%(count)d件，还有更多，请写得更具体些") if more else _("共%(count)d件")
    return {
        "caption": count % {"count": len(cases)},
        "rows": [{"cells": _cells(case, items.get(case.pk), places, names[case.pk])} for case in cases],
    }


def _cells(case: Case, item: WorkItem | None, places: dict[str, str], name: str) -> list[dict[str, Any]]:
    step = item.flow_task.task_title if item and item.flow_task else ""
    return [
        {
            "label": _("申请人"),
            "text": name,
            "url": case_url(case.number),
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
        {"label": _("在办环节"), "text": step, "note": item.owner.name if item and item.owner else ""},
        {"label": _("金额"), "kind": "money", "amount": case.amount},
        {"label": _("申请日期"), "kind": "date", "date": case.applied_on},
    ]


def _advice(kind: str) -> list[str]:
    """What to try when nothing was found."""
    ways = {
        "name": _("名字拿不准时，只写前两个字，或改用拼音首字母。"),
        "initials": _("多音字的另一个读音也试试，或直接写汉字。"),
        "number": _("案号从头写起，可以只写前面一段。"),
        "identity": _("逐位核对身份证号；也可以改用姓名查。"),
    }
    return [ways[kind], _("只找得到本辖区的案件。户籍在别处的，请问那里的经办人。")]
