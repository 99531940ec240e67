"""导入报案表: a township's list of losses; what became of each row is on the page that answers."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from casework.desk.insurance.policies import access_county
from casework.desk.insurance.policy_forms import SheetForm
from casework.desk.session import staff_page
from casework.sheets.problems import SheetProblem
from workflows.insurance.loss_sheet import COLUMNS, import_losses


@staff_page
@require_http_methods(["GET", "POST"])
def loss_sheet(request: HttpRequest) -> HttpResponse:
    seen, county = access_county(request)
    form = SheetForm(request.POST or None, request.FILES or None)
    form.fields["file"].label = _("报案表")
    columns = _("、").join(column.label for column in COLUMNS)
    form.fields["file"].help_text = _("列：%(columns)s。没有写时刻的按中午算。") % {"columns": columns}
    report = None
    if request.method == "POST" and form.is_valid():
        try:
            report = import_losses(form.cleaned_data["file"].read(), county=county, by=seen.staff)
        except SheetProblem as problem:
            form.add_error("file", str(problem))
    crumbs = [(reverse("desk:insurance"), _("保险")), ("", _("导入报案表"))]
    context = {"form": form, "report": report, "crumbs": crumbs}
    return render(request, "desk/insurance/loss_sheet.html", context, status=400 if form.errors else 200)
