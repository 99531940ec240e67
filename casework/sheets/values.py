"""One cell at a time: from what calamine found to what was meant.

Each function gives the value, gives "nothing" ("" or None) for a blank cell, or raises a CellProblem. Nothing is
guessed: a number that Excel has rounded is refused, because the digits it lost are somebody's account.
"""

import datetime
import re
import unicodedata
from collections.abc import Callable, Mapping
from typing import Final

from casework import identity as identity_numbers
from casework.sheets import dates

Cell = str | float | int | bool | datetime.datetime | datetime.date | datetime.time | datetime.timedelta

# A double holds 15 decimal digits faithfully; Excel turns the rest into zeros.
EXACT_BELOW: Final = 10**15

# What people put into a cell to say that there is nothing to put.
BLANK_MARKS: Final = frozenset({"", "/", "//", "\\", "-", "--", "---", "—", "——", "无", "暂无", "空", "N/A", "n/a"})
OPEN_ENDED: Final = frozenset(
    {"长期", "长期有效", "永久", "永久有效", "终身", "终身有效", "至今", "无期限", "无固定期限"}
)

_INVISIBLE: Final = dict.fromkeys(
    map(ord, "\u00ad\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\ufeff")
)
_MIDDLE_DOTS: Final = str.maketrans(dict.fromkeys(".•‧∙⋅・", "·"))
_DASHES: Final = dict.fromkeys(map(ord, "-‐‑‒–—―−﹣－_"))
_SCIENTIFIC: Final = re.compile(r"[+-]?\d+(?:\.\d*)?[Ee]\+?\d+")
_DECIMAL_ZERO: Final = re.compile(r"(\d+)\.0+")


class CellProblem(ValueError):
    """A cell that cannot be taken as it stands. str() is the sentence for whoever filled it in.

    The cell is quoted only where that helps and harms nobody: numbers that identify a person or an account
    stay out, because sentences end up on pages and in logs.
    """

    def __init__(self, cell: Cell, why: str) -> None:
        super().__init__(why)
        self.cell = cell


class PrecisionLost(CellProblem):
    """Excel kept fifteen digits of a longer number and threw the rest away."""

    def __init__(self, cell: Cell) -> None:
        super().__init__(
            cell,
            "号码超过15位，被Excel当作数字四舍五入，末尾几位已经丢失；请把这一列设为“文本”格式，照证件或卡重新填写",
        )


class BadIdentity(CellProblem):
    """Not an identity number: length, birth date or check digit."""


class BadAccount(CellProblem):
    """Not an account number: something other than digits."""


class BadPhone(CellProblem):
    """Not one telephone number."""


class BadDate(CellProblem):
    """Not a day, or more than one."""

    def __init__(self, cell: Cell, why: str) -> None:
        super().__init__(cell, f"“{shown(cell)}”：{why}")


def shown(cell: Cell) -> str:
    """The cell as text for people to look at; never raises. A rounded number keeps its exponent, so that
    nobody mistakes it for the number it once was."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, datetime.datetime):
        return cell.isoformat(" ", "minutes") if cell.time() != datetime.time() else cell.date().isoformat()
    if isinstance(cell, int | float):
        return _number_shown(cell)
    return cell.isoformat() if isinstance(cell, datetime.date | datetime.time) else str(cell)


def text(cell: Cell) -> str:
    """Free text: trimmed, without invisible marks, runs of white space as one space. Otherwise as written."""
    if not isinstance(cell, str):
        return _exact(cell) if isinstance(cell, int | float) else shown(cell)
    # Nearly every cell is printable and has no space at all; of all white space only " " counts as printable.
    if cell.isprintable() and " " not in cell:
        return cell
    return " ".join(cell.translate(_INVISIBLE).split())


def word(cell: Cell) -> str:
    """Text that is compared (a hospital, a level, a category): full-width made half, no white space at all."""
    written = text(cell).replace(" ", "")
    if written.isascii() or unicodedata.is_normalized("NFKC", written):
        return written
    return unicodedata.normalize("NFKC", written).replace(" ", "")


def name(cell: Cell) -> str:
    """A person's name: 张　三 is 张三, and the dot in a minority name is always ·. Rare characters stay."""
    written = word(cell).translate(_MIDDLE_DOTS)
    return "" if written in BLANK_MARKS else written


def identity(cell: Cell) -> str:
    """An identity number that is valid. BadIdentity says what is wrong with one that is not."""
    number = _long_number(cell, BadIdentity)
    if number and (fault := identity_numbers.fault(number)):
        raise BadIdentity(cell, f"{fault}，请对照身份证改正")
    return number


def account(cell: Cell) -> str:
    """A card or account number: digits only, the spaces and dashes people group them with taken out."""
    number = _long_number(cell, BadAccount).translate(_DASHES)
    if number and not (number.isascii() and number.isdigit()):
        raise BadAccount(cell, "账号只能是数字，请照卡或存折改正")
    return number


def phone(cell: Cell) -> str:
    """One telephone number, digits only, without the country's 86."""
    written = _long_number(cell, BadPhone).replace("(", "").replace(")", "").translate(_DASHES).removeprefix("+")
    number = re.sub(r"^(?:00)?86(?=1\d{10}$)", "", written)
    if number and not (number.isascii() and number.isdigit() and 7 <= len(number) <= 12):
        raise BadPhone(cell, "不是一个电话号码，请只填一个手机号，或带区号的固定电话")
    return number


def date(cell: Cell) -> datetime.date | None:
    """The day meant; None for a blank cell."""
    try:
        if isinstance(cell, str):
            return dates.read_date(cell) if text(cell) not in BLANK_MARKS else None
        if isinstance(cell, datetime.datetime):
            return dates.plausible(cell.date())
        if isinstance(cell, datetime.date):
            return dates.plausible(cell)
        if isinstance(cell, int | float) and not isinstance(cell, bool) and abs(cell) < EXACT_BELOW:
            return dates.from_number(cell)
    except dates.UnreadableDate as problem:
        raise BadDate(cell, str(problem)) from problem
    raise BadDate(cell, f"这不是日期，{dates.HOW_TO_WRITE}")


def last_day(cell: Cell) -> datetime.date | None:
    """The last day of something; None when blank or without an end (长期)."""
    if isinstance(cell, str) and word(cell) in OPEN_ENDED:
        return None
    return date(cell)


def is_blank(cell: Cell) -> bool:
    return cell == "" or (isinstance(cell, str) and not cell.translate(_INVISIBLE).strip())


def _long_number(cell: Cell, problem: type[CellProblem]) -> str:
    """The digits of a cell that holds a number as a name (identity, card, phone), if they are all still there."""
    if isinstance(cell, bool) or not isinstance(cell, str | int | float):
        raise problem(cell, "这不是号码，请把单元格设为“文本”格式后重新填写")
    if not isinstance(cell, str):
        if cell != cell // 1 or cell < 0:
            raise problem(cell, "这不是号码，请核对后改正")
        return _exact(cell)
    cleaned = identity_numbers.clean(cell)
    if cleaned in BLANK_MARKS:
        return ""
    if cleaned.isdigit():
        return cleaned
    if _SCIENTIFIC.fullmatch(cleaned):
        raise PrecisionLost(cell)
    if was_number := _DECIMAL_ZERO.fullmatch(cleaned):
        # "6222…000.0": a number that some program has already written out as text.
        if len(was_number[1]) > 15:
            raise PrecisionLost(cell)
        return was_number[1]
    return cleaned


def _exact(number: float) -> str:
    if isinstance(number, bool):
        return shown(number)
    if not abs(number) < EXACT_BELOW:
        raise PrecisionLost(number)
    return _number_shown(number)


def _number_shown(number: float) -> str:
    if not abs(number) < EXACT_BELOW:
        return f"{number:.14E}"
    return str(int(number)) if number == int(number) else f"{number:.15g}"


# What a column's `kind` means: the function that reads its cells.
READERS: Final[Mapping[str, Callable[[Cell], object]]] = {
    "text": text,
    "word": word,
    "name": name,
    "identity": identity,
    "account": account,
    "phone": phone,
    "date": date,
    "last_day": last_day,
}
