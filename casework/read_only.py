"""Looking at the whole database for a while, with the database itself forbidding that anything be changed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction


@contextmanager
def read_only() -> Iterator[None]:
    """Everything read inside is of one moment, nothing can be written, and nobody who writes meanwhile has to wait.

    No `transaction.atomic()` within it: on SQLite it is a transaction Django does not know of. Where a transaction is
    open already, it sees what that one sees.
    """
    if connection.vendor == "postgresql":
        with _of_postgresql():
            yield
    else:
        with _of_sqlite():
            yield


@contextmanager
def _of_postgresql() -> Iterator[None]:
    whole = not connection.in_atomic_block
    with transaction.atomic():
        with connection.cursor() as cursor:
            # The level can be set at the very beginning only.
            cursor.execute(f"SET TRANSACTION {'ISOLATION LEVEL REPEATABLE READ, ' if whole else ''}READ ONLY")
        yield
        transaction.set_rollback(True)


@contextmanager
def _of_sqlite() -> Iterator[None]:
    connection.ensure_connection()
    whole = not connection.in_atomic_block
    # To the driver itself: after an error inside a transaction Django sends nothing, not even that this is over.
    tell = connection.connection.execute
    tell("PRAGMA query_only = ON")
    try:
        if whole:
            # Deferred: of one moment, and without the write lock that our own transactions take at once.
            tell("BEGIN DEFERRED")
        yield
    finally:
        if whole and connection.connection.in_transaction:
            tell("ROLLBACK")
        tell("PRAGMA query_only = OFF")
