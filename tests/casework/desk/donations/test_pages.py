"""Donations at the desk: what was received and is left, entered once, by the head or the supervisor."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from casework.models import Donation, Event, Role
from tests.factories import StaffFactory
from tests.workflows.programmes.foundation_grant.stories import donated
from tests.world import COUNTY, TOWNSHIP, World

SAID = {"donor": "", "received_on": "2026-01-05", "amount": "1260000.00", "purpose": "困难家庭帮扶"}
LARGEST_PAGE = 60_000


def of(role: str, office: str = COUNTY) -> Client:
    client = Client()
    client.force_login(StaffFactory(post=(role, office)))
    return client


def text(response: Any) -> str:
    return str(response.content.decode())


def test_a_donation_sent_twice_is_entered_once_and_stands_in_the_trail(world: World) -> None:
    head = of(Role.OFFICE_HEAD)
    key = head.get(reverse("desk:donations_enter")).context["form"].initial["key"]
    for _ in range(2):
        page = head.post(reverse("desk:donations_enter"), {**SAID, "county": COUNTY, "key": key}, follow=True)
    donation = Donation.objects.get()
    assert (donation.amount, donation.county_id, donation.used) == (Decimal("1260000.00"), COUNTY, Decimal(0))
    assert donation.number in text(page) and "匿名" in text(page)
    assert Event.objects.get(action="donation_entered").chain == f"donation:{donation.number}"


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"received_on": "2999-01-01"}, "到账日期不能晚于今天"),
        ({"valid_to": "2026-01-04"}, "使用期限不能早于到账日期"),
        ({"amount": "0"}, "捐赠金额要大于零"),
    ],
)
def test_what_cannot_be_is_told_and_not_entered(world: World, wrong: dict[str, str], said: str) -> None:
    answer = of(Role.SUPERVISOR).post(reverse("desk:donations_enter"), {**SAID, "county": COUNTY, "key": "k", **wrong})
    assert (answer.status_code, Donation.objects.count()) == (422, 0)
    assert said in text(answer)


def test_who_sees_donations_and_who_enters_them(world: World) -> None:
    home, enter = reverse("desk:donations"), reverse("desk:donations_enter")
    assert of(Role.INTAKE_CLERK).get(home).status_code == 403
    township = of(Role.OFFICE_HEAD, TOWNSHIP)
    assert (township.get(home).status_code, township.get(enter).status_code) == (200, 403)


def test_the_list_shows_received_used_and_left_and_its_questions_do_not_grow(world: World) -> None:
    head, home = of(Role.OFFICE_HEAD), reverse("desk:donations")
    donated("1260000.00", used=Decimal("5250.00"))
    donated("7.00", "JZ2026-0002", county_id=TOWNSHIP[:4])
    with CaptureQueriesContext(
        connection,
    ) as few:
        page = text(head.get(home))
    assert "1,254,750.00" in page and "示例公司" in page
    assert "JZ2026-0002" not in page, "another place's"
    for number in range(3, 60):
        donated("10.00", f"JZ2026-{number:04d}", county_id=COUNTY)
    with CaptureQueriesContext(connection) as many:
        page = text(head.get(home))
    assert len(many) == len(few)
    assert len(page) < LARGEST_PAGE
