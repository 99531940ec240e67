"""Logs in the encodings of Chinese offices, which no XML parser here knows."""

from __future__ import annotations

import io

import pytest

from tests.workflows.replay.logs import ZONE, Event, Trace, log, said
from workflows.replay.past import PastCase
from workflows.replay.reading import LogReader

OFFICE = log(Trace("案一", [Event("审核"), Event("批准", lifecycle="審")] * 2_000))


class InSmallPieces(io.BytesIO):
    """Every letter of two bytes is cut in half somewhere."""

    def read(self, size: int | None = -1, /) -> bytes:
        return super().read(7 if self.tell() else 200)


def read(data: bytes, file: type[io.BytesIO] = io.BytesIO) -> tuple[list[PastCase], str]:
    reader = LogReader(zone=ZONE)
    return list(reader.cases(file(data))), reader.digest


@pytest.mark.parametrize("file", [io.BytesIO, InSmallPieces])
@pytest.mark.parametrize(
    ("named", "written"),
    [("GBK", "gbk"), ("gb2312", "gbk"), ("GB18030", "gb18030"), ("cp936", "gbk"), ("Big5", "big5")],
)
def test_a_log_in_an_encoding_of_a_chinese_office_is_read(named: str, written: str, file: type[io.BytesIO]) -> None:
    text = OFFICE.decode().replace("UTF-8", named)
    if written == "big5":
        text = text.translate(str.maketrans("审", "審"))
    data = text.encode(written)
    found, digest = read(data, file)

    (before, _digest) = read(text.replace(named, "UTF-8").encode())
    assert said(found) == said(before)
    assert digest == read(data)[1]


def test_a_letter_that_only_the_largest_of_them_has_is_read() -> None:
    text = log(Trace("㛃䶮𠀀", [Event("é")])).decode().replace("UTF-8", "GBK")

    assert said(read(text.encode("gb18030"))[0])[0][0] == "㛃䶮𠀀"
