"""What is asked of a page of terms that somebody has just written, and can still mend: what could be meant, and is not.

A page in force is not asked again: cases are under way by it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from casework.sheets.columns import Column, score
from workflows.programme import Programme
from workflows.terms import Terms, TermsProblem


def check_newly_written(programme: Programme, *, name: str) -> None:
    """Raises `TermsProblem`; `name` is what the page is called."""
    newest = programme.terms.versions[-1]
    for complaint in (*_alike(newest, programme.applications.columns), *_a_fraction(newest)):
        raise TermsProblem(f"{name}：{complaint}")


def _alike(terms: Terms, columns: Sequence[Column]) -> Iterator[str]:
    """A heading that is as good for another column: whose sum it is would hang on the order of the sheet."""
    by_name = {column.name: column for column in columns}
    for fact in terms.body.get("facts", ()):
        own = by_name[fact["name"]]
        for word in (fact["label"], *fact.get("headings", ())):
            for other in columns:
                if other is not own and score(other, (word,)) >= score(own, (word,)):
                    yield f"facts 里“{own.name}”的“{word}”也是“{other.label}”一列的叫法，申报表里分不清，请换个说法"


def _a_fraction(terms: Terms) -> Iterator[str]:
    """A percentage below one of what somebody spent is a fraction that was meant as such."""
    amount = terms.body["amount"]
    if amount["kind"] == "share" and Decimal(amount["percent"]) < 1:
        percent = Decimal(amount["percent"])
        meant = f"{percent * 100:f}".rstrip("0").rstrip(".")
        yield f'“amount.percent”写的是百分之{percent}；要按{meant}%发的，写 percent: "{meant}"'
