"""A command on a database that is not there says so in a sentence, and what to do."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import OperationalError, connection

from casework.management.broken_database import broken_database, no_database

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("", "数据库还是空的。请先运行 make run（试用），或 manage.py migrate。\n"),
        ("postgres://nobody@127.0.0.1:1/nothing", "数据库连不上："),
    ],
)
@pytest.mark.parametrize("command", [["replay_log", "log.xes"], ["export_log", "--format", "xes", "out.xes"]])
def test_a_command_without_a_database_ends_with_one_sentence(
    tmp_path: Path, command: list[str], url: str, says: str
) -> None:
    (tmp_path / "log.xes").write_text("<log><trace/></log>")
    known = {**os.environ, "NUANXIN_DATA": str(tmp_path / "data"), "DATABASE_URL": url}
    run = subprocess.run(
        [sys.executable, str(ROOT / "manage.py"), *command], cwd=tmp_path, env=known, capture_output=True, text=True
    )

    assert run.returncode == 1
    assert says in run.stderr and run.stderr.count("\n") == 1
    assert sorted(os.listdir(tmp_path)) == ["data", "log.xes"]


def test_of_a_database_that_is_there_it_has_nothing_to_say(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "close", lambda: None)  # the test's own transaction is open in it

    assert no_database() == ""
    told = broken_database(OperationalError("database is locked.\nAnd more."), so="请再试。")
    assert str(told) == "数据库出了故障：database is locked。请再试。"
