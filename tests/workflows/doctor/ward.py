"""A healthy county to be hurt: cases wherever a case can be, with papers that are there and people for every seat."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import Any

from django.utils.timezone import localdate, now

from casework.models import Case, Evidence, Role
from tests import factories
from tests.world import COUNTY, TOWNSHIP, VILLAGE, World, open_item
from workflows.doctor import EXAMINATIONS, Scope
from workflows.jobs import HANDLERS
from workflows.papers.sheets import file_store
from workflows.perform import perform

MORE = (
    # One decides, one looks at it anew, one answers what is objected to a notice.
    (Role.COUNTY_APPROVER, COUNTY),
    (Role.COUNTY_APPROVER, COUNTY),
    (Role.VILLAGE_VERIFIER, VILLAGE),
    (Role.TOWNSHIP_REVIEWER, TOWNSHIP),
    (Role.INTAKE_CLERK, COUNTY),
)


def hire(world: World) -> None:
    """More than one person for those seats of which one may fall out."""
    for role, office in MORE:
        world.staff[f"second {role}"] = factories.StaffFactory(post=(role, office))


def case(world: World, at: str) -> Case:
    found = world.case(at)
    put_in_file(found)
    return Case.objects.get(pk=found.pk)


def suspended(world: World) -> Case:
    found = case(world, "township")
    perform(
        open_item(found).pk,
        "suspend",
        by=world.by(Role.TOWNSHIP_REVIEWER),
        reasons=["applicant_away"],
        values={"review_on": localdate() + datetime.timedelta(days=30)},
    )
    return Case.objects.get(pk=found.pk)


def rejected(world: World) -> Case:
    found = case(world, "county")
    by = world.by(Role.COUNTY_APPROVER)
    perform(open_item(found).pk, "refuse", by=by, reasons=["not_covered"], note="不符")
    return Case.objects.get(pk=found.pk)


def put_in_file(found: Case) -> None:
    """The photographs the world has listed are in the store, too."""
    found.refresh_from_db()
    for kind, digests in found.papers.items():
        for digest in digests:
            Evidence.objects.create(
                case=found,
                kind=kind,
                sha256=digest,
                phash="0" * 16,
                band_a=0,
                band_b=0,
                band_c=0,
                band_d=0,
                file=file_store().put(b"picture"),
                thumbnail=file_store().put(b"small picture"),
                width=1,
                height=1,
                uploaded_by_id=found.participations.values_list("staff_id", flat=True)[0],
                uploaded_at=now(),
            )


def scope(**otherwise: Any) -> Scope:
    return Scope(**{"at": now(), "job_kinds": frozenset(HANDLERS), "every_file": True, **otherwise})


def found(*, without: Iterable[str] = (), **otherwise: Any) -> list[tuple[str, str]]:
    """(kind, subject) of everything every examination finds."""
    asked = scope(**otherwise)
    return sorted(
        (finding.kind.code, finding.subject)
        for examination in EXAMINATIONS
        if examination.name not in without and not (asked.place and examination.of_installation)
        for finding in examination.find(asked)
    )
