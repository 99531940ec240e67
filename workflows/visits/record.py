"""A visit as it is handed in, and its row: written in the transaction of the step it ends, with what it points out."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from casework.models import Case, Evidence, Staff, VisitRecord
from workflows.flow import Act
from workflows.visits.findings import findings_of

Visitor = Mapping[str, str]
"""`{"name": …, "rank": …}`: by value, the rank as it was that day."""


@dataclass(frozen=True)
class Visit:
    """What is written down at the door. `goods` are {item, quantity, value}; `value` is what was given; both in yuan.

    `client_key` is made where it is written: the same visit sent again is known by it.
    """

    client_key: uuid.UUID
    visitors: Sequence[Visitor]
    started_at: datetime.datetime
    finished_at: datetime.datetime
    goods: Sequence[Mapping[str, str]] = ()
    value: Decimal | None = None
    signer: str = ""
    signer_is: str = ""
    needs: Sequence[str] = ()
    needs_words: str = ""
    pictures: Sequence[Evidence] = field(default_factory=tuple)
    receipt: Evidence | None = None


def keep_record(act: Act) -> None:
    """Consequence of a visit: its row, and in the trail its counts, never a name."""
    visit: Visit = act.values["visit"]
    assert act.actor.staff_id is not None, "somebody writes it"
    record = row_of(act.case, visit, by=Staff(pk=act.actor.staff_id), at=act.at)
    struck = VisitRecord.objects.filter(case=act.case, stands=False, corrected_by__isnull=True)
    record.corrects = struck.order_by("-id").first()
    record.findings = findings_of(record, visit.pictures)
    record.pointed_out = bool(record.findings)
    record.save(force_insert=True)
    act.said["visitors"] = len(record.visitors)
    act.said["photographs"] = len(visit.pictures)
    act.said["receipt"] = visit.receipt is not None
    if record.findings:
        act.said["findings"] = record.findings


def standing_record(case: Case) -> VisitRecord | None:
    """What is now held to have been the visit of a case."""
    return VisitRecord.objects.filter(case=case, stands=True).first()


def row_of(case: Case, visit: Visit, *, by: Staff, at: datetime.datetime) -> VisitRecord:
    """A visit as a row, not yet saved, and nothing pointed out yet."""
    assert case.amount is not None, "somebody approved it"
    placed = next((picture for picture in visit.pictures if picture.latitude is not None), None)
    return VisitRecord(
        case=case,
        round_id=case.facts["round"],
        division=case.division_id,
        client_key=visit.client_key,
        visitors=[dict(visitor) for visitor in visit.visitors],
        started_at=visit.started_at,
        finished_at=visit.finished_at,
        latitude=placed.latitude if placed else None,
        longitude=placed.longitude if placed else None,
        goods=[dict(line) for line in visit.goods],
        value=case.amount if visit.value is None else visit.value,
        signer=visit.signer,
        signer_is=visit.signer_is,
        receipt=visit.receipt,
        needs=list(visit.needs),
        needs_words=visit.needs_words,
        written_by_id=by.pk,
        written_at=at,
    )
