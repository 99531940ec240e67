"""Dates as people write them into a table, read without guessing.

What can be read in one way only is read: 2026-09-05, 2026/9/5, 2026.9.5, 2026年9月5日, 20260905,
二〇二六年九月五日, each with or without a time of day behind it. What could be read in two ways (two-digit
years, 5/9/2026) or names a day that does not exist is refused with the reason.
"""

import datetime
import re
import unicodedata
from functools import lru_cache
from typing import Final

EARLIEST_YEAR: Final = 1900
LATEST_YEAR: Final = 2100

# Excel counts days from 1899-12-30 (its 1900 had a 29 February that never was). Numbers outside
# 1950–2100 are more likely an age or a slip of the finger than a day.
_SERIAL_ORIGIN: Final = datetime.date(1899, 12, 30)
_SERIAL_DAYS: Final = range(
    (datetime.date(1950, 1, 1) - _SERIAL_ORIGIN).days,
    (datetime.date(LATEST_YEAR + 1, 1, 1) - _SERIAL_ORIGIN).days,
)

HOW_TO_WRITE: Final = "请写成 2026-09-05 这样的完整日期"

# Everything typists use for a dash, and the full stop that comes with a Chinese keyboard.
_UNIFIED: Final = str.maketrans(
    {dash: "-" for dash in "‐‑‒–—―−﹣_~"} | {"。": ".", "、": ".", "，": ".", ",": ".", "·": ".", "\\": "/"}
)
_INVISIBLE: Final = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u200e\u200f\ufeff\u2060'`‘’“”\""))

_TIME: Final = r"(?:(?:T|\s+|(?<=[日号]))\s*(?:上午|下午|凌晨|早上|晚上|中午)?\s*\d{1,2}\s*[:时点].*)?"
_WEEKDAY: Final = r"(?:\s*\(?(?:星期|周|礼拜)[一二三四五六日天]\)?)?"
_TAIL: Final = rf"[日号]?\.?{_WEEKDAY}{_TIME}"
_SEPARATED: Final = re.compile(rf"(\d{{4}})\s*[-/.年]\s*(\d{{1,2}})\s*[-/.月]\s*(\d{{1,2}})\s*{_TAIL}")
_COMPACT: Final = re.compile(rf"(\d{{4}})(\d{{2}})(\d{{2}})(?:\d{{4}}|\d{{6}})?{_TIME}")
_CHINESE: Final = re.compile(rf"(?:公元)?\s*([^年]+)年([^月]+)月([^日号]+?)\s*{_TAIL}")

_SHORT_YEAR: Final = re.compile(r"\D?\d{2}\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}(\D.*)?")
_YEAR_LAST: Final = re.compile(r"\d{1,2}\s*[-/.]\s*\d{1,2}\s*[-/.]\s*\d{4}(\D.*)?")
_NO_DAY: Final = re.compile(r"\d{4}\s*[-/.年]\s*\d{1,2}\s*月?")
_NO_YEAR: Final = re.compile(r"\d{1,2}\s*月\s*\d{1,2}\s*[日号]?")

# After the ten numerals and their bank forms: what stands in for 〇 where the keyboard has none.
_NUMERALS: Final = dict(
    zip("〇一二三四五六七八九零壹贰叁肆伍陆柒捌玖○◯Oo", "01234567890123456789" + "0000", strict=True)
)
_TENS: Final = str.maketrans({"拾": "十", "廿": "二十", "卄": "二十", "卅": "三十"})


class UnreadableDate(ValueError):
    """Carries, in Chinese, what is wrong and how to write it instead."""


@lru_cache(maxsize=4096)
def read_date(text: str) -> datetime.date:
    """The one day this text can mean; UnreadableDate when there is none or more than one."""
    plain = unicodedata.normalize("NFKC", text).translate(_INVISIBLE).translate(_UNIFIED).strip().rstrip(".;")
    written = _SEPARATED.fullmatch(plain) or _COMPACT.fullmatch(plain)
    if written:
        return _day(*map(int, written.groups()))
    if "年" in plain and (spelled := _spelled_out(plain)):
        return _day(*spelled)
    # A space that slipped in between two digits: only where the rest leaves no choice.
    closed = "".join(plain.split())
    if closed != plain and re.fullmatch(r"\d{4}([-/.]?)\d{2}\1\d{2}|\d{4}年\d{2}月\d{2}日", closed):
        return read_date(closed)
    if re.fullmatch(r"\d{5}(\.0+)?", plain):
        return from_serial(float(plain))
    raise UnreadableDate(_why_not(plain))


def from_number(number: float) -> datetime.date:
    """A number in a date column: twenty million and something is yyyymmdd, some ten thousands are Excel's days."""
    if number == int(number) and number >= 10_000_000:
        return read_date(str(int(number)))
    return from_serial(number)


def from_serial(number: float) -> datetime.date:
    """Excel's day number; the fraction is the time of day and falls away."""
    if int(number) not in _SERIAL_DAYS:
        raise UnreadableDate(f"这是一个数字，不是日期，{HOW_TO_WRITE}")
    return _SERIAL_ORIGIN + datetime.timedelta(days=int(number))


def plausible(day: datetime.date) -> datetime.date:
    if not EARLIEST_YEAR <= day.year <= LATEST_YEAR:
        raise UnreadableDate(f"年份{day.year}不合情理，请核对后改正")
    return day


def _day(year: int, month: int, day: int) -> datetime.date:
    try:
        return plausible(datetime.date(year, month, day))
    except ValueError as problem:
        if isinstance(problem, UnreadableDate):
            raise
        raise UnreadableDate(f"没有{year}年{month}月{day}日这一天，请核对后改正") from problem


def _spelled_out(plain: str) -> tuple[int, int, int] | None:
    """二〇二六年九月五日, 二零二六年元月廿五日, 2026年九月5日, 二〇二六年元旦."""
    plain = plain.replace("元旦", "一月一日").replace("元月", "一月")
    if not (written := _CHINESE.fullmatch(plain)):
        return None
    year, month, day = ("".join(part.split()).translate(_TENS) for part in written.groups())
    digits = "".join(_NUMERALS.get(sign, sign) for sign in year)
    months, days = _small_number(month), _small_number(day)
    if not re.fullmatch(r"[0-9]{4}", digits) or months is None or days is None:
        return None
    return int(digits), months, days


def _small_number(text: str) -> int | None:
    """九, 十, 十一, 二十, 三十一, 05; None for anything else."""
    digits = "".join(_NUMERALS.get(sign, sign) for sign in text)
    if re.fullmatch(r"[0-9]{1,2}", digits):
        return int(digits)
    tens = re.fullmatch(r"([1-9]?)十([1-9]?)", digits)
    return int(tens[1] or 1) * 10 + int(tens[2] or 0) if tens else None


def _why_not(plain: str) -> str:
    if _YEAR_LAST.fullmatch(plain):
        return f"分不清哪个是月、哪个是日，{HOW_TO_WRITE}"
    if _SHORT_YEAR.fullmatch(plain) or re.fullmatch(r"\d{6}", plain):
        return f"年份没有写全四位，{HOW_TO_WRITE}"
    if _NO_DAY.fullmatch(plain):
        return f"没有写到哪一日，{HOW_TO_WRITE}"
    if _NO_YEAR.fullmatch(plain):
        return f"没有写年份，{HOW_TO_WRITE}"
    return f"看不出是哪一天，{HOW_TO_WRITE}"
