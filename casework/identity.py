"""GB 11643: the eighteen characters of a resident's identity number (公民身份号码).

Six digits of place, eight of birth, three of sequence (odd: male, even: female), one check character.
The place is not looked up: codes are abolished and created every year, and a number outlives them.
Province 99, which nobody real has, is therefore as good as any other here.
"""

import datetime
import operator
import unicodedata
from typing import Final, Literal

LENGTH: Final = 18

_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS: Final = "10X98765432"
_EARLIEST_BIRTH: Final = 1900

# Typists put an apostrophe before a long number so that Excel keeps it; copying from web pages and from
# Windows dialogs brings zero-width and direction marks.
_CLUTTER: Final = dict.fromkeys(
    map(
        ord,
        "'\"`\u00b4\uff07\uff02\u2018\u2019\u201c\u201d\u2032\u00ad\ufeff\u2060"
        "\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069",
    )
)


def clean(text: str) -> str:
    """The number as it should have been typed: half-width, upper-case X, no spaces, quotes or invisible marks."""
    if text.isascii() and text.isalnum():
        return text.replace("x", "X")
    text = text.translate(_CLUTTER)
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    return "".join(text.split()).replace("x", "X")


def check_digit(first17: str) -> str:
    """The character that must follow these seventeen digits."""
    if len(first17) != LENGTH - 1 or not _is_digits(first17):
        raise ValueError("seventeen digits are needed")
    return _CHECKS[sum(map(operator.mul, _WEIGHTS, map(int, first17))) % 11]


def fault(number: str) -> str:
    """What is wrong with a cleaned number, as a sentence for the person who typed it; empty when nothing is."""
    if len(number) != LENGTH:
        return f"公民身份号码应为18位，这里是{len(number)}位"
    if not _is_digits(number[:17]) or not (number[17] == "X" or _is_digits(number[17])):
        return "公民身份号码前17位应为数字，最后一位应为数字或X"
    if _born(number) is None:
        return f"公民身份号码中的出生日期{number[6:14]}不存在"
    if check_digit(number[:17]) != number[17]:
        return "公民身份号码校验位不对，至少有一位写错了"
    return ""


def is_valid(number: str) -> bool:
    return not fault(number)


def birth_date(number: str) -> datetime.date:
    """The birth date in a number that `is_valid`; ValueError for any other."""
    return _checked(number)


def sex(number: str) -> Literal["男", "女"]:
    """The sex in a number that `is_valid`; ValueError for any other."""
    _checked(number)
    return "男" if int(number[16]) % 2 else "女"


def _checked(number: str) -> datetime.date:
    born = _born(number) if is_valid(number) else None
    if born is None:
        # The number itself stays out of the message: messages end up in logs.
        raise ValueError("not a valid identity number")
    return born


def _born(number: str) -> datetime.date | None:
    year, month, day = int(number[6:10]), int(number[10:12]), int(number[12:14])
    if year < _EARLIEST_BIRTH:
        return None
    try:
        return datetime.date(year, month, day)
    except ValueError:
        return None


def _is_digits(text: str) -> bool:
    # str.isdigit alone also says yes to other scripts' digits and to superscripts.
    return text.isascii() and text.isdigit()
