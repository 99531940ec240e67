"""A new database is made at once, an older one goes its road: both come to the same."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import pytest
from django.db import connections
from django.db.backends.sqlite3.base import DatabaseWrapper
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader

from casework.conf.databases import sqlite

at_once = importlib.import_module("casework.migrations.0001_squashed_0022_donations")
AT_ONCE, LAST = ("casework", at_once.Migration.__module__.rpartition(".")[2]), ("casework", at_once.REPLACED[-1])


@pytest.fixture(autouse=True)
def _any_database(django_db_blocker: Any) -> Iterator[None]:
    with django_db_blocker.unblock():
        yield


@contextmanager
def a_new_database() -> Iterator[DatabaseWrapper]:
    """An empty one in memory, as the default: what migrations enter, they enter there."""
    given = {"ATOMIC_REQUESTS": False, "AUTOCOMMIT": True, "CONN_MAX_AGE": 0, "CONN_HEALTH_CHECKS": False}
    given |= {"TIME_ZONE": None, "USER": "", "PASSWORD": "", "HOST": "", "PORT": "", "TEST": {}}
    usual = connections["default"]
    with closing(DatabaseWrapper({**sqlite(":memory:"), **given}, alias="default")) as connection:
        connections["default"] = connection
        try:
            yield connection
        finally:
            connections["default"] = usual


def without_the_short_way(connection: DatabaseWrapper) -> MigrationExecutor:
    """As it was before there was one."""
    executor = MigrationExecutor(connection)
    executor.loader = MigrationLoader(connection, replace_migrations=False)
    return executor


def contents(connection: DatabaseWrapper) -> tuple[set[tuple[str, ...]], set[tuple[object, ...]]]:
    """Everything in the schema, word for word; and the days the migrations enter."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT type, name, tbl_name, sql FROM sqlite_master WHERE tbl_name != 'django_migrations'")
        schema = set(cursor.fetchall())
        cursor.execute("SELECT day, working, name FROM casework_calendarday")
        return schema, set(cursor.fetchall())


def test_a_database_of_the_first_release_comes_to_the_schema_of_a_new_one() -> None:
    with a_new_database() as new:
        MigrationExecutor(new).migrate([AT_ONCE])
        made = contents(new)
    with a_new_database() as older:
        without_the_short_way(older).migrate([("casework", "0003_one_account_a_person")])
        executor = MigrationExecutor(older)
        taken = [migration.name for migration, _back in executor.migration_plan([LAST])]
        assert taken == list(at_once.REPLACED[3:])
        executor.migrate([LAST])
        assert contents(older) == made
        # Whatever comes next finds all of it done, the short way too.
        assert MigrationExecutor(older).migration_plan([AT_ONCE]) == []
    assert {kind for kind, *_names in made[0]} == {"table", "index", "trigger"}
