"""The last check-up, as administrators read it, and asking for one now."""

from __future__ import annotations

import datetime
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.timezone import now

from casework.models import CheckUp, CheckUpFinding, Role, Staff
from notifications.outbox import drain
from tests.factories import StaffFactory
from tests.world import COUNTY, TOWNSHIP, World
from workflows.jobs import HANDLERS

PAGE = "oversight:check_up"
KEY = "7e4c1b8e-6a0b-4c6a-9f55-3f0f2d0f4a11"


def logged_in(staff: Staff) -> Client:
    client = Client()
    client.force_login(staff)
    return client


def page_of(staff: Staff) -> str:
    answer = logged_in(staff).get(reverse(PAGE))
    assert answer.status_code == 200
    return unescape(answer.content.decode())


def ask(staff: Staff, key: str = KEY) -> str:
    answer = logged_in(staff).post(reverse("oversight:check_up_now"), {"key": key}, follow=True)
    assert answer.status_code == 200
    return unescape(answer.content.decode())


def made(*findings: tuple[str, str, int], scope: str = "", finished: bool = True) -> CheckUp:
    """A check-up that found so much of each kind in each county."""
    check_up = CheckUp.objects.create(
        key=f"made:{CheckUp.objects.count()}",
        begun_at=now(),
        finished_at=now() if finished else None,
        scope=[scope],
        places=[COUNTY, ""],
    )
    for kind, county, total in findings:
        examples = [
            {"subject": f"{kind}{n}", "sentence": f"{county}{kind}第{n}处", "remedy": ""} for n in range(min(total, 20))
        ]
        CheckUpFinding.objects.create(
            check_up=check_up,
            kind=kind,
            county=county,
            title=f"{kind}的毛病",
            remedy=f"{kind}的办法",
            total=total,
            examples=examples,
        )
    return check_up


def test_before_the_first_night_it_says_there_was_none(world: World) -> None:
    assert "还没有做过体检" in page_of(world.by(Role.ADMINISTRATOR))


def test_asked_for_it_is_done_in_the_background_and_then_shown(world: World) -> None:
    """The world has one approver, so there is something to find: at the review, and at either notice's answer."""
    administrator = world.by(Role.ADMINISTRATOR)
    html = ask(administrator)
    assert "已开始体检，在后台进行" in html
    assert "项查了0项" in html
    assert "现在做一次" not in html

    drain(HANDLERS)

    html = page_of(administrator)
    assert "上次体检发现3处不对" in html
    assert html.count("桃江县：县级审批人没有第二个人") == 3
    assert "请在桃江县再任命一名县级审批人" in html
    assert "现在做一次" in html


def test_a_healthy_county_is_told_so(world: World) -> None:
    made()
    html = page_of(world.by(Role.ADMINISTRATOR))
    assert "上次体检没有发现问题" in html


def test_each_kind_is_told_with_how_much_where_it_begins_and_what_to_do(world: World) -> None:
    made(("item_missing", COUNTY, 30), ("job_given_up", "", 1))
    html = page_of(world.by(Role.ADMINISTRATOR))
    for words in ("item_missing的毛病", "30处", "item_missing的办法", "430922item_missing第4处", "job_given_up第0处"):
        assert words in html
    assert "430922item_missing第5处" not in html
    assert "上次体检发现31处不对" in html


def test_the_whole_of_a_kind_has_a_page_of_its_own(world: World) -> None:
    check_up = made(("item_missing", COUNTY, 30))
    client = logged_in(world.by(Role.ADMINISTRATOR))
    answer = client.get(reverse("oversight:check_up_kind", args=[check_up.pk, "item_missing"]))
    html = unescape(answer.content.decode())
    assert answer.status_code == 200
    assert "桃江县" in html
    assert "430922item_missing第19处" in html
    assert "共30处，只列出前20处" in html
    assert client.get(reverse("oversight:check_up_kind", args=[check_up.pk, "other"])).status_code == 404


def test_an_administrator_sees_their_own_counties_and_the_installation(world: World) -> None:
    check_up = made(("item_missing", "430102", 2), ("item_missing", COUNTY, 1), ("job_given_up", "", 1))
    html = page_of(world.by(Role.ADMINISTRATOR))
    assert "430102item_missing" not in html
    assert "上次体检发现2处不对" in html
    of_the_province = StaffFactory(post=(Role.ADMINISTRATOR, "43"))
    assert "上次体检发现4处不对" in page_of(of_the_province)
    elsewhere = logged_in(StaffFactory(post=(Role.ADMINISTRATOR, "4301")))
    url = reverse("oversight:check_up_kind", args=[check_up.pk, "item_missing"])
    assert "430922item_missing" not in unescape(elsewhere.get(url).content.decode())


def test_a_check_up_of_another_county_does_not_hide_the_nights(world: World) -> None:
    made(("item_missing", COUNTY, 1))
    made(scope="430102")
    assert "上次体检发现1处不对" in page_of(world.by(Role.ADMINISTRATOR))


def test_a_newer_one_takes_the_place_of_an_older(world: World) -> None:
    made(("item_missing", COUNTY, 1))
    made(scope=COUNTY)
    assert "上次体检没有发现问题" in page_of(world.by(Role.ADMINISTRATOR))


def test_while_one_runs_the_last_ones_results_stay(world: World) -> None:
    made(("item_missing", COUNTY, 1))
    made(finished=False)
    html = page_of(world.by(Role.ADMINISTRATOR))
    assert "正在体检" in html
    assert "上次体检发现1处不对" in html


def test_one_that_got_stuck_says_where_to_look_and_lets_another_begin(world: World) -> None:
    stuck = made(finished=False)
    CheckUp.objects.filter(pk=stuck.pk).update(begun_at=now() - datetime.timedelta(hours=2))
    html = page_of(world.by(Role.ADMINISTRATOR))
    assert "请检查后台进程" in html
    assert "现在做一次" in html


def test_the_same_form_twice_begins_one_and_another_is_told_to_wait(world: World) -> None:
    administrator = world.by(Role.ADMINISTRATOR)
    ask(administrator)
    ask(administrator)
    assert CheckUp.objects.count() == 1
    assert "上一次体检还在进行" in ask(administrator, "1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed")
    assert CheckUp.objects.count() == 1


def test_a_form_that_came_without_its_key_begins_nothing(world: World) -> None:
    assert "页面不完整" in ask(world.by(Role.ADMINISTRATOR), "no key")
    assert not CheckUp.objects.exists()


def test_looking_begins_nothing(world: World) -> None:
    client = logged_in(world.by(Role.ADMINISTRATOR))
    assert client.get(reverse("oversight:check_up_now")).status_code == 405
    client.get(reverse(PAGE))
    assert not CheckUp.objects.exists()


@pytest.mark.parametrize("role", [Role.INTAKE_CLERK, Role.AUDITOR, Role.SUPERVISOR])
def test_nobody_else_reads_it_or_begins_one(world: World, role: str) -> None:
    check_up = made(("item_missing", COUNTY, 1))
    client = logged_in(world.by(role))
    assert client.get(reverse(PAGE)).status_code == 403
    assert client.get(reverse("oversight:check_up_kind", args=[check_up.pk, "item_missing"])).status_code == 403
    assert client.post(reverse("oversight:check_up_now"), {"key": KEY}).status_code == 403
    assert CheckUp.objects.count() == 1


def test_a_townships_administrator_has_no_county_to_look_at(world: World) -> None:
    assert logged_in(StaffFactory(post=(Role.ADMINISTRATOR, TOWNSHIP))).get(reverse(PAGE)).status_code == 403


def test_the_page_costs_few_statements_however_much_was_found(world: World, django_assert_max_num_queries: Any) -> None:
    made(*((f"kind{n}", COUNTY, 50) for n in range(30)))
    client = logged_in(world.by(Role.ADMINISTRATOR))
    client.get(reverse(PAGE))
    with django_assert_max_num_queries(7):
        client.get(reverse(PAGE))


def test_however_many_others_asked_since_the_last_night_is_not_lost(world: World) -> None:
    made(("item_missing", COUNTY, 1))
    for _ in range(25):
        asked = made(scope="430102")
        CheckUp.objects.filter(pk=asked.pk).update(asked_by=world.by(Role.ADMINISTRATOR))
    assert "上次体检发现1处不对" in page_of(world.by(Role.ADMINISTRATOR))
