"""A file from outside, looked at before it is opened: what it is, and whether opening it is safe."""

import io
import re
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from python_calamine import CalamineSheet, CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum
from python_calamine import load_workbook as load

from casework.sheets import probe
from casework.sheets.problems import DamagedSheet, EmptySheet, NotASpreadsheet, ProtectedSheet, SheetTooLarge

MAX_BYTES: Final = 20 << 20
MAX_UNPACKED: Final = 200 << 20

_ZIP: Final = b"PK\x03\x04"
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED_STREAM: Final = "EncryptedPackage".encode("utf-16-le")
_WORD_STREAM: Final = "WordDocument".encode("utf-16-le")

# How other kinds of files begin. Many systems export a web page and call it .xls.
_OTHERS: Final = (
    (re.compile(rb"\s*(\xef\xbb\xbf)?\s*<(!doctype html|html|head|body|table|meta|style|div)", re.I), "网页"),
    (re.compile(rb"\s*(\xef\xbb\xbf)?\s*<\?xml", re.I), "XML文件"),
    (re.compile(rb"%PDF"), "PDF文件"),
    (re.compile(rb"\xff\xd8\xff|\x89PNG|GIF8|BM|II\*\x00|MM\x00\*|RIFF"), "图片"),
    (re.compile(rb"Rar!|7z\xbc\xaf|\x1f\x8b"), "压缩包"),
    (re.compile(rb"\{\\rtf"), "Word文档"),
)
_ROW_OR_CELL: Final = re.compile(rb"""r\s*=\s*["']([A-Za-z]*)(\d+)["']""")
_CHUNK: Final = 1 << 20
_FARTHEST_COLUMN: Final = 1 << 14


@contextmanager
def open_workbook(source: bytes, *, max_cells: int) -> Iterator[CalamineWorkbook]:
    """The workbook, if it is one and opening it fills no more than `max_cells` a sheet."""
    _check(source, max_cells)
    with _reading(), load(io.BytesIO(source)) as workbook:
        yield workbook


def visible_sheets(workbook: CalamineWorkbook) -> list[str]:
    """What a person sees on opening the file: hidden sheets hold lists for drop-downs and last year's rows."""
    return [
        sheet.name
        for sheet in workbook.sheets_metadata
        if sheet.typ is SheetTypeEnum.WorkSheet and sheet.visible is SheetVisibleEnum.Visible
    ]


def load_sheet(workbook: CalamineWorkbook, name: str) -> CalamineSheet:
    with _reading():
        return workbook.get_sheet_by_name(name)


@contextmanager
def _reading() -> Iterator[None]:
    """Whatever the reader stumbles over is damage, except our own refusals passing through."""
    try:
        yield
    except PasswordError as problem:
        raise ProtectedSheet from problem
    except BaseException as problem:
        # A panic inside the reader arrives as a BaseException of its own.
        if type(problem).__module__.startswith("python_calamine") or type(problem).__name__ == "PanicException":
            raise DamagedSheet from problem
        raise


def _check(source: bytes, max_cells: int) -> None:
    if not source:
        raise EmptySheet("文件是空的；请重新选择文件")
    if len(source) > MAX_BYTES:
        raise SheetTooLarge(f"有{len(source) >> 20}MB，最多{MAX_BYTES >> 20}MB")
    if source.startswith(_ZIP):
        cells = _extent_of_xlsx(source) if _is_xlsx(source) else _extent_elsewhere(source)
    elif source.startswith(_OLE):
        if _ENCRYPTED_STREAM in source:
            raise ProtectedSheet
        if _WORD_STREAM in source:
            raise NotASpreadsheet("Word文档")
        cells = _extent_elsewhere(source)
    else:
        raise NotASpreadsheet(next((kind for begins, kind in _OTHERS if begins.match(source)), "文本或其他文件"))
    if cells > max_cells:
        raise SheetTooLarge(f"表格铺开有{cells}格，最多{max_cells}格")


def _is_xlsx(source: bytes) -> bool:
    """Whether the archive holds xlsx, once it is known that unpacking it is safe."""
    with _unpacking(source) as archive:
        parts = archive.infolist()
        names = {part.filename for part in parts}
        if any(part.flag_bits & 0x1 for part in parts):
            raise ProtectedSheet
        if sum(part.file_size for part in parts) > MAX_UNPACKED:
            raise SheetTooLarge(f"解压后超过{MAX_UNPACKED >> 20}MB")
    if "xl/workbook.xml" in names:
        return True
    if "xl/workbook.bin" not in names and "content.xml" not in names:
        raise NotASpreadsheet("Word文档" if "word/document.xml" in names else "压缩包")
    return False


def _extent_of_xlsx(source: bytes) -> int:
    """The cells of the largest block from A1 to a sheet's last cell, found in its XML without opening it.

    Reading every part to its end also has zipfile compare sizes and checksums, so that a directory which
    understates what is packed comes to light here.
    """
    largest = 0
    with _unpacking(source) as archive:
        for part in archive.infolist():
            is_sheet, rows, columns = False, 0, 0
            with archive.open(part) as file:
                rest = b""
                while chunk := file.read(_CHUNK):
                    # Cut at a tag's beginning, so that no attribute falls between two pieces.
                    whole, tag, begun = (rest + chunk).rpartition(b"<")
                    is_sheet = is_sheet or b"sheetData" in whole
                    if is_sheet:
                        rows, columns = _farther(whole, rows, columns)
                    rest = tag + begun
            largest = max(largest, rows * columns)
    return largest


def _farther(xml: bytes, rows: int, columns: int) -> tuple[int, int]:
    references = _ROW_OR_CELL.findall(xml)
    farthest = max(({digits[:8] for _, digits in references}), key=int, default=b"0")
    return max(rows, int(farthest)), max([columns, *map(_column_number, {letters for letters, _ in references})])


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters.upper()[:4]:
        number = number * 26 + letter - ord("A") + 1
    return min(number, _FARTHEST_COLUMN)


def _extent_elsewhere(source: bytes) -> int:
    """For the older and rarer formats: open it in a process that may die of it."""
    try:
        answer = subprocess.run(
            [sys.executable, "-I", probe.__file__],
            input=source,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=2 * probe.SECONDS_LIMIT,
            check=False,
        )
    except subprocess.TimeoutExpired as problem:
        raise SheetTooLarge("打开它用的时间太长") from problem
    if answer.returncode == probe.PROTECTED:
        raise ProtectedSheet
    if answer.returncode == probe.DAMAGED:
        raise DamagedSheet
    if answer.returncode != 0:
        raise SheetTooLarge("打开它用的内存太多")
    return int(answer.stdout)


@contextmanager
def _unpacking(source: bytes) -> Iterator[zipfile.ZipFile]:
    try:
        with zipfile.ZipFile(io.BytesIO(source)) as archive:
            yield archive
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError) as problem:
        raise DamagedSheet from problem
