"""Taking an ended case up again 申请复核: the one way back, and it goes through the gateway like any other step."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.timezone import now
from django.utils.translation import gettext as _
from viewflow.workflow.status import PROCESS
from viewflow.workflow.token import Token

from casework.models import Case, Decision, Staff, WorkItem
from casework.models.stages import ENDED
from workflows.flow import Ending, Step
from workflows.graph import places_of
from workflows.ledger import Ledger
from workflows.outcomes import Outcome
from workflows.perform import WAY_BACK, Receipt, prepare, refusal_of, take
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
    try:
        with transaction.atomic():
            case = Case.objects.select_for_update().filter(number=case_number).first()
            if case is None:
                raise NotAllowed(_("没有这个案号的案件，请核对案号"))
            if key and (before := Decision.objects.filter(key=key).first()):
                return _done_before(case, before)
            ending, step = way_back_in(case)
            item, ledger = item_of(case, step, at=at or now()), Ledger(at=at or now())
            outcome = outcome_of(step)
            given = {"reasons": reasons, "note": note, "key": key, "values": values}
            act = prepare(item, outcome.name, ledger, actor=SYSTEM, **given)
            seen = standing(by, item, act.hand)
            case.came_from = ending.name
            case.status, case.finished = PROCESS.NEW, None
            ledger.new_items.append(item)
            ledger.case_columns.update(WAY_BACK)
            take(act, seen)
            ledger.moved_cases.append(case)
            ledger.write()
    except IntegrityError as clash:
        raise refusal_of(clash, key, None) from clash
    return Receipt(case.pk, case.number, str(case.stage), outcome.name)


def way_back_in(case: Case) -> tuple[Ending, Step]:
    """The end a case lies in, and the step by which it can be taken up again. Raises `NotAllowed` without one.

    The end is where the last decision led that led to one: a review that upheld it led back there.
    """
    if case.stage not in ENDED:
        raise NotAllowed(_("案件现在是“%(stage)s”，还没有办结，不能申请复核") % {"stage": case.get_stage_display()})
    places = places_of(case.flow_class)
    for decision in Decision.objects.filter(case=case).order_by("-id").only("step", "outcome"):
        step = places.get(decision.step)
        outcome = step.outcomes.get(decision.outcome) if isinstance(step, Step) else None
        if outcome is None or not isinstance(outcome.next, Ending):
            continue
        if isinstance(outcome.next.reopens, Step):
            return outcome.next, outcome.next.reopens
        break
    raise NotAllowed(
        _(
            "这件案子按流程第%(version)d版办理，那一版没有“申请复核”这一步，系统里不能登记。"
            "请书面收下申请人的复核请求，并请系统管理员把案件转到新版流程后再登记"
        )
        % {"version": case.flow_version}
    )


def outcome_of(step: Step) -> Outcome:
    """What is said of an ended case: the step that reopens it has one outcome."""
    (outcome,) = step.outcomes.values()
    return outcome


def item_of(case: Case, step: Step, *, at: datetime.datetime) -> WorkItem:
    """The item the asking is written down in; unsaved, and never open: it is finished in the act that makes it."""
    return step.new_item(case, Token("start"), at=at)


def _done_before(case: Case, before: Decision) -> Receipt:
    if before.case_id != case.pk:
        raise KeyReused
    return Receipt(case.pk, case.number, str(case.stage), before.outcome, repeated=True)
