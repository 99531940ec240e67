"""The pages about posts: who sees whom, lending from a form, and a leaver's hand-over."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.timezone import localdate

from casework.models import Post, Role, Staff
from tests import factories
from tests.world import VILLAGE, World, open_item
from workflows import holding

pytestmark = pytest.mark.django_db

DAY = datetime.timedelta(days=1)


def at_desk(staff: Staff) -> Client:
    client = Client()
    client.force_login(staff)
    return client


def post_of(staff: Staff) -> Post:
    return Post.objects.get(staff=staff, lent_by=None)


def lending(to: Staff) -> dict[str, Any]:
    return {
        "to": to.username,
        "first": localdate().isoformat(),
        "last": (localdate() + 3 * DAY).isoformat(),
        "reason": "leave",
    }


def test_everybody_sees_their_own_posts_and_only_a_head_or_administrator_those_below(world: World) -> None:
    verifier = world.by(Role.VILLAGE_VERIFIER)
    head = factories.StaffFactory(post=(Role.OFFICE_HEAD, VILLAGE[:9]))

    own = at_desk(verifier).get(reverse("desk:people")).content.decode()
    below = at_desk(head).get(reverse("desk:people")).content.decode()

    assert "委托给别人" in own and "归我管的岗位" not in own
    assert "归我管的岗位" in below and verifier.name in below
    assert world.by(Role.COUNTY_APPROVER).name not in below


def test_a_post_is_lent_from_the_form_and_taken_back(world: World) -> None:
    verifier, delegate = world.by(Role.VILLAGE_VERIFIER), factories.StaffFactory()
    client, url = at_desk(verifier), reverse("desk:post_lend", args=[post_of(verifier).pk])

    answer = client.post(url, lending(delegate), follow=True)
    lent = Post.objects.get(staff=delegate)

    assert f"已委托给{delegate.name}" in answer.content.decode()
    assert f"受{verifier.name}委托" in answer.content.decode()
    answer = client.post(reverse("desk:post_take_back", args=[lent.pk]), {"sent": "1"}, follow=True)
    assert "委托已收回" in answer.content.decode()


def test_sent_twice_it_is_lent_once(world: World) -> None:
    verifier, delegate = world.by(Role.VILLAGE_VERIFIER), factories.StaffFactory()
    client, url = at_desk(verifier), reverse("desk:post_lend", args=[post_of(verifier).pk])

    client.post(url, lending(delegate))
    again = client.post(url, lending(delegate))

    assert again.status_code == 422
    assert "这段时间已有同一岗位" in again.content.decode()
    assert Post.objects.filter(staff=delegate).count() == 1


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"to": "nobody-here"}, "没有账号“nobody-here”"),
        ({"to": ""}, "请填写这一项"),
        ({"first": "明天"}, "日期看不懂"),
        ({"reason": "lazy"}, "lazy"),
        ({"last": "2020-01-01"}, "止日不早于起日"),
    ],
)
def test_a_form_filled_in_wrongly_says_what_is_wrong_and_keeps_the_rest(
    world: World, wrong: dict[str, str], said: str
) -> None:
    verifier, delegate = world.by(Role.VILLAGE_VERIFIER), factories.StaffFactory()
    url = reverse("desk:post_lend", args=[post_of(verifier).pk])

    answer = at_desk(verifier).post(url, {**lending(delegate), **wrong})

    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not Post.objects.filter(staff=delegate).exists()


def test_somebody_elses_post_is_as_good_as_none(world: World) -> None:
    stranger = world.by(Role.TOWNSHIP_REVIEWER)
    target = post_of(world.by(Role.VILLAGE_VERIFIER))

    for page in ("desk:post_lend", "desk:post_end", "desk:post_take_back"):
        assert at_desk(stranger).get(reverse(page, args=[target.pk])).status_code == 404
    for page in ("desk:person", "desk:person_give", "desk:person_leave"):
        assert at_desk(stranger).get(reverse(page, args=[target.staff_id])).status_code == 404


def test_leaving_shows_where_each_item_went_and_afterwards_nothing_is_held(world: World) -> None:
    leaver, case = world.by(Role.VILLAGE_VERIFIER), world.case(at="village")
    successor = factories.StaffFactory(post=(Role.VILLAGE_VERIFIER, VILLAGE))
    holding.claim(open_item(case).pk, by=leaver)
    client, url = at_desk(world.by(Role.ADMINISTRATOR)), reverse("desk:person_leave", args=[leaver.pk])

    asked = client.get(url).content.decode()
    told = client.post(url, {"successor": successor.username, "last_day": localdate().isoformat(), "reason": "left"})

    assert "手里有1件待办" in asked
    assert case.number in told.content.decode() and successor.name in told.content.decode()
    assert open_item(case).owner_id == successor.pk


def test_an_administrator_puts_somebody_in_post_by_the_offices_code(world: World) -> None:
    someone, client = factories.StaffFactory(), at_desk(world.by(Role.ADMINISTRATOR))
    url = reverse("desk:person_give", args=[someone.pk])
    given = {"office": VILLAGE, "role": Role.VILLAGE_VERIFIER, "first": localdate().isoformat()}

    wrong = client.post(url, {**given, "office": "999999"})
    done = client.post(url, given, follow=True)

    assert "没有这个机构：999999" in wrong.content.decode()
    assert f"{someone.name}自{localdate()}起任村级核实员" in done.content.decode()
    page = client.get(reverse("desk:person", args=[someone.pk])).content.decode()
    assert "安排岗位：村级核实员" in page


def test_the_list_costs_the_same_for_two_posts_and_for_sixty_and_turns_its_pages(world: World) -> None:
    client = at_desk(world.by(Role.ADMINISTRATOR))
    url = reverse("desk:people")
    client.get(url)
    with CaptureQueriesContext(
        connection,
    ) as few:
        client.get(url)
    for _ in range(60):
        factories.StaffFactory(post=(Role.VILLAGE_VERIFIER, VILLAGE))
    with CaptureQueriesContext(connection) as many:
        answer = client.get(url)

    assert len(many) == len(few) <= 8
    assert "after=" in answer.content.decode()
    assert "员工" in client.get(url, {"name": "员工", "place": "430922"}).content.decode()
