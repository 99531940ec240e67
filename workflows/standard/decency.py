"""What a page of terms may not ask, and what its lists may not tell a village."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from casework.models import RegisterEntry
from casework.models.law import NOTICE_WORDS
from workflows.never_kept import never_kept_in
from workflows.notices.leaks import revealing_words
from workflows.terms_shape import Check, Wrong

CITED = ("clause", "source")
"""Other people's words: a scheme is cited as it is called."""

Path = tuple[str, ...]


def check_decent(terms: Mapping[str, Any]) -> None:
    """Raises `Wrong` where a version asks for what is never kept, or its lists would say what befell a family."""
    for path, words in _texts(terms, ()):
        if found := never_kept_in(words):
            raise Wrong(f"写了“{found}”：怀孕、避孕、节育、绝育、是不是计划内生育，一律不登记，请去掉", *path)
    if RegisterEntry.Category.BEREAVED in terms["who"].get("categories", ()) and "notice" in terms:
        _check_notice(terms["notice"], terms["amount"])


def decent(check: Check) -> Check:
    """The same check, of words that stand over a programme."""

    def checked(value: Any) -> None:
        check(value)
        if isinstance(value, str) and (found := never_kept_in(value)):
            raise Wrong(f"写了“{found}”：这样的事一律不登记，请去掉")

    return checked


def _check_notice(notice: Mapping[str, Any], amount: Mapping[str, Any]) -> None:
    """Of a programme for families that lost their child, among others."""
    for place in ("", *NOTICE_WORDS):
        said = {**notice, **notice[place]} if place in notice else notice
        path = ("notice", place) if place in notice else ("notice",)
        if words := revealing_words([said.get("title", "")]):
            raise Wrong(f"对象里有失独家庭，榜上不能出现“{'”“'.join(words)}”，请用中性的标题", *path, "title")
        if "category" in amount.get("by", ()) and "amount" in said.get("show", ("amount",)):
            raise Wrong("金额按家庭类别定，写出金额就写出了是哪类家庭；show 里不写 amount", *path, "show")


def _texts(written: Any, path: Path) -> Iterator[tuple[Path, str]]:
    """Every word a page says of its own, keys and all."""
    if isinstance(written, Mapping):
        for key, value in written.items():
            if key not in CITED:
                yield (*path, str(key)), str(key)
                yield from _texts(value, (*path, str(key)))
    elif isinstance(written, list | tuple):
        for number, value in enumerate(written, start=1):
            yield from _texts(value, (*path, f"第{number}项"))
    elif isinstance(written, str):
        yield path, written
