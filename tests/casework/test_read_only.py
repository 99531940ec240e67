"""Looking of one moment: nothing can be written by who looks, and nobody else is kept waiting.

Tried with a second connection that writes meanwhile.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, nullcontext
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.db.backends.sqlite3.base import DatabaseWrapper

from casework import read_only as module
from casework.conf import databases
from casework.models import Division
from casework.read_only import read_only
from tests.at_once import at_once
from tests.factories import places

REFUSED = r"read-?only"


def rename(name: str) -> int:
    return Division.objects.filter(pk="43").update(name=name)


def name() -> str:
    return Division.objects.get(pk="43").name


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("around", [transaction.atomic, nullcontext], ids=["in a transaction", "by itself"])
def test_nothing_can_be_written_while_it_lasts_and_all_can_afterwards(around: Callable[[], Any]) -> None:
    places()
    with around(), pytest.raises(DatabaseError, match=REFUSED), read_only():
        rename("改过")
    assert name() == "湖南省"
    with around(), read_only():
        assert name() == "湖南省"
    assert rename("改过") == 1
    assert name() == "改过"


@pytest.mark.django_db(transaction=True)
def test_inside_a_transaction_it_sees_what_that_one_has_written(db: None) -> None:
    places()
    with transaction.atomic():
        rename("改过")
        with read_only():
            assert name() == "改过"
        rename("又改过")
    assert name() == "又改过"


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_on_postgres_others_write_at_once_and_are_not_seen_until_it_is_over() -> None:
    places()
    with read_only():
        assert name() == "湖南省"
        assert at_once(lambda: rename("改过")) == [1]
        assert name() == "湖南省"
    assert name() == "改过"


# -- on SQLite, with a database on the disk for two to open -----------------------------------------------------------


@pytest.fixture
def place(db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A SQLite database as ours are set up."""
    path = tmp_path / "a.sqlite3"
    defaults = {"AUTOCOMMIT": True, "CONN_MAX_AGE": 0, "CONN_HEALTH_CHECKS": False, "TIME_ZONE": None}
    wrapper = DatabaseWrapper({**databases.sqlite(path), **defaults}, "looking")
    with wrapper.cursor() as cursor:
        cursor.execute("CREATE TABLE said (word TEXT)")
    monkeypatch.setattr(module, "connection", wrapper)
    yield path
    wrapper.close()


def words() -> int:
    with module.connection.cursor() as cursor:
        return int(cursor.execute("SELECT count(*) FROM said").fetchone()[0])


def say(path: Path) -> None:
    """By somebody else, who waits for nobody."""
    with closing(sqlite3.connect(path, timeout=0, isolation_level=None)) as other:
        other.execute("INSERT INTO said VALUES ('meanwhile')")


def test_on_sqlite_others_write_at_once_and_are_not_seen_until_it_is_over(place: Path) -> None:
    with read_only():
        assert words() == 0
        say(place)
        assert words() == 0
    assert words() == 1


def test_on_sqlite_it_is_over_even_when_reading_fails(place: Path) -> None:
    with pytest.raises(ValueError, match="unreadable"), read_only():
        assert words() == 0
        raise ValueError("unreadable")

    say(place)
    assert words() == 1
