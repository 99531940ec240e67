"""The pages of the special families: ratios of a place, one family, a contact written on a phone."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.timezone import localdate

from casework.models import Case, ContactLog, FamilyCover, Role, Staff
from tests.factories import StaffFactory
from tests.workflows.coverage import stories
from tests.world import COUNTY, TOWNSHIP, VILLAGE, World
from workflows.coverage.lapses import sweep_lapses


def at_desk(staff: Staff) -> Client:
    client = Client()
    client.force_login(staff)
    return client


def text(answer: Any) -> str:
    found: str = answer.content.decode()
    return found


def test_a_county_is_shown_by_township_a_township_by_village_and_a_village_by_family(world: World) -> None:
    person = stories.cared_for(world)
    stories.a_family()
    clerk = at_desk(world.by(Role.INTAKE_CLERK))
    url = reverse("desk:coverage")
    for place, row in ((COUNTY, "桃花江镇"), (TOWNSHIP, "川门湾村委会"), (VILLAGE, person.name)):
        page = text(clerk.get(url, {"place": place}))
        assert row in page
        assert "户，50.0%" in page
    assert "没有乡镇联系人、没有村级联系人、没有就医绿色通道、没有家庭医生" in page


@pytest.mark.parametrize("place", ["430102", "x", "43092"])
def test_a_place_that_is_not_ones_own_is_none(world: World, place: str) -> None:
    assert at_desk(world.by(Role.INTAKE_CLERK)).get(reverse("desk:coverage"), {"place": place}).status_code == 404


def test_who_sits_above_counties_chooses_one(world: World) -> None:
    page = text(at_desk(StaffFactory(post=(Role.AUDITOR, "4309"))).get(reverse("desk:coverage")))
    assert "桃江县" in page


def test_a_contact_written_at_the_door_ends_the_lapse_and_twice_it_is_one(world: World) -> None:
    person = stories.a_family()
    stories.cover(world, person, "village_contact")
    sweep_lapses(localdate())
    client = at_desk(world.by(Role.VILLAGE_VERIFIER))
    page = reverse("desk:family", args=[person.household_id])
    assert "久未联系" in text(client.get(page))
    said = {"client_key": str(uuid.uuid4()), "how": "visit", "on": localdate()}
    url = reverse("desk:family_contact", args=[person.household_id])
    assert "已登记联系" in text(client.post(url, said, follow=True))
    assert "刚才已经登记过" in text(client.post(url, said, follow=True))
    assert ContactLog.objects.count() == 1
    assert Case.objects.get(programme="family_contact").stage == "closed"
    assert "久未联系" not in text(client.get(page))


def test_a_cover_is_written_and_ended(world: World) -> None:
    person = stories.a_family()
    clerk = at_desk(world.by(Role.INTAKE_CLERK))
    url = reverse("desk:family_cover", args=[person.household_id])
    wrong = clerk.post(url, {"kind": "green_channel", "valid_from": localdate()})
    assert (wrong.status_code, "绿色通道要选一家医院" in text(wrong)) == (422, True)
    said = {"kind": "village_contact", "name": "田水清", "valid_from": localdate()}
    assert "已登记村级联系人：田水清" in text(clerk.post(url, said, follow=True))
    made = FamilyCover.objects.get()
    clerk.post(reverse("desk:family_cover_end", args=[person.household_id, made.pk]))
    made.refresh_from_db()
    assert made.valid_to == localdate()


def test_another_places_family_has_no_page(world: World) -> None:
    person = stories.a_family()
    stranger = at_desk(StaffFactory(post=(Role.INTAKE_CLERK, "430102")))
    assert stranger.get(reverse("desk:family", args=[person.household_id])).status_code == 404
    said = {"client_key": str(uuid.uuid4()), "how": "visit", "on": localdate()}
    assert stranger.post(reverse("desk:family_contact", args=[person.household_id]), said).status_code == 404


def test_an_auditor_looks_and_writes_nothing(world: World) -> None:
    person = stories.cared_for(world)
    auditor = at_desk(world.by(Role.AUDITOR))
    page = text(auditor.get(reverse("desk:family", args=[person.household_id])))
    assert "登记这次联系" not in page
    said = {"kind": "village_contact", "name": "文春", "valid_from": localdate()}
    refused = auditor.post(reverse("desk:family_cover", args=[person.household_id]), said)
    assert "不归您联系" in text(refused)


def test_a_village_page_asks_as_many_questions_for_one_family_as_for_many(
    world: World, django_assert_max_num_queries: Any
) -> None:
    for _number in range(6):
        stories.a_family()
    clerk = at_desk(world.by(Role.INTAKE_CLERK))
    with django_assert_max_num_queries(14):
        clerk.get(reverse("desk:coverage"), {"place": VILLAGE})
