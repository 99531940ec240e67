import math
import signal
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from casework.management.numbers import seconds
from notifications.worker import Worker
from workflows.jobs import CHORES, DAILY, HANDLERS


class Command(BaseCommand):
    help = "处理发件箱里的后台工作，并按时巡查办理期限，直到被停止；停止时先做完手上的一件。可在多台机器上同时运行。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="做完现在到期的就结束")
        parser.add_argument("--poll", type=seconds, default=1.0, help="空闲时隔多少秒再看一次（默认1秒）")

    def handle(self, *args: Any, **options: Any) -> None:
        if not 0 < options["poll"] < math.inf:
            raise CommandError("--poll 应是大于零的秒数。")
        worker = Worker(HANDLERS, poll=options["poll"], chores=CHORES, daily=DAILY)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: worker.stop())
        if options["once"]:
            self.stdout.write(f"已处理 {worker.run_once()} 件。")
            return
        self.stdout.write("正在处理发件箱（Ctrl+C 停止）……")
        self.stdout.flush()
        worker.run()
        self.stdout.write("已停止。")
