"""The tables of a round's page."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from casework.access import within
from casework.desk.cells import cell
from casework.models import Division, VisitRecord, VisitRound
from workflows.visits.findings import in_words
from workflows.visits.progress import Progress, Tally
from workflows.visits.rounds import NEXT

MOST_FINDINGS = 50
State = VisitRound.State
STEPS_ON = {
    State.NOMINATING: gettext_lazy("开始（继续）提名"),
    State.SETTLED: gettext_lazy("名单已定，不再提名"),
    State.VISITING: gettext_lazy("开始（继续）走访"),
    State.CLOSED: gettext_lazy("结束本轮"),
}


def state_offers(found: VisitRound) -> list[tuple[str, Any]]:
    """(state, words) of where it can be taken from here."""
    return [(state, STEPS_ON[State(state)]) for state in NEXT[found.state]]


def sums(found: VisitRound, total: Tally) -> dict[str, Any]:
    unit = pgettext("单位", "户")
    return {
        "counts": [
            {"label": _("已提名"), "number": total.nominated, "unit": unit},
            {"label": _("已批准"), "number": total.approved, "unit": unit},
            {"label": _("已走访"), "number": total.visited, "unit": unit},
            {"label": _("已到账或送达"), "number": total.given, "unit": unit, "tone": "good"},
            {"label": _("已批准金额"), "amount": found.promised},
            {"label": _("剩余预算"), "amount": found.left},
        ]
    }


def progress_table(progress: Progress) -> dict[str, Any]:
    """A row a township; the codes of all of them are looked up at once."""
    names = dict(Division.objects.filter(pk__in=progress.townships).values_list("code", "name"))
    rows = [{"cells": _tally_cells(names.get(code, code), tally)} for code, tally in sorted(progress.townships.items())]
    return {
        "caption": _("各乡镇，单位：户"),
        "rows": rows,
        "empty": {"message": _("还没有提名"), "hint": _("村里提名以后，这里有各乡镇的进度。")},
    }


def findings_table(found: VisitRound, codes: tuple[str, ...]) -> dict[str, Any]:
    """What visits have pointed out, the latest first."""
    inside = within(codes, "division") if not any(found.division_id.startswith(code) for code in codes) else Q()
    records = VisitRecord.objects.filter(inside, round=found, pointed_out=True, stands=True)
    shown = records.select_related("case__applicant", "case__division").order_by("-id")[:MOST_FINDINGS]
    return {
        "caption": _("走访记录里的疑点，只作提示，不影响办理"),
        "rows": [{"cells": _finding_cells(record)} for record in shown],
        "empty": {"message": _("没有疑点")},
    }


def _tally_cells(name: str, tally: Tally) -> list[dict[str, Any]]:
    return [
        cell(_("乡镇"), text=name, header=True),
        cell(_("已提名"), kind="number", text=tally.nominated),
        cell(_("已批准"), kind="number", text=tally.approved),
        cell(_("已走访"), kind="number", text=tally.visited),
        cell(_("已到账或送达"), kind="number", text=tally.given),
        cell(_("金额"), kind="money", amount=tally.money),
    ]


def _finding_cells(record: VisitRecord) -> list[dict[str, Any]]:
    url = reverse("desk:case", args=[record.case.number])
    return [
        cell(_("户"), text=record.case.applicant.name, url=url, header=True, note=record.case.number),
        cell(_("村社区"), text=record.case.division.name),
        cell(_("走访时间"), kind="moment", date=record.started_at),
        cell(_("疑点"), text=_("；").join(in_words(record.findings))),
    ]
