"""Whether an answer fits where its claim is now: what could be done with it, or what is wrong. Changes nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from django.db.models import Sum

from casework.models import Claim, ClaimLodging, InsurerAnswer, Stage, WorkItem
from casework.models.stages import ENDED
from workflows import registry
from workflows.insurance_exchange.messages import AGREED, DECISIONS, PAID, REFUSED, SUPPLEMENT, AnswerMessage
from workflows.insurance_exchange.problems import Problem
from workflows.papers.wanted import line_of

State = InsurerAnswer.State
STEP_OF: Final[Mapping[str, str]] = {AGREED: "insurer", REFUSED: "insurer", SUPPLEMENT: "insurer", PAID: "payment"}
OUTCOME_OF: Final[Mapping[str, str]] = {
    AGREED: "agree",
    REFUSED: "refuse",
    SUPPLEMENT: "ask_supplement",
    PAID: "paid",
}
"""Kind of answer -> the step it ends, and how. A test holds that the flow has them."""

PAPERS_STEP: Final = "supplement"
PAPERS_MISSING: Final = "papers_missing"


@dataclass(frozen=True, slots=True)
class ToDo:
    """What taking an answer means: this outcome of that item, with these reasons, words and values."""

    item_id: int
    outcome: str
    reasons: tuple[str, ...]
    note: str
    values: Mapping[str, Any]


def claim_of(answer: AnswerMessage, office_id: int) -> Claim:
    """The claim it speaks of. Raises `Problem`: there is none, or it is another insurer's."""
    related = ("case", "policy__plan", "line")
    claim = Claim.objects.select_related(*related).filter(case__number=answer.claim, lodged_at__isnull=False).first()
    if claim is None:
        raise Problem("unknown_claim")
    if claim.insurer_id != office_id:
        raise Problem("wrong_insurer")
    return claim


def is_repeat(answer: AnswerMessage, claim: Claim) -> bool:
    """Whether it says, under another id, what was taken before."""
    said = InsurerAnswer.objects.filter(case=claim.case_id, digest=answer.digest, state=State.TAKEN)
    if said.exists():
        return True
    if answer.kind == PAID:
        paid = claim.payments.values_list("reference", "amount", "paid_on")
        return (answer.reference, answer.amount, answer.on) in paid
    same_decision = (answer.kind, answer.on, answer.amount) == (claim.decision, claim.decided_on, claim.decided_amount)
    return answer.kind in DECISIONS and same_decision


def judge(answer: AnswerMessage, claim: Claim) -> ToDo:
    """What to do. Raises `Problem`; one that waits is to be asked again when the claim has come further."""
    _check_round(answer, claim)
    item = WorkItem.objects.filter(process=claim.case_id, finished__isnull=True).first()
    if item is None or claim.case.stage in ENDED:
        raise Problem("paid_after_refusal" if _pays_a_refused(answer, claim) else _ended(answer, claim))
    if answer.kind in DECISIONS:
        _check_decision(answer, claim, item.step)
    elif answer.kind == SUPPLEMENT:
        _check_supplement(claim, item.step)
    else:
        _check_payment(answer, claim, item.step)
    if item.step != STEP_OF[answer.kind]:
        raise Problem("not_awaited")
    _check_reasons(answer, claim)
    return ToDo(item.pk, OUTCOME_OF[answer.kind], _reasons(answer), answer.words, _values(answer))


def _check_round(answer: AnswerMessage, claim: Claim) -> None:
    lodgings = ClaimLodging.objects.filter(case=claim.case_id)
    rounds = lodgings.count()
    since = claim.case.stage_since
    if claim.case.stage == Stage.LODGED and not lodgings.filter(lodged_at__gte=since).exists():
        # It has just gone out anew, and the job that sets the message down is still to come.
        rounds += 1
    if answer.round > rounds:
        raise Problem("unknown_round", round=answer.round)
    if answer.round < rounds:
        raise Problem("old_round")


def _pays_a_refused(answer: AnswerMessage, claim: Claim) -> bool:
    return answer.kind == PAID and claim.decision == Claim.Decision.REFUSED


def _ended(answer: AnswerMessage, claim: Claim) -> str:
    is_other = answer.kind in DECISIONS and claim.decision and claim.case.stage != Stage.WITHDRAWN
    return "decided_differently" if is_other else "case_ended"


def _check_decision(answer: AnswerMessage, claim: Claim, step: str) -> None:
    if claim.decision:
        raise Problem("decided_after_payment" if claim.payments.exists() else "decided_differently")
    if step == PAPERS_STEP:
        raise Problem("papers_awaited")
    most = sum_insured(claim)
    if answer.amount is not None and most and answer.amount > most:
        raise Problem("over_the_sum_insured", amount=f"{answer.amount:.2f}", most=f"{most:.2f}")


def _check_supplement(claim: Claim, step: str) -> None:
    if claim.decision:
        raise Problem("decided_differently")
    if claim.supplement_asked_at is not None or step == PAPERS_STEP:
        raise Problem("supplement_twice")


def _check_payment(answer: AnswerMessage, claim: Claim, step: str) -> None:
    if claim.decision == Claim.Decision.REFUSED:
        raise Problem("paid_after_refusal")
    if claim.decision != Claim.Decision.AGREED:
        raise Problem("paid_before_decided")
    before = claim.payments.aggregate(total=Sum("amount"))["total"] or Decimal(0)
    assert answer.amount is not None
    decided = claim.decided_amount or Decimal(0)
    if before + answer.amount > decided:
        raise Problem("paid_more_than_decided", paid=f"{before + answer.amount:.2f}", decided=f"{decided:.2f}")


def sum_insured(claim: Claim) -> Decimal:
    """As much as the plan can ever come to for this line; zero where the plan names no sum, or no end to the days it
    pays for."""
    if claim.policy is None or claim.line is None:
        return Decimal(0)
    plan = claim.policy.plan
    if claim.loss == Claim.Loss.HOSPITAL_CASH and not plan.cash_days_most:
        return Decimal(0)
    return claim.line.units * (plan.accident_sum + plan.medical_sum + plan.cash_a_day * plan.cash_days_most)


def _check_reasons(answer: AnswerMessage, claim: Claim) -> None:
    if answer.kind not in (REFUSED, SUPPLEMENT):
        return
    offered = registry.programme(claim.case.programme).reasons
    outcome = OUTCOME_OF[answer.kind]
    unknown = [code for code in answer.reasons if code not in offered or not offered[code].offered_for(outcome)]
    if unknown:
        raise Problem("reason_unknown", codes="、".join(unknown))


def _reasons(answer: AnswerMessage) -> tuple[str, ...]:
    return answer.reasons or ((PAPERS_MISSING,) if answer.kind == SUPPLEMENT else ())


def _values(answer: AnswerMessage) -> dict[str, Any]:
    if answer.kind == AGREED:
        return {"amount": answer.amount, "decided_on": answer.on, "calculation": answer.calculation}
    if answer.kind == REFUSED:
        return {"decided_on": answer.on}
    if answer.kind == SUPPLEMENT:
        return {"papers": tuple(line_of(paper) for paper in answer.papers)}
    return {
        "paid_amount": answer.amount,
        "paid_on": answer.on,
        "reference": answer.reference,
        "source": answer.digest,
    }
