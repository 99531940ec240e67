"""The rules of 住院护理补贴: facts and terms in, days, yuan and an explanation out. Pure: no database, no clock."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol, TypeVar

from workflows.terms import Terms

DEPENDENCY_LEVELS = {"light": "轻度", "moderate": "中度", "severe": "重度"}


@dataclass(frozen=True, slots=True)
class Stay:
    """A stay in hospital. The discharge day is not counted: [admission, discharge)."""

    admission: datetime.date
    discharge: datetime.date
    dependency_level: str

    @property
    def days(self) -> int:
        return (self.discharge - self.admission).days

    def days_by_year(self) -> dict[int, int]:
        """Days of the stay in each calendar year: a stay over New Year uses two years' caps."""
        found = {}
        for year in range(self.admission.year, self.discharge.year + 1):
            first = max(self.admission, datetime.date(year, 1, 1))
            after = min(self.discharge, datetime.date(year + 1, 1, 1))
            if (days := (after - first).days) > 0:
                found[year] = days
        return found


@dataclass(frozen=True, slots=True)
class Award:
    """What a stay earns: payable days (of which year), the daily rate, the amount in yuan, and why."""

    days: int
    days_by_year: Mapping[int, int]
    rate: Decimal
    amount: Decimal
    cut_by_cap: bool
    used_before: Mapping[int, int]
    explanation: Sequence[str]

    def as_json(self) -> dict[str, object]:
        """As it is stored on the case, to be shown, and recomputed by an auditor."""
        return {
            "days": self.days,
            "days_by_year": {str(year): days for year, days in self.days_by_year.items()},
            "rate": f"{self.rate:.2f}",
            "amount": f"{self.amount:.2f}",
            "cut_by_cap": self.cut_by_cap,
            "used_before": {str(year): days for year, days in self.used_before.items()},
            "explanation": list(self.explanation),
        }


def assess(stay: Stay, terms: Terms, used: Mapping[int, int]) -> Award:
    """Days within each calendar year's cap × the rate of the dependency level.

    `used` is how many days of each year have been granted to this person before, in order of acceptance. `terms`
    are those in force on the admission date (方案: 入院之日的标准适用于整次住院).
    """
    cap: int = terms.body["days_a_year"]
    rate = terms.money("yuan_a_day", stay.dependency_level)
    by_year = stay.days_by_year()
    granted = {year: min(days, max(cap - used.get(year, 0), 0)) for year, days in by_year.items()}
    days = sum(granted.values())
    amount = (rate * days).quantize(Decimal("0.01"))
    lines = [
        f"{stay.admission.isoformat()}入院，{stay.discharge.isoformat()}出院，出院当天不计，住院{stay.days}天",
        f"适用标准：{terms.source}，{DEPENDENCY_LEVELS[stay.dependency_level]}每天{rate:.2f}元，每年最多{cap}天",
    ]
    for year, wanted in by_year.items():
        if used.get(year, 0) or granted[year] < wanted:
            lines.append(f"{year}年此前已补{used.get(year, 0)}天，上限{cap}天，本次{wanted}天中可补{granted[year]}天")
    lines.append(f"{days}天 × {rate:.2f}元 = {amount:.2f}元")
    return Award(
        days=days,
        days_by_year={year: count for year, count in granted.items() if count},
        rate=rate,
        amount=amount,
        cut_by_cap=days < stay.days,
        used_before={year: used.get(year, 0) for year in by_year if used.get(year, 0)},
        explanation=lines,
    )


class Entry(Protocol):
    """A register entry as the rules see it."""

    @property
    def category(self) -> str: ...

    def valid_on(self, day: datetime.date) -> bool: ...


E = TypeVar("E", bound=Entry)


@dataclass(frozen=True, slots=True)
class HospitalFacts:
    """A hospital as the rules see it: its level, and whether it was designated on the admission date."""

    level: int
    designated: bool


@dataclass(frozen=True, slots=True)
class Claim:
    """All the rules look at for one application."""

    stay: Stay
    applied_on: datetime.date
    entries: Sequence[Entry]
    death_date: datetime.date | None
    hospital: HospitalFacts
    holder_is_applicant: bool


def governing_entry(entries: Sequence[E], covered: Sequence[str], day: datetime.date) -> E:
    """The entry to judge by: one covered and valid that day, else one covered, else the first there is."""
    fitting = [entry for entry in entries if entry.category in covered]
    valid = [entry for entry in fitting if entry.valid_on(day)]
    return (valid or fitting or list(entries))[0]


def ineligibilities(claim: Claim, terms: Terms) -> list[str]:
    """Every reason against, as codes, in the order of the scheme. Empty when there is none.

    Everything that can change over time is judged as of the admission date: category and register, hospital level
    and designation. A person who died before discharge cannot apply; one who died on the day of discharge can.
    """
    stay, day = claim.stay, claim.stay.admission
    covered = terms.body["categories"]
    entry = governing_entry(claim.entries, covered, day)
    within = datetime.timedelta(days=terms.body["apply_within_days_of_discharge"])
    checks = (
        ("category_not_covered", entry.category not in covered),
        ("register_not_valid", not entry.valid_on(day)),
        ("deceased", claim.death_date is not None and claim.death_date < stay.discharge),
        ("hospital_level_too_low", claim.hospital.level < terms.body["minimum_hospital_level"]),
        ("hospital_not_designated", not claim.hospital.designated),
        ("late_application", claim.applied_on > stay.discharge + within),
        ("account_holder_mismatch", not claim.holder_is_applicant),
    )
    return [code for code, holds in checks if holds]
