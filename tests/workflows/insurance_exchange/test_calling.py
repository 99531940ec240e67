"""Asking an insurer over real sockets: the one we ship, behaving and misbehaving."""

from __future__ import annotations

import socket
from typing import Any

import pytest

from casework.management.sandbox_insurer.server import Sandbox
from workflows.insurance_exchange.calling import Line, NoAnswer, address_fault, ask
from workflows.insurance_exchange.messages import canonical, read_answer
from workflows.insurance_exchange.signing import Key

KEY = Key("TJ-2026", "a secret of two, at least thirty-two long")
SOON = 0.2


def claim(number: str = "LP430922202600001", **other: Any) -> bytes:
    return canonical(
        {"claim": number, "round": 1, "cost": "1000.00", "lodged_at": "2026-11-02T09:00:00+08:00", **other}
    )


def asked(sandbox: Sandbox, body: bytes = b"", *, key: Key = KEY) -> str:
    """What came of lodging a claim: the status as text, or the code it was refused with."""
    try:
        reply = ask(Line(sandbox.base_url, key), "POST", "/claims", body or claim(), patience=SOON)
    except NoAnswer as problem:
        return problem.code
    return str(reply.status)


@pytest.mark.parametrize(
    ("how", "code"),
    [
        ("timeouts", "timed_out"),
        ("errors", "server_fault"),
        ("truncated", "truncated"),
        ("bad_signature", "wrong_signature"),
        ("skewed", "clock"),
        ("huge", "too_large"),
        ("nonsense", "not_understood"),
        ("lost_reply", "unreachable"),
    ],
)
def test_what_goes_wrong_is_told_apart_and_the_second_time_it_gets_through(how: str, code: str) -> None:
    with Sandbox(KEY, misbehave=[how], hang=5.0) as sandbox:
        first = asked(sandbox)
        again = asked(sandbox)
    assert (first, again[0]) == (code, "2")
    assert list(sandbox.insurer.claims) == ["LP430922202600001"]


def test_a_claim_is_taken_once_however_often_it_is_lodged() -> None:
    with Sandbox(KEY) as sandbox:
        assert (asked(sandbox), asked(sandbox)) == ("201", "200")
        assert asked(sandbox, claim(cost="2000.00")) == "refused"
    assert sandbox.insurer.claims["LP430922202600001"].cost == 1000


@pytest.mark.parametrize(
    ("key", "why"),
    [
        (Key("TJ-2026", "another secret, at least thirty-two long"), "the wrong secret"),
        (Key("XX-2026", KEY.secret), "a key the insurer does not know"),
    ],
)
def test_an_insurer_that_does_not_know_us_takes_nothing_and_is_not_believed(key: Key, why: str) -> None:
    with Sandbox(KEY) as sandbox:
        assert asked(sandbox, key=key) == "wrong_signature", why
        assert sandbox.insurer.claims == {}


def test_nobody_there_and_an_end_without_a_word_are_told_apart_from_silence() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        nobody = Line(f"http://127.0.0.1:{taken.getsockname()[1]}/nuanxin", KEY)
        with pytest.raises(NoAnswer) as refused:
            ask(nobody, "GET", "/answers", patience=SOON)
    assert refused.value.code == "unreachable" and not refused.value.final


def test_what_would_be_refused_again_is_final() -> None:
    with Sandbox(KEY) as sandbox, pytest.raises(NoAnswer) as refused:
        ask(Line(sandbox.base_url, KEY), "POST", "/claims", b"[]", patience=SOON)
    assert (refused.value.code, refused.value.final) == ("refused", True)
    assert "not_a_claim" in str(refused.value)


@pytest.mark.parametrize(
    ("digit", "seed", "said", "why"),
    [
        (1, 0, ["agreed", "paid"], "an ordinary one"),
        (7, 0, ["refused"], "refused by its digit"),
        (1, 6, ["refused"], "the seed moves the digits"),
        (3, 0, ["supplement"], "waits for papers"),
    ],
)
def test_the_rule_can_be_worked_out_beforehand(digit: int, seed: int, said: list[str], why: str) -> None:
    number = f"LP43092220260000{digit}"
    with Sandbox(KEY, seed=seed) as sandbox:
        assert asked(sandbox, claim(number)) == "201"
        found = polled(sandbox, times=3)
    assert [answer["kind"] for answer in found] == said, why
    assert all(read_answer(answer).claim == number for answer in found)
    assert {answer["amount"] for answer in found if "amount" in answer} == ({"800.00"} if "agreed" in said else set())


def test_papers_that_were_asked_for_and_came_lead_to_a_decision() -> None:
    number = "LP430922202600003"
    with Sandbox(KEY) as sandbox:
        asked(sandbox, claim(number))
        polled(sandbox, times=1)
        asked(sandbox, claim(number, round=2))
        found = polled(sandbox, times=3)
    assert [(answer["kind"], answer["round"]) for answer in found] == [("supplement", 1), ("agreed", 2), ("paid", 2)]


@pytest.mark.parametrize(
    ("how", "kinds"), [("repeats", ["agreed", "agreed", "paid", "paid"]), ("out_of_order", ["paid", "agreed"])]
)
def test_it_repeats_itself_and_puts_the_cart_before_the_horse_when_told_to(how: str, kinds: list[str]) -> None:
    with Sandbox(KEY, misbehave=[how]) as sandbox:
        asked(sandbox)
        sandbox.insurer.since(0, 10)
        reply = ask(Line(sandbox.base_url, KEY), "GET", "/answers?since=0", patience=SOON)
    assert [answer["kind"] for answer in reply.body["answers"]] == kinds


@pytest.mark.parametrize(
    ("url", "fine", "why"),
    [
        ("https://claims.example.cn/nuanxin", True, "https"),
        ("http://127.0.0.1:8490/nuanxin", True, "this machine"),
        ("http://localhost:8490", True, "this machine by name"),
        ("http://[::1]:8490", True, "this machine, the longer way"),
        ("http://claims.example.cn/nuanxin", False, "in the open"),
        ("http://127.0.0.1.example.cn/", False, "only looks like this machine"),
        ("ftp://claims.example.cn", False, "something else"),
        ("https://user:secret@claims.example.cn", False, "a password in an address is in every log"),
        ("https://claims.example.cn/?key=1", False, "a parameter"),
        ("https://", False, "nowhere"),
        ("https://claims.example.cn:99999", False, "no port"),
        ("", False, "nothing"),
    ],
)
def test_only_addresses_nobody_can_listen_to(url: str, fine: bool, why: str) -> None:
    assert (address_fault(url) == "") is fine, why


def test_an_open_address_is_not_even_asked() -> None:
    with pytest.raises(NoAnswer) as refused:
        ask(Line("http://claims.example.cn/nuanxin", KEY), "GET", "/answers")
    assert (refused.value.code, refused.value.final) == ("address", True)


def polled(sandbox: Sandbox, *, times: int) -> list[dict[str, Any]]:
    """All the answers so far, after having asked so often."""
    for _time in range(times):
        reply = ask(Line(sandbox.base_url, KEY), "GET", "/answers?since=0", patience=SOON)
    found: list[dict[str, Any]] = reply.body["answers"]
    return found
