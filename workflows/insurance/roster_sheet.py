"""A roster from a sheet 投保名单表: read by meaning, judged row by row, each row answered.

Children without an identity card stand with the number of the household book; passports, permits and military papers
are other kinds of document, whose number says nothing of a birthday, so that has to be written. Handing the same sheet
in again adds nobody: who is on the roster is left out as listed twice.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from django.db import transaction
from django.utils.timezone import now
from django.utils.translation import gettext as _

from casework import identity, initials
from casework.crypto import lookup_hash
from casework.models import (
    Division,
    Household,
    InsuredPerson,
    Level,
    Person,
    PersonInitials,
    PlanVersion,
    Policy,
    Staff,
)
from casework.sheets import values
from casework.sheets.columns import Column
from casework.sheets.reading import Row, read_table
from casework.sheets.values import Cell
from workflows import trail
from workflows.insurance import rosters
from workflows.insurance.policies import desk_actor, locked
from workflows.insurance.rosters import Unit, words_for

Document = InsuredPerson.Document

COLUMNS = (
    Column("household_number", "户编号", says=("户编号 户号 家庭编号",)),
    Column("name", "姓名", required=True, says=("姓名 被保险人 被保险人姓名",)),
    Column("document", "证件种类", says=("证件种类 证件类型",)),
    Column("identity_number", "证件号码", required=True, says=("证件号码 身份证号 身份证号码 公民身份号码",)),
    Column("birth_date", "出生日期", kind="date", says=("出生日期 出生年月",)),
    Column("relation", "与户主关系", says=("与户主关系 关系",)),
    Column("division_code", "村代码", required=True, says=("村代码 区划代码 村社区代码",)),
    Column("units", "份数", says=("份数",)),
)
LABELS = {column.name: column.label for column in COLUMNS}
DOCUMENTS = {
    **{str(label): code for code, label in Document.choices},
    "身份证": Document.ID_CARD,
    "户口本": Document.HOUSEHOLD_BOOK,
    "港澳居民来往内地通行证": Document.PERMIT,
    "军官证": Document.MILITARY,
    "": Document.ID_CARD,
}
WITH_A_CHECK_DIGIT = (Document.ID_CARD, Document.HOUSEHOLD_BOOK)
"""A child's number in the household book is the citizen's number it will have on its card."""


@dataclass(frozen=True, slots=True)
class Written:
    """A row as written, cleaned."""

    row: int
    household: str
    name: str
    document: str
    number: str
    born: datetime.date
    relation: str
    division: str
    units: int

    @property
    def identity_hash(self) -> str:
        return lookup_hash("identity", self.number)


@dataclass
class RosterReport:
    """What became of each row: empty words where it was taken."""

    lines: int = 0
    persons: int = 0
    rows: list[tuple[int, str]] = field(default_factory=list)

    @property
    def sent_back(self) -> int:
        return sum(1 for _row, why in self.rows if why)


class RowRefused(Exception):
    """Why a row is not taken, in a sentence that says what to do."""


def import_roster(policy: Policy, source: bytes, *, by: Staff) -> RosterReport:
    """Put a sheet's people on a roster that is being made out. Raises what the reader raises for a sheet it cannot
    read (`SheetProblem`), and `NotAllowed`."""
    moment = now()
    table = read_table(source, COLUMNS)
    with transaction.atomic():
        held = locked(policy, Policy.State.DRAFT)
        actor = desk_actor(by, held.division_id[:6])
        report = RosterReport()
        written = _readable(table.rows, held, report)
        people = _people(written, held.division_id[:6])
        by_household = held.plan.unit == PlanVersion.Unit.HOUSEHOLD
        units = _units(written, people, by_household)
        against = _against(units, held, moment, {people[one.identity_hash].pk: one.row for one in written})
        listed = rosters.add(held, units, at=moment)
        report.rows += [(one.row, against.get(one.row, "")) for one in written]
        report.rows.sort()
        report.lines, report.persons = listed.lines, listed.persons
        details = {"digest": sha256(source).hexdigest(), "rows": len(report.rows), "lines": listed.lines,
                   "persons": listed.persons, "sent_back": report.sent_back}  # fmt: skip
        trail.record(held.chain, "roster_imported", actor=actor, details=details, at=moment)
    return report


def _readable(rows: Any, policy: Policy, report: RosterReport) -> list[Written]:
    villages = set(
        Division.objects.filter(code__startswith=policy.division_id, level=Level.VILLAGE).values_list("code", flat=True)
    )
    seen: dict[str, int] = {}
    found = []
    for row in rows:
        try:
            one = read(row)
            if one.division not in villages:
                raise RowRefused(_("村代码“%(code)s”不在这份保单的范围内，请核对") % {"code": one.division})
            if one.number in seen:
                raise RowRefused(_("与第%(row)d行是同一个人，请删去一行") % {"row": seen[one.number]})
        except RowRefused as refused:
            report.rows.append((row.number, str(refused)))
        else:
            seen[one.number] = row.number
            found.append(one)
    return found


def read(row: Row) -> Written:
    """A row's cells. Raises `RowRefused` with which field and what to do."""
    cells = row.cells
    name = _said(cells, "name", values.name)
    if not name:
        raise RowRefused(_("没有填姓名"))
    kind = _said(cells, "document", values.word) or ""
    document = DOCUMENTS.get(kind)
    if document is None:
        raise RowRefused(_("证件种类“%(kind)s”不认识，可填：%(known)s") % {
            "kind": kind, "known": "、".join(str(label) for label in Document.labels)})  # fmt: skip
    number, born = _number_and_birth(cells, document)
    units = _said(cells, "units", values.word) or "1"
    if not units.isdigit() or not 1 <= int(units) <= 10:
        raise RowRefused(_("份数“%(units)s”看不懂，请填1到10的整数") % {"units": units})
    return Written(
        row=row.number,
        household=_said(cells, "household_number", values.word) or "",
        name=name,
        document=document,
        number=number,
        born=born,
        relation=_said(cells, "relation", values.word) or "",
        division=_said(cells, "division_code", values.word) or "",
        units=int(units),
    )


def _number_and_birth(cells: Mapping[str, Cell], document: str) -> tuple[str, datetime.date]:
    born = _said(cells, "birth_date", values.date)
    if document in WITH_A_CHECK_DIGIT:
        number = _said(cells, "identity_number", values.identity) or ""
        if not identity.is_valid(number):
            raise RowRefused(_("证件号码：%(fault)s") % {"fault": identity.fault(number)})
        on_card = identity.birth_date(number)
        if born and born != on_card:
            raise RowRefused(_("出生日期与证件号码里的不同，请核对"))
        return number, on_card
    number = (_said(cells, "identity_number", values.word) or "").upper()
    if not 5 <= len(number) <= 20:
        raise RowRefused(_("证件号码长短不对，请核对"))
    if not born:
        raise RowRefused(_("不是身份证或户口簿的，要填出生日期"))
    return number, born


def _said(cells: Mapping[str, Cell], name: str, reader: Callable[[Cell], Any]) -> Any:
    try:
        return reader(cells.get(name, ""))
    except values.CellProblem as problem:
        raise RowRefused(f"{LABELS[name]}：{problem}") from problem


def _people(written: Sequence[Written], county: str) -> dict[str, Person]:
    """Identity hash -> person. Who is not known yet is entered; who is, is left as the register has them."""
    wanted = {one.identity_hash: one for one in written}
    known = {person.identity_hash: person for person in Person.objects.filter(identity_hash__in=wanted)}
    numbers = {one.household for one in written if one.household}
    homes = {home.number: home for home in Household.objects.filter(county_id=county, number__in=numbers)}
    for number in sorted(numbers - homes.keys()):
        homes[number] = Household.objects.create(county_id=county, number=number)
    for key, one in wanted.items():
        if key in known:
            continue
        known[key] = Person.objects.create(
            name=one.name,
            identity_number=one.number,
            identity_hash=key,
            birth_date=one.born,
            household=homes.get(one.household),
            relation=one.relation,
            division_id=one.division,
        )
        PersonInitials.objects.bulk_create(
            PersonInitials(person=known[key], initials=reading) for reading in initials.readings(one.name)
        )
    return known


def _units(written: Sequence[Written], people: Mapping[str, Person], by_household: bool) -> list[Unit]:
    """Rows of one household are one unit where the plan is by household; the first row says how many."""
    found: dict[object, Unit] = {}
    for one in written:
        person = people[one.identity_hash]
        key = ("home", one.household) if by_household and one.household else ("alone", person.pk)
        unit = found.setdefault(key, Unit([], one.division, units=one.units, documents={}))
        unit.members.append(person)
        unit.documents = {**unit.documents, person.pk: one.document}
    return list(found.values())


def _against(units: Sequence[Unit], policy: Policy, at: datetime.datetime, rows: Mapping[int, int]) -> dict[int, str]:
    """Row -> why its person is not put on the roster, by the very rule that leaves them out."""
    begins = rosters.first_day(policy, at)
    people = [person for unit in units for person in unit.members]
    taken = rosters.insured_already([person.pk for person in people], policy, begins)
    households = rosters.households_on(policy)
    found = {}
    for unit in units:
        of_all = rosters.reason_against_unit(unit, policy.plan, households)
        for person in unit.members:
            if code := of_all or rosters.reason_against(person, policy.plan, begins, taken):
                found[rows[person.pk]] = words_for(code)
    return found
