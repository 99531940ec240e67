"""How often 多久一次: the period an application claims, and who holds it. This is the one place that says so."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any

from casework.models import Person
from workflows.overlap import EVER, by_household, by_person
from workflows.standard.facts import day_of
from workflows.terms import Terms

ONE_DAY = datetime.timedelta(days=1)
MONTHS = {"month": 1, "quarter": 3}


@dataclass(frozen=True, slots=True)
class Claim:
    """A period [begins, ends), and whether one person or one household can hold it once.

    Of a funeral it is the deceased's (`of_deceased`): their heirs cannot each have one. `things` claim it besides,
    whoever applies: a contract is subsidised once in a quarter.
    """

    begins: datetime.date
    ends: datetime.date
    holder: str
    of_deceased: bool = False
    things: tuple[str, ...] = ()

    def claimant(self, person: Person) -> str:
        """Who can hold it once, as `BenefitHold` has it; `person` is the one it is about."""
        return by_household(person) if self.holder == "household" else by_person(person.pk)

    def claimants(self, person: Person) -> tuple[str, ...]:
        """Everybody and everything that can hold it once, the person or household first."""
        return (self.claimant(person), *self.things)

    @property
    def is_for_ever(self) -> bool:
        """Given once and never again: of no year or month."""
        return (self.begins, self.ends) == EVER

    def overlaps(self, period: tuple[datetime.date, datetime.date]) -> bool:
        begins, ends = period
        return begins < self.ends and self.begins < ends


def things_of(terms: Terms, facts: Mapping[str, Any]) -> tuple[str, ...]:
    """What an application is about, as `BenefitHold` has it: no more than a digest of what was written."""
    named = terms.body["how_often"].get("also_per", ())
    said = [f"{name}|{str(facts[name]).strip().upper()}" for name in named if facts.get(name)]
    return tuple(f"t{sha256(one.encode()).hexdigest()[:22]}" for one in said)


def claim_of(terms: Terms, facts: Mapping[str, Any], applied_on: datetime.date) -> Claim | None:
    """The period of an application under these terms; None where the application leaves out the day it hangs on."""
    claim = _claim_of(terms, facts, applied_on)
    return claim and replace(claim, things=things_of(terms, facts))


def _claim_of(terms: Terms, facts: Mapping[str, Any], applied_on: datetime.date) -> Claim | None:
    often = terms.body["how_often"]
    heir = bool(terms.body["who"].get("heir"))
    # Nobody dies twice, whatever day each of the heirs writes.
    if often["times"] == "once" or (often["times"] == "event" and ("on" not in often or heir)):
        return Claim(*EVER, often["per"], heir)
    day = day_of(often.get("on", "applied_on"), facts, applied_on)
    if day is None:
        return None
    if often["times"] == "event":
        last = day_of(often["to"], facts, applied_on) if "to" in often else day + ONE_DAY
        # Somebody in hospital from one day to the same has been there a day, as far as nobody else may claim it.
        return None if last is None else Claim(day, max(last, day + ONE_DAY), often["per"], heir)
    return Claim(*_around(day, often["times"]), often["per"], heir)


def _around(day: datetime.date, times: str) -> tuple[datetime.date, datetime.date]:
    if times == "year":
        return datetime.date(day.year, 1, 1), datetime.date(day.year + 1, 1, 1)
    length = MONTHS[times]
    begins = datetime.date(day.year, (day.month - 1) // length * length + 1, 1)
    months = begins.year * 12 + begins.month - 1 + length
    return begins, datetime.date(months // 12, months % 12 + 1, 1)
