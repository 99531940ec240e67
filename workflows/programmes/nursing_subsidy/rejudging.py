"""Decided cases of 住院护理补贴 judged again, by the same rules, under whatever terms are laid beside them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

from casework.models import Case, Hospital, RegisterEntry
from workflows.assessment import Assessment
from workflows.categories import CATEGORIES, categories_in_words
from workflows.papers.codes import CODES
from workflows.programme import Period, PinnedEntry
from workflows.programmes.nursing_subsidy import rules
from workflows.programmes.nursing_subsidy.applications import clashes, designated_on, hospital_named, hospitals_of
from workflows.programmes.nursing_subsidy.assessment import assess_stay, governing_terms, read_terms, stay_of
from workflows.terms import Terms, TermsBook


class Bench:
    """Judges on the facts as the case pins them (dates, hospital and its level, day of application), and on the
    books as they now stand (register, designation, death): what has changed in those changes both judgements alike.
    """

    def __init__(self) -> None:
        self._hospitals: dict[str, dict[str, Hospital]] = {}
        self._entries: Mapping[tuple[int, str], Sequence[RegisterEntry]] = {}

    def prepare(self, cases: Sequence[Case]) -> None:
        counties = {case.division_id[:6] for case in cases}
        self._hospitals.update(hospitals_of(sorted(counties - self._hospitals.keys())))
        entries = defaultdict(list)
        people = {case.applicant_id for case in cases}
        for entry in RegisterEntry.objects.filter(person_id__in=people).order_by("valid_from", "pk"):
            entries[entry.person_id, entry.county_id].append(entry)
        self._entries = entries

    def governing(self, case: Case, book: TermsBook) -> Terms | None:
        return governing_terms(stay_of(case), book)

    def against(self, case: Case, terms: Terms, held: Sequence[Period]) -> Mapping[str, str]:
        claim = self._claim(case)
        codes = rules.ineligibilities(claim, terms) + clashes(held, claim.stay)
        return {code: _said(code, claim, terms) for code in codes}

    def assess(self, case: Case, terms: Terms, used: Mapping[int, int]) -> Assessment:
        return assess_stay(stay_of(case), terms, used)

    def _claim(self, case: Case) -> rules.Claim:
        county, stay = case.division_id[:6], stay_of(case)
        hospital = hospital_named(case.facts["hospital"], self._hospitals[county], county)
        entries = self._entries.get((case.applicant_id, county), ())
        account = case.payee_account
        return rules.Claim(
            stay=stay,
            applied_on=case.applied_on,
            entries=entries or [PinnedEntry(case.facts["category"])],
            death_date=case.applicant.death_date,
            hospital=rules.HospitalFacts(
                level=case.facts["hospital_level"],
                designated=hospital is not None and designated_on(hospital, stay.admission),
            ),
            holder_is_applicant=account is not None and account.holder_name == case.applicant.name,
        )


def _said(code: str, claim: rules.Claim, terms: Terms) -> str:
    """Why, in the numbers of the terms it was judged under."""
    stay, body = claim.stay, terms.body
    if code == "category_not_covered":
        entry = rules.governing_entry(claim.entries, body["categories"], stay.admission)
        covered = categories_in_words(body["categories"])
        return f"家庭类别“{CATEGORIES.get(entry.category, entry.category)}”不在补贴范围（{covered}）"
    if code == "hospital_level_too_low":
        return f"医院等级是{claim.hospital.level}级，要求{body['minimum_hospital_level']}级以上"
    if code == "late_application":
        within = body["apply_within_days_of_discharge"]
        return f"{stay.discharge:%Y-%m-%d}出院，{claim.applied_on:%Y-%m-%d}申请，超过出院后{within}天的期限"
    return CODES[code].sentence


class NursingRejudging:
    """This programme's part in `workflows.replay_rules`."""

    def read_terms(self, path: Path) -> TermsBook:
        return read_terms(path)

    def open_bench(self) -> Bench:
        return Bench()
