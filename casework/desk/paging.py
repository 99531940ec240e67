"""Turning the pages of a list that is in the order of one number, by that number: nothing is counted or skipped."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from django.db.models import Model, QuerySet
from django.http import QueryDict

M = TypeVar("M", bound=Model)


@dataclass(frozen=True, slots=True)
class NumberPage(Generic[M]):
    """The rows of a page, and the queries of the pages beside it (empty at either end)."""

    rows: list[M]
    previous: str
    next: str

    def pager(self, address: str) -> dict[str, str]:
        """As `templates/parts/pager.html` asks. `address` may have a query of its own."""
        more = "&" if "?" in address else "?"
        return {
            "previous_url": f"{address}{more}{self.previous}" if self.previous else "",
            "next_url": f"{address}{more}{self.next}" if self.next else "",
        }


def page_by_number(
    rows: QuerySet[M], column: str, query: QueryDict, *, size: int, falling: bool = False
) -> NumberPage[M]:
    """The page an address asks for (`?after=` or `?before=` a number), or the first."""
    return page_of_several([rows], column, query, size=size, falling=falling)


def page_of_several(
    lists: Sequence[QuerySet[M]], column: str, query: QueryDict, *, size: int, falling: bool = False
) -> NumberPage[M]:
    """A page of several lists that are one to the reader, none of whose rows is in two of them: a page is read of each,
    in its own index, and what is asked for is among those."""
    order, onward, backward = (f"-{column}", "lt", "gt") if falling else (column, "gt", "lt")
    before, after = _number(query.get("before", "")), _number(query.get("after", ""))
    back = before is not None
    bounds = {f"{column}__{backward}": before} if back else {f"{column}__{onward}": after} if after is not None else {}
    found: list[M] = []
    for rows in lists:
        ordered = rows.filter(**bounds).order_by(order)
        found += (ordered.reverse() if back else ordered)[: size + 1]
    found.sort(key=lambda row: getattr(row, column), reverse=falling is not back)
    page = found[:size][::-1] if back else found[:size]
    further = len(found) > size
    has_previous, has_next = (further, True) if back else (after is not None, further)
    return NumberPage(
        page,
        previous=f"before={getattr(page[0], column)}" if page and has_previous else "",
        next=f"after={getattr(page[-1], column)}" if page and has_next else "",
    )


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else None
