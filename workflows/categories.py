"""The categories of the register in words, for what programmes say of themselves."""

from __future__ import annotations

from collections.abc import Iterable

from casework.models import RegisterEntry

CATEGORIES = {code: str(label) for code, label in RegisterEntry.Category.choices}


def categories_in_words(codes: Iterable[str]) -> str:
    """The families of these categories, one after the other."""
    return "、".join(CATEGORIES[code] for code in codes)
