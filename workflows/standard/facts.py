"""What an application says: its columns, how each cell is read and kept, and how it is shown.

A fact is kept as JSON: a date as `2026-07-01`, money as `"1234.50"`, a number as a whole number, a choice as its code.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from casework.sheets import values
from casework.sheets.columns import Column
from casework.sheets.values import Cell
from casework.sheets.vocabulary import APPLICATION_COLUMNS
from workflows.categories import CATEGORIES
from workflows.programme import FactField
from workflows.standard.units import credit_code
from workflows.terms import Terms, TermsBook

HOUSE = {column.name: column for column in APPLICATION_COLUMNS}
CENT = Decimal("0.01")
DEAREST = Decimal(1_000_000_000)

UNIT_COLUMNS = (
    Column("unit_name", "单位名称", required=True, kind="name", says=("申请单位 项目单位 单位 企业名称 合作社名称",)),
    Column("credit_code", "统一社会信用代码", required=True, says=("信用代码 社会信用代码 营业执照号",)),
)
HEIR_COLUMNS = (
    Column("deceased_name", "逝者姓名", required=True, kind="name", says=("亡故人员姓名 死亡人员姓名 逝者",)),
    Column(
        "deceased_identity",
        "逝者身份证号",
        required=True,
        kind="identity",
        says=("逝者公民身份号码 亡故人员身份证号 死亡人员身份证号 逝者身份号码",),
    ),
    Column("relation", "与逝者关系", required=True, says=("关系 与死者关系 亲属关系",)),
)
PROOF_COLUMN = "proof"


def columns_of(book: TermsBook, *, unit: bool, pays: bool) -> tuple[Column, ...]:
    """Every column a sheet may have: the house's own, then what any version asks for, as the newest words it."""
    newest = book.versions[-1].body
    names = ["sequence", "name*", "identity_number*"]
    names += ["account_number*", "account_holder*", "bank"] if pays else []
    names += ["phone", "township", "village" if "categories" in newest["who"] else "village*", "remark"]
    shared = tuple(_house(name) for name in names)
    extra: tuple[Column, ...] = UNIT_COLUMNS if unit else ()
    extra += HEIR_COLUMNS if newest["who"].get("heir") else ()
    if proof := newest["who"].get("proof"):
        extra += (Column(PROOF_COLUMN, proof, required=True, says=(f"{proof}编号 证明材料",)),)
    return (*shared[:3], *extra, *facts_columns(book), *shared[3:])


def _house(name: str) -> Column:
    found = HOUSE[name.removesuffix("*")]
    return Column(
        found.name,
        found.label,
        required=name.endswith("*"),
        kind=found.kind,
        says=found.says,
        hints=found.hints,
        never=found.never,
        never_of=found.never_of,
    )


def facts_columns(book: TermsBook) -> tuple[Column, ...]:
    """One for each fact of any version; a sheet must have it when every version requires it."""
    every = [{fact["name"]: fact for fact in terms.body.get("facts", ())} for terms in book.versions]
    found = {name: fact for facts in every for name, fact in facts.items()}
    return tuple(
        Column(
            name,
            fact["label"],
            required=all(name in facts and facts[name].get("required", True) for facts in every),
            kind="date" if fact["kind"] == "date" else "text",
            says=(" ".join(fact["headings"]),) if fact.get("headings") else (),
        )
        for name, fact in found.items()
    )


def fact_fields(book: TermsBook, *, unit: bool) -> tuple[FactField, ...]:
    """The facts as forms ask for them and pages show them."""
    newest = book.versions[-1].body
    found: list[FactField] = []
    if unit:
        found += [FactField("unit_name", "单位名称"), FactField("credit_code", "统一社会信用代码")]
    if newest["who"].get("heir"):
        found += [FactField("deceased_name", "逝者姓名"), FactField("relation", "与逝者关系")]
    if proof := newest["who"].get("proof"):
        found.append(FactField(PROOF_COLUMN, proof))
    facts = {fact["name"]: fact for terms in book.versions for fact in terms.body.get("facts", ())}
    found += [FactField(name, fact["label"], fact["kind"], fact.get("choices", {})) for name, fact in facts.items()]
    found += [FactField("category", "家庭类别", "choice", CATEGORIES), FactField("certificate_number", "证件号")]
    return (*found, FactField("remark", "备注"))


# -- reading ---------------------------------------------------------------------------------------------------------


def money(cell: Cell) -> str:
    """Yuan to the cent, as text; "" for a blank cell. Raises `CellProblem`."""
    written = re.sub(r"[¥￥,，元\s]", "", values.text(cell))
    if written in values.BLANK_MARKS:
        return ""
    try:
        amount = Decimal(written)
    except InvalidOperation:
        raise values.CellProblem(cell, f"“{values.shown(cell)}”不是金额，请写成 1234.50 的样子") from None
    if not 0 <= amount < DEAREST or amount != amount.quantize(CENT):
        raise values.CellProblem(cell, f"“{values.shown(cell)}”不是到分的金额，请核对")
    return f"{amount:.2f}"


def number(most: int) -> Callable[[Cell], int | str]:
    """A whole number not above `most`; "" for a blank cell. Raises `CellProblem`."""

    def read(cell: Cell) -> int | str:
        written = values.word(cell)
        if written in values.BLANK_MARKS:
            return ""
        if not written.isascii() or not written.isdigit() or int(written) > most:
            raise values.CellProblem(cell, f"“{values.shown(cell)}”不是0到{most}之间的整数，请核对")
        return int(written)

    return read


def choice(choices: Mapping[str, str]) -> Callable[[Cell], str]:
    """The code of a choice, by its word (or the code itself); "" for a blank cell. Raises `CellProblem`."""
    codes = {values.word(word): code for code, word in choices.items()} | {code: code for code in choices}

    def read(cell: Cell) -> str:
        written = values.word(cell)
        if written in values.BLANK_MARKS and written not in codes:
            return ""
        if written not in codes:
            raise values.CellProblem(cell, f"“{values.shown(cell)}”不认识，请填{'、'.join(choices.values())}")
        return codes[written]

    return read


def day(cell: Cell) -> str:
    found = values.date(cell)
    return found.isoformat() if found else ""


def readers_of(book: TermsBook, columns: tuple[Column, ...]) -> dict[str, Callable[[Cell], Any]]:
    """How each column's cell becomes what is kept."""
    facts = {fact["name"]: fact for terms in book.versions for fact in terms.body.get("facts", ())}
    found: dict[str, Callable[[Cell], Any]] = {}
    for column in columns:
        if column.name in facts:
            found[column.name] = _reader(facts[column.name])
        elif column.name == "credit_code":
            found[column.name] = credit_code
        elif column.name == "phone":
            found[column.name] = values.text
        else:
            found[column.name] = values.READERS[column.kind]
    return found


def _reader(fact: Mapping[str, Any]) -> Callable[[Cell], Any]:
    if fact["kind"] == "choice":
        return choice(fact["choices"])
    if fact["kind"] == "number":
        return number(fact.get("most", 1_000_000))
    return {"text": values.text, "money": money, "date": day}[fact["kind"]]


# -- what the rules ask ------------------------------------------------------------------------------------------------


def day_of(named: str, facts: Mapping[str, Any], applied_on: datetime.date) -> datetime.date | None:
    """The day a term names: the day of application, or a fact's; None where the application does not say."""
    if named == "applied_on":
        return applied_on
    written = facts.get(named)
    return datetime.date.fromisoformat(written) if written else None


def governing(book: TermsBook, facts: Mapping[str, Any], applied_on: datetime.date) -> Terms | None:
    """The version that governs an application, by the day the newest version says decides."""
    day = day_of(book.versions[-1].body.get("governs", "applied_on"), facts, applied_on)
    return book.in_force(day) if day else None
