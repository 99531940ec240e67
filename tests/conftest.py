"""What every test may lean on."""

from __future__ import annotations

import contextlib
import importlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.apps import apps
from django.conf import settings as django_settings
from django.db import connection
from django.db.backends.postgresql.base import DatabaseOperations as PostgresOperations
from django.db.backends.sqlite3.base import DatabaseOperations as SqliteOperations
from hypothesis import settings as hypothesis_settings

from tests.plugins.no_skips import VARIABLE as MAY_LAND
from tests.plugins.sources import FOLDERS as FOLDERS  # imported for what it sets
from tests.workflows.notices import noticed
from tests.world import World, build_world
from workflows import clock, registry
from workflows.calendar import Calendar, published

APPEND_ONLY = (
    "casework_event",
    "casework_decision",
    "casework_claimpayment",
    "casework_logentry",
    "casework_rightsact",
    "casework_moneyline",
)
ON_BOTH = ("tests/workflows/", "tests/notifications/", "tests/casework/test_rows.py", "tests/casework/desk/test_due.py")
ASKING = frozenset({"db", "transactional_db", "django_db_blocker", "django_db_setup"})
ON_POSTGRES = "postgres" in os.environ.get("DATABASE_URL", "")

# No property is about time. The run that decides whether a change may land gives the same answer twice; a developer's
# looks at other examples each time.
hypothesis_settings.register_profile(
    "nuanxin", deadline=None, database=None, derandomize=os.environ.get(MAY_LAND) == "1"
)
hypothesis_settings.load_profile("nuanxin")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests that need PostgreSQL run where the database is one (`make test` runs them so), else say why not.

    What the gateway, the models and the outbox do is held to on both databases: of those folders, all that asks a
    database is marked `both`.
    """
    for item in items:
        if any(str(item.path).find(part) > 0 for part in ON_BOTH) and _asks_a_database(item):
            item.add_marker(pytest.mark.both)
    if not ON_POSTGRES:
        reason = "needs PostgreSQL: set DATABASE_URL to one (make test does, with TEST_POSTGRES_URL)"
        for item in items:
            if "postgres" in item.keywords:
                item.add_marker(pytest.mark.skip(reason=reason))


def _asks_a_database(item: pytest.Item) -> bool:
    """pytest-django lets no other test near one."""
    fixtures = getattr(item, "fixturenames", ())
    return "django_db" in item.keywords or not ASKING.isdisjoint(fixtures)


@pytest.fixture(scope="session", autouse=True)
def _quick_passwords() -> None:
    django_settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(scope="session", autouse=True)
def _flush_past_the_triggers() -> Iterator[None]:
    """Transactional tests empty the database afterwards, which the append-only triggers rightly refuse; what the
    migrations put into it is put into it again, for whatever runs next in this process."""
    seed = importlib.import_module("casework.migrations.0005_clock").enter_the_years_that_are_known
    originals = {kind: kind.execute_sql_flush for kind in (SqliteOperations, PostgresOperations)}

    def flush(self: Any, sql_list: list[str]) -> None:
        with _triggers_off():
            originals[type(self)](self, sql_list)
        seed(apps, None)

    for kind in originals:
        kind.execute_sql_flush = flush
    yield
    for kind, original in originals.items():
        kind.execute_sql_flush = original


@contextlib.contextmanager
def _triggers_off() -> Iterator[None]:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            for table in APPEND_ONLY:
                cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            yield
            for table in APPEND_ONLY:
                cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
            return
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        triggers = cursor.fetchall()
        for name, _sql in triggers:
            cursor.execute(f"DROP TRIGGER {name}")
        yield
        for _name, sql in triggers:
            cursor.execute(sql)


SEEDED = (2024, 2025, 2026)
HELD = clock._Held(Calendar(published(SEEDED), frozenset(SEEDED)), 1, float("inf"))


@pytest.fixture(autouse=True)
def _the_seeded_calendar(monkeypatch: pytest.MonkeyPatch) -> None:
    """The calendar a migrated database has, held for good, so that no test counts a look at it among its statements.
    Who wants the tables read says `clock.forget()`."""
    monkeypatch.setattr(clock, "_held", HELD)


@pytest.fixture(autouse=True)
def _files_of_its_own(settings: Any, tmp_path: Path) -> None:
    settings.FILES_DIR = tmp_path / "files"


@pytest.fixture
def world(db: None) -> World:
    """A small county with offices and staff for every role; see tests/world.py."""
    return build_world()


@pytest.fixture
def monday() -> Iterator[None]:
    """A Monday in November, and time stands still."""
    with time_machine.travel(noticed.MONDAY, tick=False):
        yield


@pytest.fixture
def village(world: World, monday: None, monkeypatch: pytest.MonkeyPatch) -> noticed.Village:
    """The county with a programme whose lists hang."""
    known = noticed.programme()
    found = registry.Programmes({known.slug: known})
    monkeypatch.setattr(registry, "programmes", lambda: found)
    return noticed.Village(world)
