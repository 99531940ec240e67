"""金秋助学, as a caseworker would work it out by hand."""

from __future__ import annotations

from decimal import Decimal

from casework.models import Case, Person
from casework.sheets.values import Cell
from tests.workflows.standard.stories import a_person, at_the_counter, granted, hand_in, walked
from tests.world import World
from workflows.progress import road

SLUG = "freshman_grant"
ADMITTED: dict[str, Cell] = {
    "student": "向小满",
    "schooling": "本科",
    "university": "示例大学",
    "admission_number": "2026-000123",
}


def test_an_undergraduate_of_2026_gets_five_thousand_yuan_and_the_money_arrives(world: World) -> None:
    """2026年7月20日申请，本科，适用2026年7月1日起的标准：5000元。"""
    case = granted(world, SLUG, {**a_person(), **ADMITTED}, on="2026-07-20")
    assert (case.number, case.amount) == ("ZX430922202600001", Decimal("5000.00"))
    assert case.award["explanation"] == [
        "录取层次：本科",
        "标准5000.00元（示例：本科5000元，专科4000元）",
        "适用标准：示例县金秋助学方案（2026年7月1日起调整标准）",
    ]
    case = walked(world, case)
    assert (case.stage, case.paid_amount) == ("closed", Decimal("5000.00"))


def test_a_college_student_of_2025_got_three_thousand_under_the_terms_of_then(world: World) -> None:
    """2025年8月31日申请，专科，适用2024年1月1日起的标准：3000元。受理期的最后一天还收。"""
    case = granted(world, SLUG, {**a_person(), **ADMITTED, "schooling": "专科"}, on="2025-08-31")
    assert (case.terms_version, case.amount) == ("2024-01-01", Decimal("3000.00"))


def test_every_reason_against_a_line_is_given_in_the_schemes_own_numbers(world: World) -> None:
    early = {**a_person(), **ADMITTED}
    stranger = {**early, "name": "无此人", "identity_number": early["identity_number"]}
    report = hand_in(
        world,
        SLUG,
        early,
        {**early, "schooling": "博士"},
        stranger,
        {**early, "account_holder": "别人"},
        on="2026-06-30",
    )
    assert [row.reasons for row in report.rows] == [
        ("outside_window",),
        ("unknown_value",),
        ("not_in_register",),
        ("outside_window", "account_holder_mismatch"),
    ]


def test_a_second_student_of_one_household_in_one_year_is_refused_and_of_the_next_is_not(world: World) -> None:
    mother = a_person()
    father = a_person("曾立冬", 502, household=_household_of("向秋菊"))
    first, second = {**mother, **ADMITTED}, {**father, **ADMITTED, "student": "曾谷雨"}
    report = hand_in(world, SLUG, first, second, on="2025-07-20")
    assert [row.reasons for row in report.rows] == [(), ("others_granted",)]
    assert [row.reasons for row in hand_in(world, SLUG, second, on="2026-07-20").rows] == [()]


def _household_of(name: str) -> object:
    return Person.objects.get(name=name).household


def test_the_village_comes_after_intake_and_the_county_after_the_village(world: World) -> None:
    case = at_the_counter(world, SLUG, {**a_person(), **ADMITTED}, on="2026-07-20")
    assert [stop.title for stop in road(case, case.work_items.get(), [])][:4] == [
        "受理",
        "村级核实",
        "县级审批",
        "列入发放批次",
    ]
    assert Case.objects.get(pk=case.pk).amount is None
