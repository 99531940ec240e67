"""`export_log`: a whole file or none, and a sentence for whatever stands in the way."""

from __future__ import annotations

import datetime
import errno
import gzip
import hashlib
import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import OperationalError

from casework.management import whole_file
from casework.models import Decision, Event
from tests.workflows.eventlog import ocel_rules, xes_rules
from tests.world import World
from workflows import trail
from workflows.eventlog import case_log, object_log
from workflows.eventlog.exported import CHAIN
from workflows.eventlog.log import LogEvent, Trace


@pytest.fixture
def cases(world: World) -> int:
    for at in ("end", "township", "intake"):
        world.case(at)
    return 3


def export(form: str, out: Path, *more: str) -> None:
    call_command("export_log", "--format", form, str(out), *more)


def exports() -> list[Event]:
    return list(Event.objects.filter(chain=CHAIN).order_by("seq"))


def test_xes_is_written_and_counted(cases: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    export("xes", tmp_path / "log.xes")

    data = (tmp_path / "log.xes").read_bytes()
    assert xes_rules.faults(data) == []
    assert data.count(b"<trace>") == cases and data.count(b"<event>") == Decision.objects.count()
    digest = hashlib.sha256(data).hexdigest()
    told = f"案件3件，事件{Decision.objects.count()}条。已记入轨迹，文件摘要 {digest}。\n"
    assert capsys.readouterr().out == f"已写到 {tmp_path / 'log.xes'}：{told}"
    assert os.listdir(tmp_path) == ["log.xes"]


def test_xes_can_be_packed_and_packs_to_the_same_bytes_each_time(cases: int, tmp_path: Path) -> None:
    for year, name in enumerate(("log.xes", "log.xes.gz", "again.XES.GZ"), start=2030):
        with time_machine.travel(datetime.datetime(year, 1, 1, tzinfo=datetime.UTC)):
            export("xes", tmp_path / name)

    packed = (tmp_path / "log.xes.gz").read_bytes()
    assert gzip.decompress(packed) == (tmp_path / "log.xes").read_bytes()
    assert packed == (tmp_path / "again.XES.GZ").read_bytes()


@pytest.mark.parametrize("name", ["log.json", "log.sqlite"])
def test_ocel_is_written_in_the_form_its_name_asks_for(
    cases: int, tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / name
    export("ocel2", out)

    log = ocel_rules.read_json(out.read_bytes()) if name.endswith("json") else ocel_rules.read_sqlite(out)
    assert ocel_rules.faults(log) == []
    assert len(log.events) == Event.objects.exclude(chain=CHAIN).count()
    told = f"案件3件，对象{len(log.objects)}个，事件{len(log.events)}条。"
    assert told in capsys.readouterr().out
    assert os.listdir(tmp_path) == [name]


def test_a_log_is_for_its_owners_eyes(cases: int, tmp_path: Path) -> None:
    export("xes", tmp_path / "log.xes")

    assert (tmp_path / "log.xes").stat().st_mode & 0o777 == 0o600


def test_programme_and_day_are_passed_on(cases: int, tmp_path: Path) -> None:
    export("xes", tmp_path / "all.xes", "--programme", "nursing_subsidy", "--since", "1999-12-31")
    export("xes", tmp_path / "none.xes", "--since", "2999-01-01")

    asked = [(event.details["programme"], event.details["since"]) for event in exports()]
    assert asked == [("nursing_subsidy", "1999-12-31"), ("", "2999-01-01")]
    assert (tmp_path / "all.xes").read_bytes().count(b"<trace>") == cases
    none = (tmp_path / "none.xes").read_bytes()
    assert b"<trace>" not in none and xes_rules.faults(none) == []


@pytest.mark.parametrize("name", ["log.xes", "log.xes.gz", "log.json", "log.sqlite"])
def test_that_a_log_was_written_is_in_the_trail_with_its_digest(cases: int, tmp_path: Path, name: str) -> None:
    out = tmp_path / name
    export("xes" if ".xes" in name else "ocel2", out)

    (event,) = exports()
    events = Event.objects.exclude(chain=CHAIN).count() if name in ("log.json", "log.sqlite") else 0
    assert event.details == {
        "command": "export_log",
        "format": "xes" if ".xes" in name else "ocel2",
        "programme": "",
        "since": "",
        "cases": cases,
        "events": events or Decision.objects.count(),
        "file": hashlib.sha256(out.read_bytes()).hexdigest(),
    }
    assert (event.action, event.actor_id, event.actor_name) == ("log_exported", None, "系统")
    assert list(trail.breaks(CHAIN)) == []


def test_a_log_that_cannot_be_written_down_in_the_trail_is_not_handed_out(
    cases: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lost(*_: Any, **__: Any) -> None:
        raise OperationalError("gone")

    monkeypatch.setattr(trail, "record", lost)
    with pytest.raises(OperationalError):
        export("xes", tmp_path / "log.xes")
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("log.xes",), "请用 --format 写明格式：xes或ocel2。"),
        (("--format", "csv", "log.csv"), "没有“csv”这种"),
        (("--format", "xes", "log.json"), "xes 的文件名要以 .xes 或 .xes.gz 结尾，“log.json”不是"),
        (("--format", "xes", ".xes"), "“.xes”不是"),
        (("--format", "ocel2", "log.xes"), "ocel2 的文件名要以 .json 或 .sqlite 结尾，“log.xes”不是"),
        (("--format", "ocel2", "log"), "“log”不是"),
        (("--format", "xes", "log.xes", "--programme", "nope"), "没有代码为“nope”的项目。现有：.*nursing_subsidy"),
        (("--format", "xes", "log.xes", "--since", "2026-11-31"), "看不懂日期“2026-11-31”。请写成 年-月-日"),
        (("--format", "xes", "log.xes", "--since", "20261101"), "看不懂日期"),
        (("--format", "xes", "log.xes", "--since", ""), "看不懂日期“”"),
        (("--format", "xes", "log.xes", "--programme", ""), "没有代码为“”的项目"),
        (("--format", "xes", "log.xes", "--since", "2026-W45-1"), "看不懂日期"),
        (("--format", "xes", "log.xes", "--since", "11月2日"), "看不懂日期"),
        (("--format", "xes", "log.xes", "--since", "２０２６-11-02"), "看不懂日期"),
        (("--format", "xes", "log.xes", "--since", "0001-01-01"), "看不懂日期"),
        (("--format", "xes", "missing/log.xes"), "没有文件夹 missing。请先建好"),
        (("--format", "xes", "folder.xes"), "folder.xes 是一个文件夹。请写出文件名"),
        (("--format", "xes", "folder.xes", "--force"), "是一个文件夹"),
        (("--format", "xes", "taken.xes"), "taken.xes 已经有了，没有动它。要换掉它，请加 --force"),
        (("--format", "xes", "taken.xes/log.xes"), "没有文件夹 taken.xes"),
        (("--format", "xes", "lost.xes"), "lost.xes 已经有了"),
        (("--format", "xes", "pipe.xes", "--force"), "pipe.xes 已经有了"),
        (("--format", "xes", "长" * 90 + ".xes"), "文件名太长"),
    ],
)
def test_what_cannot_be_done_is_said_and_nothing_is_left(
    db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], why: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("folder.xes").mkdir()
    Path("taken.xes").write_text("mine")
    Path("lost.xes").symlink_to("nowhere")
    os.mkfifo("pipe.xes")
    before = sorted(os.listdir())

    with pytest.raises(CommandError, match=why) as refused:
        call_command("export_log", *arguments)

    assert refused.value.returncode != 0
    assert sorted(os.listdir()) == before
    assert Path("taken.xes").read_text() == "mine"


def test_what_is_there_is_replaced_only_by_force(cases: int, tmp_path: Path) -> None:
    out = tmp_path / "log.xes"
    out.write_text("mine")
    export("xes", out, "--force")

    assert out.read_bytes().count(b"<trace>") == cases
    assert os.listdir(tmp_path) == ["log.xes"]


def _full(*_: Any) -> Iterator[Any]:
    yield from ()
    raise OSError(errno.ENOSPC, "No space left on device")


def _twice(*_: Any) -> Iterator[Any]:
    raise sqlite3.OperationalError("database or disk is full")
    yield


def _naive(*_: Any) -> Iterator[Any]:
    yield Trace("a", [LogEvent("b", None)])


@pytest.mark.parametrize(
    ("name", "fails", "why"),
    [
        ("log.xes", _full, "写不了 .*log.xes：磁盘已满"),
        ("log.xes.gz", _full, "磁盘已满"),
        ("log.json", _full, "磁盘已满"),
        ("log.sqlite", _full, "磁盘已满"),
        ("log.sqlite", _twice, "请检查磁盘是否已满"),
        ("log.xes", _naive, "没有写成：第1件"),
    ],
)
def test_what_fails_halfway_leaves_what_was_there(
    cases: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, fails: Any, why: str
) -> None:
    monkeypatch.setattr(case_log, "traces", fails)
    monkeypatch.setattr(object_log, "records", fails)
    out = tmp_path / name
    out.write_text("mine")

    with pytest.raises(CommandError, match=why):
        export("xes" if ".xes" in name else "ocel2", out, "--force")

    assert out.read_text() == "mine"
    assert os.listdir(tmp_path) == [name]
    assert exports() == []


def test_a_fault_of_our_own_leaves_nothing_either(cases: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any) -> Iterator[Any]:
        raise KeyboardInterrupt
        yield

    monkeypatch.setattr(case_log, "traces", broken)
    with pytest.raises(KeyboardInterrupt):
        export("xes", tmp_path / "log.xes")

    assert os.listdir(tmp_path) == []


def test_a_place_one_may_not_write_to_is_said(db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def forbidden(**_: Any) -> Any:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(whole_file.tempfile, "mkstemp", forbidden)
    with pytest.raises(CommandError, match=r"写不了 .*log\.xes：没有权限"):
        export("xes", tmp_path / "log.xes")
