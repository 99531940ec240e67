"""A case's facts, read back into the rules."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from pathlib import Path

from casework.models import Case
from workflows.assessment import Assessment
from workflows.programmes.nursing_subsidy import rules
from workflows.terms import Terms, TermsBook, load

TERMS: TermsBook = load(Path(__file__).with_name("terms.yaml"))


def stay_of(case: Case) -> rules.Stay:
    return rules.Stay(
        admission=datetime.date.fromisoformat(case.facts["admission_date"]),
        discharge=datetime.date.fromisoformat(case.facts["discharge_date"]),
        dependency_level=case.facts["dependency_level"],
    )


def assess(case: Case, used: Mapping[int, int]) -> Assessment:
    """What the case earns after `used` days of each calendar year."""
    return assess_stay(stay_of(case), TERMS.version(case.terms_version), used)


def assess_stay(stay: rules.Stay, terms: Terms, used: Mapping[int, int]) -> Assessment:
    award = rules.assess(stay, terms, used)
    return Assessment(
        begins=stay.admission,
        ends=stay.discharge,
        days=award.days,
        days_by_year=award.days_by_year,
        amount=award.amount,
        cut_by_cap=award.cut_by_cap,
        body=award.as_json(),
    )
