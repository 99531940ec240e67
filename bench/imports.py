"""Importing 10,000 applications, against reading the sheet and bulk-creating bare rows."""

from __future__ import annotations

import tracemalloc

from django.db import transaction

from bench.county import APPLIED, HEADINGS, PROGRAMME, County, workbook
from bench.measure import Result, in_turns
from bench.models import BareRow
from casework.sheets.reading import read_table
from casework.sheets.values import shown
from casework.sheets.vocabulary import APPLICATION_COLUMNS
from workflows.papers.applications import import_applications

LINES = 10_000


def run(engine: str, county: County) -> list[Result]:
    """Both in a transaction that is taken back, so that each round finds the same database."""
    county.people(LINES)
    sheet = workbook(LINES)

    def bare() -> None:
        with transaction.atomic():
            names = [f"c{n}" for n in range(len(HEADINGS))]
            rows = [
                BareRow(**dict(zip(names, map(shown, row.raw), strict=False)))
                for row in read_table(sheet, APPLICATION_COLUMNS).rows
            ]
            BareRow._default_manager.bulk_create(rows, batch_size=500)
            transaction.set_rollback(True)

    def ours() -> None:
        report = import_applications(
            PROGRAMME, sheet, county=county.code, applied_on=APPLIED, by=county.clerk, dry_run=True
        )
        assert report.accepted == LINES, report.rows[0]

    base, mine = in_turns([bare, ours], rounds=5)
    memory = [_peak(ours), _peak(bare)]
    return [
        Result("导入1万件", engine, mine / base, 10.0, None, mine * 1000, base * 1000),
        Result("导入1万件 内存峰值", engine, memory[0] / memory[1], None, None, memory[0], memory[1], "MB"),
    ]


def _peak(function: object) -> float:
    """The highest memory Python held during a call, in MB."""
    tracemalloc.start()
    function()  # type: ignore[operator]  # a callable
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return peak / 1e6
