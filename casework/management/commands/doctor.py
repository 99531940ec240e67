import json
import sys
from collections.abc import Iterable
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.timezone import now

from casework.management.numbers import whole_number
from casework.models import Division, Level
from workflows.doctor import EXAMINATIONS, Examination, Finding, Scope, mended
from workflows.doctor.tally import Tally, by_kind
from workflows.jobs import HANDLERS

MOST = 20
"""Findings of a kind that are printed; how many there are is, always."""


class Command(BaseCommand):
    help = "给系统做体检：案件、待办、批次、签字、轨迹、文件、后台工作有没有对不上的，逐条说怎么办；有发现就以 1 退出。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--county", default="", help="只查一个县（6位代码）；不写就查全部，连同后台工作等公共部分")
        parser.add_argument("--files", action="store_true", help="打开每一份材料文件（不写就每天轮换抽查）")
        parser.add_argument("--repair", action="store_true", help="把可以放心修复的修好：轨迹、钱、签字从不改动")
        parser.add_argument("--json", action="store_true", help="写成 JSON，每个发现一行")
        parser.add_argument(
            "--most", type=whole_number, default=MOST, help=f"每种最多列出几条（默认{MOST}，总数照样写出）"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        scope = Scope(
            at=now(),
            job_kinds=frozenset(HANDLERS),
            place=county_code(options["county"]),
            every_file=options["files"],
        )
        chosen = [one for one in EXAMINATIONS if not (scope.place and one.of_installation)]
        say = self._say_as_json if options["json"] else self._say
        total = 0
        for examination in chosen:
            done = list(mended(examination, scope)) if options["repair"] else []
            found = by_kind(examination.find(scope), most=options["most"])
            total += sum(told.total for told in found)
            say(examination, done, found)
        if not options["json"]:
            self.stdout.write(f"体检完毕：{f'发现{total}处不对' if total else '没有发现问题'}。")
        if total:
            sys.exit(1)

    def _say(self, examination: Examination, done: Iterable[str], found: list[Tally]) -> None:
        for sentence in done:
            self.stdout.write(f"已修复　{sentence}")
        if not found:
            self.stdout.write(f"正常　{examination.title}")
        for told in found:
            self.stdout.write(f"不对　{told.kind.title}：{told.total}处（{told.kind.code}）")
            for finding in told.shown:
                self.stdout.write(f"　　　{finding.sentence}")
                if finding.remedy:
                    self.stdout.write(f"　　　　　{finding.remedy}")
            if told.total > len(told.shown):
                self.stdout.write(f"　　　……其余{told.total - len(told.shown)}处没有列出，加 --most 可多列")
            self.stdout.write(f"　　　怎么办：{told.kind.remedy}")

    def _say_as_json(self, examination: Examination, done: Iterable[str], found: list[Tally]) -> None:
        for sentence in done:
            self._line({"examination": examination.name, "repaired": sentence})
        for told in found:
            for finding in told.shown:
                self._line(as_json(examination, finding))
            self._line({"examination": examination.name, "kind": told.kind.code, "total": told.total})
        if not found:
            self._line({"examination": examination.name, "total": 0})

    def _line(self, body: dict[str, Any]) -> None:
        self.stdout.write(json.dumps(body, ensure_ascii=False, sort_keys=True))


def county_code(named: str) -> str:
    """Raises `CommandError` for what is no county."""
    if named and not Division.objects.filter(pk=named, level=Level.COUNTY).exists():
        raise CommandError(f"没有代码为“{named}”的县。请写6位县级代码，例如 430922（桃江县）。")
    return named


def as_json(examination: Examination, finding: Finding) -> dict[str, Any]:
    return {
        "examination": examination.name,
        "kind": finding.kind.code,
        "subject": finding.subject,
        "county": finding.county,
        "sentence": finding.sentence,
        "remedy": finding.what_to_do,
    }
