"""Encryption at rest, and equality of what is encrypted."""

from __future__ import annotations

import base64
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework import crypto
from casework.crypto import KeyRing, Unreadable, key_ring, lookup_hash, slip_code
from casework.models import Person
from casework.models.fields import SealedText
from tests.factories import PersonFactory, invented_identity, places

KEYS = {"k1": bytes(range(32)), "k2": bytes(range(32, 64))}
NUMBER = "990922195503070018"


@pytest.fixture
def ring() -> KeyRing:
    return KeyRing(KEYS, "k2")


@given(text=st.text())
def test_what_is_sealed_opens_to_the_same(text: str) -> None:
    ring = KeyRing(KEYS, "k1")
    assert ring.open_text(ring.seal_text(text)) == text


@given(data=st.binary())
def test_a_file_is_sealed_byte_for_byte(data: bytes) -> None:
    ring = KeyRing(KEYS, "k1")
    sealed = ring.seal_file(data)
    assert sealed.startswith(b"k1\n")
    assert ring.open_file(sealed) == data


def test_the_same_text_is_sealed_differently_each_time_and_shows_nothing(ring: KeyRing) -> None:
    one, other = ring.seal_text(NUMBER), ring.seal_text(NUMBER)
    assert one != other
    assert NUMBER not in one and NUMBER.encode() not in base64.b64decode(one.partition(":")[2])


def test_the_current_key_seals_and_every_key_opens(ring: KeyRing) -> None:
    assert ring.seal_text("x").startswith("k2:")
    assert ring.open_text(KeyRing(KEYS, "k1").seal_text("before")) == "before"


@pytest.mark.parametrize("place", [0, 11, 12, -1])
def test_one_flipped_bit_anywhere_is_noticed(ring: KeyRing, place: int) -> None:
    key_id, _, body = ring.seal_text(NUMBER).partition(":")
    altered = bytearray(base64.b64decode(body))
    altered[place] ^= 1
    with pytest.raises(Unreadable):
        ring.open_text(f"{key_id}:{base64.b64encode(altered).decode()}")


@pytest.mark.parametrize(
    "sealed",
    ["k9:" + base64.b64encode(os.urandom(40)).decode(), "k1:", "k1:AAAA", "", "990922195503070018", "k1:not base64!"],
    ids=["unknown key", "empty", "too short", "nothing", "plain", "garbled"],
)
def test_what_cannot_be_opened_says_so(ring: KeyRing, sealed: str) -> None:
    with pytest.raises(Unreadable):
        ring.open_text(sealed)


@pytest.mark.parametrize("sealed", [b"", b"k9\n" + bytes(40), b"k2\n", b"no newline", b"\xff\xfe\n" + bytes(40)])
def test_a_file_that_cannot_be_opened_says_so(ring: KeyRing, sealed: bytes) -> None:
    with pytest.raises(Unreadable):
        ring.open_file(sealed)


def test_anothers_key_under_the_same_name_does_not_open_it(ring: KeyRing) -> None:
    stranger = KeyRing({"k2": bytes(range(100, 132))}, "k2")
    with pytest.raises(Unreadable):
        stranger.open_text(ring.seal_text(NUMBER))


def test_the_ring_is_read_once_and_again_when_the_file_changes(settings: Any, tmp_path: Path) -> None:
    settings.KEYS_FILE = tmp_path / "keys.json"
    settings.KEYS_FILE.write_text(crypto.load_secrets(_installed(), may_create=False).as_json(), encoding="utf-8")
    first = key_ring()
    assert key_ring() is first
    os.utime(settings.KEYS_FILE, ns=(1, 1))
    assert key_ring() is not first


def _installed() -> Path:
    return Path(os.environ["NUANXIN_DATA"]) / "keys.json"


def test_hashes_are_equal_exactly_when_kind_and_value_are() -> None:
    assert lookup_hash("identity", NUMBER) == lookup_hash("identity", NUMBER)
    found = {
        lookup_hash(kind, value) for kind in ("identity", "account", "phone") for value in (NUMBER, NUMBER[:-1] + "X")
    }
    assert len(found) == 6
    assert all(len(digest) == 64 and int(digest, 16) >= 0 for digest in found)


def test_a_hash_tells_nothing_without_the_key(settings: Any) -> None:
    before = lookup_hash("identity", NUMBER)
    other = crypto.load_secrets(_installed(), may_create=False)
    settings.SECRETS = type(other)(other.django, bytes(range(32)), other.slip_key, other.data_keys, other.current)
    assert lookup_hash("identity", NUMBER) != before


def test_a_slip_code_can_be_printed_again_and_read_by_old_eyes() -> None:
    numbers = [f"HL4309222026{number:05d}" for number in range(200)]
    codes = {slip_code(number) for number in numbers}
    assert len(codes) == 200
    assert [slip_code(number) for number in numbers[:3]] == [slip_code(number) for number in numbers[:3]]
    assert all(len(code) == 8 for code in codes)
    assert not set("".join(codes)) & set("0O1IL")


def test_a_number_reads_back_sealed_and_only_reveal_opens_it(db: None) -> None:
    places()
    number = invented_identity(7)
    person = Person.objects.get(pk=PersonFactory(identity_number=number).pk)
    sealed = person.identity_number
    assert isinstance(sealed, SealedText)
    assert number not in str(sealed) and repr(sealed) == "<sealed>"
    assert sealed.reveal() == number
    assert Person.objects.get(identity_hash=lookup_hash("identity", number)) == person


def test_saving_again_keeps_what_is_sealed_and_an_empty_one_stays_empty(db: None) -> None:
    places()
    person = Person.objects.get(pk=PersonFactory(phone="").pk)
    before = person.identity_number
    person.name = "改名"
    person.save()
    after = Person.objects.get(pk=person.pk)
    assert after.identity_number == before
    assert (after.phone, SealedText("").reveal()) == ("", "")
