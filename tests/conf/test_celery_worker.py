"""A Celery worker on a real Redis, killed in the middle: nothing is lost and nothing is done twice."""

from __future__ import annotations

import os
import secrets
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
import redis

from tests.__main__ import POSTGRES, unreachable

REDIS = os.environ.get("TEST_REDIS_URL", "redis://127.0.0.1:6379/0")
ROOT = Path(__file__).parent.parent.parent
JOBS = 400
PATIENCE = 60.0
DONE = "SELECT COUNT(*) FROM notifications_outbox WHERE done_at IS NOT NULL AND kind = 'tell_applicant'"
NIGHTLY = "SELECT COUNT(*) FROM notifications_outbox WHERE kind = 'nightly'"


def with_path(url: str, path: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path=path))


def wait_until(holds: Callable[[], bool], what: str, log: Path) -> None:
    until = time.monotonic() + PATIENCE
    while not holds():
        if time.monotonic() > until:
            pytest.fail(f"{what} did not come about; the worker said:\n{log.read_text()[-3000:]}")
        time.sleep(0.02)


@pytest.fixture
def broker() -> Iterator[str]:
    """A database of Redis that nobody uses, claimed for this test and emptied after it."""
    server = redis.Redis.from_url(REDIS)
    try:
        server.ping()
    except redis.RedisError as problem:
        pytest.skip(f"no Redis answers at TEST_REDIS_URL: {type(problem).__name__}")
    for number in range(1, 16):
        url = with_path(REDIS, f"/{number}")
        with closing(redis.Redis.from_url(url)) as mine:
            if mine.set("nuanxin-test-claim", "1", nx=True, ex=600):
                if mine.dbsize() == 1:
                    yield url
                    mine.flushdb()
                    return
                mine.delete("nuanxin-test-claim")
    pytest.skip("every database of the Redis at TEST_REDIS_URL is in use")


@pytest.fixture
def database(tmp_path: Path) -> Iterator[str]:
    """A database of this test's own: on PostgreSQL where one answers, else a file."""
    if unreachable(POSTGRES):
        yield f"sqlite:///{tmp_path}/outbox.sqlite3"
        return
    name = f"nuanxin_celery_{secrets.token_hex(4)}"
    with psycopg.connect(POSTGRES, autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}")
        yield with_path(POSTGRES, f"/{name}")
        server.execute(f"DROP DATABASE {name} WITH (FORCE)")


class Site:
    """An installation in processes of its own."""

    def __init__(self, folder: Path, database: str, broker: str) -> None:
        self.folder, self.database = folder, database
        self.log = folder / "worker.log"
        self.environment = {
            **os.environ,
            "NUANXIN_DATA": str(folder / "data"),
            "NUANXIN_DEBUG": "1",
            "DATABASE_URL": database,
            "CELERY_BROKER_URL": broker,
            "CELERY_SKIP_CHECKS": "1",
        }

    def make(self, jobs: int) -> None:
        command = [sys.executable, "-m", "tests.conf.outbox_site", str(jobs)]
        subprocess.run(command, cwd=ROOT, env=self.environment, check=True)

    def start_worker(self) -> subprocess.Popen[bytes]:
        """A worker with beat in it, in a process group of its own, so that all of it can be killed at once."""
        command = [sys.executable, "-m", "celery", "-A", "casework.conf.celery:app", "worker", "--beat"]
        options = ["--schedule", str(self.folder / "beat"), "--concurrency", "2", "--without-mingle"]
        with self.log.open("ab") as log:
            return subprocess.Popen(
                [*command, *options],
                cwd=ROOT,
                env=self.environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def rows(self, statement: str) -> list[tuple[Any, ...]]:
        if self.database.startswith("sqlite"):
            with closing(sqlite3.connect(urlsplit(self.database).path, timeout=20)) as books:
                rows = books.execute(statement).fetchall()
                books.commit()
            return rows
        with psycopg.connect(self.database) as books:
            answer = books.execute(statement)
            return answer.fetchall() if answer.description else []

    def count(self, statement: str) -> int:
        return int(self.rows(statement)[0][0])


@pytest.fixture
def site(tmp_path: Path, database: str, broker: str) -> Site:
    (tmp_path / "data").mkdir()
    return Site(tmp_path, database, broker)


def stop(worker: subprocess.Popen[bytes], number: signal.Signals) -> None:
    """The worker and the processes it made."""
    os.killpg(worker.pid, number)
    worker.wait(timeout=30)


@pytest.mark.redis
def test_a_worker_killed_in_the_middle_loses_nothing_and_does_nothing_twice(site: Site) -> None:
    site.make(JOBS)
    first = site.start_worker()
    try:
        wait_until(lambda: site.count(DONE) >= JOBS // 8, "the first jobs", site.log)
    finally:
        stop(first, signal.SIGKILL)
    done_before = site.count(DONE)
    assert done_before < JOBS
    # What the dead worker had in hand is leased for a minute, which passes here at once.
    site.rows("UPDATE notifications_outbox SET leased_until = NULL WHERE done_at IS NULL")

    second = site.start_worker()
    try:
        wait_until(lambda: site.count(DONE) == JOBS, "the last job", site.log)
    finally:
        stop(second, signal.SIGTERM)
    messages = site.rows("SELECT key, COUNT(*) FROM notifications_message GROUP BY key")
    assert sorted(key for key, _times in messages) == sorted(f"tell:{number}" for number in range(JOBS))
    assert {times for _key, times in messages} == {1}
    # A job is attempted twice only where the worker died over it: never more than it had hands.
    assert site.count("SELECT COUNT(*) FROM notifications_outbox WHERE attempts > 1") <= 2
    assert site.count("SELECT COUNT(*) FROM notifications_outbox WHERE last_error <> ''") == 0
    # Every process of both workers has planned the day.
    assert site.count(NIGHTLY) == 1
