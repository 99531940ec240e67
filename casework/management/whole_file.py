"""A file that an administrator's command writes: all of it or nothing."""

from __future__ import annotations

import errno
import fcntl
import gzip
import hashlib
import os
import signal
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError

from workflows.eventlog.xes import Sink

ENDINGS = (signal.SIGTERM, signal.SIGHUP)
"""What a process is told to end by: systemd, a container, a terminal that is closed."""
PART = ".part"

READABLE, PRIVATE = 0o644, 0o600
WHY = {
    errno.ENOENT: "没有这个文件夹",
    errno.ENOTDIR: "路径中间有一段不是文件夹",
    errno.EISDIR: "这是一个文件夹，不是文件",
    errno.EACCES: "没有权限",
    errno.EPERM: "没有权限",
    errno.EROFS: "这里只能读，不能写",
    errno.ENOSPC: "磁盘已满",
    errno.EDQUOT: "磁盘配额已满",
    errno.EFBIG: "文件太大，这里放不下",
    errno.ENAMETOOLONG: "文件名太长",
}


@contextmanager
def whole_file(out: Path, *, mode: int) -> Iterator[Path]:
    """An empty file beside `out` to write: it becomes `out`, with that mode, when the block ends well, and is gone when
    it does not, be it that the process was told to end. A reader sees the old file or the new one, never half of it.
    Raises `OSError`."""
    with _ending_cleanly() as ears:
        mark = f".{hashlib.sha256(os.fsencode(out.name)).hexdigest()[:12]}-"
        _remove_left_behind(out.parent, mark)
        ears.are_shut = True
        handle, name = tempfile.mkstemp(dir=out.parent, prefix=mark, suffix=PART)
        part = Path(name)
        try:
            with suppress(OSError):  # a network's folder may know no locks
                fcntl.flock(handle, fcntl.LOCK_EX)
            ears.open()
            yield part
            os.fchmod(handle, mode)
            os.fsync(handle)
            os.replace(part, out)
        finally:
            try:
                part.unlink(missing_ok=True)
            finally:
                # Should the ending have come just before: it comes once.
                part.unlink(missing_ok=True)
                os.close(handle)


def _remove_left_behind(folder: Path, mark: str) -> None:
    """Remove parts of the same file whose writer was killed outright. One still being written is locked; one that is
    empty may have been made this very moment, and gives nothing away."""
    for part in folder.glob(f"{mark}*{PART}"):
        with suppress(OSError), part.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if part.stat().st_size:
                part.unlink()


class _Ears:
    """What hears that the process is told to end: once, and not while they are shut, but then as soon as they open."""

    def __init__(self) -> None:
        self.are_shut = False
        self.told = 0
        self.is_ending = False

    def hear(self, number: int, _frame: Any) -> None:
        self.told = self.told or number
        if not self.are_shut:
            self._end()

    def open(self) -> None:
        self.are_shut = False
        if self.told:
            self._end()

    def _end(self) -> None:
        if self.is_ending:
            return
        self.is_ending = True
        if self.told == signal.SIGINT:
            raise KeyboardInterrupt
        raise SystemExit(128 + self.told)


@contextmanager
def _ending_cleanly() -> Iterator[_Ears]:
    """A process that is told to end unwinds, as at Ctrl+C, instead of falling over. Only the main thread can say so;
    and where nobody listens (`nohup`) it stays so."""
    here = threading.current_thread() is threading.main_thread()
    before = {number: signal.getsignal(number) for number in (*ENDINGS, signal.SIGINT) if here}
    deadly = [number for number, how in before.items() if how in (signal.SIG_DFL, signal.default_int_handler)]
    ears = _Ears()
    try:
        for number in deadly:
            signal.signal(number, ears.hear)
        yield ears
    finally:
        for number in deadly:
            signal.signal(number, before[number])


@contextmanager
def packed_or_plain(part: Path, *, packed: bool) -> Iterator[Sink]:
    """`part` to write into, packed (gzip) or not."""
    with part.open("wb") as file:
        if not packed:
            yield file
            return
        # Neither a name nor a time in the packing: the same content gives the same bytes.
        with gzip.GzipFile(filename="", mode="wb", fileobj=file, mtime=0) as packing:
            yield packing


def check_place(out: Path, *, force: bool) -> None:
    """Raise `CommandError` where nothing can be written, or something lies that may not be replaced."""
    if out.is_dir():
        raise CommandError(f"{out} 是一个文件夹。请写出文件名。")
    if not out.parent.is_dir():
        raise CommandError(f"没有文件夹 {out.parent}。请先建好，或换一个地方。")
    if (out.exists() or out.is_symlink()) and not (force and out.is_file()):
        raise CommandError(f"{out} 已经有了，没有动它。要换掉它，请加 --force。")


def cannot_read(path: Path, problem: OSError) -> CommandError:
    """The sentence for a file that cannot be read."""
    why = {**WHY, errno.ENOENT: "没有这个文件"}.get(problem.errno or 0, problem.strerror or type(problem).__name__)
    return CommandError(f"读不了 {path}：{why}。")


def cannot_write(out: Path, problem: OSError) -> CommandError:
    """The sentence for a file that cannot be written."""
    why = WHY.get(problem.errno or 0, problem.strerror or type(problem).__name__)
    return CommandError(f"写不了 {out}：{why}。请检查文件夹是否存在、是否有权写。")
