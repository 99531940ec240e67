"""A policy year in the demonstration county: a roster from the register, and claims at every step of their road."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.timezone import localtime, now

from casework.access import within
from casework.demo.hands import Hands
from casework.models import (
    Case,
    Claim,
    Division,
    InsuranceProduct,
    InsuredPerson,
    Office,
    Person,
    PlanVersion,
    Policy,
    Role,
    Staff,
    WorkItem,
)
from workflows.insurance import policies, rosters
from workflows.insurance.policies import Shares
from workflows.papers.sheets import intake_clerk_of
from workflows.papers.wanted import Line, still_wanted
from workflows.programmes.insurance_claim.notifying import Loss, notify_loss
from workflows.reopening import reopen

BEGAN = 240
"""Days since the policy year began."""

CATEGORIES = ("bereaved", "disabled_child", "complication")
PAPERS = "理赔材料原件已由村里收齐，随案件交县级。"
STORIES = (
    ("fall", "下楼时踩空摔倒，右腿骨折，住县人民医院", "自家楼梯"),
    ("animal", "被邻家的狗咬伤，到卫生院打针", "村口"),
    ("work", "砍柴时割伤手，缝了六针", "后山"),
    ("traffic", "骑电动车被三轮车撞倒，住院治疗", "乡道"),
)


@dataclass(frozen=True)
class Fate:
    """How far a claim has got: the outcomes said so far, days since it happened, and what it cost the family."""

    said: Sequence[str]
    days: int
    cost: str = "2100.00"
    late: bool = False


GATHERED, LODGED = ("gathered",), ("gathered", "lodge")
AGREED = (*LODGED, "agree")
PAID = (*AGREED, "paid")
CLOSED = (*PAID, "received")
FATES = (
    Fate((), 1, "480.00"),
    Fate((), 3, "1260.00", late=True),
    Fate((), 4),
    Fate(GATHERED, 9, "860.00"),
    Fate(GATHERED, 11),
    Fate(LODGED, 18, "3350.00"),
    Fate(LODGED, 22),
    Fate((*LODGED, "ask_supplement"), 25, "1980.00"),
    Fate((*LODGED, "ask_supplement", "supplied"), 30, "5400.00"),
    Fate(AGREED, 33),
    Fate((*AGREED, "short", "not_received"), 47, "940.00"),
    Fate(PAID, 52, "2750.00"),
    Fate((*AGREED, "short"), 55, "1500.00"),
    Fate(CLOSED, 70, "2300.00"),
    Fate(CLOSED, 85, "12600.00"),
    Fate(CLOSED, 101, "1350.00"),
    Fate((*LODGED, "refuse"), 60, "90.00"),
    Fate((*LODGED, "refuse", "review"), 75, "640.00"),
)
REASONS: Mapping[str, str] = {
    "ask_supplement": "papers_unclear",
    "refuse": "below_deductible",
    "not_received": "short_paid",
}


@dataclass(frozen=True)
class MadeInsurance:
    """How many persons were insured, and how many claims there are."""

    persons: int = 0
    claims: int = 0


def build_insurance(county: str) -> MadeInsurance:
    """Into a county that has no policies yet, and a register to make a roster of; else nothing."""
    at = localtime(now())
    insurer = Office.objects.filter(division_id=county, kind=Office.Kind.INSURER).order_by("pk").first()
    if insurer is None or Policy.objects.filter(within((county,))).exists():
        return MadeInsurance()
    with transaction.atomic():
        policy = _policy(county, insurer, at)
        insured = _insured(policy)
        hands = Hands(county)
        for number, (fate, person) in enumerate(zip(FATES, insured, strict=False)):
            _claim(number, fate, person, hands, at)
    persons = InsuredPerson.objects.filter(line__policy=policy).count()
    return MadeInsurance(persons, Claim.objects.filter(policy=policy).count())


def _policy(county: str, insurer: Office, at: datetime.datetime) -> Policy:
    clerk = intake_clerk_of(county)
    begins = at.date() - datetime.timedelta(days=BEGAN)
    product = InsuranceProduct.objects.create(
        insurer=insurer, name="暖心家庭综合保险", kind=InsuranceProduct.Kind.COMPOSITE
    )
    plan = PlanVersion.objects.create(
        product=product,
        in_force_from=begins.replace(month=1, day=1),
        unit=PlanVersion.Unit.HOUSEHOLD,
        premium=Decimal("120.00"),
        accident_sum=Decimal("60000.00"),
        medical_sum=Decimal("10000.00"),
        deductible=Decimal("100.00"),
        share_settled=Decimal("0.90"),
        share_unsettled=Decimal("0.80"),
        source="示例：每户120元（施甸2025），免赔100元、90%和80%（东胜2020）",
    )
    early = at - datetime.timedelta(days=BEGAN + 20)
    shares = Shares(family=Decimal("0.00"), city=Decimal("3.00"), county=Decimal("107.00"), insurer=Decimal("10.00"))
    policy = policies.make_policy(
        plan,
        Division.objects.get(pk=county),
        begins=begins,
        ends=begins + datetime.timedelta(days=364),
        shares=shares,
        by=clerk,
        at=early,
    )
    rosters.from_register(policy, CATEGORIES, by=clerk, at=early)
    policies.send(policy, by=clerk, at=early + datetime.timedelta(hours=2))
    confirmed = early + datetime.timedelta(days=10)
    return policies.confirm(policy, f"SF{county}0001", confirmed.date(), by=clerk, at=confirmed)


def _insured(policy: Policy) -> list[Person]:
    """Grown people, one of a household, whose village the walk of the demonstration knows."""
    rows = InsuredPerson.objects.filter(line__policy=policy, live=True, person__death_date=None)
    seen: dict[int | None, Person] = {}
    for one in rows.select_related("person").order_by("line__number", "pk"):
        seen.setdefault(one.person.household_id, one.person)
    return list(seen.values())


def _claim(number: int, fate: Fate, person: Person, hands: Hands, at: datetime.datetime) -> None:
    cause, story, place = STORIES[number % len(STORIES)]
    fell = (at - datetime.timedelta(days=fate.days)).replace(hour=8, minute=10 + number)
    told = fell + datetime.timedelta(hours=60 if fate.late else 5)
    loss = Loss(
        insured=person,
        loss=Claim.Loss.OUTPATIENT if cause in ("animal", "work") else Claim.Loss.INPATIENT,
        cause=cause,
        incident_at=fell,
        notified_at=told,
        notifier=Claim.Notifier.FAMILY if number % 3 else Claim.Notifier.VILLAGE,
        place=place,
        story=story,
        late_because="在外地务工，回来才知道有保险" if fate.late else "",
        hospital="县人民医院",
        admission=fell.date(),
        discharge=fell.date() + datetime.timedelta(days=1),
        cost=Decimal(fate.cost),
        settled=number % 2 == 0,
    )
    village = person.division_id or ""
    by = hands.in_post(village, Role.VILLAGE_VERIFIER)[0]
    case = notify_loss(loss, by=by, at=told)
    step = (at - told) / (len(fate.said) + 2)
    for count, said in enumerate(fate.said, start=1):
        _say(case, said, hands, told + count * step, Decimal(fate.cost))


def _say(case: Case, said: str, hands: Hands, at: datetime.datetime, cost: Decimal) -> None:
    if said == "review":
        hands.somebody(case.division_id[:6], Role.INTAKE_CLERK, lambda staff: _reopened(case, staff, at))
        return
    item = WorkItem.objects.select_related("process").get(process=case, finished__isnull=True)
    decided = ((cost - 100) * Decimal("0.90")).quantize(Decimal("0.01"))
    amount = min(decided, Decimal("10000.00"))
    day = localtime(at).date()
    values: dict[str, Any] = {
        "amount": amount,
        "decided_on": day,
        "calculation": f"（{cost}元 − 免赔100元）× 90%，不超过10000元",
        "paid_amount": amount - 50 if said == "short" else amount,
        "paid_on": day,
        "reference": f"PK{case.number[-8:]}{at:%m%d}",
        "received_on": day,
        "papers": (Line(words="发票原件（盖医院章）"),),
        "ticks": {paper.pk: "brought" for paper in still_wanted(case)},
    }
    outcome = "paid" if said == "short" else said
    reasons = (REASONS[outcome],) if outcome in REASONS else ()
    hands.act(item, outcome, reasons=reasons, note=PAPERS if outcome == "gathered" else "", at=at, values=values)


def _reopened(case: Case, staff: Staff, at: datetime.datetime) -> object:
    return reopen(case.number, by=staff, reasons=["refusal_disputed"], note="家属认为条款没有说清楚", at=at)
