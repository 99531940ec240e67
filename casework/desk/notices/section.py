"""Public notice on the page of a case: where it has hung, and, for whoever has to answer, what was said against it."""

from __future__ import annotations

from typing import Any

from casework.desk.case_file import CaseFile
from casework.models import Case, NoticeLine, Objection
from casework.models.fields import SealedText
from workflows.notices.road import ANSWERER
from workflows.refusals import Refusal
from workflows.standing import standing

MOST = 20


def hung(file: CaseFile) -> dict[str, Any] | None:
    """Every sheet the case was on; None for a case that never hung. One statement for most, two for an answerer."""
    lines = list(NoticeLine.objects.filter(case=file.case).select_related("notice").order_by("-id")[:MOST])
    if not lines:
        return None
    return {"lines": lines, "objections": objections(file) if _answers(file) else []}


def objections(file: CaseFile) -> list[dict[str, Any]]:
    """What is said, in full: it must be looked into; and who says it, for whoever gives the answer alone."""
    item = file.item
    assert item is not None
    place = item.step.removesuffix("_objection")
    found = Objection.objects.filter(line__case=file.case, line__place=place, outcome="").order_by("id")
    return [
        {
            "text": _opened(one.text),
            "name": _opened(one.name),
            "contact": _opened(one.contact),
            "at": one.received_at,
            "from_web": one.from_web,
        }
        for one in found[:MOST]
    ]


def _answers(file: CaseFile) -> bool:
    """Only who could answer now: an approver of the county, before whom the case lies, without any part in it."""
    if not file.is_mine or file.item is None or file.step is None or file.step.capacity != ANSWERER.capacity:
        return False
    try:
        standing(file.viewer.staff, file.item).check_may_act(file.item, file.step.capacity)
    except Refusal:
        return False
    return True


def is_noticed(case: Case) -> bool:
    """Whether the case's terms want its list to hang at all: what the page asks before it reads anything."""
    return bool(case.notices_required)


def _opened(sealed: str) -> str:
    return sealed.reveal() if isinstance(sealed, SealedText) else sealed
