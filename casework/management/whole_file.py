"""A file that an administrator's command writes: all of it or nothing."""

from __future__ import annotations

import errno
import gzip
import os
import signal
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError

from workflows.eventlog.xes import Sink

ENDINGS = (signal.SIGTERM, signal.SIGHUP)
"""What a process is told to end by: systemd, a container, a terminal that is closed."""

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
    with _ending_cleanly():
        handle, name = tempfile.mkstemp(dir=out.parent, prefix=".", suffix=".part")
        part = Path(name)
        try:
            yield part
            os.fchmod(handle, mode)
            os.fsync(handle)
            os.replace(part, out)
        except BaseException:
            part.unlink(missing_ok=True)
            raise
        finally:
            os.close(handle)


@contextmanager
def _ending_cleanly() -> Iterator[None]:
    """A process that is told to end unwinds, as at Ctrl+C, instead of falling over. Only the main thread can say so;
    and where nobody listens (`nohup`) it stays so."""
    here = threading.current_thread() is threading.main_thread()
    deadly = [number for number in ENDINGS if here and signal.getsignal(number) is signal.SIG_DFL]
    for number in deadly:
        signal.signal(number, _end)
    try:
        yield
    finally:
        for number in deadly:
            signal.signal(number, signal.SIG_DFL)


def _end(number: int, _frame: Any) -> None:
    raise SystemExit(128 + number)


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
