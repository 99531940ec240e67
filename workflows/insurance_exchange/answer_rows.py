"""A file of answers as answers: a workbook whatever the order of its columns, or JSON (`nuanxin-answers-1`)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from django.utils.translation import gettext as _

from casework.sheets import values
from casework.sheets.columns import Column
from casework.sheets.problems import NotASpreadsheet, SheetTooLarge
from casework.sheets.reading import Row, read_table
from casework.sheets.values import Cell
from workflows import registry
from workflows.insurance_exchange.messages import (
    AGREED,
    KINDS,
    LARGEST_ROUND,
    LONGEST_REFERENCE,
    LONGEST_WORDS,
    PAID,
    REFUSED,
    SUPPLEMENT,
    AnswerMessage,
    NotUnderstood,
    answers_in,
    checked,
    read_answer,
)
from workflows.payments.bank_rows import read_amount

MAX_BYTES: Final = 5 << 20
MAX_ROWS: Final = 5000
WORKBOOK: Final = b"PK\x03\x04"
PROGRAMME: Final = "insurance_claim"

COLUMNS: Final = (
    Column("claim", "案号", required=True, says=("案件编号 案件号 理赔案号",), hints=("案号",), never=("赔案",)),
    Column("round", "提交次数", required=True, says=("第几次 次数 转出次数",), hints=("次数",)),
    Column("kind", "回复类别", required=True, says=("回复 类别 答复 处理结果 结果 核定结果",), hints=("类别", "结果")),
    Column("on", "日期", kind="date", says=("核定日期 付款日期 支付日期",), hints=("日期",), never=("[入出]院",)),
    Column("amount", "金额", says=("核定金额 赔付金额 付款金额 支付金额",), hints=("金额",), never=("费用", "保额")),
    Column("calculation", "理算说明", says=("理算 计算过程 计算说明",), hints=("理算",)),
    Column("reasons", "理由", says=("拒赔理由 拒赔原因 原因",), hints=("理由",)),
    Column("papers", "补充材料", says=("需补充材料 所缺材料 缺少材料",), hints=("补充材料",)),
    Column("reference", "支付流水号", says=("流水号 支付流水 付款流水号",), hints=("流水",)),
    Column("words", "说明", says=("备注 其他说明",)),
    Column("id", "回复编号", says=("答复编号",), hints=("[回答]复编号",)),
)  # fmt: skip
_KIND_WORDS: Final[Mapping[str, str]] = {
    AGREED: "同意赔付 同意 赔付 核定赔付 agreed",
    REFUSED: "拒赔 不予赔付 不赔 refused",
    SUPPLEMENT: "要求补充 要求补充材料 补充材料 补件 supplement",
    PAID: "已付款 付款 已支付 支付 paid",
}
KINDS_BY_WORD: Final = {word: kind for kind in KINDS for word in _KIND_WORDS[kind].split()}
_APART: Final = re.compile(r"[、；;，,\n]+")
_WHOLE: Final = re.compile(r"([0-9]{1,2})(\.0+)?")


@dataclass(frozen=True, slots=True)
class FileLine:
    """One line of a file: its row (in JSON its place, from 1), and the answer, or why there is none."""

    row: int
    answer: AnswerMessage | None
    claim: str = ""
    fault: str = ""


@dataclass(frozen=True, slots=True)
class AnswerSheet:
    """What a file holds. `key_id` is whose it says it is; a workbook says nothing of that."""

    lines: tuple[FileLine, ...]
    key_id: str = ""


def read_file(data: bytes) -> AnswerSheet:
    """Raises a `SheetProblem` or `NotUnderstood` that says why nothing of it can be read."""
    if len(data) > MAX_BYTES:
        raise SheetTooLarge(_("超过%(most)dMB") % {"most": MAX_BYTES >> 20})
    if data.startswith(WORKBOOK):
        table = read_table(data, COLUMNS, max_rows=MAX_ROWS)
        return AnswerSheet(tuple(_of_sheet(row) for row in table.rows))
    try:
        body = json.loads(data)
    except (ValueError, RecursionError) as problem:
        raise NotASpreadsheet(_("文本或其他文件，也不是JSON")) from problem
    answers = answers_in(body)
    key_id = body.get("key")
    lines = tuple(_of_json(number, said) for number, said in enumerate(answers, 1))
    return AnswerSheet(lines, key_id if isinstance(key_id, str) else "")


def _of_json(number: int, said: Any) -> FileLine:
    claim = said.get("claim") if isinstance(said, Mapping) else ""
    claim = claim if isinstance(claim, str) and len(claim) <= 32 else ""
    try:
        return FileLine(number, read_answer(said), claim)
    except NotUnderstood as problem:
        return FileLine(number, None, claim, str(problem))


def _of_sheet(row: Row) -> FileLine:
    claim = values.word(_said(row.cells["claim"])).upper()[:32]
    try:
        return FileLine(row.number, _answer(claim, row.cells).named(), claim)
    except (NotUnderstood, values.CellProblem) as problem:
        return FileLine(row.number, None, claim, str(problem))


def _answer(claim: str, cells: Mapping[str, Cell]) -> AnswerMessage:
    kind = KINDS_BY_WORD.get(values.word(_said(cells["kind"])), "")
    if not kind:
        raise NotUnderstood("kind", _("看不懂回复类别，请写“同意赔付”“拒赔”“要求补充”或“已付款”"))
    codes, others = _reasons(_said(cells["reasons"]))
    words = "；".join([*others, _said(cells["words"])]).strip("；")
    return checked(
        AnswerMessage(
            id=_short(_said(cells["id"]), 48, "id"),
            claim=claim,
            round=_round(_said(cells["round"])),
            kind=kind,
            on=values.date(cells["on"]),
            amount=_amount(cells["amount"]) if kind in (AGREED, PAID) else None,
            calculation=_short(_said(cells["calculation"]), LONGEST_WORDS, "calculation"),
            reasons=tuple(codes) if kind in (REFUSED, SUPPLEMENT) else (),
            papers=tuple(_parts(_said(cells["papers"]))) if kind == SUPPLEMENT else (),
            reference=_short(_said(cells["reference"]), LONGEST_REFERENCE, "reference"),
            words=_short(words, LONGEST_WORDS, "words"),
        )
    )


def _round(text: str) -> int:
    found = _WHOLE.fullmatch(text)
    if not found or not 1 <= int(found[1]) <= LARGEST_ROUND:
        raise NotUnderstood("round", _("提交次数请照我们送去的表填"))
    return int(found[1])


def _amount(cell: Cell) -> Decimal | None:
    if values.is_blank(cell):
        return None
    amount = read_amount(cell)
    if amount is None or amount <= 0 or amount != amount.quantize(Decimal("0.01")):
        raise NotUnderstood("amount", _("金额看不懂，请写元，大于零，最多两位小数"))
    return amount.quantize(Decimal("0.01"))


def _reasons(text: str) -> tuple[list[str], list[str]]:
    """Reasons by their code or sentence; and what is neither, which is said in words."""
    known = registry.programme(PROGRAMME).reasons
    by_word = {values.word(reason.sentence): code for code, reason in known.items()} | {code: code for code in known}
    codes: list[str] = []
    others: list[str] = []
    for part in _parts(text):
        code = by_word.get(values.word(part))
        (codes if code else others).append(code or part)
    return codes, others


def _parts(text: str) -> Iterator[str]:
    return (part.strip() for part in _APART.split(text) if part.strip())


def _short(text: str, longest: int, field: str) -> str:
    if len(text) > longest:
        raise NotUnderstood(field, _("文字最多%(most)d字") % {"most": longest})
    return text


def _said(cell: Cell) -> str:
    return values.text(values.shown(cell))
