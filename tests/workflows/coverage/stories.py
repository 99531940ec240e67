"""Special families and who looks after them. Invented people."""

from __future__ import annotations

import datetime
import uuid
from typing import Any

from django.utils.timezone import localdate

from casework.models import ContactLog, FamilyCover, Hospital, Person, Role, Staff
from tests import factories
from tests.world import World
from workflows.coverage.keeping import Cover, log_contact, write_cover

LONG_AGO = datetime.timedelta(days=400)


def a_family(**traits: Any) -> Person:
    return factories.PersonFactory(registered=True, registered__valid_to=None, **traits)


def home(person: Person) -> int:
    assert person.household_id is not None
    return person.household_id


def cover(world: World, person: Person, kind: str, *, by: Staff | None = None, **said: Any) -> FamilyCover:
    given: dict[str, Any] = {"name": "田水清", "valid_from": localdate() - LONG_AGO, **said}
    if kind == "green_channel":
        given["hospital"] = Hospital.objects.get(name="县人民医院").pk
    if kind == "family_doctor":
        given.setdefault("valid_to", localdate() + LONG_AGO)
    return write_cover(home(person), Cover(kind=kind, **given), by=by or world.by(Role.INTAKE_CLERK))


def cared_for(world: World, **traits: Any) -> Person:
    """Everything in force, and spoken with yesterday."""
    person = a_family(**traits)
    for kind in FamilyCover.Kind.values:
        cover(world, person, kind)
    spoken(world, person, 1)
    return person


def spoken(world: World, person: Person, days_ago: int, *, by: Staff | None = None) -> ContactLog:
    day = localdate() - datetime.timedelta(days=days_ago)
    verifier = by or world.by(Role.VILLAGE_VERIFIER)
    return log_contact(home(person), day, "phone", by=verifier, client_key=uuid.uuid4())[0]
