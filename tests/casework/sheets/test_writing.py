"""Sheets that go out: readable, typed as text, and fit to come back."""

from __future__ import annotations

import datetime
import io
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from casework.sheets import writing
from casework.sheets.reading import read_table
from casework.sheets.values import PrecisionLost, account, identity
from casework.sheets.vocabulary import APPLICATION_COLUMNS, REGISTER_COLUMNS
from casework.sheets.writing import SheetFull, annotated_copy, growing_workbook, table_workbook
from tests.casework.sheets.workbooks import HEADINGS, identity_of, line, lines, ods, old_xls, xlsx

ACCEPTED = ("已受理", "", "")
CUT = ("已受理", "年度补贴天数已到上限", "")
SENT_BACK = ("退回", "公民身份号码校验位不对", "请对照身份证改正")
ROUNDED = 9.90922195711253e17


def opened(source: bytes) -> Worksheet:
    return openpyxl.load_workbook(io.BytesIO(source)).worksheets[0]


def annotated(source: bytes, notes: dict[int, Sequence[str]]) -> bytes:
    return annotated_copy(source, read_table(source, APPLICATION_COLUMNS), notes)


def texts(sheet: Worksheet, row: int) -> list[object]:
    return [cell.value for cell in sheet[row]]


def test_every_row_stays_at_its_number_with_the_notes_beside_it() -> None:
    source = xlsx(["标题"], HEADINGS, line(1), [], line(2), ["合计", "", "2人"])
    sheet = opened(annotated(source, {3: ACCEPTED, 5: SENT_BACK}))
    assert sheet.title == "申报表"
    assert sheet["A1"].value == "标题"
    assert texts(sheet, 2) == [*HEADINGS, "办理结果", "原因", "怎么改"]
    assert texts(sheet, 3)[:4] == ["1", "甲1", identity_of(1), "县人民医院"]
    assert texts(sheet, 3)[12:] == ["已受理", None, None]
    assert texts(sheet, 4) == [None] * 15
    assert texts(sheet, 5)[12:] == list(SENT_BACK)
    assert texts(sheet, 6)[:3] == ["合计", None, "2人"]


def test_everything_is_text_and_stays_text_when_it_is_corrected() -> None:
    day = datetime.date(2026, 9, 5)
    evil = line(1, 姓名="=HYPERLINK(1)", 备注="@SUM(A1)", 入院日期=day, 联系电话=13812345678, 公民身份号码=ROUNDED)
    sheet = opened(annotated(xlsx(HEADINGS, evil), {2: ("=1+1", "+1", "-1")}))
    for cell in sheet[2]:
        assert cell.data_type in ("s", "n")
        assert cell.data_type == "s" or cell.value is None
        assert cell.number_format == "@" or cell.column > 12
    assert [sheet.cell(2, column).value for column in (2, 3, 5, 11, 12)] == [
        "=HYPERLINK(1)",
        "9.90922195711253E+17",
        "2026-09-05",
        "13812345678",
        "@SUM(A1)",
    ]
    assert [cell.value for cell in sheet[2][12:]] == ["=1+1", "+1", "-1"]


def test_colour_repeats_what_the_words_say() -> None:
    sheet = opened(annotated(xlsx(HEADINGS, *lines(3)), {2: ACCEPTED, 3: CUT, 4: SENT_BACK}))
    fills = [sheet.cell(row, 13).fill.start_color.rgb for row in (2, 3, 4)]
    assert len(set(fills)) == 3
    assert [{cell.fill.start_color.rgb for cell in sheet[row][12:]} for row in (2, 3, 4)] == [{fill} for fill in fills]


def test_headings_stay_in_sight_and_columns_are_as_wide_as_what_they_hold() -> None:
    sheet = opened(annotated(xlsx(["标题"], HEADINGS, line(1), line(2, 备注="长" * 60)), {}))
    assert sheet.freeze_panes == "A3"
    assert sheet.column_dimensions["C"].width > 18
    assert sheet.column_dimensions["L"].width <= 41


def test_a_copy_that_comes_back_reads_as_the_original_did() -> None:
    source = xlsx(HEADINGS, line(1), line(2, 姓名="", 公民身份号码=ROUNDED), merges=[(1, 1, 2, 1)])
    table = read_table(source, APPLICATION_COLUMNS)
    again = read_table(annotated_copy(source, table, {2: ACCEPTED, 3: SENT_BACK}), APPLICATION_COLUMNS)
    assert again.unread == ("办理结果", "原因", "怎么改")
    assert [(row.number, row.cells["name"]) for row in again.rows] == [(2, "甲1"), (3, "甲1")]
    first, second = again.rows
    assert identity(first.cells["identity_number"]) == identity_of(1)
    assert account(second.cells["account_number"]) == "6222000000000000002"
    with pytest.raises(PrecisionLost):
        identity(second.cells["identity_number"])


def test_notes_of_last_time_give_way_to_those_of_this() -> None:
    once = annotated(xlsx(HEADINGS, *lines(2)), {2: SENT_BACK, 3: SENT_BACK})
    sheet = opened(annotated(once, {2: ACCEPTED}))
    assert sheet.max_column == 15
    assert texts(sheet, 1)[12:] == ["办理结果", "原因", "怎么改"]
    assert texts(sheet, 2)[12:] == ["已受理", None, None]
    assert texts(sheet, 3)[12:] == [None, None, None]


def test_headings_in_two_rows_keep_their_groups() -> None:
    upper = [*HEADINGS[:4], "住院时间", "", *HEADINGS[6:]]
    lower = ["", "", "", "", "入院", "出院"]
    merges = [(0, 4, 0, 5), *[(0, column, 1, column) for column in (0, 1, 2, 3, 6, 7, 8, 9, 10, 11)]]
    copy = annotated(xlsx(upper, lower, line(1), merges=merges), {3: ACCEPTED})
    sheet = opened(copy)
    assert {"E1:F1", "A1:A2", "M1:M2", "O1:O2"} <= {str(merged) for merged in sheet.merged_cells.ranges}
    again = read_table(copy, APPLICATION_COLUMNS)
    assert again.header_rows == (1, 2)
    assert again.headings["discharge_date"].text == "住院时间/出院"
    assert [row.number for row in again.rows] == [3]


def test_a_table_in_the_middle_of_a_sheet_stays_there() -> None:
    sheet = opened(annotated(xlsx(HEADINGS, line(1), at=(4, 2)), {6: ACCEPTED}))
    assert [sheet.cell(5, 4).value, sheet.cell(6, 4).value, sheet.cell(6, 15).value] == ["姓名", "甲1", "已受理"]


def test_copies_of_the_older_formats_are_xlsx() -> None:
    assert opened(annotated(ods(HEADINGS, [str(cell) for cell in line(1)]), {2: ACCEPTED}))["M2"].value == "已受理"
    old = old_xls()
    copy = annotated_copy(old, read_table(old, REGISTER_COLUMNS), {5: ACCEPTED})
    assert [row.number for row in read_table(copy, REGISTER_COLUMNS).rows] == [5, 6]


def test_other_words_for_the_notes() -> None:
    source = xlsx(HEADINGS, line(1))
    table = read_table(source, APPLICATION_COLUMNS)
    sheet = opened(annotated_copy(source, table, {2: ("失败", "户名不符")}, headings=("回盘结果", "说明")))
    assert (texts(sheet, 1)[12:], texts(sheet, 2)[12:]) == (["回盘结果", "说明"], ["失败", "户名不符"])


def test_a_list_goes_out_as_text_with_money_to_the_cent() -> None:
    day = datetime.date(2026, 11, 2)
    rows = [("=甲", Decimal("1300"), day, None, 3), ("乙", Decimal("0.5"), day, "6222000000000000001", True)]
    sheet = opened(table_workbook(["姓名", "金额", "日期", "账号", "天数"], rows, sheet_name="清册[2026/11]"))
    assert sheet.title == "清册_2026_11_"
    assert texts(sheet, 1) == ["姓名", "金额", "日期", "账号", "天数"]
    assert texts(sheet, 2) == ["=甲", "1300.00", "2026-11-02", None, "3"]
    assert texts(sheet, 3) == ["乙", "0.50", "2026-11-02", "6222000000000000001", "是"]
    assert {cell.data_type for row in sheet.iter_rows() for cell in row if cell.value is not None} == {"s"}
    assert sheet["B2"].alignment.horizontal == "right"


def test_a_list_that_grows_in_a_file_is_the_one_made_at_once() -> None:
    rows = [("=甲", Decimal("1300"), "2026-11-02"), ("乙", Decimal("0.5"), "")]
    grown = io.BytesIO()
    with growing_workbook(grown, ["姓名", "金额", "日期"], sheet_name="清册") as write:
        for row in rows:
            write(row)

    def told(source: bytes) -> list[Any]:
        sheet = opened(source)
        cells = [(cell.value, cell.data_type, cell.alignment.horizontal) for row in sheet.iter_rows() for cell in row]
        return [sheet.title, sheet.freeze_panes, sheet.column_dimensions["A"].width, *cells]

    assert told(grown.getvalue()) == told(table_workbook(["姓名", "金额", "日期"], rows, sheet_name="清册"))


def test_a_list_longer_than_a_sheet_is_not_cut_short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing, "_MOST_ROWS", 3)
    with pytest.raises(SheetFull, match="最多3行"), growing_workbook(io.BytesIO(), ["姓名"]) as write:
        for name in ("甲", "乙", "丙"):
            write((name,))
    with pytest.raises(SheetFull, match="最多3行"):
        table_workbook(["姓名"], [("甲",), ("乙",), ("丙",)])
    assert opened(table_workbook(["姓名"], [("甲",), ("乙",)])).max_row == 3
