"""Who looks after a family, written down: one of a kind at a time, by those whose family it is."""

from __future__ import annotations

import datetime
import uuid
from decimal import Decimal
from typing import Any

import pytest
from django.utils.timezone import localdate

from casework.models import ContactLog, FamilyCover, Role
from tests.factories import StaffFactory
from tests.workflows.coverage import stories
from tests.world import COUNTY, OTHER_VILLAGE, TOWNSHIP, World
from workflows.coverage.keeping import log_contact
from workflows.coverage.ratios import Coverage, coverage_of, percent
from workflows.refusals import NotAllowed

DAY = datetime.timedelta(days=1)


def test_a_new_contact_takes_the_place_of_the_one_before(world: World) -> None:
    person = stories.a_family()
    stories.cover(world, person, "village_contact", name="田水清")
    stories.cover(world, person, "village_contact", name="文春", valid_from=localdate())
    first, second = FamilyCover.objects.order_by("id")
    assert (first.valid_to, second.valid_to, second.name) == (localdate() - DAY, None, "文春")


def test_the_same_written_twice_is_one(world: World) -> None:
    person = stories.a_family()
    assert stories.cover(world, person, "village_contact").pk == stories.cover(world, person, "village_contact").pk


@pytest.mark.parametrize(
    ("kind", "said", "why"),
    [
        ("family_doctor", {"valid_to": None}, "要写明止期"),
        ("family_doctor", {"valid_to": datetime.date(2000, 1, 1)}, "止期不能早于起期"),
        ("village_contact", {"name": ""}, "请写姓名"),
        ("village_contact", {"username": "nobody"}, "没有账号“nobody”"),
        ("somebody", {}, "请选择登记什么"),
    ],
)
def test_what_cannot_be_written(world: World, kind: str, said: dict[str, Any], why: str) -> None:
    with pytest.raises(NotAllowed, match=why):
        stories.cover(world, stories.a_family(), kind, **said)


def test_only_the_familys_own_village_township_and_county_write(world: World) -> None:
    person = stories.a_family()
    for role, office in ((Role.VILLAGE_VERIFIER, OTHER_VILLAGE), (Role.INTAKE_CLERK, "430102")):
        with pytest.raises(NotAllowed, match="不归您联系"):
            stories.cover(world, person, "village_contact", by=StaffFactory(post=(role, office)))
    stories.cover(world, person, "township_contact", by=StaffFactory(post=(Role.TOWNSHIP_REVIEWER, TOWNSHIP)))


def test_a_family_of_another_category_is_none_of_these(world: World) -> None:
    with pytest.raises(NotAllowed, match="不在特殊家庭名册里"):
        stories.cover(world, stories.a_family(registered__category="hardship"), "village_contact")


def test_a_contact_sent_twice_is_kept_once_and_none_is_of_tomorrow(world: World) -> None:
    person, key, by = stories.a_family(), uuid.uuid4(), world.by(Role.VILLAGE_VERIFIER)
    home = stories.home(person)
    assert log_contact(home, localdate(), "visit", by=by, client_key=key)[1] is False
    assert log_contact(home, localdate(), "visit", by=by, client_key=key)[1] is True
    assert ContactLog.objects.count() == 1
    with pytest.raises(NotAllowed, match="不能晚于今天"):
        log_contact(home, localdate() + DAY, "visit", by=by, client_key=uuid.uuid4())


def test_the_ratios_of_a_county_and_its_townships(world: World) -> None:
    """四户：一户三项齐全，一户只有村级联系人，一户签了医生，一户什么也没有。"""
    stories.cared_for(world)
    stories.cover(world, stories.a_family(), "village_contact")
    stories.cover(world, stories.a_family(), "family_doctor")
    stories.a_family(division_id=OTHER_VILLAGE)
    total, parts = coverage_of(COUNTY, 9, localdate())
    assert total == Coverage(families=4, contacts=1, green_channel=1, family_doctor=2, spoken=1, all_three=1)
    assert {code: part.families for code, part in parts.items()} == {TOWNSHIP: 3, OTHER_VILLAGE[:9]: 1}


def test_a_ratio_of_nothing_is_none() -> None:
    assert (percent(1, 3), percent(2, 3), percent(0, 0)) == (Decimal("33.3"), Decimal("66.7"), None)
