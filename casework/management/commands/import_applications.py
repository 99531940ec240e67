import datetime
from argparse import ArgumentTypeError
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from casework.management.sheet_command import SheetCommand
from casework.models import Staff
from workflows import registry
from workflows.line_codes import Own
from workflows.papers.applications import import_applications
from workflows.papers.report import Report


def _day(text: str) -> datetime.date:
    try:
        return datetime.date.fromisoformat(text)
    except ValueError as problem:
        raise ArgumentTypeError(f"“{text}”不是日期，请按 2026-11-02 的样子写") from problem


class Command(SheetCommand):
    help = "导入一沓申报表（.xlsx）：每一行或成为案件，或退回并写明原因。同一份文件再导一次不会有任何变化。"
    county_required = True

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("programme", help="项目，如 nursing_subsidy")
        super().add_arguments(parser)
        parser.add_argument("--applied-on", required=True, type=_day, help="申报日期，如 2026-11-02")

    def check_options(self, options: dict[str, Any]) -> None:
        if options["programme"] not in registry.on_paper():
            known = "、".join(registry.on_paper())
            raise CommandError(f"没有“{options['programme']}”这个项目；现有：{known}")

    def codes(self, options: dict[str, Any]) -> Own:
        return registry.codes_of(options["programme"])

    def bring_in(self, source: bytes, path: Path, county: str, by: Staff, options: dict[str, Any]) -> Report:
        return import_applications(
            options["programme"],
            source,
            county=county,
            applied_on=options["applied_on"],
            by=by,
            file_name=path.name,
            dry_run=options["dry_run"],
        )
