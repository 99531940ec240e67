import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

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
        events = Event.objects.all()
        if options["chain"]:
            events = events.filter(chain=options["chain"])
        self.stdout.write(f"轨迹完整：{events.values('chain').distinct().count()} 条链，{events.count()} 条记录。")
