"""Asking an office elsewhere to handle a case too 协办, ending that, and its own records."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from casework.desk.addresses import case_url
from casework.desk.case_file import access_case_or_404
from casework.desk.rights.take_in_forms import REQUIRED
from casework.desk.session import access, staff_page
from casework.models import Case, CoHandler, Office, Role
from workflows.programmes.rights_case import co_handling
from workflows.programmes.rights_case.questions import ACTS
from workflows.refusals import Incomplete, Refusal


class AskForm(forms.Form):
    """An office of the house by choice, or one outside by name."""

    office = forms.ModelChoiceField(
        Office.objects.none(),
        label=gettext_lazy("系统里的协会"),
        required=False,
        empty_label=gettext_lazy("（系统里没有，写名称）"),
        help_text=gettext_lazy("对方的维权专员和负责人能看到这件案子，写自己的记录。"),
    )
    name = forms.CharField(
        label=gettext_lazy("或系统外的单位"),
        max_length=120,
        required=False,
        help_text=gettext_lazy("看不到案件，由本会代记。"),
    )

    def __init__(self, *args: Any, county: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Counties and above: villages and townships handle no rights case.
        offices = Office.objects.filter(kind=Office.Kind.ASSOCIATION, division__level__lte=6, valid_to__isnull=True)
        field = self.fields["office"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = offices.exclude(division=county).order_by("division")


class RecordForm(forms.Form):
    kind = forms.ChoiceField(
        label=gettext_lazy("做了什么"),
        choices=[(one.value, one.label) for one in ACTS],
        error_messages=REQUIRED,
    )
    done_on = forms.DateField(
        label=gettext_lazy("哪一天"),
        initial=localdate,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages=REQUIRED,
    )
    place = forms.CharField(label=gettext_lazy("在哪里"), max_length=200, required=False)
    participants = forms.CharField(label=gettext_lazy("谁参加了"), max_length=200, required=False)
    words = forms.CharField(
        label=gettext_lazy("内容"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=gettext_lazy("加密保存，只有办理人和上级看得到。"),
        error_messages=REQUIRED,
    )
    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)


@staff_page
@require_http_methods(["GET", "POST"])
def co_handlers(request: HttpRequest, number: str) -> HttpResponse:
    """Whom to ask; and, of those asked, whom to let go."""
    case = access_case_or_404(request, number)
    if not access(request).covers(case.division_id, Role.RIGHTS_OFFICER):
        raise PermissionDenied(_("协办由主办单位的维权专员请求。"))
    form = AskForm(request.POST or None, county=case.division_id[:6])
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            asked = co_handling.ask(number, by=access(request).staff, office=said["office"], name=said["name"])
        except Incomplete as refused:
            for line in refused.missing:
                form.add_error(None, line)
        except Refusal as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("已请%(name)s协办。") % {"name": asked.name})
            return redirect(case_url(number))
    context = {
        "case": case,
        "form": form,
        "others": CoHandler.objects.filter(case=case, until__isnull=True),
        "crumbs": [(case_url(number), number), ("", _("请求协办"))],
    }
    return render(request, "desk/rights/co_handlers.html", context, status=422 if form.errors else 200)


@staff_page
@require_POST
def end(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    case = access_case_or_404(request, number)
    if not CoHandler.objects.filter(case=case, pk=pk).exists():
        raise Http404
    try:
        co_handling.end(pk, by=access(request).staff)
    except Refusal as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("已结束协办，对方不再看到这件案子。"))
    return redirect(case_url(number))


@staff_page
@require_http_methods(["GET", "POST"])
def record(request: HttpRequest, number: str) -> HttpResponse:
    """A co-handling office writes down what it has done."""
    case = access_case_or_404(request, number)
    staff = access(request).staff
    if not co_handling.may_record(case, staff):
        raise PermissionDenied(_("只有协办单位的维权专员或负责人可以在这里记录"))
    form = RecordForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _recorded(request, case, form):
        messages.success(request, _("已记下，写明是贵单位办的。"))
        return redirect(case_url(number))
    context = {
        "case": case,
        "form": form,
        "title": _("写协办记录"),
        "lede": _("记下来就不能改。主办单位马上看得到。"),
        "back": reverse("desk:case", args=[number]),
        "crumbs": [(case_url(number), number), ("", _("写协办记录"))],
    }
    return render(request, "desk/rights/form.html", context, status=422 if form.errors else 200)


def _recorded(request: HttpRequest, case: Case, form: RecordForm) -> bool:
    said = form.cleaned_data
    given = {name: said[name] for name in ("place", "participants", "words")}
    try:
        co_handling.record(
            case.number, said["kind"], said["done_on"], by=access(request).staff, key=str(said["key"]), **given
        )
    except Incomplete as refused:
        for line in refused.missing:
            form.add_error(None, line)
        return False
    except Refusal as refused:
        form.add_error(None, str(refused))
        return False
    return True
