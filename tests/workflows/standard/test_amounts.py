"""What the kinds of amounts come to: sums anybody can do by hand."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workflows.standard.amounts import Applied, amount_of
from workflows.standard.dates import age_on, in_year

LABELS = {"cost": "费用", "paid_by_insurance": "已报销", "until": "出生日期"}


def sum_of(terms: dict[str, Any], used: dict[int, int] | None = None, **facts: Any) -> tuple[str, list[str]]:
    applied = Applied(facts, {"degree": {"light": "轻", "heavy": "重"}}, LABELS, datetime.date(2026, 1, 1), used or {})
    amount, found = amount_of({"clause": "第四条", **terms}, applied)
    return f"{amount:.2f}", found.lines


TWO_WAYS = {"light": {"first": "10", "second": "20"}, "heavy": {"first": "30", "second": "40"}}


@pytest.mark.parametrize(
    ("terms", "facts", "amount"),
    [
        ({"kind": "fixed", "yuan": "500.00"}, {}, "500.00"),
        ({"kind": "nothing"}, {}, "0.00"),
        ({"kind": "table", "by": ["degree"], "yuan": {"light": "1", "heavy": "2"}}, {"degree": "heavy"}, "2.00"),
        ({"kind": "table", "by": ["degree", "turn"], "yuan": TWO_WAYS}, {"degree": "heavy", "turn": "first"}, "30.00"),
        ({"kind": "units", "of": "n", "unit": "小时", "yuan": "25"}, {"n": 12}, "300.00"),
        ({"kind": "units", "of": "n", "unit": "小时", "yuan": "25", "most_units": 10}, {"n": 12}, "250.00"),
        ({"kind": "months", "yuan": "20"}, {}, "240.00"),
        ({"kind": "months", "yuan": "20", "from": "f"}, {"f": "2026-11-30"}, "40.00"),
        ({"kind": "months", "yuan": "20", "from": "f"}, {"f": "2027-01-01"}, "0.00"),
        ({"kind": "months", "yuan": "20", "until": "until", "until_age": 14}, {"until": "2012-12-31"}, "240.00"),
        ({"kind": "months", "yuan": "20", "until": "until", "until_age": 14}, {"until": "2012-01-01"}, "20.00"),
        ({"kind": "months", "yuan": "20", "until": "until", "until_age": 14}, {"until": "2011-12-31"}, "0.00"),
    ],
)
def test_a_sum_is_what_it_says(terms: dict[str, Any], facts: dict[str, Any], amount: str) -> None:
    assert sum_of(terms, **facts)[0] == amount


SHARE = {"kind": "share", "of": "cost", "percent": "60", "deductible": "200", "least": "100", "most": "3000"}


@pytest.mark.parametrize(
    ("cost", "amount"), [("200.00", "0.00"), ("300.00", "100.00"), ("1200.00", "600.00"), ("9999.99", "3000.00")]
)
def test_a_share_of_a_cost_has_a_deductible_a_floor_and_a_ceiling(cost: str, amount: str) -> None:
    assert sum_of(SHARE, cost=cost)[0] == amount


def test_a_share_says_how_it_came_about() -> None:
    amount, lines = sum_of({**SHARE, "less": ["paid_by_insurance"]}, cost="1000.05", paid_by_insurance="300.00")
    assert (amount, lines) == (
        "300.03",
        [
            "费用1000.05元",
            "减去已报销300.00元，余700.05元",
            "减去起付线200.00元，余500.05元",
            "500.05元 × 60% = 300.03元（第四条）",
        ],
    )


def test_what_others_paid_beyond_the_cost_leaves_nothing() -> None:
    assert sum_of({**SHARE, "less": ["paid_by_insurance"]}, cost="10.00", paid_by_insurance="99.00")[0] == "0.00"


INTEREST = {"kind": "interest", "of": "p", "from": "f", "to": "t", "percent": "4.35"}


@pytest.mark.parametrize(
    ("more", "amount"),
    [
        ({}, "1072.60"),
        ({"rounding": "down"}, "1072.60"),
        ({"basis": 360}, "1087.50"),
        ({"most_principal": "50000"}, "536.30"),
        ({"most_percent": "3"}, "739.73"),
        ({"most_percent": "3", "rounding": "down"}, "739.72"),
    ],
)
def test_interest_is_principal_by_rate_by_days(more: dict[str, Any], amount: str) -> None:
    """100000 × 4.35% × 90 ÷ 365 = 1072.60（1072.6027…）；÷ 360 = 1087.50；3%：739.7260…"""
    assert sum_of({**INTEREST, **more}, p="100000.00", f="2026-01-01", t="2026-04-01")[0] == amount


def test_rounding_is_said_where_it_changes_anything() -> None:
    lines = sum_of(INTEREST, p="100000.00", f="2026-01-01", t="2026-04-01")[1]
    assert lines[-2:] == [
        "100000.00元 × 4.35% × 90天 ÷ 365 = 1072.6027元（第四条）",
        "四舍五入到分：1072.60元",
    ]


DAYS = {"kind": "days", "from": "f", "to": "t", "yuan": "100", "most_days": 30, "most_days_a_year": 45}


@pytest.mark.parametrize(
    ("first", "last", "used", "amount"),
    [
        ("2026-03-01", "2026-03-11", {}, "1000.00"),
        ("2026-03-01", "2026-03-01", {}, "0.00"),
        ("2026-03-01", "2026-05-01", {}, "3000.00"),
        ("2026-03-01", "2026-03-11", {2026: 40}, "500.00"),
        ("2026-03-01", "2026-03-11", {2026: 45}, "0.00"),
        ("2026-12-27", "2027-01-06", {2026: 45}, "500.00"),
    ],
)
def test_days_are_kept_within_each_time_and_each_years_cap(
    first: str, last: str, used: dict[int, int], amount: str
) -> None:
    assert sum_of(DAYS, used, f=first, t=last)[0] == amount


@given(st.decimals("0", "100000", places=2), st.integers(1, 100))
@settings(max_examples=25)
def test_a_share_is_never_more_than_the_cost_nor_a_cent_off(cost: Decimal, percent: int) -> None:
    amount = Decimal(sum_of({"kind": "share", "of": "cost", "percent": str(percent)}, cost=f"{cost:.2f}")[0])
    assert amount <= cost + Decimal("0.005")
    assert abs(amount - cost * percent / 100) <= Decimal("0.005")


@pytest.mark.parametrize(
    ("born", "day", "years"),
    [
        ("1966-03-01", "2026-02-28", 59),
        ("1966-03-01", "2026-03-01", 60),
        ("2000-02-29", "2018-02-27", 17),
        ("2000-02-29", "2018-02-28", 18),
    ],
)
def test_somebody_is_a_year_older_on_the_birthday(born: str, day: str, years: int) -> None:
    assert age_on(datetime.date.fromisoformat(born), datetime.date.fromisoformat(day)) == years
    assert in_year("02-29", 2026) == datetime.date(2026, 2, 28)
