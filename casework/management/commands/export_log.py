import datetime
import re
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from casework.management.programme_named import programme_named
from casework.management.whole_file import PRIVATE, cannot_write, check_place, packed_or_plain, whole_file
from casework.read_only import read_only
from workflows.eventlog import case_log, declared, object_log
from workflows.eventlog.case_files import Scope
from workflows.eventlog.exported import record_export
from workflows.eventlog.log import NotWritable
from workflows.eventlog.ocel_json import write_ocel_json
from workflows.eventlog.ocel_sqlite import write_ocel_sqlite
from workflows.eventlog.xes import write_xes

EARLIEST = 1900


@dataclass(frozen=True, slots=True)
class Held:
    """What a file holds."""

    cases: int
    events: int
    objects: int | None = None

    def __str__(self) -> str:
        objects = "" if self.objects is None else f"对象{self.objects}个，"
        return f"案件{self.cases}件，{objects}事件{self.events}条"


Write = Callable[[Path, Scope], Held]


class Command(BaseCommand):
    help = "把案件的办理历史写成过程挖掘用的日志（XES 或 OCEL 2.0）。人员只用代号，不含姓名、号码和意见。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("out", type=Path, help="写到哪个文件：.xes 或 .xes.gz；ocel2 用 .json 或 .sqlite")
        parser.add_argument("--format", default="", help="xes 或 ocel2")
        parser.add_argument("--programme", help="只要一个项目的案件，写项目代码，如 nursing_subsidy")
        parser.add_argument("--since", help="只要从这一天（含）起有过动静的案件，如 2026-11-02")
        parser.add_argument("--force", action="store_true", help="文件已经有了也照写，换掉原来的")

    def handle(self, *args: Any, **options: Any) -> None:
        out, write = options["out"], _writer(options["format"], options["out"])
        programme = (
            "" if options["programme"] is None else programme_named(options["programme"], or_brought_in=True).slug
        )
        scope = Scope(programme, _day(options["since"]))
        try:
            check_place(out, force=options["force"])
            with whole_file(out, mode=PRIVATE) as part:
                with read_only():
                    held = write(part, scope)
                digest = record_export(
                    part,
                    command="export_log",
                    form=options["format"],
                    programme=scope.programme,
                    since=options["since"] or "",
                    cases=held.cases,
                    events=held.events,
                )
        except OSError as problem:
            raise cannot_write(out, problem) from problem
        except sqlite3.Error as problem:
            raise CommandError(f"写不了 {out}：{problem}。请检查磁盘是否已满。") from problem
        except NotWritable as problem:
            raise CommandError(f"没有写成：{problem}。") from problem
        self.stdout.write(f"已写到 {out}：{held}。已记入轨迹，文件摘要 {digest}。")


def _writer(form: str, out: Path) -> Write:
    """By format and ending; both must agree, for the ending is what other software goes by."""
    endings = FORMS.get(form)
    if endings is None:
        raise CommandError(f"请用 --format 写明格式：{'或'.join(FORMS)}。" + (f"没有“{form}”这种。" if form else ""))
    name = out.name.lower()
    for ending, write in endings.items():
        if name.endswith(ending) and name != ending:
            return write
    raise CommandError(f"{form} 的文件名要以 {' 或 '.join(endings)} 结尾，“{out.name}”不是。")


def _day(text: str | None) -> datetime.date | None:
    if text is None:
        return None
    try:
        day = datetime.date.fromisoformat(text) if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text, re.ASCII) else None
    except ValueError:
        day = None
    if day is None or day.year < EARLIEST:
        raise CommandError(f"看不懂日期“{text}”。请写成 年-月-日，如 2026-11-02。")
    return day


# -- the formats ------------------------------------------------------------------------------------------------------


def _xes(part: Path, scope: Scope, *, packed: bool = False) -> Held:
    with packed_or_plain(part, packed=packed) as file:
        held = write_xes(file, case_log.header(scope), case_log.traces(scope))
    return Held(held.traces, held.events)


def _xes_packed(part: Path, scope: Scope) -> Held:
    return _xes(part, scope, packed=True)


def _ocel(write: Callable[..., Any], part: Path, scope: Scope) -> Held:
    held = write(part, object_log.records(scope), declared.OBJECTS)
    return Held(held.objects[declared.CASE], held.events, held.objects.total())


def _ocel_json(part: Path, scope: Scope) -> Held:
    return _ocel(write_ocel_json, part, scope)


def _ocel_sqlite(part: Path, scope: Scope) -> Held:
    return _ocel(write_ocel_sqlite, part, scope)


FORMS: dict[str, dict[str, Write]] = {
    "xes": {".xes": _xes, ".xes.gz": _xes_packed},
    "ocel2": {".json": _ocel_json, ".sqlite": _ocel_sqlite},
}
