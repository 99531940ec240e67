"""The list of a jurisdiction's cases."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from casework.models import Role, Staff
from tests.factories import PersonFactory
from tests.world import OTHER_VILLAGE, World


def logged_in(staff: Staff) -> Client:
    client = Client()
    client.force_login(staff)
    return client


def listed(client: Client, **query: str) -> list[str]:
    html = client.get(reverse("desk:cases"), query).content.decode()
    return re.findall(r"HL\d{15}(?=</span>)", html)


def test_the_list_holds_the_cases_of_the_jurisdiction_newest_first(world: World) -> None:
    mine = [world.case("village").number for _ in range(3)]
    elsewhere = world.enter(division=OTHER_VILLAGE).number
    verifier = logged_in(world.by(Role.VILLAGE_VERIFIER))
    clerk = logged_in(world.by(Role.INTAKE_CLERK))
    assert listed(verifier) == mine[::-1]
    assert listed(clerk) == [elsewhere, *mine[::-1]]


def test_the_list_is_narrowed_by_stage_programme_and_place(world: World) -> None:
    accepted, submitted = world.case("village").number, world.case("intake").number
    elsewhere = world.enter(division=OTHER_VILLAGE).number
    clerk = logged_in(world.by(Role.INTAKE_CLERK))
    assert listed(clerk, stage="accepted") == [accepted]
    assert listed(clerk, place="周家潭") == [elsewhere]
    assert listed(clerk, place="桃花江") == [submitted, accepted]
    assert listed(clerk, place=OTHER_VILLAGE) == [elsewhere]
    assert listed(clerk, place="没有的村") == []
    assert listed(clerk, programme="nursing_subsidy", stage="submitted") == [elsewhere, submitted]
    assert listed(clerk, programme="no_such") == [elsewhere, submitted, accepted]


def test_the_list_turns_its_pages_both_ways(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("casework.desk.cases.PAGE", 2)
    person = PersonFactory(registered=True)
    numbers = [world.enter(person=person).number for _ in range(5)][::-1]
    clerk = logged_in(world.by(Role.INTAKE_CLERK))

    def turn(html: str, rel: str) -> str:
        found = re.search(rf'href="([^"]*)" rel="{rel}"', html)
        return unescape(found[1]) if found else ""

    html, seen = clerk.get(reverse("desk:cases")).content.decode(), []
    assert turn(html, "prev") == ""
    while True:
        seen += re.findall(r"HL\d{15}(?=</span>)", html)
        if not turn(html, "next"):
            break
        html = clerk.get(turn(html, "next")).content.decode()
    assert seen == numbers
    back = clerk.get(turn(html, "prev")).content.decode()
    assert re.findall(r"HL\d{15}(?=</span>)", back) == numbers[2:4]


def test_the_list_costs_the_same_however_long(world: World, django_assert_max_num_queries: Any) -> None:
    person = PersonFactory(registered=True)
    for _ in range(4):
        world.enter(person=person)
    clerk = logged_in(world.by(Role.INTAKE_CLERK))
    clerk.get(reverse("desk:cases"))
    with django_assert_max_num_queries(6):
        clerk.get(reverse("desk:cases"), {"place": "桃花江"})
