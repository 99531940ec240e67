"""Judging applications of a standard programme in order: set by set, a fixed number of statements each."""

from __future__ import annotations

import datetime
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from casework.models import BenefitHold, Case, Entitlement, Person, RegisterEntry
from workflows.assessment import Assessment
from workflows.overlap import by_household, by_person
from workflows.programme import Verdict
from workflows.standard.applications import Application
from workflows.standard.assessment import Assessor
from workflows.standard.eligibility import Period, Standing, against, governing_entry, register_day
from workflows.standard.facts import governing
from workflows.standard.newcomers import Newcomers
from workflows.standard.periods import Claim, claim_of, things_of
from workflows.terms import Terms


@dataclass(slots=True)
class Known:
    """What the books know of a person, and what has been granted so far."""

    person: Person
    entries: list[RegisterEntry] = field(default_factory=list)
    used: Counter[int] = field(default_factory=Counter)


class StandardDocket:
    """Judges a county's applications in order. What it grants counts for those that follow."""

    def __init__(self, assessor: Assessor, county: str, applied_on: datetime.date) -> None:
        self.assessor = assessor
        self.county = county
        self.applied_on = applied_on
        self._known: dict[str, Known | None] = {}
        self._held: dict[str, list[tuple[int, Period]]] = defaultdict(list)
        self._newcomers = Newcomers(county, placed=not assessor.heirs)

    def prepare(self, applications: Sequence[Application]) -> None:
        """Read what these need, locking the persons: two imports for one person wait for each other."""
        if self.assessor.takes_anyone:
            self._newcomers.bring_in(applications)
        asked = {found.identity_hash for found in applications} | {found.deceased_hash for found in applications}
        wanted = asked - self._known.keys() - {""}
        self._known.update(dict.fromkeys(wanted))
        people = Person.objects.select_for_update().filter(identity_hash__in=wanted).order_by("pk")
        things = {one for found in applications for terms in self.assessor.book.versions
                  for one in things_of(terms, found.facts)}  # fmt: skip
        self._learn(people, things)

    def judge(self, application: Application) -> Verdict:
        """Accepted, with facts and assessment; or refused with every reason, in the scheme's order."""
        verdict, known, claim, terms = self._look(application)
        if known is None or claim is None or terms is None:
            return verdict
        assert verdict.person_id is not None
        wanted = verdict.facts.get("unit_name", application.name)
        right = not self.assessor.pays or application.account_holder == wanted
        standing = self._standing(known, claim, verdict.person_id, verdict.facts, right)
        codes = against(standing, claim, terms)
        used = known.used if not claim.of_deceased else Counter[int]()
        assessment = self.assessor.assess(verdict.facts, terms, self.applied_on, used, claim)
        if not codes and self.assessor.pays and not assessment.amount:
            codes = ["nothing_due"]
        if codes:
            return Verdict(False, tuple(codes), person_id=verdict.person_id)
        self._grant(known, claim, verdict.person_id, assessment)
        return Verdict(
            accepted=True,
            reasons=(),
            person_id=verdict.person_id,
            division=verdict.division,
            identity_hash=verdict.identity_hash,
            terms_version=verdict.terms_version,
            facts=verdict.facts,
            assessment=assessment,
        )

    def enter(self, application: Application) -> Verdict:
        """Facts for a case that is to wait at intake, judged only as far as it must be to be entered at all."""
        return self._look(application)[0]

    def reasons_against(self, case: Case) -> list[str]:
        """What stands against a case already entered, at this moment."""
        terms = self.assessor.book.version(case.terms_version)
        claim = claim_of(terms, case.facts, case.applied_on)
        subject = self.assessor.subject_of(case)
        if claim is None or subject is None:
            return ["missing_field"]
        # What `prepare` has read of the same person counted this very case.
        self._held.clear()
        self._learn([subject], claim.things, besides=case)
        known = self._known[subject.identity_hash]
        assert known is not None
        account = case.payee_account
        right = not self.assessor.pays or (account is not None and account.holder_name == self.assessor.payee(case))
        codes = against(self._standing(known, claim, case.applicant_id, case.facts, right), claim, terms)
        used = dict(known.used) if not claim.of_deceased else {}
        nothing = self.assessor.pays and not self.assessor.assess(
            case.facts, terms, case.applied_on, used, claim
        ).amount  # fmt: skip
        return [*codes, "nothing_due"] if nothing and not codes else codes

    # -- what the books know -------------------------------------------------------------------------------------------

    def _learn(self, people: Iterable[Person], things: Iterable[str] = (), besides: Case | None = None) -> None:
        """A few statements, however many persons: register entries, days they used, what they or theirs hold."""
        by_id = {person.pk: Known(person) for person in people}
        entries = RegisterEntry.objects.filter(person_id__in=by_id, county_id=self.county).order_by("valid_from", "pk")
        for entry in entries:
            by_id[entry.person_id].entries.append(entry)
        live = Entitlement.objects.filter(programme=self.assessor.slug, live=True)
        if besides is not None:
            live = live.exclude(case=besides)
        for person_id, days in live.filter(person_id__in=by_id).values_list("person_id", "days_by_year"):
            by_id[person_id].used.update({int(year): count for year, count in days.items()})
        claimants = {make(known.person) for known in by_id.values() for make in (by_household, _by_person)}
        claimants.update(things)
        holds = BenefitHold.objects.filter(benefit=self.assessor.slug, claimant__in=claimants, live=True)
        if besides is not None:
            holds = holds.exclude(case=besides)
        self._learn_of_homes([known.person for known in by_id.values()], besides)
        # Those granted meanwhile from this very sheet may not be written yet: what is known of them stays.
        for claimant, owner, begins, ends in holds.values_list("claimant", "case__applicant_id", "begins", "ends"):
            if (owner, (begins, ends)) not in self._held[claimant]:
                self._held[claimant].append((owner, (begins, ends)))
        self._known.update({known.person.identity_hash: known for known in by_id.values()})

    def _learn_of_homes(self, people: Sequence[Person], besides: Case | None) -> None:
        """What the members of a household hold that was granted while they stood in none, or in one of which nobody is
        left: its number has changed, they are a household still. Two statements, where a household can hold."""
        per_household = any(terms.body["how_often"]["per"] == "household" for terms in self.assessor.book.versions)
        homes = {person.household_id: by_household(person) for person in people if person.household_id}
        if not per_household or not homes or self.assessor.heirs:
            return
        cases = Case.objects.filter(programme=self.assessor.slug, applicant__household__in=homes)
        if besides is not None:
            cases = cases.exclude(pk=besides.pk)
        holds = BenefitHold.objects.filter(case__in=cases, benefit=self.assessor.slug, live=True)
        found = holds.exclude(claimant__startswith="t").exclude(claimant__in=homes.values())
        of = ("claimant", "case__applicant__household_id", "case__applicant_id", "begins", "ends")
        rows = list(found.values_list(*of))
        former = {int(claimant[1:]) for claimant, *_rest in rows if claimant.startswith("h")}
        lived_in = Person.objects.filter(household__in=former).values_list("household_id", flat=True) if former else ()
        elsewhere = {f"h{home}" for home in lived_in}
        for claimant, home, owner, begins, ends in rows:
            held = self._held[homes[home]]
            if claimant not in elsewhere and (owner, (begins, ends)) not in held:
                held.append((owner, (begins, ends)))

    def _look(self, application: Application) -> tuple[Verdict, Known | None, Claim | None, Terms | None]:
        """What must be known before anything can be judged: who, about whom, under which terms, for which period."""
        applicant = self._known.get(application.identity_hash)
        subject = self._known.get(application.deceased_hash) if self.assessor.heirs else applicant
        facts = dict(application.facts)
        terms = governing(self.assessor.book, facts, self.applied_on)
        if refusal := self._refused(application, applicant, subject, terms):
            return refusal, None, None, None
        assert applicant is not None and subject is not None and terms is not None
        division = self._division(subject, applicant)
        if division is None:
            return (
                Verdict(False, ("unknown_place",), details=(_where(applicant.person),)),
                None,
                None,
                None,
            )
        if subject.entries:
            day = register_day(terms, facts, self.applied_on)
            entry = governing_entry(subject.entries, terms.body["who"].get("categories", ()), day)
            facts |= {"category": entry.category, "certificate_number": entry.certificate_number}
        if self.assessor.heirs:
            facts["deceased"] = subject.person.pk
        claim = claim_of(terms, facts, self.applied_on)
        verdict = Verdict(
            accepted=True,
            reasons=(),
            person_id=applicant.person.pk,
            division=division,
            identity_hash=application.identity_hash,
            terms_version=terms.version,
            facts=facts,
        )
        return verdict, subject, claim, terms

    def _refused(
        self, application: Application, applicant: Known | None, subject: Known | None, terms: Terms | None
    ) -> Verdict | None:
        missing = self.assessor.missing_facts(application.facts, terms)
        if missing:
            return Verdict(False, ("missing_field",), details=tuple(f"没有填“{label}”" for label in missing))
        if terms is None:
            return Verdict(False, ("no_terms_in_force",))
        if self.assessor.out_of_order(application.facts, terms):
            return Verdict(False, ("dates_out_of_order",))
        named = application.facts.get("deceased_name", application.name)
        in_register = subject is not None and (subject.entries or "categories" not in terms.body["who"])
        if applicant is None or subject is None or not in_register:
            if applicant is None and self.assessor.takes_anyone:
                return Verdict(False, ("unknown_place",), details=(self._newcomers.complaint(application),))
            return Verdict(False, ("not_in_register",))
        if applicant.person.name != application.name or subject.person.name != named:
            return Verdict(False, ("not_in_register",), details=("号码已有登记，但姓名不同",))
        return None

    def _division(self, subject: Known, applicant: Known) -> str | None:
        """Where the case lies: as the register says, or where the person lives."""
        if subject.entries:
            return subject.entries[-1].division_id
        place = applicant.person.division_id
        return place if place and place.startswith(self.county) else None

    def _standing(
        self, known: Known, claim: Claim, applicant: int, facts: Mapping[str, Any], holder_is_right: bool
    ) -> Standing:
        held = [period for one in claim.claimants(known.person) for period in self._held[one]]
        return Standing(
            facts=facts,
            applied_on=self.applied_on,
            entries=known.entries,
            birth_date=known.person.birth_date,
            death_date=known.person.death_date,
            held=[period for owner, period in held if owner == applicant],
            held_by_others=[period for owner, period in held if owner != applicant],
            holder_is_right=holder_is_right,
        )

    def _grant(self, known: Known, claim: Claim, applicant: int, assessment: Assessment) -> None:
        for one in claim.claimants(known.person):
            self._held[one].append((applicant, (claim.begins, claim.ends)))
        known.used.update(assessment.days_by_year)


def _by_person(person: Person) -> str:
    return by_person(person.pk)


def _where(person: Person) -> str:
    """Why somebody the books know has no place in this county."""
    return "这个人登记的户籍地不在本县" if person.division_id else "这个人没有登记户籍地"
