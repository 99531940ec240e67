"""Tables for a console whose Chinese characters are two places wide."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterator, Sequence


def table(rows: Sequence[Sequence[str]], *, to_the_right: Collection[int] = ()) -> Iterator[str]:
    """Columns under each other, those in `to_the_right` with their ends."""
    widths = [max(_width(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        cells = (
            _blank(cell, width) + cell if column in to_the_right else cell + _blank(cell, width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        yield ("  " + "  ".join(cells)).rstrip()


def _blank(cell: str, width: int) -> str:
    return " " * (width - _width(cell))


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(character) in "WFA" else 1 for character in text)
