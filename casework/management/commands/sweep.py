import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.dateparse import parse_datetime
from django.utils.timezone import is_naive, make_aware, now

from casework.management.numbers import whole_number
from workflows.sweep import sweep
from workflows.watches import sweep_watches

LIMIT = 10_000
EARLIEST = 2000


class Command(BaseCommand):
    help = (
        "巡查办理期限：快到期的提醒经办人，已超期的生成督办单。平时由后台自动进行；可重复运行，可在多台机器上同时运行。"
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--limit", type=whole_number, default=LIMIT, help=f"这次最多看多少件（默认{LIMIT}）")
        parser.add_argument(
            "--at", metavar="TIME", default="", help="按这个时刻巡查，例如 2026-11-20T17:30（默认现在）"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["limit"] <= 0:
            raise CommandError("--limit 应是大于零的数。")
        done = sweep(limit=options["limit"], at=moment_named(options["at"]))
        self.stdout.write(f"看了 {done.looked_at} 件，提醒 {done.warned} 件，督办 {done.escalated} 件。")
        if told := sweep_watches(limit=options["limit"], at=moment_named(options["at"])):
            self.stdout.write(f"另有到期的日期 {told} 个，已告知。")
        if done.looked_at == options["limit"]:
            self.stdout.write("可能还有，请再运行一次。")


def moment_named(text: str) -> datetime.datetime | None:
    """The moment of that name, the office's time unless it says which. Raises `CommandError`; None for none."""
    if not text:
        return None
    try:
        found = parse_datetime(text)
    except ValueError:
        found = None
    if found is None or found.year < EARLIEST:
        raise CommandError(f"“{text}”不是时刻。请写成 2026-11-20T17:30 这样。")
    moment = make_aware(found) if is_naive(found) else found
    if moment > now():
        raise CommandError("不能按将来的时刻巡查：还没有超期的，现在不能督办。")
    return moment
