"""Evidence lies sealed, whole or not at all."""

import errno
import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from casework.evidence.storage import (
    NAME,
    NOT_A_NAME,
    NOT_AUTHENTIC,
    NOT_DELETED,
    NOT_FOUND,
    NOT_KEPT,
    NOT_READABLE,
    FileStore,
    StorageFailed,
)

PAPER = b"discharge summary" * 1000


@pytest.fixture
def store(tmp_path: Path) -> FileStore:
    return FileStore(tmp_path / "files")


def sealed_store(root: Path, key: bytes) -> FileStore:
    cipher = AESGCM(key)

    def seal(data: bytes) -> bytes:
        nonce = os.urandom(12)
        return nonce + cipher.encrypt(nonce, data, None)

    return FileStore(root, seal=seal, open_=lambda sealed: cipher.decrypt(sealed[:12], sealed[12:], None))


def files_below(root: Path) -> list[Path]:
    return [path for path in root.rglob("*") if not path.is_dir()]


def failing(number: int) -> Callable[..., None]:
    def fail(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    return fail


def refusal(action: Callable[[], object]) -> str:
    with pytest.raises(StorageFailed) as caught:
        action()
    return str(caught.value)


@pytest.mark.parametrize("data", [b"", b"x", PAPER, bytes(range(256)) * 5000])
def test_what_is_put_in_comes_out(store: FileStore, data: bytes) -> None:
    assert store.get(store.put(data)) == data


def test_names_are_random_and_lie_two_folders_deep(store: FileStore) -> None:
    names = {store.put(b"the same") for _ in range(20)}

    assert len(names) == 20
    assert all(NAME.fullmatch(name) for name in names)
    assert {str(path.relative_to(store.root)) for path in files_below(store.root)} == names


def test_only_the_owner_can_read_what_is_kept(store: FileStore) -> None:
    path = store.root / store.put(PAPER)

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == stat.S_IMODE(store.root.stat().st_mode) == 0o700


def test_what_lies_on_the_disk_is_sealed(tmp_path: Path) -> None:
    store = sealed_store(tmp_path, AESGCM.generate_key(256))
    name = store.put(PAPER)

    assert b"discharge" not in (tmp_path / name).read_bytes()
    assert store.get(name) == PAPER


def test_a_sealed_file_that_was_changed_is_not_opened(tmp_path: Path) -> None:
    store = sealed_store(tmp_path, AESGCM.generate_key(256))
    name = store.put(PAPER)
    content = bytearray((tmp_path / name).read_bytes())
    content[100] ^= 1
    (tmp_path / name).write_bytes(content)

    assert refusal(lambda: store.get(name)) == NOT_AUTHENTIC


def test_another_key_opens_nothing(tmp_path: Path) -> None:
    name = sealed_store(tmp_path, AESGCM.generate_key(256)).put(PAPER)

    assert refusal(lambda: sealed_store(tmp_path, AESGCM.generate_key(256)).get(name)) == NOT_AUTHENTIC


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO, errno.EDQUOT, errno.EROFS])
@pytest.mark.parametrize("call", ["write", "fsync", "rename", "open", "mkdir"])
def test_a_disk_that_fails_at_any_moment_is_told_and_leaves_nothing(
    store: FileStore, monkeypatch: pytest.MonkeyPatch, call: str, number: int
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(os, call, failing(number))
        sentence = refusal(lambda: store.put(PAPER))

    assert sentence == NOT_KEPT
    assert files_below(store.root) == []


def test_a_disk_that_fills_up_in_the_middle_leaves_nothing(store: FileStore, monkeypatch: pytest.MonkeyPatch) -> None:
    write = os.write
    written: list[int] = []

    def until_full(descriptor: int, data: memoryview) -> int:
        if sum(written) > len(PAPER) // 2:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        written.append(write(descriptor, data[:1000]))
        return written[-1]

    with monkeypatch.context() as broken:
        broken.setattr(os, "write", until_full)
        sentence = refusal(lambda: store.put(PAPER))

    assert len(written) > 1
    assert sentence == NOT_KEPT
    assert files_below(store.root) == []


def test_a_folder_that_cannot_be_made_durable_takes_its_file_back(
    store: FileStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    fsync = os.fsync
    renamed: list[Path] = []

    def after_the_rename(descriptor: int) -> None:
        renamed.extend(path for path in files_below(store.root) if not path.name.startswith("."))
        if renamed:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        fsync(descriptor)

    with monkeypatch.context() as broken:
        broken.setattr(os, "fsync", after_the_rename)
        sentence = refusal(lambda: store.put(PAPER))

    assert len(renamed) == 1
    assert sentence == NOT_KEPT
    assert files_below(store.root) == []


def test_a_process_interrupted_while_writing_leaves_nothing(store: FileStore, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(_: int) -> None:
        raise KeyboardInterrupt

    store.put(b"so that the folders are there")
    before = files_below(store.root)
    with monkeypatch.context() as broken:
        broken.setattr(os, "fsync", interrupt)
        with pytest.raises(KeyboardInterrupt):
            store.put(PAPER)

    assert files_below(store.root) == before


def test_a_disk_that_writes_little_by_little_still_keeps_everything(
    store: FileStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = os.write
    monkeypatch.setattr(os, "write", lambda descriptor, data: write(descriptor, data[:777]))

    assert store.get(store.put(PAPER)) == PAPER


def test_a_file_has_its_name_only_when_its_content_is_on_the_disk(
    store: FileStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    events: list[str] = []
    fsync, rename = os.fsync, os.rename

    def synced(descriptor: int) -> None:
        is_folder = stat.S_ISDIR(os.fstat(descriptor).st_mode)
        events.append("folder synced" if is_folder else "content synced")
        fsync(descriptor)

    def renamed(old: Path, new: Path) -> None:
        events.append("named")
        assert old.parent == new.parent, "a rename is atomic only within one file system"
        rename(old, new)

    monkeypatch.setattr(os, "fsync", synced)
    monkeypatch.setattr(os, "rename", renamed)
    store.put(PAPER)

    assert events[-3:] == ["content synced", "named", "folder synced"]


def test_a_sealing_that_fails_writes_nothing(tmp_path: Path) -> None:
    def fail(_: bytes) -> bytes:
        raise RuntimeError("no key")

    with pytest.raises(RuntimeError, match="no key"):
        FileStore(tmp_path, seal=fail).put(PAPER)
    assert files_below(tmp_path) == []


@pytest.mark.parametrize(
    "name",
    [
        "",
        "../secret",
        "../../secret",
        "ab/cd/../../../secret",
        "/secret",
        "ab/cd/" + "0" * 27,
        "ab/cd/" + "0" * 29,
        "ab/cd/" + "0" * 28 + "\n",
        "ab/cd/" + "0" * 28 + "\0",
        "AB/CD/" + "0" * 28,
        "ab\\cd\\" + "0" * 28,
        "ab/cd/." + "0" * 27,
        "ab/cd/" + "０" * 28,
        "./ab/cd/" + "0" * 28,
    ],
)
def test_a_name_that_is_not_our_own_is_refused(store: FileStore, name: str) -> None:
    store.put(PAPER)
    (store.root.parent / "secret").write_bytes(b"secret")

    assert refusal(lambda: store.get(name)) == NOT_A_NAME
    assert refusal(lambda: store.delete(name)) == NOT_A_NAME
    assert (store.root.parent / "secret").exists()


def test_a_file_that_is_not_there_is_told(store: FileStore) -> None:
    assert refusal(lambda: store.get("ab/cd/" + "0" * 28)) == NOT_FOUND


def test_a_deleted_file_is_gone_and_deleting_twice_is_harmless(store: FileStore) -> None:
    name, other = store.put(PAPER), store.put(b"another")

    store.delete(name)
    store.delete(name)

    assert refusal(lambda: store.get(name)) == NOT_FOUND
    assert store.get(other) == b"another"


def test_a_disk_that_cannot_read_or_delete_is_told(store: FileStore) -> None:
    """A folder where the file should be stands for a disk that answers neither."""
    name = "ab/cd/" + "0" * 28
    (store.root / name).mkdir(parents=True)

    assert refusal(lambda: store.get(name)) == NOT_READABLE
    assert refusal(lambda: store.delete(name)) == NOT_DELETED


def test_every_failure_is_plain_chinese_and_says_what_to_do() -> None:
    sentences = (NOT_A_NAME, NOT_AUTHENTIC, NOT_DELETED, NOT_FOUND, NOT_KEPT, NOT_READABLE)

    assert all("请" in sentence for sentence in sentences)
