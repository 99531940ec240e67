"""The terms of 特殊家庭联系, and that nothing is paid by it."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

from casework.models import Case, RegisterEntry
from workflows.assessment import Assessment
from workflows.terms import TermsBook, load
from workflows.terms_shape import Shape, each, text, whole, words

SHAPE = Shape(
    programme="family_contact",
    body={
        "categories": words(RegisterEntry.Category.values),
        "contact": each({"within_days": whole(1, 3650), "clause": text}),
    },
)
TERMS: TermsBook = load(Path(__file__).parents[1] / "programmes" / "family_contact" / "terms.yaml", SHAPE)


def assess(case: Case, used: Mapping[int, int]) -> Assessment:
    """Nothing: a family is looked after, and no money moves."""
    return Assessment(case.applied_on, case.applied_on, 0, {}, Decimal("0.00"), False, {"explanation": []})
