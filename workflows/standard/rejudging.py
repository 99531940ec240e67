"""Decided cases of a standard programme judged again under whatever terms are laid beside their own."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from casework.models import Case, Person, RegisterEntry
from workflows.assessment import Assessment
from workflows.papers.codes import CODES
from workflows.programme import Period, PinnedEntry
from workflows.standard.assessment import Assessor
from workflows.standard.eligibility import Entry, Standing, against
from workflows.standard.facts import governing
from workflows.standard.periods import claim_of
from workflows.standard.schema import shape_of
from workflows.standard.words import codes_of
from workflows.terms import Terms, TermsBook, TermsProblem, book_of, parsed, written

NOT_WRITTEN = "missing_field"


@dataclass(slots=True)
class StandardBench:
    """Judges on the facts as the case pins them, and on the books as they now stand (register, birth, death): what has
    changed in those changes both judgements alike. What others hold is a fact on the ground, and is not asked."""

    assessor: Assessor
    _subjects: Mapping[int, Person] = field(default_factory=dict)
    _entries: Mapping[tuple[int, str], Sequence[RegisterEntry]] = field(default_factory=dict)

    def prepare(self, cases: Sequence[Case]) -> None:
        """One statement, two where somebody else than the applicant is whom a case is about."""
        self._subjects = {case.applicant_id: case.applicant for case in cases}
        if self.assessor.heirs:
            self._subjects = Person.objects.in_bulk([case.facts["deceased"] for case in cases])
        entries: dict[tuple[int, str], list[RegisterEntry]] = defaultdict(list)
        of_these = RegisterEntry.objects.filter(person_id__in=self._subjects)
        for entry in of_these.order_by("valid_from", "pk"):
            entries[entry.person_id, entry.county_id].append(entry)
        self._entries = entries

    def governing(self, case: Case, book: TermsBook) -> Terms | None:
        return governing(book, case.facts, case.applied_on)

    def against(self, case: Case, terms: Terms, held: Sequence[Period]) -> Mapping[str, str]:
        if unanswered := list(self._unanswered(case, terms)):
            return {NOT_WRITTEN: f"原申请里没有方案要问的“{'”“'.join(unanswered)}”"}
        claim = claim_of(terms, case.facts, case.applied_on)
        if self.assessor.out_of_order(case.facts, terms):
            codes = ["dates_out_of_order"]
        else:
            codes = against(self._standing(case, held), claim, terms)
        sentences = codes_of(TermsBook([terms]), unit=self.assessor.unit)
        return {code: sentences.get(code, CODES.get(code, sentences["nothing_due"])).sentence for code in codes}

    def assess(self, case: Case, terms: Terms, used: Mapping[int, int]) -> Assessment:
        claim = claim_of(terms, case.facts, case.applied_on)
        assert claim is not None  # `against` has found every day the period hangs on
        return self.assessor.assess(case.facts, terms, case.applied_on, {} if claim.of_deceased else used, claim)

    def _unanswered(self, case: Case, terms: Terms) -> Iterator[str]:
        """Labels of what these terms ask and the case does not say, or says in a word they do not know."""
        asked = {fact["name"]: fact for fact in terms.body.get("facts", ())}
        yield from self.assessor.missing_facts(case.facts, terms)
        for name, fact in asked.items():
            if fact["kind"] == "choice" and case.facts.get(name, "") not in ("", *fact["choices"]):
                yield fact["label"]

    def _standing(self, case: Case, held: Sequence[Period]) -> Standing:
        subject = self._subjects[case.facts["deceased"] if self.assessor.heirs else case.applicant_id]
        entries: Sequence[Entry] = self._entries.get((subject.pk, case.division_id[:6]), ())
        if not entries and "category" in case.facts:
            entries = (PinnedEntry(case.facts["category"]),)
        account = case.payee_account
        right = account is not None and account.holder_name == self.assessor.payee(case)
        return Standing(
            facts=case.facts,
            applied_on=case.applied_on,
            entries=entries,
            birth_date=subject.birth_date,
            death_date=subject.death_date,
            held=held,
            held_by_others=(),
            holder_is_right=right or not self.assessor.pays,
        )


@dataclass(frozen=True)
class StandardRejudging:
    """Every standard programme's part in `workflows.replay_rules`."""

    slug: str
    assessor: Assessor

    def read_terms(self, path: Path) -> TermsBook:
        raw = parsed(written(path), path.name)
        try:
            return book_of(raw, shape_of(self.slug))
        except TermsProblem as problem:
            raise TermsProblem(f"{path.name}：{problem}") from problem

    def open_bench(self) -> StandardBench:
        return StandardBench(self.assessor)
