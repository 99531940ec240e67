"""What the keys of a terms file must look like: small checks that say in words what is wrong with a value.

A check raises `Wrong` and gives nothing back. They are put together as the file is: `each` for a group of keys.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Container, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

Check = Callable[[Any], None]

DEAREST = 1_000_000
"""Yuan. No rate is near it; a number that is has been typed wrongly."""

OPENING, CLOSING = ("“", "‘", "＂"), ("”", "’", "＂")
"""Quotation marks YAML takes for letters."""


class Wrong(ValueError):
    """What is wrong with a value, and the keys that lead to it."""

    def __init__(self, complaint: str, *path: str) -> None:
        self.complaint = complaint
        self.path = path
        super().__init__(f"“{'.'.join(path)}”{complaint}" if path else complaint)


@dataclass(frozen=True)
class Shape:
    """A programme's own part of its terms: whose they are, and a check for each key, every one of them required but
    those that are `optional`.

    `head` are keys that hold for every version and stand beside `programme`. `complete` makes a whole version of one as
    it is written, before it is checked: what follows from it, and what the house adds. `agrees` looks, when every key
    is as it should be, whether they go together. Both may raise `Wrong`.
    """

    programme: str
    body: Mapping[str, Check]
    optional: Mapping[str, Check] = field(default_factory=dict)
    head: Mapping[str, Check] = field(default_factory=dict)
    complete: Callable[[Mapping[str, Any]], Mapping[str, Any]] | None = None
    agrees: Check | None = None


def each(required: Mapping[str, Check], optional: Mapping[str, Check] | None = None) -> Check:
    """A group of keys: all the required, none unknown, each as its check wants it."""
    checks = {**required, **(optional or {})}

    def check(value: Any) -> None:
        if not isinstance(value, dict):
            raise Wrong(f"要写成若干“项: 值”，现在是{_shown(value)}")
        strange = [str(key) for key in value if key not in checks]
        if missing := [key for key in required if key not in value]:
            raise Wrong(f"没有写{mistyped(value, checks)}", missing[0])
        if strange:
            raise Wrong(f"是不认识的项，这里可写的是：{'、'.join(checks)}", strange[0])
        for key, held in value.items():
            check_under(key, checks[key], held)

    return check


def mistyped(written: Mapping[Any, Any], known: Container[str]) -> str:
    """What to say besides of a key that is missing: one nobody knows may be it."""
    strange = next((str(key) for key in written if key not in known), None)
    return "" if strange is None else f"（写了不认识的“{strange}”，是不是写错了？）"


def every(check: Check) -> Check:
    """A group of keys of any name, at least one, all alike."""

    def check_all(value: Any) -> None:
        if not isinstance(value, dict) or not value:
            raise Wrong(f"要写成若干“项: 值”，现在是{_shown(value)}")
        for key, held in value.items():
            check_under(str(key), check, held)

    return check_all


def check_under(key: str, check: Check, value: Any) -> None:
    """The check of what stands under a key; what it finds wrong is told with the key in front."""
    try:
        check(value)
    except Wrong as wrong:
        raise Wrong(wrong.complaint, key, *wrong.path) from wrong


def whole(least: int, most: int) -> Check:
    """A whole number from `least` to `most`."""

    def check(value: Any) -> None:
        if not isinstance(value, int) or isinstance(value, bool):
            raise Wrong(f"要写整数，现在是{_shown(value)}")
        if not least <= value <= most:
            raise Wrong(f"要在{least}到{most}之间，现在是{value}")

    return check


def yuan(value: Any) -> None:
    """An amount of money: not negative, to the cent at most."""
    try:
        amount = Decimal(str(value)) if isinstance(value, str | int | float) and not isinstance(value, bool) else None
    except InvalidOperation:
        amount = None
    if amount is None or not amount.is_finite():
        raise Wrong(f'要写金额（元），如 "70.00"，现在是{_shown(value)}')
    if amount < 0:
        raise Wrong(f"不能是负数，现在是{_shown(value)}")
    if amount > DEAREST:
        raise Wrong(f"不能大于{DEAREST}元，现在是{_shown(value)}")
    if amount != amount.quantize(Decimal("0.01")):
        raise Wrong(f"最多写到分（两位小数），现在是{_shown(value)}")


def words(known: Iterable[str], *, least: int = 1) -> Check:
    """A list of words, each once, at least so many, all of them known."""
    allowed = tuple(str(word) for word in known)

    def check(value: Any) -> None:
        if not isinstance(value, list) or len(value) < least:
            few = "，至少一个" if least else ""
            raise Wrong(f"要写成列表{few}，如 [{allowed[0]}]，现在是{_shown(value)}")
        for word in value:
            if word not in allowed:
                raise Wrong(f"里有不认识的{_shown(word)}，可写的是：{'、'.join(allowed)}")
            if value.count(word) > 1:
                raise Wrong(f"里“{word}”写了两次")

    return check


def one_of(known: Iterable[str]) -> Check:
    """One word, of those known."""
    allowed = tuple(known)

    def check(value: Any) -> None:
        if value not in allowed:
            raise Wrong(f"要写{'、'.join(allowed)}中的一个，现在是{_shown(value)}")

    return check


def share(least: int, most: int) -> Check:
    """A share of the whole, above zero."""

    def check(value: Any) -> None:
        if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value <= most or value <= 0:
            raise Wrong(f"要写{least}到{most}之间、大于0的数，如 0.7，现在是{_shown(value)}")

    return check


def day(value: Any) -> None:
    """A date, written so that YAML takes it for one."""
    if type(value) is not datetime.date:  # a datetime is a date too, and cannot be compared with one
        raise Wrong(f"要写日期，如 2026-07-01（不加引号、不带时间），现在是{_shown(value)}")


def text(value: Any) -> None:
    """Words that say something."""
    if not isinstance(value, str) or not value.strip():
        raise Wrong(f"要写文字，现在是{_shown(value)}")


def yes_or_no(value: Any) -> None:
    if not isinstance(value, bool):
        raise Wrong(f"要写 true 或 false，现在是{_shown(value)}")


def _shown(value: Any) -> str:
    """A value as it is quoted back: short, whatever it is."""
    if value is None:
        return "空的"
    said = str(value)
    if isinstance(value, str) and said[:1] in OPENING and said[-1:] in CLOSING:
        return f'{said[:30]}（引号要用英文的 "）'
    return f"“{said[:30]}…”" if len(said) > 30 else f"“{said}”"
