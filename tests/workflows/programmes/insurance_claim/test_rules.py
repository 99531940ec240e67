"""Worked examples a caseworker can read: what a plan promises, until when it can be claimed, what a family pays."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from decimal import Decimal

import pytest

from workflows.programmes.insurance_claim import rules

DAY = datetime.date


@dataclass(frozen=True)
class Plan:
    accident_sum: Decimal = Decimal("50000.00")
    medical_sum: Decimal = Decimal("5000.00")
    deductible: Decimal = Decimal("100.00")
    share_settled: Decimal = Decimal("0.90")
    share_unsettled: Decimal = Decimal("0.80")
    cash_a_day: Decimal = Decimal("0.00")
    cash_days_most: int = 0
    waiting_days: int = 0
    age_from: int = 0
    age_to: int = 120
    shared_by_members: bool = False


DONGSHENG = Plan()
"""示例：东胜2020。每人40元，意外50000元，医疗5000元，免赔100元，医保已报90%、未报80%。"""

SHIDIAN = Plan(accident_sum=Decimal("60000.00"), medical_sum=Decimal("10000.00"), age_from=1, age_to=60)
"""示例：施甸2025。每户120元，意外60000元，医疗10000元，1至60岁。"""


@pytest.mark.parametrize(
    ("who", "cost", "settled", "yuan"),
    [
        ("向秋菊摔伤住院，自付2100元，医保已报", "2100.00", True, "1800.00"),
        ("曾文竹摔伤门诊，自付2100元，医保没报", "2100.00", False, "1600.00"),
        ("石兰松被狗咬，花80元，没有超过免赔额", "80.00", False, "0.00"),
        ("田柏志骨折手术，自付9000元，超过5000元保额", "9000.00", True, "5000.00"),
        ("彭冬梅自付433.35元，四舍五入到分", "433.35", True, "300.02"),
    ],
)
def test_dongsheng_2020_pays_what_is_above_100_yuan(who: str, cost: str, settled: bool, yuan: str) -> None:
    found = rules.estimate(DONGSHENG, "outpatient", cost=Decimal(cost), settled=settled)

    assert found is not None
    assert found.amount == Decimal(yuan)


def test_how_it_comes_about_is_told() -> None:
    found = rules.estimate(DONGSHENG, "inpatient", cost=Decimal("9000.00"), settled=True)

    assert found is not None
    assert list(found.explanation) == [
        "（9000.00元 − 免赔额100.00元）× 90%（医保已报销）= 8010.00元",
        "超过医疗保额，按5000.00元",
    ]


def test_shidian_2025_a_death_by_accident_is_60000_yuan() -> None:
    found = rules.estimate(SHIDIAN, "death")

    assert found is not None
    assert found.amount == Decimal("60000.00")


def test_shenzhen_divides_the_sum_among_the_insured_members_of_the_household() -> None:
    found = rules.estimate(Plan(accident_sum=Decimal("50000.00"), shared_by_members=True), "death", members=3)

    assert found is not None
    assert found.amount == Decimal("16666.67")
    assert list(found.explanation) == ["全户保额50000.00元 ÷ 被保险人3人 = 16666.67元"]


def test_shanxi_two_units_are_twice_the_sum_shared_by_four() -> None:
    found = rules.estimate(Plan(accident_sum=Decimal("20000.00"), shared_by_members=True), "death", units=2, members=4)

    assert found is not None
    assert found.amount == Decimal("10000.00")


def test_hospital_cash_is_days_times_the_rate_up_to_the_plans_days() -> None:
    plan = Plan(cash_a_day=Decimal("50.00"), cash_days_most=90)

    short, long = rules.estimate(plan, "hospital_cash", days=12), rules.estimate(plan, "hospital_cash", days=120)

    assert short is not None and long is not None
    assert (short.amount, long.amount) == (Decimal("600.00"), Decimal("4500.00"))


def test_a_disability_or_an_illness_takes_more_than_arithmetic() -> None:
    assert rules.estimate(DONGSHENG, "disability") is None
    assert rules.estimate(DONGSHENG, "illness") is None


@pytest.mark.parametrize(
    ("plan", "loss", "kind", "covered"),
    [
        (DONGSHENG, "death", "accident", True),
        (DONGSHENG, "inpatient", "accident", True),
        (DONGSHENG, "hospital_cash", "accident", False),
        (DONGSHENG, "illness", "accident", False),
        (DONGSHENG, "illness", "health", True),
        (Plan(accident_sum=Decimal(0)), "death", "health", False),
        (Plan(cash_a_day=Decimal("50.00")), "hospital_cash", "health", True),
    ],
)
def test_what_a_plan_pays_for(plan: Plan, loss: str, kind: str, covered: bool) -> None:
    assert rules.covers(plan, loss, kind) is covered


@pytest.mark.parametrize(
    ("known", "years", "last"),
    [
        (DAY(2026, 9, 1), 2, DAY(2028, 9, 1)),
        (DAY(2026, 9, 1), 5, DAY(2031, 9, 1)),
        (DAY(2028, 2, 29), 2, DAY(2030, 2, 28)),
        (DAY(2028, 2, 29), 4, DAY(2032, 2, 29)),
    ],
)
def test_the_limitation_ends_on_the_same_day_two_or_five_years_on(known: DAY, years: int, last: DAY) -> None:
    assert rules.limitation_date(known, years) == last


@pytest.mark.parametrize(("hours", "late"), [(0, False), (47, False), (48, False), (49, True), (200, True)])
def test_48_hours_are_in_time_and_one_more_is_late(hours: int, late: bool) -> None:
    fell = datetime.datetime(2026, 9, 1, 8, tzinfo=datetime.UTC)

    assert rules.is_late(fell, fell + datetime.timedelta(hours=hours), 48) is late


@pytest.mark.parametrize(("waiting", "first"), [(0, DAY(2026, 3, 1)), (30, DAY(2026, 3, 31))])
def test_cover_begins_after_the_waiting_days(waiting: int, first: DAY) -> None:
    assert rules.first_insured_day(DAY(2026, 3, 1), waiting) == first


@pytest.mark.parametrize(
    ("born", "age"), [(DAY(1966, 3, 1), 60), (DAY(1966, 3, 2), 59), (DAY(1965, 3, 1), 61), (DAY(2024, 2, 29), 2)]
)
def test_age_is_in_full_years_on_the_day(born: DAY, age: int) -> None:
    assert rules.age_on(born, DAY(2026, 3, 1)) == age
