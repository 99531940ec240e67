from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from casework.management.numbers import whole_number
from casework.models import Staff
from workflows.calendar_upkeep import BadLines, confirm_year, enter_days, read_lines
from workflows.refusals import Refusal


class Command(BaseCommand):
    help = "录入一年的放假和调休上班日；每行一天，例如“2027-02-05 放假 春节”。有一行不对就一行也不录入。可重复运行。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("year", type=whole_number, help="年份")
        parser.add_argument("file", help="文本文件（UTF-8）")
        parser.add_argument("--by", required=True, metavar="ACCOUNT", help="由谁录入：系统管理员的账号")
        parser.add_argument("--source", default="", help="依据，例如 国办发明电〔2026〕7号")
        parser.add_argument("--confirm", action="store_true", help="同时确认这一年已按通知录入完毕")

    def handle(self, *args: Any, **options: Any) -> None:
        year, by = options["year"], Staff.objects.filter(username=options["by"], is_active=True).first()
        if by is None:
            raise CommandError(f"没有账号“{options['by']}”。")
        try:
            entries = read_lines(text_of(Path(options["file"])), year)
            changed = enter_days(year, entries, by=by, source=options["source"])
            self.stdout.write(f"{year}年：{len(entries)}行，改动 {changed} 天。")
            if options["confirm"]:
                said = confirm_year(year, by=by)
                self.stdout.write(f"{year}年已确认。" if said else f"{year}年先前已经确认过。")
        except BadLines as refused:
            raise CommandError("没有录入：\n" + "\n".join(refused.problems)) from refused
        except Refusal as refused:
            raise CommandError(str(refused)) from refused


def text_of(path: Path) -> str:
    """The file's text. Raises `CommandError` in plain words when it cannot be read."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as problem:
        raise CommandError(f"读不了文件 {path}：{problem.strerror}。") from problem
    except UnicodeDecodeError as problem:
        raise CommandError(f"文件 {path} 不是 UTF-8 编码的文本，请另存为 UTF-8。") from problem
