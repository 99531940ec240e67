"""A case's facts, read back into the rules."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from pathlib import Path

from casework.models import Case, RegisterEntry
from workflows.assessment import Assessment
from workflows.overlap import HOSPITAL_DAYS, Held, by_person
from workflows.programmes.nursing_subsidy import rules
from workflows.terms import Terms, TermsBook, load
from workflows.terms_shape import Shape, each, text, whole, words, yes_or_no, yuan

SHAPE = Shape(
    programme="nursing_subsidy",
    body={
        "review": each({"ask_within_days": whole(1, 365), "clause": text}),
        "categories": words(RegisterEntry.Category.values),
        "minimum_hospital_level": whole(1, 3),
        "apply_within_days_of_discharge": whole(0, 3650),
        "combine_with_hospital_cash": yes_or_no,
        "days_a_year": whole(1, 366),
        "yuan_a_day": each(dict.fromkeys(rules.DEPENDENCY_LEVELS, yuan)),
    },
)


def read_terms(path: Path) -> TermsBook:
    """This programme's terms from a file, checked to the last key. Raises `TermsProblem`."""
    return load(path, SHAPE)


TERMS: TermsBook = read_terms(Path(__file__).with_name("terms.yaml"))


def governing_terms(stay: rules.Stay, book: TermsBook) -> Terms | None:
    """The version that governs a stay: the one in force on the day of admission. None before the first."""
    return book.in_force(stay.admission)


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


def holds(case: Case, assessment: Assessment) -> tuple[Held, ...]:
    """The days in hospital, where the terms do not let an insurer pay for them by the day as well. 方案：待遇叠加"""
    if TERMS.version(case.terms_version).body["combine_with_hospital_cash"]:
        return ()
    return (Held(HOSPITAL_DAYS, by_person(case.applicant_id), assessment.begins, assessment.ends),)
