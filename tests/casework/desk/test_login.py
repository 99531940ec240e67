"""Coming in and going out: one answer for every failure, and guessing takes time."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils.timezone import now

from casework.models import Role, Staff
from tests.factories import StaffFactory
from tests.world import COUNTY, World

PASSWORD = "demo-password"
LOGIN = "/desk/login/"


@pytest.fixture(autouse=True)
def _counts_of_its_own(settings: Any) -> None:
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "login"}}
    cache.clear()


@pytest.fixture
def clerk(world: World) -> Staff:
    return StaffFactory(username="zhou", name="周正", post=(Role.INTAKE_CLERK, COUNTY))


def attempt(client: Client, password: str, username: str = "zhou", **more: str) -> Any:
    return client.post(LOGIN, {"username": username, "password": password, **more})


def fail(client: Client, times: int, **more: Any) -> None:
    for _time in range(times):
        attempt(client, "wrong-password", **more)


def test_the_right_password_leads_to_the_queue_with_name_and_post(client: Client, clerk: Staff) -> None:
    answer = attempt(client, PASSWORD)
    assert (answer.status_code, answer["Location"]) == (302, reverse("desk:queue"))
    page = client.get(answer["Location"]).content.decode()
    assert "周正" in page
    assert "受理员" in page


def test_a_wrong_password_an_unknown_and_a_closed_account_get_the_same_answer(client: Client, clerk: Staff) -> None:
    StaffFactory(username="gone", is_active=False)
    pages = set()
    for username, password in (("zhou", "wrong"), ("nobody", PASSWORD), ("gone", PASSWORD)):
        answer = attempt(client, password, username)
        assert answer.status_code == 422
        assert "账号或密码不对" in answer.content.decode()
        token = answer.context["csrf_token"]
        pages.add(answer.content.decode().replace(username, "").replace(str(token), ""))
    assert len(pages) == 1


def test_the_password_is_never_sent_back(client: Client, clerk: Staff) -> None:
    assert "wrong-password" not in attempt(client, "wrong-password").content.decode()


def test_after_five_failures_even_the_right_password_waits(client: Client, clerk: Staff) -> None:
    fail(client, 5)
    answer = attempt(client, PASSWORD)
    assert answer.status_code == 429
    assert "请等1分钟再试" in answer.content.decode()


def test_each_further_failure_waits_longer(client: Client, clerk: Staff) -> None:
    start = now()
    with time_machine.travel(start, tick=False) as clock:
        fail(client, 5)
        clock.shift(datetime.timedelta(seconds=61))
        fail(client, 1)
        assert "请等2分钟再试" in attempt(client, PASSWORD).content.decode()
        clock.shift(datetime.timedelta(seconds=121))
        assert attempt(client, PASSWORD).status_code == 302


def test_an_account_there_is_not_waits_like_any_other(client: Client, clerk: Staff) -> None:
    fail(client, 5, username="nobody")
    assert attempt(client, PASSWORD, "nobody").status_code == 429


def test_getting_in_forgets_the_failures(client: Client, clerk: Staff) -> None:
    fail(client, 4)
    attempt(client, PASSWORD)
    client.post(reverse("desk:logout"))
    fail(client, 4)
    assert attempt(client, PASSWORD).status_code == 302


def test_another_account_and_another_address_are_not_made_to_wait(client: Client, clerk: Staff) -> None:
    StaffFactory(username="liu")
    fail(client, 5)
    assert attempt(Client(), PASSWORD, "liu").status_code == 302
    assert attempt(Client(REMOTE_ADDR="10.0.0.9"), PASSWORD).status_code == 302


def test_behind_a_declared_proxy_the_address_is_the_one_the_proxy_saw(
    client: Client, clerk: Staff, settings: Any
) -> None:
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    guesser = Client(headers={"x-forwarded-for": "198.51.100.7"})
    fail(guesser, 5)
    assert attempt(guesser, PASSWORD).status_code == 429
    assert attempt(Client(headers={"x-forwarded-for": "198.51.100.8"}), PASSWORD).status_code == 302


def test_without_a_proxy_nobody_chooses_their_own_address(client: Client, clerk: Staff) -> None:
    for number in range(5):
        attempt(Client(headers={"x-forwarded-for": f"198.51.100.{number}"}), "wrong-password")
    assert attempt(client, PASSWORD).status_code == 429


@pytest.mark.parametrize(
    ("wanted", "leads_to"),
    [
        ("/desk/search/", "/desk/search/"),
        ("https://elsewhere.example/", "/desk/"),
        ("//elsewhere.example/", "/desk/"),
        ("javascript:alert(1)", "/desk/"),
        ("", "/desk/"),
    ],
)
def test_the_way_on_is_a_page_of_this_site(client: Client, clerk: Staff, wanted: str, leads_to: str) -> None:
    assert attempt(client, PASSWORD, next=wanted)["Location"] == leads_to


def test_a_page_for_staff_asks_for_a_login_and_comes_back_to_it(client: Client, clerk: Staff) -> None:
    asked = client.get(reverse("desk:search"))
    assert (asked.status_code, asked["Location"]) == (302, "/desk/login/?next=/desk/search/")
    page = client.get(asked["Location"]).content.decode()
    assert '<input type="hidden" name="next" value="/desk/search/">' in page


def test_logging_out_is_a_post_and_ends_the_session(client: Client, clerk: Staff) -> None:
    client.force_login(clerk)
    assert client.get(reverse("desk:logout")).status_code == 405
    assert client.get(reverse("desk:queue")).status_code == 200
    assert client.post(reverse("desk:logout"))["Location"] == LOGIN
    assert client.get(reverse("desk:queue")).status_code == 302


def test_who_is_in_already_is_not_asked_again(client: Client, clerk: Staff) -> None:
    client.force_login(clerk)
    assert client.get(LOGIN)["Location"] == "/desk/"


def test_the_page_before_logging_in_asks_the_database_nothing(
    client: Client, db: None, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(0):
        page = client.get(LOGIN)
    assert page["Cache-Control"] == "max-age=0, no-cache, no-store, must-revalidate, private"
    assert 'class="nav"' not in page.content.decode()


def test_an_empty_form_says_what_to_fill_in(client: Client, db: None) -> None:
    answer = client.post(LOGIN, {})
    assert answer.status_code == 422
    assert answer.content.decode().count("请填写这一项") == 2


def test_somebody_without_a_post_can_look_around_and_leave(client: Client, world: World) -> None:
    client.force_login(StaffFactory(name="无岗"))
    page = client.get(reverse("desk:queue")).content.decode()
    assert "您的岗位没有要办的案件" in page
    assert reverse("desk:logout") in page


def test_what_is_said_after_an_act_is_in_no_cookie_and_ends_with_the_session(client: Client, world: World) -> None:
    case = world.case(at="intake")
    client.force_login(world.by(Role.INTAKE_CLERK))
    answer = client.post(reverse("desk:slip_printed", args=[case.number]))
    assert answer.status_code == 302 and "messages" not in answer.cookies
    client.post(reverse("desk:logout"))
    client.force_login(world.by(Role.COUNTY_APPROVER))
    assert "回执已打印" not in client.get(reverse("desk:queue")).content.decode()
