"""Asking an insurer what it has to say, again and again, from where we left off."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlencode

from django.db.models import F, Q
from django.utils.timezone import now

from casework.models import InsurerAnswer, InsurerConnection, InsurerNonce
from notifications.models import Outbox
from notifications.outbox import job
from workflows.insurance_exchange.calling import NoAnswer, Reply, ask
from workflows.insurance_exchange.connections import line_to, note_call
from workflows.insurance_exchange.messages import NotUnderstood, answers_in
from workflows.insurance_exchange.signing import WINDOW
from workflows.insurance_exchange.taking import TAKE, Road, State, Voice, receive

POLL: Final = "insurer_poll"
EVERY: Final = datetime.timedelta(minutes=5)
PAGE: Final = 50
LONGEST_CURSOR: Final = 64
NONCES_KEPT: Final = datetime.timedelta(seconds=4 * WINDOW)
RETRIED: Final = 200

Brought = tuple[str, Reply | NoAnswer] | None


def poll_soon(connection: InsurerConnection) -> None:
    """Ask it now: the one poll that waits is brought forward; where there is none, one is begun."""
    waiting = Outbox.objects.waiting().filter(key__startswith=f"{POLL}:{connection.pk}:")
    if not waiting.update(run_at=now(), given_up=False, attempts=0, leased_until=None):
        _post(connection.pk, now())


def keep_polling(day: datetime.date) -> None:
    """Each night: every enabled connection has its poll, what came too early is tried again, old nonces go."""
    for connection in InsurerConnection.objects.filter(enabled=True):
        poll_soon(connection)
    retry_waiting()
    InsurerNonce.objects.filter(at__lt=now() - NONCES_KEPT).delete()


def retry_waiting(office_id: int | None = None) -> None:
    """Take up answers that came too early once more, by a job each, where their claim has moved since."""
    moved = Q(tried_at__isnull=True) | Q(case__stage_since__gte=F("tried_at"))
    rows = InsurerAnswer.objects.filter(moved, state=State.WAITING)
    rows = rows.filter(office=office_id) if office_id is not None else rows
    for pk in rows.order_by("id").values_list("pk", flat=True)[:RETRIED]:
        _post_take(pk)


def go_and_ask(key: str, payload: Mapping[str, Any]) -> Brought:
    """Outside of any transaction: what it has said since the cursor, one page of it."""
    connection = InsurerConnection.objects.filter(pk=payload["connection"], enabled=True).first()
    if connection is None:
        return None
    query = urlencode({"since": connection.cursor, "limit": PAGE})
    try:
        return connection.cursor, ask(line_to(connection), "GET", f"/answers?{query}")
    except NoAnswer as problem:
        return connection.cursor, problem


def settle_poll(key: str, payload: Mapping[str, Any], brought: Brought) -> None:
    """Everything it said is received, the cursor moves on with it, and the next poll waits. No poll, no answer, no
    nonsense ends the chain; only switching the connection off does."""
    if brought is None:
        return
    cursor, answer = brought
    connection = InsurerConnection.objects.select_for_update(of=("self",)).get(pk=payload["connection"])
    note_call(connection.pk, answer)
    more = False
    if isinstance(answer, Reply):
        try:
            more = _received(connection, cursor, answer.body)
        except NotUnderstood:
            InsurerConnection.objects.filter(pk=connection.pk).update(fault="not_understood")
    retry_waiting(connection.office_id)
    _post(connection.pk, now() if more else now() + EVERY)


def _received(connection: InsurerConnection, asked_from: str, body: Mapping[str, Any]) -> bool:
    """Receive a page, and say whether there is more. Raises `NotUnderstood` for a page that is none."""
    following = body.get("next", asked_from)
    if not isinstance(following, str) or len(following) > LONGEST_CURSOR:
        raise NotUnderstood("next", "next")
    voice = Voice(connection, Road.POLL)
    for said in answers_in(body):
        row, fresh = receive(said, voice)
        if fresh and row.state == State.WAITING:
            _post_take(row.pk)
    if connection.cursor == asked_from:
        InsurerConnection.objects.filter(pk=connection.pk).update(cursor=following)
    # A page that leads nowhere and promises more would be asked for without end.
    return body.get("more") is True and following != asked_from


def _post(connection_id: int, run_at: datetime.datetime) -> None:
    key = f"{POLL}:{connection_id}:{uuid.uuid4().hex[:12]}"
    job(POLL, key, {"connection": connection_id}, run_at=run_at).save(force_insert=True)


def _post_take(answer_id: int) -> None:
    key = f"{TAKE}:{answer_id}:{uuid.uuid4().hex[:12]}"
    job(TAKE, key, {"answer": answer_id}, run_at=now()).save(force_insert=True)
