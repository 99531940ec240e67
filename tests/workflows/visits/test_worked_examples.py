"""走访慰问 as an office would work it out on paper: named rounds, households, yuan. The people are invented.

The first is after a precedent (DOMAIN B4, Zunyi 2015: 42 households at ¥500 each, ¥21,000); the second is goods of a
Mid-Autumn, of the office's own making. Neither is the province's rule.
"""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db.models import Sum

from casework.models import Case, Nomination, Role
from tests.workflows.visits import stories
from tests.world import World, open_item
from workflows.perform import perform
from workflows.refusals import Incomplete


def test_春节_forty_two_households_at_five_hundred_yuan_are_twenty_one_thousand(world: World) -> None:
    """预算21000元，每户500元：正好42户；第43户没有钱了。"""
    round_ = stories.a_round(world)
    cases = stories.put_forward(world, round_, stories.families(43))
    stories.checked(world, cases)
    lines = stories.many(cases, "grant", world.by(Role.COUNTY_APPROVER))

    refused = [line.refusal for line in lines if line.refusal]
    assert refused == ["还缺：本轮预算只剩0.00元，不够这一户的500.00元。请先增加预算，或按“不予批准”办理。"]
    round_.refresh_from_db()
    assert (round_.promised, round_.left) == (Decimal("21000.00"), Decimal("0.00"))
    granted = Case.objects.filter(stage="approved")
    assert (granted.count(), granted.aggregate(sum=Sum("amount"))["sum"]) == (42, Decimal("21000.00"))
    assert granted.first().award["explanation"] == [
        "2026年春节慰问：每户慰问金500.00元（示例县2026年春节走访慰问方案）"
    ]


def test_慰问金_is_visited_then_paid_to_the_card_by_batch(world: World) -> None:
    """向家：村里提名，县里批准，走访后打卡500.00元。"""
    _round, (case,) = stories.approved(world)
    stories.visited(world, case)
    for step in ("payment", "payment_check", "bank"):
        assert open_item(case).step == step
        world.pay_on(case, step)
    case = Case.objects.get(pk=case.pk)
    assert (case.stage, case.paid_amount) == ("closed", Decimal("500.00"))


def test_中秋_a_hamper_worth_two_hundred_is_put_into_their_hands_and_signed_for(world: World) -> None:
    """中秋慰问品每户200元（米油各一），当面送达签收，不经银行，也不用社保卡。"""
    _round, (case,) = stories.approved(
        world,
        festival="mid_autumn",
        title="2026年中秋慰问",
        form="goods",
        goods="大米10公斤、食用油5升",
        standard=Decimal("200.00"),
        budget=Decimal("10000.00"),
    )
    hamper = [
        {"item": "大米", "quantity": "10公斤", "value": "80.00"},
        {"item": "食用油", "quantity": "5升", "value": "120.00"},
    ]
    written = stories.visited(world, case, goods=hamper, value=Decimal("200.00"))
    case = Case.objects.get(pk=case.pk)
    assert (case.stage, case.paid_amount) == ("closed", Decimal("0.00"))
    assert (written.record.value, written.record.goods) == (Decimal("200.00"), hamper)


def test_money_is_never_handed_over_and_goods_never_go_to_the_bank(world: World) -> None:
    _round, (case,) = stories.approved(world)
    with pytest.raises(Incomplete, match=r"打卡发放.*不能当面给"):
        perform(
            open_item(case).pk, "delivered", by=world.by(Role.VILLAGE_VERIFIER), values={"visit": stories.a_visit()}
        )


def test_a_family_that_moves_away_gives_its_money_back_to_the_round(world: World) -> None:
    """批准后迁出：终止，500元回到本轮，可以给第43户。"""
    round_, (case, other) = stories.approved(world, 2, budget=Decimal("1000.00"))
    perform(open_item(case).pk, "terminate", by=world.by(Role.INTAKE_CLERK), reasons=["moved_away"])
    round_.refresh_from_db()
    assert round_.promised == Decimal("500.00")
    assert list(Nomination.objects.filter(live=True).values_list("case", flat=True)) == [other.pk]
