"""The rules of insurance: a loss, a plan and the terms in; days, shares and yuan out. Pure: no database, no clock."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Protocol

CENT = Decimal("0.01")
ZERO = Decimal("0.00")

BY_ACCIDENT_SUM = frozenset({"death", "disability"})
BY_MEDICAL_SUM = frozenset({"outpatient", "inpatient"})
BY_DAY = frozenset({"hospital_cash"})


class Plan(Protocol):
    """A plan's numbers as the rules see them; see `casework.models.PlanVersion`."""

    @property
    def accident_sum(self) -> Decimal: ...
    @property
    def medical_sum(self) -> Decimal: ...
    @property
    def deductible(self) -> Decimal: ...
    @property
    def share_settled(self) -> Decimal: ...
    @property
    def share_unsettled(self) -> Decimal: ...
    @property
    def cash_a_day(self) -> Decimal: ...
    @property
    def cash_days_most(self) -> int: ...
    @property
    def waiting_days(self) -> int: ...
    @property
    def age_from(self) -> int: ...
    @property
    def age_to(self) -> int: ...
    @property
    def shared_by_members(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a plan promises for a loss, in yuan, and how it comes about. For the family to expect and the county to
    hold the insurer's figure against; the decision is the insurer's."""

    amount: Decimal
    explanation: Sequence[str]


def covers(plan: Plan, loss: str, kind: str) -> bool:
    """Whether the plan of a product of that kind pays for such a loss at all."""
    if loss in BY_ACCIDENT_SUM:
        return plan.accident_sum > 0
    if loss in BY_MEDICAL_SUM:
        return plan.medical_sum > 0
    if loss in BY_DAY:
        return plan.cash_a_day > 0
    return kind != "accident" and plan.medical_sum > 0


def age_on(born: datetime.date, day: datetime.date) -> int:
    """Full years."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def first_insured_day(covers_from: datetime.date, waiting_days: int) -> datetime.date:
    """等待期：生效之日起若干天内出险的不赔；没有等待期的，生效当天就有保障。"""
    return covers_from + datetime.timedelta(days=waiting_days)


def is_late(incident: datetime.datetime, notified: datetime.datetime, within_hours: int) -> bool:
    """示例（乐至县）：48小时内报案。恰好48小时不算迟；迟了只记明，不因此拒赔。"""
    return notified - incident > datetime.timedelta(hours=within_hours)


def limitation_date(known_on: datetime.date, years: int) -> datetime.date:
    """索赔时效的最后一天：自知道之日起满若干年，对应日当天仍在时效内；没有对应日的，是那个月的最后一天。"""
    try:
        return known_on.replace(year=known_on.year + years)
    except ValueError:
        return known_on.replace(year=known_on.year + years, day=28)


def estimate(
    plan: Plan,
    loss: str,
    *,
    units: int = 1,
    members: int = 1,
    cost: Decimal | None = None,
    settled: bool = False,
    days: int | None = None,
) -> Estimate | None:
    """What the plan promises; None where it takes more than arithmetic (a degree of disability, an illness).

    `cost` is what the family paid itself after any basic insurance; `settled` whether that has paid; `days` in
    hospital; `members` how many share the sums of a household plan.
    """
    share_of = members if plan.shared_by_members else 1
    if loss == "death":
        return _whole_sum(plan, units, share_of)
    if loss in BY_MEDICAL_SUM and cost is not None:
        return _reimbursed(plan, cost, settled, _part(plan.medical_sum * units, share_of))
    if loss in BY_DAY and days is not None:
        paid_days = min(days, plan.cash_days_most) if plan.cash_days_most else days
        amount = (plan.cash_a_day * units * paid_days).quantize(CENT)
        line = f"住院{days}天，计{paid_days}天 × {plan.cash_a_day * units:.2f}元 = {amount:.2f}元"
        return Estimate(amount, (line,))
    return None


def _whole_sum(plan: Plan, units: int, share_of: int) -> Estimate:
    whole = plan.accident_sum * units
    amount = _part(whole, share_of)
    if share_of == 1:
        return Estimate(amount, (f"意外伤害保额{amount:.2f}元",))
    return Estimate(amount, (f"全户保额{whole:.2f}元 ÷ 被保险人{share_of}人 = {amount:.2f}元",))


def _reimbursed(plan: Plan, cost: Decimal, settled: bool, most: Decimal) -> Estimate:
    share = plan.share_settled if settled else plan.share_unsettled
    above = max(cost - plan.deductible, ZERO)
    earned = (above * share).quantize(CENT, ROUND_HALF_UP)
    amount = min(earned, most)
    told = "医保已报销" if settled else "医保未报销"
    lines = [f"（{cost:.2f}元 − 免赔额{plan.deductible:.2f}元）× {share * 100:.0f}%（{told}）= {earned:.2f}元"]
    if earned > most:
        lines.append(f"超过医疗保额，按{most:.2f}元")
    return Estimate(amount, lines)


def _part(whole: Decimal, of: int) -> Decimal:
    return (whole / of).quantize(CENT, ROUND_HALF_UP)
