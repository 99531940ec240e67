"""Extending a deadline: the page of the head of an office."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from casework.desk.case_file import pauses_of
from casework.desk.clock_section import clock_facts, days_in_words, estimated_in
from casework.desk.decide import access_item_or_404
from casework.desk.session import access, staff_page
from casework.models import WorkItem
from workflows.extension import extend, extendable, head_of
from workflows.reckoning import limit_for
from workflows.refusals import Refusal

REQUIRED = {"required": gettext_lazy("请填写这一项"), "invalid": gettext_lazy("请填一个整数")}


class ExtendForm(forms.Form):
    days = forms.IntegerField(label=gettext_lazy("延长几天"), min_value=1, max_value=3650, error_messages=REQUIRED)
    reason = forms.CharField(
        label=gettext_lazy("理由"),
        max_length=500,
        error_messages=REQUIRED,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("写明为什么按期办不完、打算怎样办完。只记入本案，不发给申请人。"),
    )


@staff_page
@require_http_methods(["GET", "POST"])
def extending(request: HttpRequest, item_id: int) -> HttpResponse:
    """Once a step, before it is overdue. Sent twice it is granted once."""
    found = access_item_or_404(request, item_id)
    form = _form(request, found)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            extend(item_id, said["days"], by=access(request).staff, reason=said["reason"])
        except Refusal as refused:
            form.add_error(None, str(refused))
        else:
            found.refresh_from_db(fields=["due_at"])
            words = {"number": found.process.number, "day": localtime(found.due_at).date()}
            messages.success(request, _("%(number)s的期限延长到%(day)s。") % words)
            return redirect("desk:case", number=found.process.number)
    return _page(request, found, form)


def _form(request: HttpRequest, item: WorkItem) -> ExtendForm:
    form, limit = ExtendForm(request.POST or None), limit_for(item)
    if limit is not None:
        most = days_in_words(limit.most_extra_days, limit)
        form.fields["days"].help_text = _("最多%(most)s，只能延长一次。") % {"most": most}
    return form


def _page(request: HttpRequest, item: WorkItem, form: ExtendForm) -> HttpResponse:
    case = item.process
    context = {
        "case": case,
        "item": item,
        "form": form,
        "refused": "" if form.errors else _why_not(item, request),
        "facts": clock_facts(item, pauses_of(case)),
        "estimate": estimated_in([item]),
        "crumbs": [(reverse("desk:case", args=[case.number]), case.number), ("", _("延长期限"))],
    }
    return render(request, "desk/extend.html", context, status=422 if form.errors else 200)


def _why_not(item: WorkItem, request: HttpRequest) -> str:
    try:
        head_of(item, access(request).staff)
        extendable(item)
    except Refusal as refused:
        return str(refused)
    return ""
