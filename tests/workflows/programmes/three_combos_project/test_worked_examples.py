"""“三结合”项目, worked out by hand: so much for each family carried, paid when it is accepted."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest
from django.utils.timezone import now

from casework.models import Case, Evidence, Role
from casework.sheets.values import Cell
from tests.workflows.standard.stories import a_unit, granted, hand_in, walked
from tests.world import World
from workflows.caselog import Written, enter
from workflows.payments.refusals import NotDrawn

SLUG = "three_combos_project"


def project(households: str, **traits: Cell) -> dict[str, Cell]:
    """A cooperative's tea garden, finished in the autumn."""
    said = {"project": "茶园示范点", "trade": "种植", "households": households, "finished_by": "2026-10-31"}
    return {**a_unit("青山茶叶合作社（示例）", "9399092200000001X"), **said, **traits}


def followed_up(world: World, case: Case) -> None:
    """The township writes down a milestone, and the county that it was accepted."""
    planted = Written("milestone", datetime.date(2026, 9, 1), words="茶苗已栽，带动户已领苗")
    enter(case.number, planted, by=world.by(Role.TOWNSHIP_REVIEWER), key="m1")
    sheet = Evidence.objects.create(
        case=case, kind="other", sha256="a" * 64, phash="0" * 16, band_a=0, band_b=0, band_c=0, band_d=0,
        file="x", thumbnail="x", width=1, height=1, uploaded_by=world.by(Role.INTAKE_CLERK), uploaded_at=now(),
    )  # fmt: skip
    accepted = Written("acceptance", datetime.date(2026, 11, 2), words="面积、户数与申报相符", paper=sheet.pk)
    enter(case.number, accepted, by=world.by(Role.INTAKE_CLERK), key="a1")


def test_eighty_families_are_forty_one_thousand_yuan_once_the_project_is_accepted(world: World) -> None:
    """带动80户：80 × 518 = 41440元。没有验收不拨付；验收合格后列入批次。"""
    case = granted(world, SLUG, project("80"), on="2026-03-12")
    assert case.amount == Decimal("41440.00")
    case = walked(world, case, "payment")
    with pytest.raises(NotDrawn, match="登记簿里还没有：进度、验收合格"):
        world.pay_on(case, "payment")
    followed_up(world, case)
    case = walked(world, case)
    assert (case.stage, case.paid_amount) == ("closed", Decimal("41440.00"))


def test_a_hundred_families_are_paid_up_to_the_ceiling_of_a_project(world: World) -> None:
    """带动100户：100 × 518 = 51800元，每个项目最多42114元。"""
    case = granted(world, SLUG, project("100"), on="2026-03-12")
    assert case.amount == Decimal("42114.00")
    assert case.award["explanation"][1] == "最高42114.00元"


def test_a_unit_has_one_project_a_year_whoever_signs_for_it(world: World) -> None:
    other = project(
        "30", **{"name": "田小有", "identity_number": a_unit("x", "9399092200000001X", number=702)["identity_number"]}
    )
    rows = hand_in(world, SLUG, project("80"), other, on="2026-03-12").rows
    assert [row.reasons for row in rows] == [(), ("others_granted",)]
    late = hand_in(world, SLUG, {**other, "remark": "再报"}, on="2026-07-01").rows
    assert late[0].reasons == ("outside_window", "others_granted")
