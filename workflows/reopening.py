"""Taking an ended case up again 申请复核: the one way back, and it goes through the gateway like any other step."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils.timezone import now
from django.utils.translation import gettext as _
from viewflow.workflow.status import PROCESS
from viewflow.workflow.token import Token

from casework.models import Case, Decision, Staff
from casework.models.stages import ENDED
from workflows.flow import Ending, Step
from workflows.graph import places_of
from workflows.ledger import Ledger
from workflows.perform import WAY_BACK, Receipt, prepare, take
from workflows.refusals import KeyReused, NotAllowed
from workflows.standing import SYSTEM, standing


def reopen(
    case_number: str,
    *,
    by: Staff,
    reasons: Sequence[str] = (),
    note: str = "",
    key: str | None = None,
    values: Mapping[str, Any] | None = None,
    at: datetime.datetime | None = None,
) -> Receipt:
    """The applicant of an ended case asks for a review. Raises a `Refusal`; then nothing has happened.

    `values["asked_on"]` is the day they asked, when it is not today. The arguments are those of `perform`.
    """
    with transaction.atomic():
        case = Case.objects.select_for_update().filter(number=case_number).first()
        if case is None:
            raise NotAllowed(_("没有这个案号的案件，请核对案号"))
        if key and (before := Decision.objects.filter(key=key).first()):
            if before.case_id != case.pk:
                raise KeyReused
            return Receipt(case.pk, case.number, str(case.stage), before.outcome, repeated=True)
        ending, step = way_back_in(case)
        ledger = Ledger(at=at or now())
        item = step.new_item(case, Token("start"), at=ledger.at)
        given = {"reasons": reasons, "note": note, "key": key, "values": values}
        outcome = next(iter(step.outcomes))
        act = prepare(item, outcome, ledger, actor=SYSTEM, **given)
        seen = standing(by, item)
        case.came_from = ending.name
        case.status, case.finished = PROCESS.NEW, None
        ledger.new_items.append(item)
        take(act, seen)
        ledger.case_columns.update(WAY_BACK)
        ledger.moved_cases.append(case)
        ledger.write()
    return Receipt(case.pk, case.number, str(case.stage), outcome)


def way_back_in(case: Case) -> tuple[Ending, Step]:
    """The end a case lies in, and the step by which it can be taken up again. Raises `NotAllowed` without one."""
    last = Decision.objects.filter(case=case).order_by("-id").only("step", "outcome").first()
    step = places_of(case.flow_class).get(last.step) if last and case.stage in ENDED else None
    outcome = step.outcomes.get(last.outcome) if isinstance(step, Step) and last else None
    ending = outcome.place_for(case) if outcome else None
    if isinstance(ending, Ending) and ending.reopens is not None:
        return ending, ending.reopens
    raise NotAllowed(_("案件现在是“%(stage)s”，不能申请复核") % {"stage": case.get_stage_display()})
