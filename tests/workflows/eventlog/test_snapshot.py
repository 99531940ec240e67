"""A log is of one moment, and keeps nobody waiting: tried with a second connection that writes meanwhile."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import InternalError, connection
from django.db.backends.sqlite3.base import DatabaseWrapper

from casework.conf import databases
from casework.models import Chain
from tests.world import World
from workflows.eventlog import snapshot
from workflows.eventlog.snapshot import one_moment


@pytest.fixture
def place(db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A SQLite database as ours are set up, on the disk, for two to open."""
    path = tmp_path / "a.sqlite3"
    defaults = {"AUTOCOMMIT": True, "CONN_MAX_AGE": 0, "CONN_HEALTH_CHECKS": False, "TIME_ZONE": None}
    wrapper = DatabaseWrapper({**databases.sqlite(path), **defaults}, "snapshot")
    with wrapper.cursor() as cursor:
        cursor.execute("CREATE TABLE said (word TEXT)")
    monkeypatch.setattr(snapshot, "connection", wrapper)
    yield path
    wrapper.close()


def words() -> int:
    with snapshot.connection.cursor() as cursor:
        return int(cursor.execute("SELECT count(*) FROM said").fetchone()[0])


def say(path: Path) -> None:
    """By somebody else, who waits for nobody."""
    with closing(sqlite3.connect(path, timeout=0, isolation_level=None)) as other:
        other.execute("INSERT INTO said VALUES ('meanwhile')")


def test_on_sqlite_others_write_at_once_and_are_not_seen_until_it_is_over(place: Path) -> None:
    with one_moment():
        assert words() == 0
        say(place)
        assert words() == 0
    assert words() == 1


def test_on_sqlite_it_is_over_even_when_reading_fails(place: Path) -> None:
    with pytest.raises(ValueError, match="unreadable"), one_moment():
        assert words() == 0
        raise ValueError("unreadable")

    say(place)
    assert words() == 1


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_on_postgres_others_write_at_once_and_are_not_seen_until_it_is_over() -> None:
    with psycopg.connect(**_parameters(), autocommit=True) as other:
        with one_moment():
            assert Chain.objects.count() == 0
            other.execute("INSERT INTO casework_chain (name, seq, head) VALUES ('import:1', 0, '')")
            assert Chain.objects.count() == 0
        assert Chain.objects.count() == 1


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_on_postgres_it_cannot_write_by_mistake() -> None:
    with pytest.raises(InternalError, match="read-only"), one_moment():
        Chain.objects.create(name="import:1")

    assert Chain.objects.count() == 0


def _parameters() -> dict[str, Any]:
    found = connection.get_connection_params()
    return {name: found[name] for name in ("dbname", "user", "password", "host", "port") if name in found}


def test_inside_a_transaction_it_is_the_callers(world: World) -> None:
    with one_moment():
        Chain.objects.create(name="import:1")

    assert Chain.objects.filter(name="import:1").exists()
