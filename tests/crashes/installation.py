"""Nuanxin in processes of its own on PostgreSQL: web, worker and sweep, each of which can be killed and comes again."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg

from tests.browser.conftest import free_port, wait_for

ROOT = Path(__file__).parents[2]
PATIENCE = 120.0
"""Seconds for what is to come about, on a slow machine."""

GUNICORN = ("-m", "gunicorn", "casework.conf.wsgi:application", "--no-control-socket", "--workers", "2")


class Installation:
    """The processes, by name. `web` is gunicorn's master; its workers die alone, and it brings them back."""

    def __init__(self, folder: Path, database: str, *, broker: str = "") -> None:
        self.database = database
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = folder / "processes.log"
        self.environment = {
            **os.environ,
            "NUANXIN_DATA": str(folder / "data"),
            "NUANXIN_DEBUG": "1",
            "DATABASE_URL": database,
        }
        self.environment.pop("CELERY_BROKER_URL", None)
        if broker:
            self.environment |= {"CELERY_BROKER_URL": broker, "CELERY_SKIP_CHECKS": "1"}
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        self.killed: Counter[str] = Counter()
        self.commands = {
            "web": [sys.executable, *GUNICORN, "--bind", f"127.0.0.1:{self.port}"],
            "worker": [sys.executable, "manage.py", "work", "--poll", "0.2"],
            "sweep": [sys.executable, "-m", "tests.crashes.sweeping"],
        }
        if broker:
            schedule = ("--schedule", str(folder / "beat"), "--concurrency", "2", "--without-mingle")
            celery = [sys.executable, "-m", "celery", "-A", "casework.conf.celery:app", "worker", "--beat", *schedule]
            self.commands = {"web": self.commands["web"], "worker": celery}

    def build(self, cases: int) -> None:
        (Path(self.environment["NUANXIN_DATA"])).mkdir(exist_ok=True)
        self.run(sys.executable, "-m", "tests.crashes.ground", str(cases))

    def run(self, *command: str) -> str:
        ran = subprocess.run(command, cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False)
        assert ran.returncode == 0, f"{command}: {ran.stdout[-2000:]}{ran.stderr[-2000:]}"
        return ran.stdout

    def start(self) -> None:
        for name in self.commands:
            self._start(name)
        wait_for(f"{self.url}/portal/")

    def _start(self, name: str) -> None:
        with self.log.open("ab") as log:
            self.running[name] = subprocess.Popen(
                self.commands[name], cwd=ROOT, env=self.environment, stdout=log, stderr=log, start_new_session=True
            )

    def kill_one(self, chance: random.Random) -> None:
        """kill -9 of one process, picked by chance: a web worker, all of the web, the worker or the sweep."""
        picked = chance.choice(("web worker", "web worker", "web", "worker", "sweep"))
        if picked == "web worker":
            children = _children(self.running["web"].pid)
            if children:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(chance.choice(children), signal.SIGKILL)
                    self.killed[picked] += 1
            return
        process = self.running[picked]
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(timeout=20)
        self.killed[picked] += 1
        self._start(picked)

    def stop(self) -> None:
        for process in self.running.values():
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGTERM)
        for process in self.running.values():
            try:
                process.wait(timeout=30)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait(timeout=30)

    def drain(self) -> None:
        """Every job done. What a dead worker had in hand is leased for a minute, which passes here at once."""
        until = time.monotonic() + PATIENCE
        while self.count("SELECT COUNT(*) FROM notifications_outbox WHERE done_at IS NULL AND run_at <= NOW()"):
            assert time.monotonic() < until, self.log.read_text()[-3000:]
            self.rows("UPDATE notifications_outbox SET leased_until = NULL WHERE leased_until < NOW() + '60 s'")
            time.sleep(1)

    def rows(self, statement: str, *given: Any) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.database, autocommit=True) as books:
            answer = books.execute(statement, given)
            return answer.fetchall() if answer.description else []

    def count(self, statement: str, *given: Any) -> int:
        return int(self.rows(statement, *given)[0][0])


class Killer(threading.Thread):
    """Kills at random moments until it has killed so many times.

    `done` tells how many acts were acknowledged so far: after each kill it waits for another, so that every kill falls
    among acts, however slow the machine.
    """

    def __init__(
        self, installation: Installation, *, kills: int, done: Callable[[], int], chance: random.Random
    ) -> None:
        super().__init__(name="killer", daemon=True)
        self.installation, self.kills, self.done, self.chance = installation, kills, done, chance
        self.fault = ""

    def run(self) -> None:
        try:
            while sum(self.installation.killed.values()) < self.kills:
                before = self.done()
                self.installation.kill_one(self.chance)
                while self.done() <= before:
                    time.sleep(0.02)
                time.sleep(self.chance.uniform(0.0, 0.8))
        except (OSError, subprocess.TimeoutExpired) as problem:
            self.fault = repr(problem)


def _children(pid: int) -> list[int]:
    with contextlib.suppress(FileNotFoundError):
        return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return []
