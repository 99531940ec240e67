"""A log's bytes, unpacked where they are packed; and what a file is that is no log, by the way it begins."""

from __future__ import annotations

import gzip
import re
import stat
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from django.utils.translation import gettext as _

from workflows.replay.problems import UnreadableLog

PACKED = b"\x1f\x8b"
ARCHIVES = {
    PACKED: "gzip",
    b"7z\xbc\xaf\x27\x1c": "7z",
    b"Rar!": "RAR",
    b"BZh": "bzip2",
    b"\xfd7zXZ\x00": "xz",
    b"\x28\xb5\x2f\xfd": "zstd",
}
ZIP = b"PK\x03\x04"
"""How an archive begins, a workbook's too."""
DATABASE = b"SQLite format 3\x00"
WEB_PAGE = re.compile(rb"<(!doctype\s+)?html\b")
TAR = slice(257, 262)
"""Where an archive of tar's says that it is one."""

BEGINNING = 512
PIECE = 1 << 18


class Bytes(Protocol):
    """What can be read piece by piece."""

    def read(self, size: int, /) -> bytes: ...


@contextmanager
def opened(path: Path) -> Iterator[Bytes]:
    """The file's bytes, unpacked where they are packed, whatever it is called. Raises `OSError`, `UnreadableLog`."""
    kind = path.stat().st_mode
    if not stat.S_ISREG(kind) and not stat.S_ISDIR(kind):
        raise UnreadableLog(_("这不是普通文件（是管道或设备）。日志要读两遍，请先存成文件再来。"))
    with path.open("rb") as file:
        begins = file.peek(BEGINNING)
        if not begins.startswith(PACKED):
            _refuse_others(begins)
            yield file
            return
        with gzip.GzipFile(fileobj=file) as unpacked:
            with _told_of_damage():
                begins = unpacked.peek(BEGINNING)
            _refuse_others(begins)
            yield unpacked


def piece(file: Bytes) -> bytes:
    """The next piece of it, empty at the end. Raises `UnreadableLog` where it cannot be unpacked."""
    with _told_of_damage():
        return file.read(PIECE)


@contextmanager
def _told_of_damage() -> Iterator[None]:
    try:
        yield
    except EOFError as problem:
        raise UnreadableLog(_("压缩文件不完整，后面的部分缺了。请重新下载或复制。")) from problem
    except (gzip.BadGzipFile, zlib.error) as problem:
        raise UnreadableLog(_("压缩文件已损坏，解不开。请重新下载或复制。")) from problem


def _refuse_others(begins: bytes) -> None:
    """Raise `UnreadableLog` for what is told at once to be something else, with what to do about it."""
    if sentence := _what_else(begins):
        raise UnreadableLog(sentence)


def _what_else(begins: bytes) -> str:
    """The sentence for a file that begins so; empty when it may be a log."""
    if not begins:
        return _("文件是空的。请重新下载或复制。")
    if begins.startswith(ZIP):
        return _("这是ZIP压缩包（或Excel表），不是日志。请解开，把里面的 .xes 文件拿来。")
    packings = [name for mark, name in ARCHIVES.items() if begins.startswith(mark)]
    if packings or begins[TAR] == b"ustar":
        what = packings[0] if packings else "tar"
        return _("这是%(what)s压缩包，不是日志。请解开，把里面的 .xes 文件拿来。") % {"what": what}
    if begins.startswith(DATABASE):
        return _("这是SQLite数据库（多半是OCEL日志），这里只补录XES日志。请从原系统另导出XES。")
    text = begins.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if text.startswith((b"{", b"[")):
        return _("这是JSON（多半是OCEL日志），这里只补录XES日志。请从原系统另导出XES。")
    if WEB_PAGE.match(text):
        return _("这是网页，不是日志，多半是下载时没有登录。请重新下载日志文件本身。")
    return ""
