"""Who applies in the demonstration: people of its register whom the terms cover, neighbours nobody knows yet, units,
families of people on the register who have died."""

from __future__ import annotations

import datetime
import random
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from zlib import crc32

from casework.demo.people import CATEGORIES, Inventor, Member, register_workbook
from casework.demo.standard.facts import day_it_hangs_on, invented_facts, invented_words, known_words
from casework.demo.standard.ways import Way
from casework.models import Case, Division, Level, PayeeAccount, Person, RegisterEntry
from casework.models.fields import opened
from casework.sheets.values import Cell
from workflows.papers.places import Villages
from workflows.papers.register import import_register
from workflows.papers.sheets import intake_clerk_of
from workflows.programme import Programme
from workflows.standard.eligibility import age_day, register_day
from workflows.standard.units import check_character
from workflows.terms import Terms

Cells = dict[str, Cell]
IN_WORDS = dict(zip(("bereaved", "disabled_child", "hardship", "complication"), dict.fromkeys(CATEGORIES), strict=True))
"""A category as the register's sheets write it."""
KIN = ("儿子", "女儿", "侄子", "弟弟")
A_VILLAGE = 4
"""Neighbours live together by so many, so that a village has more than one of a programme."""


@dataclass(frozen=True)
class Applicant:
    """Where somebody lives, and what they write of themselves."""

    division: str
    cells: Mapping[str, Cell]


@dataclass
class Asking:
    """Applications for one programme on one day."""

    county: str
    programme: Programme
    terms: Terms
    applied_on: datetime.date

    def __post_init__(self) -> None:
        seed = f"{self.county} {self.programme.slug}"
        self.seed, self.rng = seed, random.Random(f"applicants {seed}")
        self.columns = {column.name: column for column in self.programme.applications.columns}
        self.who: Mapping[str, Any] = self.terms.body["who"]
        self.inventor = Inventor(self.county, self.applied_on, self.rng)
        self.villages = _busy_villages(self.county)

    def lines(self, ways: Sequence[Way]) -> list[tuple[Way, Cells]]:
        """An application for each way. Those that wait for one board live around it."""
        facts = [invented_facts(self.terms, self.applied_on, number, self.seed) for number in range(len(ways))]
        pool, places = self._people(facts), dict[str, str]()
        found = []
        for number, way in enumerate(ways[: len(pool)]):
            applicant = _next(pool, way, places)
            cells = {**applicant.cells, **self._unit(number), **self._proof(number), **facts[number]}
            # Whose funeral it was is written with them, and so is the day.
            cells |= {name: cell for name, cell in applicant.cells.items() if name in facts[number]}
            found.append((way, {name: cell for name, cell in cells.items() if name in self.columns}))
        return found

    def _people(self, facts: Sequence[Mapping[str, str]]) -> list[Applicant]:
        if self.who.get("heir"):
            return list(self._families(facts))
        if "categories" not in self.who:
            return [self._neighbour(number) for number in range(len(facts))]
        known = self._registered()
        if len(known) < len(facts):
            self._enter(len(facts) - len(known), [None] * len(facts))
            known = self._registered()
        return known

    # -- people of the register ------------------------------------------------------------------------------------

    def _registered(self) -> list[Applicant]:
        """One of each household that is covered, those of the busiest villages together; each programme begins with
        another."""
        day = register_day(self.terms, {}, self.applied_on)
        entries = RegisterEntry.objects.filter(county_id=self.county, category__in=self.who["categories"])
        theirs = Case.objects.filter(programme=self.programme.slug, applicant__household__county_id=self.county)
        had = set(theirs.values_list("applicant__household", flat=True))
        found: dict[object, tuple[str, Person]] = {}
        for entry in entries.select_related("person").order_by("id"):
            person: Person = entry.person
            fits = entry.valid_on(day) and person.death_date is None and self._of_age(person.birth_date)
            if fits and entry.division_id and person.household_id not in had:
                found.setdefault(person.household_id or f"p{person.pk}", (entry.division_id, person))
        busy = Counter(division for division, _person in found.values())
        people = sorted(found.values(), key=lambda one: (-busy[one[0]], one[0], one[1].pk))
        start = crc32(self.seed.encode()) % (len(people) or 1)
        turned = people[start:] + people[:start]
        return [Applicant(division, self._written_by(person)) for division, person in turned]

    def _written_by(self, person: Person) -> Cells:
        account = PayeeAccount.objects.filter(person=person, holder_name=person.name).order_by("id").first()
        card = opened(account.account_number) if account else self.inventor.card()
        return self._line(person.name, opened(person.identity_number), card)

    def _line(self, name: str, number: str, card: str) -> Cells:
        return {
            "name": name,
            "identity_number": number,
            "account_number": card,
            "account_holder": name,
            "phone": self.inventor.phone(),
        }

    def _of_age(self, born: datetime.date | None) -> bool:
        age = self.terms.body["who"].get("age")
        if age is None or born is None:
            return age is None
        day = age_day(age["on"], {}, self.applied_on) or self.applied_on
        years = (day - born).days // 365.25
        return bool(age.get("least", 0) < years < age.get("most", 200))

    # -- people nobody knows yet -----------------------------------------------------------------------------------

    def _neighbour(self, number: int) -> Applicant:
        village = self.villages[number // A_VILLAGE % len(self.villages)]
        born = self.applied_on.year - self._years()
        cells = self._line(self.inventor.name(), self.inventor.identity_number(bool(number % 2), born), "")
        return Applicant(village.code, {**cells, "account_number": self.inventor.card(), "village": village.name})

    def _years(self) -> int:
        age = self.terms.body["who"].get("age", {})
        most = int(age.get("most", 46)) - 1
        least = max(int(age.get("least", 0)), min(24, most // 2)) + 1
        return self.rng.randint(least, max(least, min(most, least + 20)))

    def _families(self, facts: Sequence[Mapping[str, str]]) -> Iterator[Applicant]:
        """Neighbours, each of a family in which somebody on the register has died."""
        named = day_it_hangs_on(self.terms)
        lately = (self.applied_on - datetime.timedelta(days=20)).isoformat()
        days = [datetime.date.fromisoformat(said.get(named, lately)) for said in facts]
        for number, member in enumerate(self._enter(len(facts), days)):
            neighbour = self._neighbour(number)
            told = {
                "deceased_name": member.name,
                "deceased_identity": member.identity_number,
                "relation": KIN[number % len(KIN)],
                named: days[number].isoformat(),
            }
            yield Applicant(member.village.code, {**neighbour.cells, **told, "village": member.village.name})

    def _enter(self, count: int, died: Sequence[datetime.date | None]) -> list[Member]:
        """So many more households of the register, by a sheet as any other."""
        categories = list(self.terms.body["who"]["categories"])
        members = []
        for number in range(count):
            home = f"{self.county}-{self.programme.number_prefix}{number + 1:03d}"
            village = self.villages[number // A_VILLAGE % len(self.villages)]
            category = IN_WORDS.get(categories[number % len(categories)], CATEGORIES[0])
            members.append(self.inventor.member(home, village, category, died=died[number]))
        clerk = intake_clerk_of(self.county)
        name = f"特殊家庭对象名册{self.county}-{self.programme.title}.xlsx"
        import_register(register_workbook(members), county=self.county, by=clerk, file_name=name)
        return members

    # -- units and papers ------------------------------------------------------------------------------------------

    def _unit(self, number: int) -> Cells:
        if "unit_name" not in self.columns:
            return {}
        kind = "单位名称" if "proof" in self.columns else "服务单位"
        first = f"99{self.county}MA{crc32(self.seed.encode()) % 100_000:05d}{number:02d}"
        known = known_words(kind)
        name = known[number % len(known)]
        # No two units of a programme have a name, as no two have a code.
        name = name if number < len(known) else f"{name}{number // len(known) + 1}"
        code = first + check_character(first)
        return {"unit_name": name, "credit_code": code, "account_holder": name, "account_number": self.inventor.card()}

    def _proof(self, number: int) -> Cells:
        label = str(self.who.get("proof", ""))
        return {"proof": invented_words(label, self.applied_on, number, self.rng)} if label else {}


def _next(pool: list[Applicant], way: Way, places: dict[str, str]) -> Applicant:
    """The next, out of the pool; for those that wait for one board, of the place most of them live in."""
    if not way.level:
        return pool.pop(0)
    most = Counter(one.division[: way.level] for one in pool).most_common(1)[0][0]
    place = places.setdefault(way.target, most)
    around = (number for number, one in enumerate(pool) if one.division.startswith(place))
    return pool.pop(next(around, 0))


def _busy_villages(county: str) -> list[Division]:
    """Villages of the register, the busiest first, by a name that is theirs alone."""
    entries = RegisterEntry.objects.filter(county_id=county).values_list("division_id", flat=True)
    codes = [code for code, _count in Counter(sorted(entries)).most_common() if code]
    places = Division.objects.in_bulk(codes)
    known = Villages(county)
    return [places[code] for code in codes if len(code) == Level.VILLAGE and known.named(places[code].name) == code]
