"""特别扶助金 and its annual review 年审, as a caseworker would work it out."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest
import time_machine
from django.utils.timezone import localtime

from casework.models import Case, Role, Stage
from tests.workflows.standard.stories import a_person, at_the_counter, granted, hand_in, walked
from tests.world import World, open_item
from workflows.perform import perform

SLUG = "special_aid"
SAME = {"still_the_same": "没有变化"}


@pytest.fixture(autouse=True)
def _january():  # type: ignore[no-untyped-def]
    with time_machine.travel("2026-01-12 10:00+08:00", tick=False):
        yield


@pytest.mark.parametrize(
    ("category", "applied_on", "yuan"),
    [
        ("bereaved", "2026-01-12", "7080.00"),
        ("disabled_child", "2026-01-12", "5520.00"),
        ("bereaved", "2022-01-10", "5400.00"),
        ("disabled_child", "2022-01-10", "4200.00"),
    ],
    ids=["失独 590×12", "伤残 460×12", "失独 450×12, before July 2022", "伤残 350×12, before July 2022"],
)
def test_a_year_of_it_is_twelve_months_at_the_rate_of_the_day(
    world: World, category: str, applied_on: str, yuan: str
) -> None:
    """向秋菊, born 7 March 1955."""
    case = granted(world, SLUG, {**a_person(registered__category=category), **SAME}, on=applied_on)

    assert case.amount == Decimal(yuan)


def test_the_review_goes_its_road_and_is_paid(world: World) -> None:
    case = granted(world, SLUG, {**a_person(), **SAME}, on="2026-01-12")

    done = walked(world, case)

    assert (done.stage, done.paid_amount) == (Stage.CLOSED, Decimal("7080.00"))


def test_the_village_has_until_15_february_and_the_county_until_15_march(world: World) -> None:
    case = granted(world, SLUG, {**a_person(), **SAME}, on="2026-01-12")
    assert open_item(case).step == "village"
    assert localtime(open_item(case).due_at).date() == datetime.date(2026, 2, 15)

    walked(world, case, to="county")
    assert localtime(open_item(case).due_at).date() == datetime.date(2026, 3, 15)


def test_whoever_is_not_yet_49_this_year_is_not(world: World) -> None:
    at_49, at_48 = a_person("向秋菊", 501, born="1977-12-31"), a_person("石玉兰", 502, born="1978-01-01")

    first, second = hand_in(world, SLUG, {**at_49, **SAME}, {**at_48, **SAME}, on="2026-01-12").rows

    assert (first.outcome, second.outcome, second.reasons) == ("accepted", "refused", ("too_young",))


def test_after_15_january_it_is_too_late(world: World) -> None:
    with time_machine.travel("2026-01-16 09:00+08:00"):
        (late,) = hand_in(world, SLUG, {**a_person(), **SAME}, on="2026-01-16").rows

    assert late.reasons == ("outside_window",)


def test_an_exit_has_its_reason_and_what_can_still_be_done(world: World) -> None:
    case: Case = at_the_counter(world, SLUG, {**a_person(), **SAME}, on="2026-01-12")

    perform(open_item(case).pk, "refuse", by=world.by(Role.INTAKE_CLERK), reasons=["no_longer_qualifies"])

    case = Case.objects.get(pk=case.pk)
    assert case.stage == Stage.REJECTED
    assert case.decisions.get().reasons == ["no_longer_qualifies"]
