"""The rounds 慰问轮次: every round the viewer has to do with, a new one, and each with how far it has come."""

from __future__ import annotations

import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from casework.desk.cells import cell
from casework.desk.paging import page_by_number
from casework.desk.session import access, staff_page
from casework.desk.visits.round_access import access_round_or_404, keepers_codes, keeps, rounds_for
from casework.desk.visits.round_tables import findings_table, progress_table, state_offers, sums
from casework.models import Division, RegisterEntry, Role, VisitRound
from workflows.refusals import Refusal
from workflows.visits.assessment import TERMS
from workflows.visits.progress import progress_of
from workflows.visits.rounds import Plan, change_budget, open_round, set_deadline, take_on

PAGE = 30
A_DAY = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


class RoundForm(forms.Form):
    """A round to be. The standard is offered as the terms have it for the festival."""

    division = forms.ChoiceField(label=gettext_lazy("哪一级的"))
    year = forms.IntegerField(label=gettext_lazy("年度"), min_value=2000, max_value=2100)
    festival = forms.ChoiceField(label=gettext_lazy("节日"), choices=VisitRound.Festival.choices)
    title = forms.CharField(label=gettext_lazy("名称"), max_length=60, help_text=gettext_lazy("如“2027年春节慰问”"))
    form = forms.ChoiceField(
        label=gettext_lazy("慰问方式"), choices=VisitRound.Form.choices, widget=forms.RadioSelect, initial="card"
    )
    goods = forms.CharField(
        label=gettext_lazy("慰问品"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("发慰问品的写，如“大米10公斤、食用油5升”"),
    )
    standard = forms.DecimalField(label=gettext_lazy("每户标准（元）"), max_digits=10, decimal_places=2, min_value=0)
    budget = forms.DecimalField(label=gettext_lazy("预算（元）"), max_digits=12, decimal_places=2, min_value=0)
    fund_source = forms.CharField(label=gettext_lazy("资金来源"), max_length=120)
    basis = forms.CharField(label=gettext_lazy("依据（文件名和文号）"), max_length=200)
    categories = forms.MultipleChoiceField(
        label=gettext_lazy("慰问对象"), choices=RegisterEntry.Category.choices, widget=forms.CheckboxSelectMultiple
    )
    nominate_by = forms.DateField(label=gettext_lazy("提名截止"), widget=A_DAY)
    visit_from = forms.DateField(label=gettext_lazy("走访开始"), widget=A_DAY)
    visit_to = forms.DateField(label=gettext_lazy("走访结束"), widget=A_DAY)

    def __init__(self, *args: Any, codes: tuple[str, ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        division = self.fields["division"]
        assert isinstance(division, forms.ChoiceField)
        self.fields["standard"].help_text = _standards_in_words()
        division.choices = list(Division.objects.filter(pk__in=codes).values_list("code", "name"))


def _standards_in_words() -> str:
    """What the terms of today offer for each festival, and the most they allow."""
    terms = TERMS.in_force(localdate())
    if terms is None:
        return ""
    words = dict(VisitRound.Festival.choices)
    offered = _("、").join(
        _("%(festival)s%(yuan)s元") % {"festival": words.get(kind, kind), "yuan": one["yuan"]}
        for kind, one in terms.body["standards"].items()
    )
    return _("办法里的标准：%(offered)s；最多%(most)s元") % {"offered": offered, "most": terms.money("most", "yuan")}


class BudgetForm(forms.Form):
    budget = forms.DecimalField(label=gettext_lazy("预算改为（元）"), max_digits=12, decimal_places=2, min_value=0)


class DeadlineForm(forms.Form):
    nominate_by = forms.DateField(label=gettext_lazy("提名截止改为"), widget=A_DAY)


@staff_page
@require_safe
def rounds(request: HttpRequest) -> HttpResponse:
    """The latest first."""
    seen = access(request)
    page = page_by_number(rounds_for(seen), "id", request.GET, size=PAGE, falling=True)
    context = {
        "table": {
            "caption": _("最近的轮次在前"),
            "rows": [{"cells": _cells(found)} for found in page.rows],
            "empty": {"message": _("还没有慰问轮次"), "hint": _("由县级受理员或审批人建立。")},
        },
        "pager": page.pager(reverse("desk:visit_rounds")),
        "new_url": reverse("desk:visit_round_new") if keepers_codes(seen) else "",
        "phone_url": reverse("desk:visits_mine") if seen.has(Role.VILLAGE_VERIFIER, Role.VISITOR) else "",
    }
    return render(request, "desk/visits/rounds.html", context)


@staff_page
@require_http_methods(["GET", "POST"])
def new_round(request: HttpRequest) -> HttpResponse:
    codes = keepers_codes(access(request))
    if not codes:
        raise Http404
    form = RoundForm(request.POST or None, codes=codes, initial=_offered())
    if request.method == "POST" and form.is_valid():
        try:
            made = open_round(Plan(**form.cleaned_data), by=access(request).staff)
        except Refusal as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("已建立“%(round)s”。核对后请开始提名。") % {"round": made.title})
            return redirect("desk:visit_round", pk=made.pk)
    context = {"form": form, "crumbs": [(reverse("desk:visit_rounds"), _("走访慰问")), ("", _("新的轮次"))]}
    return render(request, "desk/visits/round_new.html", context, status=422 if form.errors else 200)


@staff_page
@require_safe
def round_page(request: HttpRequest, pk: int) -> HttpResponse:
    """What it is, how far it has come, what was pointed out, and what can be done with it."""
    found = access_round_or_404(request, pk)
    seen = access(request)
    mine = seen.codes()
    progress = progress_of(found, () if any(found.division_id.startswith(code) for code in mine) else mine)
    keeper = keeps(seen, found)
    context = {
        "round": found,
        "facts": _facts(found),
        "report": sums(found, progress.total),
        "table": progress_table(progress),
        "findings": findings_table(found, mine),
        "offers": state_offers(found) if keeper else [],
        "budget_form": BudgetForm(initial={"budget": found.budget}) if keeper else None,
        "deadline_form": DeadlineForm(initial={"nominate_by": found.nominate_by}) if keeper else None,
        "teams_url": reverse("desk:visit_teams", args=[pk]) if keeper else "",
        "villages": _own_villages(request),
        "queues": _queues(seen.roles),
        "crumbs": [(reverse("desk:visit_rounds"), _("走访慰问")), ("", found.title)],
    }
    return render(request, "desk/visits/round.html", context)


@staff_page
@require_POST
def round_state(request: HttpRequest, pk: int) -> HttpResponse:
    """On to the next state, or back one."""
    found = access_round_or_404(request, pk)
    return _done(request, found, lambda by: take_on(found.pk, request.POST.get("state", ""), by=by))


@staff_page
@require_POST
def round_budget(request: HttpRequest, pk: int) -> HttpResponse:
    found = access_round_or_404(request, pk)
    form = BudgetForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("预算要写金额，如 21000.00"))
        return redirect("desk:visit_round", pk=pk)
    return _done(request, found, lambda by: change_budget(found.pk, form.cleaned_data["budget"], by=by))


@staff_page
@require_POST
def round_deadline(request: HttpRequest, pk: int) -> HttpResponse:
    found = access_round_or_404(request, pk)
    form = DeadlineForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("请填写日期"))
        return redirect("desk:visit_round", pk=pk)
    return _done(request, found, lambda by: set_deadline(found.pk, form.cleaned_data["nominate_by"], by=by))


def _done(request: HttpRequest, found: VisitRound, act: Any) -> HttpResponse:
    try:
        now = act(access(request).staff)
    except Refusal as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("“%(round)s”已更新，现在是“%(state)s”。") % {
            "round": now.title, "state": now.get_state_display()})  # fmt: skip
    return redirect("desk:visit_round", pk=found.pk)


def _offered() -> dict[str, Any]:
    today = localdate()
    terms = TERMS.in_force(today)
    standards = terms.body["standards"] if terms else {}
    return {
        "year": today.year,
        "standard": standards.get("spring", {}).get("yuan"),
        "categories": terms.body["categories"] if terms else [],
        "nominate_by": today + datetime.timedelta(days=10),
        "visit_from": today + datetime.timedelta(days=20),
        "visit_to": today + datetime.timedelta(days=35),
    }


def _cells(found: VisitRound) -> list[dict[str, Any]]:
    return [
        cell(_("轮次"), text=found.title, url=reverse("desk:visit_round", args=[found.pk]), header=True,
             note=found.division.name),
        cell(_("状态"), text=found.get_state_display()),
        cell(_("每户标准"), kind="money", amount=found.standard),
        cell(_("预算"), kind="money", amount=found.budget),
        cell(_("已批准"), kind="money", amount=found.promised),
        cell(_("走访日期"), kind="date", date=found.visit_from, note=_("到%(last)s") % {"last": found.visit_to}),
    ]  # fmt: skip


def _facts(found: VisitRound) -> list[dict[str, Any]]:
    words = dict(RegisterEntry.Category.choices)
    last = _("到%(last)s") % {"last": found.visit_to}
    facts: list[dict[str, Any]] = [
        {"label": _("状态"), "text": found.get_state_display()},
        {"label": _("慰问方式"), "text": found.get_form_display(), "note": found.goods},
        {"label": _("每户标准"), "kind": "money", "amount": found.standard},
        {"label": _("慰问对象"), "text": _("、").join(str(words.get(one, one)) for one in found.categories)},
        {"label": _("资金来源"), "text": found.fund_source},
        {"label": _("依据"), "text": found.basis},
        {"label": _("提名截止"), "kind": "date", "date": found.nominate_by},
        {"label": _("走访日期"), "kind": "date", "date": found.visit_from, "note": last},
    ]
    return facts


def _own_villages(request: HttpRequest) -> list[tuple[str, str]]:
    """(address, name) of the nomination page of each village the viewer verifies for."""
    pk = request.resolver_match.kwargs["pk"] if request.resolver_match else 0
    codes = [post.office_code for post in access(request).posts if post.role == Role.VILLAGE_VERIFIER]
    names = Division.objects.filter(pk__in=codes).order_by("code").values_list("code", "name")
    return [(reverse("desk:visit_nominate", args=[pk, code]), name) for code, name in names[:20]]


def _queues(roles: frozenset[str]) -> list[tuple[str, Any]]:
    """Where the viewer checks or approves many at once: the queue, narrowed to the step."""
    steps = {
        Role.VILLAGE_VERIFIER: ("village", gettext_lazy("县级交来待核实的")),
        Role.TOWNSHIP_REVIEWER: ("township", gettext_lazy("待审核的名单")),
        Role.COUNTY_APPROVER: ("county", gettext_lazy("待审批的名单")),
    }
    return [
        (f"{reverse('desk:queue')}?step=hardship_visit.{step}", words)
        for role, (step, words) in steps.items()
        if role in roles
    ]
