from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from casework.management.programme_named import programme_named
from casework.management.whole_file import whole_file
from workflows.bpmn import to_bpmn


class Command(BaseCommand):
    help = "把一个项目的流程写成 BPMN 2.0 文件，可用其他流程软件打开。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("programme", help="项目代码，如 nursing_subsidy")
        parser.add_argument("out", type=Path, help="写到哪个文件，如 nursing_subsidy.bpmn")

    def handle(self, *args: Any, **options: Any) -> None:
        programme, out = programme_named(options["programme"]), options["out"]
        try:
            with whole_file(out) as file:
                file.write(to_bpmn(programme.flow))
        except OSError as problem:
            raise CommandError(f"写不了 {out}：{problem.strerror}。请检查文件夹是否存在、是否有权写。") from problem
        self.stdout.write(f"{programme.title}的流程已写到 {out}")
