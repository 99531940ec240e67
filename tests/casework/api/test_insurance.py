"""Pushed answers: believed when signed, taken once, told of each; and nobody else gets a word."""

from __future__ import annotations

import time
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from casework.api.insurance import LARGEST, MOST
from casework.models import Case, Event, InsurerAnswer, InsurerConnection, InsurerNonce
from tests.workflows.insurance_exchange.story import KEY, as_file, connected, connection, exchanging, lodged, read, said
from tests.workflows.programmes.insurance_claim.stories import claim, insurer
from tests.world import World
from workflows.insurance_exchange.messages import ANSWERS_FORMAT, canonical
from workflows.insurance_exchange.signing import NONCE, Key, check_reply, signed

TARGET = "/api/insurance/answers"


@pytest.fixture
def world(world: World) -> World:
    exchanging(world)
    connected(world, insurer(), base_url="https://claims.example.cn")
    return world


def push(body: bytes, *, key: Key = KEY, target: str = TARGET, headers: dict[str, str] | None = None) -> Any:
    sent = signed(key, "POST", target, body) if headers is None else headers
    return Client(enforce_csrf_checks=True).post(
        TARGET, data=body, content_type="application/json", headers={name: value for name, value in sent.items()}
    )


def test_the_address_is_the_one_the_insurer_was_given() -> None:
    assert reverse("api:insurance_answers") == TARGET


def test_a_signed_answer_is_taken_and_the_reply_is_signed(world: World) -> None:
    case = lodged(world)
    body = as_file(said(case), said(case, "paid"))
    headers = signed(KEY, "POST", TARGET, body)
    response = push(body, headers=headers)
    assert response.status_code == 200
    check_reply(KEY, 200, headers[NONCE], response.headers, response.content)
    assert [(one["state"], one["known"]) for one in read(response.content)["results"]] == [
        ("taken", False),
        ("taken", False),
    ]
    assert claim(case).decision == "agreed"
    told = Event.objects.filter(chain=case.number, action="decided").order_by("-seq").first()
    assert told is not None and told.details["via"] == "push"


def test_the_same_answers_in_another_request_change_nothing(world: World) -> None:
    case = lodged(world)
    body = as_file(said(case))
    push(body)
    seq = Case.objects.get(pk=case.pk).trail_seq
    again = read(push(body).content)["results"]
    assert [(one["state"], one["known"]) for one in again] == [("taken", True)]
    assert Case.objects.get(pk=case.pk).trail_seq == seq


def test_the_same_request_a_second_time_is_not_believed(world: World) -> None:
    case = lodged(world)
    body = as_file(said(case))
    headers = signed(KEY, "POST", TARGET, body)
    assert push(body, headers=headers).status_code == 200
    replayed = push(body, headers=headers)
    assert (replayed.status_code, read(replayed.content)) == (401, {"code": "replayed"})


@pytest.mark.parametrize(
    ("key", "target", "late", "code", "why"),
    [
        (Key(KEY.id, "c" * 40), TARGET, 0, "signature", "another secret"),
        (Key("XX", KEY.secret), TARGET, 0, "key", "a key there is not"),
        (KEY, "/api/insurance/other", 0, "signature", "signed for another place"),
        (KEY, TARGET, 301, "clock", "five minutes old"),
        (KEY, TARGET, -301, "clock", "five minutes ahead"),
    ],
)
def test_nothing_is_taken_from_whom_we_do_not_know(
    world: World, key: Key, target: str, late: int, code: str, why: str
) -> None:
    case = lodged(world)
    body = as_file(said(case))
    headers = signed(key, "POST", target, body, at=time.time() - late)
    response = push(body, headers=headers)
    assert (response.status_code, read(response.content)) == (401, {"code": code}), why
    assert not InsurerAnswer.objects.exists() and not InsurerNonce.objects.exists()


def test_a_body_that_was_touched_is_not_taken(world: World) -> None:
    case = lodged(world)
    body = as_file(said(case))
    headers = signed(KEY, "POST", TARGET, body)
    assert push(body.replace(b"1800.00", b"9800.00"), headers=headers).status_code == 401
    assert push(body[:-9], headers=headers).status_code == 401
    assert not InsurerAnswer.objects.exists()


def test_a_huge_body_is_not_even_read(world: World) -> None:
    assert push(b" " * (LARGEST + 1)).status_code == 413


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"{", "not_understood"),
        (b"[]", "not_understood"),
        (canonical({"format": "other", "answers": []}), "not_understood"),
        (canonical({"format": ANSWERS_FORMAT, "answers": [{}] * (MOST + 1)}), "too_many"),
    ],
)
def test_what_is_wrong_with_the_whole_is_told(world: World, body: bytes, code: str) -> None:
    response = push(body)
    assert (response.status_code, read(response.content)["code"]) == (422, code)
    assert not InsurerAnswer.objects.exists()


def test_one_answers_fault_holds_up_no_other_and_names_nobody_elses_claim(world: World) -> None:
    case = lodged(world)
    office = insurer("平安桃江支公司")
    theirs = Key("PA-2026", "b" * 40)
    connected(world, office, base_url="https://claims.example.org", key=theirs)
    body = as_file(said(case))
    headers = signed(theirs, "POST", TARGET, body)
    results = read(push(body, headers=headers).content)["results"]
    assert [(one["state"], one["code"]) for one in results] == [("out_of_step", "unknown_claim")]
    mixed = canonical({"format": ANSWERS_FORMAT, "answers": [{"kind": "?"}, said(case).body()]})
    assert [one["state"] for one in read(push(mixed).content)["results"]] == ["out_of_step", "taken"]


def test_a_connection_that_is_switched_off_hears_nothing(world: World) -> None:
    InsurerConnection.objects.update(enabled=False)
    assert push(as_file()).status_code == 401


@pytest.mark.parametrize("method", ["get", "put", "delete", "head"])
def test_it_is_posted_to_and_nothing_else(world: World, method: str) -> None:
    assert getattr(Client(), method)(TARGET).status_code == 405


def test_the_secret_and_the_answers_are_in_no_log(world: World, caplog: pytest.LogCaptureFixture) -> None:
    push(as_file(), key=Key(KEY.id, "c" * 40))
    assert KEY.secret not in caplog.text and connection().key_id not in caplog.text
