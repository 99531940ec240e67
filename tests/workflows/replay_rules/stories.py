"""Cases that were decided, told in a line each, and the terms in force with some numbers said otherwise."""

from __future__ import annotations

import datetime
from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

from casework.models import Case, Person, Role
from tests.factories import PersonFactory
from tests.world import World, open_item, photographed
from workflows import registry
from workflows.perform import perform
from workflows.replay_rules import Replayed, Result, replay_rules
from workflows.terms import TermsBook

HERE = ZoneInfo("Asia/Shanghai")
IN_YEAR = datetime.datetime(2026, 11, 20, 12, tzinfo=HERE)
A_YEAR_LATER = datetime.datetime(2027, 2, 1, 12, tzinfo=HERE)
ROAD = (
    ("intake", "accept", Role.INTAKE_CLERK),
    ("village", "pass", Role.VILLAGE_VERIFIER),
    ("township", "pass", Role.TOWNSHIP_REVIEWER),
    ("county", "approve", Role.COUNTY_APPROVER),
)
DECIDES = {step: role for step, _outcome, role in ROAD}
IN_FORCE = registry.programme("nursing_subsidy").terms


def somebody(**register: Any) -> Person:
    """Another person in the register, as `register` says: of which category, until when."""
    person: Person = PersonFactory(registered=True, **{f"registered__{name}": said for name, said in register.items()})
    return person


def entered(world: World, person: Person, stay: str, **facts: Any) -> Case:
    """A case at intake; `stay` as "08-05 08-31" of 2026, or with years."""
    begins, ends = (part if len(part) > 5 else f"2026-{part}" for part in stay.split())
    return world.enter(person=person, admission_date=begins, discharge_date=ends, **facts)


def brought_to(world: World, case: Case, step: str, *, at: datetime.datetime = IN_YEAR) -> Case:
    """Passed on by those whose step it is, from wherever it stands, until it waits at `step`."""
    for waits_at, outcome, role in ROAD:
        item = open_item(case)
        if item.step == step:
            break
        if item.step == waits_at:
            if waits_at == "village":
                photographed(case)
            perform(item.pk, outcome, by=world.by(role), note="情况属实", at=at)
    return Case.objects.get(pk=case.pk)


def accepted(world: World, person: Person, stay: str, **facts: Any) -> Case:
    return brought_to(world, entered(world, person, stay, **facts), "village")


def approve(world: World, case: Case, *, at: datetime.datetime = IN_YEAR) -> Case:
    return brought_to(world, case, "payment", at=at)


def approved(world: World, person: Person, stay: str, *, at: datetime.datetime = IN_YEAR, **facts: Any) -> Case:
    return approve(world, entered(world, person, stay, **facts), at=at)


def refuse(world: World, case: Case, *reasons: str, at: datetime.datetime = IN_YEAR) -> Case:
    """Refused at the step where it waits."""
    item = open_item(case)
    perform(item.pk, "refuse", by=world.by(DECIDES[item.step]), reasons=reasons, note="见告知书", at=at)
    return Case.objects.get(pk=case.pk)


def book(**changes: Any) -> TermsBook:
    """The terms in force with some keys said otherwise in every version."""
    return TermsBook([replace(version, body={**version.body, **changes}) for version in IN_FORCE.versions])


def rates(severe: str) -> dict[str, str]:
    return {"light": "70.00", "moderate": "100.00", "severe": severe}


def replay(terms: TermsBook = IN_FORCE, *, year: int = 2026) -> dict[str, Replayed]:
    """Every case decided in the year, by its number."""
    return {found.number: found for found in replay_rules(registry.programme("nursing_subsidy"), terms, year)}


def amounts(found: dict[str, Replayed], *cases: Case) -> list[str]:
    """What each would be paid; `refused` where it would be refused."""
    return [told(found[case.number].now) for case in cases]


def told(result: Result) -> str:
    return f"{result.amount:.2f}" if result.granted else "refused"
