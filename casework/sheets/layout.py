"""Where in a sheet the table begins: title lines above, headings in one row or stacked in several, merged cells."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from python_calamine import CalamineSheet

from casework.sheets.columns import Column, Match, heading_keys, weigh_headings
from casework.sheets.values import Cell, is_blank

Cells = list[Cell]

# Headings stand near the top; whoever puts forty lines of explanation above a table is asked to take them out.
_SEARCH_ROWS: Final = 40
_DEEPEST: Final = 3
# Below a complete row of headings only its own continuation can be better.
_LOOK_FURTHER: Final = 3

_LOOKS_LIKE_DATA: Final = re.compile(r"\d{4}")


@dataclass(frozen=True)
class Merge:
    """A merged cell: rows and columns counted from 0, both ends included."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass(frozen=True)
class Block:
    """The rows of headings, counted from 0, and what they say."""

    top: int
    bottom: int
    match: Match

    @property
    def rank(self) -> tuple[int, int, int]:
        return self.match.rank


def sheet_rows(sheet: CalamineSheet) -> Iterator[Cells]:
    """Every row from the sheet's first, every cell from column A, however far in the table begins."""
    margin = sheet.start[1] if sheet.start else 0
    if not margin:
        yield from sheet.iter_rows()
        return
    for row in sheet.iter_rows():
        yield [*[""] * margin, *row]


def merges_of(sheet: CalamineSheet) -> tuple[Merge, ...]:
    """Merged cells, cut to the used range. ODS has them too, but the reader does not tell."""
    if sheet.end is None:
        return ()
    last_row, last_column = sheet.end
    return tuple(
        Merge(top, left, min(bottom, last_row), min(right, last_column))
        for (top, left), (bottom, right) in sheet.merged_cell_ranges or ()
        if top <= last_row and left <= last_column
    )


def find_headings(rows: Sequence[Cells], merges: Sequence[Merge], columns: Sequence[Column]) -> Block | None:
    """The rows that name most of the columns, those needed first; None when nothing looks like headings."""
    best: Block | None = None
    for top, row in enumerate(rows):
        if best and not best.match.missing and top > best.bottom + _LOOK_FURTHER:
            break
        if sum(not is_blank(cell) for cell in row) < 2:
            continue
        block = _block_at(top, rows, merges, columns)
        if best is None or block.rank > best.rank:
            best = block
    return best if best and _names_a_table(best.match, columns) else None


def first_rows(sheet: CalamineSheet) -> list[Cells]:
    """As many rows as headings are looked for in."""
    begin = sheet.start[0] if sheet.start else 0
    return [row for row, _ in zip(sheet_rows(sheet), range(begin + _SEARCH_ROWS), strict=False)]


def is_column_numbering(row: Sequence[Cell]) -> bool:
    """The row of 1 2 3 4 … (or 甲 乙 1 2 …) that official forms carry below their headings."""
    marks = [_small_number(cell) for cell in row if not is_blank(cell)]
    numbers = [mark for mark in marks if mark is not None]
    return (
        len(numbers) >= 3
        and len(marks) - len(numbers) <= 2
        and numbers == list(range(numbers[0], numbers[0] + len(numbers)))
    )


def _names_a_table(match: Match, columns: Sequence[Column]) -> bool:
    """A row of data can look like two headings by chance (县人民医院, 农村商业银行), hardly like three."""
    needed = sum(column.required for column in columns)
    return needed - len(match.missing) >= min(2, needed) and len(match.found) >= min(3, len(columns))


def _block_at(top: int, rows: Sequence[Cells], merges: Sequence[Merge], columns: Sequence[Column]) -> Block:
    """The headings that may begin in this row: with what hangs below it, unless that makes them say less."""
    bottom = top
    while bottom + 1 < len(rows) and bottom - top + 1 < _DEEPEST and _continues(bottom, rows, merges):
        bottom += 1
    blocks = []
    for last in range(bottom, top - 1, -1):
        match = weigh_headings(list(_stacked(rows[top : last + 1], top, merges)), columns)
        blocks.append(Block(top, last, match))
        if any(merge.top <= last - 1 < last <= merge.bottom for merge in merges):
            break  # one heading lies over both rows: they cannot be parted
    return max(blocks, key=lambda block: block.rank[:2])


def _continues(row: int, rows: Sequence[Cells], merges: Sequence[Merge]) -> bool:
    """Whether the next row carries on the headings of this one, and does not begin the data."""
    above, below = rows[row], rows[row + 1]
    words = [cell for cell in below if not is_blank(cell)]
    if not words or not all(isinstance(w, str) and not _LOOKS_LIKE_DATA.search(heading_keys(w)[0]) for w in words):
        return False
    if any(merge.top <= row <= merge.bottom and _ties_rows(merge, row) for merge in merges):
        return True
    # Without merges to go by: the next row fills places this one leaves free, or parts of a group's heading.
    free = [is_blank(cell) for cell in above] + [False]
    filled = [not is_blank(cell) for cell in below] + [False]
    return all(free[at] or (free[at + 1] and filled[at + 1]) for at in range(len(below)) if filled[at])


def _ties_rows(merge: Merge, row: int) -> bool:
    goes_on_below = merge.bottom > row
    spans_columns = merge.right > merge.left and merge.bottom == row
    return goes_on_below or spans_columns


def _stacked(rows: Sequence[Cells], top: int, merges: Sequence[Merge]) -> Iterator[tuple[str, ...]]:
    """For each column its headings from the group's down to its own.

    A group's heading reaches over the columns beside it that have a heading of their own below: by the merge
    where there is one, else until the next heading in its row.
    """
    width = max(map(len, rows))
    table = [[_heading(row[at]) if at < len(row) else "" for at in range(width)] for row in rows]
    for depth, line in enumerate(table[:-1]):
        for merge in merges:
            if merge.top <= top + depth <= merge.bottom < top + len(rows) - 1:
                for column in range(merge.left, min(merge.right, width - 1) + 1):
                    if _has_own(table, depth, column):
                        line[column] = line[merge.left]
        for column in range(1, width):
            if not line[column] and _has_own(table, depth, column) and _has_own(table, depth, column - 1):
                line[column] = line[column - 1]
    for column in range(width):
        yield tuple(line[column] for line in table if line[column])


def _has_own(table: Sequence[Sequence[str]], depth: int, column: int) -> bool:
    return any(line[column] for line in table[depth + 1 :])


def _heading(cell: Cell) -> str:
    return cell if isinstance(cell, str) and not is_blank(cell) else ""


def _small_number(cell: Cell) -> int | None:
    if isinstance(cell, str):
        digits = heading_keys(cell)[1]
        return int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= 2 else None
    return int(cell) if isinstance(cell, int | float) and 0 < cell < 100 else None
