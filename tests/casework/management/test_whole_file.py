"""A file is there whole or not at all, and for those it is meant for."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import Any

import pytest

from casework.management.whole_file import ENDINGS, PRIVATE, READABLE, cannot_write, whole_file

ROOT = Path(__file__).parents[3]
HALFWAY = """
import select, signal, sys
from pathlib import Path
from casework.management.whole_file import PRIVATE, whole_file
# Whoever started the tests may have said that nothing hangs up.
signal.signal(signal.SIGHUP, signal.SIG_IGN if "deaf" in sys.argv else signal.SIG_DFL)
with whole_file(Path(sys.argv[1]), mode=PRIVATE) as part:
    part.write_text("half")
    print("halfway", flush=True)
    while not select.select([sys.stdin], [], [], 0.05)[0]:
        pass
"""
"""A program that has written half of its file, and waits for its input to end: a moment at a time, for what is heard
just before a longer wait is acted upon after it."""


def halfway(out: Path, *more: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", HALFWAY, str(out), *more]
    program = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert program.stdout is not None and program.stdout.readline() == "halfway\n"
    return program


@pytest.mark.parametrize("mode", [PRIVATE, READABLE])
def test_a_file_appears_when_it_is_whole_and_for_whom_it_is_meant(tmp_path: Path, mode: int) -> None:
    out = tmp_path / "out"
    with whole_file(out, mode=mode) as part:
        part.write_bytes(b"half")
        assert not out.exists()
        part.write_bytes(b"whole")

    assert out.read_bytes() == b"whole"
    assert out.stat().st_mode & 0o777 == mode
    assert os.listdir(tmp_path) == ["out"]


def test_what_was_there_stays_until_then_and_for_good_when_it_fails(tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.write_text("before")
    with pytest.raises(KeyboardInterrupt), whole_file(out, mode=READABLE) as part:
        part.write_text("half")
        assert out.read_text() == "before"
        raise KeyboardInterrupt

    assert out.read_text() == "before"
    assert os.listdir(tmp_path) == ["out"]


@pytest.mark.parametrize("number", ENDINGS)
def test_a_process_that_is_told_to_end_leaves_nothing_half_written(tmp_path: Path, number: signal.Signals) -> None:
    out = tmp_path / "out"
    out.write_text("before")
    with halfway(out) as program:
        assert len(os.listdir(tmp_path)) == 2
        program.send_signal(number)
        assert program.wait(60) == 128 + number

    assert os.listdir(tmp_path) == ["out"]
    assert out.read_text() == "before"


def test_told_to_end_at_any_moment_it_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between the file and the block that removes it, and while it is being removed for another reason."""
    made, unlink = tempfile.mkstemp, Path.unlink

    def told_at_birth(**how: Any) -> tuple[int, str]:
        found = made(**how)
        signal.raise_signal(signal.SIGTERM)
        return found

    def told_at_death(part: Path, missing_ok: bool = False) -> None:
        if part.exists():
            signal.raise_signal(signal.SIGINT)
        unlink(part, missing_ok=missing_ok)

    with monkeypatch.context() as told:
        told.setattr(tempfile, "mkstemp", told_at_birth)
        with pytest.raises(SystemExit, match="143"), whole_file(tmp_path / "out", mode=PRIVATE):
            pytest.fail("it was told to end")
    with monkeypatch.context() as told:
        told.setattr(Path, "unlink", told_at_death)
        with pytest.raises(KeyboardInterrupt), whole_file(tmp_path / "out", mode=PRIVATE):
            raise OSError(errno.ENOSPC, "No space left on device")
    assert os.listdir(tmp_path) == []


def test_told_twice_it_ends_once_and_in_order(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="143"), whole_file(tmp_path / "out", mode=PRIVATE) as part:
        try:
            signal.raise_signal(signal.SIGTERM)
        finally:
            signal.raise_signal(signal.SIGINT)
            signal.raise_signal(signal.SIGTERM)
            part.write_text("an orderly end")
    assert os.listdir(tmp_path) == []


def test_what_a_writer_left_that_was_killed_outright_is_gone_when_the_file_is_written_anew(tmp_path: Path) -> None:
    for name in ("out", "other"):
        with halfway(tmp_path / name) as program:
            program.kill()
    (tmp_path / ".mine.part").write_text("nobody's of ours")
    assert len(os.listdir(tmp_path)) == 3

    with whole_file(tmp_path / "out", mode=PRIVATE) as part:
        part.write_text("whole")
    assert len(os.listdir(tmp_path)) == 3  # the other's is the other's to clear away
    with whole_file(tmp_path / "other", mode=PRIVATE) as part:
        part.write_text("whole")
    assert sorted(os.listdir(tmp_path)) == [".mine.part", "other", "out"]


def test_what_another_is_writing_at_the_same_time_stays(tmp_path: Path) -> None:
    out = tmp_path / "out"
    with halfway(out) as program:
        with whole_file(out, mode=PRIVATE) as part:
            part.write_text("mine")
        assert len(os.listdir(tmp_path)) == 2
        program.communicate("", timeout=60)
        assert program.returncode == 0

    assert out.read_text() == "half"
    assert os.listdir(tmp_path) == ["out"]


def test_who_does_not_listen_for_the_terminals_end_goes_on_to_the_end(tmp_path: Path) -> None:
    with halfway(tmp_path / "out", "deaf") as program:
        program.send_signal(signal.SIGHUP)
        program.communicate("", timeout=60)
        assert program.returncode == 0

    assert (tmp_path / "out").read_text() == "half"


def test_it_listens_only_while_it_writes_and_only_where_it_can(tmp_path: Path) -> None:
    heard = (*ENDINGS, signal.SIGINT)
    before = [signal.getsignal(number) for number in heard]

    def write(name: str) -> None:
        with whole_file(tmp_path / name, mode=READABLE) as part:
            part.write_text("whole")

    write("here")
    beside = threading.Thread(target=write, args=("beside",))
    beside.start()
    beside.join()
    assert sorted(os.listdir(tmp_path)) == ["beside", "here"]
    assert [signal.getsignal(number) for number in heard] == before


@pytest.mark.parametrize(
    ("problem", "why"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "磁盘已满"),
        (OSError(errno.EACCES, "Permission denied"), "没有权限"),
        (OSError(errno.EIO, "Input/output error"), "Input/output error"),
        (OSError("odd"), "OSError"),
    ],
)
def test_why_it_cannot_be_written_is_said(problem: OSError, why: str) -> None:
    assert str(cannot_write(Path("out.xes"), problem)) == f"写不了 out.xes：{why}。请检查文件夹是否存在、是否有权写。"
