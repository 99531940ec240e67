"""Policies: the county's list of them, a new one, and the plan it is under."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from casework.access import Access, within
from casework.desk.paging import page_by_number
from casework.desk.session import access, staff_page
from casework.models import Division, InsuranceProduct, Level, Office, PlanVersion, Policy, Role
from workflows.insurance.policies import Shares, desk_actor, make_policy
from workflows.never_kept import never_kept_in
from workflows.refusals import Refusal

PAGE = 50
MOST_PLANS = 100


def access_county(request: HttpRequest) -> tuple[Access, str]:
    """The county at whose desk this person sits. Raises `PermissionDenied` when at none."""
    seen = access(request)
    counties = [post.office_code for post in seen.posts if post.role == Role.INTAKE_CLERK]
    if not counties:
        raise PermissionDenied(_("投保由县级受理员办理，您现在没有这个岗位。"))
    return seen, counties[0]


@staff_page
@require_safe
def policies(request: HttpRequest) -> HttpResponse:
    _seen, county = access_county(request)
    found = Policy.objects.filter(within((county,))).select_related("plan__product__insurer", "division")
    page = page_by_number(found, "id", request.GET, size=PAGE, falling=True)
    context = {
        "table": {
            "caption": _("保单，新的在前"),
            "rows": [{"cells": _cells(policy)} for policy in page.rows],
            "empty": {"title": _("还没有保单"), "text": _("先登记保险方案，再编制保单。")},
        },
        "pager": page.pager(reverse("desk:insurance_policies")),
        "crumbs": [(reverse("desk:insurance"), _("保险")), ("", _("保单和投保名单"))],
    }
    return render(request, "desk/insurance/policies.html", context)


def _cells(policy: Policy) -> list[dict[str, Any]]:
    return [
        {
            "label": _("投保编号"),
            "text": policy.number,
            "note": policy.insurer_number,
            "url": reverse("desk:insurance_policy", args=[policy.number]),
            "header": True,
        },
        {"label": _("产品"), "text": policy.plan.product.name, "note": policy.plan.product.insurer.name},
        {"label": _("区划"), "text": policy.division.name},
        {"label": _("起保"), "kind": "date", "date": policy.begins},
        {"label": _("终保"), "kind": "date", "date": policy.ends},
        {"label": _("每份保费"), "kind": "money", "amount": policy.unit_premium},
        {"label": _("状态"), "text": policy.get_state_display()},
    ]


def _day_input() -> forms.DateInput:
    return forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


def _day(label: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=_day_input())


def _yuan(label: Any, help_text: Any = "") -> forms.DecimalField:
    return forms.DecimalField(
        label=label, help_text=help_text, initial="0.00", min_value=0, max_digits=10, decimal_places=2
    )


class PolicyForm(forms.Form):
    """Plan, place, days, and who pays a unit's premium."""

    plan = forms.ModelChoiceField(PlanVersion.objects.none(), label=gettext_lazy("保险方案"))
    division = forms.ModelChoiceField(Division.objects.none(), label=gettext_lazy("县或乡镇"))
    begins = _day(gettext_lazy("起保日期"))
    ends = _day(gettext_lazy("终保日期"))
    family = _yuan(gettext_lazy("家庭承担（元/份）"))
    city = _yuan(gettext_lazy("市级承担（元/份）"))
    county = _yuan(gettext_lazy("县级承担（元/份）"))
    insurer = _yuan(gettext_lazy("保险公司优惠（元/份）"))
    other = _yuan(gettext_lazy("其他（元/份）"), gettext_lazy("说不清由谁承担的，不要硬凑。"))

    def __init__(self, *args: Any, of: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        plans = PlanVersion.objects.filter(product__insurer__division_id=of).select_related("product")
        _choices(self, "plan", plans.order_by("-in_force_from", "-pk")[:MOST_PLANS], plan_words)
        places = Division.objects.filter(within((of,), "code"), level__in=(Level.COUNTY, Level.TOWNSHIP))
        _choices(self, "division", places.order_by("code"), lambda place: place.name)


def _choices(form: Any, name: str, rows: Any, words: Any) -> None:
    field = form.fields[name]
    assert isinstance(field, forms.ModelChoiceField)
    found = list(rows)
    field.queryset = type(found[0])._default_manager.filter(pk__in=[row.pk for row in found]) if found else rows.none()
    field.choices = [("", _("（请选）")), *((row.pk, words(row)) for row in found)]


def plan_words(plan: PlanVersion) -> str:
    """暖心家庭综合险，120.00元/户（2026-01-01起）"""
    return _("%(name)s，%(premium)s元/%(unit)s（%(day)s起）") % {
        "name": plan.product.name,
        "premium": f"{plan.premium:.2f}",
        "unit": plan.get_unit_display(),
        "day": plan.in_force_from,
    }


@staff_page
@require_http_methods(["GET", "POST"])
def make(request: HttpRequest) -> HttpResponse:
    seen, county = access_county(request)
    form = PolicyForm(request.POST or None, of=county)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        shares = Shares(**{name: given[name] for name in ("family", "city", "county", "insurer", "other")})
        try:
            policy = make_policy(
                given["plan"],
                given["division"],
                begins=given["begins"],
                ends=given["ends"],
                shares=shares,
                by=seen.staff,
            )
        except Refusal as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("已编制保单%(number)s，请列名单。") % {"number": policy.number})
            return redirect("desk:insurance_policy", number=policy.number)
    return _form_page(request, form, _("编制保单"), _("编制"), _("一份保单一个方案、一个保险期间。"))


class PlanForm(forms.ModelForm):
    """A product and the plan it is sold under from a day on. Each number comes from a clause."""

    insurer = forms.ModelChoiceField(Office.objects.none(), label=gettext_lazy("保险公司"))
    name = forms.CharField(label=gettext_lazy("产品名称"), max_length=80)
    kind = forms.ChoiceField(label=gettext_lazy("险种"), choices=InsuranceProduct.Kind.choices)
    life = forms.BooleanField(
        label=gettext_lazy("人寿保险（索赔时效5年）"), required=False, help_text=gettext_lazy("其他的是2年。")
    )

    class Meta:
        model = PlanVersion
        fields = (
            *("in_force_from", "unit", "premium", "accident_sum", "medical_sum", "deductible", "share_settled"),
            *("share_unsettled", "cash_a_day", "cash_days_most", "cash_with_nursing", "waiting_days", "age_from"),
            *("age_to", "units_most", "shared_by_members", "source"),
        )
        widgets = {"in_force_from": _day_input()}

    def __init__(self, *args: Any, of: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        insurers = Office.objects.filter(division_id=of, kind=Office.Kind.INSURER).order_by("pk")
        _choices(self, "insurer", insurers, lambda office: office.name)
        self.order_fields(["insurer", "name", "kind", "life"])

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        if found := never_kept_in(name):
            said = _("“%(word)s”一类的保险不在这里登记：谁在名单里，就等于记下了谁怀孕、避孕或节育。")
            raise forms.ValidationError(said % {"word": found})
        return name


@staff_page
@require_http_methods(["GET", "POST"])
def add_plan(request: HttpRequest) -> HttpResponse:
    """A plan is added, never changed: other numbers are another plan, from another day."""
    seen, county = access_county(request)
    form = PlanForm(request.POST or None, of=county)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            with transaction.atomic():
                desk_actor(seen.staff, county)
                product, _made = InsuranceProduct.objects.get_or_create(
                    insurer=given["insurer"],
                    name=given["name"],
                    defaults={"kind": given["kind"], "life": given["life"]},
                )
                form.instance.product = product
                form.save()
        except IntegrityError:
            form.add_error("in_force_from", _("这个产品在这一天已有一个方案"))
        except Refusal as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("方案已登记，可以编制保单。"))
            return redirect("desk:insurance_policies")
    lede = _("照合同条款填；比例写小数，0.90就是90%。改了数字的是另一个方案，从另一天起。")
    return _form_page(request, form, _("登记保险方案"), _("登记"), lede)


def _form_page(request: HttpRequest, form: Any, title: str, button: str, lede: str) -> HttpResponse:
    crumbs = [
        (reverse("desk:insurance"), _("保险")),
        (reverse("desk:insurance_policies"), _("保单和投保名单")),
        ("", title),
    ]
    context = {"form": form, "title": title, "button": button, "lede": lede, "crumbs": crumbs}
    return render(request, "desk/insurance/form.html", context, status=400 if form.errors else 200)
