import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from casework.models import Event
from workflows.trail import breaks


class Command(BaseCommand):
    help = "核对全部轨迹的摘要链；发现第一处断裂就指出是哪一条，并以 1 退出。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("chain", nargs="?", default=None, help="只核对一条链（案号）；不写就核对全部")

    def handle(self, *args: Any, **options: Any) -> None:
        found = next(breaks(options["chain"]), None)
        if found is not None:
            self.stderr.write(f"轨迹断裂：{found.chain} 第{found.seq}条，{found.why}。")
            sys.exit(1)
        events, chain = Event.objects.all(), options["chain"]
        if chain is not None:
            events = events.filter(chain=chain)
            if not events.exists():
                raise CommandError(f"没有叫“{chain}”的链，什么都没有核对。请核对案号。")
        self.stdout.write(f"轨迹完整：{events.values('chain').distinct().count()} 条链，{events.count()} 条记录。")
