"""Telling whoever drains the outbox that there is something in it. A courtesy: the jobs are polled for anyway."""

from __future__ import annotations

from collections.abc import Callable

from django.db import transaction

_wake: Callable[[], None] | None = None


def on_commit_wake(wake: Callable[[], None] | None) -> None:
    """What is called after each commit that left jobs; it must not wait for anything. None: nobody."""
    global _wake
    _wake = wake


def after_commit() -> None:
    """Said in a transaction that leaves jobs."""
    if _wake is not None:
        # robust: a waker's fault is logged, and is not the fault of those whose work is committed already.
        transaction.on_commit(_wake, robust=True)
