"""What can be wrong with a whole file. str() is the sentence for whoever handed it in."""

from collections.abc import Sequence


class SheetProblem(ValueError):
    """A file that cannot be read as a table; nothing of it was taken."""


class NotASpreadsheet(SheetProblem):
    """Another kind of file, or one that only claims to be a spreadsheet."""

    def __init__(self, found: str) -> None:
        super().__init__(f"这不是电子表格，而是{found}；请在Excel或WPS里打开，另存为.xlsx后再导入")


class DamagedSheet(SheetProblem):
    """A spreadsheet that breaks off or contradicts itself."""

    def __init__(self) -> None:
        super().__init__("文件已损坏，打不开；请在Excel或WPS里重新打开并另存为.xlsx，或请对方重新发送")


class ProtectedSheet(SheetProblem):
    """Encrypted with a password we do not have, and do not ask for."""

    def __init__(self) -> None:
        super().__init__("文件设有打开密码；请在Excel或WPS里取消密码，保存后再导入")


class SheetTooLarge(SheetProblem):
    """More than we are ready to unpack or to hold."""

    def __init__(self, found: str) -> None:
        super().__init__(f"文件太大：{found}；请删去表格外多余的内容，或分成几份导入")


class EmptySheet(SheetProblem):
    """No cell holds anything, or nothing stands below the headings."""


class NoHeadings(SheetProblem):
    """No row looks like the headings of the table that was asked for."""

    def __init__(self, looked_for: Sequence[str]) -> None:
        super().__init__(f"没有找到表头；表头里应当有：{'、'.join(looked_for)}")


class MissingColumns(SheetProblem):
    """There are headings, but not all that are needed."""

    def __init__(self, *, sheet: str, row: int, missing: Sequence[str], unread: Sequence[str]) -> None:
        names = "、".join(f"“{label}”" for label in missing)
        found = f"；没有认出的表头有：{'、'.join(unread)}" if unread else ""
        super().__init__(f"工作表“{sheet}”第{row}行的表头里缺少{names}这几列{found}；请补上，或改成上面的叫法")
        self.missing = tuple(missing)
        self.unread = tuple(unread)


class AmbiguousHeadings(SheetProblem):
    """Two headings could equally be the same field, and choosing would be guessing."""

    def __init__(self, label: str, first: str, second: str) -> None:
        super().__init__(f"{first}和{second}都可能是“{label}”，分不清该用哪一列；请改名或删去其中一列")


class AmbiguousSheets(SheetProblem):
    """Several sheets of the workbook fit equally well; taking one would leave the others' people out."""

    def __init__(self, names: Sequence[str]) -> None:
        listed = "、".join(f"“{name}”" for name in names)
        super().__init__(f"有{len(names)}张工作表同样符合：{listed}；请合并成一张，或分成几份文件导入")
        self.names = tuple(names)
