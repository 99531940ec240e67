"""Awkward logs on the command itself: they come in, and go out as they were; or are refused in words."""

from __future__ import annotations

import gzip
import io
import zipfile
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from casework.models import Case, Decision, ReplayedLog
from tests.workflows.replay import awkward
from tests.workflows.replay.logs import SMALL, put, read, said
from tests.world import World


def run(path: Path, *more: object) -> str:
    out = io.StringIO()
    call_command("replay_log", str(path), *map(str, more), "--zone", "Europe/Amsterdam", "--check", stdout=out)
    return out.getvalue()


@pytest.mark.parametrize("name", awkward.ALL)
def test_an_awkward_log_comes_back_as_it_was(world: World, tmp_path: Path, name: str) -> None:
    path, out = put(tmp_path, awkward.ALL[name]), tmp_path / "out.xes"
    told = run(path, "--export", out)

    assert "核对一致" in told
    before, after = said(read(path)), said(read(out))
    nameless = {f"（无案号 {number}）" for number in range(1, len(after) + 1)}
    assert [(None if case in nameless else case, events) for case, events in after] == before
    assert Decision.objects.count() == sum(max(len(events), 1) for _case, events in before)


def test_what_is_awkward_is_read_as_it_was_meant(tmp_path: Path) -> None:
    (ward, empty, named) = said(read(put(tmp_path, awkward.HOSPITAL)))
    assert [(what, turn) for what, _at, turn in ward[1]] == [("triage", "start"), ("triage", "complete"), (None, None)]
    assert (ward[0], empty, named) == ("A & B", (None, []), ("NA", []))
    first, second = said(read(put(tmp_path, awkward.OLD_OFFICE)))
    assert [what for what, _at, _turn in first[1]] == ["Prüfung", "prüfung ", "Prüfung", ""]
    assert (first[0], second[0], second[1][0][0]) == ("Straße 1", "Straße 1", "007")
    assert said(read(put(tmp_path, awkward.MINISTRY)))[0][1][0][0] == "审核\n二"


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("packed.xes", gzip.compress(SMALL)),
        ("plain.xes.gz", SMALL),
        ("in two.xes.gz", gzip.compress(SMALL[:200]) + gzip.compress(SMALL[200:])),
        ("padded.xes.gz", gzip.compress(SMALL) + bytes(512)),
        ("marked.xes", b"\xef\xbb\xbf" + SMALL),
        ("LOG.XML", SMALL),
    ],
)
def test_a_log_is_what_it_holds_and_not_what_it_is_called(tmp_path: Path, name: str, data: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    assert said(read(path)) == said(read(put(tmp_path, SMALL)))


def zipped(data: bytes) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr("log.xes", data)
    return held.getvalue()


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b'<?xml version="1.0" encoding="EUC-JP"?><log/>', "编码"),
        ('<?xml version="1.0" encoding="UTF-8"?><log><a b="审"/></log>'.encode("gb18030"), "编码不是写明的那种"),
        (SMALL.replace(b"UTF-8", b"windows-9999"), "编码"),
        (SMALL.replace(b'"one"', '"审"'.encode("gbk")), "第3行第.*不合XML规则的字符"),
        (b"case,activity,time\n1,a,2020-01-01\n", "不是XML"),
        (b'{"events": []}', "这是JSON（多半是OCEL日志）"),
        (b"<log>" + b" " * 300_000 + b"<object-types/></log>", "这是OCEL日志"),
        (b"<!DOCTYPE html>\n<html><body>Please log in</body></html>", "这是网页"),
        (zipped(SMALL), "ZIP"),
        (b"", "是空的"),
        (b'<pnml xmlns="urn:x"/>', "最外层是“pnml”，应当是“log”"),
        (SMALL.replace(b"2020-05-04T10:00:00+02:00", b"04/05/2020 10:00"), "的时间“04/05/2020 10:00”看不懂"),
        (SMALL.replace(b"2020-05-04T10:00:00+02:00", b"1588579200000"), "的时间“1588579200000”看不懂"),
        (SMALL[:-20], "就断了，后面的部分缺了"),
        (gzip.compress(SMALL)[:-30], "压缩文件不完整"),
    ],
)
def test_what_cannot_be_read_is_refused_in_a_sentence_and_nothing_is_left(
    world: World, tmp_path: Path, data: bytes, says: str
) -> None:
    path = tmp_path / "log.xes"
    path.write_bytes(data)
    with pytest.raises(CommandError, match=says) as refused:
        run(path)
    assert "\n" not in str(refused.value)
    assert not ReplayedLog.objects.exists() and not Case.objects.exists()
