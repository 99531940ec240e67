"""A special family: who looks after it, when it was last spoken to, and writing either down. Fit for a phone."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from casework.desk.cells import cell
from casework.desk.session import access, staff_page
from casework.models import ContactLog, CoverLapse, FamilyCover, Hospital, RegisterEntry
from casework.places import full_name
from workflows.coverage.keeping import KEEPERS, TALKERS, Cover, end_cover, log_contact, write_cover
from workflows.coverage.state import special_families
from workflows.refusals import Refusal

MOST = 50
MOST_HOSPITALS = 200
A_DAY = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


class ContactForm(forms.Form):
    """That somebody spoke with the family today. `client_key` is made with the page."""

    client_key = forms.UUIDField(widget=forms.HiddenInput)
    how = forms.ChoiceField(
        label=gettext_lazy("怎么联系的"), choices=ContactLog.How.choices, widget=forms.RadioSelect, initial="phone"
    )
    on = forms.DateField(label=gettext_lazy("联系日期"), widget=A_DAY)


class CoverForm(forms.Form):
    """Who or what the family can count on from a day on."""

    kind = forms.ChoiceField(label=gettext_lazy("登记什么"), choices=FamilyCover.Kind.choices)
    name = forms.CharField(label=gettext_lazy("姓名"), max_length=60, required=False)
    title = forms.CharField(label=gettext_lazy("职务或单位"), max_length=60, required=False)
    username = forms.CharField(
        label=gettext_lazy("账号"),
        max_length=60,
        required=False,
        help_text=gettext_lazy("联系人有账号的写账号，离任时会提醒换人。"),
    )
    hospital = forms.ModelChoiceField(
        label=gettext_lazy("绿色通道医院"), queryset=Hospital.objects.none(), required=False
    )
    valid_from = forms.DateField(label=gettext_lazy("起"), widget=A_DAY)
    valid_to = forms.DateField(label=gettext_lazy("止"), widget=A_DAY, required=False)

    def __init__(self, county: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        hospital = self.fields["hospital"]
        assert isinstance(hospital, forms.ModelChoiceField)
        hospital.queryset = Hospital.objects.filter(county=county).order_by("name")

    def cover(self) -> Cover:
        said = self.cleaned_data
        hospital = said.pop("hospital")
        return Cover(hospital=hospital.pk if hospital else None, **said)


@staff_page
@require_safe
def family(request: HttpRequest, household: int) -> HttpResponse:
    return _page(request, household, _entry_or_404(request, household))


@staff_page
@require_POST
def contact(request: HttpRequest, household: int) -> HttpResponse:
    """Sent twice it is one contact, and the second time is told so."""
    entry = _entry_or_404(request, household)
    form = ContactForm(request.POST)
    if not form.is_valid():
        return _page(request, household, entry, contact_form=form)
    said = form.cleaned_data
    try:
        _made, repeated = log_contact(
            household, said["on"], said["how"], by=access(request).staff, client_key=said["client_key"]
        )
    except Refusal as refused:
        form.add_error(None, str(refused))
        return _page(request, household, entry, contact_form=form)
    if repeated:
        messages.info(request, _("这次联系刚才已经登记过，没有重复登记。"))
    else:
        messages.success(request, _("已登记联系。"))
    return redirect("desk:family", household=household)


@staff_page
@require_POST
def cover(request: HttpRequest, household: int) -> HttpResponse:
    entry = _entry_or_404(request, household)
    form = CoverForm(entry.county_id, request.POST)
    if form.is_valid():
        try:
            made = write_cover(household, form.cover(), by=access(request).staff)
        except Refusal as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("已登记%(kind)s：%(name)s。") % {
                "kind": made.get_kind_display(), "name": made.name})  # fmt: skip
            return redirect("desk:family", household=household)
    return _page(request, household, entry, cover_form=form)


@staff_page
@require_POST
def cover_end(request: HttpRequest, household: int, pk: int) -> HttpResponse:
    """Its last day is today."""
    _entry_or_404(request, household)
    if not FamilyCover.objects.filter(pk=pk, household=household).exists():
        raise Http404
    try:
        ended = end_cover(pk, localdate(), by=access(request).staff)
    except Refusal as refused:
        messages.error(request, str(refused))
    else:
        words = {"kind": ended.get_kind_display(), "name": ended.name}
        messages.success(request, _("%(kind)s“%(name)s”到今天为止。") % words)
    return redirect("desk:family", household=household)


def _entry_or_404(request: HttpRequest, household: int) -> RegisterEntry:
    """The family's entry, if it lies in the viewer's jurisdiction."""
    rows = special_families(localdate()).filter(person__household=household)
    entry = rows.select_related("person", "person__household").order_by("id").first()
    if entry is None or not access(request).covers(entry.division_id):
        raise Http404
    return entry


def _page(
    request: HttpRequest,
    household: int,
    entry: RegisterEntry,
    *,
    contact_form: ContactForm | None = None,
    cover_form: CoverForm | None = None,
) -> HttpResponse:
    seen = access(request)
    covers = FamilyCover.objects.filter(household=household).order_by("-id")[:MOST]
    may_keep = seen.covers(entry.division_id, *KEEPERS)
    may_talk = seen.covers(entry.division_id, *TALKERS)
    today = {"valid_from": localdate()}
    fresh = {"client_key": uuid.uuid4(), "on": localdate(), "how": "phone"}
    wrong = contact_form or cover_form
    lapses = CoverLapse.objects.filter(household=household, live=True).select_related("case")
    context = {
        "entry": entry,
        "place": full_name(entry.division_id),
        "contact_form": (contact_form or ContactForm(initial=fresh)) if may_talk else None,
        "cover_form": (cover_form or CoverForm(entry.county_id, initial=today)) if may_keep else None,
        "form": wrong,
        "covers": {
            "rows": [{"cells": _cover_cells(one)} for one in covers],
            "empty": {"message": _("还没有安排")},
        },
        "ends": [one for one in covers if may_keep and one.valid_to is None],
        "contacts": {
            "rows": [{"cells": _contact_cells(one)} for one in _contacts(household)],
            "empty": {"message": _("还没有联系记录")},
        },
        "lapses": [(reverse("desk:case", args=[one.case.number]), one.get_kind_display()) for one in lapses],
        "household": household,
        "crumbs": [(f"{reverse('desk:coverage')}?place={entry.division_id}", _("三个全覆盖")), ("", entry.person.name)],
    }
    return render(request, "desk/families/family.html", context, status=422 if wrong else 200)


def _contacts(household: int) -> list[ContactLog]:
    return list(ContactLog.objects.filter(household=household).select_related("by").order_by("-on", "-id")[:MOST])


def _cover_cells(one: FamilyCover) -> list[dict[str, Any]]:
    return [
        cell(_("种类"), text=one.get_kind_display(), header=True),
        cell(_("姓名或名称"), text=one.name, note=one.title),
        cell(_("起"), kind="date", date=one.valid_from),
        cell(_("止"), kind="date", date=one.valid_to),
    ]


def _contact_cells(one: ContactLog) -> list[dict[str, Any]]:
    return [
        cell(_("日期"), kind="date", date=one.on, header=True),
        cell(_("方式"), text=one.get_how_display()),
        cell(_("联系人"), text=one.by.name),
    ]
