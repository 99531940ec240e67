from collections import Counter
from collections.abc import Iterable
from decimal import Decimal
from itertools import chain
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.timezone import localtime

from casework.management.programme_named import programme_named
from casework.models import Capacity, Division, Level, Stage
from workflows.moving import Move, Target, check_numbers, move_all, plans, target_named
from workflows.moving_ended import move_ended
from workflows.programme import Programme
from workflows.refusals import NotAllowed

LATE = "其中 {} 件按移动后的期限已经超期、还没有督办：下一次巡查（每分钟一次）会给每件发一张督办单。"
NONE_LATE = "没有因此要督办的。"


class Command(BaseCommand):
    help = "把在办案件移到另一版流程或方案。先用 --dry-run 看每件从哪到哪、期限和签字有什么变化；移错了可以再移回去。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("programme", help="项目代码，如 nursing_subsidy")
        version = "流程版本号（如 2），或方案版本的施行日期（如 2026-07-01）"
        parser.add_argument("--to", required=True, metavar="版本", help=version)
        parser.add_argument("--dry-run", action="store_true", help="只看，不改")
        parser.add_argument("--county", default="", help="只移这个县的（6位区划代码）")
        parser.add_argument(
            "--case",
            action="append",
            default=[],
            metavar="案号",
            help="只移这一件；可写多次。已经办结的只有写明案号才移",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        programme = programme_named(options["programme"])
        target, county, numbers = _target(programme, options["to"]), options["county"], frozenset(options["case"])
        _check(programme, county, numbers)
        walk = plans if options["dry_run"] else move_all
        ended = move_ended(programme, target, numbers=numbers, county=county, dry_run=options["dry_run"])
        found = self._report(chain(walk(programme, target, county=county, numbers=numbers), ended))
        verb = "可以移" if options["dry_run"] else "已移"
        self.stdout.write(f"{verb} {found['moved']} 件，没有位置、留在原处 {found['refused']} 件。")
        if found["moved"]:
            self.stdout.write(LATE.format(found["late"]) if found["late"] else NONE_LATE)
        if options["dry_run"] and found["moved"]:
            self.stdout.write("这是试看，什么都没有改。去掉 --dry-run 就照此移动。")

    def _report(self, moves: Iterable[Move]) -> Counter[str]:
        found: Counter[str] = Counter()
        for move in moves:
            found["refused" if move.refused else "moved"] += 1
            found["late"] += move.late
            self.stdout.write(said(move))
        return found


def said(move: Move) -> str:
    """One case in one line: where from, where to, and what changes."""
    line = f"{move.case_number}（{Stage(move.stage).label}）{move.step_before}"
    if move.refused:
        return f"{line}：不能移，{move.refused}"
    parts = [f"{line} → {move.step_after}"]
    if move.due_before is None or move.due_after is None:
        return f"{parts[0]}；已经办结，只换流程：可按那一版申请复核"
    before, after = localtime(move.due_before).date(), localtime(move.due_after).date()
    parts.append(f"期限 {before} → {after}" if before != after else f"期限不变（{before}）")
    if set(move.signatures_before) != set(move.signatures_after):
        parts.append(f"签字 {_words(move.signatures_before)} → {_words(move.signatures_after)}")
    else:
        parts.append("签字不变")
    if move.amount_before != move.amount_after:
        parts.append(f"金额 {_yuan(move.amount_before)} → {_yuan(move.amount_after)}")
    if move.late:
        parts.append("已超期，将督办")
    if move.office_after:
        parts.append(f"转到{move.office_after}，已领取的退回待办")
    return "；".join(parts)


def _words(capacities: tuple[str, ...]) -> str:
    return "、".join(str(Capacity(one).label) for one in capacities) or "无"


def _yuan(amount: Decimal | None) -> str:
    return "未核定" if amount is None else f"{amount:.2f} 元"


def _target(programme: Programme, version: str) -> Target:
    try:
        return target_named(programme, version)
    except LookupError as unknown:
        flows = "、".join(str(flow.version) for flow in programme.flows)
        terms = "、".join(one.version for one in programme.terms.versions)
        raise CommandError(f"{programme.title}没有版本“{version}”。流程版本：{flows}；方案版本：{terms}。") from unknown


def _check(programme: Programme, county: str, numbers: frozenset[str]) -> None:
    if county and not Division.objects.filter(pk=county, level=Level.COUNTY).exists():
        raise CommandError(f"没有代码为“{county}”的县市区，应是6位数字。")
    try:
        check_numbers(programme, numbers)
    except NotAllowed as refused:
        raise CommandError(str(refused)) from refused
