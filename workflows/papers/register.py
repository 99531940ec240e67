"""A county's register, from a sheet: persons, households, entries and accounts.

Row by row with a report; the whole sheet in one transaction. A person already known is brought up to date: the
register is the county's own record, and the newer sheet is right.
"""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from casework import identity, initials
from casework.crypto import key_ring, lookup_hash
from casework.models import (
    Division,
    Household,
    Level,
    PayeeAccount,
    Person,
    PersonInitials,
    RegisterEntry,
    SheetImport,
    SheetLine,
    Staff,
)
from casework.models.fields import SealedText
from casework.rows import insert_rows
from casework.sheets import values
from casework.sheets.reading import Row, read_table
from casework.sheets.values import Cell
from casework.sheets.vocabulary import REGISTER_COLUMNS
from workflows import trail
from workflows.papers.codes import LineRefused, first_of
from workflows.papers.places import Villages
from workflows.papers.report import Report, RowReport, from_json
from workflows.papers.sheets import (
    chunks,
    clerk_actor,
    digest_of,
    file_store,
    finish,
    known_sheet,
    new_sheet,
    remarks_on,
    sealed_line,
    table_to_keep,
)
from workflows.refusals import NotAllowed

KIND = SheetImport.Kind.REGISTER
LABELS = {column.name: column.label for column in REGISTER_COLUMNS}
REQUIRED = tuple(column.name for column in REGISTER_COLUMNS if column.required)
CATEGORY_WORDS = {
    word + ending: code
    for code, words in {
        "bereaved": ("失独", "死亡", "独生子女死亡"),
        "disabled_child": ("伤残", "独生子女伤残", "伤病残"),
        "complication": ("手术并发症", "并发症"),
        "hardship": ("特困", "困难"),
    }.items()
    for word in words
    for ending in ("", "家庭", "人员", "户")
}
READERS: dict[str, Callable[[Cell], Any]] = {
    "household_number": values.word,
    "name": values.name,
    "relation": values.word,
    "identity_number": values.identity,
    "category": values.word,
    "certificate_number": values.word,
    "valid_from": values.date,
    "valid_to": values.last_day,
    "division_code": values.word,
    "township": values.word,
    "village": values.word,
    "phone": values.phone,
    "account_number": values.account,
    "account_holder": values.name,
    "bank": values.word,
    "death_date": values.date,
}
PERSON_COLUMNS = (
    "name",
    "sex",
    "birth_date",
    "death_date",
    "phone",
    "phone_hash",
    "household",
    "relation",
    "division",
)


@dataclass(slots=True)
class Written:
    """A line of the register as written, cleaned and placed."""

    cells: Mapping[str, Any]
    category: str
    division: str
    identity_hash: str


def import_register(source: bytes, *, county: str, by: Staff, file_name: str = "", dry_run: bool = False) -> Report:
    """Bring a county's register in, as its intake clerk `by`. The same bytes again change nothing.

    Raises `SheetProblem` when it is no such sheet, `NotAllowed` when `by` may not.
    """
    digest = digest_of(source)
    if (known := known_sheet(KIND, "", county, digest)) is not None:
        return from_json(known.report, sheet_id=known.pk)
    actor = clerk_actor(by, county)
    table = table_to_keep(source, REGISTER_COLUMNS)
    store = file_store()
    stored_as = "" if dry_run else store.put(source)
    try:
        with transaction.atomic():
            sheet = new_sheet(
                KIND, programme="", county=county, digest=digest, by=by, file_name=file_name, stored_as=stored_as
            )
            report = Report(notes=remarks_on(table))
            places = _Places(county)
            seen: set[tuple[str, str, datetime.date]] = set()
            for chunk in chunks(table.rows):
                report.rows += _take_chunk(chunk, sheet, places, seen)
            finish(sheet, report)
            details = {"sheet": digest, "lines": len(report.rows), "accepted": report.accepted}
            trail.record(f"import:{sheet.pk}", "register_imported", actor=actor, details=details)
            if dry_run:
                transaction.set_rollback(True)
                report.sheet_id = None
    except BaseException:
        if stored_as:
            store.delete(stored_as)
        raise
    return report


def county_of(source: bytes) -> str:
    """The county most lines of a register name, by division code or household number.

    Raises `SheetProblem` for no such sheet, `NotAllowed` when the lines do not say.
    """
    found: Counter[str] = Counter()
    for row in read_table(source, REGISTER_COLUMNS).rows:
        for name in ("division_code", "household_number"):
            digits = values.word(row.cells.get(name, ""))[:6]
            if digits.isdigit() and len(digits) == 6:
                found[digits] += 1
    counties = Division.objects.filter(pk__in=found, level=Level.COUNTY).values_list("code", flat=True)
    if not counties:
        raise NotAllowed(_("看不出这是哪个县的名册，请用 --county 写明6位县级代码"))
    return max(counties, key=lambda code: found[code])


class _Places:
    """The county's villages, by code and by the names people write."""

    def __init__(self, county: str) -> None:
        self.county = county
        self.villages = Villages(county)

    def find(self, cells: Mapping[str, Any]) -> str:
        """The code of the village. Raises `LineRefused`."""
        code, written = cells.get("division_code") or "", cells.get("village") or ""
        township = cells.get("township") or ""
        found = self.villages.named(code or written, township)
        if found is None:
            why = f"没有代码{code}" if code else self.villages.complaint(written, township)
            raise LineRefused("unknown_place", [why])
        return found


def read_entry(cells: Mapping[str, Cell], places: _Places) -> Written:
    """A line's cells as a register entry. Raises `LineRefused`."""
    found: dict[str, Any] = {}
    problems: list[tuple[str, str]] = []
    kinds = (
        (values.PrecisionLost, "id_precision_lost"),
        (values.BadDate, "date_invalid"),
        (values.BadIdentity, "id_checksum"),
    )
    for name, reader in READERS.items():
        try:
            found[name] = reader(cells.get(name, ""))
        except values.CellProblem as problem:
            code = next((code for kind, code in kinds if isinstance(problem, kind)), "unknown_value")
            problems.append((code, f"{LABELS[name]}：{problem}"))
        else:
            if name in REQUIRED and not found[name]:
                problems.append(("missing_field", f"没有填“{LABELS[name]}”"))
    written = found.get("category") or ""
    category = CATEGORY_WORDS.get(written, "")
    if written and not category:
        problems.append(("unknown_value", f"家庭类别“{written}”不认识，请填失独、伤残、手术并发症或特困"))
    since, until = found.get("valid_from"), found.get("valid_to")
    if since and until and until < since:
        problems.append(("date_invalid", "有效期至早于认定日期"))
    if problems:
        raise first_of(problems)
    division = places.find(found)
    return Written(found, category, division, lookup_hash("identity", found["identity_number"]))


def _take_chunk(
    rows: Sequence[Row], sheet: SheetImport, places: _Places, seen: set[tuple[str, str, datetime.date]]
) -> list[RowReport]:
    accepted: list[Written] = []
    lines, reports = [], []
    for row in rows:
        try:
            written = read_entry(row.cells, places)
            key = (written.identity_hash, written.category, written.cells["valid_from"])
            if key in seen:
                raise LineRefused("duplicate_row", ["同一人同一类别在表里出现两次"])
            seen.add(key)
        except LineRefused as refused:
            outcome, reasons, details = "refused", [refused.code], list(refused.details)
        else:
            accepted.append(written)
            outcome, reasons, details = "accepted", [], []
        lines.append(sealed_line(sheet, row.number, row.cells, outcome=outcome, reasons=reasons, details=details))
        reports.append(RowReport(row=row.number, outcome=outcome, reasons=reasons))
    _bring_in(accepted, places.county)
    insert_rows(SheetLine, lines)
    return reports


def _bring_in(entries: Sequence[Written], county: str) -> None:
    households = _households({entry.cells["household_number"] for entry in entries} - {""}, county)
    people = _people(entries, households)
    _entries(entries, people, county)
    _accounts(entries, people)


def _households(wanted: set[str], county: str) -> dict[str, Household]:
    rows = [Household(county_id=county, number=number) for number in sorted(wanted)]
    Household.objects.bulk_create(rows, batch_size=500, ignore_conflicts=True)
    return {row.number: row for row in Household.objects.filter(county_id=county, number__in=wanted)}


def _people(entries: Sequence[Written], households: Mapping[str, Household]) -> dict[str, Person]:
    hashes = {entry.identity_hash for entry in entries}
    known = {
        person.identity_hash: person for person in Person.objects.select_for_update().filter(identity_hash__in=hashes)
    }
    fresh: dict[str, Person] = {}
    for entry in entries:
        person = known.get(entry.identity_hash) or fresh.get(entry.identity_hash)
        if person is None:
            number = SealedText(key_ring().seal_text(entry.cells["identity_number"]))
            person = Person(identity_number=number, identity_hash=entry.identity_hash)
            fresh[entry.identity_hash] = person
        _describe(person, entry, households)
    Person.objects.bulk_update(known.values(), PERSON_COLUMNS, batch_size=200)
    insert_rows(Person, list(fresh.values()))
    people = {**known, **fresh}
    rows = [
        PersonInitials(person=person, initials=reading)
        for person in people.values()
        for reading in initials.readings(person.name)
    ]
    PersonInitials.objects.bulk_create(rows, batch_size=500, ignore_conflicts=True)
    return people


def _describe(person: Person, entry: Written, households: Mapping[str, Household]) -> None:
    cells = entry.cells
    number = cells["identity_number"]
    person.name = cells["name"]
    person.sex = Person.Sex.MALE if identity.sex(number) == "男" else Person.Sex.FEMALE
    person.birth_date = identity.birth_date(number)
    person.death_date = cells["death_date"] or person.death_date
    if cells["phone"]:
        person.phone = SealedText(key_ring().seal_text(cells["phone"]))
        person.phone_hash = lookup_hash("phone", cells["phone"])
    person.household = households.get(cells["household_number"]) or person.household
    person.relation = cells["relation"] or person.relation
    person.division_id = entry.division


def _entries(entries: Sequence[Written], people: Mapping[str, Person], county: str) -> None:
    rows = [
        RegisterEntry(
            person=people[entry.identity_hash],
            county_id=county,
            division_id=entry.division,
            category=entry.category,
            certificate_number=entry.cells["certificate_number"],
            valid_from=entry.cells["valid_from"],
            valid_to=entry.cells["valid_to"],
        )
        for entry in entries
    ]
    RegisterEntry.objects.bulk_create(
        rows,
        batch_size=500,
        update_conflicts=True,
        unique_fields=("person", "county", "category", "valid_from"),
        update_fields=("valid_to", "certificate_number", "division"),
    )


def _accounts(entries: Sequence[Written], people: Mapping[str, Person]) -> None:
    """The card of an entry, when its holder is the person; another's is not registered."""
    today = localdate()
    # A person with two entries stands in the sheet twice, with the same card.
    rows: dict[tuple[str, str], PayeeAccount] = {}
    for entry in entries:
        number = entry.cells["account_number"]
        if not number or entry.cells["account_holder"] not in ("", entry.cells["name"]):
            continue
        account_hash = lookup_hash("account", number)
        rows[entry.identity_hash, account_hash] = PayeeAccount(
            person=people[entry.identity_hash],
            holder_name=entry.cells["name"],
            account_number=SealedText(key_ring().seal_text(number)),
            account_hash=account_hash,
            bank=entry.cells["bank"],
            registered_on=today,
        )
    PayeeAccount.objects.bulk_create(
        rows.values(),
        batch_size=500,
        update_conflicts=True,
        unique_fields=("person", "account_hash"),
        update_fields=("bank", "holder_name"),
    )
