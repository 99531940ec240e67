"""A need noticed on a visit, taken up in one press: what the books know is filled in, the rest is asked on one page."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from casework.desk.application_fields import fields_of, hospitals_of
from casework.desk.case_file import access_case_or_404
from casework.desk.session import access, staff_page
from casework.models import Level, VisitRecord
from casework.sheets.columns import Column
from workflows import registry
from workflows.papers.codes import line_code, sentences
from workflows.papers.correcting import NotEntered
from workflows.refusals import Refusal
from workflows.visits.needs import NEEDS, Need, fields_wanted, take_up

IN_WORDS = ("circumstances", "remark")
"""Columns of an application that what the visitor wrote is offered for."""


class NeedForm(forms.Form):
    """What the programme's application asks besides what is known of the person."""

    def __init__(self, columns: list[Column], need: Need, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields.update(fields_of(columns, registry.programme(need.programme)))


@staff_page
@require_http_methods(["GET", "POST"])
def need_page(request: HttpRequest, number: str, record: int, code: str) -> HttpResponse:
    """Pressed on the case's page it is done at once, where nothing more need be asked; else the page asks."""
    case = access_case_or_404(request, number)
    need = NEEDS.get(code)
    if need is None or not need.begins_a_case or not VisitRecord.objects.filter(pk=record, case=case).exists():
        raise Http404
    columns = fields_wanted(need)
    asks = any(column.required for column in columns)
    sent = request.method == "POST" and ("asked" in request.POST or not asks)
    noticed = VisitRecord.objects.values_list("needs_words", flat=True).get(pk=record)
    told = next((name for name in IN_WORDS if name in {column.name for column in columns}), "")
    form = NeedForm(columns, need, request.POST if sent else None, initial={told: noticed})
    if form.is_bound and form.is_valid():
        answer = _take_up(request, record, need, form)
        if answer is not None:
            return answer
    context = {
        "form": form,
        "case": case,
        "need": need,
        "title": registry.programme(need.programme).title,
        "hospitals": hospitals_of((case.division_id[: Level.COUNTY],)),
        "crumbs": [(reverse("desk:case", args=[number]), number), ("", need.words)],
    }
    return render(request, "desk/visits/need.html", context, status=422 if form.errors else 200)


def _take_up(request: HttpRequest, record: int, need: Need, form: NeedForm) -> HttpResponse | None:
    try:
        made = take_up(record, need.code, form.cleaned_data, by=access(request).staff)
    except NotEntered as problem:
        own = registry.codes_of(need.programme)
        for code, said in zip(problem.codes, sentences(problem.codes, problem.details, own), strict=True):
            form.add_error(None, f"{said}。{line_code(code, own).remedy}。")
    except Refusal as refused:
        form.add_error(None, str(refused))
    else:
        messages.success(request, _("已登记为%(number)s，并与这次走访关联。") % {"number": made.number})
        return redirect("desk:case", number=made.number)
    return None
