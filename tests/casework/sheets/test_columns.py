"""How one row of headings is given to the columns of a table."""

from __future__ import annotations

import pytest

from casework.sheets.columns import Column, column_letter, heading_keys, match_headings, score, weigh_headings
from casework.sheets.problems import AmbiguousHeadings

NAME = Column(name="name", label="姓名", required=True, kind="name", says=("患者姓名",), never_of=("护理",))
ACCOUNT = Column(
    name="account",
    label="账号",
    required=True,
    kind="account",
    says=("卡号",),
    hints=("账号", "卡号"),
    never=("就诊卡",),
)
BANK = Column(name="bank", label="开户行", says=("开户银行",), hints=("银行",))
REMARK = Column(name="remark", label="备注", hints=("备注",))
START = Column(name="start", label="开始", required=True, kind="date", says=("时间",))
END = Column(name="end", label="结束", required=True, kind="date")
SPAN = Column(name="span", label="起止", kind="date", says=("时间",), splits_into=("start", "end"))


@pytest.mark.parametrize(
    ("heading", "bare", "whole"),
    [
        (" 姓\n 名 ", "姓名", "姓名"),
        ("＊姓名：", "姓名", "姓名"),
        ("入院日期（年月日）", "入院日期", "入院日期年月日"),
        ("卡(账)号", "卡号", "卡账号"),
        ("【必填】账号", "账号", "必填账号"),
        ("（姓名）", "姓名", "姓名"),
        ("3、账 号*", "账号", "账号"),
        ("Ｎｏ．", "no", "no"),
        ("——", "", ""),
    ],
)
def test_a_heading_is_reduced_to_its_words(heading: str, bare: str, whole: str) -> None:
    assert heading_keys(heading) == (bare, whole)


def test_an_earlier_tier_beats_a_later_and_any_listed_word_beats_a_hint() -> None:
    name = Column(name="name", label="姓名", required=True, kind="name", says=("真实姓名", "患者姓名"))
    found = match_headings(["备注", "患者姓名", "姓名", "银行账号", "账号"], [name, ACCOUNT]).found
    assert {column: heading.index for column, heading in found.items()} == {"name": 2, "account": 4}


def test_order_does_not_matter() -> None:
    headings = ["账号", "开户银行", "备注", "姓名"]
    for shift in range(len(headings)):
        turned = headings[shift:] + headings[:shift]
        found = match_headings(turned, [NAME, ACCOUNT, BANK, REMARK]).found
        assert {name: turned[heading.index] for name, heading in found.items()} == {
            "name": "姓名", "account": "账号", "bank": "开户银行", "remark": "备注",
        }  # fmt: skip


def test_the_last_noun_of_a_compound_says_what_it_is() -> None:
    assert score(ACCOUNT, ("开户银行账号",)) > score(BANK, ("开户银行账号",))
    assert score(BANK, ("账号所属银行",)) > score(ACCOUNT, ("账号所属银行",))


def test_what_rules_out_a_hint_does_not_rule_out_a_listed_word() -> None:
    assert score(ACCOUNT, ("就诊卡号",)) == 0
    assert score(Column(name="x", label="就诊卡号", never=("就诊卡",)), ("就诊卡号",)) > 0


@pytest.mark.parametrize(
    "parts", [("护理人姓名",), ("姓名（护理人）",), ("护理人", "姓名"), ("护理人情况", "患者姓名")]
)
def test_what_is_somebody_elses_is_ruled_out_wherever_it_says_so(parts: tuple[str, ...]) -> None:
    assert score(NAME, parts) == 0


def test_two_headings_that_fit_equally_well_are_an_error_that_names_both() -> None:
    with pytest.raises(AmbiguousHeadings, match="B列“账号”和D列“卡号”都可能是“账号”"):
        match_headings(["姓名", "账号", "备注", "卡号"], [NAME, ACCOUNT])


def test_a_tie_for_free_text_goes_to_the_first() -> None:
    match = match_headings(["备注", "姓名", "备注", "账号"], [NAME, ACCOUNT, REMARK])
    assert match.found["remark"].index == 0
    assert [heading.index for heading in match.unread] == [2]


def test_weighing_tells_of_ties_and_of_what_is_missing_without_raising() -> None:
    match = weigh_headings(["账号", "卡号", "心情"], [NAME, ACCOUNT])
    assert [column.name for column in match.missing] == ["name"]
    assert [(first.index, second.index) for _, first, second in match.ties] == [(0, 1)]
    assert [heading.text for heading in match.unread] == ["卡号", "心情"]


def test_one_column_of_periods_stands_for_both_ends() -> None:
    match = match_headings(["时间"], [START, END, SPAN])
    assert (set(match.found), match.missing) == ({"span"}, ())


def test_the_same_word_is_the_beginning_where_the_end_has_a_column_of_its_own() -> None:
    match = match_headings(["时间", "结束"], [START, END, SPAN])
    assert {name: heading.index for name, heading in match.found.items()} == {"start": 0, "end": 1}


def test_cells_that_are_no_words_are_no_headings() -> None:
    match = match_headings(["姓名", 3.0, "", "  ", True, "长" * 61, "账号"], [NAME, ACCOUNT])
    assert (match.found["account"].index, match.unread) == (6, ())


def test_columns_are_called_as_the_spreadsheet_calls_them() -> None:
    assert [column_letter(index) for index in (0, 25, 26, 51, 52, 701, 702)] == [
        "A",
        "Z",
        "AA",
        "AZ",
        "BA",
        "ZZ",
        "AAA",
    ]
