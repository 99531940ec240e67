"""A file is there whole or not at all, and for those it is meant for."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from casework.management.whole_file import ENDINGS, PRIVATE, READABLE, cannot_write, whole_file

ROOT = Path(__file__).parents[3]
HALFWAY = """
import signal, sys, time
from pathlib import Path
from casework.management.whole_file import PRIVATE, whole_file
if "deaf" in sys.argv:
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
with whole_file(Path(sys.argv[1]), mode=PRIVATE) as part:
    part.write_text("half")
    print("halfway", flush=True)
    sys.stdin.read()
"""
"""A program that has written half of its file, and waits for its input to end."""


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


def test_who_does_not_listen_for_the_terminals_end_goes_on_to_the_end(tmp_path: Path) -> None:
    with halfway(tmp_path / "out", "deaf") as program:
        program.send_signal(signal.SIGHUP)
        program.communicate("", timeout=60)
        assert program.returncode == 0

    assert (tmp_path / "out").read_text() == "half"


def test_it_listens_only_while_it_writes_and_only_where_it_can(tmp_path: Path) -> None:
    before = [signal.getsignal(number) for number in ENDINGS]

    def write(name: str) -> None:
        with whole_file(tmp_path / name, mode=READABLE) as part:
            part.write_text("whole")

    write("here")
    beside = threading.Thread(target=write, args=("beside",))
    beside.start()
    beside.join()
    assert sorted(os.listdir(tmp_path)) == ["beside", "here"]
    assert [signal.getsignal(number) for number in ENDINGS] == before


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
