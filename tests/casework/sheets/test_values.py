"""Cells as calamine gives them, and what they were meant to be."""

from __future__ import annotations

import datetime

import pytest

from casework.sheets import values
from casework.sheets.values import BadAccount, BadIdentity, BadPhone, Cell, CellProblem, PrecisionLost

NUMBER = "99092219560308168X"
DIGITS = "990922195711253119"


@pytest.mark.parametrize(
    "cell",
    [
        NUMBER,
        "99092219560308168x",
        " 99092219560308168X ",
        "'99092219560308168X",
        "‘99092219560308168X",
        "９９０９２２１９５６０３０８１６８Ｘ",
        "９９０９２２１９５６０３０８１６８ｘ",
        "990922 19560308 168X",
        "99092219560308168X\u00a0",
        "\u200b99092219560308168X\u202c",
        "990922195603\n08168X",
    ],
)
def test_an_identity_number_however_it_was_typed(cell: str) -> None:
    assert values.identity(cell) == NUMBER


@pytest.mark.parametrize(
    "cell",
    [
        9.90922195711253e17,
        990922195711253119,
        1e15,
        "9.90922E+17",
        "9.90922195711253e17",
        "9.9E17",
        "９．９０９２２Ｅ＋１７",
        " 9.90922E+17 ",
        "990922195711253000.0",
        "6222020000001234567.00",
    ],
)
@pytest.mark.parametrize("read", [values.identity, values.account])
def test_a_number_that_was_rounded_is_refused_and_never_completed(read: type, cell: Cell) -> None:
    with pytest.raises(PrecisionLost, match="末尾几位已经丢失"):
        read(cell)


@pytest.mark.parametrize(
    ("cell", "why"),
    [
        ("990922195711253118", "校验位"),
        ("9909221957112531", "16位"),
        ("990922195713253119", "出生日期"),
        ("身份证遗失", "18位"),
        (990922195711.0, "18位"),
        (123.5, "核对"),
        (-3, "核对"),
        (True, "文本"),
        (datetime.date(2026, 9, 5), "文本"),
    ],
)
def test_what_is_no_identity_number_says_why(cell: Cell, why: str) -> None:
    with pytest.raises(BadIdentity, match=why):
        values.identity(cell)


@pytest.mark.parametrize(
    ("cell", "digits"),
    [
        ("6267 5452 9708 5238 023", "6267545297085238023"),
        ("6267-5452-9708-5238-023", "6267545297085238023"),
        ("６２６７　５４５２", "62675452"),
        ("'6267545297085238023", "6267545297085238023"),
        ("43017010110012345678", "43017010110012345678"),
        (123456789012345.0, "123456789012345"),
        (123456789012345, "123456789012345"),
        ("8101234567.0", "8101234567"),
        ("0012345", "0012345"),
        ("", ""),
        ("/", ""),
        ("无", ""),
    ],
)
def test_an_account_is_its_digits(cell: Cell, digits: str) -> None:
    assert values.account(cell) == digits


@pytest.mark.parametrize(
    "cell", ["农商行6222", "6222.5", 6222.5, "待办理", "622２Ａ", datetime.date(2026, 1, 1), "٦٢٢٢"]
)
def test_an_account_with_anything_else_in_it_is_refused(cell: Cell) -> None:
    with pytest.raises(BadAccount):
        values.account(cell)


@pytest.mark.parametrize(
    ("cell", "digits"),
    [
        (13812345678.0, "13812345678"),
        (13812345678, "13812345678"),
        ("138 1234 5678", "13812345678"),
        ("+86 138-1234-5678", "13812345678"),
        ("008613812345678", "13812345678"),
        ("0737-8822123", "07378822123"),
        ("（0737）8822123", "07378822123"),
        ("１３８１２３４５６７８", "13812345678"),
        ("13812345678.0", "13812345678"),
        ("8822123", "8822123"),
        ("无", ""),
    ],
)
def test_a_telephone_number(cell: Cell, digits: str) -> None:
    assert values.phone(cell) == digits


@pytest.mark.parametrize("cell", ["13812345678/13912345678", "138123", "138123456789012", "没有电话", 12.0])
def test_what_is_not_one_telephone_number_is_refused(cell: Cell) -> None:
    with pytest.raises(BadPhone):
        values.phone(cell)


@pytest.mark.parametrize(
    ("cell", "name"),
    [
        ("张三", "张三"),
        ("张\u3000三", "张三"),
        (" 张 三\n", "张三"),
        ("张\u200b三\u00a0", "张三"),
        ("买买提·吐尔逊", "买买提·吐尔逊"),
        ("买买提.吐尔逊", "买买提·吐尔逊"),
        ("买买提•吐尔逊", "买买提·吐尔逊"),
        ("买买提・吐尔逊", "买买提·吐尔逊"),
        ("买买提 ．吐尔逊", "买买提·吐尔逊"),
        ("㛃䶮", "㛃䶮"),
        ("\U00020bb7田", "\U00020bb7田"),
        ("⼀山", "一山"),
        ("/", ""),
        ("", ""),
    ],
)
def test_a_name(cell: str, name: str) -> None:
    assert values.name(cell) == name


def test_words_to_compare_lose_their_spaces_and_their_width() -> None:
    assert values.word(" 县人民 医院（分院）\n") == "县人民医院(分院)"
    assert values.word("重 度") == "重度"


def test_free_text_is_left_as_written_but_for_its_edges() -> None:
    assert values.text("  第一行 \n 第二行（见附件） ") == "第一行 第二行（见附件）"
    assert values.text(12.0) == "12"
    assert values.text(12.5) == "12.5"
    assert values.text(datetime.date(2026, 9, 5)) == "2026-09-05"
    with pytest.raises(PrecisionLost):
        values.text(4.30922000000123e17)


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        ("=1+1", "=1+1"),
        (3.0, "3"),
        (3.25, "3.25"),
        (True, "是"),
        (9.90922195711253119e17, "9.90922195711253E+17"),
        (datetime.date(2026, 9, 5), "2026-09-05"),
        (datetime.datetime(2026, 9, 5, 8, 30), "2026-09-05 08:30"),  # noqa: DTZ001  # calamine gives naive times
        (datetime.datetime(2026, 9, 5), "2026-09-05"),  # noqa: DTZ001  # calamine gives naive times
        (datetime.time(8, 30), "08:30:00"),
        ("", ""),
    ],
)
def test_any_cell_can_be_shown(cell: Cell, shown: str) -> None:
    assert values.shown(cell) == shown


def test_a_rounded_number_that_was_shown_is_refused_again_when_it_comes_back() -> None:
    with pytest.raises(PrecisionLost):
        values.account(values.shown(6.2675452970852e18))


def test_sentences_about_numbers_that_name_somebody_do_not_repeat_them() -> None:
    for read, cell in ((values.identity, DIGITS[:-1] + "8"), (values.account, DIGITS + "A"), (values.phone, "1" * 15)):
        with pytest.raises(CellProblem) as refusal:
            read(cell)
        assert cell[:8] not in str(refusal.value)
        assert refusal.value.cell == cell
