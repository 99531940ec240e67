"""Writing down who looks after a family, that somebody has spoken with it, and that either has ended."""

from __future__ import annotations

import datetime
import uuid
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _

from casework.access import Access, access_of
from casework.models import ContactLog, CoverLapse, FamilyCover, Hospital, Household, Role, Staff, WorkItem
from workflows import trail
from workflows.coverage.state import special_families
from workflows.perform import perform
from workflows.refusals import NotAllowed, Refusal
from workflows.standing import Actor

KEEPERS = (Role.INTAKE_CLERK, Role.TOWNSHIP_REVIEWER, Role.VILLAGE_VERIFIER)
TALKERS = (*KEEPERS, Role.VISITOR)
CONTACTS = frozenset({FamilyCover.Kind.TOWNSHIP_CONTACT, FamilyCover.Kind.VILLAGE_CONTACT})


@dataclass(frozen=True)
class Cover:
    """One to be written down. `username` is a contact's who has an account; `hospital` the key of a green channel's."""

    kind: str
    name: str
    title: str = ""
    username: str = ""
    hospital: int | None = None
    valid_from: datetime.date | None = None
    valid_to: datetime.date | None = None


def place_of(household: int) -> str:
    """The village of a special family. Raises `NotAllowed` when it is none today."""
    entry = special_families(localdate()).filter(person__household=household).order_by("id").first()
    if entry is None:
        raise NotAllowed(_("这一户现在不在特殊家庭名册里"))
    return entry.division_id


def write_cover(household: int, cover: Cover, *, by: Staff) -> FamilyCover:
    """Put somebody or something in force for a family; what was in force of that kind ends the day before.

    The same again changes nothing. Raises `NotAllowed` with what is wrong.
    """
    first = cover.valid_from or localdate()
    with transaction.atomic():
        Household.objects.select_for_update().get(pk=household)
        division = place_of(household)
        actor = _keeper(division, by, KEEPERS)
        staff = _account(cover)
        hospital = Hospital.objects.filter(pk=cover.hospital).first() if cover.hospital else None
        values: dict[str, Any] = {
            "name": cover.name or (hospital.name if hospital else staff.name if staff else ""),
            "title": cover.title,
            "staff": staff,
            "hospital": hospital,
            "valid_to": cover.valid_to,
        }
        _check(cover, values["name"], hospital, first)
        held = FamilyCover.objects.filter(household=household, kind=cover.kind)
        same = held.filter(valid_from=first, **values).first()
        if same is not None:
            return same
        _end_before(held, first)
        made = _made(household, division, cover.kind, first, by, values)
        trail.record(chain_of(household), "cover_written", actor=actor, details={"kind": cover.kind, "cover": made.pk})
    settle(household, by=by)
    return made


def end_cover(cover_id: int, last: datetime.date, *, by: Staff) -> FamilyCover:
    """Its last day. Raises `NotAllowed`."""
    with transaction.atomic():
        found = FamilyCover.objects.select_for_update().get(pk=cover_id)
        actor = _keeper(found.division, by, KEEPERS)
        if last < found.valid_from:
            raise NotAllowed(_("止期不能早于起期%(first)s") % {"first": found.valid_from})
        if found.valid_to != last:
            found.valid_to = last
            found.save(update_fields=["valid_to"])
            details = {"kind": found.kind, "cover": found.pk, "last": last.isoformat()}
            trail.record(chain_of(found.household_id), "cover_ended", actor=actor, details=details)
    return found


def log_contact(
    household: int, on: datetime.date, how: str, *, by: Staff, client_key: uuid.UUID
) -> tuple[ContactLog, bool]:
    """That somebody spoke with the family; and whether this very word was known already. Raises `NotAllowed`."""
    known = ContactLog.objects.filter(client_key=client_key).first()
    if known is not None:
        return known, True
    if on > localdate():
        raise NotAllowed(_("联系日期不能晚于今天"))
    if how not in ContactLog.How.values:
        raise NotAllowed(_("请选择联系方式"))
    with transaction.atomic():
        division = place_of(household)
        actor = _keeper(division, by, TALKERS)
        made = ContactLog.objects.create(
            household_id=household, division=division, on=on, how=how, client_key=client_key, by=by, at=now()
        )
        details = {"on": on.isoformat(), "how": how}
        trail.record(chain_of(household), "family_contacted", actor=actor, details=details)
    settle(household, by=by)
    return made, False


def settle(household: int, *, by: Staff) -> int:
    """End the family's lapses that are over, where it is `by`'s to say so; how many. The others go on waiting."""
    done = 0
    cases = CoverLapse.objects.filter(household=household, live=True).values("case")
    for item in WorkItem.objects.filter(process__in=cases, finished__isnull=True).values_list("pk", flat=True):
        try:
            perform(item, "restored", by=by)
        except Refusal:
            # Still lapsed, or somebody else's to say.
            continue
        done += 1
    return done


def chain_of(household: int) -> str:
    return f"household:{household}"


def _keeper(division: str, by: Staff, roles: tuple[str, ...]) -> Actor:
    seen: Access = access_of(by)
    for post in seen.posts:
        if post.role in roles and division.startswith(post.office_code):
            return Actor(by.pk, by.name, post.office_name, post.role)
    raise NotAllowed(_("这一家不归您联系，请由本村、本乡镇或县里的经办人登记。"))


def _account(cover: Cover) -> Staff | None:
    if not cover.username:
        return None
    found = Staff.objects.filter(username=cover.username, is_active=True).first()
    if found is None or cover.kind not in CONTACTS:
        raise NotAllowed(_("没有账号“%(name)s”，没有账号的联系人只写姓名") % {"name": cover.username})
    return found


def _check(cover: Cover, name: str, hospital: Hospital | None, first: datetime.date) -> None:
    if cover.kind not in FamilyCover.Kind.values:
        raise NotAllowed(_("请选择登记什么"))
    if cover.kind == FamilyCover.Kind.GREEN_CHANNEL and hospital is None:
        raise NotAllowed(_("绿色通道要选一家医院"))
    if cover.kind == FamilyCover.Kind.FAMILY_DOCTOR and cover.valid_to is None:
        raise NotAllowed(_("家庭医生签约要写明止期"))
    if not name:
        raise NotAllowed(_("请写姓名"))
    if cover.valid_to is not None and cover.valid_to < first:
        raise NotAllowed(_("止期不能早于起期%(first)s") % {"first": first})


def _end_before(held: object, first: datetime.date) -> None:
    """Of a kind one is in force at a time: the one before ends the day before, or never began."""
    rows = FamilyCover.objects.filter(pk__in=held.values("pk")).exclude(valid_to__lt=first)  # type: ignore[attr-defined]
    for one in rows:
        one.valid_to = max(one.valid_from, first - datetime.timedelta(days=1))
        one.save(update_fields=["valid_to"])


def _made(
    household: int, division: str, kind: str, first: datetime.date, by: Staff, values: dict[str, Any]
) -> FamilyCover:
    try:
        with transaction.atomic():
            return FamilyCover.objects.create(
                household_id=household,
                division=division,
                kind=kind,
                valid_from=first,
                written_by=by,
                written_at=now(),
                **values,
            )
    except IntegrityError as clash:
        raise NotAllowed(_("这一户已有一项没有写止期的同类安排，请先停止原来的")) from clash
