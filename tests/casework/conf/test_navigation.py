"""The way around: what each role is shown, where each audience begins, and what goes wrong in our own words."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client, RequestFactory
from django.urls import get_resolver, reverse

from casework.conf.navigation import AREAS, navigation
from casework.models import Role
from tests.factories import StaffFactory
from tests.world import COUNTY, World

LINKS = [
    (
        Role.INTAKE_CLERK,
        ["待办", "案件", "材料导入", "公示", "走访", "保险对接", "保险", "岗位", "期限", "督办", "消息"],
    ),
    (Role.VILLAGE_VERIFIER, ["待办", "案件", "公示", "走访", "保险", "岗位", "期限", "督办", "消息"]),
    (Role.COUNTY_APPROVER, ["待办", "案件", "公示", "走访", "保险", "岗位", "期限", "督办", "消息"]),
    (Role.PAYMENT_OFFICER, ["待办", "案件", "发放", "岗位", "期限", "督办", "消息"]),
    (Role.PAYMENT_CHECKER, ["待办", "案件", "发放", "岗位", "期限", "督办", "消息"]),
    (Role.SUPERVISOR, ["案件", "保险", "捐赠", "岗位", "期限", "督办", "消息", "项目方案", "查档"]),
    (Role.AUDITOR, ["案件", "走访", "保险", "岗位", "督办", "查档"]),
    (Role.ADMINISTRATOR, ["案件", "保险对接", "岗位", "工作日历", "体检"]),
]
BEGIN = {Role.SUPERVISOR: "督办", Role.AUDITOR: "查档", Role.ADMINISTRATOR: "体检"}
"""Whoever decides no case begins with what they do most."""


@pytest.mark.parametrize(("role", "words"), LINKS)
def test_everybody_is_shown_only_what_they_use(client: Client, world: World, role: str, words: list[str]) -> None:
    client.force_login(world.by(role))
    shown = client.get(reverse("desk:queue"), follow=True).context
    assert [str(word) for _url, word, _current in shown["nav_links"]] == words
    assert [str(word) for _url, word, current in shown["nav_links"] if current] == [BEGIN.get(Role(role), "待办")]
    for url, _word, _current in shown["nav_links"]:
        assert client.get(url).status_code == 200


def test_no_page_lies_in_two_parts_of_the_desk() -> None:
    names = [f"desk:{name}" for name in get_resolver("casework.desk.urls").reverse_dict if isinstance(name, str)]
    best = {name: max(area.knows(name) for area in AREAS) for name in names}
    lit = {name: [area.page for area in AREAS if 0 < area.knows(name) == best[name]] for name in names}
    assert len(lit) > 100
    assert {name: pages for name, pages in lit.items() if len(pages) > 1} == {}
    assert lit["desk:family_link"] == ["desk:cases"]
    assert lit["desk:family_cover"] == ["desk:visit_rounds"]


def test_the_seat_says_who_where_and_as_what(client: Client, world: World) -> None:
    clerk = StaffFactory(name="周正", post=(Role.INTAKE_CLERK, COUNTY))
    client.force_login(clerk)
    seat = client.get(reverse("desk:queue")).context["seat"]
    assert seat == {"name": "周正", "role": "受理员", "office": "桃江县计生协会"}
    post = clerk.posts.get()
    clerk.posts.create(office=post.office, role=Role.COUNTY_APPROVER, valid_from=post.valid_from)
    assert client.get(reverse("desk:queue")).context["seat"]["role"] == "受理员等2个岗位"


def test_a_page_that_has_not_asked_who_is_there_is_told_nothing_and_costs_nothing(
    db: None, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(0):
        assert navigation(RequestFactory().get("/")) == {}


def test_the_front_door_leads_to_the_queue(client: Client, db: None) -> None:
    assert client.get("/")["Location"] == reverse("desk:queue")


def test_a_page_there_is_not_is_said_in_our_own_words(client: Client, db: None) -> None:
    answer = client.get("/nowhere/")
    assert answer.status_code == 404
    assert "没有找到这一页" in answer.content.decode()


def test_a_form_from_elsewhere_is_refused_in_our_own_words(db: None) -> None:
    answer = Client(enforce_csrf_checks=True).post(reverse("desk:login"), {"username": "x", "password": "y"})
    assert answer.status_code == 403
    assert "这张表单已经过期" in answer.content.decode()


@pytest.mark.parametrize("face", ["desk", "public", "slip"])
def test_every_part_can_be_looked_at_in_a_trial(client: Client, db: None, face: str) -> None:
    assert client.get(f"/patterns/?face={face}").status_code == 200
    assert client.get("/patterns/?face=other").status_code == 404
