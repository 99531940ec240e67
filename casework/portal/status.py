"""Where is my case: asked with the slip's number and code, or by scanning it. Reads only, and shows no more than
the slip's holder must know: a masked name, where the case is, what comes next, what is missing, the amount.
"""

from __future__ import annotations

import datetime
import re
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.formats import date_format
from django.utils.timezone import localdate, localtime, now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from casework import slips
from casework.masking import mask_name, without_numbers
from casework.models import Capacity, Case, Decision, Office, Stage, WorkItem
from casework.models.stages import PROMISED, REVIEWABLE
from casework.origin import address_of
from casework.portal import throttle, words
from workflows import deadlines, registry
from workflows.objection import STANDS, window_of
from workflows.outcomes import Kind
from workflows.papers.wanted import still_wanted
from workflows.progress import road
from workflows.reckoning import limit_of

OFFICE_DATE = re.compile(r"\b([0-9]{4})-([0-9]{2})-([0-9]{2})(?![0-9])")
REQUIRED = {"required": gettext_lazy("请照回执填写这一项")}


class StatusForm(forms.Form):
    number = forms.CharField(
        label=gettext_lazy("案件编号"),
        max_length=slips.LONGEST,
        error_messages=REQUIRED,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )
    code = forms.CharField(
        label=gettext_lazy("查询码"),
        max_length=slips.LONGEST,
        error_messages=REQUIRED,
        help_text=gettext_lazy("回执上的8个字母和数字，大小写、空格都不要紧。"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )


@sensitive_post_parameters("code")
@require_http_methods(["GET", "POST"])
def status(request: HttpRequest) -> HttpResponse:
    """Number and code in, the case's page out, in the same answer: neither gets into an address."""
    form = StatusForm(request.POST or None)
    if request.method == "GET":
        return render(request, "portal/ask.html", {"form": form})
    if not form.is_valid():
        return render(request, "portal/ask.html", {"form": form}, status=422)
    number, address = slips.cleaned(form.cleaned_data["number"]), address_of(request)
    if throttle.must_wait(address, number):
        form.add_error(None, _("填错的次数多了，请过15分钟再试。扫回执上的二维码不用等，也可以问村里的经办人。"))
        return render(request, "portal/ask.html", {"form": form}, status=429)
    # Both are always looked at, so that a wrong number and a wrong code take as long and are answered alike.
    is_code = slips.opens(number, form.cleaned_data["code"])
    case = _case(number)
    if case is None or not is_code:
        throttle.note_wrong(address, number)
        form.add_error(None, _("案件编号或查询码不对，请照回执再填一次。"))
        return render(request, "portal/ask.html", {"form": form}, status=422)
    return _page(request, case)


@require_safe
def scanned(request: HttpRequest, token: str) -> HttpResponse:
    """What the QR code opens. A token that is not ours is answered like a slip that cannot be read."""
    number = slips.number_of(token)
    case = _case(number) if number else None
    if case is None:
        form = StatusForm()
        unread = _("这个二维码打不开案件，可能没有扫完整。请再扫一次，或照回执填写。")
        return render(request, "portal/ask.html", {"form": form, "unread": unread}, status=404)
    return _page(request, case)


def _case(number: str) -> Case | None:
    return Case.objects.select_related("applicant").filter(number=number).first()


def _page(request: HttpRequest, case: Case) -> HttpResponse:
    item = WorkItem.objects.filter(process=case, finished__isnull=True).first()
    decisions = list(Decision.objects.filter(case=case))
    office = Office.objects.filter(division=case.division_id[:6], kind=Office.Kind.ASSOCIATION).first()
    last = decisions[-1].transition if decisions else ""
    by_others = case.pays_by in (Case.PaysBy.OTHERS, Case.PaysBy.NOTHING)
    said = words.of(str(case.stage), _capacity(item), last, by_others=by_others)
    context = {
        "case": case,
        "who": _("%(name)s，%(programme)s")
        % {"name": mask_name(case.applicant.name), "programme": registry.programme(case.programme).title},
        "answer": said.answer,
        "since": case.stage_since,
        "next": said.next,
        "due": _due(case, item),
        "told": _told(case, item, decisions),
        "papers": _papers(case),
        "explanation": _explanation(case),
        "steps": _steps(case, item, decisions),
        "objection": _objection(case, decisions, office.name if office else _("县计生协会")),
    }
    return render(request, "portal/status.html", context)


def _capacity(item: WorkItem | None) -> str:
    if item is None or item.flow_task is None:
        return ""
    return str(Capacity.NOTICE if item.flow_task.notice else item.flow_task.capacity)


def _due(case: Case, item: WorkItem | None) -> dict[str, Any] | None:
    """Until when: what the applicant must bring, or what the office has promised. `estimated`: it may still move, for
    nobody knows the holidays of a year it touches."""
    if item is None:
        return None
    return {
        "on": localtime(item.due_at).date(),
        "is_over": item.due_at < now(),
        "kind": DUE.get(Stage(case.stage), "step"),
        "estimated": bool(deadlines.estimated_years(item, limit_of(case.programme, case.terms_version, item.step))),
    }


DUE = {Stage.CORRECTION: "yours", Stage.SUSPENDED: "look_again", Stage.INTERNAL_REVIEW: "review"}
"""What falls due, by stage; elsewhere it is a step of the office's."""


def _papers(case: Case) -> list[dict[str, Any]]:
    """What the applicant was asked to bring, and what of it is here, while the case waits for it."""
    if str(case.stage) != Stage.CORRECTION:
        return []
    return [{"state": "missing", "label": without_numbers(paper.label), "note": ""} for paper in still_wanted(case)]


def _objection(case: Case, decisions: list[Decision], office: str) -> list[str]:
    """How to object, and, where a decision stands that can be reviewed, until when."""
    lines = [str(words.OBJECTION % {"office": office})]
    if str(case.stage) not in REVIEWABLE:
        return lines
    window = window_of(case, decisions)
    if window.last is not None:
        sentence = words.UNTIL if localdate() <= window.last else words.TOO_LATE
        return [*lines, sentence % {"last": date_format(window.last, "DATE_FORMAT")}]
    return [str(words.UPHELD)] if any(made.transition == STANDS for made in decisions) else lines


def _told(case: Case, item: WorkItem | None, decisions: list[Decision]) -> dict[str, Any] | None:
    """What the applicant is owed to hear: reasons and remedies of the last decision, when it went against them.

    The note of such a decision is written to the applicant; what others wrote for the file stays there.
    """
    last = decisions[-1] if decisions else None
    programme = registry.programme(case.programme)
    step = programme.step(last.step) if last else None
    outcome = step.outcomes.get(last.outcome) if step and last else None
    if last is None or outcome is None or not outcome.announces or outcome.kind is Kind.ADVANCE:
        return None
    found = [programme.reasons[code] for code in last.reasons if code in programme.reasons]
    return {
        "heading": _("还缺什么") if str(case.stage) == Stage.CORRECTION else _("原因，和您可以怎么办"),
        "reasons": [{"why": reason.sentence, "remedy": reason.remedy} for reason in found],
        "note": without_numbers(last.note),
    }


def _explanation(case: Case) -> dict[str, Any] | None:
    """The amount and how it came about, once it has been promised."""
    if str(case.stage) not in PROMISED or case.amount is None:
        return None
    lines: list[dict[str, Any]] = [{"text": long_dates(line)} for line in case.award.get("explanation", ())]
    due = case.amount - case.paid_amount
    if not case.paid_amount or (str(case.stage) == Stage.CLOSED and not due):
        return {"lines": lines, "label": _("一共"), "total": case.amount}
    lines += [{"text": _("一共"), "amount": case.amount}, {"text": _("已经发给您"), "amount": case.paid_amount}]
    if due >= 0:
        return {"lines": lines, "label": _("这次补发"), "total": due}
    return {"lines": lines, "label": _("多发的部分，我们会另外联系您"), "total": -due}


def long_dates(line: str) -> str:
    """2026-11-02, as the office writes it, as people say it: 2026年11月2日, or as their language has it. What is no day
    stays as it is written."""
    return OFFICE_DATE.sub(_long_date, line)


def _long_date(found: re.Match[str]) -> str:
    try:
        day = datetime.date.fromisoformat(found[0])
    except ValueError:
        return found[0]
    return date_format(day, "DATE_FORMAT")


def _steps(case: Case, item: WorkItem | None, decisions: list[Decision]) -> list[dict[str, Any]]:
    """The road in the applicant's words, steps of one name taken together."""
    shown: list[dict[str, Any]] = []
    for stop in road(case, item, decisions):
        label = words.STEPS.get(stop.capacity, stop.title)
        waiting_for_you = stop.state == "now" and stop.capacity == Capacity.INTAKE
        if waiting_for_you and str(case.stage) in words.YOURS:
            label = words.YOURS[str(case.stage)]
        step = {"state": stop.state, "label": label, "date": localtime(stop.at).date() if stop.at else None}
        if shown and shown[-1]["label"] == label:
            _merge(shown[-1], step)
        else:
            shown.append(step)
    return shown


def _merge(first: dict[str, Any], second: dict[str, Any]) -> None:
    """Two stops as one: under way as soon as one is, done when both are, since when it first was so."""
    if first["state"] == "done" and second["state"] == "next":
        first["state"] = "now"
    elif second["state"] != "next":
        first["state"] = second["state"]
        first["date"] = second["date"] if second["state"] == "done" else first["date"] or second["date"]
