import re
from argparse import ArgumentTypeError
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.timezone import localdate

from casework.management.programme_named import programme_named
from casework.management.replay_lists import LISTS, JsonReport, Take, json_report
from casework.management.replay_report import Report
from casework.models import Division, Level
from casework.read_only import read_only
from casework.sheets.writing import SheetFull
from workflows.programme import Programme
from workflows.replay_rules import Change, ReplayProblem, lines_sent_back, replay_rules
from workflows.terms import TermsBook, TermsProblem

EARLIEST = 2000


def _year(text: str) -> int:
    if not re.fullmatch(r"[0-9]{4}", text) or int(text) < EARLIEST:
        raise ArgumentTypeError(f"“{text}”不是年份，请写四位数字，如 2026")
    if int(text) > localdate().year:
        raise ArgumentTypeError(f"{text}年还没有到，没有作出决定的案件")
    return int(text)


class Command(BaseCommand):
    help = "用另一份方案把一年里已作决定的案件重算一遍，看谁的结果、多少钱会不同。只看不改，什么也不保存。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("programme", help="项目代码，如 nursing_subsidy")
        parser.add_argument("--terms", required=True, type=Path, help="要试算的方案，写法与该项目的 terms.yaml 相同")
        parser.add_argument("--year", required=True, type=_year, help="哪一年作的决定，如 2026")
        parser.add_argument("--list", type=Path, default=None, help="把有变化的案件全部写到这个 .csv 或 .xlsx 文件")
        parser.add_argument("--json", type=Path, default=None, help="把结果写到这个 JSON 文件，供程序读取")

    def handle(self, *args: Any, **options: Any) -> None:
        programme = programme_named(options["programme"])
        check_outputs(options)
        book = book_to_try(programme, options["terms"])
        try:
            # The files first: a folder that cannot be written is told before the work, not after it.
            with ExitStack() as files, read_only():
                report = Report(programme, book, options["year"], county_names())
                takers, document = open_outputs(files, report, options)
                fill(report, takers, document)
        except (ReplayProblem, SheetFull) as problem:
            raise CommandError(str(problem)) from problem
        except OSError as problem:
            outputs = "、".join(str(options[name]) for name in ("list", "json") if options[name] is not None)
            raise CommandError(f"写不了 {outputs}：{problem.strerror}。请检查文件夹是否存在、是否有权写。") from problem
        for line in report.lines():
            self.stdout.write(line)
        for name, what in (("list", "有变化的案件清单"), ("json", "全部结果")):
            if options[name] is not None:
                self.stdout.write(f"{what}已写到 {options[name]}")


def check_outputs(options: dict[str, Any]) -> None:
    """Raise `CommandError` for files that cannot be meant."""
    listed, terms = options["list"], options["terms"]
    if listed is not None and listed.suffix.lower() not in LISTS:
        raise CommandError(f"--list 的文件名要以 {' 或 '.join(LISTS)} 结尾，现在是“{listed.name}”。")
    named = [path.resolve() for path in (terms, listed, options["json"]) if path is not None]
    if len(set(named)) != len(named):
        raise CommandError("--terms、--list、--json 不能是同一个文件，否则会被覆盖。")


def book_to_try(programme: Programme, path: Path) -> TermsBook:
    """The terms to be tried, read and checked as the programme's own; raises `CommandError` saying what is wrong."""
    if programme.rejudging is None:
        raise CommandError(f"“{programme.title}”还没有写明怎样按另一份方案重新核定，不能试算。")
    try:
        return programme.rejudging.read_terms(path)
    except TermsProblem as problem:
        raise CommandError(f"{problem}。改好后再试算。") from problem


def county_names() -> dict[str, str]:
    return dict(Division.objects.filter(level=Level.COUNTY).values_list("code", "name"))


def open_outputs(files: ExitStack, report: Report, options: dict[str, Any]) -> tuple[list[Take], JsonReport | None]:
    """What takes the cases that differ, each into its file."""
    takers: list[Take] = []
    document = None
    if (listed := options["list"]) is not None:
        takers.append(files.enter_context(LISTS[listed.suffix.lower()](listed, report.counties)))
    if options["json"] is not None:
        document = files.enter_context(json_report(options["json"], report.counties, report.head()))
        takers.append(document.take)
    return takers, document


def fill(report: Report, takers: list[Take], document: JsonReport | None) -> None:
    """Replay, and hand each case on as it comes."""
    for replayed in replay_rules(report.programme, report.book, report.year):
        report.take(replayed)
        if replayed.change != Change.SAME:
            for take in takers:
                take(replayed)
    report.sent_back = lines_sent_back(report.programme, report.year)
    if document is not None:
        document.end(report.tail())
