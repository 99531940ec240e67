"""就医绿色通道: an entitlement that is approved, used, and runs out; no money moves."""

from __future__ import annotations

import datetime

from django.utils.timezone import localtime

from casework.models import Case, Role, Stage
from tests.workflows.standard.stories import a_person, at_the_counter, granted, hand_in, walked
from tests.world import World, open_item
from workflows.perform import perform

SLUG = "medical_green_channel"
ASKED = {"green_hospital": "县人民医院", "needs_company": "需要"}


def card(name: str = "向秋菊", number: int = 501) -> dict[str, object]:
    written = {**a_person(name, number), **ASKED}
    return {key: value for key, value in written.items() if not key.startswith("account")}


def test_a_member_of_a_special_family_is_given_a_card_for_the_year_and_no_money(world: World) -> None:
    case = walked(world, granted(world, SLUG, card(), on="2026-11-02"), to="in_use")

    assert (case.stage, case.pays_by) == (Stage.APPROVED, Case.PaysBy.NOTHING)
    assert not case.amount and not case.paid_amount
    item = open_item(case)
    assert localtime(item.due_at).date() == localtime(item.created).date() + datetime.timedelta(days=365)


def test_the_card_runs_out_and_the_case_is_closed(world: World) -> None:
    case = walked(world, granted(world, SLUG, card(), on="2026-11-02"), to="in_use")

    perform(open_item(case).pk, "expire", by=world.by(Role.INTAKE_CLERK))

    assert Case.objects.get(pk=case.pk).stage == Stage.CLOSED


def test_nobody_has_two_in_a_year(world: World) -> None:
    mine = card()
    granted(world, SLUG, mine, on="2026-11-02")

    (again,) = hand_in(world, SLUG, mine, card("石玉兰", 502), on="2026-11-03").rows[:1]

    assert again.reasons == ("already_granted",)
    assert at_the_counter(world, SLUG, card("龙春梅", 503), on="2026-11-03").stage == Stage.SUBMITTED
