"""A visit that was written down wrongly: put right beside what was written, or made again. Nothing is written over.

Words are put right by those who may write the visit, at any time, with a reason: a new record takes the place of the
old one, which stays to be read. It moves no case and no money, and takes no picture: a photograph belongs to a visit.
Where the visit itself was not made, or to the wrong door, the county's approver has it made again (`strike_visit` is
what follows of that outcome).
"""

from __future__ import annotations

from django.db import transaction
from django.utils.timezone import now
from django.utils.translation import gettext as _

from casework.models import Case, Evidence, Nomination, Staff, VisitRecord
from workflows import registry, trail
from workflows.flow import Act, Step
from workflows.holding import lock_case
from workflows.refusals import NotAllowed
from workflows.reopening import item_of
from workflows.standing import Actor, standing
from workflows.visits.findings import findings_of
from workflows.visits.hands import TEAM
from workflows.visits.record import Visit, row_of, standing_record
from workflows.visits.writing import Written, check_visit

SLUG = "hardship_visit"


def correct_visit(number: str, visit: Visit, why: str, *, by: Staff, as_team: bool = False) -> Written:
    """Put right what the record of a case says, as the village or as a visitor of a team. Raises a `Refusal`.

    The pictures and the receipt of the old one stay those of the new one; `visit` need not bring them.
    """
    before = VisitRecord.objects.select_related("case").filter(client_key=visit.client_key).first()
    if before is not None and before.case.number == number:
        return Written(before, repeated=True)
    check_visit(visit, now(), 0)
    if before is not None or not why.strip():
        raise NotAllowed(_("请写明更正原因：原来哪里写错了"))
    with transaction.atomic():
        case = lock_case(number)
        wrong = standing_record(case)
        if wrong is None:
            raise NotAllowed(_("这一户现在没有可以更正的走访记录"))
        actor = _writer(case, by, as_team)
        record = row_of(case, visit, by=by, at=now())
        record.receipt, record.latitude, record.longitude = wrong.receipt, wrong.latitude, wrong.longitude
        record.corrects, record.why = wrong, why.strip()[:200]
        VisitRecord.objects.filter(pk=wrong.pk).update(stands=False)
        pictures = list(Evidence.objects.filter(case=case, kind=Evidence.Kind.PHOTOGRAPH))
        record.findings = findings_of(record, pictures)
        record.pointed_out = bool(record.findings)
        record.save(force_insert=True)
        details = {"visitors": len(record.visitors), "findings": record.findings}
        trail.record_for_case(case.pk, "visit_corrected", actor=actor, details=details)
    return Written(record)


def strike_visit(act: Act) -> None:
    """Consequence of having a visit made again: what was written stands no longer, and no team has the family."""
    VisitRecord.objects.filter(case=act.case, stands=True).update(stands=False)
    Nomination.objects.filter(case=act.case).update(team=None, visit_on=None, place=0)


def _writer(case: Case, by: Staff, as_team: bool) -> Actor:
    """`by`, as one who may write the case's visit: in that post today, no kin, and with no other part in the case."""
    step = registry.programme(SLUG).step("visit")
    assert isinstance(step, Step)
    hand = TEAM if as_team else step.hand_of(step.outcomes["visited"])
    item = item_of(case, step, at=now())
    seen = standing(by, item, hand)
    seen.check_may_act(item, hand.capacity, held=False)
    return seen.actor
