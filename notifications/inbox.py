"""What was said to somebody, as they find it: the newest first, and what they have read already."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from django.db.models import QuerySet
from django.utils.timezone import now

from notifications.models import Message, Reading


def said_to(subject: str) -> QuerySet[Message]:
    """Whoever has several subjects asks for each apart: an index has the newest of each, and of no two together."""
    return Message.objects.filter(subject=subject)


def read_by(reader: str, messages: Iterable[Message]) -> set[int]:
    """The keys of those that `reader` has read, in one statement; in none where there are no messages."""
    keys = [message.pk for message in messages]
    if not keys:
        return set()
    return set(Reading.objects.filter(reader=reader, message__in=keys).values_list("message_id", flat=True))


def mark_read(keys: Collection[int], *, subjects: Collection[str], by: str) -> None:
    """Remember that `by` has read those of these messages that were said to `subjects`. Twice is once."""
    moment = now()
    found = Message.objects.filter(pk__in=keys, subject__in=subjects).values_list("pk", flat=True)
    readings = [Reading(message_id=key, reader=by, at=moment) for key in found]
    Reading.objects.bulk_create(readings, ignore_conflicts=True)
