"""A spreadsheet in, a table of named cells out: whichever sheet, row and column they stand in."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Final, NamedTuple

from python_calamine import CalamineSheet

from casework.sheets.columns import Column, Heading
from casework.sheets.layout import (
    Block,
    Cells,
    Merge,
    find_headings,
    first_rows,
    is_column_numbering,
    merges_of,
    sheet_rows,
)
from casework.sheets.lines import Kind, LineReader
from casework.sheets.opening import load_sheet, open_workbook, visible_sheets
from casework.sheets.problems import (
    AmbiguousHeadings,
    AmbiguousSheets,
    EmptySheet,
    MissingColumns,
    NoHeadings,
    SheetTooLarge,
)
from casework.sheets.values import Cell, is_blank

MAX_ROWS: Final = 50_000
MAX_CELLS: Final = 3_000_000

_FROM_TO: Final = re.compile(r"\s*自?\s*(.+?)\s*起?\s*(?:至|到|~|～|—+|―+|–)\s*(.+?)\s*止?\s*")
_FROM_TO_DASH: Final = re.compile(r"\s*(\d{4}.+?)\s*[-－]+\s*(\d{4}.+?)\s*")


class Row(NamedTuple):
    """One line of the table."""

    number: int  # as the sheet's own window shows it, from 1
    cells: Mapping[str, Cell]  # by column name; "" for a column the sheet has not
    raw: Sequence[Cell]  # the whole line as it stands, from column A


class Skipped(NamedTuple):
    """A line that holds something and was passed over, and as what."""

    number: int
    kind: Kind


@dataclass(frozen=True, eq=False)
class Table:
    """One sheet's table. Its rows are made as they are asked for, each time anew."""

    sheet: str
    header_rows: tuple[int, ...]  # from 1
    headings: Mapping[str, Heading]  # by column name
    unread: tuple[str, ...]  # headings that were not understood
    other_sheets: tuple[str, ...]  # would do as well, though they say less, and were not taken
    block: Block
    columns: Sequence[Column]
    content: CalamineSheet
    merges: tuple[Merge, ...]

    @property
    def rows(self) -> Iterator[Row]:
        pick = _picker(self.headings, self.columns)
        for index, raw, filled, kind in self._lines():
            if kind is Kind.DATA:
                yield Row(index + 1, pick(filled), raw)

    @property
    def skipped(self) -> Iterator[Skipped]:
        for index, _, _, kind in self._lines():
            if kind not in (Kind.DATA, Kind.BLANK):
                yield Skipped(index + 1, kind)

    def _lines(self) -> Iterator[tuple[int, Cells, Cells, Kind]]:
        begin = self.block.bottom + 1
        rows = sheet_rows(self.content)
        above = list(islice(rows, begin))
        reader = LineReader(self.headings, self.columns, above, self.merges)
        fill = _FillDown(self.merges)
        for index, raw in enumerate(rows, begin):
            filled = fill(index, raw)
            kind = reader.kind(index, raw, filled)
            if index == begin and kind is Kind.DATA and is_column_numbering(raw):
                kind = Kind.HEADING
            yield index, raw, filled, kind


def read_table(
    source: bytes, columns: Sequence[Column], *, max_rows: int = MAX_ROWS, max_cells: int = MAX_CELLS
) -> Table:
    """The one table in this file that has the columns asked for; a SheetProblem says why there is none."""
    tables: list[Table] = []
    is_empty = True
    with open_workbook(source, max_cells=max_cells) as workbook:
        for name in visible_sheets(workbook):
            sheet = load_sheet(workbook, name)
            is_empty = is_empty and sheet.end is None
            if (table := _table_in(name, sheet, columns)) is not None:
                tables.append(table)
    if is_empty:
        raise EmptySheet("文件里没有内容；请检查是否选错了文件")
    if not tables:
        raise NoHeadings([column.label for column in columns if column.required])
    return _chosen(tables, max_rows)


def _table_in(name: str, sheet: CalamineSheet, columns: Sequence[Column]) -> Table | None:
    merges = merges_of(sheet)
    block = find_headings(first_rows(sheet), merges, columns)
    if block is None:
        return None
    return Table(
        sheet=name,
        header_rows=tuple(range(block.top + 1, block.bottom + 2)),
        headings=block.match.found,
        unread=tuple(heading.text for heading in block.match.unread),
        other_sheets=(),
        block=block,
        columns=columns,
        content=sheet,
        merges=merges,
    )


def _chosen(tables: Sequence[Table], max_rows: int) -> Table:
    """The table that says most. Two that say the same are two halves of the people: ask, do not choose."""
    best = max(tables, key=lambda table: table.block.rank)
    if best.block.match.missing:
        raise MissingColumns(
            sheet=best.sheet,
            row=best.header_rows[0],
            missing=[column.label for column in best.block.match.missing],
            unread=best.unread,
        )
    complete = [table for table in tables if not table.block.match.missing]
    for table in complete:
        _check_length(table, max_rows)
    in_use = [table for table in complete if next(table.rows, None) is not None]
    if not in_use:
        raise EmptySheet(f"工作表“{best.sheet}”的表头下面没有数据；请检查是否选错了文件")
    best = max(in_use, key=lambda table: table.block.rank)
    equals = [table.sheet for table in in_use if table.block.rank[:2] == best.block.rank[:2]]
    if len(equals) > 1:
        raise AmbiguousSheets(equals)
    for column, first, second in best.block.match.ties:
        raise AmbiguousHeadings(column.label, str(first), str(second))
    return replace(best, other_sheets=tuple(table.sheet for table in in_use if table is not best))


def _check_length(table: Table, max_rows: int) -> None:
    last = table.content.end[0] + 1 if table.content.end else 0
    if last > max_rows:
        raise SheetTooLarge(f"工作表“{table.sheet}”一直到第{last}行，最多{max_rows}行")


class _FillDown:
    """Cells merged over several lines: what stands in the first holds for all of them."""

    def __init__(self, merges: Iterable[Merge]) -> None:
        self._beginning: dict[int, list[Merge]] = {}
        for merge in merges:
            if merge.bottom > merge.top:
                self._beginning.setdefault(merge.top, []).append(merge)
        self._reaching: dict[int, tuple[int, Cell]] = {}

    def __call__(self, index: int, raw: Cells) -> Cells:
        filled = raw
        if self._reaching:
            filled = list(raw)
            for column, (bottom, cell) in list(self._reaching.items()):
                if index > bottom:
                    del self._reaching[column]
                elif is_blank(raw[column]):
                    filled[column] = cell
        for merge in self._beginning.get(index, ()):
            self._reaching[merge.left] = (merge.bottom, raw[merge.left])
        return filled


def _picker(headings: Mapping[str, Heading], columns: Sequence[Column]) -> Callable[[Cells], dict[str, Cell]]:
    """Takes the named cells out of a line, and both ends of a period out of the one cell that holds them."""
    blank: dict[str, Cell] = {column.name: "" for column in columns if column.splits_into is None}
    places = [(name, heading.index) for name, heading in headings.items() if name in blank]
    periods = [
        (headings[column.name].index, column.splits_into)
        for column in columns
        if column.splits_into is not None and column.name in headings
    ]

    def pick(line: Cells) -> dict[str, Cell]:
        cells = blank.copy()
        for at, ends in periods:
            cells.update(zip(ends, split_period(line[at]), strict=True))
        for name, at in places:
            cells[name] = line[at]
        return cells

    return pick


def split_period(cell: Cell) -> tuple[Cell, Cell]:
    """自2026-09-05起至2026-09-15止: its two ends. A cell with one end only has no other."""
    if isinstance(cell, str) and (ends := _FROM_TO.fullmatch(cell) or _FROM_TO_DASH.fullmatch(cell)):
        return ends[1], ends[2]
    return cell, ""
