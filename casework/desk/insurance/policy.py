"""One policy: its roster, and what its state leads to: list, send, confirm, endorse."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from casework.access import within
from casework.desk.insurance.policies import access_county, plan_words
from casework.desk.insurance.policy_forms import (
    AddForm,
    AnswerForm,
    CategoriesForm,
    ConfirmForm,
    RemoveForm,
    SheetForm,
)
from casework.desk.paging import page_by_number
from casework.desk.session import staff_page
from casework.models import Endorsement, Policy, RosterLine, Staff
from casework.sheets.problems import SheetProblem
from workflows.insurance import endorsements, policies, rosters
from workflows.insurance.roster_sheet import import_roster
from workflows.insurance.rosters import words_for
from workflows.refusals import NotAllowed, Refusal

PAGE = 50
MOST_ENDORSEMENTS = 50
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def access_policy(request: HttpRequest, number: str) -> tuple[Policy, Staff]:
    """A policy of the county at whose desk this person sits; else 404, as if there were none."""
    seen, county = access_county(request)
    rows = Policy.objects.select_related("plan__product__insurer", "division", "made_by")
    found = rows.filter(within((county,)), number=number).first()
    if found is None:
        raise Http404
    return found, seen.staff


@staff_page
@require_safe
def policy(request: HttpRequest, number: str) -> HttpResponse:
    found, _by = access_policy(request, number)
    return policy_page(request, found)


def policy_page(request: HttpRequest, found: Policy, *, status: int = 200, **shown: Any) -> HttpResponse:
    lines = RosterLine.objects.filter(policy=found).select_related("household", "division")
    page = page_by_number(lines.prefetch_related("insured__person"), "number", request.GET, size=PAGE)
    draft, running = found.state == Policy.State.DRAFT, found.state == Policy.State.CONFIRMED
    asked = found.endorsements.select_related("line", "entered_by").order_by("-pk")[:MOST_ENDORSEMENTS]
    context = {
        "policy": found,
        "facts": _facts(found),
        "dead": rosters.died_since(found),
        "over": found.state == Policy.State.CONFIRMED and found.ends < localdate(),
        "categories_form": CategoriesForm() if draft else None,
        "sheet_form": SheetForm() if draft else None,
        "confirm_form": ConfirmForm() if found.state == Policy.State.SENT else None,
        "add_form": AddForm() if running else None,
        "may_send": found.state != Policy.State.CANCELLED,
        "endorsements": [_endorsement(one) for one in asked],
        "table": {
            "caption": _("投保名单"),
            "rows": [{"cells": _cells(found, line)} for line in page.rows],
            "empty": {"title": _("名单里还没有人"), "text": _("从名册里列，或导入名单表。")},
        },
        "pager": page.pager(reverse("desk:insurance_policy", args=[found.number])),
        "crumbs": [
            (reverse("desk:insurance"), _("保险")),
            (reverse("desk:insurance_policies"), _("保单和投保名单")),
            ("", found.number),
        ],
        **shown,
    }
    return render(request, "desk/insurance/policy.html", context, status=status)


def _facts(found: Policy) -> list[dict[str, Any]]:
    counted = policies.totals(found)
    shares = (
        (_("家庭"), found.by_family),
        (_("市级"), found.by_city),
        (_("县级"), found.by_county),
        (_("保险公司优惠"), found.by_insurer),
        (_("其他"), found.by_other),
    )
    split = _("，").join(f"{who}{amount:.2f}" for who, amount in shares if amount)
    return [
        {"label": _("方案"), "text": plan_words(found.plan), "note": found.plan.source},
        {"label": _("保险公司"), "text": found.plan.product.insurer.name},
        {"label": _("保险期间"), "text": _("%(begins)s 至 %(ends)s") % {"begins": found.begins, "ends": found.ends}},
        {"label": _("每份保费"), "kind": "money", "amount": found.unit_premium, "note": split},
        {"label": _("在保"), "text": _("%(lines)d行，%(persons)d人") % counted},
        {"label": _("保费合计（元）"), "text": counted["premium"]},
        {"label": _("保单号"), "text": found.insurer_number},
        {"label": _("承保日期"), "kind": "date", "date": found.confirmed_on},
    ]


def _cells(found: Policy, line: RosterLine) -> list[dict[str, Any]]:
    people = [one.person.name for one in line.insured.all()]
    may_end = found.state == Policy.State.CONFIRMED and line.state == RosterLine.State.CONFIRMED
    url = reverse("desk:insurance_endorse_remove", args=[found.number, line.number]) if may_end else ""
    return [
        {"label": _("序号"), "kind": "number", "text": line.number},
        {"label": _("被保险人"), "text": _("、").join(people), "header": True,
         "note": line.household.number if line.household else ""},
        {"label": _("村社区"), "text": line.division.name},
        {"label": _("份数"), "kind": "number", "text": line.units},
        {"label": _("保费"), "kind": "money", "amount": line.premium},
        {"label": _("保障起日"), "kind": "date", "date": line.covers_from},
        {"label": _("保障止日"), "kind": "date", "date": line.covers_to},
        {"label": _("状态"), "text": line.get_state_display(), "note": line.declined_because},
        {"label": _("办理"), "text": _("批减或更正") if url else "", "url": url},
    ]  # fmt: skip


def _endorsement(one: Endorsement) -> dict[str, Any]:
    waits = one.state == Endorsement.State.ASKED
    return {
        "at": one.entered_at,
        "what": _("%(kind)s第%(line)d行，%(day)s生效：%(state)s") % {
            "kind": one.get_kind_display(), "line": one.line.number, "day": one.effective_on,
            "state": one.get_state_display()},
        "who": one.entered_by.name,
        "why": one.reason,
        "number": one.insurer_number,
        "form": AnswerForm(prefix=f"e{one.pk}") if waits else None,
        "pk": one.pk,
    }  # fmt: skip


def _said(request: HttpRequest, found: Policy, deed: Callable[[], str]) -> HttpResponse:
    """Do it, say what came of it, and back to the page; or the page again with why not."""
    try:
        messages.success(request, deed())
    except (Refusal, SheetProblem) as refused:
        messages.error(request, str(refused))
    return redirect("desk:insurance_policy", number=found.number)


@staff_page
@require_POST
def list_people(request: HttpRequest, number: str) -> HttpResponse:
    """Everybody of the categories ticked, from the register."""
    found, by = access_policy(request, number)
    form = CategoriesForm(request.POST)

    def deed() -> str:
        if not form.is_valid():
            raise NotAllowed(_("请至少选一类家庭"))
        listed = rosters.from_register(found, form.cleaned_data["categories"], by=by)
        out = _("；").join(f"{words_for(code)}{count}人" for code, count in sorted(listed.left_out.items()))
        words = {"lines": listed.lines, "persons": listed.persons, "out": out or _("没有")}
        return _("列入%(lines)d行、%(persons)d人。没有列入的：%(out)s。") % words

    return _said(request, found, deed)


@staff_page
@require_POST
def sheet(request: HttpRequest, number: str) -> HttpResponse:
    """A roster from a sheet: what became of each row is on the page that answers."""
    found, by = access_policy(request, number)
    form = SheetForm(request.POST, request.FILES)
    if not form.is_valid():
        messages.error(request, _("请选名单表文件（.xlsx、.xls、.ods，不超过10兆）"))
        return redirect("desk:insurance_policy", number=number)
    try:
        report = import_roster(found, form.cleaned_data["file"].read(), by=by)
    except (Refusal, SheetProblem) as refused:
        messages.error(request, str(refused))
        return redirect("desk:insurance_policy", number=number)
    words = {"lines": report.lines, "persons": report.persons, "back": report.sent_back}
    messages.success(request, _("列入%(lines)d行、%(persons)d人，退回%(back)d行。") % words)
    return policy_page(request, found, sent_back=[(row, why) for row, why in report.rows if why][:200])


@staff_page
@require_POST
def send(request: HttpRequest, number: str) -> HttpResponse:
    """The roster as a file; numbers in full, only ever for the insurer. Each time stands in the policy's trail."""
    found, by = access_policy(request, number)
    try:
        data = policies.send(found, by=by)
    except Refusal as refused:
        messages.error(request, str(refused))
        return redirect("desk:insurance_policy", number=number)
    return HttpResponse(
        data, content_type=XLSX, headers={"Content-Disposition": f'attachment; filename="{found.number}.xlsx"'}
    )


@staff_page
@require_POST
def confirm(request: HttpRequest, number: str) -> HttpResponse:
    """The insurer's number and day, and the lines it has not taken."""
    found, by = access_policy(request, number)
    form = ConfirmForm(request.POST)
    if not form.is_valid():
        return policy_page(request, found, confirm_form=form, status=400)

    def deed() -> str:
        given = form.cleaned_data
        policies.confirm(found, given["insurer_number"], given["confirmed_on"], by=by, declined=given["declined"])
        return _("已登记承保，名单从保障起日起有效。")

    return _said(request, found, deed)


@staff_page
@require_POST
def endorse_add(request: HttpRequest, number: str) -> HttpResponse:
    found, by = access_policy(request, number)
    form = AddForm(request.POST, place=found.division_id)
    if not form.is_valid():
        return policy_page(request, found, add_form=form, status=400)

    def deed() -> str:
        given = form.cleaned_data
        endorsements.ask_to_add(found, form.people, given["effective_on"], reason=given["reason"], by=by)
        return _("已登记批增，等保险公司确认。")

    return _said(request, found, deed)


@staff_page
@require_http_methods(["GET", "POST"])
def endorse_remove(request: HttpRequest, number: str, line: int) -> HttpResponse:
    """A line to end, or to be put right."""
    found, by = access_policy(request, number)
    held = get_object_or_404(RosterLine.objects.filter(policy=found), number=line)
    form = RemoveForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        ask = endorsements.ask_to_remove if given["kind"] == Endorsement.Kind.REMOVE else endorsements.ask_to_correct
        try:
            ask(held, given["effective_on"], reason=given["reason"], by=by)
        except Refusal as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("已登记批改，等保险公司确认。"))
            return redirect("desk:insurance_policy", number=number)
    crumbs = [
        (reverse("desk:insurance_policies"), _("保单和投保名单")),
        (reverse("desk:insurance_policy", args=[number]), number),
        ("", _("批改第%(line)d行") % {"line": line}),
    ]
    names = _("、").join(held.insured.values_list("person__name", flat=True))
    context = {
        "form": form,
        "title": _("批改第%(line)d行") % {"line": line},
        "button": _("登记批改"),
        "lede": _("被保险人：%(names)s。批减以前出的险仍然有保障。") % {"names": names},
        "crumbs": crumbs,
    }
    return render(request, "desk/insurance/form.html", context, status=400 if form.errors else 200)


@staff_page
@require_POST
def endorsement(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """What the insurer has said to an endorsement."""
    found, by = access_policy(request, number)
    held = get_object_or_404(Endorsement.objects.filter(policy=found), pk=pk)
    form = AnswerForm(request.POST, prefix=f"e{pk}")

    def deed() -> str:
        if not form.is_valid():
            raise NotAllowed(_("请填同意与否、批单号和日期"))
        given = form.cleaned_data
        agreed = given["answer"] == "yes"
        endorsements.answer(held, agreed=agreed, number=given["number"], on=given["on"], by=by)
        return _("已登记保险公司的答复。")

    return _said(request, found, deed)
