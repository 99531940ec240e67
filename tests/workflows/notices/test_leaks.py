"""What must never hang on a board is found however it is written, and what may is let be."""

from __future__ import annotations

import pytest

from tests.factories import invented_identity
from workflows.notices.leaks import leak_in, leaks_in, revealing_words

IDENTITY = invented_identity(7)
PHONE = "19912345678"
CARD = "6299000000000000017"


def full_width(text: str) -> str:
    return "".join(chr(ord(mark) + 0xFEE0) if mark.isascii() else mark for mark in text)


def in_chinese(text: str) -> str:
    return "".join("〇一二三四五六七八九"[int(mark)] if mark.isdigit() else mark for mark in text)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (IDENTITY, "身份证号码"),
        (f"身份证{IDENTITY[:6]} {IDENTITY[6:14]} {IDENTITY[14:]}", "身份证号码"),
        (full_width(IDENTITY), "身份证号码"),
        (IDENTITY[:17] + "x", "身份证号码"),
        (PHONE, "手机号码"),
        ("电话：199-1234-5678。", "手机号码"),
        ("199 1234 5678", "手机号码"),
        ("+86 199.1234.5678", "手机号码"),
        (full_width(PHONE), "手机号码"),
        (in_chinese(PHONE), "手机号码"),
        ("①⑨⑨①②③④⑤⑥⑦⑧", "手机号码"),
        ("199\u200b1234\u200b5678", "手机号码"),
        (CARD, "银行卡号"),
        ("6299 0000 0000 0000", "银行卡号"),
    ],
)
def test_a_number_is_found_however_it_is_written(text: str, kind: str) -> None:
    assert leak_in(text) == kind


@pytest.mark.parametrize(
    "text",
    [
        "张*明",
        "3380.00",
        "公示编号 GS430922-2026G0001",
        "自2026年11月2日张榜，公示7天，到2026年11月9日止。",
        "43*************143",
        "0737-8820111",
        "共200人，合计1234567.00元",
    ],
)
def test_what_a_sheet_has_to_say_is_no_leak(text: str) -> None:
    assert leak_in(text) == ""


def test_digits_split_over_inline_elements_are_read_as_one() -> None:
    assert leaks_in(f"<p>电话<b>{PHONE[:5]}</b><span>{PHONE[5:]}</span></p>") == ["手机号码"]


def test_cells_side_by_side_are_not_read_as_one_number() -> None:
    assert leaks_in("<tr><td>1</td><td>99123</td><td>45678.00</td></tr>") == []


def test_what_a_reader_is_told_by_an_attribute_is_read_too() -> None:
    assert leaks_in(f'<img src="data:image/png;base64,{PHONE}" alt="请打{PHONE}">') == ["手机号码"]


def test_an_entity_hides_nothing() -> None:
    assert leaks_in("<p>" + "".join(f"&#{ord(mark)};" for mark in PHONE) + "</p>") == ["手机号码"]


@pytest.mark.parametrize(
    ("page", "words"),
    [
        ("计划生育特别扶助金发放名单", ["特别扶助"]),
        ("失 独家庭慰问", ["失独"]),
        ("<h1>特\u3000扶对象</h1>", ["特扶"]),
        ("<h1><b>失</b>独家庭</h1>", ["失独"]),
        ("<td>如有损失</td><td>独山村</td>", []),
        ("如有损失，独山村负责", []),
        ("农村部分计划生育家庭奖励扶助", []),
    ],
)
def test_a_scheme_of_such_families_is_known_by_its_name_however_it_is_spaced(page: str, words: list[str]) -> None:
    assert revealing_words([page]) == words


def test_words_that_say_what_befell_a_family_are_found() -> None:
    assert revealing_words(["失独家庭住院护理补贴名单", "合计"]) == ["失独"]
    assert revealing_words(["关怀帮扶资金发放名单公示"]) == []
