"""Dates in the forms townships write them, as (cell, day) tables."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casework.sheets import values
from casework.sheets.values import BadDate, Cell

DAY = datetime.date(2026, 9, 5)

NUMERALS = "〇一二三四五六七八九"


@pytest.mark.parametrize(
    "cell",
    [
        "2026-09-05",
        "2026-9-5",
        "2026/9/5",
        "2026.9.5",
        "2026.09.05.",
        "2026年9月5日",
        "2026年09月05号",
        "2026年9月5",
        "20260905",
        20260905,
        20260905.0,
        46270,
        46270.0,
        46270.354,
        "46270",
        DAY,
        datetime.datetime(2026, 9, 5, 8, 30),  # noqa: DTZ001  # calamine gives naive times
        "２０２６－０９－０５",
        "２０２６年９月５日",
        " 2026 - 9 - 5 ",
        "2026 年 9 月 5 日",
        "\u3000 2026-09-05\u00a0",
        "'2026-09-05",
        "\u200b2026-09-05\ufeff",
        "2026—09—05",
        "2026、9、5",
        "2026。9。5",
        "2026-0 9-05",
        "2026-09-05 00:00:00",
        "2026-09-05T08:30:00",
        "2026/9/5 8:30",
        "2026年9月5日8时30分",
        "2026年9月5日 上午9时",
        "2026-09-05 星期六",
        "2026年9月5日（周六）",
        "20260905083000",
        "20260905 08:30",
        "二〇二六年九月五日",
        "二○二六年九月五日",
        "二零二六年九月五日",
        "二Ｏ二六年九月五日",
        "二〇二六年 九月 五日",
        "2026年九月五日",
        "公元二〇二六年九月五日",
        "贰零贰陆年玖月伍日",
    ],
)
def test_the_fifth_of_september_in_every_form(cell: Cell) -> None:
    assert values.date(cell) == DAY


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("二〇二六年十月十日", (2026, 10, 10)),
        ("二〇二六年十一月十一日", (2026, 11, 11)),
        ("二〇二六年十二月二十日", (2026, 12, 20)),
        ("二〇二六年一月三十一日", (2026, 1, 31)),
        ("二〇二六年元月廿五日", (2026, 1, 25)),
        ("二〇二六年元月卅日", (2026, 1, 30)),
        ("2026年元月1日", (2026, 1, 1)),
        ("二〇二六年元旦", (2026, 1, 1)),
        ("二〇二四年二月二十九日", (2024, 2, 29)),
    ],
)
def test_chinese_numerals(text: str, day: tuple[int, int, int]) -> None:
    assert values.date(text) == datetime.date(*day)


@pytest.mark.parametrize(
    ("cell", "why"),
    [
        ("2026年9月31日", "没有2026年9月31日"),
        ("2026-02-29", "没有2026年2月29日"),
        ("2026-13-01", "没有2026年13月1日"),
        ("20260931", "没有2026年9月31日"),
        (20260931.0, "没有2026年9月31日"),
        ("二〇二六年九月三十一日", "没有2026年9月31日"),
        ("26-9-5", "四位"),
        ("26.9.5", "四位"),
        ("26年9月5日", "四位"),
        ("260905", "四位"),
        ("5/9/2026", "哪个是月"),
        ("09-05-2026", "哪个是月"),
        ("2026-9", "哪一日"),
        ("2026年9月", "哪一日"),
        ("9月5日", "没有写年份"),
        ("2026905", "看不出"),
        ("2026-9-1 5", "看不出"),
        ("2026-09-05至2026-09-15", "看不出"),
        ("二六年九月五日", "看不出"),
        ("农历八月十五", "看不出"),
        ("长期", "看不出"),
        ("不详", "看不出"),
        ("2206-09-05", "不合情理"),
        (datetime.date(1899, 12, 31), "不合情理"),
        (69, "数字"),
        (46270000.0, "没有4627年"),
        (-5, "数字"),
        (3.0e18, "不是日期"),
        (float("nan"), "不是日期"),
        (True, "不是日期"),
        (datetime.time(8, 30), "不是日期"),
        (datetime.timedelta(hours=30), "不是日期"),
    ],
)
def test_what_is_no_day_or_more_than_one_is_refused(cell: Cell, why: str) -> None:
    with pytest.raises(BadDate, match=why):
        values.date(cell)


@pytest.mark.parametrize("cell", ["", "  ", "\u3000", "\u200b", "/", "-", "—", "无"])
def test_a_blank_cell_is_no_date(cell: str) -> None:
    assert values.date(cell) is None


def test_a_validity_without_end_has_no_last_day() -> None:
    assert values.last_day("长期") is None
    assert values.last_day(" 长期有效 ") is None
    assert values.last_day("2026.12.31") == datetime.date(2026, 12, 31)
    with pytest.raises(BadDate):
        values.last_day("看情况")


days = st.dates(min_value=datetime.date(1950, 1, 1), max_value=datetime.date(2100, 12, 31))


def chinese(number: int) -> str:
    tens, ones = divmod(number, 10)
    ten = "" if tens == 0 else "十" if tens == 1 else NUMERALS[tens] + "十"
    return ten + (NUMERALS[ones] if ones else "")


@settings(max_examples=60)
@given(days)
def test_every_way_of_writing_a_day_reads_back_as_that_day(day: datetime.date) -> None:
    year = "".join(NUMERALS[int(digit)] for digit in str(day.year))
    written: list[Cell] = [
        day,
        day.isoformat(),
        f"{day.year}/{day.month}/{day.day}",
        f"{day.year}.{day.month}.{day.day}",
        f"{day.year}年{day.month}月{day.day}日",
        f"{day:%Y%m%d}",
        float(f"{day:%Y%m%d}"),
        float((day - datetime.date(1899, 12, 30)).days),
        f"{year}年{chinese(day.month)}月{chinese(day.day)}日",
    ]
    assert [values.date(cell) for cell in written] == [day] * len(written)


@settings(max_examples=100)
@given(st.text(alphabet="0123456789-/.年月日 十〇二一", max_size=12))
def test_any_text_is_a_day_or_a_refusal(text: str) -> None:
    try:
        day = values.date(text)
    except BadDate as problem:
        assert str(problem).startswith("“")
    else:
        assert day is None or 1900 <= day.year <= 2100
