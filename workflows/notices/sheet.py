"""The sheet as it hangs: what its lines say, masked, and the page made of them, searched before it is posted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.template.loader import render_to_string
from django.utils.translation import get_language, gettext_lazy, override
from django.utils.translation import gettext as _

from casework.masking import public_identity, public_name
from casework.models import Case, Division, Level, Notice, NoticeLine
from casework.models.fields import SealedText

HEADINGS: Mapping[str, Any] = {
    "name": gettext_lazy("姓名"),
    "unit": gettext_lazy("单位"),
    "identity": gettext_lazy("身份证号"),
    "village": gettext_lazy("所在村社区"),
    "township": gettext_lazy("所在乡镇街道"),
    "amount": gettext_lazy("金额（元）"),
}
CHANNEL_WORDS: Mapping[str, Any] = {
    "board": gettext_lazy("公开栏"),
    "meeting": gettext_lazy("会议宣读"),
    "web": gettext_lazy("网上"),
}
NEUTRAL_TITLE = "关怀帮扶资金发放名单公示"
"""Over a list for which the scheme gives no title: it says that money is given, and not why."""


ON_THE_BOARD = "zh-hans"
"""What hangs is read by the village, in whatever language somebody works."""


@dataclass(frozen=True)
class Sheet:
    """What is printed: columns by name, their headings, and rows of masked words in that order; and what stands above
    and below them."""

    notice: Notice
    office: str
    columns: tuple[str, ...]
    headings: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]

    @property
    def headed(self) -> list[tuple[str, str]]:
        return list(zip(self.columns, self.headings, strict=True))

    @property
    def labelled(self) -> list[tuple[int, list[tuple[str, str, str]]]]:
        """The rows, each cell with its column and heading: on a phone a row is a card."""
        return [(number, list(zip(self.columns, self.headings, cells, strict=True))) for number, cells in self.rows]

    @property
    def is_the_countys(self) -> bool:
        return len(self.notice.division_id) == Level.COUNTY

    @property
    def days(self) -> str:
        said = _("%(days)d个工作日") if self.notice.working else _("%(days)d天")
        return said % {"days": self.notice.days}

    @property
    def count(self) -> str:
        """How many hang; and what they come to, where the lines say it too: the sum of a list of one is its line."""
        units, sums = "unit" in self.notice.show, "amount" in self.notice.show
        words = {"count": self.notice.line_count, "total": f"{self.notice.total:.2f}"}
        if units:
            said = _("共%(count)d个单位，合计%(total)s元。") if sums else _("共%(count)d个单位。")
        else:
            said = _("共%(count)d人，合计%(total)s元。") if sums else _("共%(count)d人。")
        return said % words


def words_of(channels: Iterable[str]) -> str:
    return "、".join(str(CHANNEL_WORDS.get(one, one)) for one in channels)


def shown_of(case: Case, show: Sequence[str], places: Mapping[str, str]) -> dict[str, str]:
    """What a line says of a case; the case comes with its applicant. The township is always kept: on the web an address
    goes no further."""
    person = case.applicant
    said = {
        "name": public_name(person.name),
        "unit": str(case.facts.get("unit_name", "")),
        "village": places.get(case.division_id, ""),
        "township": places.get(case.division_id[: Level.TOWNSHIP], ""),
        "amount": "" if case.amount is None else f"{case.amount:.2f}",
    }
    if "identity" in show:
        sealed = person.identity_number
        said["identity"] = public_identity(sealed.reveal() if isinstance(sealed, SealedText) else sealed)
    return {key: value for key, value in said.items() if key in show or key == "township"}


def place_names(cases: Sequence[Case]) -> dict[str, str]:
    """Code -> name of the cases' villages and townships. One statement."""
    codes = {case.division_id[:level] for case in cases for level in (Level.TOWNSHIP, Level.VILLAGE)}
    return dict(Division.objects.filter(pk__in=codes).values_list("code", "name"))


def sheet_of(notice: Notice, lines: Sequence[NoticeLine], office: str, *, on_web: bool = False) -> Sheet:
    """The sheet of these lines. `on_web`: as the web shows it, no address below the township."""
    columns = [_on_web(column) if on_web else column for column in notice.show]
    columns = list(dict.fromkeys(columns))
    rows = tuple((line.line_number, tuple(line.shown.get(column, "") for column in columns)) for line in lines)
    with override(get_language() if on_web else ON_THE_BOARD):
        headings = tuple(str(HEADINGS[column]) for column in columns)
    return Sheet(notice, office, tuple(columns), headings, rows)


def rendered(sheet: Sheet, *, qr: str = "") -> str:
    """The page's own part, as it is printed and as it is searched."""
    with override(ON_THE_BOARD):
        return render_to_string("notices/_sheet.html", {"sheet": sheet, "notice": sheet.notice, "qr": qr})


def _on_web(column: str) -> str:
    return "township" if column == "village" else column
