"""Who is put forward for a round: read off a county's sheet or the village's page, and judged against the round."""

from __future__ import annotations

import datetime
import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from casework import identity
from casework.crypto import lookup_hash
from casework.models import Case, Nomination, PayeeAccount, Person, RegisterEntry, VisitRound
from casework.sheets import values
from casework.sheets.columns import Column
from casework.sheets.values import Cell
from casework.sheets.vocabulary import APPLICATION_COLUMNS
from workflows.papers.codes import LineRefused, first_of
from workflows.programme import Verdict
from workflows.visits.assessment import award

KNOWN = {column.name: column for column in APPLICATION_COLUMNS}
REQUIRED = ("name", "identity_number")
READERS = {
    "name": values.name,
    "identity_number": values.identity,
    "round": values.word,
    "account_number": values.account,
    "account_holder": values.name,
    "bank": values.text,
    "remark": values.text,
}
COLUMNS = (
    *(replace(KNOWN[name], required=name in REQUIRED) for name in READERS if name != "round"),
    Column("round", "慰问轮次", kind="word", says=("轮次 慰问轮次 慰问节日 节日 慰问名称", "批次")),
)
LABELS = {column.name: column.label for column in COLUMNS}


@dataclass(frozen=True)
class Application:
    """A line as written: cleaned, not yet judged. `account_hash` is of a card written here, or of the one on file."""

    name: str
    identity_number: str
    round: str = ""
    account_number: str = ""
    account_holder: str = ""
    bank: str = ""
    remark: str = ""
    on_file: list[str] = field(default_factory=list)

    @functools.cached_property
    def identity_hash(self) -> str:
        return lookup_hash("identity", self.identity_number)

    @property
    def account_hash(self) -> str:
        if self.account_number:
            return lookup_hash("account", self.account_number)
        return self.on_file[0] if self.on_file else ""


def read(cells: Mapping[str, Cell]) -> Application:
    """A line's cells as an application. Raises `LineRefused` with the one code that stands alone."""
    found: dict[str, Any] = {}
    problems: list[tuple[str, str]] = []
    for name, reader in READERS.items():
        try:
            found[name] = reader(cells.get(name, ""))
        except values.PrecisionLost as problem:
            problems.append(("id_precision_lost", f"{LABELS[name]}：{problem}"))
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
    if problems:
        raise first_of(problems)
    return Application(**found)


@dataclass(slots=True)
class _Known:
    """What the books know of a person."""

    person: Person
    entries: list[RegisterEntry]
    account: PayeeAccount | None = None


class Docket:
    """Judges the names put forward in a county. One household has one place in a round: the first who asks."""

    def __init__(self, county: str, applied_on: datetime.date) -> None:
        self.county = county
        self.applied_on = applied_on
        self._known: dict[str, _Known] = {}
        self._rounds: list[VisitRound] | None = None
        self._taken: dict[int, set[int]] = {}

    def prepare(self, applications: Sequence[Application]) -> None:
        """Read what these need, locking the rounds: two who put names forward for one round wait for each other."""
        self._open(locked=True)
        wanted = {application.identity_hash for application in applications} - self._known.keys()
        self._read(Person.objects.filter(identity_hash__in=wanted))
        for application in applications:
            known = self._known.get(application.identity_hash)
            if known is not None and known.account is not None and not application.on_file:
                application.on_file.append(known.account.account_hash)

    def judge(self, application: Application) -> Verdict:
        """Its place, with facts and amount; or refused with every reason."""
        return self._judged(application, take=True)

    def enter(self, application: Application) -> Verdict:
        """Facts for a case that is to wait at the county's desk."""
        return self._judged(application, take=False)

    def reasons_against(self, case: Case) -> list[str]:
        """What stands against a case already entered, at this moment."""
        found = VisitRound.objects.get(pk=case.facts["round"])
        self._rounds = [found]
        held = Nomination.objects.filter(round=found, live=True).exclude(case=case)
        self._taken = {
            found.pk: set(held.filter(household=case.facts["household"]).values_list("household", flat=True))
        }
        self._read(Person.objects.filter(pk=case.applicant_id))
        known = self._known.get(case.applicant.identity_hash)
        if known is None:
            return ["not_in_register"]
        has_account = case.payee_account_id is not None
        return self.against(found, known, remark=str(case.facts.get("remark", "")), has_account=has_account)

    def against(self, found: VisitRound, known: _Known, *, remark: str, has_account: bool) -> list[str]:
        """Every reason against somebody's household in a round, as codes."""
        person, day = known.person, self.applied_on
        fitting = [entry for entry in known.entries if entry.category in found.categories and entry.valid_on(day)]
        checks = (
            ("not_living", person.death_date is not None),
            ("no_household", person.household_id is None),
            ("household_nominated", person.household_id in self._taken.get(found.pk, set())),
            ("outside_target", not fitting and not remark),
            ("no_account", found.form == VisitRound.Form.CARD and not has_account),
        )
        return [code for code, holds in checks if holds]

    def known_by_key(self, person_ids: Sequence[int], round_: VisitRound) -> dict[int, _Known]:
        """For the village's page, which has ticked people and a round: both read, the round as it was locked."""
        self._rounds = [round_]
        held = Nomination.objects.filter(round=round_, live=True, household__members__in=person_ids)
        self._taken = {round_.pk: set(held.values_list("household", flat=True))}
        self._read(Person.objects.filter(pk__in=person_ids))
        return {known.person.pk: known for known in self._known.values()}

    def accepted(self, found: VisitRound, known: _Known, remark: str) -> Verdict:
        """The verdict that gives a household its place; nobody else of it gets one here afterwards."""
        entry = self._entry(found, known)
        assert known.person.household_id is not None
        self._taken.setdefault(found.pk, set()).add(known.person.household_id)
        facts = {
            "round": found.pk,
            "round_title": found.title,
            "standard": f"{found.standard:.2f}",
            "form": found.form,
            "basis": found.basis,
            "household": known.person.household_id,
            "category": entry.category,
            "remark": remark,
        }
        return Verdict(
            accepted=True,
            reasons=(),
            person_id=known.person.pk,
            division=entry.division_id,
            identity_hash=known.person.identity_hash,
            terms_version=found.version,
            facts=facts,
            assessment=award(facts, self.applied_on),
            pays_by=found.form,
        )

    def _judged(self, application: Application, *, take: bool) -> Verdict:
        known = self._known.get(application.identity_hash)
        found = self._round_named(application.round)
        if known is None:
            return _refused("not_in_register")
        if known.person.name != application.name:
            return _refused("not_in_register", "号码在名册里，但姓名与名册不同")
        if found is None:
            return _refused("no_round")
        if application.account_number and application.account_holder not in ("", application.name):
            return _refused("account_holder_mismatch")
        has_account = bool(application.account_hash)
        against = self.against(found, known, remark=application.remark, has_account=has_account)
        if against and (take or {"no_household", "not_living"} & set(against)):
            return Verdict(False, tuple(against), person_id=known.person.pk)
        return self.accepted(found, known, application.remark)

    def _entry(self, found: VisitRound, known: _Known) -> RegisterEntry:
        """The entry to go by: one of the round's categories in force, else one in force, else any."""
        day = self.applied_on
        in_force = [entry for entry in known.entries if entry.valid_on(day)]
        fitting = [entry for entry in in_force if entry.category in found.categories]
        return (fitting or in_force or known.entries)[0]

    def _round_named(self, name: str) -> VisitRound | None:
        """The round a line means: the one it names, or the only one there is."""
        rounds = self._rounds or []
        fitting = [found for found in rounds if name in (values.word(found.title), found.get_festival_display())]
        chosen = fitting if name else rounds
        return chosen[0] if len(chosen) == 1 else None

    def _open(self, *, locked: bool) -> None:
        """The rounds that take names on that day, of the county or of what lies above it."""
        if self._rounds is not None:
            return
        above = [self.county[:length] for length in (2, 4, 6) if length <= len(self.county)]
        rounds = VisitRound.objects.filter(
            division__in=above, state=VisitRound.State.NOMINATING, nominate_by__gte=self.applied_on
        ).order_by("pk")
        self._rounds = list(rounds.select_for_update(of=("self",)) if locked else rounds)
        self._taken = {found.pk: set() for found in self._rounds}
        held = Nomination.objects.filter(round__in=self._rounds, live=True, household__county=self.county)
        for round_id, household in held.values_list("round_id", "household_id"):
            self._taken[round_id].add(household)

    def _read(self, people: Any) -> None:
        by_id = {person.pk: _Known(person, []) for person in people}
        entries = RegisterEntry.objects.filter(person_id__in=by_id, county_id=self.county).order_by("valid_from", "pk")
        for entry in entries:
            by_id[entry.person_id].entries.append(entry)
        for account in PayeeAccount.objects.filter(person_id__in=by_id).order_by("pk"):
            if account.holder_name == by_id[account.person_id].person.name:
                by_id[account.person_id].account = account
        self._known.update({known.person.identity_hash: known for known in by_id.values() if known.entries})


def _refused(code: str, *details: str) -> Verdict:
    return Verdict(False, (code,), details=details)


class VisitApplications:
    """This programme's part in `workflows.papers`."""

    columns: tuple[Column, ...] = COLUMNS

    def read(self, cells: Mapping[str, Cell]) -> Application:
        return read(cells)

    def open_docket(self, county: str, applied_on: datetime.date) -> Docket:
        return Docket(county, applied_on)


__all__ = ["Application", "Docket", "LineRefused", "VisitApplications", "read"]
