import time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import OperationalError

from casework.management.broken_database import broken_database
from casework.management.whole_file import PRIVATE, cannot_read, cannot_write, check_place, packed_or_plain, whole_file
from casework.models import ReplayedLog
from casework.read_only import read_only
from workflows.archived.titles import UNNAMED
from workflows.eventlog.exported import record_export
from workflows.eventlog.log import NotWritable
from workflows.eventlog.xes import write_xes
from workflows.refusals import Refusal
from workflows.replay.bringing_in import Asked, BroughtIn, bring_in
from workflows.replay.comparing import compare
from workflows.replay.handing_back import header, traces
from workflows.replay.problems import ReplayProblem
from workflows.replay.survey import Survey

ENDINGS = (".xes", ".xes.gz")
MOST_KEYS_NAMED = 12
SAY_EVERY = 5.0
"""Seconds between two lines of progress."""


class Command(BaseCommand):
    help = (
        "把别的系统的办理历史（XES日志）补录进来，只供查阅，永远不能付款。"
        "同一份日志只补录一次；中途断了，再运行一次就接着补。"
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="日志：.xes 或 .xes.gz")
        parser.add_argument("--division", default="", help="归到哪个县（6位代码）；不写就是第一个设了机构的县")
        parser.add_argument(
            "--zone", default=settings.TIME_ZONE, help="日志里没写时区的时间算哪个时区（默认 %(default)s）"
        )
        parser.add_argument("--lifecycle", default="", help="只要这一种事件，如 complete；不写就是全部")
        parser.add_argument("--export", type=Path, default=None, help="补录后再写成日志：.xes 或 .xes.gz")
        parser.add_argument("--force", action="store_true", help="要写的文件已经有了也照写")
        parser.add_argument("--check", action="store_true", help="把数据库里的与日志逐条核对，不一致就以 1 退出")

    def handle(self, *args: Any, **options: Any) -> None:
        path, out = options["file"], options["export"]
        if out is not None:
            _check_ending(out)
            check_place(out, force=options["force"])
            _check_not_the_same(path, out)
        asked = Asked(_zone(options["zone"]), options["division"], options["lifecycle"])
        self._said_at = started = time.monotonic()
        try:
            found = bring_in(path, asked, told=self._progress)
        except (ReplayProblem, Refusal) as problem:
            raise CommandError(str(problem)) from problem
        except OSError as problem:
            raise cannot_read(path, problem) from problem
        except OperationalError as problem:
            raise broken_database(problem, so="已补录的不变，排除后再运行一次就接着补。") from problem
        self._report(found, time.monotonic() - started)
        if options["check"]:
            self._check(path, found.log)
        if out is not None:
            self._export(out, found.log)

    def _progress(self, done: int, of: int) -> None:
        if time.monotonic() - self._said_at >= SAY_EVERY:
            self._said_at = time.monotonic()
            self.stdout.write(f"  已补录 {done}/{of} 件……")

    # -- what was brought in --------------------------------------------------------------------------------------

    def _report(self, found: BroughtIn, seconds: float) -> None:
        log, survey = found.log, found.survey
        for line in (*_held(survey), *_left_out(survey, log)):
            self.stdout.write(line)
        if found.proof is not None:
            words = f"{found.proof.steps} 个环节、{found.proof.outcomes} 种结果"
            self.stdout.write(f"流程已证明：{words}，都走得到、都到得了归档；没有一条路通向付款。")
        if found.repeated:
            self.stdout.write("这份日志以前补录过，没有任何变化。")
            return
        if found.begun_at > 1:
            self.stdout.write(f"前 {found.begun_at - 1} 件上一次已经补录，这一次从第 {found.begun_at} 件接着来。")
        cases = log.cases_done - found.begun_at + 1
        rate = f"，每秒 {survey.events / seconds:.0f} 条" if found.begun_at == 1 else ""
        place = f"{log.division.name}，项目代码 {log.slug}"
        self.stdout.write(f"补录完成：{cases} 件，归在{place}。用时 {seconds:.1f} 秒{rate}。")

    def _check(self, path: Path, log: ReplayedLog) -> None:
        try:
            found = compare(path, log)
        except ReplayProblem as problem:
            raise CommandError(str(problem)) from problem
        if found.difference:
            raise CommandError(f"核对不一致：{found.difference}")
        self.stdout.write(
            f"核对一致：{found.kept.cases} 件、{found.kept.events} 条，每件的先后顺序和时间相同，"
            f"{len(found.kept.graph())} 种先后关系及次数相同。"
        )

    def _export(self, out: Path, log: ReplayedLog) -> None:
        try:
            with whole_file(out, mode=PRIVATE) as part:
                with packed_or_plain(part, packed=_is_packed(out)) as file, read_only():
                    held = write_xes(file, header(log), traces(log))
                counted = {"cases": held.traces, "events": held.events}
                record_export(part, command="replay_log", form="xes", programme=log.slug, since="", **counted)
        except OSError as problem:
            raise cannot_write(out, problem) from problem
        except NotWritable as problem:
            raise CommandError(f"没有写成：{problem}。") from problem
        self.stdout.write(f"已写到 {out}：案件{held.traces}件，事件{held.events}条。")


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as problem:
        raise CommandError(f"没有“{name}”这个时区。请写成 Asia/Shanghai、Europe/Amsterdam 的样子。") from problem


def _check_ending(out: Path) -> None:
    if not any(out.name.lower().endswith(ending) and out.name != ending for ending in ENDINGS):
        raise CommandError(f"要写的文件名应以 {' 或 '.join(ENDINGS)} 结尾，“{out.name}”不是。")


def _check_not_the_same(path: Path, out: Path) -> None:
    """What is written has less in it than what was read, and would take the place of the only copy."""
    if path.exists() and out.exists() and path.samefile(out):
        raise CommandError(f"要写的 {out} 就是要读的那份日志，写了就盖掉原件。请换一个文件名。")


def _is_packed(out: Path) -> bool:
    return out.name.lower().endswith(".gz")


def _held(survey: Survey) -> list[str]:
    """What the file holds."""
    shape = survey.shape
    lines = [
        f"{survey.name}：{survey.cases} 件案件、{survey.events} 条事件、{len(shape.activities)} 种环节、"
        f"{len(shape.follows)} 种先后关系。"
    ]
    if survey.earliest and survey.latest:
        lines.append(f"时间：{survey.earliest:%Y-%m-%d} 至 {survey.latest:%Y-%m-%d}（世界时）。")
    if len(shape.lifecycles) > 1:
        lines.append(f"事件分 {len(shape.lifecycles)} 种生命周期，全部补录，各自注明；只要一种请用 --lifecycle。")
    if shape.empty:
        lines.append(f"其中 {shape.empty} 件没有任何事件，照样各成一件。")
    return lines


def _left_out(survey: Survey, log: ReplayedLog) -> list[str]:
    """What was not taken as it stands, and why."""
    told = (
        (survey.unnamed, "件没有案号，写出时以它在日志里的次序代替"),
        (survey.nameless, f"条没有环节名称（concept:name），都归在“{UNNAMED}”一环"),
        (survey.untimed, "条没有时间，按同案前一条的时间补录，仍注明没有"),
        (survey.unzoned, f"条的时间没写时区，按 {log.zone} 算"),
        (survey.other_lifecycles, f"条不是 {log.lifecycle}，没有补录"),
        (survey.outside_cases, "条不在任何案件里，没有补录"),
    )
    lines = [f"注意：{count} {words}。" for count, words in told if count]
    if survey.left_keys:
        named = "、".join(survey.left_keys[:MOST_KEYS_NAMED])
        more = "等" if len(survey.left_keys) > MOST_KEYS_NAMED else ""
        lines.append(f"没有带入 {len(survey.left_keys)} 种其他属性（可能含个人信息）：{named}{more}。")
    return lines
