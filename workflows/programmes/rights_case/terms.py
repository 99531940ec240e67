"""The dated numbers of 权益维护: until when something can be claimed, and by when others should have answered."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from casework.models import Case, Channel, Dispute
from workflows import clock
from workflows.terms import Terms, TermsBook, load
from workflows.terms_shape import Shape, each, text, whole, yes_or_no

ONE_DAY = datetime.timedelta(days=1)
_days = whole(1, 3650)
_warns = whole(0, 3650)

SHAPE = Shape(
    programme="rights_case",
    body={
        "second_person": yes_or_no,
        "review": each({"ask_within_days": whole(1, 365), "clause": text}),
        "limitations": each(
            dict.fromkeys(Dispute.values, each({"years": whole(0, 20), "warn_days": _warns, "clause": text}))
        ),
        "referrals": each(dict.fromkeys(Channel.values, each({"days": _days, "working": yes_or_no, "clause": text}))),
        "arbitration": each({"days": _days, "warn_days": _warns, "clause": text}),
        "confirmation": each({"days": _days, "warn_days": _warns, "clause": text}),
        "performance": each({"warn_days": _warns, "clause": text}),
    },
)
TERMS: TermsBook = load(Path(__file__).with_name("terms.yaml"), SHAPE)


@dataclass(frozen=True, slots=True)
class Day:
    """The last day of something, the day on which somebody is told that it comes, and by which clause."""

    due_on: datetime.date
    warn_on: datetime.date
    clause: str


def terms_of(case: Case) -> Terms:
    return TERMS.version(case.terms_version)


def limitation_of(terms: Terms, dispute: str, incident_on: datetime.date) -> Day | None:
    """The last day on which it can be claimed; None where there is no limitation. Counted from the day after, so the
    last is the day of the same date, or the month's last where that date does not exist."""
    said = terms.body["limitations"][dispute]
    if not said["years"]:
        return None
    return _before(years_after(incident_on, said["years"]), said)


def limitation_clause(terms: Terms, dispute: str) -> str:
    return str(terms.body["limitations"][dispute]["clause"])


def warned_of(terms: Terms, dispute: str, due_on: datetime.date, clause: str) -> Day:
    """A limitation that somebody has set by hand, warned of as the terms say."""
    return Day(due_on, due_on - ONE_DAY * terms.body["limitations"][dispute]["warn_days"], clause)


def answer_due(terms: Terms, channel: str, day: datetime.date) -> datetime.date:
    """By when whoever it is referred to that day should have answered."""
    said = terms.body["referrals"][channel]
    return clock.calendar().add_days(day, said["days"], working=said["working"])


def award_due(terms: Terms, filed_on: datetime.date) -> Day:
    said = terms.body["arbitration"]
    return _before(filed_on + ONE_DAY * said["days"], said)


def confirmation_due(terms: Terms, agreed_on: datetime.date) -> Day:
    said = terms.body["confirmation"]
    return _before(agreed_on + ONE_DAY * said["days"], said)


def performance_due(terms: Terms, due_on: datetime.date) -> Day:
    return _before(due_on, terms.body["performance"])


def needs_second_person(terms: Terms) -> bool:
    """Whether a refusal or a closing is another person's to decide."""
    return bool(terms.body["second_person"])


def years_after(day: datetime.date, years: int) -> datetime.date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:  # 29 February
        return day.replace(year=day.year + years, day=28)


def months_after(day: datetime.date, months: int) -> datetime.date:
    """The same date so many months on, or that month's last."""
    year, month = divmod(day.month - 1 + months, 12)
    first = datetime.date(day.year + year, month + 1, 1)
    last = (first.replace(day=28) + ONE_DAY * 4).replace(day=1) - ONE_DAY
    return min(last, first + ONE_DAY * (day.day - 1))


def _before(due_on: datetime.date, said: Mapping[str, Any]) -> Day:
    return Day(due_on, due_on - ONE_DAY * said["warn_days"], said["clause"])
