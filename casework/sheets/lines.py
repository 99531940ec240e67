"""What a line below the headings is.

Only four kinds are passed over: blank lines, headings printed again on the next page, totals, and what people
sign or note under a table. A line that lacks something is still a line.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from enum import Enum
from typing import Final

from casework.sheets.columns import Column, Heading
from casework.sheets.layout import Cells, Merge
from casework.sheets.values import Cell, is_blank


class Kind(Enum):
    """What a line is; the value says it to the person whose sheet it is."""

    DATA = "数据"
    BLANK = "空行"
    HEADING = "重复的表头"
    TOTAL = "合计"
    NOTE = "签字、说明或分节标题"


_TOTAL: Final = re.compile(r".{0,12}?(合计|总计|小计|共计|累计)|(以上)?(总?共|计)\d+(人|户|例|条|笔)")

# Words that only ever stand under or over a table.
_SIGNED: Final = re.compile(
    r"\(?(审核人|审批人|复核人|复审人|核对人|填表人|填报人|制表人|制表单位|经办人|承办人|单位负责人|部门负责人|负责人|主管领导|分管领导"
    r"|主要领导|领导签字|单位领导|填报单位|填表单位|上报单位|报送单位|填报日期|填表日期|填报时间|上报日期|上报时间|制表日期|制表时间|审核单位"
    r"|审批单位|审核意见|审批意见|填表说明|填报说明|注意事项|监督电话|咨询电话|盖章|公章|签章|签字|单位\(|村委会\(|村\(居\)委会\(|年月日"
    r"|第\d+页|共\d+页)"
)
# Words that may also be someone's entry: only with a colon, or numbered.
_ANNOUNCED: Final = re.compile(
    r"(备注|说明|附注|注|附|附件|联系人|联系电话|电话|日期|时间|审核|审批|复核|经办|制表|填表|填报|单位|领导|主管|会计|出纳|主任|站长)\d?"
    r"(\([^()]*\))?(:|\d[.、])"
)
_NUMBERED: Final = re.compile(r"\(?(\d{1,2}|[一二三四五六七八九十]+)[.、)]")

_IDENTITY_DIGITS: Final = 12


class LineReader:
    """Tells the kind of each line of one table; lines come in order, because a note may run over several."""

    def __init__(
        self, found: Mapping[str, Heading], columns: Sequence[Column], above: Iterable[Cells], merges: Iterable[Merge]
    ) -> None:
        at = {column.name: found[column.name].index for column in columns if column.name in found}
        self._sequence = at.pop("sequence", -1)
        self._known = tuple(at.values())
        self._identity = next((at[c.name] for c in columns if c.kind == "identity" and c.name in at), -1)
        self._printed = {_texts(row) for row in above if _texts(row)}
        self._headings = {_compact(part) for heading in found.values() for part in heading.parts}
        self._across = _rows_across(merges, self._known)
        self._after_note = False

    def kind(self, index: int, raw: Cells, filled: Cells) -> Kind:
        """`raw` as it stands in the sheet, `filled` with what merged cells above reach down."""
        kind = self._kind(index, raw, filled)
        self._after_note = kind is Kind.NOTE
        return kind

    def _kind(self, index: int, raw: Cells, filled: Cells) -> Kind:
        if self._is_blank(raw):
            return Kind.BLANK
        if self._identity >= 0 and _has_long_number(filled[self._identity]):
            return Kind.DATA
        texts = _texts(raw)
        if texts in self._printed or self._repeats_headings(raw):
            return Kind.HEADING
        first = next((_compact(cell) for at, cell in enumerate(raw) if self._speaks(at, cell)), "")
        if _TOTAL.match(first):
            return Kind.TOTAL
        if _SIGNED.match(first) or _ANNOUNCED.match(first) or index in self._across:
            return Kind.NOTE
        goes_on = self._after_note and _NUMBERED.match(first)
        if len(texts) == 1 and (goes_on or self._stands_for_the_number(raw)):
            return Kind.NOTE
        return Kind.DATA

    def _is_blank(self, row: Cells) -> bool:
        """Blank apart from its number, and from what formulas copied too far down left in columns we do not read."""
        if any(not is_blank(row[at]) for at in self._known):
            return False
        return all(is_blank(cell) or cell == 0 or self._is_number(at, cell) for at, cell in enumerate(row))

    def _is_number(self, at: int, cell: Cell) -> bool:
        return at == self._sequence and (not isinstance(cell, str) or _compact(cell).isdigit())

    def _stands_for_the_number(self, row: Cells) -> bool:
        """Nothing but words where the line's number would be: 一、桃花江镇, without a merged cell."""
        return self._sequence >= 0 and not is_blank(row[self._sequence])

    def _repeats_headings(self, row: Cells) -> bool:
        texts = [_compact(cell) for cell in row if isinstance(cell, str) and cell]
        same = sum(text in self._headings for text in texts)
        return same >= 3 and 2 * same > len(texts)

    def _speaks(self, at: int, cell: Cell) -> bool:
        """Whether a cell may say what the line is: anything but the line's own number."""
        return not is_blank(cell) and not self._is_number(at, cell)


def _rows_across(merges: Iterable[Merge], known: Sequence[int]) -> set[int]:
    """Rows where one merged cell lies over most of the columns: 一、桃花江镇, never a person."""
    return {
        merge.top
        for merge in merges
        if merge.top == merge.bottom and 2 * sum(merge.left <= at <= merge.right for at in known) > len(known)
    }


def _has_long_number(cell: Cell) -> bool:
    if isinstance(cell, str):
        return len(cell) >= _IDENTITY_DIGITS and sum(map(str.isdigit, cell)) >= _IDENTITY_DIGITS
    return isinstance(cell, int | float) and cell >= 10**_IDENTITY_DIGITS


def _texts(row: Cells) -> tuple[str, ...]:
    return tuple(_compact(cell) for cell in row if not is_blank(cell))


def _compact(cell: Cell) -> str:
    return "".join(unicodedata.normalize("NFKC", str(cell)).split())
