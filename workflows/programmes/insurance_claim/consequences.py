"""What follows from the steps of a claim, in the same transaction: the row the insurer's answer is kept in."""

from __future__ import annotations

import datetime
from decimal import Decimal

from django.utils.timezone import localdate

from casework.models import BenefitHold, Case, Claim, ClaimPayment, Role, Watch
from casework.rows import new_row
from workflows import overlap
from workflows.flow import Act
from workflows.programmes.insurance_claim.assessment import TERMS, holds, limitation_of
from workflows.programmes.insurance_claim.cover import best_cover
from workflows.programmes.insurance_claim.requirements import claim_of, covers_of
from workflows.watches import settle, watch

OPEN_AGAIN = {
    "decision": Claim.Decision.NONE,
    "decided_on": None,
    "decided_amount": None,
    "calculation": "",
    "told_on": None,
    "supplement_asked_at": None,
}
"""A claim that goes to the insurer anew has no answer yet."""


def hand_to_insurer(act: Act) -> None:
    """Consequence of lodging: under which policy and line, to which insurer, until when it may be claimed."""
    claim = claim_of(act)
    cover = best_cover(covers_of(act))
    assert cover is not None  # `loss_is_insured` has said so under the same lock
    product = cover.policy.plan.product
    Claim.objects.filter(pk=claim.pk).update(
        policy=cover.policy,
        line=cover.line,
        insurer=product.insurer_id,
        lodged_at=act.at,
        lodgings=claim.lodgings + 1,
        limitation_on=limitation_of(act.case, claim.known_on, life=product.life),
        **OPEN_AGAIN,
    )
    _take_the_amount(act, None)
    overlap.give_back(act.case)
    act.ledger.holds += [
        new_row(BenefitHold, case=act.case, live=True, benefit=one.benefit, claimant=one.claimant,
                begins=one.begins, ends=one.ends)
        for one in holds(act.case)
    ]  # fmt: skip
    settle(act.case, Watch.Kind.LIMITATION)
    act.said["policy"] = cover.policy.number


def watch_limitation(case: Case, last: datetime.date) -> None:
    """The county is warned before the last day a claim can be made."""
    body = TERMS.version(case.terms_version).body
    early = last - datetime.timedelta(days=body["limitation_warn_days"])
    watch(
        case,
        Watch.Kind.LIMITATION,
        due_on=last,
        warn_on=early,
        role=Role.INTAKE_CLERK,
        clause=body["limitation_clause"],
    )


def watch_again(act: Act) -> None:
    """Consequence of going through it anew: what the insurer was never asked for can still run out of time."""
    claim = claim_of(act)
    if claim.lodged_at is None and claim.limitation_on is not None:
        watch_limitation(act.case, claim.limitation_on)


def stop_watching(act: Act) -> None:
    """Consequence of an end: no day of this case is waited for any more."""
    settle(act.case, state=Watch.State.DROPPED)


def give_back_days(act: Act) -> None:
    """Consequence of an end: the days in hospital are free for another benefit, unless the insurer paid for them."""
    if not ClaimPayment.objects.filter(claim__case=act.case).exists():
        overlap.give_back(act.case)


def note_supplement(act: Act) -> None:
    """Consequence of asking for more papers: it has been asked, once."""
    Claim.objects.filter(case=act.case).update(supplement_asked_at=act.at)


def note_agreement(act: Act) -> None:
    """Consequence of the insurer's yes: how much, of which day, and how it was worked out."""
    amount, day = act.values["amount"], act.values["decided_on"]
    Claim.objects.filter(case=act.case).update(
        decision=Claim.Decision.AGREED,
        decided_on=day,
        decided_amount=amount,
        calculation=str(act.values.get("calculation") or "").strip(),
        told_on=localdate(act.at),
    )
    _take_the_amount(act, amount)
    act.said["decided_on"] = day.isoformat()


def note_refusal(act: Act) -> None:
    """Consequence of the insurer's no. 保险法第二十四条：3日内通知；晚了的记明。"""
    day, told = act.values["decided_on"], localdate(act.at)
    Claim.objects.filter(case=act.case).update(
        decision=Claim.Decision.REFUSED, decided_on=day, decided_amount=None, calculation="", told_on=told
    )
    _take_the_amount(act, None)
    act.said["decided_on"] = day.isoformat()
    if (told - day).days > TERMS.version(act.case.terms_version).body["refuse_within_days"]:
        act.said["told_late"] = (told - day).days


def note_payment(act: Act) -> None:
    """Consequence of the insurer's payment: a row that is never changed, also where it is not what was decided."""
    claim = claim_of(act)
    amount: Decimal = act.values["paid_amount"]
    ClaimPayment.objects.create(
        claim=claim,
        amount=amount,
        paid_on=act.values["paid_on"],
        reference=str(act.values["reference"]).strip(),
        source=str(act.values.get("source") or ""),
        recorded_by_id=act.actor.staff_id,
        recorded_at=act.at,
    )
    act.said["paid"] = f"{amount:.2f}"
    act.said["paid_on"] = act.values["paid_on"].isoformat()


def note_receipt(act: Act) -> None:
    """Consequence of the family's word that the money has come."""
    act.said["received_on"] = act.values["received_on"].isoformat()


def _take_the_amount(act: Act, amount: Decimal | None) -> None:
    """The case carries what the insurer decided, so that every page and decision shows it."""
    act.case.amount = amount
    act.ledger.case_columns.add("amount")
