"""What was said to somebody is theirs to read and to put away, each for themselves."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils.timezone import now

from notifications.channels import tell
from notifications.inbox import mark_read, read_by, said_to
from notifications.models import Message, Reading

pytestmark = pytest.mark.django_db


def said(key: str, subject: str = "queue:1.clerk") -> Message:
    return tell(key, subject=subject, audience="staff", template="t.said", context={})


def test_one_finds_what_was_said_under_their_own_word_and_nothing_near_it() -> None:
    mine = said("a", "staff:1")
    said("b", "staff:11")
    assert list(said_to("staff:1")) == [mine]


def test_what_one_has_read_the_other_has_not() -> None:
    first, second = said("a"), said("b")
    mark_read([first.pk], subjects=["queue:1.clerk"], by="staff:1")
    assert read_by("staff:1", [first, second]) == {first.pk}
    assert read_by("staff:2", [first, second]) == set()


def test_reading_twice_is_reading_once() -> None:
    message = said("a")
    for _again in range(2):
        mark_read([message.pk], subjects=["queue:1.clerk"], by="staff:1")
    assert Reading.objects.count() == 1


def test_what_was_said_to_others_cannot_be_read_away() -> None:
    message = said("a", "staff:2")
    mark_read([message.pk, 10**17], subjects=["staff:1", "queue:1.clerk"], by="staff:1")
    assert not Reading.objects.exists()


def test_the_database_lets_a_message_be_read_once_by_each() -> None:
    message = said("a")
    Reading.objects.create(message=message, reader="staff:1", at=now())
    Reading.objects.create(message=message, reader="staff:2", at=now())
    with pytest.raises(IntegrityError), transaction.atomic():
        Reading.objects.create(message=message, reader="staff:1", at=now())
    (constraint,) = Reading._meta.constraints
    assert constraint.name == "message_read_once"


def test_of_nothing_nothing_is_asked(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        assert read_by("staff:1", []) == set()
