"""A file is there whole or not at all, and for those it is meant for."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from casework.management.whole_file import PRIVATE, READABLE, cannot_write, whole_file


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
