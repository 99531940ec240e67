from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from workflows.law_table import markdown

PAGE = Path("docs") / "law.md"


class Command(BaseCommand):
    help = f"打印法律的全表（阶段、动作、岗位、守则）；加 --write 写入 {PAGE}。"
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--write", action="store_true", help=f"写入 {PAGE}")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["write"]:
            self.stdout.write(markdown(), ending="")
            return
        try:
            (settings.BASE_DIR / PAGE).write_text(markdown(), encoding="utf-8")
        except OSError as problem:
            raise CommandError(f"写不了 {PAGE}：{problem.strerror}") from problem
        self.stdout.write(f"已写入 {PAGE}")
