"""贫困母亲慰问金, as a caseworker would work it out."""

from __future__ import annotations

from decimal import Decimal

from casework.models import Stage
from tests.workflows.standard.stories import a_person, granted, hand_in, walked
from tests.world import World

SLUG = "poor_mother_grant"


def test_a_mother_who_is_gravely_ill_is_given_a_thousand_yuan_and_it_is_paid(world: World) -> None:
    """向秋菊, 特困, ill, applies on 3 November 2026: 1000 yuan by the table, on her card by the year's end."""
    xiang = a_person("向秋菊", 501, registered__category="hardship")

    case = granted(world, SLUG, {**xiang, "hardship": "本人或家人重病", "children_at_school": "2"}, on="2026-11-03")

    assert case.amount == Decimal("1000.00")
    paid = walked(world, case)
    assert (paid.stage, paid.paid_amount) == (Stage.CLOSED, Decimal("1000.00"))


def test_hardship_of_another_kind_is_given_five_hundred(world: World) -> None:
    """石玉兰, 失独, no illness and no disaster: 500 yuan."""
    shi = a_person("石玉兰", 502)

    case = granted(world, SLUG, {**shi, "hardship": "其他", "children_at_school": "0"}, on="2026-10-15")

    assert case.amount == Decimal("500.00")


def test_a_household_has_it_once_a_year_and_only_in_its_weeks(world: World) -> None:
    xiang = {**a_person("向秋菊", 501), "hardship": "受灾", "children_at_school": "0"}
    granted(world, SLUG, xiang, on="2025-11-03")

    (again,) = hand_in(world, SLUG, {**xiang, "hardship": "其他"}, on="2025-12-10").rows
    assert again.reasons == ("already_granted",)
    (late,) = hand_in(world, SLUG, {**a_person("石玉兰", 502), "hardship": "其他", "children_at_school": "0"},
        on="2025-12-11").rows  # fmt: skip
    assert late.reasons == ("outside_window",)
