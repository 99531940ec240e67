"""A refused claim taken up as a rights case, in one page."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from casework.desk.case_file import access_case_or_404
from casework.desk.session import access, staff_page
from casework.models import Claim
from workflows.insurance.contesting import contest
from workflows.refusals import Refusal


class ContestForm(forms.Form):
    why = forms.CharField(label=gettext_lazy("家属的诉求"), max_length=1000, widget=forms.Textarea(attrs={"rows": 4}))
    claimed = forms.DecimalField(
        label=gettext_lazy("要求赔付（元）"), required=False, min_value=0, max_digits=12, decimal_places=2
    )


@staff_page
@require_http_methods(["GET", "POST"])
def contest_page(request: HttpRequest, number: str) -> HttpResponse:
    """Opened twice it leads to the one rights case."""
    case = access_case_or_404(request, number)
    if not Claim.objects.filter(case=case).exists():
        raise Http404
    form = ContestForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            made = contest(case, why=given["why"], claimed=given["claimed"], by=access(request).staff)
        except Refusal as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("已立维权案件%(number)s，并与这件理赔关联。") % {"number": made.number})
            return redirect("desk:case", number=made.number)
    context = {
        "form": form,
        "title": _("为这件理赔立案维权"),
        "lede": _("保险公司拒赔或拖着不付时，由维权专员立案；可以调解，也可以转法律援助。"),
        "button": _("立案"),
        "crumbs": [(reverse("desk:case", args=[number]), number), ("", _("立案维权"))],
    }
    return render(request, "desk/insurance/form.html", context, status=400 if form.errors else 200)
