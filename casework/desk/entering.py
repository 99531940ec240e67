"""One application handed in at the counter."""

from __future__ import annotations

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

from casework.desk.application_fields import fields_of, hospitals_of
from casework.desk.import_forms import choices_of
from casework.desk.imports import access_counties
from casework.desk.session import access, staff_page
from casework.models import Division
from casework.sheets.columns import Column
from workflows import registry
from workflows.papers.codes import line_code, sentences
from workflows.papers.correcting import NotEntered, enter_application
from workflows.refusals import DayToCome, Refusal

LEFT_OUT = ("sequence", "stay", "township")


class ApplicationForm(forms.Form):
    """A programme's application, field by field as its sheet has them."""

    programme = forms.ChoiceField(label=gettext_lazy("项目"), widget=forms.HiddenInput)
    county = forms.ChoiceField(label=gettext_lazy("县市区"))
    applied_on = forms.DateField(
        label=gettext_lazy("申请日期"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        initial=localdate,
    )

    def __init__(self, *args: Any, counties: tuple[str, ...], programme: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices_of(self, "programme").choices = [(slug, found.title) for slug, found in registry.on_paper().items()]
        choices_of(self, "county").choices = list(Division.objects.filter(pk__in=counties).values_list("code", "name"))
        chosen = registry.programme(programme)
        self.fields["programme"].initial = programme
        self.columns = [column for column in chosen.applications.columns if _is_asked(column)]
        self.fields.update(fields_of(self.columns, chosen))

    def cells(self) -> dict[str, str]:
        return {column.name: self.cleaned_data[column.name] for column in self.columns}


def _is_asked(column: Column) -> bool:
    """A village only of somebody who is in no book."""
    return column.name not in LEFT_OUT and (column.name != "village" or column.required)


@staff_page
@require_http_methods(["GET", "POST"])
def enter(request: HttpRequest) -> HttpResponse:
    """Enter one application; it then waits at intake, where it is accepted, sent for papers, or refused."""
    _seen, counties = access_counties(request)
    slug = request.POST.get("programme") or request.GET.get("programme", "")
    programme = slug if slug in registry.on_paper() else next(iter(registry.on_paper()))
    form = ApplicationForm(request.POST or None, counties=counties, programme=programme)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            case = enter_application(
                given["programme"],
                form.cells(),
                county=given["county"],
                applied_on=given["applied_on"],
                by=access(request).staff,
            )
        except NotEntered as problem:
            own = registry.codes_of(given["programme"])
            for code, said in zip(problem.codes, sentences(problem.codes, problem.details, own), strict=True):
                form.add_error(None, f"{said}。{line_code(code, own).remedy}。")
        except Refusal as refusal:
            form.add_error("applied_on" if isinstance(refusal, DayToCome) else None, str(refusal))
        else:
            messages.success(
                request, _("已登记，案号 %(number)s。请核对后受理，并给申请人打印回执。") % {"number": case.number}
            )
            return redirect("desk:case", number=case.number)
    context = {
        "form": form,
        "programmes": [(one, found.title, one == programme) for one, found in registry.on_paper().items()],
        "title": registry.programme(programme).title,
        "hospitals": hospitals_of(counties),
        "crumbs": [(reverse("desk:imports"), _("材料导入")), ("", _("录入一件"))],
    }
    return render(request, "desk/enter.html", context, status=400 if form.errors else 200)
