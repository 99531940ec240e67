"""A county with an insurer, a policy and people on its roster; and claims walked to where a test wants them."""

from __future__ import annotations

import datetime
import uuid
from decimal import Decimal
from typing import Any

from django.utils.timezone import get_current_timezone, localdate, now

from casework.models import (
    Case,
    Claim,
    InsuranceProduct,
    InsuredPerson,
    Office,
    Person,
    PlanVersion,
    Policy,
    Post,
    Role,
    RosterLine,
    Staff,
)
from tests.factories import LONG_AGO, OfficeFactory, PersonFactory, StaffFactory
from tests.world import COUNTY, VILLAGE, World, open_item
from workflows.papers.wanted import Line, still_wanted
from workflows.perform import Receipt, perform
from workflows.programmes.insurance_claim.assessment import papers_for
from workflows.programmes.insurance_claim.notifying import Loss, notify_loss

SCAN = Line(words="出院记录第二页")
STAY = (datetime.date(2026, 9, 1), datetime.date(2026, 9, 11))
ROAD = ("village", "county", "insurer", "payment", "confirm", "end")


def insurer(name: str = "安心人寿桃江支公司") -> Office:
    return OfficeFactory(division_id=COUNTY, kind=Office.Kind.INSURER, name=name)


def clerk_of(office: Office) -> Staff:
    clerk = StaffFactory()
    Post.objects.create(staff=clerk, office=office, role=Role.INSURER_CLERK, valid_from=LONG_AGO)
    return clerk


def with_insurer(world: World) -> World:
    """The county's insurer has a clerk."""
    world.staff[Role.INSURER_CLERK] = clerk_of(insurer())
    return world


def plan(**otherwise: Any) -> PlanVersion:
    """A household plan: 60,000 for an accident, 10,000 for doctors, 100 off, 90 % or 80 %."""
    numbers = {
        "unit": PlanVersion.Unit.HOUSEHOLD,
        "premium": Decimal("120.00"),
        "accident_sum": Decimal("60000.00"),
        "medical_sum": Decimal("10000.00"),
        "deductible": Decimal("100.00"),
        "share_settled": Decimal("0.90"),
        "share_unsettled": Decimal("0.80"),
        "source": "示例：意外伤害保险条款第5条",
        **otherwise,
    }
    kind = numbers.pop("kind", InsuranceProduct.Kind.COMPOSITE)
    life = numbers.pop("life", False)
    office = numbers.pop("insurer", None) or insurer()
    product, _made = InsuranceProduct.objects.get_or_create(
        insurer=office, name=numbers.pop("name", "暖心家庭综合险"), defaults={"kind": kind, "life": life}
    )
    return PlanVersion.objects.create(product=product, in_force_from=datetime.date(2024, 1, 1), **numbers)


def policy(by: Staff, plan: PlanVersion, *, year: int = 2026, **otherwise: Any) -> Policy:
    """A confirmed policy of the county from 1 March of that year, all of its premium the county's."""
    shares = {"by_county": plan.premium} if not any(name.startswith("by_") for name in otherwise) else {}
    columns = {
        "number": f"TB{COUNTY}{year}{uuid.uuid4().hex[:6]}",
        "insurer_number": uuid.uuid4().hex[:12],
        "begins": datetime.date(year, 3, 1),
        "ends": datetime.date(year + 1, 2, 28),
        "state": Policy.State.CONFIRMED,
        "confirmed_on": datetime.date(year, 2, 20),
        **shares,
        **otherwise,
    }
    return Policy.objects.create(
        plan=plan, division_id=COUNTY, unit_premium=plan.premium, made_by=by, made_at=now(), **columns
    )


def insured(policy: Policy, *people: Person, entered: datetime.date | None = None, **otherwise: Any) -> RosterLine:
    """These people of one household on the roster, entered before the policy began."""
    day = entered or policy.begins - datetime.timedelta(days=14)
    columns = {
        "covers_from": policy.begins,
        "covers_to": policy.ends,
        "state": RosterLine.State.CONFIRMED,
        "premium": policy.unit_premium,
        **otherwise,
    }
    line = RosterLine.objects.create(
        policy=policy,
        number=policy.lines.count() + 1,
        household=people[0].household,
        division_id=people[0].division_id,
        entered_at=datetime.datetime.combine(day, datetime.time(9), tzinfo=get_current_timezone()),
        **columns,
    )
    for person in people:
        InsuredPerson.objects.create(
            line=line,
            person=person,
            product=policy.plan.product,
            covers_from=line.covers_from,
            covers_to=line.covers_to,
        )
    return line


def somebody_insured(world: World, **of_the_plan: Any) -> Person:
    """A person on the roster of 2026 of a fresh plan."""
    person: Person = PersonFactory()
    insured(policy(world.by(Role.INTAKE_CLERK), plan(**of_the_plan)), person)
    return person


def at_hour(day: datetime.date, hour: int = 10) -> datetime.datetime:
    return datetime.datetime.combine(day, datetime.time(hour), tzinfo=get_current_timezone())


def loss(person: Person, day: datetime.date = STAY[0], **otherwise: Any) -> Loss:
    """Fell on the stairs, ten days in hospital, told of the same day."""
    said: dict[str, Any] = {
        "loss": Claim.Loss.INPATIENT,
        "cause": "fall",
        "incident_at": at_hour(day),
        "notified_at": at_hour(day, 15),
        "notifier": Claim.Notifier.FAMILY,
        "place": "自家楼梯",
        "story": "下楼时踩空摔倒，右腿骨折",
        "admission": day,
        "discharge": day + datetime.timedelta(days=10),
        "cost": Decimal("2100.00"),
        "settled": True,
        **otherwise,
    }
    return Loss(insured=person, **said)


def notified(world: World, person: Person | None = None, **of_the_loss: Any) -> Case:
    person = person or somebody_insured(world)
    return notify_loss(loss(person, **of_the_loss), by=world.by(Role.VILLAGE_VERIFIER))


def with_papers(case: Case, *left_out: str) -> Case:
    """Every paper the loss takes is in the file, as far as the flow looks."""
    held = {kind: [uuid.uuid4().hex * 2] for kind in papers_for(case) if kind not in left_out}
    Case.objects.filter(pk=case.pk).update(papers=held)
    return fresh(case)


def fresh(case: Case) -> Case:
    return Case.objects.get(pk=case.pk)


def claim(case: Case) -> Claim:
    return Claim.objects.get(case=case)


def answers(case: Case, **values: Any) -> dict[str, Any]:
    """Whatever an outcome may ask, answered."""
    today = localdate()
    given = {
        "amount": Decimal("1800.00"),
        "decided_on": today,
        "calculation": "（2100元 − 免赔100元）× 90% = 1800元",
        "paid_amount": Decimal("1800.00"),
        "paid_on": today,
        "reference": f"流水{uuid.uuid4().hex[:8]}",
        "received_on": today,
        "papers": (SCAN,),
        "ticks": {paper.pk: "brought" for paper in still_wanted(case)},
        "review_on": today + datetime.timedelta(days=5),
        **values,
    }
    return {"values": given}


ROLES = {
    "village": Role.VILLAGE_VERIFIER,
    "county": Role.INTAKE_CLERK,
    "insurer": Role.INSURER_CLERK,
    "supplement": Role.VILLAGE_VERIFIER,
    "payment": Role.INSURER_CLERK,
    "confirm": Role.VILLAGE_VERIFIER,
    "suspended": Role.INTAKE_CLERK,
    "internal_review": Role.COUNTY_APPROVER,
}


def say(world: World, case: Case, outcome: str, *, by: Staff | None = None, note: str = "", **values: Any) -> Receipt:
    """Said by whose step it is, with every question answered and the first reason offered for it."""
    item = open_item(case)
    programme = item.flow_task.flow_class.instance.node(item.step)
    reasons = []
    if programme.outcomes[outcome].needs_reason:
        reasons = [REASON_FOR.get(outcome, "died")]
    hand = programme.hand_of(programme.outcomes[outcome])
    actor = by or world.by(hand.role)
    return perform(item.pk, outcome, by=actor, note=note, reasons=reasons, **answers(case, **values))


REASON_FOR = {
    "ask_supplement": "papers_unclear",
    "send_back": "papers_missing",
    "refuse": "not_a_covered_loss",
    "not_received": "not_arrived",
    "not_honoured": "did_not_pay",
    "suspend": "waiting_for_a_ruling",
    "withdraw": "applicant_withdrew",
    "remit": "facts_unclear",
    "uphold": "decision_right",
}

ONWARD = {"village": "gathered", "county": "lodge", "insurer": "agree", "payment": "paid", "confirm": "received"}


def walked(world: World, to: str, case: Case | None = None, **values: Any) -> Case:
    """A claim whose open step is `to`; closed, for `end`."""
    case = case or notified(world)
    if to == "supplement":
        case = walked(world, "insurer", case)
        say(world, case, "ask_supplement")
        return fresh(case)
    if to == "suspended":
        say(world, case, "suspend")
        return fresh(case)
    for step, outcome in ONWARD.items():
        if step == to:
            break
        if open_item(case).step != step:
            continue
        with_papers(case)
        say(world, case, outcome, **values)
    return fresh(case)


def village_of(case: Case) -> str:
    return case.division_id or VILLAGE
