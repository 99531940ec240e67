"""Taking an ended case up again: its applicant asks for a review 申请复核, the bank has sent the money back 到账后退回.

Whatever it is, it goes through the gateway like any other step: the end names the steps that reopen it.
"""

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
from workflows import law
from workflows.flow import Ending, Step
from workflows.graph import places_of
from workflows.ledger import Ledger
from workflows.outcomes import Outcome
from workflows.perform import WAY_BACK, Receipt, prepare, refusal_of, take
from workflows.refusals import KeyReused, NotAllowed
from workflows.standing import SYSTEM, standing

REVIEW = "request_review"


def reopen(
    case_number: str,
    outcome: str = REVIEW,
    *,
    by: Staff,
    reasons: Sequence[str] = (),
    note: str = "",
    key: str | None = None,
    values: Mapping[str, Any] | None = None,
    at: datetime.datetime | None = None,
) -> Receipt:
    """An ended case is taken up again, by the outcome of a step that reopens its end; without a word, because its
    applicant asks for a review. Raises a `Refusal`; then nothing has happened.

    `values` answer what the outcome asks. The arguments are those of `perform`.
    """
    try:
        with transaction.atomic():
            case = Case.objects.select_for_update().filter(number=case_number).first()
            if case is None:
                raise NotAllowed(_("没有这个案号的案件，请核对案号"))
            if key and (before := Decision.objects.filter(key=key).first()):
                return _done_before(case, before)
            ending, step = way_back_in(case, outcome)
            item, ledger = item_of(case, step, at=at or now()), Ledger(at=at or now())
            given = {"reasons": reasons, "note": note, "key": key, "values": values}
            act = prepare(item, outcome, ledger, actor=SYSTEM, **given)
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
    return Receipt(case.pk, case.number, str(case.stage), outcome)


def way_back_in(case: Case, outcome: str = REVIEW) -> tuple[Ending, Step]:
    """The end a case lies in, and the step by whose outcome it can be taken up again. Raises `NotAllowed` without."""
    if case.stage not in ENDED:
        raise NotAllowed(_not_ended(case, outcome))
    by = ended_by(case)
    for step, one in _ways_from(by):
        if one.name == outcome and by is not None:
            return by.next, step
    if outcome != REVIEW:
        raise NotAllowed(_("案件是在别的终点结束的，这里不能这样办；请刷新后再看"))
    raise NotAllowed(
        _(
            "这件案子按流程第%(version)d版办理，那一版没有“申请复核”这一步，系统里不能登记。"
            "请书面收下申请人的复核请求，并请系统管理员把案件转到新版流程后再登记"
        )
        % {"version": case.flow_version}
    )


def ended_by(case: Case) -> Outcome | None:
    """What an ended case has ended by: the last decision that led to an end. A review that upheld it led back there."""
    places = places_of(case.flow_class)
    for decision in Decision.objects.filter(case=case).order_by("-id").only("step", "outcome"):
        step = places.get(decision.step)
        outcome = step.outcomes.get(decision.outcome) if isinstance(step, Step) else None
        if outcome is not None and isinstance(outcome.next, Ending):
            return outcome
    return None


def ways_back_in(case: Case) -> list[tuple[Step, Outcome]]:
    """All that can be said of an ended case: the outcomes of the steps that reopen its end."""
    return _ways_from(ended_by(case)) if case.stage in ENDED else []


def _ways_from(by: Outcome | None) -> list[tuple[Step, Outcome]]:
    """Some take back one particular way of ending, and are not said after another (`law.UNDOES`)."""
    steps = [step for step in by.next.reopens if isinstance(step, Step)] if by else []
    ways = [(step, outcome) for step in steps for outcome in step.outcomes.values()]
    return [(step, one) for step, one in ways if by and by.moves in law.UNDOES.get(one.moves, {by.moves})]


def item_of(case: Case, step: Step, *, at: datetime.datetime) -> WorkItem:
    """The item the asking is written down in; unsaved, and never open: it is finished in the act that makes it."""
    return step.new_item(case, Token("start"), at=at)


def _not_ended(case: Case, outcome: str) -> str:
    said = _("案件现在是“%(stage)s”，还没有办结，不能申请复核")
    if outcome != REVIEW:
        said = _("案件现在是“%(stage)s”，办结以后才能登记")
    return said % {"stage": case.get_stage_display()}


def _done_before(case: Case, before: Decision) -> Receipt:
    if before.case_id != case.pk:
        raise KeyReused
    return Receipt(case.pk, case.number, str(case.stage), before.outcome, repeated=True)
