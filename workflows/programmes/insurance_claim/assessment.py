"""The terms of 计生保险理赔, and a claim's facts read back into the rules."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

from django.db.models import Q

from casework.models import Case, Claim, Evidence, PlanVersion
from workflows.assessment import Assessment
from workflows.overlap import HOSPITAL_DAYS, Held, by_person
from workflows.programme import Period
from workflows.programmes.insurance_claim import rules
from workflows.terms import TermsBook, load
from workflows.terms_shape import Shape, each, text, whole, words

SHAPE = Shape(
    programme="insurance_claim",
    body={
        "review": each({"ask_within_days": whole(1, 365), "clause": text}),
        "notify_within_hours": whole(1, 720),
        "notify_clause": text,
        "limitation_years": each({"life": whole(1, 20), "other": whole(1, 20)}),
        "limitation_clause": text,
        "limitation_warn_days": whole(1, 365),
        "decide_within_days": whole(1, 365),
        "pay_within_days": whole(1, 365),
        "refuse_within_days": whole(1, 60),
        "papers": each({loss: words(Evidence.Kind.values) for loss in Claim.Loss.values}),
        "papers_if_on_the_road": words(Evidence.Kind.values, least=0),
        "papers_if_settled": words(Evidence.Kind.values, least=0),
    },
)

TERMS: TermsBook = load(Path(__file__).with_name("terms.yaml"), SHAPE)


def papers_for(case: Case) -> list[str]:
    """The kinds of paper this loss takes, as the case's terms list them. B3（示例：乐至县理赔须知）"""
    body = TERMS.version(case.terms_version).body
    wanted = list(body["papers"][case.facts["loss"]])
    if case.facts.get("cause") == "traffic":
        wanted += body["papers_if_on_the_road"]
    if case.facts.get("settled"):
        wanted += body["papers_if_settled"]
    return wanted


def stay_of(case: Case) -> Period | None:
    """The days in hospital [admission, discharge), where the loss is one that has some."""
    admitted, left = case.facts.get("admission_date"), case.facts.get("discharge_date")
    if not admitted or not left:
        return None
    return datetime.date.fromisoformat(admitted), datetime.date.fromisoformat(left)


def limitation_of(case: Case, known_on: datetime.date, *, life: bool) -> datetime.date:
    """索赔时效：人寿保险5年，其他2年，自知道出险之日起。"""
    years = TERMS.version(case.terms_version).body["limitation_years"]["life" if life else "other"]
    return rules.limitation_date(known_on, years)


def estimate_of(case: Case, plan: PlanVersion, *, units: int, members: int) -> rules.Estimate | None:
    """What the plan promises for this loss, by what the family says it has cost."""
    facts, stay = case.facts, stay_of(case)
    cost = facts.get("cost")
    return rules.estimate(
        plan,
        facts["loss"],
        units=units,
        members=members,
        cost=Decimal(cost) if cost else None,
        settled=bool(facts.get("settled")),
        days=(stay[1] - stay[0]).days if stay else None,
    )


def assess(case: Case, used: Mapping[int, int]) -> Assessment:
    """The amount is the insurer's to decide: nothing is reserved, nobody is asked."""
    raise LookupError(f"{case.number}: the amount of a claim is the insurer's")


CAN_HOLD = Q(claim__loss=Claim.Loss.HOSPITAL_CASH, claim__policy__plan__cash_with_nursing=False)
"""The claims that hold days; see `holds`."""


def holds(case: Case, assessment: Assessment | None = None) -> tuple[Held, ...]:
    """The days an insurer pays for by the day, where its plan does not let a nursing subsidy be had beside it."""
    stay = stay_of(case)
    claim = Claim.objects.select_related("policy__plan").filter(case=case).first()
    if stay is None or claim is None or claim.loss != Claim.Loss.HOSPITAL_CASH or claim.policy is None:
        return ()
    return () if claim.policy.plan.cash_with_nursing else (Held(HOSPITAL_DAYS, by_person(claim.insured_id), *stay),)
