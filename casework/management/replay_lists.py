"""The cases a replay would have changed, written to files one after the other, however many there are."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

from casework.management.whole_file import PRIVATE, whole_file
from casework.sheets.writing import growing_workbook
from workflows.replay_rules import Change, Replayed, Result, Sums

HEADINGS = (
    "案号",
    "县",
    "原结果",
    "原金额（元）",
    "试算结果",
    "试算金额（元）",
    "差额（元）",
    "变化",
    "适用的新版本",
    "说明",
)
CHANGES = {
    Change.SAME: "不变",
    Change.GRANTED: "改为批准",
    Change.REFUSED: "改为不予批准",
    Change.HIGHER: "金额增加",
    Change.LOWER: "金额减少",
}
FORMULA = ("=", "+", "-", "@", "\t", "\r")
Take = Callable[[Replayed], None]


def outcome(result: Result) -> str:
    return "批准" if result.granted else "不予批准"


@contextmanager
def csv_list(path: Path, counties: Mapping[str, str]) -> Iterator[Take]:
    """A .csv that spreadsheet programs open as Chinese."""
    with whole_file(path, mode=PRIVATE) as part, part.open("w", encoding="utf-8-sig", newline="") as text:
        rows = csv.writer(text)
        rows.writerow(HEADINGS)
        yield lambda replayed: rows.writerow(_texts(replayed, counties))


@contextmanager
def xlsx_list(path: Path, counties: Mapping[str, str]) -> Iterator[Take]:
    """An .xlsx, every cell text. Raises `SheetFull` when there are more cases than one holds."""
    with (
        whole_file(path, mode=PRIVATE) as part,
        part.open("w+b") as file,
        growing_workbook(file, HEADINGS, sheet_name="试算") as write,
    ):
        yield lambda replayed: write(_cells(replayed, counties))


LISTS = {".csv": csv_list, ".xlsx": xlsx_list}
"""By the ending of the file's name."""


class JsonReport:
    """A .json: what was replayed, each case that would differ, and at the end the sums."""

    def __init__(self, text: io.TextIOBase, counties: Mapping[str, str], head: Mapping[str, Any]) -> None:
        self._text = text
        self._counties = counties
        self._first = True
        text.write(_json(head)[:-1] + ', "changed": [')

    def take(self, replayed: Replayed) -> None:
        self._text.write(("" if self._first else ",") + "\n" + _json(_case(replayed, self._counties)))
        self._first = False

    def end(self, tail: Mapping[str, Any]) -> None:
        self._text.write("\n], " + _json(tail)[1:] + "\n")


@contextmanager
def json_report(path: Path, counties: Mapping[str, str], head: Mapping[str, Any]) -> Iterator[JsonReport]:
    """`end` is to be called last."""
    with whole_file(path, mode=PRIVATE) as part, part.open("w", encoding="utf-8") as text:
        yield JsonReport(text, counties, head)


def sums_as_json(sums: Sums) -> dict[str, Any]:
    return {
        "cases": sums.cases,
        "changed": sums.changed,
        **{str(change): sums.changes[change] for change in Change},
        "was": f"{sums.was:.2f}",
        "now": f"{sums.now:.2f}",
        "difference": f"{sums.difference:.2f}",
    }


def _cells(replayed: Replayed, counties: Mapping[str, str]) -> tuple[str | Decimal, ...]:
    return (
        replayed.number,
        counties.get(replayed.county, replayed.county),
        outcome(replayed.was),
        replayed.was.amount,
        outcome(replayed.now),
        replayed.now.amount,
        replayed.difference,
        CHANGES[replayed.change],
        replayed.terms,
        "；".join(replayed.why),
    )


def _texts(replayed: Replayed, counties: Mapping[str, str]) -> list[str]:
    """For a text file, which knows no text cells: what would be a formula to a spreadsheet program is made words."""
    cells = _cells(replayed, counties)
    return [f"{cell:.2f}" if isinstance(cell, Decimal) else _words(cell) for cell in cells]


def _words(cell: str) -> str:
    return f"'{cell}" if cell.startswith(FORMULA) else cell


def _case(replayed: Replayed, counties: Mapping[str, str]) -> dict[str, Any]:
    return {
        "case": replayed.number,
        "county": replayed.county,
        "county_name": counties.get(replayed.county, replayed.county),
        "change": replayed.change,
        "was": {"granted": replayed.was.granted, "amount": f"{replayed.was.amount:.2f}"},
        "now": {"granted": replayed.now.granted, "amount": f"{replayed.now.amount:.2f}"},
        "difference": f"{replayed.difference:.2f}",
        "terms": replayed.terms,
        "why": list(replayed.why),
    }


def _json(body: Mapping[str, Any]) -> str:
    return json.dumps(body, ensure_ascii=False)
