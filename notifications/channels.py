"""Saying something to somebody: the message is kept, once by its key, and handed to the channels after the commit."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol

from django.db import transaction
from django.utils.timezone import now

from notifications.models import Message

log = logging.getLogger("nuanxin.messages")


class Channel(Protocol):
    """A way out. A channel that can fail (a gateway, a mail server) takes a job of its own in the outbox and tries
    again from there; what it does here is only to write that job down."""

    def send(self, message: Message) -> None: ...


class Journal:
    """The service's own log: whose and which message, never what it says, and never about whom."""

    def send(self, message: Message) -> None:
        log.info("%s -> %s (%s)", message.template, message.subject, message.audience)


CHANNELS: tuple[Channel, ...] = (Journal(),)


def tell(key: str, *, subject: str, audience: str, template: str, context: Mapping[str, Any]) -> Message:
    """Keep a message and send it after the commit. The same key again says nothing twice."""
    fields = {"subject": subject, "audience": audience, "template": template, "context": dict(context)}
    message, fresh = Message.objects.get_or_create(key=key, defaults={**fields, "at": now()})
    if fresh:
        transaction.on_commit(partial(_send, message), robust=True)
    return message


@dataclass(frozen=True, slots=True)
class Said:
    """A message to be kept: its key, whose it is, who reads it, and which words with which codes."""

    key: str
    subject: str
    audience: str
    template: str
    context: Mapping[str, Any]


def tell_all(said: Sequence[Said]) -> None:
    """Keep many messages, in two statements, and send them after the commit. A key that was said before is left out."""
    known = set(Message.objects.filter(key__in=[one.key for one in said]).values_list("key", flat=True)) if said else ()
    moment = now()
    fresh = [
        Message(
            key=one.key,
            subject=one.subject,
            audience=one.audience,
            template=one.template,
            context=dict(one.context),
            at=moment,
        )
        for one in said
        if one.key not in known
    ]
    Message.objects.bulk_create(fresh)
    for message in fresh:
        transaction.on_commit(partial(_send, message), robust=True)


def _send(message: Message) -> None:
    for channel in CHANNELS:
        channel.send(message)
