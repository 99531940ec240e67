"""A PostgreSQL database of a test's own, for processes of its own."""

from __future__ import annotations

import secrets
from collections.abc import Iterator

import psycopg
import pytest

from tests.__main__ import POSTGRES, unreachable
from tests.conf.test_celery_worker import with_path


@pytest.fixture
def database() -> Iterator[str]:
    if reason := unreachable(POSTGRES):
        pytest.skip(f"PostgreSQL: {reason}")
    name = f"nuanxin_crash_{secrets.token_hex(4)}"
    with psycopg.connect(POSTGRES, autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}")
        yield with_path(POSTGRES, f"/{name}")
        server.execute(f"DROP DATABASE {name} WITH (FORCE)")
