"""Finding a table's lines: which of them are read, and under which number."""

from __future__ import annotations

import datetime

import pytest

from casework.sheets.lines import Kind
from casework.sheets.reading import Skipped, read_table, split_period
from casework.sheets.values import READERS, Cell, PrecisionLost
from casework.sheets.vocabulary import APPLICATION_COLUMNS, REGISTER_COLUMNS
from tests.casework.sheets.workbooks import HEADINGS, REGISTER_HEADINGS, identity_of, line, lines, ods, xlsx

TITLE = ["430922计划生育特殊家庭住院护理补贴申报花名册"]
HANDED_IN_BY = ["填报单位（盖章）：", "", "", "填报日期：2026年11月2日"]
BLANK: list[object] = []


def numbers(source: bytes) -> list[int]:
    return [row.number for row in read_table(source, APPLICATION_COLUMNS).rows]


def test_rows_keep_the_numbers_the_sheets_own_window_shows() -> None:
    source = xlsx(TITLE, HANDED_IN_BY, HEADINGS, line(1), BLANK, line(2), BLANK, BLANK, line(3))
    assert numbers(source) == [4, 6, 9]


def test_a_table_that_begins_in_the_middle_of_the_sheet() -> None:
    source = xlsx(HEADINGS, line(1), line(2), at=(7, 3))
    table = read_table(source, APPLICATION_COLUMNS)
    assert table.header_rows == (8,)
    assert str(table.headings["name"]) == "E列“姓名”"
    assert [(row.number, row.cells["name"]) for row in table.rows] == [(9, "甲1"), (10, "甲2")]
    assert [row.raw[table.headings["hospital"].index] for row in table.rows] == ["县人民医院"] * 2


def test_the_table_says_what_it_read_from_where() -> None:
    table = read_table(xlsx(TITLE, [*HEADINGS, "天气", "心情"], [*line(1), "晴", "好"]), APPLICATION_COLUMNS)
    assert (table.sheet, table.header_rows, table.unread, table.other_sheets) == ("申报表", (2,), ("天气", "心情"), ())
    assert str(table.headings["account_number"]) == "I列“社会保障卡号”"
    row = next(table.rows)
    assert row.cells["bank"] == ""
    assert list(row.raw) == [*line(1), "晴", "好"]


def test_rows_can_be_asked_for_again() -> None:
    table = read_table(xlsx(HEADINGS, *lines(3)), APPLICATION_COLUMNS)
    assert list(table.rows) == list(table.rows)


def test_cells_come_as_they_stand_and_clean_up_to_what_was_meant() -> None:
    typed = line(
        1,
        姓名="张\u3000三",
        公民身份号码=f" '{identity_of(1).lower()} ",
        入院日期=datetime.date(2026, 9, 5),
        出院日期=46280,
        社会保障卡号=6.2220000000000001e18,
        联系电话=13812345678,
    )
    row = next(read_table(xlsx(HEADINGS, typed), APPLICATION_COLUMNS).rows)
    kinds = {column.name: column.kind for column in APPLICATION_COLUMNS}

    def read(name: str) -> object:
        return READERS[kinds[name]](row.cells[name])

    assert row.cells["name"] == "张\u3000三"
    assert (read("name"), read("identity_number"), read("phone")) == ("张三", identity_of(1), "13812345678")
    assert (read("admission_date"), read("discharge_date")) == (
        datetime.date(2026, 9, 5),
        datetime.date(2026, 9, 15),
    )
    with pytest.raises(PrecisionLost):
        read("account_number")


@pytest.mark.parametrize(
    "skipped",
    [
        ["合计", "", "", "129人"],
        ["合 计", "", "", "", "", "", "", "", "", "", "", "124360.00"],
        ["", "总计", "", "12"],
        ["", "", "小计：3人"],
        ["桃花江镇小计", "", 12],
        ["本页合计"],
        ["共计12人"],
        ["共129人"],
        ["审核人：", "", "", "经办人："],
        ["", "审核人：李四", "", "", "填表人：王五"],
        ["审核人", "", "", "", "经办人", "", "", "填表日期"],
        ["单位负责人（签字）：", "", "", "", "", "2026年11月2日"],
        ["填表人：王五  联系电话：0737-8822123"],
        ["制表：王五", "", "", "复核：李四"],
        ["经办人签字：", "", "分管领导签字："],
        ["备注：本表一式三份"],
        ["备注:1.本表一式三份"],
        ["说明：金额由县级核定"],
        ["注：失能等级填轻度、中度、重度"],
        ["注1：户名必须是本人"],
        ["（盖章）"],
        ["村（居）委会（盖章）：", "", "乡镇（盖章）："],
        ["第1页，共3页"],
        ["填报说明"],
        ["监督电话：12345"],
        HANDED_IN_BY,
        HEADINGS,
        TITLE,
    ],
)
def test_lines_that_are_no_applications_are_passed_over(skipped: list[object]) -> None:
    source = xlsx(TITLE, HANDED_IN_BY, HEADINGS, line(1), skipped, line(2))
    assert numbers(source) == [4, 6]


@pytest.mark.parametrize(
    "cells",
    [
        {"姓名": ""},
        {"公民身份号码": ""},
        {"公民身份号码": "遗失"},
        {"序号": ""},
        {"序号": "", "姓名": "", "公民身份号码": ""},
        {"序号": "", "姓名": "", "公民身份号码": "", "户名": "", "社会保障卡号": ""},
        {"备注": "合计两次住院"},
        {"备注": "说明：已补材料"},
        {"姓名": "合计", "公民身份号码": identity_of(7)},
    ],
)
def test_a_line_that_lacks_something_is_still_a_line(cells: dict[str, object]) -> None:
    assert numbers(xlsx(HEADINGS, line(1), line(2, **cells), line(3))) == [2, 3, 4]


def test_a_line_with_nothing_but_a_name_is_a_line() -> None:
    only_name: list[Cell] = ["", "张三"]
    assert numbers(xlsx(HEADINGS, line(1), only_name, [3, "李四"], line(4))) == [2, 3, 4, 5]


def test_a_line_with_nothing_but_its_number_is_blank() -> None:
    pulled_down = [*[""] * len(HEADINGS), 0]
    source = xlsx([*HEADINGS, "天数"], line(1), [2], ["3"], [4.0, " ", "\u3000"], pulled_down, line(6))
    assert numbers(source) == [2, 7]


def test_what_was_passed_over_can_be_asked_for() -> None:
    source = xlsx(HEADINGS, line(1), BLANK, HEADINGS, line(2), ["合计", "", "2人"], ["备注：本表一式三份"])
    assert list(read_table(source, APPLICATION_COLUMNS).skipped) == [
        Skipped(4, Kind.HEADING),
        Skipped(6, Kind.TOTAL),
        Skipped(7, Kind.NOTE),
    ]


def test_a_note_may_run_over_several_numbered_lines() -> None:
    tail = [["说明："], ["1、本表由村填写。"], ["（2）户名必须是本人。"], ["三、逾期不补。"]]
    assert numbers(xlsx(HEADINGS, line(1), *tail)) == [2]


def test_a_page_break_repeats_title_and_headings_in_the_middle() -> None:
    page = [TITLE, HANDED_IN_BY, HEADINGS]
    source = xlsx(*page, line(1), line(2), ["本页小计", "", "2人"], *page, line(3))
    assert numbers(source) == [4, 5, 10]


def test_a_row_of_column_numbers_below_the_headings_is_no_line() -> None:
    assert numbers(xlsx(HEADINGS, list(range(1, 13)), line(1))) == [3]
    assert numbers(xlsx(HEADINGS, ["甲", *[f"（{number}）" for number in range(1, 12)]], line(1))) == [3]


def test_headings_in_two_rows_are_read_together() -> None:
    upper = ["序号", "患者情况", "", "住院时间", "", "住院医院", "失能等级", "护理人", "", "收款账户", "", "备注"]
    lower = ["", "姓名", "身份证号", "入院", "出院", "", "", "姓名", "身份证号", "户名", "账号", ""]
    cells = [1, "甲1", identity_of(1), "2026-09-05", "2026-09-15", "县人民医院", "中度", "乙", identity_of(2), "甲1"]
    merges = [(1, 1, 1, 2), (1, 3, 1, 4), (1, 7, 1, 8), (1, 9, 1, 10)]
    merges += [(1, column, 2, column) for column in (0, 5, 6, 11)]
    table = read_table(xlsx(TITLE, upper, lower, [*cells, "6222", "无"], merges=merges), APPLICATION_COLUMNS)
    assert table.header_rows == (2, 3)
    assert {name: heading.text for name, heading in table.headings.items()} == {
        "sequence": "序号",
        "name": "患者情况/姓名",
        "identity_number": "患者情况/身份证号",
        "admission_date": "住院时间/入院",
        "discharge_date": "住院时间/出院",
        "hospital": "住院医院",
        "dependency_level": "失能等级",
        "caregiver": "护理人/姓名",
        "account_holder": "收款账户/户名",
        "account_number": "收款账户/账号",
        "remark": "备注",
    }
    assert table.unread == ("护理人/身份证号",)
    row = next(table.rows)
    assert (row.number, row.cells["caregiver"], row.cells["account_number"]) == (4, "乙", "6222")


@pytest.mark.parametrize(
    ("begin", "end"), [("起", "止"), ("自", "至"), ("开始", "结束"), ("入院", "出院"), ("开始日期", "结束日期")]
)
@pytest.mark.parametrize("group", ["住院时间", "住院起止时间", "住院日期（年月日）", "入出院时间"])
def test_the_two_ends_of_a_stay_under_one_heading(group: str, begin: str, end: str) -> None:
    upper = [*HEADINGS[:4], group, "", *HEADINGS[6:]]
    lower = ["", "", "", "", begin, end]
    merges = [(0, 4, 0, 5), *[(0, column, 1, column) for column in (0, 1, 2, 3, 6, 7, 8, 9, 10, 11)]]
    table = read_table(xlsx(upper, lower, line(1), merges=merges), APPLICATION_COLUMNS)
    assert (table.header_rows, table.headings["admission_date"].index, table.headings["discharge_date"].index) == (
        (1, 2),
        4,
        5,
    )
    assert [row.number for row in table.rows] == [3]


def test_stacked_headings_without_merged_cells() -> None:
    upper = [*HEADINGS[:4], "住院时间", "", *HEADINGS[6:]]
    lower = ["", "", "", "", "入院", "出院"]
    table = read_table(ods(*[[str(cell) for cell in row] for row in (upper, lower, line(1))]), APPLICATION_COLUMNS)
    assert table.header_rows == (1, 2)
    assert [row.number for row in table.rows] == [3]


def test_a_title_merged_over_the_table_is_not_part_of_the_headings() -> None:
    source = xlsx(TITLE, HANDED_IN_BY, HEADINGS, line(1), merges=[(0, 0, 0, 11), (1, 0, 1, 2), (1, 3, 1, 11)])
    assert read_table(source, APPLICATION_COLUMNS).header_rows == (3,)


def test_both_ends_of_a_stay_in_one_cell() -> None:
    headings = [*HEADINGS[:4], "住院起止时间", *HEADINGS[6:]]
    cells = line(1)
    del cells[5]
    cells[4] = "2026.9.5-2026.9.15"
    row = next(read_table(xlsx(headings, cells), APPLICATION_COLUMNS).rows)
    assert (row.cells["admission_date"], row.cells["discharge_date"]) == ("2026.9.5", "2026.9.15")
    assert "stay" not in row.cells


@pytest.mark.parametrize(
    ("cell", "ends"),
    [
        ("2026-09-05至2026-09-15", ("2026-09-05", "2026-09-15")),
        ("2026年9月5日—2026年9月15日", ("2026年9月5日", "2026年9月15日")),
        ("自2026年9月5日起至2026年9月15日止", ("2026年9月5日", "2026年9月15日")),
        ("2026-09-05 - 2026-09-15", ("2026-09-05", "2026-09-15")),
        ("2026-09-05-2026-09-15", ("2026-09-05", "2026-09-15")),
        ("2026/9/5～2026/9/15", ("2026/9/5", "2026/9/15")),
        ("20260905-20260915", ("20260905", "20260915")),
        ("2026-09-05", ("2026-09-05", "")),
        (46270.0, (46270.0, "")),
        ("", ("", "")),
    ],
)
def test_a_period_has_two_ends_or_says_so(cell: Cell, ends: tuple[Cell, Cell]) -> None:
    assert split_period(cell) == ends


def test_what_is_merged_over_several_lines_holds_for_each_of_them() -> None:
    first, second = line(1), line(2, 住院医院="", 姓名="", 公民身份号码="", 户名="")
    merges = [(1, column, 2, column) for column in (1, 2, 3, 9)]
    rows = list(read_table(xlsx(HEADINGS, first, second, line(3), merges=merges), APPLICATION_COLUMNS).rows)
    assert [row.cells["name"] for row in rows] == ["甲1", "甲1", "甲3"]
    assert [row.cells["identity_number"] for row in rows] == [identity_of(1), identity_of(1), identity_of(3)]
    assert [row.cells["sequence"] for row in rows] == [1, 2, 3]
    assert rows[1].raw[1] == ""


def test_a_line_that_is_all_merged_from_above_is_one_line() -> None:
    merges = [(1, column, 2, column) for column in range(12)]
    assert numbers(xlsx(HEADINGS, line(1), BLANK, line(2), merges=merges)) == [2, 4]


def test_a_heading_merged_across_the_table_parts_it_and_is_no_line() -> None:
    parted = ["一、桃花江镇"]
    assert numbers(xlsx(HEADINGS, parted, line(1), line(2), merges=[(1, 0, 1, 11)])) == [3, 4]


def test_a_heading_in_the_place_of_the_number_parts_the_table_and_is_no_line() -> None:
    assert numbers(xlsx(HEADINGS, ["一、桃花江镇"], line(1), ["二、修山镇"], line(2))) == [3, 5]


def test_a_register_with_a_household_merged_over_its_members() -> None:
    rows = [
        ["430922-00001", "甲1", identity_of(1), "失独", "2015-01-03"],
        ["", "甲2", identity_of(2), "失独", "2015-01-03"],
        ["430922-00002", "甲3", identity_of(3), "伤残", "2016-01-03"],
    ]
    source = xlsx(REGISTER_HEADINGS, *rows, merges=[(1, 0, 2, 0)], name="对象名册")
    households = [row.cells["household_number"] for row in read_table(source, REGISTER_COLUMNS).rows]
    assert households == ["430922-00001", "430922-00001", "430922-00002"]


def test_an_opendocument_sheet_reads_the_same() -> None:
    source = ods(TITLE, [""], HEADINGS, [str(cell) for cell in line(1)], [""], [str(cell) for cell in line(2)])
    assert numbers(source) == [4, 6]
