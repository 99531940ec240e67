"""Who may apply 申请条件, and when: pure rules over what the books say of a person. Every reason against, as codes."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from workflows.standard.dates import age_on, in_year
from workflows.standard.facts import day_of
from workflows.standard.periods import Claim
from workflows.terms import Terms


class Entry(Protocol):
    """A register entry as the rules see it."""

    @property
    def category(self) -> str: ...

    def valid_on(self, day: datetime.date) -> bool: ...


E = TypeVar("E", bound=Entry)
Period = tuple[datetime.date, datetime.date]


@dataclass(frozen=True, slots=True)
class Standing:
    """All the rules look at for one application. Entries and dates are the applicant's, or those of the deceased whose
    heir applies. `held` are periods of this benefit held through the applicant's own cases, `held_by_others` those
    through others': a member of the household, another heir."""

    facts: Mapping[str, Any]
    applied_on: datetime.date
    entries: Sequence[Entry]
    birth_date: datetime.date | None
    death_date: datetime.date | None
    held: Sequence[Period]
    held_by_others: Sequence[Period]
    holder_is_right: bool


def governing_entry(entries: Sequence[E], covered: Sequence[str], day: datetime.date) -> E:
    """The entry to judge by: one covered and valid that day, else one covered, else the first there is."""
    fitting = [entry for entry in entries if entry.category in covered]
    valid = [entry for entry in fitting if entry.valid_on(day)]
    return (valid or fitting or list(entries))[0]


def register_day(terms: Terms, facts: Mapping[str, Any], applied_on: datetime.date) -> datetime.date:
    """The day the register is asked about."""
    named = terms.body["who"].get("register_valid_on", "applied_on")
    return day_of(named, facts, applied_on) or applied_on


def against(standing: Standing, claim: Claim | None, terms: Terms) -> list[str]:
    """Codes in the order of the scheme; empty when nothing stands against it."""
    return [
        *_of_the_register(standing, terms),
        *_of_the_person(standing, terms),
        *_of_the_day(standing, terms),
        *_of_the_period(standing, claim, terms),
        *_of_what_is_held(standing, claim),
        *([] if standing.holder_is_right else ["account_holder_mismatch"]),
    ]


def _of_the_register(standing: Standing, terms: Terms) -> Iterator[str]:
    covered = terms.body["who"].get("categories")
    if covered is None:
        return
    if not standing.entries:
        yield "not_in_register"
        return
    day = register_day(terms, standing.facts, standing.applied_on)
    entry = governing_entry(standing.entries, covered, day)
    if entry.category not in covered:
        yield "category_not_covered"
    if not entry.valid_on(day):
        yield "register_not_valid"


def _of_the_person(standing: Standing, terms: Terms) -> Iterator[str]:
    who = terms.body["who"]
    if who.get("heir"):
        if standing.death_date is None:
            yield "death_not_recorded"
    elif standing.death_date is not None and standing.death_date <= standing.applied_on:
        yield "deceased"
    age = who.get("age")
    if age is None:
        return
    day = age_day(age["on"], standing.facts, standing.applied_on)
    if standing.birth_date is None or day is None:
        yield "age_unknown"
    else:
        years = age_on(standing.birth_date, day)
        if years < age.get("least", 0):
            yield "too_young"
        if years > age.get("most", years):
            yield "too_old"


def age_day(named: str, facts: Mapping[str, Any], applied_on: datetime.date) -> datetime.date | None:
    """The day on which an age is asked for; a month and a day are of the year of the application."""
    if "-" in named:
        return in_year(named, applied_on.year)
    return day_of(named, facts, applied_on)


def _of_the_day(standing: Standing, terms: Terms) -> Iterator[str]:
    window = terms.body.get("window", {})
    if "from" in window:
        today, first, last = f"{standing.applied_on:%m-%d}", window["from"], window["to"]
        inside = first <= today <= last if first <= last else today >= first or today <= last
        if not inside:
            yield "outside_window"
    if "after" in window:
        event = day_of(window["after"], standing.facts, standing.applied_on)
        if event is not None and event > standing.applied_on:
            yield "future_date"
        elif event is not None and standing.applied_on > event + datetime.timedelta(days=window["within_days"]):
            yield "late_application"


def _of_the_period(standing: Standing, claim: Claim | None, terms: Terms) -> Iterator[str]:
    """What is applied for by the year, quarter or month ends in the one it begins in."""
    often = terms.body["how_often"]
    if claim is None or "to" not in often or often["times"] == "event":
        return
    last = day_of(often["to"], standing.facts, standing.applied_on)
    if last is not None and last > claim.ends:
        yield "beyond_period"


def _of_what_is_held(standing: Standing, claim: Claim | None) -> Iterator[str]:
    if claim is None:
        return
    if any(claim.overlaps(period) for period in standing.held):
        yield "already_granted"
    elif any(claim.overlaps(period) for period in standing.held_by_others):
        yield "others_granted"
