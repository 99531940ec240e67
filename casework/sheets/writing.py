"""Spreadsheets out. Everything is text: a cell that begins with = is a name somebody typed, never a formula, and
an identity number keeps its eighteen digits when the file is opened, corrected and sent in again."""

import datetime
import io
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, BinaryIO, Final

import xlsxwriter
from xlsxwriter.exceptions import OverlappingRange

from casework.sheets.layout import Cells, Merge, merges_of, sheet_rows
from casework.sheets.opening import load_sheet, open_workbook
from casework.sheets.reading import MAX_CELLS, Table
from casework.sheets.values import is_blank, shown

NOTE_HEADINGS: Final = ("办理结果", "原因", "怎么改")

_NARROWEST: Final = 8
_WIDEST: Final = 40
_LONGEST_SHEET_NAME: Final = 31
_MOST_ROWS: Final = 1_048_576
_NOT_IN_SHEET_NAMES: Final = str.maketrans(dict.fromkeys("[]:*?/\\", "_"))
# The same list is the same file, byte for byte, whenever it is made: its digest can be kept and compared.
_UNDATED: Final = datetime.datetime(2000, 1, 1, tzinfo=datetime.UTC)
# Frozen rows that fill the window leave nothing to scroll.
_MOST_FROZEN: Final = 8

_TEXT: Final = {"num_format": "@", "valign": "top"}
_HEADING: Final = _TEXT | {"bold": True, "bg_color": "#ECEFF1", "text_wrap": True, "valign": "vcenter", "border": 1}
_NOTE: Final = _TEXT | {"text_wrap": True, "border": 1, "border_color": "#BDBDBD"}


@dataclass(frozen=True)
class _Formats:
    """The few looks a sheet has. The colours repeat what the words say, for eyes that skim."""

    text: Any
    amount: Any
    heading: Any
    done: Any
    noted: Any
    to_do: Any

    def of_note(self, note: Sequence[str]) -> Any:
        """Green: nothing more to say. Yellow: something to know. Red: something to put right."""
        _, *rest = note
        if not any(rest):
            return self.done
        return self.to_do if rest[-1] else self.noted


def annotated_copy(
    source: bytes,
    table: Table,
    notes: Mapping[int, Sequence[str]],
    *,
    headings: Sequence[str] = NOTE_HEADINGS,
) -> bytes:
    """The sheet as it came, every row at its own number, with what became of each line written beside it.

    `notes` go by row number, one text for each of the headings, the last saying what to put right. The copy can
    be corrected and handed in again: merged cells stay merged, and a number that was rounded stays visibly so.
    """
    with open_workbook(source, max_cells=MAX_CELLS) as workbook:
        content = load_sheet(workbook, table.sheet)
    with _writing(table.sheet) as (buffer, sheet, formats):
        first_note = _first_free_column(table, content.end[1] + 1 if content.end else 0, headings)
        widths = _Widths()
        beginning: dict[int, list[Merge]] = {}
        for merge in merges_of(content):
            beginning.setdefault(merge.top, []).append(merge)
        for index, row in enumerate(sheet_rows(content)):
            look = formats.heading if index + 1 in table.header_rows else formats.text
            _write_line(sheet, index, row[:first_note], look)
            _merge_again(sheet, beginning.get(index, ()), row, first_note, look)
            if index >= table.header_rows[0] - 1:
                widths.see(row)
            if note := notes.get(index + 1):
                for column, said in enumerate(note, first_note):
                    _put(sheet, index, column, said, formats.of_note(note))
        _write_note_headings(sheet, table, first_note, headings, formats)
        widths.apply(sheet, formats, first_note)
        sheet.set_column(first_note, first_note, 12, formats.text)
        sheet.set_column(first_note + 1, first_note + max(len(headings) - 1, 1), _WIDEST, formats.text)
        if table.header_rows[-1] <= _MOST_FROZEN:
            sheet.freeze_panes(table.header_rows[-1], 0)
    return buffer.getvalue()


def table_workbook(headings: Sequence[str], rows: Iterable[Sequence[object]], *, sheet_name: str = "名单") -> bytes:
    """A list as a workbook, every cell text: money with two decimals, days as 2026-11-02."""
    with _writing(sheet_name) as (buffer, sheet, formats), _listing(sheet, formats, headings) as write:
        for row in rows:
            write(row)
    return buffer.getvalue()


@contextmanager
def growing_workbook(
    file: BinaryIO, headings: Sequence[str], *, sheet_name: str = "名单"
) -> Iterator[Callable[[Sequence[object]], None]]:
    """Such a list into a file, row by row: however long it gets, memory holds one row.

    Raises `SheetFull` at the row that no longer fits into an .xlsx.
    """
    with _writing(sheet_name, file) as (_file, sheet, formats), _listing(sheet, formats, headings) as write:
        yield write


class SheetFull(Exception):
    """An .xlsx holds so many rows and no more."""


@contextmanager
def _listing(sheet: Any, formats: _Formats, headings: Sequence[str]) -> Iterator[Callable[[Sequence[object]], None]]:
    widths = _Widths()
    _write_line(sheet, 0, list(headings), formats.heading)
    widths.see(list(headings))
    index = 0

    def write(row: Sequence[object]) -> None:
        nonlocal index
        index += 1
        if index >= _MOST_ROWS:
            raise SheetFull(f"一张 .xlsx 最多{_MOST_ROWS}行，装不下这份名单，请改写成 .csv")
        texts = [_as_text(value) for value in row]
        widths.see(texts)
        for column, (value, written) in enumerate(zip(row, texts, strict=True)):
            look = formats.amount if isinstance(value, Decimal) else formats.text
            _put(sheet, index, column, written, look)

    yield write
    widths.apply(sheet, formats, len(headings))
    sheet.freeze_panes(1, 0)


@contextmanager
def _writing(sheet_name: str, file: BinaryIO | None = None) -> Iterator[tuple[Any, Any, _Formats]]:
    """A workbook in memory; or into a file, in constant memory, its rows written in their order."""
    buffer = io.BytesIO() if file is None else file
    with xlsxwriter.Workbook(buffer, {"in_memory" if file is None else "constant_memory": True}) as workbook:
        workbook.set_properties({"created": _UNDATED})
        sheet = workbook.add_worksheet(sheet_name.translate(_NOT_IN_SHEET_NAMES)[:_LONGEST_SHEET_NAME] or "Sheet1")
        yield (
            buffer,
            sheet,
            _Formats(
                text=workbook.add_format(_TEXT),
                amount=workbook.add_format(_TEXT | {"align": "right"}),
                heading=workbook.add_format(_HEADING),
                done=workbook.add_format(_NOTE | {"bg_color": "#E3F1E5"}),
                noted=workbook.add_format(_NOTE | {"bg_color": "#FFF3CD"}),
                to_do=workbook.add_format(_NOTE | {"bg_color": "#FBE3E1"}),
            ),
        )


def _write_line(sheet: Any, index: int, row: Sequence[Any], look: Any) -> None:
    for column, cell in enumerate(row):
        _put(sheet, index, column, "" if is_blank(cell) else shown(cell), look)


def _put(sheet: Any, row: int, column: int, text: str, look: Any) -> None:
    if text:
        sheet.write_string(row, column, text, look)
    else:
        # A blank cell is text as well: what is typed into it later keeps its digits.
        sheet.write_blank(row, column, None, look)


def _first_free_column(table: Table, width: int, headings: Sequence[str]) -> int:
    """Right of the table; or over the notes of last time, when this is a copy that came back corrected."""
    began = width - len(headings)
    last_time = [heading for heading in table.block.match.unread if heading.index >= began]
    return began if [heading.text for heading in last_time] == list(headings) else width


def _write_note_headings(sheet: Any, table: Table, first: int, headings: Sequence[str], formats: _Formats) -> None:
    top, bottom = table.header_rows[0] - 1, table.header_rows[-1] - 1
    for column, heading in enumerate(headings, first):
        if top == bottom:
            sheet.write_string(top, column, heading, formats.heading)
        else:
            sheet.merge_range(top, column, bottom, column, "", formats.heading)
            sheet.write_string(top, column, heading, formats.heading)


def _merge_again(sheet: Any, merges: Iterable[Merge], row: Cells, width: int, look: Any) -> None:
    """The merges that begin in this row, with the words of their first cell put back over them."""
    for merge in merges:
        if merge.right >= width or (merge.top, merge.left) == (merge.bottom, merge.right):
            continue
        try:
            sheet.merge_range(merge.top, merge.left, merge.bottom, merge.right, "", look)
        except OverlappingRange:
            continue  # a damaged original; the words are there all the same
        if not is_blank(row[merge.left]):
            sheet.write_string(merge.top, merge.left, shown(row[merge.left]), look)


class _Widths:
    """How wide each column must be for what stands in it; a Chinese character takes two places."""

    def __init__(self) -> None:
        self._widest: dict[int, int] = {}

    def see(self, row: Sequence[Any]) -> None:
        for column, cell in enumerate(row):
            text = cell if isinstance(cell, str) else shown(cell)
            places = len(text) if text.isascii() else sum(map(_places, text))
            if places > self._widest.get(column, 0):
                self._widest[column] = places

    def apply(self, sheet: Any, formats: _Formats, columns: int) -> None:
        for column in range(columns):
            width = min(max(self._widest.get(column, 0) + 2, _NARROWEST), _WIDEST)
            sheet.set_column(column, column, width, formats.text)


def _places(character: str) -> int:
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def _as_text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return f"{value:.2f}"
    if isinstance(value, str | int | float | datetime.date | datetime.time | datetime.timedelta):
        return shown(value)
    return str(value)
