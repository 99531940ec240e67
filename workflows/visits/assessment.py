"""What a household gets in a round: the round's standard, as the case pinned it when it was nominated."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

from casework.models import Case, RegisterEntry, VisitRound
from workflows.assessment import Assessment
from workflows.terms import Terms, TermsBook, load
from workflows.terms_shape import Shape, each, text, whole, words, yuan

_rate = each({"yuan": yuan, "clause": text})

SHAPE = Shape(
    programme="hardship_visit",
    body={
        "review": each({"ask_within_days": whole(1, 365), "clause": text}),
        "categories": words(RegisterEntry.Category.values),
        "standards": each(dict.fromkeys(VisitRound.Festival.values, _rate)),
        "most": _rate,
        "pointed_out": each(
            {
                "outside_village_km": whole(1, 500),
                "far_apart_km": whole(1, 500),
                "within_minutes": whole(1, 1440),
                "visits_a_day": whole(1, 200),
                "clause": text,
            }
        ),
    },
)


def read_terms(path: Path) -> TermsBook:
    """This programme's terms from a file, checked to the last key. Raises `TermsProblem`."""
    return load(path, SHAPE)


TERMS: TermsBook = read_terms(Path(__file__).parents[1] / "programmes" / "hardship_visit" / "terms.yaml")


def terms_of(round_: VisitRound) -> Terms:
    """The version a round was set up under."""
    return TERMS.version(round_.version)


def assess(case: Case, used: Mapping[int, int]) -> Assessment:
    """The standard of the case's round, in yuan; nothing is counted in days."""
    return award(case.facts, case.applied_on)


def award(facts: Mapping[str, object], on: datetime.date) -> Assessment:
    """From the facts: `standard` in yuan, `round_title`, `basis`, and whether it is goods."""
    amount = Decimal(str(facts["standard"])).quantize(Decimal("0.01"))
    what = "慰问品价值" if facts.get("form") == VisitRound.Form.GOODS else "慰问金"
    lines = [f"{facts['round_title']}：每户{what}{amount:.2f}元（{facts['basis']}）"]
    return Assessment(
        begins=on,
        ends=on,
        days=0,
        days_by_year={},
        amount=amount,
        cut_by_cap=False,
        body={"amount": f"{amount:.2f}", "explanation": lines},
    )
