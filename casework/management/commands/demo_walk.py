from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from casework.demo.walk import paid_totals, walk
from casework.models import Division, Level


class Command(BaseCommand):
    help = "由示范县的人员把每件已受理的案件一步步办到发放办结；最后一行是全县已办结的件数和金额。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--county", default="430922", help="县级区划代码（默认桃江县 430922）")
        parser.add_argument("--yes-really", action="store_true", help="在正式环境里也办（会真的批准和发放）")

    def handle(self, *args: Any, **options: Any) -> None:
        county = options["county"]
        if not settings.TRIAL and not options["yes_really"]:
            raise CommandError("这是正式环境（NUANXIN_DEBUG=0），没有办。确实要办，请加 --yes-really。")
        if not Division.objects.filter(pk=county, level=Level.COUNTY).exists():
            raise CommandError(f"没有代码为“{county}”的县。请写6位县级代码；如还没有建，先运行 manage.py demo。")
        trip = walk(county, self._say)
        for name, why in trip.stuck.items():
            self._say(f"{name} 没有办完：{why}")
        totals = paid_totals(county)
        self._say(f"已发放 {totals.cases} 件，合计 {totals.yuan:.2f} 元")

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()
