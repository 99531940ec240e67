"""A standard programme's terms, ready to be asked: what an application lacks, what it earns, who it is about."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from casework.models import Case, Person
from workflows.assessment import Assessment
from workflows.overlap import Held
from workflows.standard.amounts import Applied, amount_of
from workflows.standard.periods import Claim, claim_of
from workflows.terms import Terms, TermsBook


@dataclass(frozen=True)
class Assessor:
    """One programme's terms. `unit`: a unit applies, by its representative."""

    slug: str
    book: TermsBook
    labels: Mapping[str, str]
    words: Mapping[str, Mapping[str, str]]
    unit: bool

    @property
    def _newest(self) -> Mapping[str, Any]:
        return self.book.versions[-1].body

    @property
    def takes_anyone(self) -> bool:
        """Whether somebody who is in no book can apply: any resident, or a deceased person's family."""
        return "proof" in self._newest["who"] or self.heirs

    @property
    def heirs(self) -> bool:
        return bool(self._newest["who"].get("heir"))

    @property
    def pays(self) -> bool:
        return bool(self._newest["amount"]["kind"] != "nothing")

    def payee(self, case: Case) -> str:
        """Whose name the account must bear."""
        return str(case.facts["unit_name"]) if self.unit else case.applicant.name

    def subject_of(self, case: Case) -> Person | None:
        """Whom the register, the dates and the periods are about."""
        found: Person | None = case.applicant
        if self.heirs:
            found = Person.objects.filter(pk=case.facts.get("deceased")).first()
        return found

    def missing_facts(self, facts: Mapping[str, Any], terms: Terms | None) -> list[str]:
        """Labels of facts these terms require and the application leaves out."""
        asked = (terms or self.book.versions[-1]).body.get("facts", ())
        return [fact["label"] for fact in asked if fact.get("required", True) and fact["name"] not in facts]

    def out_of_order(self, facts: Mapping[str, Any], terms: Terms) -> bool:
        """Whether an end lies before its beginning."""
        amount, often = terms.body["amount"], terms.body["how_often"]
        pairs = [(often.get("on"), often.get("to"))]
        pairs += [(amount.get("from"), amount.get("to"))] if amount["kind"] in ("days", "interest") else []
        return any(first in facts and last in facts and str(facts[last]) < str(facts[first]) for first, last in pairs)

    def assess_case(self, case: Case, used: Mapping[int, int]) -> Assessment:
        """What a case earns after `used` days of each calendar year."""
        terms = self.book.version(case.terms_version)
        claim = claim_of(terms, case.facts, case.applied_on)
        assert claim is not None  # a case is not entered without the day its period hangs on
        return self.assess(case.facts, terms, case.applied_on, used, claim)

    def holds(self, case: Case, assessment: Assessment) -> tuple[Held, ...]:
        """What an accepted case holds, that nobody else of whom it is about can hold on a day of it."""
        terms = self.book.version(case.terms_version)
        claim = claim_of(terms, case.facts, case.applied_on)
        subject = self.subject_of(case)
        if claim is None or subject is None:
            return ()
        return tuple(Held(self.slug, one, claim.begins, claim.ends) for one in claim.claimants(subject))

    def assess(
        self,
        facts: Mapping[str, Any],
        terms: Terms,
        applied_on: datetime.date,
        used: Mapping[int, int],
        claim: Claim,
    ) -> Assessment:
        begins = applied_on if claim.is_for_ever else claim.begins
        applied = Applied(facts, self.words, self.labels, begins, used)
        amount, found = amount_of(terms.body["amount"], applied)
        return Assessment(
            begins=claim.begins,
            ends=claim.ends,
            days=found.days,
            days_by_year=found.days_by_year,
            amount=amount,
            cut_by_cap=found.cut,
            holder=facts.get("deceased") if claim.of_deceased else None,
            body={
                "amount": f"{amount:.2f}",
                "days": found.days,
                "used_before": {str(year): days for year, days in found.used_before.items()},
                "explanation": [*found.lines, f"适用标准：{terms.source}"],
            },
        )
