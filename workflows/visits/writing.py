"""Writing a visit down: its photographs, its receipt, its record and the step it ends. Sent twice it is done once."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.utils.timezone import now
from django.utils.translation import gettext as _

from casework.models import Case, Evidence, Staff, VisitRecord, WorkItem
from workflows.outcomes import Hand
from workflows.papers.evidence import AlreadyInFile, attach
from workflows.perform import perform
from workflows.refusals import NotAllowed
from workflows.visits.hands import TEAM
from workflows.visits.record import Visit

MOST_PICTURES = 6
STEP = "visit"
LONGEST_VISIT = datetime.timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class Written:
    """What was kept. `repeated`: this very visit had been written before, and was not written again."""

    record: VisitRecord
    repeated: bool = False


def write_visit(
    number: str,
    visit: Visit,
    *,
    by: Staff,
    photographs: Sequence[bytes] = (),
    receipt: bytes = b"",
    as_team: bool = False,
    note: str = "",
    at: datetime.datetime | None = None,
) -> Written:
    """Keep a visit to the household of a case, as the village's, or as a visitor of a team. Raises a `Refusal`.

    Pictures are kept one by one before the step ends: sent again after a failure in the middle they are found in the
    file already and are not kept twice. Nothing of the visit itself is kept unless all of it is.
    """
    before = VisitRecord.objects.select_related("case").filter(client_key=visit.client_key).first()
    if before is not None:
        return _repeated(before, number)
    case = Case.objects.filter(number=number).first()
    item = WorkItem.objects.filter(process=case, step=STEP, finished__isnull=True).first() if case else None
    if case is None or item is None:
        raise NotAllowed(_("这一户现在不等走访：可能已经走访过，或还没有批准。请刷新名单"))
    check_visit(visit, at or now(), len(photographs))
    hand = TEAM if as_team else None
    pictures = [_kept(number, Evidence.Kind.PHOTOGRAPH, data, by, hand, at) for data in photographs]
    signed = _kept(number, Evidence.Kind.RECEIPT, receipt, by, hand, at) if receipt else None
    outcome = "delivered" if case.pays_by == Case.PaysBy.GOODS else "visited"
    perform(
        item.pk,
        f"team_{outcome}" if as_team else outcome,
        by=by,
        note=note,
        key=str(visit.client_key),
        values={"visit": replace(visit, pictures=tuple(pictures), receipt=signed)},
        at=at,
    )
    record = VisitRecord.objects.get(client_key=visit.client_key)
    return Written(record)


def _repeated(before: VisitRecord, number: str) -> Written:
    if before.case.number != number:
        raise NotAllowed(_("这份走访记录已经登记在另一户。请重新打开这一户再写"))
    return Written(before, repeated=True)


def check_visit(visit: Visit, moment: datetime.datetime, pictures: int) -> None:
    """Raise `NotAllowed` with what cannot be: nobody went, left before they came, came tomorrow."""
    if not [visitor for visitor in visit.visitors if visitor.get("name", "").strip()]:
        raise NotAllowed(_("请写明谁去走访的"))
    if visit.finished_at < visit.started_at:
        raise NotAllowed(_("离开时间不能早于到达时间"))
    if visit.finished_at - visit.started_at > LONGEST_VISIT:
        raise NotAllowed(_("到达和离开相差超过12小时，请核对"))
    if visit.started_at > moment + datetime.timedelta(minutes=10):
        raise NotAllowed(_("到达时间还没有到，请核对手机时间"))
    if pictures > MOST_PICTURES:
        raise NotAllowed(_("一次走访最多放%(most)d张照片") % {"most": MOST_PICTURES})


def _kept(number: str, kind: str, data: bytes, by: Staff, hand: Hand | None, at: datetime.datetime | None) -> Evidence:
    try:
        return attach(number, kind, data, by=by, at=at, hand=hand).evidence
    except AlreadyInFile as known:
        return known.held
