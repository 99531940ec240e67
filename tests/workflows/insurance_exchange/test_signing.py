"""Signed requests and replies: what is believed, and every way not to be."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workflows.insurance_exchange.signing import (
    DIGEST,
    KEY,
    NONCE,
    SIGNATURE,
    TIME,
    WINDOW,
    Distrusted,
    Key,
    check,
    check_reply,
    signed,
    signed_reply,
)

OURS = Key("TJ-2026", "a secret of two, at least thirty-two long")
THEIRS = Key("TJ-2026", "a secret of one, at least thirty-two long")
AT = 1_764_212_400
TARGET = "/nuanxin/answers?since=7"
BODY = b'{"claim":"LP1"}'


def always(_nonce: str) -> bool:
    return True


def never(_nonce: str) -> bool:
    return False


def checked(headers: dict[str, str], body: bytes = BODY, **asked: object) -> str:
    """What a request of that kind is refused with; "" when it is believed."""
    said = {"method": "POST", "target": TARGET, "at": AT, "is_new": always, **asked}
    method, target = str(said.pop("method")), str(said.pop("target"))
    try:
        check(OURS, method, target, headers, body, **said)  # type: ignore[arg-type]  # as each test asks it
    except Distrusted as problem:
        return problem.code
    return ""


def headers(key: Key = OURS, at: int = AT, **other: str) -> dict[str, str]:
    return signed(key, "POST", TARGET, BODY, at=at) | other


@pytest.mark.parametrize(
    ("sent", "asked", "code", "why"),
    [
        (headers(), {}, "", "as it was signed"),
        (headers(), {"body": BODY + b" "}, "digest", "a blank more in the body"),
        (headers(), {"body": b""}, "digest", "the body cut off"),
        (headers(), {"target": TARGET + "0"}, "signature", "another cursor"),
        (headers(), {"target": "/nuanxin/claims"}, "signature", "another place"),
        (headers(), {"method": "GET"}, "signature", "another method"),
        (headers(**{TIME: str(AT + 1)}), {}, "signature", "another time"),
        (headers(**{NONCE: "0" * 32}), {}, "signature", "another nonce"),
        (headers(**{DIGEST: "0" * 64}), {}, "signature", "another digest"),
        (headers(**{SIGNATURE: "0" * 64}), {}, "signature", "any signature"),
        (headers(**{SIGNATURE: "签名"}), {}, "signature", "not even letters"),
        (headers(key=THEIRS), {}, "signature", "the key's name, and another's secret"),
        (headers(**{KEY: "XX-2026"}), {}, "key", "a key there is not"),
        (headers(**{SIGNATURE: ""}), {}, "unsigned", "no signature"),
        (headers(**{TIME: "now"}), {}, "unsigned", "no time"),
        (headers(**{NONCE: "1"}), {}, "unsigned", "no nonce"),
        ({}, {}, "unsigned", "nothing at all"),
        (headers(at=AT - WINDOW), {}, "", "as old as it may be"),
        (headers(at=AT + WINDOW), {}, "", "as far ahead as it may be"),
        (headers(at=AT - WINDOW - 1), {}, "clock", "a second too old"),
        (headers(at=AT + WINDOW + 1), {}, "clock", "a second too far ahead"),
        (headers(), {"is_new": never}, "replayed", "here before"),
    ],
)
def test_a_request_is_believed_as_it_was_signed_and_not_otherwise(
    sent: dict[str, str], asked: dict[str, object], code: str, why: str
) -> None:
    assert checked(sent, **asked) == code, why  # type: ignore[arg-type]  # the body among them


def test_a_stranger_cannot_fill_the_memory_of_nonces() -> None:
    seen: list[str] = []
    for wrong in (headers(key=THEIRS), headers(at=AT - WINDOW - 1), {}):
        assert checked(wrong, is_new=lambda nonce: seen.append(nonce) or True)
    assert seen == []


def test_it_tells_how_far_the_other_clock_is_ahead() -> None:
    assert check(OURS, "POST", TARGET, headers(at=AT + 17), BODY, is_new=always, at=AT).skew == 17


def test_two_requests_alike_carry_two_nonces() -> None:
    assert headers()[NONCE] != headers()[NONCE]


@pytest.mark.parametrize(
    ("status", "nonce", "code", "why"),
    [
        (200, "a" * 32, "", "the reply to this request"),
        (200, "b" * 32, "signature", "an older reply, handed out again"),
        (500, "a" * 32, "signature", "another status"),
    ],
)
def test_a_reply_is_bound_to_its_request_and_its_status(status: int, nonce: str, code: str, why: str) -> None:
    sent = signed_reply(OURS, 200, "a" * 32, BODY, at=AT)
    try:
        check_reply(OURS, status, nonce, sent, BODY, at=AT)
    except Distrusted as problem:
        assert problem.code == code, why
    else:
        assert code == "", why


def test_a_request_cannot_be_passed_off_as_a_reply() -> None:
    sent = signed(OURS, "200", "a" * 32, BODY, at=AT)
    with pytest.raises(Distrusted, match="signature"):
        check_reply(OURS, 200, "a" * 32, sent, BODY, at=AT)


@settings(max_examples=25)
@given(body=st.binary(max_size=40), other=st.binary(max_size=40))
def test_no_other_body_holds(body: bytes, other: bytes) -> None:
    sent = signed(OURS, "POST", TARGET, body, at=AT)
    assert (checked(sent, body=other) == "") is (body == other)


def test_a_key_keeps_its_secret_to_itself() -> None:
    assert OURS.secret not in repr(OURS) and OURS.secret not in str(headers())
