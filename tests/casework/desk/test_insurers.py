"""保险对接: sending, bringing answers, what does not agree, and how an insurer is reached."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from casework.models import Case, ClaimBatch, InsurerAnswer, InsurerConnection, Role
from notifications.models import Outbox
from tests.workflows.insurance_exchange.story import KEY, as_file, connection, exchanging, lodged, said, taken
from tests.workflows.programmes.insurance_claim.stories import claim, insurer
from tests.world import World

LARGEST_PAGE = 60_000


@pytest.fixture
def world(world: World) -> World:
    return exchanging(world)


def as_(world: World, role: str) -> Client:
    client = Client()
    client.force_login(world.by(role))
    return client


def text(response: Any) -> str:
    return str(response.content.decode())


def hand_in(client: Client, data: bytes) -> Any:
    address = reverse("desk:insurers_answers", args=[insurer().pk])
    return client.post(address, {"file": SimpleUploadedFile("answers.json", data)})


def test_what_waits_is_drawn_into_a_batch_and_its_file_is_an_act(world: World) -> None:
    case = lodged(world)
    client = as_(world, Role.INTAKE_CLERK)
    draw = reverse("desk:insurers_draw", args=[insurer().pk])
    assert draw in text(client.get(reverse("desk:insurers"))) and case.number in text(client.get(draw))
    made = client.post(draw)
    batch = ClaimBatch.objects.get()
    assert made.headers["Location"] == reverse("desk:insurers_batch", args=[batch.number])
    assert client.post(draw).status_code == 409
    assert case.number in text(client.get(made.headers["Location"]))
    export = reverse("desk:insurers_export", args=[batch.number])
    assert client.get(export).status_code == 405
    file = client.post(export, {"form": "json"})
    assert file.headers["Content-Disposition"] == f'attachment; filename="{batch.number}.json"'


def test_a_file_is_looked_at_first_and_taken_when_somebody_says_so(world: World) -> None:
    case = lodged(world)
    client = as_(world, Role.INTAKE_CLERK)
    seen = hand_in(client, as_file(said(case), said(case, "paid", amount=Decimal("1900.00"))))
    address = seen.headers["Location"]
    page = client.get(address)
    assert "录入这1条" in text(page) and "超过核定的1800.00" in text(page) and claim(case).decision == ""
    stored = page.context["take_form"].initial["stored"]
    for _time in (1, 2):
        assert client.post(address, {"stored": stored}).status_code == 302
    assert claim(case).decision == "agreed" and "都已经录入" in text(client.get(address))


def test_a_file_that_is_none_says_so_beside_the_field(world: World) -> None:
    response = hand_in(as_(world, Role.INTAKE_CLERK), b"{")
    assert response.status_code == 400 and "也不是JSON" in text(response)


def test_what_does_not_agree_is_listed_and_cleared_up_with_a_word(world: World) -> None:
    case = lodged(world)
    taken(said(case, amount=Decimal("90000.00")))
    row = InsurerAnswer.objects.get()
    client = as_(world, Role.INTAKE_CLERK)
    home, address = reverse("desk:insurers"), reverse("desk:insurers_out_of_step", args=[row.pk])
    assert address in text(client.get(home)) and "超过保额" in text(client.get(address))
    assert client.post(address, {"note": ""}).status_code == 422
    seq = Case.objects.get(pk=case.pk).trail_seq
    for _time in (1, 2):
        assert client.post(address, {"note": "已电话核对，多写一个零"}).headers["Location"] == home
    row.refresh_from_db()
    assert (row.state, Case.objects.get(pk=case.pk).trail_seq) == ("settled", seq + 1)
    assert address not in text(client.get(home))


def test_the_administrator_sets_an_insurer_up_and_the_secret_is_never_shown(world: World) -> None:
    client = as_(world, Role.ADMINISTRATOR)
    address = reverse("desk:insurers_connection", args=[insurer().pk])
    sent = {"key_id": KEY.id, "secret": "", "base_url": "https://claims.example.cn", "enabled": "on"}
    assert client.post(address, sent).headers["Location"] == reverse("desk:insurers")
    assert connection().enabled and Outbox.objects.filter(kind="insurer_poll").count() == 1
    page = text(client.get(address))
    assert KEY.secret not in page and "现在查询" in page
    wrong = client.post(address, {**sent, "base_url": "http://claims.example.cn"})
    assert wrong.status_code == 422 and "https://" in text(wrong)
    client.post(reverse("desk:insurers_ask", args=[insurer().pk]))
    assert Outbox.objects.filter(kind="insurer_poll").count() == 1


@pytest.mark.parametrize(
    ("role", "status", "why"),
    [
        (Role.INTAKE_CLERK, 200, "sends and brings"),
        (Role.ADMINISTRATOR, 200, "sets it up"),
        (Role.COUNTY_APPROVER, 403, "not theirs"),
        (Role.INSURER_CLERK, 403, "the insurer's side of it is elsewhere"),
        (Role.AUDITOR, 403, "reads the trail"),
    ],
)
def test_whose_pages_these_are(world: World, role: str, status: int, why: str) -> None:
    page = as_(world, role).get(reverse("desk:insurers"))
    assert page.status_code == status and len(page.content) < LARGEST_PAGE, why
    assert InsurerConnection.objects.count() == 1
