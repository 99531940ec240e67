"""Turning the pages of a list that is in the order of one number, by that number: nothing is counted or skipped."""

from __future__ import annotations

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
    order, onward, backward = (f"-{column}", "lt", "gt") if falling else (column, "gt", "lt")
    before, after = _number(query.get("before", "")), _number(query.get("after", ""))
    if before is not None:
        found = list(rows.filter(**{f"{column}__{backward}": before}).order_by(order).reverse()[: size + 1])
        page = found[:size][::-1]
        has_previous, has_next = len(found) > size, True
    else:
        if after is not None:
            rows = rows.filter(**{f"{column}__{onward}": after})
        found = list(rows.order_by(order)[: size + 1])
        page = found[:size]
        has_previous, has_next = after is not None, len(found) > size
    return NumberPage(
        page,
        previous=f"before={getattr(page[0], column)}" if page and has_previous else "",
        next=f"after={getattr(page[-1], column)}" if page and has_next else "",
    )


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else None
