"""What this house never keeps of anybody: pregnancy, contraception, sterilisation, or whether a birth was planned.

No table has a column for it. But supervisors write programmes on a page, and what a page asks every application
answers; so the words of a page are looked at before it can be published, and the names of what people are insured by.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from casework.sheets.problems import SheetProblem

_CHINESE = (
    "孕(?!育)|妊娠|预产期|待产|产检|产前|分娩|人流|人工流产|药流|堕胎|(?<!物)流产(?!业)|(?<!吸)引产(?!业)",
    "节育|绝育|结扎|宫内|[放取戴带]环|环情|环检",
    "超生|抢生|早育|[违非]法生育|违规生育|准生|(?:计划|政策)[内外](?:生|出生|怀|一孩|二孩|多孩)|社会抚养费",
)
_ENGLISH = ("pregnan", "contracep", "sterili[sz]", "abortion", "miscarr", "vasectom", "tubal", "antenatal", "prenatal")
_WORDS = re.compile("|".join((*_CHINESE, *_ENGLISH)), re.IGNORECASE)


def never_kept_in(text: str) -> str:
    """The first word in a text that speaks of such a thing; empty when none does."""
    found = _WORDS.search(re.sub(r"\s", "", text))
    return found.group() if found else ""


class ColumnNeverKept(SheetProblem):
    """A sheet with a column about such a thing. The sheet itself is kept with its lines: the column must go first."""

    def __init__(self, heading: str) -> None:
        super().__init__(
            f"表里有“{heading}”这一列。怀孕、避孕、节育、绝育、是不是计划内生育，这里一律不登记、不保存；"
            "请删去这一列，再导入"
        )


def check_headings(headings: Iterable[str]) -> None:
    """Raises `ColumnNeverKept`."""
    for heading in headings:
        if never_kept_in(heading):
            raise ColumnNeverKept(heading)
