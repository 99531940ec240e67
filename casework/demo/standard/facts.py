"""Facts of an invented application, from what the terms ask: each by its kind, on days that fit one another."""

from __future__ import annotations

import datetime
import functools
import random
from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

from casework.demo.names import invented_names
from workflows.standard.dates import in_year, years_after
from workflows.terms import Terms

WORDS = Path(__file__).with_name("words.yaml")
A_NAME = "姓名"
ONE_DAY = datetime.timedelta(days=1)
PLANNED = datetime.timedelta(days=90)


def invented_facts(terms: Terms, applied_on: datetime.date, number: int, seed: str) -> dict[str, str]:
    """Cells of every fact the terms ask for; choices in turn, so that there are some of each."""
    rng = random.Random(f"facts {seed} {number}")
    days = _days(terms, applied_on, rng)
    found: dict[str, str] = {}
    for fact in terms.body.get("facts", ()):
        name, kind = fact["name"], fact["kind"]
        if kind == "choice":
            words = list(fact["choices"].values())
            found[name] = words[number % len(words)]
        elif kind == "date":
            found[name] = days.get(name, applied_on + PLANNED).isoformat()
        elif kind == "number":
            few = terms.body.get("carried", {}).get("of") == name
            found[name] = str(rng.randint(2, 3) if few else _number(name, fact, terms.body["amount"], rng))
        elif kind == "money":
            found[name] = _money(name, terms.body["amount"], rng)
        else:
            found[name] = invented_words(fact["label"], applied_on, number, rng)
    return found


def invented_words(label: str, applied_on: datetime.date, number: int, rng: random.Random) -> str:
    """Something to write under that label; another number, where it has one, is another paper."""
    said = known_words(label)
    if not said:
        return f"示例{label}{number + 1}"
    words = said[number % len(said)]
    if words == A_NAME:
        return next(invented_names(rng))
    return words.format(year=applied_on.year, number=number + 1)


@functools.cache
def _vocabulary() -> Mapping[str, Sequence[str]]:
    found: Mapping[str, Sequence[str]] = yaml.safe_load(WORDS.read_text(encoding="utf-8"))
    return found


def known_words(label: str) -> Sequence[str]:
    return _vocabulary().get(label, ())


def day_it_hangs_on(terms: Terms) -> str:
    """The fact by whose day the application is judged: of a funeral, the day somebody died. Empty without one."""
    body = terms.body
    return str(body.get("window", {}).get("after") or body["how_often"].get("on") or "")


def window_day(terms: Terms, today: datetime.date) -> datetime.date:
    """The last day, today at the latest, on which applications were taken."""
    window = terms.body.get("window", {})
    if "from" not in window:
        return today
    for year in (today.year, today.year - 1):
        first, last = in_year(window["from"], year), in_year(window["to"], year)
        if last < first:
            last = in_year(window["to"], year + 1)
        if first <= today:
            return min(last, today)
    return in_year(window["to"], today.year - 1)


def _days(terms: Terms, applied_on: datetime.date, rng: random.Random) -> dict[str, datetime.date]:
    """Fact -> its day: what is applied for lies behind, within one month, and as lately as the window wants."""
    body = terms.body
    amount, often, window = body["amount"], body["how_often"], body.get("window", {})
    last = applied_on - datetime.timedelta(days=rng.randint(8, 20))
    if last.day < 8:
        last = last.replace(day=1) - ONE_DAY
    if "after" in window and applied_on - last > datetime.timedelta(days=window["within_days"]):
        last = applied_on - ONE_DAY
    first = last.replace(day=max(1, last.day - rng.randint(7, 20)))
    log = body.get("log", {})
    found = {name: last for name in (body.get("governs"), body["who"].get("register_valid_on"))}
    found |= {log.get("from"): first, log.get("to"): last}
    found |= {often.get("on"): first if "to" in often else last, often.get("to"): last}
    found |= _of_the_amount(amount, applied_on, (first, last), rng)
    if "after" in window and not {window["after"]} & {often.get("to"), amount.get("to")}:
        days = rng.randint(5, max(6, min(window["within_days"] * 3 // 4, 700)))
        found[window["after"]] = applied_on - datetime.timedelta(days=days)
    return {name: day for name, day in found.items() if name}


def _of_the_amount(
    amount: Mapping[str, Any],
    applied_on: datetime.date,
    stretch: tuple[datetime.date, datetime.date],
    rng: random.Random,
) -> dict[Any, datetime.date]:
    first, last = stretch
    if amount["kind"] in ("days", "interest"):
        lent = first - datetime.timedelta(days=rng.randint(30, 90))
        return {amount["from"]: first, amount["to"]: last, amount.get("since"): lent}
    if amount["kind"] != "months":
        return {}
    age = amount.get("until_age")
    ends = years_after(applied_on, -rng.randint(1, max(1, age - 2))) if age else applied_on + PLANNED
    begins = amount.get("from", "")
    return {amount.get("until"): ends, begins: applied_on - datetime.timedelta(days=rng.randint(40, 300))}


def _number(name: str, fact: Mapping[str, Any], amount: Mapping[str, Any], rng: random.Random) -> int:
    most = int(fact.get("most", 1000))
    if name == amount.get("percent_of"):
        return min(most, int(Decimal(str(amount.get("most_percent", "6"))) * 60))
    if name == amount.get("of"):
        return rng.randint(1, min(most, int(Decimal(str(amount.get("most_units", 24))))))
    return rng.randint(1, min(most, 9))


def _money(name: str, amount: Mapping[str, Any], rng: random.Random) -> str:
    if name in amount.get("less", ()):
        return f"{rng.randint(5, 30) * 10}.00"
    if name == amount.get("of") and amount["kind"] == "interest":
        return f"{rng.randint(2, 20) * 10_000}.00"
    return f"{rng.randint(8, 60) * 100}.00"
