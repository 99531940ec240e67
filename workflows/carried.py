"""Families a unit carries with it 带动: linked to its case by whoever looks after it, one row a family."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Count, Q
from django.utils.timezone import now
from django.utils.translation import gettext as _

from casework import identity
from casework.crypto import lookup_hash
from casework.models import CarriedFamily, Case, Person, RegisterEntry, Staff, WorkItem
from workflows import registry, trail
from workflows.caselog import CLOSED_TO_IT, WRITERS
from workflows.holding import lock_case
from workflows.refusals import NotAllowed, NotYourPost, Recused, Refusal
from workflows.standing import Actor, standing

MOST_SHOWN = 200
MOST_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Linked:
    """What became of one line of a list: `row` of the family that is linked, or what is wrong with the line."""

    line: int
    row: CarriedFamily | None
    problem: str = ""


def link(case_number: str, identity_number: str, *, by: Staff) -> CarriedFamily:
    """Link the family of somebody in the county's register. Linked already, nothing changes. Raises a `Refusal`."""
    (found,) = link_many(case_number, [identity_number], by=by)
    if found.row is None:
        raise NotAllowed(found.problem)
    return found.row


def link_many(
    case_number: str, identity_numbers: Sequence[str], *, by: Staff, at: datetime.datetime | None = None
) -> list[Linked]:
    """Link a list of families, a number a line: what cannot be linked is told with its line, the others are.

    Raises a `Refusal` where nobody may link anything, and for more lines than `MOST_AT_ONCE`. `at` is for history
    brought in; otherwise it is now.
    """
    if len(identity_numbers) > MOST_AT_ONCE:
        raise NotAllowed(_("一次最多登记%(most)d户，请分几次") % {"most": MOST_AT_ONCE})
    with transaction.atomic():
        case = lock_case(case_number)
        actor = _linker(case, by)
        found = []
        for line, number in enumerate(identity_numbers, start=1):
            try:
                found.append(Linked(line, _link_one(case, number, by, actor, at or now())))
            except Refusal as refused:
                found.append(Linked(line, None, str(refused)))
        case.save(update_fields=["trail_seq", "trail_head"])
    return found


def link_as_before(case_number: str, *, by: Staff) -> int:
    """Link those whom the unit's last case before this one carries; how many are new. Raises a `Refusal`."""
    with transaction.atomic():
        case = lock_case(case_number)
        actor = _linker(case, by)
        before = case_before(case)
        if before is None:
            raise NotAllowed(_("这个单位以前没有登记过带动户的案件"))
        here = set(CarriedFamily.objects.filter(case=case, live=True).values_list("person_id", flat=True))
        rows = CarriedFamily.objects.filter(case=before, live=True).exclude(person_id__in=here)
        people = [row.person for row in rows.select_related("person").order_by("pk")]
        for person in people:
            _set_live(case, person, by, actor, now())
        case.save(update_fields=["trail_seq", "trail_head"])
    return len(people)


def case_before(case: Case) -> Case | None:
    """The last case of the same unit before this one that carries anybody: the same programme, applicant and code."""
    code = case.facts.get("credit_code")
    mine = Case.objects.filter(programme=case.programme, applicant_id=case.applicant_id, pk__lt=case.pk)
    return mine.filter(facts__credit_code=code, carried__live=True).order_by("-pk").first() if code else None


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
            _write_down(case, row, "family_unlinked", actor, now())
            case.save(update_fields=["trail_seq", "trail_head"])


def families_of(case: Case) -> list[CarriedFamily]:
    """The first `MOST_SHOWN` of those it carries now, in the order they were linked. One statement."""
    rows = CarriedFamily.objects.filter(case=case, live=True).select_related("person__division", "linked_by")
    return list(rows.order_by("pk")[:MOST_SHOWN])


def households_of(case: Case) -> int:
    """How many families it carries now: two members of one household are one. One statement."""
    live = CarriedFamily.objects.filter(case=case, live=True)
    counted = live.aggregate(
        households=Count("person__household", distinct=True),
        alone=Count("person", filter=Q(person__household=None)),
    )
    return int(counted["households"] + counted["alone"])


def may_link(case: Case, by: Staff) -> bool:
    try:
        _linker(case, by)
    except (NotAllowed, NotYourPost, Recused):
        return False
    return True


def _link_one(case: Case, written: str, by: Staff, actor: Actor, at: datetime.datetime) -> CarriedFamily:
    number = identity.clean(written)
    if fault := identity.fault(number):
        raise NotAllowed(_("%(fault)s，请对照身份证改正") % {"fault": fault})
    return _set_live(case, _in_register(case, number), by, actor, at)


def _set_live(case: Case, person: Person, by: Staff, actor: Actor, at: datetime.datetime) -> CarriedFamily:
    row = CarriedFamily.objects.filter(case=case, person=person).first()
    if row is not None and row.live:
        return row
    if row is None:
        row = CarriedFamily(case=case, person=person)
    row.live, row.linked_by, row.linked_at = True, by, at
    row.save()
    _write_down(case, row, "family_linked", actor, at)
    return row


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


def _write_down(case: Case, row: CarriedFamily, action: str, actor: Actor, at: datetime.datetime) -> None:
    """An event in the case's chain. The case's own counters are the caller's to save, once for all of them."""
    trail.next_event(case, action, actor=actor, at=at, details={"family": row.pk}).save(force_insert=True)
