"""A round and its households, told through the verbs that everybody uses. Invented people."""

from __future__ import annotations

import datetime
import uuid
from decimal import Decimal
from typing import Any

from django.utils.timezone import localdate, now

from casework.models import Case, Person, Role, Staff, VisitRound
from tests import factories
from tests.casework.evidence.pictures import exif, place, scenery, written
from tests.world import COUNTY, VILLAGE, World, open_item
from workflows import reopening
from workflows.bulk import Line, perform_many
from workflows.visits.nominating import nominate
from workflows.visits.record import Visit
from workflows.visits.rounds import Plan, open_round, take_on
from workflows.visits.writing import Written, write_visit

State = VisitRound.State


def a_round(world: World, *, opened: bool = True, **said: Any) -> VisitRound:
    """春节 of this year: five hundred yuan for each household, twenty-one thousand in all, unless said otherwise."""
    today = localdate()
    plan = {
        "division": COUNTY,
        "year": 2026,
        "festival": "spring",
        "title": "2026年春节慰问",
        "form": "card",
        "standard": Decimal("500.00"),
        "budget": Decimal("21000.00"),
        "fund_source": "县级财政预算",
        "basis": "示例县2026年春节走访慰问方案",
        "categories": ["bereaved", "disabled_child"],
        "nominate_by": today + datetime.timedelta(days=10),
        "visit_from": today - datetime.timedelta(days=2),
        "visit_to": today + datetime.timedelta(days=20),
        **said,
    }
    keeper = world.by(Role.COUNTY_APPROVER)
    found = open_round(Plan(**plan), by=keeper)
    return take_on(found.pk, State.NOMINATING, by=keeper) if opened else found


def families(count: int, **traits: Any) -> list[Person]:
    return [factories.PersonFactory(registered=True, registered__valid_to=None, **traits) for _ in range(count)]


def put_forward(world: World, round_: VisitRound, people: list[Person], reason: str = "家里有困难") -> list[Case]:
    lines = nominate(round_.pk, VILLAGE, {one.pk: reason for one in people}, by=world.by(Role.VILLAGE_VERIFIER))
    assert [line.why_not for line in lines] == [""] * len(people)
    return list(Case.objects.filter(number__in=[line.number for line in lines]).order_by("id"))


def checked(world: World, cases: list[Case]) -> None:
    done = many(cases, "pass", world.by(Role.TOWNSHIP_REVIEWER))
    assert [line.refusal for line in done] == [""] * len(cases)


def many(cases: list[Case], outcome: str, by: Staff, **said: Any) -> list[Line]:
    return perform_many([open_item(case).pk for case in cases], outcome, by=by, key=uuid.uuid4(), **said)


def approved(world: World, count: int = 1, **said: Any) -> tuple[VisitRound, list[Case]]:
    """A round with so many households approved, to be visited now."""
    round_ = a_round(world, **said)
    cases = put_forward(world, round_, families(count))
    checked(world, cases)
    done = many(cases, "grant", world.by(Role.COUNTY_APPROVER))
    assert [line.refusal for line in done] == [""] * count
    for state in (State.SETTLED, State.VISITING):
        take_on(round_.pk, state, by=world.by(Role.COUNTY_APPROVER))
    round_.refresh_from_db()
    return round_, cases


def photograph(seed: int, *, at: tuple[float, float] | None = None) -> bytes:
    """A picture as a phone takes it; `at` is (latitude, longitude) in degrees."""
    if at is None:
        return written(scenery(seed))
    north, east = ((degrees, 0.0, 0.0) for degrees in at)
    return written(scenery(seed), exif=exif(place=place(north, east)))


def a_visit(**said: Any) -> Visit:
    arrived = now() - datetime.timedelta(minutes=40)
    values: dict[str, Any] = {
        "client_key": uuid.uuid4(),
        "visitors": ({"name": "田山青", "rank": "县计生协常务副会长"}, {"name": "向春禾", "rank": "村计生专干"}),
        "started_at": arrived,
        "finished_at": arrived + datetime.timedelta(minutes=25),
        "signer": "本人",
        "signer_is": "self",
        **said,
    }
    return Visit(**values)


def visited(world: World, case: Case, *, seed: int = 1, by: Staff | None = None, **said: Any) -> Written:
    given = {name: said.pop(name) for name in ("photographs", "receipt", "as_team", "note", "at") if name in said}
    given.setdefault("photographs", [photograph(seed)])
    given.setdefault("receipt", photograph(seed + 5000))
    visitor = by or world.by(Role.VILLAGE_VERIFIER)
    return write_visit(case.number, a_visit(**said), by=visitor, **given)


def ask_for_review(world: World, case: Case) -> None:
    reopening.reopen(case.number, by=world.by(Role.INTAKE_CLERK), reasons=["refusal_disputed"])


def colleague_of(world: World, role: str) -> Staff:
    return factories.StaffFactory(post=(role, VILLAGE))
