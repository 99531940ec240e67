"""A file that is no log is told as what it is, by the way it begins, packed or not."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import os
import sqlite3
import tarfile
from contextlib import closing
from pathlib import Path

import pytest

from tests.workflows.replay.logs import SMALL
from workflows.replay.opening import opened
from workflows.replay.problems import UnreadableLog


def refusal_of(path: Path) -> str:
    with pytest.raises(UnreadableLog) as refused, opened(path):
        pass
    return str(refused.value)


def tarred() -> bytes:
    held = io.BytesIO()
    with tarfile.open(fileobj=held, mode="w") as archive:
        member = tarfile.TarInfo("log.xes")
        member.size = len(SMALL)
        archive.addfile(member, io.BytesIO(SMALL))
    return held.getvalue()


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "文件是空的"),
        (gzip.compress(gzip.compress(SMALL)), "这是gzip压缩包"),
        (bz2.compress(SMALL), "这是bzip2压缩包"),
        (lzma.compress(SMALL), "这是xz压缩包"),
        (tarred(), "这是tar压缩包"),
        (b"PK\x03\x04\x14\x00", "这是ZIP压缩包（或Excel表）"),
        (b"7z\xbc\xaf\x27\x1c\x00\x04", "这是7z压缩包"),
        (b"Rar!\x1a\x07\x01\x00", "这是RAR压缩包"),
        (b"\x28\xb5\x2f\xfd\x04\x58", "这是zstd压缩包"),
        (b'\xef\xbb\xbf \n{"objectTypes": []}', "这是JSON"),
        (b"[1]", "这是JSON"),
        (b"\n<!DOCTYPE HTML PUBLIC '-//W3C//DTD HTML 4.01//EN'>", "这是网页"),
        (b'<html lang="nl">', "这是网页"),
    ],
)
def test_what_is_no_log_is_told_as_what_it_is(tmp_path: Path, data: bytes, says: str, packed: bool) -> None:
    if says == "这是gzip压缩包" and not packed:
        data = gzip.compress(data)  # once packed is what a log may be
    path = tmp_path / "log.xes"
    path.write_bytes(gzip.compress(data) if packed else data)

    assert says in refusal_of(path)


def test_a_database_is_told_as_one(tmp_path: Path) -> None:
    path = tmp_path / "ocel.sqlite"
    with closing(sqlite3.connect(path)) as database:
        database.execute("CREATE TABLE event (ocel_id TEXT)")

    assert "这是SQLite数据库（多半是OCEL日志）" in refusal_of(path)


def test_a_pipe_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.xes")

    assert "这不是普通文件（是管道或设备）" in refusal_of(tmp_path / "pipe.xes")


@pytest.mark.parametrize("begins", [b"<htmlish/>", b"<!DOCTYPE log>", b"<log>", b"\xff\xfe<\x00", b"\x00", b" "])
def test_whatever_may_be_a_log_is_left_to_be_read(tmp_path: Path, begins: bytes) -> None:
    path = tmp_path / "log.xes"
    path.write_bytes(begins)
    with opened(path) as file:
        assert file.read(100) == begins
