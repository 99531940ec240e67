"""Rosters 投保名单: who is put under a policy, and why somebody is not.

Nobody dead, nobody twice, nobody outside the plan's ages; and cover begins at the earliest the day after somebody was
entered, so that nobody is insured after the fact.
"""

from __future__ import annotations

import datetime
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _

from casework.access import within
from casework.models import InsuredPerson, Person, PlanVersion, Policy, RegisterEntry, RosterLine, Staff
from casework.rows import insert_rows
from workflows import trail
from workflows.insurance.policies import desk_actor, locked
from workflows.programmes.insurance_claim.rules import age_on
from workflows.refusals import NotAllowed

ONE_DAY = datetime.timedelta(days=1)
MOST_LINES = 50_000


@dataclass
class Unit:
    """A household, or a person alone, to be put on the roster. `documents` by person, where it is no identity card."""

    members: list[Person]
    division: str
    category: str = ""
    units: int = 1
    documents: Mapping[int, str] = field(default_factory=dict)

    @property
    def household_id(self) -> int | None:
        return self.members[0].household_id


@dataclass
class Listed:
    """What came of putting units on a roster: lines added, persons insured, and of whom it was not done, why."""

    lines: int = 0
    persons: int = 0
    left_out: Counter[str] = field(default_factory=Counter)


def from_register(
    policy: Policy, categories: Sequence[str], *, by: Staff, at: datetime.datetime | None = None
) -> Listed:
    """Everybody of these categories in the register of the policy's place, with their households where the plan is by
    household. Running it again adds who has come since."""
    moment = at or now()
    with transaction.atomic():
        held = locked(policy, Policy.State.DRAFT)
        actor = desk_actor(by, held.division_id[:6])
        listed = add(held, _of_the_register(held, categories), at=moment)
        details = {"categories": sorted(categories), "lines": listed.lines, "persons": listed.persons,
                   "left_out": dict(listed.left_out)}  # fmt: skip
        trail.record(held.chain, "roster_listed", actor=actor, details=details, at=moment)
    return listed


def _of_the_register(policy: Policy, categories: Sequence[str]) -> list[Unit]:
    entries = RegisterEntry.objects.filter(within((policy.division_id,)), category__in=list(categories))
    valid = [one for one in entries.select_related("person").order_by("pk")[:MOST_LINES] if one.valid_on(policy.begins)]
    if policy.plan.unit == PlanVersion.Unit.PERSON:
        seen: dict[int, Unit] = {}
        for entry in valid:
            seen.setdefault(entry.person_id, Unit([entry.person], entry.division_id, entry.category))
        return list(seen.values())
    households = {entry.person.household_id for entry in valid if entry.person.household_id}
    members = defaultdict(list)
    for person in Person.objects.filter(household_id__in=households).order_by("pk"):
        members[person.household_id].append(person)
    found: dict[int, Unit] = {}
    for entry in valid:
        key = entry.person.household_id
        # Somebody entered without a household is a household of one; keys of persons and of households never meet.
        people = members[key] if key else [entry.person]
        found.setdefault(key or -entry.person_id, Unit(people, entry.division_id, entry.category))
    return list(found.values())


def add(
    policy: Policy, units: Iterable[Unit], *, at: datetime.datetime, covers_from: datetime.date | None = None
) -> Listed:
    """Put units under a locked policy. Everything is judged in order; nothing of a unit is added when all its members
    fall out, and members who do are left out alone. A fixed number of statements."""
    wanted, listed = list(units), Listed()
    begins = covers_from or first_day(policy, at)
    if begins > policy.ends:
        raise NotAllowed(_("保险期间已经结束，不能再加人"))
    people = [person.pk for unit in wanted for person in unit.members]
    taken = insured_already(people, policy, begins)
    households = households_on(policy)
    number = policy.lines.aggregate(last=Max("number"))["last"] or 0
    lines, insured = [], []
    for unit in wanted:
        if code := reason_against_unit(unit, policy.plan, households):
            listed.left_out[code] += len(unit.members)
            continue
        fitting = []
        for person in unit.members:
            code = reason_against(person, policy.plan, begins, taken)
            if code:
                listed.left_out[code] += 1
            else:
                fitting.append(person)
                taken.add(person.pk)
        if not fitting:
            continue
        number += 1
        line = _line(policy, unit, number, begins, at)
        lines.append(line)
        if unit.household_id and policy.plan.unit == PlanVersion.Unit.HOUSEHOLD:
            households.add(unit.household_id)
        insured += [_insured(line, policy, person, unit) for person in fitting]
    try:
        insert_rows(RosterLine, lines)
        insert_rows(InsuredPerson, insured)
    except IntegrityError as clash:
        raise twice(clash) from clash
    listed.lines, listed.persons = len(lines), len(insured)
    return listed


LIVE = (RosterLine.State.LISTED, RosterLine.State.CONFIRMED)


def first_day(policy: Policy, at: datetime.datetime) -> datetime.date:
    """From when somebody entered now is covered: the policy's first day, or tomorrow when that is past."""
    return max(policy.begins, localdate(at) + ONE_DAY)


def insured_already(people: Sequence[int], policy: Policy, begins: datetime.date) -> set[int]:
    """Who of these has cover of the same product on a day of this one."""
    product = policy.plan.product_id
    held = InsuredPerson.objects.filter(person_id__in=people, product_id=product, live=True)
    return set(held.filter(covers_from__lte=policy.ends, covers_to__gte=begins).values_list("person_id", flat=True))


def households_on(policy: Policy) -> set[int]:
    """The households that stand on the roster as a line each."""
    held = policy.lines.filter(state__in=LIVE, household__isnull=False)
    return set(held.values_list("household_id", flat=True))


def reason_against_unit(unit: Unit, plan: PlanVersion, households: set[int]) -> str:
    """The code of why nobody of a unit is insured; empty when nothing stands against it as a whole."""
    if unit.household_id in households:
        return "listed"
    return "units" if unit.units > plan.units_most else ""


def reason_against(person: Person, plan: PlanVersion, begins: datetime.date, taken: set[int]) -> str:
    """The code of why somebody is not insured; empty when nothing stands against it."""
    if person.death_date is not None:
        return "dead"
    if person.pk in taken:
        return "twice"
    if person.birth_date is None:
        return "no_birth_date" if (plan.age_from, plan.age_to) != (0, 120) else ""
    return "" if plan.age_from <= age_on(person.birth_date, begins) <= plan.age_to else "age"


def died_since(policy: Policy) -> list[tuple[int, str]]:
    """R46 保险名单异常: (line number, name) of who has died and still stands on the roster; to be taken off by
    endorsement. What happened before stays insured."""
    dead = InsuredPerson.objects.filter(
        line__policy=policy, live=True, line__state__in=LIVE, person__death_date__lte=localdate()
    )
    return list(dead.order_by("line__number").values_list("line__number", "person__name")[:MOST_TOLD])


MOST_TOLD = 50


def words_for(code: str) -> str:
    """Why somebody was left out, in words."""
    return {
        "dead": _("已去世"),
        "twice": _("同一产品同期已投保，或重复列入"),
        "listed": _("这一户已在名单里；要加人的，先划去或批减，再全户一起列入"),
        "units": _("份数超过方案规定的最多份数"),
        "age": _("年龄不在方案规定的范围内"),
        "no_birth_date": _("没有出生日期，无法核对年龄"),
    }.get(code, code)


def twice(clash: IntegrityError) -> IntegrityError | NotAllowed:
    """What the database says when somebody else put the same person on a roster in the same moment."""
    text = str(clash)
    if "nobody_insured_twice" in text or "household_once_a_roster" in text or "insured_once_a_line" in text:
        return NotAllowed(_("名单里有人同一产品同期已投保，请刷新后再办"))
    return clash


def _line(policy: Policy, unit: Unit, number: int, begins: datetime.date, at: datetime.datetime) -> RosterLine:
    by_household = policy.plan.unit == PlanVersion.Unit.HOUSEHOLD
    return RosterLine(
        policy=policy,
        number=number,
        household_id=unit.household_id if by_household else None,
        division_id=unit.division,
        category=unit.category,
        units=unit.units,
        premium=policy.unit_premium * unit.units,
        covers_from=begins,
        covers_to=policy.ends,
        state=RosterLine.State.LISTED,
        entered_at=at,
    )


def _insured(line: RosterLine, policy: Policy, person: Person, unit: Unit) -> InsuredPerson:
    return InsuredPerson(
        line=line,
        person=person,
        product_id=policy.plan.product_id,
        covers_from=line.covers_from,
        covers_to=line.covers_to,
        live=True,
        document=unit.documents.get(person.pk, InsuredPerson.Document.ID_CARD),
    )


def strike(line: RosterLine, *, by: Staff) -> None:
    """Take a line off a roster that has not been sent yet."""
    with transaction.atomic():
        held = locked(line.policy_id, Policy.State.DRAFT)
        actor = desk_actor(by, held.division_id[:6])
        struck = RosterLine.objects.filter(pk=line.pk, policy=held, state=RosterLine.State.LISTED)
        if struck.update(state=RosterLine.State.REMOVED):
            InsuredPerson.objects.filter(line=line).update(live=False)
            trail.record(held.chain, "roster_struck", actor=actor, details={"line": line.number})
