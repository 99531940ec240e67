"""A county with a register, and what its standard programmes have waiting."""

from __future__ import annotations

import datetime

from django.utils.timezone import localdate, now

from casework.demo.county import build_county, divisions_of, villages_of
from casework.demo.people import invent_register, register_workbook
from casework.models import Case, WorkItem
from tests.casework.demo.places import SMALLEST, load
from workflows import registry, trail
from workflows.doctor import EXAMINATIONS, Scope
from workflows.doctor.alarms import SWEEP
from workflows.doctor.files import FILES
from workflows.doctor.outbox import OUTBOX
from workflows.jobs import HANDLERS
from workflows.papers.register import import_register
from workflows.papers.sheets import intake_clerk_of
from workflows.programme import Programme
from workflows.standard.applications import StandardApplications

EVENING = datetime.datetime(2026, 11, 27, 20, 30, tzinfo=datetime.timezone(datetime.timedelta(hours=8)))


def a_registered_county() -> None:
    load(SMALLEST)
    build_county(SMALLEST)
    members = invent_register(SMALLEST, villages_of(divisions_of(SMALLEST)), localdate())
    import_register(register_workbook(members), county=SMALLEST, by=intake_clerk_of(SMALLEST))


def standard() -> list[Programme]:
    return [one for one in registry.programmes().values() if isinstance(one.applications, StandardApplications)]


def waited_in(programme: Programme) -> set[str]:
    """Every step somebody can wait in under the terms that governed the last applications: the asking for a review is
    written down in passing."""
    last = Case.objects.filter(programme=programme.slug).order_by("-id")[0]
    flow = programme.flow_for(last.terms_version)
    asked = {step.name for place in flow.instance.nodes() for step in getattr(place, "reopens", ())}
    return {step.name for step in flow.steps()} - asked


def waiting(programme: Programme) -> set[str]:
    items = WorkItem.objects.filter(programme=programme.slug, finished__isnull=True)
    return set(items.values_list("step", flat=True))


def ailments() -> list[str]:
    """All that does not fit together. The pictures of these tests lie nowhere, and nobody has been told yet."""
    scope = Scope(now(), frozenset(HANDLERS))
    found = [one.sentence for part in EXAMINATIONS if part not in (FILES, SWEEP, OUTBOX) for one in part.find(scope)]
    return [*found, *(f"{broken.chain}: {broken.why}" for broken in trail.breaks())]
