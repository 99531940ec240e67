"""Throwaway flows: a short sound one, and ways to write it wrongly."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from viewflow import this

from casework.models import Capacity, Level, Role, Stage
from workflows import registry
from workflows.flow import Begin, CaseFlow, Ending, Step
from workflows.outcomes import Kind
from workflows.programme import Programme, Reason
from workflows.terms import Deadline, Terms, TermsBook

CLAUSE = "样例"
WHO = {
    "intake": (Role.INTAKE_CLERK, Level.COUNTY, Capacity.INTAKE),
    "verify": (Role.VILLAGE_VERIFIER, Level.VILLAGE, Capacity.VERIFY),
    "review": (Role.TOWNSHIP_REVIEWER, Level.TOWNSHIP, Capacity.REVIEW),
    "approve": (Role.COUNTY_APPROVER, Level.COUNTY, Capacity.APPROVE),
    "pay": (Role.PAYMENT_OFFICER, Level.COUNTY, Capacity.PAY),
    "check": (Role.PAYMENT_CHECKER, Level.COUNTY, Capacity.CHECK),
}


def step(title: str, who: str, **otherwise: Any) -> Step:
    """A step done by one of `WHO`, but for what is said otherwise."""
    role, level, capacity = WHO[who]
    return Step(title, **{"role": role, "level": level, "capacity": capacity, **otherwise})


def on(node: Step, name: str, label: str, moves: str, to: Any, **extra: Any) -> Step:
    return node.on(name, label, moves=moves, to=to, clause=CLAUSE, **extra)


def refusable(node: Step) -> Step:
    return on(node, "refuse", "不予批准", "reject", this.refused, kind=Kind.REFUSE)


def intake() -> Step:
    return refusable(on(step("受理", "intake"), "accept", "受理", "accept", this.village, signs=True))


def village(**otherwise: Any) -> Step:
    first = on(step("核实", "verify", **otherwise), "pass", "通过", "verify", this.township, signs=True)
    return refusable(first)


def township(*, signs: bool = True) -> Step:
    first = on(step("审核", "review"), "pass", "通过", "review", this.county, signs=signs)
    return refusable(on(first, "send_back", "退回", "return_to_village", this.village, kind=Kind.BACK))


def county(*, back_to: Any = this.township, signs: bool = True) -> Step:
    first = on(step("审批", "approve"), "approve", "批准", "approve", this.payment, signs=signs)
    return refusable(on(first, "send_back", "退回", "return_to_township", back_to, kind=Kind.BACK))


def payment() -> Step:
    return on(step("列入批次", "pay"), "draw", "列入", "schedule", this.check, signs=True)


def check(*, to: Any = this.bank) -> Step:
    first = on(step("复核", "check"), "confirm", "无误", "confirm_payment", to, signs=True)
    return on(first, "send_back", "退出", "unschedule", this.payment, kind=Kind.BACK)


def bank() -> Step:
    return on(step("回盘", "pay"), "credited", "到账", "pay", this.paid, signs=True)


def sound_nodes() -> dict[str, Any]:
    return {
        "begin": Begin(this.intake),
        "intake": intake(),
        "village": village(),
        "township": township(),
        "county": county(),
        "payment": payment(),
        "check": check(),
        "bank": bank(),
        "paid": Ending("办结", moves="close", stage=Stage.CLOSED),
        "refused": Ending("不予批准", stage=Stage.REJECTED),
    }


REASON = Reason("unfounded", "不符合条件", "可申请复核")


def terms_of(names: list[str], *, signatures: tuple[str, ...], without: str = "") -> TermsBook:
    """Two versions; the second has no deadline for `without`."""
    versions = []
    for year in (2024, 2026):
        since = datetime.date(year, 1, 1)
        deadlines = {name: Deadline(5) for name in names if not (year == 2026 and name == without)}
        versions.append(Terms(since.isoformat(), since, "样例方案", signatures, deadlines, {}))
    return TermsBook(versions)


def programme_of(
    *,
    signatures: tuple[str, ...] = ("verify", "review", "approve"),
    no_deadline_for: str = "",
    deadlines_also_for: tuple[str, ...] = (),
    reasons: Mapping[str, Reason] | None = None,
    without: tuple[str, ...] = (),
    **nodes: Any,
) -> Programme:
    """The sound programme, with some nodes written otherwise, added, or left out."""
    paper = {name: node for name, node in {**sound_nodes(), **nodes}.items() if name not in without}
    steps = [name for name, node in paper.items() if isinstance(node, Step)]
    terms = terms_of([*steps, *deadlines_also_for], signatures=signatures, without=no_deadline_for)
    body = {**paper, "__module__": __name__, "__doc__": "样例补助", "programme": "sample", "terms": terms}
    return replace(
        registry.programme("nursing_subsidy"),
        slug="sample",
        title="样例补助",
        earlier=(),
        flow=type(CaseFlow)("SampleFlow", (CaseFlow,), body),
        terms=terms,
        reasons={REASON.code: REASON} if reasons is None else reasons,
    )


def winding_flow() -> type[CaseFlow]:
    """Hard to draw: a loop to itself, a way back over everything, and a step nobody leads to."""
    returned = on(bank(), "returned", "退票", "unschedule", this.intake, kind=Kind.BACK)
    lost = on(step("失联", "verify"), "again", "再找", "verify", this.lost)
    return programme_of(bank=on(returned, "wait", "再等", "unschedule", this.bank), lost=lost).flow


def scattered_flow() -> type[CaseFlow]:
    """A case can begin at three places, as those brought in from an older system do."""
    return programme_of(begin=Begin(this.intake, this.township, this.check)).flow
