"""Where evidence lies: sealed files under random names, whole or not at all."""

import os
import re
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path

NAME = re.compile(r"[0-9a-f]{2}/[0-9a-f]{2}/[0-9a-f]{28}")

NOT_KEPT = "文件没有保存成功（服务器的存储空间可能已满），什么都没有留下。请稍后再上传；仍不行，请联系管理员检查磁盘。"
NOT_A_NAME = "文件编号不对，没有这份文件。请从案卷页面重新打开。"
NOT_FOUND = "这份文件在存储里找不到了。请联系管理员从备份恢复。"
NOT_READABLE = "这份文件现在读不出来。请稍后再试；仍不行，请联系管理员检查存储。"
NOT_AUTHENTIC = "这份文件与存入时不一致（可能被改动，或密钥不对），不能打开。请联系管理员核查。"
NOT_DELETED = "这份文件没有删掉。请稍后再试；仍不行，请联系管理员检查存储。"


class StorageFailed(Exception):
    """The file was not kept, found or removed; the text is a sentence for the person at the screen."""


_in_the_system_s_time: ContextVar[bool] = ContextVar("in_the_system_s_time", default=False)


@contextmanager
def in_the_system_s_time() -> Iterator[None]:
    """Files reach the disk when the system finds the time, not before `put` returns: for hundreds that are invented,
    and can be invented again."""
    token = _in_the_system_s_time.set(True)
    try:
        yield
    finally:
        _in_the_system_s_time.reset(token)


def as_it_is(data: bytes) -> bytes:
    return data


class FileStore:
    """A folder of sealed files. The caller brings the keys: `seal` before writing, `open_` after reading.

    A file is complete and on the disk when `put` returns its name. Names are 128 random bits, so they tell
    nothing and are never used twice. Empty folders may stay behind; files never do.
    """

    def __init__(
        self,
        root: Path,
        *,
        seal: Callable[[bytes], bytes] = as_it_is,
        open_: Callable[[bytes], bytes] = as_it_is,
    ) -> None:
        self.root = root
        self._seal = seal
        self._open = open_

    def put(self, data: bytes) -> str:
        sealed = self._seal(data)
        token = secrets.token_hex(16)
        name = f"{token[:2]}/{token[2:4]}/{token[4:]}"
        path = self.root / name
        unfinished = path.with_name(f".{path.name}.part")
        try:
            self._make_folders(path.parent)
            _write_through(unfinished, sealed)
            os.rename(unfinished, path)
            _sync_folder(path.parent)
        except BaseException as error:
            _remove_quietly(unfinished, path)
            if isinstance(error, OSError):
                raise StorageFailed(NOT_KEPT) from error
            raise
        return name

    def get(self, name: str) -> bytes:
        path = self._path(name)
        try:
            sealed = path.read_bytes()
        except FileNotFoundError as error:
            raise StorageFailed(NOT_FOUND) from error
        except OSError as error:
            raise StorageFailed(NOT_READABLE) from error
        try:
            return self._open(sealed)
        except Exception as error:
            # Whatever the caller's keys raise: what lies there is not what was put there.
            raise StorageFailed(NOT_AUTHENTIC) from error

    def delete(self, name: str) -> None:
        """Gone when this returns, and no complaint when it was gone before: deleting twice is harmless."""
        path = self._path(name)
        try:
            path.unlink()
            _sync_folder(path.parent)
        except FileNotFoundError:
            return
        except OSError as error:
            raise StorageFailed(NOT_DELETED) from error

    def _path(self, name: str) -> Path:
        if NAME.fullmatch(name) is None:
            raise StorageFailed(NOT_A_NAME)
        return self.root / name

    def _make_folders(self, folder: Path) -> None:
        """The two levels under the root, readable by us alone, each entered in its parent for good."""
        self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
        for level in (folder.parent, folder):
            if not level.is_dir():
                level.mkdir(mode=0o700, exist_ok=True)
                _sync_folder(level.parent)


def _write_through(path: Path, data: bytes) -> None:
    """Every byte on the disk, or OSError."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        rest = memoryview(data)
        while rest:
            rest = rest[os.write(descriptor, rest) :]
        if not _in_the_system_s_time.get():
            os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _sync_folder(folder: Path) -> None:
    """A rename is only as durable as the folder it happened in."""
    if _in_the_system_s_time.get():
        return
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _remove_quietly(*paths: Path) -> None:
    """Clearing up after a failure must not hide the failure itself."""
    for path in paths:
        try:
            path.unlink(missing_ok=True)
        except OSError:
            continue
