"""The broker goes away and comes back: nobody at a desk notices, and no message is lost or told twice."""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser.conftest import free_port
from tests.crashes.clerks import Clerk
from tests.crashes.installation import PATIENCE, Installation

TOLD = "SELECT COUNT(*) FROM notifications_message"
WAITING = "SELECT COUNT(*) FROM notifications_outbox WHERE done_at IS NULL AND (attempts > 0 OR run_at <= NOW())"
"""Due, or tried before and to be tried again; not what is planned for the small hours."""

ACTS = 6


class Broker:
    """A Redis of this test's own, that can be killed and started again on the same port."""

    def __init__(self, folder: Path) -> None:
        self.port, self.folder = free_port(), folder
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        options = ["--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--dir", str(self.folder)]
        self.process = subprocess.Popen(["redis-server", *options], stdout=subprocess.DEVNULL)

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait(timeout=20)
            self.process = None


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    if shutil.which("redis-server") is None:
        pytest.skip("redis-server is not installed (apt-get install redis-server)")
    found = Broker(tmp_path)
    found.start()
    yield found
    found.kill()


@pytest.fixture
def installation(database: str, broker: Broker, tmp_path: Path) -> Iterator[Installation]:
    found = Installation(tmp_path, database, broker=broker.url)
    found.build(3 * ACTS)
    yield found
    found.stop()


def until(installation: Installation, statement: str, expected: int) -> None:
    limit = time.monotonic() + PATIENCE
    while (found := installation.count(statement)) != expected:
        assert time.monotonic() < limit, f"{statement}: {found}, not {expected}\n{installation.log.read_text()[-3000:]}"
        time.sleep(0.2)


@pytest.mark.postgres
@pytest.mark.redis
def test_acts_go_on_while_the_broker_is_down_and_everybody_is_told_once_when_it_is_back(
    installation: Installation, broker: Broker
) -> None:
    installation.start()
    clerk = Clerk(installation, "verifier", "village", "refuse")
    clerk.log_in()
    until(installation, WAITING, 0)
    told = installation.count(TOLD)

    act(clerk, ACTS)
    until(installation, TOLD, told + ACTS)
    broker.kill()
    act(clerk, ACTS)
    kept = installation.count(WAITING)
    broker.start()
    act(clerk, ACTS)
    until(installation, TOLD, told + 3 * ACTS)

    assert clerk.noted.refused == []
    assert clerk.noted.sent_again == 0
    assert kept == ACTS
    until(installation, WAITING, 0)
    assert installation.rows("SELECT key FROM notifications_message GROUP BY key HAVING COUNT(*) > 1") == []


def act(clerk: Clerk, times: int) -> None:
    """Refuse so many cases: each is told to its applicant."""
    for _ in range(times):
        clerk.decide_next()
