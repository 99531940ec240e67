"""What the two import commands share: reading the file, naming who does it, printing and writing the report."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections import Counter
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from casework.evidence.storage import StorageFailed
from casework.models import Division, Level, Staff
from casework.sheets.problems import SheetProblem
from workflows.line_codes import NONE, Own
from workflows.papers.codes import line_code
from workflows.papers.report import Report
from workflows.papers.sheets import intake_clerk_of
from workflows.refusals import Refusal


class SheetCommand(BaseCommand, ABC):
    """A command that brings a spreadsheet in as a county's intake clerk."""

    county_required = False

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="电子表格")
        parser.add_argument("--county", required=self.county_required, default="", help="县级区划代码，如 430922")
        parser.add_argument("--by", default="", help="经办人账号；不写就是该县在岗最久的受理员")
        parser.add_argument("--dry-run", action="store_true", help="只看结果，什么也不保存")
        parser.add_argument("--json", type=Path, default=None, help="把逐行报告写到这个文件")

    def handle(self, *args: Any, **options: Any) -> None:
        self.check_options(options)
        path: Path = options["file"]
        try:
            source = path.read_bytes()
        except OSError as problem:
            raise CommandError(f"读不了文件 {path}：{problem.strerror}") from problem
        try:
            county = self.county(source, options)
            check_county(county)
            report = self.bring_in(source, path, county, staff_named(options["by"], county), options)
        except (SheetProblem, Refusal, StorageFailed) as problem:
            raise CommandError(str(problem)) from problem
        if options["json"] is not None:
            write_json(options["json"], report)
        self.print_report(report, self.codes(options), dry_run=options["dry_run"])

    def check_options(self, options: dict[str, Any]) -> None:
        """Raise `CommandError` for arguments that make no sense."""

    def county(self, source: bytes, options: dict[str, Any]) -> str:
        return str(options["county"])

    @abstractmethod
    def bring_in(self, source: bytes, path: Path, county: str, by: Staff, options: dict[str, Any]) -> Report:
        """Import the sheet and say what became of it."""

    def codes(self, options: dict[str, Any]) -> Own:
        """What the sheet's programme says of codes itself."""
        return NONE

    def print_report(self, report: Report, own: Own, *, dry_run: bool) -> None:
        for note in report.notes:
            self.stdout.write(f"注意：{note}")
        if report.repeated:
            self.stdout.write("这份文件以前导入过，没有任何变化。以下是第一次的结果：")
        refused = [row for row in report.rows if row.outcome == "refused"]
        for row in refused:
            lines = [line_code(code, own) for code in row.reasons]
            said = "；".join(f"{line.sentence}（{line.remedy}）" for line in lines)
            self.stdout.write(f"第{row.row}行 退回：{said}")
        for code, count in Counter(code for row in refused for code in row.reasons).most_common():
            self.stdout.write(f"  {count:>5} 行  {code}  {line_code(code, own).sentence}")
        line = f"共{len(report.rows)}行，通过{report.accepted}行，退回{len(refused)}行"
        if any(row.amount is not None for row in report.rows):
            line += f"，金额合计{report.total:.2f}元"
        self.stdout.write(line + ("（试算，未保存）" if dry_run else ""))


def check_county(county: str) -> None:
    if not Division.objects.filter(pk=county, level=Level.COUNTY).exists():
        raise CommandError(f"没有代码为“{county}”的县。请写6位县级代码；如还没有载入区划，先运行 load_regions。")


def staff_named(username: str, county: str) -> Staff:
    """The member of staff of that account, or the county's intake clerk."""
    if not username:
        return intake_clerk_of(county)
    staff = Staff.objects.filter(username=username).first()
    if staff is None:
        raise CommandError(f"没有账号“{username}”。")
    return staff


def write_json(path: Path, report: Report) -> None:
    text = json.dumps(report.as_json(), ensure_ascii=False, indent=1)
    try:
        path.write_text(text + "\n", encoding="utf-8")
    except OSError as problem:
        raise CommandError(f"报告写不到 {path}：{problem.strerror}；导入本身已经完成。") from problem
