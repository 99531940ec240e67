"""Pinyin initials a name can be found by."""

from __future__ import annotations

import functools
import itertools

from pypinyin import Style, pinyin

MAX_READINGS = 8


@functools.lru_cache(maxsize=8192)
def _of(character: str) -> tuple[str, ...]:
    found = pinyin(character, style=Style.FIRST_LETTER, heteronym=True, errors="ignore")
    return tuple(sorted({letter[0].lower() for letters in found for letter in letters if letter}))


def readings(name: str) -> list[str]:
    """Every combination of initials, few at most: 曾志 is both zz and cz, and a surname's common reading is often
    not the right one. A character without a reading (rare ones, dots) is left out."""
    letters = [options for character in name if (options := _of(character))]
    if not letters:
        return []
    combinations = itertools.islice(itertools.product(*letters), MAX_READINGS)
    return sorted({"".join(letters) for letters in combinations})
