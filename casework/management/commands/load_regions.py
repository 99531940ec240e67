from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from casework.places import DIVISIONS, DivisionsProblem, load_divisions


class Command(BaseCommand):
    help = "载入行政区划（省、市州、县、乡镇、村），可重复运行。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--file", type=Path, default=DIVISIONS, help="code,name,level,parent 的 .csv.gz 文件")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            fresh, known = load_divisions(options["file"])
        except (DivisionsProblem, OSError) as problem:
            raise CommandError(f"区划文件读不了：{problem}") from problem
        self.stdout.write(f"新增区划 {fresh} 个，原有 {known} 个。")
