"""Files that are no table, or no good, or not meant well: each is refused in words, and none takes us down."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

import pytest

from casework.sheets import opening
from casework.sheets.problems import (
    AmbiguousHeadings,
    AmbiguousSheets,
    DamagedSheet,
    EmptySheet,
    MissingColumns,
    NoHeadings,
    NotASpreadsheet,
    ProtectedSheet,
    SheetProblem,
    SheetTooLarge,
)
from casework.sheets.reading import Table, read_table
from casework.sheets.vocabulary import APPLICATION_COLUMNS, REGISTER_COLUMNS
from tests.casework.sheets.workbooks import (
    HEADINGS,
    identity_of,
    line,
    lines,
    ods_of,
    old_xls,
    rewritten,
    workbook,
    xlsx,
)

SHEET = "xl/worksheets/sheet1.xml"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def read(source: bytes) -> Table:
    return read_table(source, APPLICATION_COLUMNS)


def archive_of(*names: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in names:
            archive.writestr(name, "<x/>")
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("source", "what"),
    [
        ("序号,姓名\n1,甲\n".encode(), "文本"),
        (b"<html><body><table></table></body></html>", "网页"),
        (b"\xef\xbb\xbf\r\n<!DOCTYPE html><table>", "网页"),
        (b'<?xml version="1.0"?><Workbook/>', "XML"),
        (b"%PDF-1.7", "PDF"),
        (b"\xff\xd8\xff\xe0", "图片"),
        (b"\x89PNG\r\n", "图片"),
        (b"Rar!\x1a\x07", "压缩包"),
        (archive_of("photo.jpg"), "压缩包"),
        (archive_of("word/document.xml"), "Word"),
        (OLE + bytes(600) + "WordDocument".encode("utf-16-le"), "Word"),
    ],
)
def test_another_kind_of_file_is_called_by_its_name(source: bytes, what: str) -> None:
    with pytest.raises(NotASpreadsheet, match=f"{what}.*另存为.xlsx"):
        read(source)


def test_a_damaged_file_is_said_to_be_damaged() -> None:
    whole = xlsx(HEADINGS, *lines(50))
    directory = whole.rindex(b"PK\x01\x02")
    for source in (
        whole[: len(whole) // 2],
        whole[:400] + bytes(200) + whole[600:],
        whole[:directory] + b"PK\x01\x02" + bytes(40),
        b"PK\x03\x04" + bytes(100),
        OLE + bytes(600),
        old_xls()[:1500],
    ):
        with pytest.raises(DamagedSheet, match="损坏"):
            read(source)


def test_a_file_with_a_password_is_not_opened() -> None:
    with pytest.raises(ProtectedSheet, match="密码"):
        read(OLE + bytes(600) + "EncryptedPackage".encode("utf-16-le") + bytes(100))
    locked = bytearray(xlsx(HEADINGS, line(1)))
    at = locked.index(b"PK\x01\x02")
    while at >= 0:
        locked[at + 8] |= 1
        at = locked.find(b"PK\x01\x02", at + 4)
    with pytest.raises(ProtectedSheet):
        read(bytes(locked))


def test_an_empty_file_and_an_empty_workbook() -> None:
    with pytest.raises(EmptySheet, match="文件是空的"):
        read(b"")
    with pytest.raises(EmptySheet, match="没有内容"):
        read(xlsx())
    with pytest.raises(EmptySheet, match="“申报表”的表头下面没有数据"):
        read(xlsx(HEADINGS, [1], ["合计"], ["审核人："]))


def test_without_headings_it_says_which_it_looked_for() -> None:
    with pytest.raises(NoHeadings, match=r"姓名、公民身份号码、住院医院、.*户名"):
        read(xlsx(*lines(5)))
    with pytest.raises(NoHeadings):
        read(xlsx(["姓名", "电话"], ["甲", "138"]))


def test_missing_columns_are_named_and_so_is_what_stands_there_instead() -> None:
    headings = ["卡里的钱" if heading == "社会保障卡号" else heading for heading in HEADINGS if heading != "出院日期"]
    with pytest.raises(
        MissingColumns, match=r"“申报表”第2行的表头里缺少“出院日期”、“社会保障卡号”.*卡里的钱"
    ) as problem:
        read(xlsx(["标题"], headings, line(1)))
    assert problem.value.missing == ("出院日期", "社会保障卡号")
    assert problem.value.unread == ("卡里的钱",)


def test_two_columns_for_one_field_are_asked_about() -> None:
    with pytest.raises(AmbiguousHeadings, match="I列“社会保障卡号”和M列“银行账号”都可能是"):
        read(xlsx([*HEADINGS, "银行账号"], line(1)))


def test_the_sheet_that_fits_is_taken_wherever_it_stands() -> None:
    source = workbook(
        {"说明": [["请按样表填写"]], "去年": [["姓名", "金额"], ["甲", 3]], "今年": [HEADINGS, line(1)], "空": []}
    )
    table = read(source)
    assert (table.sheet, table.other_sheets) == ("今年", ())


def test_of_two_that_fit_the_fuller_is_taken_and_the_other_named() -> None:
    fewer = [heading for heading in HEADINGS if heading != "备注"]
    table = read(workbook({"甲镇": [fewer, line(1)[:-1]], "乙镇": [HEADINGS, line(2)]}))
    assert (table.sheet, table.other_sheets) == ("乙镇", ("甲镇",))


def test_two_sheets_that_fit_alike_are_not_chosen_between() -> None:
    both = {"甲镇": [HEADINGS, line(1)], "乙镇": [HEADINGS, line(2)]}
    with pytest.raises(AmbiguousSheets, match="“甲镇”、“乙镇”"):
        read(workbook(both))
    assert read(workbook({"甲镇": [HEADINGS, line(1)], "乙镇": [HEADINGS]})).sheet == "甲镇"
    assert read(workbook(both, hidden=["乙镇"])).sheet == "甲镇"


def test_a_file_too_long_or_too_wide_is_refused_before_it_is_read() -> None:
    source = xlsx(HEADINGS, *lines(20))
    with pytest.raises(SheetTooLarge, match="第21行，最多20行"):
        read_table(source, APPLICATION_COLUMNS, max_rows=20)
    with pytest.raises(SheetTooLarge, match="252格，最多250格"):
        read_table(source, APPLICATION_COLUMNS, max_cells=250)
    assert len(list(read_table(source, APPLICATION_COLUMNS, max_rows=21, max_cells=252).rows)) == 20
    with pytest.raises(SheetTooLarge, match="MB"):
        read(source + bytes(opening.MAX_BYTES))


@pytest.mark.parametrize(
    "reference", [b'r="XFD1048576"', b"r='XFD1048576'", b'r =\n"xfd1048576"', b'r="A1" s="0" \tr = "XFD1048576"']
)
def test_one_cell_at_the_far_corner_does_not_take_us_down(reference: bytes) -> None:
    source = rewritten(xlsx(HEADINGS, line(1)), SHEET, b'r="B2"', reference)
    with pytest.raises((SheetTooLarge, DamagedSheet)):
        read(source)


def test_the_same_in_the_older_formats() -> None:
    old = old_xls()
    last_cell = old.rindex(b"\xfd\x00\x0a\x00") + 4
    for corner, why in (((65535, 255), "格"), ((65535, 65535), "内存")):
        with pytest.raises(SheetTooLarge, match=why):
            read(old[:last_cell] + struct.pack("<HH", *corner) + old[last_cell + 4 :])
    cell = '<table:table-cell office:value-type="string" table:number-columns-repeated="100"><text:p>甲</text:p>'
    row = f'<table:table-row table:number-rows-repeated="100000">{cell}</table:table-cell></table:table-row>'
    with pytest.raises(SheetTooLarge):
        read(ods_of(f'<table:table table:name="甲">{row}</table:table>'))


def test_what_unpacks_to_too_much_is_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    source = xlsx(HEADINGS, *lines(200))
    assert len(list(read(source).rows)) == 200
    monkeypatch.setattr(opening, "MAX_UNPACKED", 30_000)
    with pytest.raises(SheetTooLarge, match="解压"):
        read(source)


def test_an_archive_that_understates_what_it_holds_is_found_out() -> None:
    source = bytearray(xlsx(HEADINGS, *lines(200)))
    for marker, size_at in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        at = source.find(marker)
        while at >= 0:
            source[at + size_at : at + size_at + 4] = struct.pack("<I", 100)
            at = source.find(marker, at + 4)
    with pytest.raises(DamagedSheet):
        read(bytes(source))


def test_no_damage_makes_anything_but_a_refusal() -> None:
    whole = xlsx(["标题"], HEADINGS, *lines(3))
    for at in range(0, len(whole), 97):
        broken = whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :]
        try:
            list(read(broken).rows)
        except SheetProblem as problem:
            assert str(problem)


def test_the_format_before_2007_is_read_as_well() -> None:
    table = read_table(old_xls(), REGISTER_COLUMNS)
    assert (table.sheet, table.header_rows) == ("对象名册", (4,))
    assert [(row.number, row.cells["household_number"], row.cells["identity_number"]) for row in table.rows] == [
        (5, "430922-00001", identity_of(1)),
        (6, "430922-00001", identity_of(2)),
    ]


def test_a_deflate_stream_that_breaks_off_is_damage() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>" * 1000)
    source = buffer.getvalue()
    packed = zlib.compress(b"<workbook/>" * 1000)[2:-4]
    assert packed[:8] in source
    with pytest.raises(DamagedSheet):
        read(source.replace(packed[:8], bytes(8)))
