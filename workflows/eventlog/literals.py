"""Whether a text is a value of a type, as the schema of XES writes it."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping

LONG = range(-(2**63), 2**63)
LONGEST_INT = 40
"""With as many noughts in front as anybody writes."""
_NUMBER = r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?"
_DAY = r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])"
_TIME = r"([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d+)?"
_ZONE = r"Z|[+-]((0\d|1[0-3]):[0-5]\d|14:00)"
PATTERNS: Mapping[str, re.Pattern[str]] = {
    "int": re.compile(r"[+-]?\d+", re.ASCII),
    "float": re.compile(rf"{_NUMBER}|-?INF|NaN", re.ASCII),
    "boolean": re.compile("true|false|0|1"),
    "date": re.compile(rf"{_DAY}T{_TIME}({_ZONE})?", re.ASCII),
}


def is_value(tag: str, text: str) -> bool:
    """Whether the schema takes that text in an element of that type. Any text is a `string` and an `id`."""
    pattern = PATTERNS.get(tag)
    if pattern is None:
        return True
    text = text.strip(" \t\r\n")
    if pattern.fullmatch(text) is None:
        return False
    if tag == "date":
        return _is_day(text[:10])
    return tag != "int" or (len(text) <= LONGEST_INT and int(text) in LONG)


def _is_day(text: str) -> bool:
    try:
        datetime.date.fromisoformat(text)
    except ValueError:
        return False
    return True
