"""The supervision ledger 督办台账: what is late and not yet struck off, explained by one office, closed by another."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import localtime, now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from casework.access import KEEPERS, Access, queues_of, within
from casework.desk.addresses import case_url
from casework.desk.cells import cell
from casework.desk.paging import page_by_number
from casework.desk.session import access, staff_page
from casework.models import Division, Level, Role, Staff, SupervisionOrder
from workflows import clock, registry, supervision
from workflows.refusals import Refusal

State = SupervisionOrder.State
PAGE = 50
RELATED = ("work_item", "case", "answered_by", "struck_off_by")
LONGEST = supervision.LONGEST
TOLD = (*KEEPERS, *supervision.SUPERVISORS, Role.AUDITOR)
"""Who sees an order about a confidential case of their places, at the county and above."""

REQUIRED = {"required": gettext_lazy("请填写这一项"), "max_length": gettext_lazy("最多2000字")}
Verb = Callable[..., SupervisionOrder]


class AnswerForm(forms.Form):
    text = forms.CharField(
        label=gettext_lazy("情况说明"),
        max_length=LONGEST,
        error_messages=REQUIRED,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("写明为什么超期、现在办到哪里、什么时候办完。销号以前可以修改。"),
    )


class StrikeOffForm(forms.Form):
    text = forms.CharField(
        label=gettext_lazy("销号意见"),
        max_length=LONGEST,
        error_messages=REQUIRED,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


@staff_page
@require_safe
def orders(request: HttpRequest) -> HttpResponse:
    """The open ones first; the others are a tab away. Five statements."""
    seen = access(request)
    state = request.GET.get("state", State.OPEN)
    state = state if state in State.values else State.OPEN
    found = orders_of(seen).filter(state=state).select_related("work_item", "case")
    page = page_by_number(found, "id", request.GET, size=PAGE, falling=state == State.STRUCK_OFF)
    here = f"{reverse('desk:orders')}?state={state}"
    context = {
        "tabs": [
            {"word": label, "url": f"{reverse('desk:orders')}?state={value}", "current": value == state}
            for value, label in State.choices
        ],
        "table": _table(page.rows, state),
        "pager": page.pager(here),
    }
    return render(request, "desk/orders.html", context)


@staff_page
@require_safe
def order(request: HttpRequest, number: str) -> HttpResponse:
    return _page(request, access_order(request, number))


@staff_page
@require_http_methods(["GET", "POST"])
def answer(request: HttpRequest, number: str) -> HttpResponse:
    return _act(request, number, AnswerForm, supervision.answer, _("情况说明已记入督办单。"), "answer")


@staff_page
@require_http_methods(["GET", "POST"])
def strike_off(request: HttpRequest, number: str) -> HttpResponse:
    return _act(request, number, StrikeOffForm, supervision.strike_off, _("督办单已销号。"), "strike_off")


def orders_of(seen: Access) -> QuerySet[SupervisionOrder]:
    """The orders to offices of one's own or below: who supervises lies above, and sees them by that. Of a confidential
    case its keepers, those who supervise or audit, and whose step it was: what explains it may name people."""
    found = Q()
    for code in seen.codes():
        if len(code) < Level.COUNTY:
            found |= within((code,), "county")
        elif len(code) == Level.COUNTY:
            found |= Q(county=code)
        elif len(code) == Level.VILLAGE:
            found |= Q(responsible=code)
        else:
            found |= Q(county=code[: Level.COUNTY]) & within((code,), "responsible")
    if not found:
        return SupervisionOrder.objects.none()
    told = within(tuple(code for code in seen.codes(*TOLD) if len(code) <= Level.COUNTY), "county")
    for office, role in queues_of(seen):
        told |= Q(responsible=office, work_item__role=role)
    return SupervisionOrder.objects.filter(found).filter(Q(case__confidential=False) | told)


def access_order(request: HttpRequest, number: str) -> SupervisionOrder:
    """The order, if it concerns an office of one's own or below; else 404, as if there were none."""
    found = orders_of(access(request)).select_related(*RELATED, "case__applicant").filter(number=number).first()
    if found is None:
        raise Http404
    return found


def _act(request: HttpRequest, number: str, kind: type[forms.Form], verb: Verb, done: str, which: str) -> HttpResponse:
    """Say the verb; what could not be said comes back with every word that was written."""
    found = access_order(request, number)
    if request.method == "GET":
        return redirect("desk:order", number=number)
    form = kind(request.POST)
    if form.is_valid():
        try:
            verb(number, form.cleaned_data["text"], by=access(request).staff)
        except Refusal as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, done)
            return redirect("desk:order", number=number)
    return _page(request, found, **{which: form})


def _page(request: HttpRequest, found: SupervisionOrder, **sent: forms.Form) -> HttpResponse:
    by = access(request).staff
    wrong = any(form.errors for form in sent.values())
    context = {
        "order": found,
        "facts": _facts(found),
        "answer": sent.get("answer") or AnswerForm(initial={"text": found.explanation}),
        "may_not_answer": _why_not(lambda: supervision.may_answer(found, by)),
        "strike_off": sent.get("strike_off") or StrikeOffForm(),
        "may_not_strike_off": _why_not(lambda: supervision.may_strike_off(found, by)),
        "crumbs": [(reverse("desk:orders"), _("督办台账")), ("", found.number)],
    }
    return render(request, "desk/order.html", context, status=422 if wrong else 200)


def _why_not(may: Callable[[], object]) -> str:
    try:
        may()
    except Refusal as refused:
        return str(refused)
    return ""


def overdue_days(order: SupervisionOrder) -> int:
    """Working days from the missed deadline to the day it was done, or today."""
    until = localtime(order.work_item.finished or now()).date()
    return max(clock.calendar().working_days_between(localtime(order.due_at).date(), until), 0)


def _names(orders: Iterable[SupervisionOrder]) -> dict[str, str]:
    codes = {code for order in orders for code in (order.responsible, order.supervising)}
    return dict(Division.objects.filter(pk__in=codes).values_list("code", "name")) if codes else {}


def _table(rows: list[SupervisionOrder], state: str) -> dict[str, Any]:
    names = _names(rows)
    caption = _("最近销号的在前") if state == State.STRUCK_OFF else _("最早督办的在前")
    return {
        "caption": caption,
        "rows": [{"cells": _cells(order, names)} for order in rows],
        "empty": {"message": _("没有“%(state)s”的督办单") % {"state": State(state).label}},
    }


def _cells(order: SupervisionOrder, names: dict[str, str]) -> list[dict[str, Any]]:
    url = reverse("desk:order", args=[order.number])
    done = _("已办完") if order.work_item.finished else _("未办完")
    return [
        cell(_("督办编号"), text=order.number, url=url, header=True),
        cell(_("案号"), text=order.case.number),
        cell(_("环节"), text=_step(order), note=done),
        cell(_("责任机构"), text=names.get(order.responsible, order.responsible)),
        cell(_("督办机构"), text=names.get(order.supervising, order.supervising)),
        cell(_("期限"), kind="date", date=localtime(order.due_at).date()),
        cell(_("超期工作日"), kind="number", text=overdue_days(order)),
    ]


def _step(order: SupervisionOrder) -> str:
    step = registry.programme(order.case.programme).step(order.work_item.step)
    return step.task_title if step else order.work_item.step


def _facts(order: SupervisionOrder) -> list[dict[str, Any]]:
    names, item = _names([order]), order.work_item
    facts: list[dict[str, Any]] = [
        {"label": _("状态"), "text": order.get_state_display()},
        {"label": _("案件"), "text": order.case.number, "url": case_url(order.case.number), "note": _step(order)},
        {"label": _("责任机构"), "text": names.get(order.responsible, order.responsible)},
        {"label": _("督办机构"), "text": names.get(order.supervising, order.supervising)},
        {"label": _("期限"), "kind": "date", "date": localtime(order.due_at).date()},
        {"label": _("督办时间"), "kind": "moment", "date": order.raised_at},
        {"label": _("办完时间"), "kind": "moment", "date": item.finished},
        {"label": _("超期"), "text": _("%(days)d个工作日") % {"days": overdue_days(order)}},
    ]
    for label, text, by, at in (
        (_("情况说明"), order.explanation, order.answered_by, order.answered_at),
        (_("销号意见"), order.closing_note, order.struck_off_by, order.struck_off_at),
    ):
        if text:
            facts.append({"label": label, "text": text, "note": _who(by, at)})
    return facts


def _who(by: Staff | None, at: Any) -> str:
    return f"{by.name if by else ''} {localtime(at):%Y-%m-%d %H:%M}" if at else ""
