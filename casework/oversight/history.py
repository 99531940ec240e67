"""What happened to a case, who did it, why, and whether the record of it is whole: for auditors and supervisors."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from casework.access import within
from casework.masking import mask_name
from casework.models import Case, Decision, Event, Level, Role
from casework.session import access, staff_page
from workflows import registry, trail
from workflows.discretion import name_of, names_of, sums_of
from workflows.history import Entry, history, outcome_words, unaccounted

RECENT = 30
MOST_EVENTS = 300
MOST_DECISIONS = 2 * MOST_EVENTS
"""A case brought in may have thousands. More than events, so that one shows of which the trail knows nothing."""

SHORT = 12
"""Digits of a digest that are shown: enough to compare by eye, and the whole is in the export."""


def _cases(request: HttpRequest) -> QuerySet[Case]:
    """The cases an auditor or supervisor answers for. Raises `PermissionDenied` for anybody else.

    Of what is confidential they are told no name, from the county up: in a village a number says whose it is.
    """
    codes = access(request).codes(Role.AUDITOR, Role.SUPERVISOR)
    if not codes:
        raise PermissionDenied(_("案件轨迹由审计员和督办员查阅，您现在没有这些岗位。"))
    wide = tuple(code for code in codes if len(code) <= Level.COUNTY)
    told = within(codes) & Q(confidential=False) | within(wide)
    return Case.objects.filter(told).select_related("applicant")


@staff_page
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """A case by its number, or one of those that moved last."""
    cases = _cases(request)
    wanted = request.GET.get("number", "").strip().upper()[:40]
    if wanted:
        if cases.filter(number=wanted).exists():
            return redirect("oversight:history", number=wanted)
        messages.warning(request, _("本辖区没有案号为“%(number)s”的案件，请核对案号。") % {"number": wanted})
    recent = list(cases.order_by("-pk")[:RECENT])
    context = {"wanted": wanted, "table": _recent_table(recent)}
    return render(request, "oversight/home.html", context)


@staff_page
@require_safe
def case_history(request: HttpRequest, number: str) -> HttpResponse:
    """A case's trail, each act beside the decision it pins, with the mark that all of it holds or where it breaks."""
    case = _cases(request).filter(number=number).first()
    if case is None:
        raise Http404
    events = list(Event.objects.filter(chain=case.number).order_by("-seq")[:MOST_EVENTS])[::-1]
    decisions = list(Decision.objects.filter(case=case).order_by("-pk")[:MOST_DECISIONS])[::-1]
    entries = history(case, events, decisions, words=not case.confidential)
    breaks = list(trail.breaks(chain=case.number))
    whole = len(events) >= case.trail_seq
    lost = unaccounted(events, decisions) if whole else []
    context = {
        "case": case,
        "facts": _facts(case),
        "marks": _marks(case, entries, breaks, lost),
        "table": _table(entries, {found.seq for found in breaks}),
        "shown": len(events),
        "whole": whole,
        "crumbs": [(reverse("oversight:home"), _("查档")), ("", case.number)],
    }
    return render(request, "oversight/history.html", context)


def _marks(case: Case, entries: list[Entry], breaks: list[trail.Break], lost: list[Decision]) -> list[dict[str, Any]]:
    """Whether the record is whole; every way in which it is not."""
    programme = registry.programme(case.programme)
    wrong = [_("第%(seq)d条：%(why)s") % {"seq": found.seq, "why": found.why} for found in breaks]
    wrong += [
        _("第%(seq)d条：决定的内容与轨迹里记下的摘要不符") % {"seq": entry.seq} for entry in entries if entry.altered
    ]
    wrong += [
        _("有一项决定在轨迹里没有记录：%(what)s（%(who)s）")
        % {"what": outcome_words(decision.step, decision.outcome, programme), "who": decision.staff_name}
        for decision in lost
    ]
    if wrong:
        message = _("这件案子的记录不完整，请按下面各条查问。")
        return [{"level_tag": "error", "word": _("对不上"), "message": message, "details": wrong}]
    words = {"count": case.trail_seq, "head": case.trail_head[:SHORT]}
    said = _("全部%(count)d条逐条核对，首尾相连，没有改动。末条摘要 %(head)s。") % words
    return [{"level_tag": "success", "word": _("核对无误"), "message": said}]


def _table(entries: list[Entry], broken: set[int]) -> dict[str, Any]:
    return {
        "caption": _("从先到后"),
        "rows": [{"cells": _cells(entry, entry.seq in broken or entry.altered)} for entry in entries],
        "empty": {"message": _("这件案子没有任何轨迹"), "hint": _("这本身就不正常，请查问。")},
    }


def _cells(entry: Entry, is_broken: bool) -> list[dict[str, Any]]:
    return [
        {"label": _("序号"), "header": True, "text": entry.seq},
        {"label": _("时间"), "kind": "moment", "date": entry.at},
        {"label": _("经办人"), "text": entry.who, "note": entry.office},
        {"label": _("动作"), "text": entry.what, "note": _("■ 此处记录对不上") if is_broken else ""},
        {"label": _("理由和意见"), "text": _("；").join(entry.why)},
        {"label": _("摘要"), "kind": "number", "text": entry.digest[:SHORT]},
    ]


def _facts(case: Case) -> list[dict[str, Any]]:
    return [
        {"label": _("项目"), "text": registry.programme(case.programme).title},
        _whose(case, name_of(case)),
        {"label": _("状态"), "kind": "stage", "code": case.stage, "word": case.get_stage_display()},
        *({"label": label, "kind": "money", "amount": amount} for label, amount in sums_of(case)),
        {"label": _("金额"), "kind": "money", "amount": case.amount},
        {"label": _("已发放"), "kind": "money", "amount": case.paid_amount or None, "note": _too_much(case)},
        {"label": _("方案版本"), "text": case.terms_version},
        {"label": _("申请内容摘要"), "text": case.facts_digest[:SHORT]},
    ]


def _whose(case: Case, name: str) -> dict[str, Any]:
    """Whose case it is, masked; of a confidential one its channel, and nobody's name."""
    if case.confidential:
        return {"label": _("申请人"), "text": _("保密"), "note": name}
    return {"label": _("申请人"), "text": mask_name(name)}


def _too_much(case: Case) -> str:
    """What an auditor must know of a payment: that part of it is to come back."""
    return _("其中多发%(amount)s元，应予追缴") % {"amount": case.to_recover} if case.to_recover else ""


def _recent_table(cases: list[Case]) -> dict[str, Any]:
    names = names_of(cases)
    return {
        "caption": _("最近的案件"),
        "rows": [
            {
                "cells": [
                    {
                        "label": _("案号"),
                        "header": True,
                        "text": case.number,
                        "url": reverse("oversight:history", args=[case.number]),
                    },
                    _whose(case, names[case.pk]),
                    {"label": _("状态"), "kind": "stage", "code": case.stage, "word": case.get_stage_display()},
                    {"label": _("从何时起"), "kind": "date", "date": localtime(case.stage_since).date()},
                    {"label": _("轨迹"), "kind": "number", "text": case.trail_seq},
                    {"label": _("金额"), "kind": "money", "amount": case.amount},
                ]
            }
            for case in cases
        ],
        "empty": {"message": _("本辖区还没有案件")},
    }
