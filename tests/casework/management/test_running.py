"""`serve` and `work` as the processes they are: they serve, drain, stop cleanly, and say what is wrong."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent.parent
JOBS = 120
PATIENCE = 60.0


class Site:
    """An installation of its own: a data folder, and processes that live from it."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.environment = {
            **{name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "CELERY_BROKER_URL")},
            "NUANXIN_DATA": str(data),
            "NUANXIN_DEBUG": "1",
            "PYTHONUTF8": "1",
        }

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, *arguments]
        return subprocess.run(
            command, cwd=ROOT, env=self.environment, capture_output=True, text=True, timeout=PATIENCE * 2, check=False
        )

    @contextmanager
    def started(self, *arguments: str) -> Iterator[subprocess.Popen[str]]:
        process = subprocess.Popen(
            [sys.executable, "manage.py", *arguments, "--skip-checks"],
            cwd=ROOT,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        try:
            yield process
        finally:
            if process.poll() is None:
                process.kill()
            process.communicate()

    def count(self, statement: str) -> int:
        with closing(sqlite3.connect(self.data / "nuanxin.sqlite3", timeout=20)) as books:
            return int(books.execute(statement).fetchone()[0])

    def wait_until_all_is_done(self) -> None:
        """All that was left in the outbox. What the worker plans for the small hours may not be due for hours."""
        until = time.monotonic() + PATIENCE
        while self.count("SELECT COUNT(*) FROM notifications_outbox WHERE done_at IS NULL AND key LIKE 'tell:%'"):
            assert time.monotonic() < until, "the outbox was not drained"
            time.sleep(0.05)


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An installation with jobs in its outbox, made once."""
    data = tmp_path_factory.mktemp("site")
    site = Site(data)
    made = site.run("-m", "tests.conf.outbox_site", str(JOBS))
    assert made.returncode == 0, made.stderr
    return data


@pytest.fixture
def site(template: Path, tmp_path: Path) -> Site:
    return Site(Path(shutil.copytree(template, tmp_path / "data")))


def stopped(process: subprocess.Popen[str], number: signal.Signals) -> str:
    """What it said until it ended, which it must of itself and without complaint."""
    process.send_signal(number)
    said, _errors = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0
    return said


def test_serve_answers_drains_and_stops_when_told(site: Site) -> None:
    with site.started("serve", "--port", "0") as process:
        assert process.stdout is not None
        found = re.search(r"http://127\.0\.0\.1:(\d+)/", process.stdout.readline())
        assert found is not None
        with urllib.request.urlopen(f"http://127.0.0.1:{found[1]}/static/nuanxin/nuanxin.css", timeout=30) as answer:
            assert answer.status == 200
        site.wait_until_all_is_done()
        assert "已停止" in stopped(process, signal.SIGTERM)
    assert site.count("SELECT COUNT(DISTINCT key) FROM notifications_message") == JOBS


def test_a_port_in_use_is_said_in_plain_words(site: Site) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        refused = site.run("manage.py", "serve", "--skip-checks", "--port", port)
    assert refused.returncode == 1
    assert f"端口{port}已被别的程序占用" in refused.stderr


def test_a_database_without_its_tables_is_not_served(tmp_path: Path) -> None:
    refused = Site(tmp_path / "new").run("manage.py", "serve", "--skip-checks", "--port", "0")
    assert refused.returncode == 1
    assert "manage.py migrate" in refused.stderr


@pytest.mark.parametrize(
    ("arguments", "said"), [(("--host", "0.0.0.0"), "只供本机使用"), (("--port", "70000"), "没有端口70000")]
)
def test_what_cannot_be_listened_to_is_refused(tmp_path: Path, arguments: tuple[str, ...], said: str) -> None:
    refused = Site(tmp_path / "new").run("manage.py", "serve", "--skip-checks", *arguments)
    assert refused.returncode == 1
    assert said in refused.stderr


def test_two_workers_at_once_do_every_job_once(site: Site) -> None:
    with site.started("work", "--once") as one, site.started("work", "--once") as other:
        said = [process.communicate(timeout=PATIENCE)[0] for process in (one, other)]
    assert sum(int(count) for text in said for count in re.findall(r"已处理 (\d+) 件", text)) == JOBS
    assert site.count("SELECT COUNT(*) FROM notifications_message") == JOBS


def test_work_goes_on_until_it_is_told_to_stop(site: Site) -> None:
    with site.started("work", "--poll", "0.1") as process:
        site.wait_until_all_is_done()
        assert "已停止" in stopped(process, signal.SIGTERM)
