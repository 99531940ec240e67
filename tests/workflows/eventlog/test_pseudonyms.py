"""Pseudonyms: steady within an installation, and of no use to match anything with."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from casework.crypto import lookup_hash, purpose_key
from workflows.eventlog import pseudonyms


def test_a_person_is_always_called_the_same_and_no_two_alike() -> None:
    names = [pseudonyms.staff(pk) for pk in range(500)] + [pseudonyms.applicant(pk) for pk in range(500)]

    assert len(set(names)) == 1000
    assert names[7] == pseudonyms.staff(7)
    assert all(re.fullmatch(r"(staff|applicant)-[0-9a-f]{16}", name) for name in names)


def test_where_nobody_acted_it_was_the_system() -> None:
    assert pseudonyms.staff(None) == "system"


def test_one_human_who_is_staff_and_applicant_has_two_that_do_not_match() -> None:
    assert pseudonyms.staff(7).partition("-")[2] != pseudonyms.applicant(7).partition("-")[2]


def test_another_installation_calls_them_otherwise(settings: Any) -> None:
    here = pseudonyms.staff(7)
    settings.SECRETS = replace(settings.SECRETS, hash_key=bytes(range(32)))

    assert pseudonyms.staff(7) != here


def test_a_new_data_key_does_not_change_them(settings: Any) -> None:
    here = pseudonyms.staff(7)
    settings.SECRETS = replace(settings.SECRETS, data_keys={"k9": bytes(range(32))}, current="k9")

    assert pseudonyms.staff(7) == here


def test_they_are_no_lookup_hashes_and_their_key_is_nobody_elses(settings: Any) -> None:
    digits = pseudonyms.staff(7).partition("-")[2]
    key = purpose_key("event log pseudonyms")

    assert not any(
        lookup_hash(kind, text).startswith(digits) for kind in ("staff", "identity") for text in ("7", "staff:7")
    )
    assert key not in (settings.SECRETS.hash_key, settings.SECRETS.slip_key, purpose_key("another purpose"))
    assert len(key) == 32
