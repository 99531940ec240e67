"""Jobs that ask another machine: outside of any transaction, and settled once."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.utils.timezone import now

from notifications.models import Message, Outbox
from notifications.outbox import LEASE, Errand, drain
from tests.notifications.test_outbox import leave, say


def go(key: str, payload: Mapping[str, Any]) -> str:
    return f"{key} was answered"


def settle(key: str, payload: Mapping[str, Any], brought: str) -> None:
    assert brought == f"{key} was answered"
    say(key, payload)


def fail(key: str, payload: Mapping[str, Any]) -> str:
    raise TimeoutError


@pytest.mark.django_db(transaction=True)
def test_a_stranger_is_asked_outside_of_any_transaction_and_settled_inside_one() -> None:
    inside = []

    def gone(key: str, payload: Mapping[str, Any]) -> None:
        inside.append(connection.in_atomic_block)

    def settled(key: str, payload: Mapping[str, Any], brought: None) -> None:
        inside.append(connection.in_atomic_block)

    leave(1)
    assert drain({"say": Errand(gone, settled)}) == 1
    assert inside == [False, True]


def test_what_was_brought_home_is_settled_once(db: None) -> None:
    leave(2)
    assert (drain({"say": Errand(go, settle)}), drain({"say": Errand(go, settle)})) == (2, 0)
    assert Message.objects.count() == 2


def test_one_that_came_back_with_nothing_goes_again(db: None) -> None:
    leave(1)
    assert drain({"say": Errand(fail, settle)}) == 0
    left = Outbox.objects.get()
    assert (left.done_at, left.attempts, left.last_error) == (None, 1, "TimeoutError")
    with time_machine.travel(now() + datetime.timedelta(minutes=1)):
        assert drain({"say": Errand(go, settle)}) == 1
    assert Message.objects.count() == 1


def test_who_stayed_away_longer_than_the_lease_settles_nothing_another_has_settled(db: None) -> None:
    def slow(key: str, payload: Mapping[str, Any]) -> str:
        with time_machine.travel(now() + LEASE + datetime.timedelta(seconds=1)):
            assert drain({"say": Errand(go, settle)}) == 1
        return go(key, payload)

    leave(1)
    assert drain({"say": Errand(slow, settle)}) == 0
    assert Message.objects.count() == 1
