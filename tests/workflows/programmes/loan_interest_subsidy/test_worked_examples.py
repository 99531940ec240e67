"""创业贷款贴息, as a caseworker would work it out by hand: principal × rate × days ÷ 365, under three ceilings."""

from __future__ import annotations

from decimal import Decimal

from casework.sheets.values import Cell
from tests.workflows.standard.stories import a_unit, granted, hand_in, walked
from tests.world import World

SLUG = "loan_interest_subsidy"
FIRST_QUARTER = {"lent_on": "2026-01-01", "interest_from": "2026-01-01", "interest_to": "2026-04-01"}
SECOND_QUARTER = {"lent_on": "2026-01-01", "interest_from": "2026-04-01", "interest_to": "2026-07-01"}


def shop(**facts: Cell) -> dict[str, Cell]:
    """A family's own business, with a loan of fifty thousand at nine per cent."""
    said = {"borrower": "家庭经营户", "contract_number": "示例借字2026-001", "families": "1"}
    loan = {"principal": "50000", "rate": "900", **FIRST_QUARTER}
    return {**a_unit("田家豆腐坊（示例）", "92990922MA0000002"), **said, **loan, **facts}


def cooperative(families: str, principal: str, **facts: Cell) -> dict[str, Cell]:
    said = {"borrower": "合作社", "contract_number": "示例借字2026-002", "families": families}
    loan = {"principal": principal, "rate": "435", **SECOND_QUARTER}
    return {**a_unit("青山茶叶合作社（示例）", "9399092200000001X", by="田丰收", number=703), **said, **loan, **facts}


def test_a_family_business_is_subsidised_for_thirty_thousand_at_eight_point_four(world: World) -> None:
    """贷款5万元、年利率9%，一季度90天：30000 × 8.4% × 90 ÷ 365 = 621.37元。"""
    case = granted(world, SLUG, shop(), on="2026-04-10")
    assert case.amount == Decimal("621.37")
    assert case.award["explanation"][:4] == [
        "贷款本金50000.00元，2026-01-01起，2026-04-01止（当天不计），共90天",
        "借款人：家庭经营户",
        "本金最高按30000.00元贴息",
        "年利率9%，最高按8.4%贴息",
    ]
    case = walked(world, case)
    assert (case.stage, case.paid_amount) == ("closed", Decimal("621.37"))


def test_a_cooperative_is_subsidised_for_twenty_thousand_a_family(world: World) -> None:
    """带动6户，贷款20万元、年利率4.35%，二季度91天：120000 × 4.35% × 91 ÷ 365 = 1301.42元。"""
    case = granted(world, SLUG, cooperative("6", "200000"), on="2026-07-10")
    assert case.amount == Decimal("1301.42")
    assert "带动6户，每户按20000.00元，本金最高按120000.00元贴息" in case.award["explanation"]


def test_however_many_families_it_carries_two_hundred_thousand_is_the_most(world: World) -> None:
    """带动12户，贷款30万元：200000 × 4.35% × 91 ÷ 365 = 2169.04元。"""
    case = granted(world, SLUG, cooperative("12", "300000"), on="2026-07-10")
    assert case.amount == Decimal("2169.04")


def test_interest_is_subsidised_for_a_year_of_the_loan(world: World) -> None:
    """2025年5月1日贷款，贴到2026年5月1日：二季度只贴30天，30000 × 8.4% × 30 ÷ 365 = 207.12元。"""
    case = granted(world, SLUG, shop(**{**SECOND_QUARTER, "lent_on": "2025-05-01"}), on="2026-07-10")
    assert case.amount == Decimal("207.12")


def test_a_loan_is_applied_for_once_a_quarter_and_a_quarter_at_a_time(world: World) -> None:
    """同一笔贷款换个代表人再报、一次报两个季度、逾期60日，都不行；下一季度可以再报。"""
    again = shop(name="田小有", identity_number=a_unit("x", "92990922MA0000002", number=702)["identity_number"])
    rows = hand_in(world, SLUG, shop(), again, on="2026-04-10").rows
    assert [row.reasons for row in rows] == [(), ("others_granted",)]
    both = cooperative("6", "200000", interest_from="2026-01-01")
    rows = hand_in(world, SLUG, both, shop(**SECOND_QUARTER), on="2026-07-10").rows
    assert [row.reasons for row in rows] == [("beyond_period",), ()]
    late = hand_in(world, SLUG, cooperative("6", "200000"), on="2026-08-31").rows
    assert late[0].reasons == ("late_application",)
