"""报案: a loss written down, whoever tells of it. One page; the person is found in the register by name and number."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from casework.access import Access, within
from casework.crypto import lookup_hash
from casework.desk.session import access, staff_page
from casework.models import Claim, Person, VisitRecord
from casework.sheets import values
from workflows.programmes.insurance_claim.forms import CAUSES
from workflows.programmes.insurance_claim.notifying import WRITERS, AlreadyNotified, Loss, notify_loss
from workflows.refusals import Refusal
from workflows.visits.needs import link_need

MOMENT = "%Y-%m-%dT%H:%M"
SAME_NAME = gettext_lazy("有几位同名的，请填公民身份号码（没有身份证的填户口簿上的号码）")


def _moment(label: Any, help_text: Any = "") -> forms.DateTimeField:
    widget = forms.DateTimeInput(format=MOMENT, attrs={"type": "datetime-local"})
    return forms.DateTimeField(
        label=label, help_text=help_text, widget=widget, input_formats=[MOMENT, "%Y-%m-%d %H:%M"]
    )


def _day(label: Any, help_text: Any = "") -> forms.DateField:
    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    return forms.DateField(label=label, help_text=help_text, widget=widget, required=False)


class LossForm(forms.Form):
    """What the caller says, in the order in which one asks."""

    name = forms.CharField(label=gettext_lazy("被保险人姓名"), max_length=60)
    identity_number = forms.CharField(
        label=gettext_lazy("公民身份号码"),
        required=False,
        max_length=40,
        help_text=gettext_lazy("同名的要填；孩子没有身份证的，填户口簿上的号码。"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    loss = forms.ChoiceField(label=gettext_lazy("损失种类"), choices=Claim.Loss.choices, widget=forms.RadioSelect)
    cause = forms.ChoiceField(label=gettext_lazy("怎么发生的"), choices=list(CAUSES.items()))
    incident_at = _moment(gettext_lazy("出险时间"))
    place = forms.CharField(label=gettext_lazy("出险地点"), max_length=100)
    story = forms.CharField(label=gettext_lazy("经过"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))
    notifier = forms.ChoiceField(
        label=gettext_lazy("谁来报的案"), choices=Claim.Notifier.choices, widget=forms.RadioSelect
    )
    notifier_name = forms.CharField(label=gettext_lazy("报案人姓名"), required=False, max_length=60)
    notified_at = _moment(gettext_lazy("报案时间"), gettext_lazy("打来电话或来人的时间；出险后48小时内为及时。"))
    late_because = forms.CharField(
        label=gettext_lazy("超过48小时的原因"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("只记明，不因此拒赔。"),
    )
    known_on = _day(gettext_lazy("家里知道出险的日期"), gettext_lazy("与出险同一天的不用填；索赔时效从这天起算。"))
    hospital = forms.CharField(label=gettext_lazy("就诊医院"), required=False, max_length=60)
    admission = _day(gettext_lazy("入院日期"))
    discharge = _day(gettext_lazy("出院日期"))
    cost = forms.DecimalField(
        label=gettext_lazy("家庭自付费用（元）"), required=False, min_value=0, max_digits=10, decimal_places=2
    )
    settled = forms.BooleanField(label=gettext_lazy("基本医保已经报销过"), required=False)

    def __init__(self, *args: Any, seen: Access, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.seen = seen
        self.person: Person | None = None
        self.initial.setdefault("notified_at", localtime().replace(second=0, microsecond=0))

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if not given.get("name"):
            return given
        found = list(self._people(given)[:2])
        if not found:
            self.add_error("name", _("本辖区没有找到这个人，请核对姓名和号码"))
        elif len(found) > 1:
            self.add_error("identity_number", SAME_NAME)
        else:
            self.person = found[0]
        return given

    def _people(self, given: dict[str, Any]) -> Any:
        people = Person.objects.filter(within(self.seen.codes(*WRITERS)), name=given["name"].strip())
        number = values.word(given.get("identity_number") or "")
        return people.filter(identity_hash=lookup_hash("identity", number.upper())) if number else people

    def told(self) -> Loss:
        """Ask `is_valid` first."""
        assert self.person is not None
        given = {name: value for name, value in self.cleaned_data.items() if name not in ("name", "identity_number")}
        return Loss(insured=self.person, **given)


def _visit_asked(request: HttpRequest, seen: Access) -> VisitRecord | None:
    """The visit on which the loss was heard of, when the way here came from it: `?visit=`, its key and nothing more."""
    asked = request.GET.get("visit", "")
    if not (asked.isascii() and asked.isdigit() and len(asked) <= 18):
        return None
    visits = VisitRecord.objects.filter(within(seen.codes(), "division"), stands=True, pk=int(asked))
    found = visits.select_related("case__applicant").first()
    return found if found is not None and "insurance" in found.needs else None


@staff_page
@require_http_methods(["GET", "POST"])
def notify(request: HttpRequest) -> HttpResponse:
    """Write a loss down. The same loss a second time leads to the case of the first."""
    seen = access(request)
    if not seen.has(*WRITERS):
        raise PermissionDenied(_("报案由村级核实员或县级受理员登记，您现在没有这个岗位。"))
    visit = _visit_asked(request, seen)
    fresh = {"name": visit.case.applicant.name, "story": visit.needs_words} if visit else None
    form = LossForm(request.POST or None, seen=seen, initial=fresh)
    if request.method == "POST" and form.is_valid():
        try:
            case = notify_loss(form.told(), by=seen.staff)
        except AlreadyNotified as told:
            if visit is not None:
                link_need(visit, told.case, by=seen.staff)
            messages.info(request, str(told))
            return redirect("desk:case", number=told.case.number)
        except Refusal as refused:
            form.add_error(None, str(refused))
        else:
            if visit is not None:
                link_need(visit, case, by=seen.staff)
            messages.success(request, _("已报案，案号%(number)s。请村里帮着收理赔材料。") % {"number": case.number})
            return redirect("desk:case", number=case.number)
    crumbs = [(reverse("desk:insurance"), _("保险")), ("", _("报案"))]
    context = {"form": form, "title": _("报案"), "button": _("登记报案"), "crumbs": crumbs,
               "lede": _("谁来报都可以：本人、家属、村干部、热线。先登记，材料可以以后补。")}  # fmt: skip
    return render(request, "desk/insurance/form.html", context, status=400 if form.errors else 200)
