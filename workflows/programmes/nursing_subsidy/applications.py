"""Applications for 住院护理补贴: read off a sheet or a form, and judged in order."""

from __future__ import annotations

import datetime
import functools
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from casework import identity
from casework.crypto import lookup_hash
from casework.models import BenefitHold, Case, Entitlement, Hospital, PayeeAccount, Person, RegisterEntry
from casework.sheets import values
from casework.sheets.columns import Column
from casework.sheets.values import Cell
from casework.sheets.vocabulary import APPLICATION_COLUMNS
from workflows import overlap
from workflows.assessment import Assessment
from workflows.entitlement import held_by_others
from workflows.papers.codes import LineRefused, first_of
from workflows.papers.places import without_place
from workflows.programme import Verdict
from workflows.programmes.nursing_subsidy import rules
from workflows.programmes.nursing_subsidy.assessment import TERMS, assess_stay, governing_terms, stay_of
from workflows.terms import Terms

SLUG = "nursing_subsidy"
LEVEL_WORDS = {
    word + ending: code
    for code, words in {"light": ("轻度", "轻"), "moderate": ("中度", "中"), "severe": ("重度", "重")}.items()
    for word in words
    for ending in ("", "失能", "依赖", "护理", "级")
}


@dataclass(frozen=True)
class Application:
    """An application as written: cleaned, not yet judged."""

    name: str
    identity_number: str
    hospital: str
    stay: rules.Stay
    account_number: str
    account_holder: str
    caregiver: str = ""
    bank: str = ""
    phone: str = ""
    remark: str = ""

    @functools.cached_property
    def identity_hash(self) -> str:
        return lookup_hash("identity", self.identity_number)

    @functools.cached_property
    def account_hash(self) -> str:
        return lookup_hash("account", self.account_number)


LABELS = {column.name: column.label for column in APPLICATION_COLUMNS}
REQUIRED = tuple(column.name for column in APPLICATION_COLUMNS if column.required)
READERS: dict[str, Callable[[Cell], Any]] = {
    "name": values.name,
    "identity_number": values.identity,
    "hospital": values.word,
    "admission_date": values.date,
    "discharge_date": values.date,
    "dependency_level": values.word,
    "account_number": values.account,
    "account_holder": values.name,
    "caregiver": values.text,
    "bank": values.text,
    "phone": values.text,
    "remark": values.text,
}


def read(cells: Mapping[str, Cell]) -> Application:
    """A line's cells as an application. Raises `LineRefused` with the one code that stands alone."""
    found: dict[str, Any] = {}
    problems: list[tuple[str, str]] = []
    for name, reader in READERS.items():
        try:
            found[name] = reader(cells.get(name, ""))
        except values.PrecisionLost as problem:
            problems.append(("id_precision_lost", f"{LABELS[name]}：{problem}"))
        except values.BadDate as problem:
            problems.append(("date_invalid", f"{LABELS[name]}：{problem}"))
        except values.BadIdentity as problem:
            problems.append(("id_checksum", f"{LABELS[name]}：{problem}"))
        except values.CellProblem as problem:
            problems.append(("unknown_value", f"{LABELS[name]}：{problem}"))
        else:
            if name in REQUIRED and not found[name]:
                problems.append(("missing_field", f"没有填“{LABELS[name]}”"))
    number = found.get("identity_number")
    if number and not identity.is_valid(number):
        problems.append(("id_checksum", f"{LABELS['identity_number']}：{identity.fault(number)}"))
    written = found.get("dependency_level")
    level = LEVEL_WORDS.get(written or "")
    if written and level is None:
        problems.append(("unknown_value", f"失能等级“{written}”不认识，请填轻度、中度或重度"))
    if problems:
        raise first_of(problems)
    assert level is not None
    stay = rules.Stay(found.pop("admission_date"), found.pop("discharge_date"), level)
    del found["dependency_level"]
    return Application(stay=stay, **found)


@dataclass(slots=True)
class _Known:
    """What the books know of a person, and what has been granted so far."""

    person: Person
    entries: list[RegisterEntry]
    periods: list[tuple[datetime.date, datetime.date]] = field(default_factory=list)
    elsewhere: list[BenefitHold] = field(default_factory=list)
    used: Counter[int] = field(default_factory=Counter)


class Docket:
    """Judges a county's applications in order. What it grants counts for those that follow.

    `hospitals` are the county's, where they have been read already (`hospitals_of`).
    """

    def __init__(self, county: str, applied_on: datetime.date, hospitals: Mapping[str, Hospital] | None = None) -> None:
        self.county = county
        self.applied_on = applied_on
        self._hospitals = hospitals_of([county])[county] if hospitals is None else hospitals
        self._known: dict[str, _Known | None] = {}

    def prepare(self, applications: Sequence[Application]) -> None:
        """Read what these need, locking the persons: two imports for one person wait for each other."""
        wanted = {application.identity_hash for application in applications} - self._known.keys()
        self._known.update(dict.fromkeys(wanted))
        people = Person.objects.select_for_update().filter(identity_hash__in=wanted).order_by("pk")
        by_id = {person.pk: _Known(person, []) for person in people}
        entries = RegisterEntry.objects.filter(person_id__in=by_id, county_id=self.county).order_by("valid_from", "pk")
        for entry in entries:
            by_id[entry.person_id].entries.append(entry)
        taken = Entitlement.objects.filter(person_id__in=by_id, programme=SLUG, live=True)
        for person_id, begins, ends, days in taken.values_list("person_id", "begins", "ends", "days_by_year"):
            by_id[person_id].periods.append((begins, ends))
            by_id[person_id].used.update({int(year): count for year, count in days.items()})
        for claimant, rows in overlap.held_by(overlap.HOSPITAL_DAYS, map(overlap.by_person, by_id)).items():
            by_id[int(claimant[1:])].elsewhere += [row for row in rows if row.case.programme != SLUG]
        self._known.update({known.person.identity_hash: known for known in by_id.values() if known.entries})

    def judge(self, application: Application) -> Verdict:
        """Accepted, with facts and assessment; or refused with every reason, in the scheme's order."""
        hospital = self._hospital(application.hospital)
        if hospital is None:
            return _refused("unknown_value", f"医院“{application.hospital}”不在本县医院名单里，请核对名称")
        stay = application.stay
        if stay.discharge < stay.admission:
            return _refused("discharge_before_admission")
        if max(stay.admission, stay.discharge) > self.applied_on:
            return _refused("future_date")
        known = self._known.get(application.identity_hash)
        if known is None:
            return _refused("not_in_register")
        if known.person.name != application.name:
            return _refused("not_in_register", "号码在名册里，但姓名与名册不同")
        terms = governing_terms(stay, TERMS)
        if terms is None:
            return _refused("no_terms_in_force")
        claim = self._claim(known, stay, hospital, application.account_holder == known.person.name)
        reasons = rules.ineligibilities(claim, terms) + clashes(known.periods, stay)
        paid_elsewhere = [] if reasons else _paid_elsewhere(known, stay, terms)
        if reasons or paid_elsewhere:
            codes = (*reasons, *(["benefit_held_elsewhere"] if paid_elsewhere else []))
            return Verdict(False, codes, person_id=known.person.pk, details=tuple(paid_elsewhere))
        assessment = assess_stay(stay, terms, known.used)
        known.periods.append((stay.admission, stay.discharge))
        known.used.update(assessment.days_by_year)
        return self._accepted(application, known, hospital, terms.version, assessment)

    def enter(self, application: Application) -> Verdict:
        """Facts for a case that is to wait at intake, judged only as far as it must be to be entered at all."""
        hospital = self._hospital(application.hospital)
        known = self._known.get(application.identity_hash)
        stay = application.stay
        terms = governing_terms(stay, TERMS)
        if hospital is None:
            return _refused("unknown_value", f"医院“{application.hospital}”不在本县医院名单里，请核对名称")
        if stay.discharge < stay.admission:
            return _refused("discharge_before_admission")
        if max(stay.admission, stay.discharge) > self.applied_on:
            return _refused("future_date")
        if known is None or known.person.name != application.name:
            return _refused("not_in_register")
        if terms is None:
            return _refused("no_terms_in_force")
        return self._accepted(application, known, hospital, terms.version, None)

    def reasons_against(self, case: Case) -> list[str]:
        """What stands against a case already entered, at this moment."""
        person = case.applicant
        stay = stay_of(case)
        hospital = self._hospital(case.facts["hospital"])
        entries = [entry for entry in person.register_entries.all() if entry.county_id == self.county]
        entries.sort(key=lambda entry: (entry.valid_from, entry.pk))
        if not entries:
            return ["not_in_register"]
        if hospital is None:
            return ["unknown_value"]
        known = _Known(person, entries)
        known.periods = [(one.begins, one.ends) for one in held_by_others(case)]
        account: PayeeAccount | None = case.payee_account
        claim = self._claim(known, stay, hospital, account is not None and account.holder_name == person.name)
        return rules.ineligibilities(claim, TERMS.version(case.terms_version)) + clashes(known.periods, stay)

    def _claim(self, known: _Known, stay: rules.Stay, hospital: Hospital, holder_is_applicant: bool) -> rules.Claim:
        return rules.Claim(
            stay=stay,
            applied_on=self.applied_on,
            entries=known.entries,
            death_date=known.person.death_date,
            hospital=rules.HospitalFacts(
                level=hospital.level,
                designated=designated_on(hospital, stay.admission),
            ),
            holder_is_applicant=holder_is_applicant,
        )

    def _accepted(
        self,
        application: Application,
        known: _Known,
        hospital: Hospital,
        version: str,
        assessment: Assessment | None,
    ) -> Verdict:
        covered = TERMS.version(version).body["categories"]
        stay = application.stay
        entry = rules.governing_entry(known.entries, covered, stay.admission)
        facts = {
            "hospital": hospital.name,
            "hospital_level": hospital.level,
            "admission_date": stay.admission.isoformat(),
            "discharge_date": stay.discharge.isoformat(),
            "dependency_level": stay.dependency_level,
            "caregiver": application.caregiver,
            "category": entry.category,
            "certificate_number": entry.certificate_number,
            "remark": application.remark,
        }
        cut = assessment is not None and assessment.cut_by_cap
        return Verdict(
            accepted=True,
            reasons=("annual_cap_reached",) if cut else (),
            person_id=known.person.pk,
            division=entry.division_id,
            identity_hash=known.person.identity_hash,
            terms_version=version,
            facts=facts,
            assessment=assessment,
        )

    def _hospital(self, name: str) -> Hospital | None:
        return hospital_named(name, self._hospitals, self.county)


def hospitals_of(counties: Sequence[str]) -> dict[str, dict[str, Hospital]]:
    """The hospitals of each county by name, also by the name without the place in front. Two statements."""
    found: dict[str, dict[str, list[Hospital]]] = {county: defaultdict(list) for county in counties}
    for hospital in Hospital.objects.filter(county_id__in=counties).prefetch_related("designations"):
        county = hospital.county_id
        for name in {values.word(hospital.name), without_place(values.word(hospital.name), county)}:
            found[county][name].append(hospital)
    return {
        county: {name: hospitals[0] for name, hospitals in names.items() if len(hospitals) == 1}
        for county, names in found.items()
    }


def hospital_named(name: str, hospitals: Mapping[str, Hospital], county: str) -> Hospital | None:
    """The hospital an application means, by its name with or without the place in front."""
    return hospitals.get(name) or hospitals.get(without_place(name, county))


def designated_on(hospital: Hospital, day: datetime.date) -> bool:
    """Whether the hospital was designated that day."""
    return any(period.covers(day) for period in hospital.designations.all())


def clashes(periods: Sequence[tuple[datetime.date, datetime.date]], stay: rules.Stay) -> list[str]:
    """What the periods [begins, ends) that the person holds already say against a stay."""
    if (stay.admission, stay.discharge) in periods:
        return ["duplicate_row"]
    shared = any(begins < stay.discharge and stay.admission < ends for begins, ends in periods)
    return ["stay_overlap"] if shared else []


def _paid_elsewhere(known: _Known, stay: rules.Stay, terms: Terms) -> list[str]:
    """Whose hospital cash already covers a day of the stay, where the terms do not let both be had."""
    if terms.body["combine_with_hospital_cash"]:
        return []
    shared = [row for row in known.elsewhere if row.begins < stay.discharge and stay.admission < row.ends]
    return [overlap.sentence(row) for row in shared]


def _refused(code: str, *details: str) -> Verdict:
    return Verdict(False, (code,), details=details)


class NursingApplications:
    """This programme's part in `workflows.papers`."""

    columns: tuple[Column, ...] = tuple(APPLICATION_COLUMNS)

    def read(self, cells: Mapping[str, Cell]) -> Application:
        return read(cells)

    def open_docket(self, county: str, applied_on: datetime.date) -> Docket:
        return Docket(county, applied_on)


__all__ = ["Application", "Docket", "LineRefused", "NursingApplications", "read"]
