"""The bank's return file as rows of named cells: workbook or text, whatever the encoding and the order of columns."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Final

from django.utils.translation import gettext as _

from casework.sheets.columns import Column
from casework.sheets.layout import Block, Cells, find_headings, sheet_rows
from casework.sheets.lines import Kind, LineReader
from casework.sheets.problems import (
    AmbiguousHeadings,
    EmptySheet,
    MissingColumns,
    NoHeadings,
    NotASpreadsheet,
    SheetTooLarge,
)
from casework.sheets.reading import read_table
from casework.sheets.values import Cell, is_blank

MAX_BYTES: Final = 5 << 20
MAX_ROWS: Final = 20_000
SEARCH_ROWS: Final = 40
SEPARATORS: Final = ("|", "\t", ",", ";", "｜", "，")
QUOTED: Final = (",", ";")
LONGEST_LINE: Final = 4000
WORKBOOKS: Final = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")

# A bank's own word for a column is one more here.
COLUMNS: Final = (
    Column("sequence", "序号", says=("编号 行号 顺序号 笔号 明细序号",)),
    Column(
        "case_number", "案号", says=("案件编号 案件号 业务编号 业务号 业务参考号 客户业务编号 企业流水号 客户流水号",)
    ),
    Column(
        "account_number",
        "账号",
        required=True,
        kind="account",
        says=("帐号 卡号 收款账号 收款帐号 收款人账号 收款人帐号 收款账户 对方账号 入账账号 银行账号 账户 卡号账号",),
        hints=("[账帐]号", "卡号"),
        never=("付款", "行号", "户名", "名称"),
    ),
    Column(
        "account_holder",
        "户名",
        kind="name",
        says=("姓名 收款人 收款人姓名 收款人名称 收款人户名 收款户名 收款账户名称 对方户名 账户名称 持卡人",),
        hints=("户名", "姓名"),
        never=("付款",),
    ),
    Column(
        "amount",
        "金额",
        required=True,
        says=("实付金额 交易金额 发放金额 代发金额 付款金额 入账金额 实发金额 金额元",),
        hints=("金额",),
        never=("手续费", "余额", "合计", "总", "大写"),
    ),
    Column(
        "result",
        "处理结果",
        required=True,
        says=(
            "交易结果 入账结果 付款结果 发放结果 代发结果 结果",
            "处理状态 交易状态 入账状态 付款状态 发放状态 代发状态 成功标志 状态",
        ),
        hints=("(处理|交易|入账|付款|发放|代发).{0,2}(结果|状态)",),
    ),
    Column(
        "reason",
        "原因",
        says=(
            "失败原因 退票原因 退回原因 退汇原因 不成功原因 错误原因",
            "错误信息 返回信息 处理信息 结果说明",
            "备注",
        ),
        hints=("原因",),
    ),
    Column(
        "reference",
        "流水号",
        says=("银行流水号 银行流水 交易流水号 交易流水 核心流水号 流水 凭证号",),
        hints=("流水号?",),
        never=("客户", "企业"),
    ),
    Column(
        "date",
        "日期",
        kind="date",
        says=("处理日期 交易日期 入账日期 记账日期 付款日期 到账日期 退票日期 交易时间 处理时间 入账时间",),
        hints=("日期",),
    ),
    Column("bank", "开户行", says=("开户银行 收款行 收款银行 行名",)),
    Column("memo", "摘要", says=("附言 用途",)),
)

_BATCH_NUMBER: Final = re.compile(r"FF\d{6}-\d{4}-\d{4,}")
_DIGEST: Final = re.compile(r"(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])")


@dataclass(frozen=True, slots=True)
class BankRow:
    """A line of the table: its number in the file, from 1, and its cells by meaning ("" where there is none)."""

    number: int
    cells: Mapping[str, Cell]


@dataclass(frozen=True, slots=True)
class BankSheet:
    """What a return file holds: its rows, and any batch number and digest written anywhere in it."""

    rows: tuple[BankRow, ...]
    batch_numbers: frozenset[str]
    digests: frozenset[str]


def read_bank_file(data: bytes) -> BankSheet:
    """The table in a return file. Raises a `SheetProblem` that says why there is none."""
    if len(data) > MAX_BYTES:
        raise SheetTooLarge(_("超过%(most)dMB，不像一个批次的回盘文件") % {"most": MAX_BYTES >> 20})
    if data.startswith(WORKBOOKS):
        table = read_table(data, COLUMNS, max_rows=MAX_ROWS)
        rows = [BankRow(row.number, row.cells) for row in table.rows]
        return _sheet(rows, sheet_rows(table.content))
    return _read_text(data)


def read_amount(cell: Cell) -> Decimal | None:
    """Yuan, exactly as written: 1,820.00, ¥1820, １８２０.０元. None for anything that is not one amount."""
    if isinstance(cell, bool) or not isinstance(cell, str | int | float):
        return None
    text = unicodedata.normalize("NFKC", str(cell)).strip().lstrip("¥￥").rstrip("元")
    try:
        amount = Decimal(re.sub(r"[\s,]", "", text))
    except InvalidOperation:
        return None
    return amount if amount.is_finite() else None


def _read_text(data: bytes) -> BankSheet:
    lines = _decoded(data).splitlines()
    if len(lines) > MAX_ROWS:
        raise SheetTooLarge(_("有%(count)d行，最多%(most)d行") % {"count": len(lines), "most": MAX_ROWS})
    if any(len(line) > LONGEST_LINE for line in lines):
        raise NotASpreadsheet(_("一行长得不像表格的文件"))
    if not any(line.strip() for line in lines):
        raise EmptySheet(_("文件里没有内容；请检查是否选错了文件"))
    cut = [_cut(lines, separator) for separator in SEPARATORS]
    found = [(block, rows) for rows in cut if (block := find_headings(rows[:SEARCH_ROWS], (), COLUMNS)) is not None]
    if not found:
        raise NoHeadings([column.label for column in COLUMNS if column.required])
    block, rows = max(found, key=lambda pair: pair[0].rank)
    _refuse_unclear(block)
    return _sheet(_data_rows(rows, block), rows)


def _decoded(data: bytes) -> str:
    """UTF-8 with or without its mark, UTF-16 with it, else GB18030, which reads GBK and GB2312 too."""
    encodings = ("utf-16",) if data.startswith((b"\xff\xfe", b"\xfe\xff")) else ("utf-8-sig", "gb18030")
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise NotASpreadsheet(_("看不懂的文件（不是文本，也不是Excel表格）"))


def _cut(lines: Sequence[str], separator: str) -> list[Cells]:
    """Line by line, so that a stray quotation mark cannot swallow the lines after it."""
    if separator in QUOTED:
        rows = [next(csv.reader([line], delimiter=separator), []) for line in lines]
    else:
        rows = [line.split(separator) for line in lines]
    return [[cell.strip() for cell in row] for row in rows]


def _refuse_unclear(block: Block) -> None:
    if block.match.missing:
        raise MissingColumns(
            sheet=_("文本"),
            row=block.top + 1,
            missing=[column.label for column in block.match.missing],
            unread=[heading.text for heading in block.match.unread],
        )
    for column, first, second in block.match.ties:
        raise AmbiguousHeadings(column.label, str(first), str(second))


def _data_rows(rows: Sequence[Cells], block: Block) -> Iterator[BankRow]:
    places = {name: heading.index for name, heading in block.match.found.items()}
    width = max(places.values()) + 1
    begin = block.bottom + 1
    reader = LineReader(block.match.found, COLUMNS, rows[:begin], ())
    for index, row in enumerate(rows[begin:], begin):
        line = [*row, *[""] * (width - len(row))]
        if reader.kind(index, line, line) is Kind.DATA:
            cells: dict[str, Cell] = {column.name: "" for column in COLUMNS}
            yield BankRow(index + 1, cells | {name: line[at] for name, at in places.items()})


def _sheet(rows: Iterable[BankRow], everything: Iterable[Sequence[Cell]]) -> BankSheet:
    written = [cell for row in everything for cell in row if isinstance(cell, str) and not is_blank(cell)]
    return BankSheet(
        rows=tuple(rows),
        batch_numbers=frozenset(number for cell in written for number in _BATCH_NUMBER.findall(cell)),
        digests=frozenset(digest for cell in written for digest in _DIGEST.findall(cell)),
    )
