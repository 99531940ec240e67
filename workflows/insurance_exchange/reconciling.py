"""Clearing up by hand what an insurer says and the case does not: the case is not changed by it, the trail tells."""

from __future__ import annotations

from hashlib import sha256

from django.db import transaction
from django.utils.translation import gettext as _

from casework.models import InsurerAnswer, Level, Role, Staff
from workflows import trail
from workflows.acting import acting
from workflows.insurance_exchange.connections import chain_of
from workflows.refusals import NotAllowed

State = InsurerAnswer.State


def settle_by_hand(answer: InsurerAnswer, note: str, *, by: Staff) -> None:
    """Take an answer off the list of what does not agree 核对, saying how. Its county's intake clerk does.

    Of one that was cleared up already nothing changes. Raises `NotYourPost`, or `NotAllowed` without a note.
    """
    actor = acting(by, answer.office.division_id[: Level.COUNTY], Role.INTAKE_CLERK)
    if not note.strip():
        raise NotAllowed(_("请写明怎么核对的"))
    with transaction.atomic():
        found = InsurerAnswer.objects.select_for_update(of=("self",)).select_related("office__connection")
        row = found.get(pk=answer.pk)
        if row.state not in (State.WAITING, State.OUT_OF_STEP):
            return
        row.state, row.settled_note = State.SETTLED, note.strip()
        row.save(update_fields=["state", "settled_note"])
        details = {
            "answer": row.answer_id,
            "problem": row.problem,
            "note": sha256(row.settled_note.encode()).hexdigest(),
        }
        if row.case_id is not None:
            trail.record_for_case(row.case_id, "answer_settled", actor=actor, details=details)
        else:
            trail.record(chain_of(row.office.connection), "answer_settled", actor=actor, details=details)
