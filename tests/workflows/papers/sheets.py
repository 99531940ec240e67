"""Spreadsheets as counties send them, made in memory."""

from __future__ import annotations

import datetime
import io
from collections.abc import Mapping, Sequence
from typing import Any

import xlsxwriter

from casework.crypto import key_ring
from casework.models import Person

HEADINGS = (
    "序号",
    "姓名",
    "公民身份号码",
    "住院医院",
    "入院日期",
    "出院日期",
    "失能等级",
    "护理人",
    "社会保障卡号",
    "户名",
)
KEYS = ("", "name", "identity", "hospital", "admitted", "discharged", "level", "caregiver", "card", "holder")


def workbook(rows: Sequence[Sequence[Any]]) -> bytes:
    """The same bytes for the same rows, whatever the clock says."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        book.set_properties({"created": datetime.datetime(2026, 11, 2, tzinfo=datetime.UTC)})
        sheet = book.add_worksheet()
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    return buffer.getvalue()


def line(person: Person, **changes: Any) -> dict[str, Any]:
    """A line of an application for a person, right in everything, with some cells said otherwise."""
    number, card = person.identity_number, person.accounts.get().account_number
    facts = {
        "name": person.name,
        "identity": key_ring().open_text(number),
        "hospital": "县人民医院",
        "admitted": "2026-08-05",
        "discharged": "2026-08-15",
        "level": "重度",
        "caregiver": "护工",
        "card": key_ring().open_text(card),
        "holder": person.name,
    }
    return {**facts, **changes}


def applications(lines: Sequence[Mapping[str, Any]], *, title: str = "住院护理补贴申报表") -> bytes:
    """A sheet with a title, headings in row 2, the lines from row 3, and a total."""
    body = [[number, *(line[key] for key in KEYS[1:])] for number, line in enumerate(lines, start=1)]
    return workbook([[title], HEADINGS, *body, ["合计", f"{len(lines)}人"]])
