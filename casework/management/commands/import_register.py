from pathlib import Path
from typing import Any

from casework.management.sheet_command import SheetCommand
from casework.models import Staff
from workflows.papers.register import county_of, import_register
from workflows.papers.report import Report


class Command(SheetCommand):
    help = "导入一个县的对象名册（.xlsx）。同一份文件再导一次不会有任何变化。"

    def county(self, source: bytes, options: dict[str, Any]) -> str:
        return options["county"] or county_of(source)

    def bring_in(self, source: bytes, path: Path, county: str, by: Staff, options: dict[str, Any]) -> Report:
        return import_register(source, county=county, by=by, file_name=path.name, dry_run=options["dry_run"])
