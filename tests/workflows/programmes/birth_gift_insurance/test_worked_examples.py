"""优生优育赠险, as a caseworker would work it out."""

from __future__ import annotations

import datetime
from decimal import Decimal

from casework.models import Stage
from casework.sheets.values import Cell
from tests.factories import invented_identity
from tests.workflows.standard.stories import granted, hand_in, walked, written_by
from tests.world import World

SLUG = "birth_gift_insurance"
CHILD = {"child": "向小满", "child_born_on": "2025-03-02", "proof": "户口簿第0088号", "village": "川门湾村委会"}


def mother() -> dict[str, Cell]:
    """石玉兰, whom no register knows."""
    return written_by("石玉兰", invented_identity(502, datetime.date(1996, 5, 1)))


def test_the_premium_for_a_vaccination_cover_is_sixty_yuan(world: World) -> None:
    """石玉兰 applies for her child of one year: 60 yuan."""
    case = granted(world, SLUG, {**mother(), **CHILD, "product": "疫苗卫士"},
        on="2026-11-02")  # fmt: skip

    assert case.amount == Decimal("60.00")
    assert walked(world, case).stage == Stage.CLOSED


def test_each_child_has_it_once_and_a_second_child_its_own(world: World) -> None:
    """40 yuan for an accident cover; not a second time for the same child; again for the next."""
    shi = mother()
    first = granted(world, SLUG, {**shi, **CHILD, "product": "儿童意外"}, on="2026-11-02")
    assert first.amount == Decimal("40.00")

    (again,) = hand_in(world, SLUG, {**shi, **CHILD, "product": "疫苗卫士"}, on="2026-11-03").rows
    assert again.reasons == ("already_granted",)

    sister = {**CHILD, "child": "向小雪", "child_born_on": "2026-09-09"}
    assert granted(world, SLUG, {**shi, **sister, "product": "儿童意外"}, on="2026-11-04").amount == Decimal("40.00")


def test_a_child_of_more_than_three_years_is_too_old_for_it(world: World) -> None:
    shi = mother()
    old = {**CHILD, "child_born_on": "2023-11-02"}

    (late,) = hand_in(world, SLUG, {**shi, **old, "product": "儿童意外"}, on="2026-11-02").rows

    assert late.reasons == ("late_application",)
