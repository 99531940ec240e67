"""Putting a case's facts or its account right."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from casework.desk.case_file import access_case_or_404
from casework.desk.case_forms import AccountForm, AmendForm
from casework.desk.session import access, staff_page
from casework.masking import mask_account
from casework.models import Case, PayeeAccount
from casework.models.fields import SealedText
from workflows import registry
from workflows.amend import amend_facts, change_account
from workflows.papers.codes import sentences
from workflows.refusals import Refusal


@staff_page
@require_http_methods(["GET", "POST"])
def amend(request: HttpRequest, number: str) -> HttpResponse:
    found = access_case_or_404(request, number)
    form = AmendForm(request.POST or None, case=found)
    if request.method == "POST" and form.is_valid():
        try:
            done = amend_facts(number, form.changes(), by=access(request).staff, reason=form.cleaned_data["reason"])
        except Refusal as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("申请内容已更改。此前的签字不再算数，后面的环节会重新签。"))
            if done.against:
                why = _("；").join(sentences(done.against, own=registry.codes_of(found.programme)))
                messages.warning(request, _("按更改后的内容还不能受理：%(why)s。") % {"why": why})
            return redirect("desk:case", number=number)
    lede = _("改了以后，此前在这件案子上的签字都要重签；金额会按新内容重新计算。")
    return _mending_page(request, found, form, _("更改申请内容"), lede)


@staff_page
@require_http_methods(["GET", "POST"])
def account(request: HttpRequest, number: str) -> HttpResponse:
    found = access_case_or_404(request, number)
    initial = {"holder_name": registry.programme(found.programme).payee(found)}
    form = AccountForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            change_account(number, said["account_number"], said["bank"], said["holder_name"], by=access(request).staff)
        except Refusal as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("收款账户已更改，以后按新账户发放。"))
            return redirect("desk:case", number=number)
    lede = _("现在登记的是 %(masked)s。") % {"masked": _masked(found.payee_account)} if found.payee_account else ""
    return _mending_page(request, found, form, _("更改收款账户"), lede)


def _masked(account: PayeeAccount) -> str:
    sealed = account.account_number
    return mask_account(sealed.reveal()) if isinstance(sealed, SealedText) else ""


def _mending_page(request: HttpRequest, case: Case, form: forms.Form, title: str, lede: str) -> HttpResponse:
    context = {
        "title": title,
        "lede": lede,
        "form": form,
        "case": case,
        "crumbs": [
            (reverse("desk:queue"), _("待办")),
            (reverse("desk:case", args=[case.number]), case.number),
            ("", title),
        ],
    }
    return render(request, "desk/mending.html", context, status=422 if form.errors else 200)
