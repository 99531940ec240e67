"""An application for any standard programme, invented from its terms: everything it asks, on a day it takes them."""

from __future__ import annotations

import contextlib
import datetime
from collections.abc import Iterator
from typing import Any

import time_machine
from django.utils.timezone import localdate

from casework.sheets.values import Cell
from tests.factories import PersonFactory, invented_identity
from tests.workflows.standard.stories import written_by
from workflows.programme import Programme
from workflows.standard.dates import in_year
from workflows.standard.units import check_character
from workflows.terms import Terms

TEN_DAYS, TWELVE_DAYS = datetime.timedelta(days=10), datetime.timedelta(days=12)
BORN = datetime.date(1960, 3, 7)
CODE = "99430922MA0000011"


def application_for(
    programme: Programme, version: str = "", *, category: str = "", number: int = 0
) -> tuple[dict[str, Cell], str]:
    """The cells, and the day of application: one on which that version of the terms governs, the newest if none is
    named. Who must be in the register is there as of that `category`, or of the first the terms name; another `number`
    is another family."""
    terms = programme.terms.version(version) if version else programme.terms.versions[-1]
    applied_on = _day(programme, terms)
    who, identity = terms.body["who"], invented_identity(901 - 2 * number, BORN)
    registered = "categories" in who and not who.get("heir")
    if registered:
        entry = {"registered__category": category or who["categories"][0], "registered__valid_to": None}
        PersonFactory(name="向秋菊", identity_number=identity, birth_date=BORN, registered=True, **entry)
    cells: dict[str, Cell] = {**written_by("向秋菊", identity), **_facts(terms, applied_on), "village": "川门湾村委会"}
    wanted = {column.name for column in programme.applications.columns}
    if who.get("heir"):
        cells |= _deceased(who["categories"][0], applied_on - TEN_DAYS, number)
    if "proof" in wanted:
        cells["proof"] = "证明0001"
    if "unit_name" in wanted:
        cells |= {"unit_name": "示例合作社", "account_holder": "示例合作社"}
        cells["credit_code"] = CODE + check_character(CODE)
    return {name: cell for name, cell in cells.items() if name in wanted}, applied_on.isoformat()


@contextlib.contextmanager
def on_its_day(day: str) -> Iterator[None]:
    """Nobody applies on a day to come: where terms begin later than today, it is that day's morning."""
    if datetime.date.fromisoformat(day) <= localdate():
        yield
        return
    with time_machine.travel(f"{day} 09:00+08:00"):
        yield


def _day(programme: Programme, terms: Terms) -> datetime.date:
    first = terms.body.get("window", {}).get("from", "06-15")
    year = terms.in_force_from.year
    days = (in_year(first, one) for one in (year, year + 1))
    return next(day for day in days if programme.terms.in_force(day) is terms)


def _facts(terms: Terms, applied_on: datetime.date) -> dict[str, Cell]:
    amount, often = terms.body["amount"], terms.body["how_often"]
    days = {name: applied_on - TWELVE_DAYS for name in (amount.get("from"), often.get("on")) if name}
    days |= {name: applied_on - TEN_DAYS for name in (amount.get("to"), often.get("to")) if name}
    days |= {window: applied_on - TEN_DAYS for window in [terms.body.get("window", {}).get("after")] if window}
    values: dict[str, Any] = {"text": "示例", "money": "90000.00"}
    # What others have paid already leaves something.
    less = dict.fromkeys(amount.get("less", ()), "100.00")
    found: dict[str, Cell] = {}
    for fact in terms.body.get("facts", ()):
        if fact["kind"] == "choice":
            found[fact["name"]] = next(iter(fact["choices"].values()))
        elif fact["kind"] == "date":
            found[fact["name"]] = days.get(fact["name"], applied_on - TEN_DAYS).isoformat()
        elif fact["kind"] == "number":
            found[fact["name"]] = str(min(fact.get("most", 200), 200))
        else:
            found[fact["name"]] = less.get(fact["name"], values[fact["kind"]])
    return found


def _deceased(category: str, died: datetime.date, number: int) -> dict[str, Cell]:
    identity = invented_identity(902 - 2 * number)
    entry = {"registered__category": category, "registered__valid_to": None}
    PersonFactory(name="曾立秋", identity_number=identity, death_date=died, registered=True, **entry)
    return {"deceased_name": "曾立秋", "deceased_identity": identity, "relation": "侄子"}
