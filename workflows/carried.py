"""Families a unit carries with it 带动: linked to its case by whoever looks after it, one row a family."""

from __future__ import annotations

from django.db import transaction
from django.utils.timezone import now
from django.utils.translation import gettext as _

from casework import identity
from casework.crypto import lookup_hash
from casework.models import CarriedFamily, Case, Person, RegisterEntry, Staff, WorkItem
from workflows import registry, trail
from workflows.caselog import CLOSED_TO_IT, WRITERS
from workflows.holding import lock_case
from workflows.refusals import NotAllowed, NotYourPost, Recused
from workflows.standing import Actor, standing

MOST_SHOWN = 200


def link(case_number: str, identity_number: str, *, by: Staff) -> CarriedFamily:
    """Link the family of somebody in the county's register. Linked already, nothing changes. Raises a `Refusal`."""
    number = identity.clean(identity_number)
    if fault := identity.fault(number):
        raise NotAllowed(_("%(fault)s，请对照身份证改正") % {"fault": fault})
    with transaction.atomic():
        case = lock_case(case_number)
        actor = _linker(case, by)
        person = _in_register(case, number)
        row = CarriedFamily.objects.filter(case=case, person=person).first()
        if row is not None and row.live:
            return row
        if row is None:
            row = CarriedFamily(case=case, person=person)
        row.live, row.linked_by, row.linked_at = True, by, now()
        row.save()
        _write_down(case, row, "family_linked", actor)
    return row


def unlink(case_number: str, row_id: int, *, by: Staff) -> None:
    """The unit carries this family no more, or never did. Twice is once. Raises a `Refusal`."""
    with transaction.atomic():
        case = lock_case(case_number)
        actor = _linker(case, by)
        row = CarriedFamily.objects.filter(pk=row_id, case=case).first()
        if row is None:
            raise NotAllowed(_("这件案子没有登记这一户"))
        if row.live:
            row.live = False
            row.save(update_fields=["live"])
            _write_down(case, row, "family_unlinked", actor)


def families_of(case: Case) -> list[CarriedFamily]:
    """Those it carries now, in the order they were linked. One statement."""
    rows = CarriedFamily.objects.filter(case=case, live=True).select_related("person__division", "linked_by")
    return list(rows.order_by("pk")[:MOST_SHOWN])


def may_link(case: Case, by: Staff) -> bool:
    try:
        _linker(case, by)
    except (NotAllowed, NotYourPost, Recused):
        return False
    return True


def _in_register(case: Case, number: str) -> Person:
    person: Person | None = Person.objects.filter(identity_hash=lookup_hash("identity", number)).first()
    entries = RegisterEntry.objects.filter(person=person, county=case.division_id[:6])
    if person is None or not entries.exists():
        raise NotAllowed(_("本县对象名册里没有这个人，请核对号码；确属对象的先办名册登记"))
    return person


def _linker(case: Case, by: Staff) -> Actor:
    """`by`, in a post that looks after the case. Raises `NotAllowed`, `NotYourPost` or `Recused`."""
    if not registry.programme(case.programme).carries:
        raise NotAllowed(_("这个项目不登记带动户"))
    if case.stage in CLOSED_TO_IT:
        raise NotAllowed(_("案件现在是“%(stage)s”，不能登记") % {"stage": case.get_stage_display()})
    item = WorkItem(process=case, role="", office="")
    refused: NotYourPost | None = None
    for hand in WRITERS.values():
        try:
            seen = standing(by, item, hand)
        except NotYourPost as problem:
            refused = problem
            continue
        if seen.recused:
            raise Recused
        return seen.actor
    assert refused is not None
    raise refused


def _write_down(case: Case, row: CarriedFamily, action: str, actor: Actor) -> None:
    trail.next_event(case, action, actor=actor, at=now(), details={"family": row.pk}).save(force_insert=True)
    case.save(update_fields=["trail_seq", "trail_head"])
