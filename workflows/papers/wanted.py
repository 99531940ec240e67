"""Returned for correction 补正: the list an applicant is given, and its ticking off.

一次性告知: what is missing is told once, in full. So the list is part of the act that sends a case back, not a note
beside it; what was told once and has been answered cannot be asked for again; and a second list, of what nobody thought
of the first time, is marked as the second in the trail.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from casework.models import Case, Evidence, WantedPaper
from casework.rows import new_row
from casework.sheets import values
from workflows.flow import Act
from workflows.questions import Answer, Question

ASKABLE = (
    Evidence.Kind.DISCHARGE_SUMMARY,
    Evidence.Kind.ITEMISED_BILL,
    Evidence.Kind.APPLICATION_FORM,
    Evidence.Kind.IDENTITY_COPY,
    Evidence.Kind.ACCOUNT_COPY,
    Evidence.Kind.ACCIDENT_STATEMENT,
    Evidence.Kind.POLICE_PROOF,
    Evidence.Kind.OUTPATIENT_RECORD,
    Evidence.Kind.INVOICE,
    Evidence.Kind.SETTLEMENT_SHEET,
    Evidence.Kind.DEATH_PROOF,
    Evidence.Kind.DISABILITY_PROOF,
)
"""What can be ticked; photographs are the office's own to take, and anything else is said in words."""

MOST, LONGEST = 12, 60


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a list: a kind of paper, or something in words."""

    kind: str = ""
    words: str = ""

    @property
    def label(self) -> str:
        return str(Evidence.Kind(self.kind).label) if self.kind in Evidence.Kind.values else self.words


def line_of(said: str) -> Line:
    """A line as somebody wrote it; the name of a kind is that kind."""
    words = values.text(said)
    kind = next((kind for kind in ASKABLE if words == str(kind.label)), None)
    return Line(kind=str(kind)) if kind else Line(words=words)


def told(case: Case) -> list[WantedPaper]:
    """Everything this applicant has been asked for in this case, in the order of the telling."""
    # A case that is only being entered has been told nothing yet. Of many cases the lists have been read together.
    return list(case.wanted_papers.all()) if case.pk else []


def still_wanted(case: Case) -> list[WantedPaper]:
    """What has been asked for and is neither here nor given up."""
    return [paper for paper in told(case) if not paper.answer]


# -- asking --------------------------------------------------------------------------------------------------------


def papers_are_named(act: Act) -> list[str]:
    """一次性告知：清单要写全，以前告知过并已核对的不能再要。"""
    lines, before = _lines(act.values.get("papers", ())), told(act.case)
    if not lines and all(paper.answer for paper in before):
        return [_("请写明要补哪些材料，一次写全，让申请人只跑一趟")]
    if len(lines) > MOST:
        return [_("清单最多%(most)d项，现有%(count)d项，请合并写") % {"most": MOST, "count": len(lines)}]
    problems = [_("“%(line)s”太长，每项最多%(most)d个字") % {"line": line.label[:20], "most": LONGEST}
                for line in lines if len(line.words) > LONGEST]  # fmt: skip
    problems += [_("没有“%(kind)s”这种材料") % {"kind": line.kind} for line in lines if line.kind not in ("", *ASKABLE)]
    answered = {Line(paper.kind, paper.words) for paper in before if paper.answer}
    said = _("“%(paper)s”以前已经告知并核对过，不能再要求一次；只能写以前没有告知的")
    return problems + [said % {"paper": line.label} for line in lines if line in answered]


def tell_what_is_wanted(act: Act) -> None:
    """Consequence of asking: the list is written down, what is on it already stays on it. The trail has its digest, and
    says when it is not the first."""
    papers = told(act.case)
    before = {Line(paper.kind, paper.words) for paper in papers}
    fresh = [line for line in _lines(act.values.get("papers", ())) if line not in before]
    rounds = len({paper.asked_in_id for paper in papers})
    act.ledger.wanted += [
        new_row(WantedPaper, case=act.case, asked_in=act.item, kind=line.kind, words=line.words) for line in fresh
    ]
    act.said["papers"] = {
        "kinds": [line.kind for line in fresh if line.kind],
        "in_words": sum(1 for line in fresh if line.words),
        "digest": sha256(json.dumps([[line.kind, line.words] for line in fresh]).encode()).hexdigest(),
    }
    if rounds:
        act.said["told_again"] = rounds + 1


PAPERS = Question(
    "papers",
    Answer.PAPERS,
    gettext_lazy("要补哪些材料（一次写全）"),
    papers_are_named,
    gettext_lazy("申请人会拿到这份清单，补正告知书上也印这份清单。告知过的以后不能再要求一次。"),
    reads=("wanted_papers",),
)


# -- ticking off ---------------------------------------------------------------------------------------------------


def papers_are_ticked(act: Act) -> list[str]:
    """材料已补齐：清单上每一项都要有着落。"""
    ticks = act.values.get("ticks") or {}
    said = _("“%(paper)s”还没有核对：已补来，还是不再需要")
    wanted = still_wanted(act.case)
    return [said % {"paper": paper.label} for paper in wanted if ticks.get(paper.pk) not in WantedPaper.Answer.values]


def note_what_was_brought(act: Act) -> None:
    """Consequence of the papers being complete: each line has its answer, and the trail their number."""
    ticks = act.values.get("ticks") or {}
    wanted = still_wanted(act.case)
    for paper in wanted:
        paper.answer, paper.answered_at = ticks[paper.pk], act.at
    act.ledger.answered_papers += wanted
    if wanted:
        waived = sum(1 for paper in wanted if paper.answer == WantedPaper.Answer.WAIVED)
        act.said["papers"] = {"brought": len(wanted) - waived, "waived": waived}


TICKS = Question("ticks", Answer.TICKS, gettext_lazy("补正清单，逐项核对"), papers_are_ticked, reads=("wanted_papers",))


def _lines(said: Any) -> Sequence[Line]:
    """As given, each once, nothing empty."""
    lines: Iterable[Line] = said
    return list(dict.fromkeys(line for line in lines if line.kind or line.words))
