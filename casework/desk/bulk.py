"""Many alike, decided at once: tick them in the queue, look at them together, then each goes through the gateway.

POST lists them; POST with `confirmed` decides, and leads to a report with an address of its own. Reading the report
again reads it from the session and decides nothing; sending the form again finds every case done by this same attempt.
"""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from casework.access import Access, visible
from casework.desk.addresses import case_url, queue_url, report_url
from casework.desk.consequences import consequences_of
from casework.desk.decide import LONGEST_NOTE, STALE, hint_of, kept_of
from casework.desk.questions import answers_of, fields_of
from casework.desk.queue_view import step_of
from casework.desk.session import access, staff_page
from casework.models import Case, WorkItem
from workflows import registry
from workflows.bulk import MOST, Line, perform_many
from workflows.discretion import names_of
from workflows.offering import for_many
from workflows.outcomes import Outcome
from workflows.perform import OPEN

KEPT = "desk_bulk_reports"
REPORTS = 3
"""How many reports a session remembers."""


class ConfirmForm(forms.Form):
    """One signature under many: the answers, the reasons and the note are the same for all."""

    key = forms.UUIDField(widget=forms.HiddenInput, error_messages={"required": STALE, "invalid": STALE})
    outcome = forms.CharField(widget=forms.HiddenInput, max_length=40)
    reasons = forms.MultipleChoiceField(
        label=gettext_lazy("理由，每件都写这一条"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("请至少选一条理由，申请人要看得到为什么")},
    )
    note = forms.CharField(
        label=gettext_lazy("说明，每件都写这一段"),
        required=False,
        max_length=LONGEST_NOTE,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("会写进每件的案件历史，申请人和审计人员都看得到。"),
    )

    def __init__(self, outcome: Outcome, programme: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        asked = fields_of(outcome, None)
        self.fields.update(asked)
        self.order_fields(list(asked))
        reasons = self.fields["reasons"]
        assert isinstance(reasons, forms.MultipleChoiceField)
        if outcome.needs_reason:
            ready = registry.programme(programme).reasons_for(outcome.name)
            reasons.choices = [(one.code, one.sentence) for one in ready]
        else:
            del self.fields["reasons"]


@staff_page
@require_POST
def bulk(request: HttpRequest) -> HttpResponse:
    """What is ticked, to be looked at together; and, confirmed, decided."""
    seen = access(request)
    back = queue_url(kept_of(request))
    items = chosen_items(request, seen)
    problem = problem_of(request, items)
    if problem:
        messages.error(request, problem)
        return redirect(back)
    outcome = outcome_of(items[0], request.POST.get("outcome", ""))
    if outcome is None:
        messages.error(request, _("请选一项一并作出的决定。"))
        return redirect(back)
    confirmed = "confirmed" in request.POST
    initial = {"key": uuid.uuid4(), "outcome": outcome.name}
    form = ConfirmForm(outcome, items[0].programme, request.POST if confirmed else None, initial=initial)
    if confirmed and form.is_valid():
        lines = _decide(request, form, outcome, items)
        if not _is_the_answer_wrong(outcome, lines):
            _keep(request, form.cleaned_data["key"], outcome.label, items, lines)
            return redirect(report_url(form.cleaned_data["key"], kept_of(request)))
        form.add_error(None, lines[0].refusal)
    for name in [name for name in form.errors if name in form.fields][:1]:
        form.fields[name].widget.attrs["autofocus"] = True
    context = {
        "form": form,
        "outcome": outcome,
        "hint": hint_of(outcome),
        "consequences": consequences_of(outcome, items[0].process) if outcome.aside else [],
        "items": items,
        "table": table_of(items),
        "back": back,
        "kept": kept_of(request),
    }
    return render(request, "desk/bulk.html", context, status=422 if confirmed else 200)


def _decide(request: HttpRequest, form: ConfirmForm, outcome: Outcome, items: list[WorkItem]) -> list[Line]:
    """Each through the gateway."""
    said = form.cleaned_data
    return perform_many(
        [item.pk for item in items],
        outcome.name,
        by=access(request).staff,
        reasons=said.get("reasons", ()),
        note=said["note"],
        key=said["key"],
        values=answers_of(outcome, said),
    )


def _is_the_answer_wrong(outcome: Outcome, lines: list[Line]) -> bool:
    """Whether none was done, all for one reason, where something was asked: then it is asked again, not reported."""
    if not outcome.asks or any(line.receipt for line in lines):
        return False
    return len({line.refusal for line in lines}) == 1


@staff_page
@require_safe
def bulk_report(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """What became of each, as it was told when it was done."""
    report = request.session.get(KEPT, {}).get(str(key))
    if report is None:
        raise Http404
    refused = sum(1 for line in report["lines"] if line["refusal"])
    numbers = [line["number"] for line in report["lines"]]
    cases = Case.objects.select_related("applicant").filter(visible(access(request)), number__in=numbers)
    context = {
        "outcome": report["outcome"],
        "back": queue_url(kept_of(request)),
        "report": {
            "counts": [
                {"label": _("一并办理"), "number": len(report["lines"]), "unit": _("件")},
                {"label": _("已办好"), "number": len(report["lines"]) - refused, "unit": _("件"), "tone": "good"},
                {"label": _("没有办成"), "number": refused, "unit": _("件"), "tone": "bad" if refused else ""},
            ]
        },
        "table": report_table(report["lines"], {case.number: case for case in cases}),
    }
    return render(request, "desk/bulk_report.html", context)


def chosen_items(request: HttpRequest, seen: Access) -> list[WorkItem]:
    """What is ticked and may be seen, in the queue's order, with case and applicant. One statement."""
    ids = [int(pk) for pk in request.POST.getlist("item") if pk.isascii() and pk.isdigit() and len(pk) <= 18]
    found = WorkItem.objects.select_related("process__applicant", "owner").filter(
        visible(seen, "process__"), pk__in=ids[: MOST + 1]
    )
    return list(found.order_by("due_at", "id"))


def problem_of(request: HttpRequest, items: list[WorkItem]) -> str:
    """Why these cannot be decided together; empty when they can. A step that is done since is told in the report."""
    if not request.POST.getlist("item"):
        return _("还没有勾选案件。请先勾选，再选一并作出的决定。")
    if not items:
        return _("勾选的案件已不在这里，请刷新待办。")
    if len(items) > MOST:
        return _("一次最多办%(most)d件，请分几次办。") % {"most": MOST}
    if len({(item.programme, item.step) for item in items}) > 1:
        return _("一并办理的案件要在同一个项目的同一个环节。请先按环节筛选。")
    return ""


def outcome_of(item: WorkItem, name: str) -> Outcome | None:
    step = step_of(item)
    return next((one for one in for_many(step) if one.name == name), None) if step else None


def table_of(items: list[WorkItem]) -> dict[str, Any]:
    """The cases with their amounts, and the sum of them."""
    names = names_of(item.process for item in items)
    rows = [{"cells": _cells(item, names[item.process_id])} for item in items]
    amounts = [item.process.amount for item in items if item.process.amount is not None]
    total: list[dict[str, Any]] = [{"text": _("合计"), "label": _("申请人")}, {}, {}]
    total.append({"kind": "number", "text": sum(item.process.payable_days or 0 for item in items), "label": _("天数")})
    total.append({"kind": "money", "amount": sum(amounts) if amounts else None, "label": _("金额")})
    return {"caption": _("共%(count)d件") % {"count": len(items)}, "rows": rows, "total": total}


def report_table(lines: list[dict[str, str]], cases: dict[str, Case]) -> dict[str, Any]:
    """Refused first: they are what is left to do."""
    names = names_of(cases.values())
    rows = []
    for line in sorted(lines, key=lambda line: not line["refusal"]):
        case = cases.get(line["number"])
        name = names[case.pk] if case else line["number"]
        url = case_url(line["number"])
        rows.append(
            {
                "cells": [
                    {"label": _("申请人"), "text": name, "url": url, "header": True, "note": line["number"]},
                    {"label": _("结果"), "text": _("没有办成") if line["refusal"] else _("已办好")},
                    {"label": _("说明"), "text": line["refusal"] or line["remark"]},
                    {"label": _("金额"), "kind": "money", "amount": case.amount if case else None},
                ]
            }
        )
    return {"caption": _("逐件结果"), "rows": rows}


def _cells(item: WorkItem, name: str) -> list[dict[str, Any]]:
    case = item.process
    held = _("由%(name)s领取") % {"name": item.owner.name} if item.owner else ""
    return [
        {"label": _("申请人"), "text": name, "header": True, "note": case.number},
        {"label": _("状态"), "kind": "stage", "code": case.stage, "word": case.get_stage_display()},
        {"label": _("现状"), "text": _("等待办理") if item.status in OPEN else _("这一步已经办完"), "note": held},
        {"label": _("天数"), "kind": "number", "text": case.payable_days},
        {"label": _("金额"), "kind": "money", "amount": case.amount},
    ]


def _keep(request: HttpRequest, key: uuid.UUID, outcome: str, items: list[WorkItem], lines: list[Line]) -> None:
    numbers = {item.pk: item.process.number for item in items}
    again = _("这次提交之前已经办好，没有重复办理")
    kept = [
        {
            "number": numbers[line.item_id],
            "refusal": line.refusal,
            "remark": again if line.receipt and line.receipt.repeated else "",
        }
        for line in lines
    ]
    reports = {name: report for name, report in request.session.get(KEPT, {}).items() if name != str(key)}
    reports[str(key)] = {"outcome": outcome, "lines": kept}
    request.session[KEPT] = dict(list(reports.items())[-REPORTS:])
