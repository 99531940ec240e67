"""A file that an administrator's command writes: all of it or nothing."""

from __future__ import annotations

import errno
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.core.management.base import CommandError

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
    it does not. A reader sees the old file or the new one, never half of it. Raises `OSError`."""
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


def cannot_write(out: Path, problem: OSError) -> CommandError:
    """The sentence for a file that cannot be written."""
    why = WHY.get(problem.errno or 0, problem.strerror or type(problem).__name__)
    return CommandError(f"写不了 {out}：{why}。请检查文件夹是否存在、是否有权写。")
