"""The outbox: jobs written in the transaction that caused them, done after it, each once.

`drain()` has three callers: a thread of the run command, `manage.py work`, and a Celery task. Handlers come from the
caller as a table kind -> function of (key, payload); a handler's effects and the mark that the job is done are one
transaction, so a worker killed in the middle has done nothing, and the job is taken up again when its lease runs out.
"""

from __future__ import annotations

import datetime
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.db.models import Q
from django.utils.timezone import now

from notifications.models import Outbox

log = logging.getLogger("nuanxin.outbox")

LEASE = datetime.timedelta(seconds=60)
MAX_ATTEMPTS = 8
Handler = Callable[[str, Mapping[str, Any]], None]


@dataclass(frozen=True, slots=True)
class Errand:
    """A job in two parts: `go` (key, payload) asks another machine, within half a `LEASE`, and may not write;
    `settle` (key, payload, what `go` gave) has the effects."""

    go: Callable[[str, Mapping[str, Any]], Any]
    settle: Callable[[str, Mapping[str, Any], Any], None]


Handlers = Mapping[str, Handler | Errand]


class UnknownKind(Exception):
    """A job of a kind nobody here handles: an older or newer release wrote it. It is kept and tried again."""


def job(kind: str, key: str, payload: Mapping[str, Any], *, run_at: datetime.datetime) -> Outbox:
    """A job, not yet saved. `payload` holds ids and codes only: a handler reads afresh."""
    return Outbox(kind=kind, key=key, payload=dict(payload), run_at=run_at)


def drain(handlers: Handlers, *, limit: int = 200, stopping: Callable[[], bool] | None = None) -> int:
    """Do up to `limit` jobs that are due; return how many were done. Safe on many machines at once.

    `stopping` is asked before each: a worker told to stop finishes the job in hand and takes no other.
    """
    done = 0
    for _attempt in range(limit):
        if stopping is not None and stopping():
            break
        leased = _lease()
        if leased is None:
            break
        done += _do(leased, handlers)
    return done


def try_again(job_id: int) -> bool:
    """Put a job that was given up back, as if it had never been tried. False: it has not been given up."""
    given_up = Outbox.objects.waiting().filter(pk=job_id, given_up=True)
    return bool(given_up.update(given_up=False, attempts=0, leased_until=None, run_at=now()))


def _lease() -> Outbox | None:
    """Take the next due job for `LEASE`, counting the attempt, so that a crash is seen and retried later."""
    with transaction.atomic():
        free = Outbox.objects.waiting().filter(
            Q(leased_until__isnull=True) | Q(leased_until__lt=now()), run_at__lte=now(), given_up=False
        )
        if connection.features.has_select_for_update_skip_locked:
            free = free.select_for_update(skip_locked=True)
        found = free.order_by("run_at", "id").first()
        if found is not None:
            found.attempts += 1
            found.leased_until = now() + LEASE
            found.save(update_fields=["attempts", "leased_until"])
    return found


def _do(leased: Outbox, handlers: Handlers) -> int:
    try:
        handler = handlers.get(leased.kind)
        if handler is None:
            raise UnknownKind(leased.kind)
        brought = handler.go(leased.key, leased.payload) if isinstance(handler, Errand) else None
        with transaction.atomic():
            # Read again under a lock: if the lease ran out and another worker finished it, there is nothing to do.
            current = Outbox.objects.select_for_update().get(pk=leased.pk)
            if current.done_at is not None or current.attempts != leased.attempts:
                return 0
            if isinstance(handler, Errand):
                handler.settle(current.key, current.payload, brought)
            else:
                handler(current.key, current.payload)
            current.done_at = now()
            current.last_error = ""
            current.save(update_fields=["done_at", "last_error"])
        return 1
    except Exception as problem:
        # The boundary of background work: whatever a handler raises is kept on the row, and the job comes again.
        # Only the kind of the error is kept: its text could hold what a log must not.
        _postpone(leased, type(problem).__name__)
        return 0


def _postpone(leased: Outbox, error: str) -> None:
    wait = datetime.timedelta(seconds=min(5 * 3**leased.attempts, 3600))
    given_up = leased.attempts >= MAX_ATTEMPTS
    Outbox.objects.filter(pk=leased.pk, attempts=leased.attempts).update(
        run_at=now() + wait, leased_until=None, last_error=error, given_up=given_up
    )
    log.warning("job %s (%s) failed: %s; attempt %s", leased.pk, leased.kind, error, leased.attempts)
