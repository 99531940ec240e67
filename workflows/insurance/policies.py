"""Policies 保单: made out, sent to the insurer, confirmed with its number; each act on the policy's own chain."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from decimal import Decimal
from hashlib import sha256
from typing import Any

from django.db import transaction
from django.db.models import Sum
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _

from casework.models import Division, InsuredPerson, PlanVersion, Policy, Post, Role, RosterLine, Staff
from casework.sheets.writing import table_workbook
from workflows import trail
from workflows.papers import numbers
from workflows.refusals import NotAllowed
from workflows.standing import Actor

ZERO = Decimal("0.00")
LONGEST_DAYS = 400
"""A policy is for about a year; a longer one is a slip of the pen."""

HEADINGS = (
    *("序号", "户编号", "姓名", "证件种类", "证件号码", "出生日期", "与户主关系"),
    *("份数", "保费", "保障起日", "保障止日"),
)


@dataclass(frozen=True, slots=True)
class Shares:
    """Who pays one unit's premium, in yuan. What belongs to nobody named is `other`: never forced to close."""

    family: Decimal = ZERO
    city: Decimal = ZERO
    county: Decimal = ZERO
    insurer: Decimal = ZERO
    other: Decimal = ZERO

    @property
    def total(self) -> Decimal:
        return sum((getattr(self, one.name) for one in fields(self)), ZERO)


def desk_actor(by: Staff, county: str) -> Actor:
    """`by` at the county's desk. Raises `NotAllowed` when they have no post there."""
    posts = Post.objects.in_force(localdate()).filter(staff=by, role=Role.INTAKE_CLERK, office__division_id=county)
    office = posts.values_list("office__name", flat=True).first()
    if office is None:
        raise NotAllowed(_("投保由县级受理员办理，您现在没有这个岗位"))
    return Actor(by.pk, by.name, office, Role.INTAKE_CLERK)


def make_policy(
    plan: PlanVersion,
    division: Division,
    *,
    begins: datetime.date,
    ends: datetime.date,
    shares: Shares,
    by: Staff,
    at: datetime.datetime | None = None,
) -> Policy:
    """A policy to put a roster under. Raises `NotAllowed`, and nothing is made, where a number does not fit."""
    moment = at or now()
    actor = desk_actor(by, division.code[:6])
    if plan.in_force_from > begins:
        raise NotAllowed(_("这个方案%(day)s起才有") % {"day": plan.in_force_from})
    if not 0 <= (ends - begins).days <= LONGEST_DAYS:
        raise NotAllowed(_("保险期间要先起后止，最长%(days)d日") % {"days": LONGEST_DAYS})
    if shares.total != plan.premium:
        words = {"total": f"{shares.total:.2f}", "premium": f"{plan.premium:.2f}"}
        raise NotAllowed(_("各方承担合计%(total)s元，每份保费%(premium)s元；说不清由谁承担的填在“其他”") % words)
    with transaction.atomic():
        policy = Policy.objects.create(
            number=numbers.reserve("TB", division.code[:6], begins.year, 1)[0],
            plan=plan,
            division=division,
            begins=begins,
            ends=ends,
            unit_premium=plan.premium,
            by_family=shares.family,
            by_city=shares.city,
            by_county=shares.county,
            by_insurer=shares.insurer,
            by_other=shares.other,
            made_by=by,
            made_at=moment,
        )
        details = {"plan": plan.pk, "begins": begins.isoformat(), "ends": ends.isoformat()}
        trail.record(policy.chain, "policy_made", actor=actor, details=details, at=moment)
    return policy


def locked(policy: Policy | int, *states: str) -> Policy:
    """The policy, locked and read afresh, in one of these states; else `NotAllowed`."""
    pk = policy if isinstance(policy, int) else policy.pk
    found = Policy.objects.select_for_update(of=("self",)).select_related("plan__product__insurer").get(pk=pk)
    if states and found.state not in states:
        raise NotAllowed(_("保单%(number)s现在是“%(state)s”，不能这样办") % {
            "number": found.number, "state": found.get_state_display()})  # fmt: skip
    return found


def send(policy: Policy, *, by: Staff, at: datetime.datetime | None = None) -> bytes:
    """The roster as a file for the insurer; the same bytes however often. Sending again changes nothing, but stands in
    the trail each time: the file holds identity numbers in full."""
    with transaction.atomic():
        held = locked(policy, Policy.State.DRAFT, Policy.State.SENT, Policy.State.CONFIRMED)
        actor = desk_actor(by, held.division_id[:6])
        data = roster_file(held)
        details = {**totals(held), "digest": sha256(data).hexdigest()}
        if held.state == Policy.State.DRAFT:
            if not held.lines.filter(state=RosterLine.State.LISTED).exists():
                raise NotAllowed(_("名单里还没有人，不能送保险公司"))
            held.state, held.sent_at = Policy.State.SENT, at or now()
            held.save(update_fields=["state", "sent_at"])
            trail.record(held.chain, "policy_sent", actor=actor, details=details, at=at)
        else:
            trail.record(held.chain, "roster_exported", actor=actor, details=details, at=at)
    return data


def take_back(policy: Policy, *, by: Staff) -> None:
    """Back from the insurer to be put right, before it has confirmed."""
    with transaction.atomic():
        held = locked(policy, Policy.State.SENT)
        actor = desk_actor(by, held.division_id[:6])
        held.state, held.sent_at = Policy.State.DRAFT, None
        held.save(update_fields=["state", "sent_at"])
        trail.record(held.chain, "policy_taken_back", actor=actor, details=totals(held))


def confirm(
    policy: Policy,
    insurer_number: str,
    confirmed_on: datetime.date,
    *,
    by: Staff,
    declined: Mapping[int, str] | None = None,
    at: datetime.datetime | None = None,
) -> Policy:
    """The insurer has taken the roster on, under its number; `declined` are the lines it has not, each with why."""
    moment = at or now()
    if not insurer_number.strip():
        raise NotAllowed(_("请填保险公司的保单号"))
    if confirmed_on > localdate(moment):
        raise NotAllowed(_("承保日期不能晚于今天"))
    with transaction.atomic():
        held = locked(policy, Policy.State.SENT)
        actor = desk_actor(by, held.division_id[:6])
        known = set(held.lines.values_list("number", flat=True))
        if strange := sorted(set(declined or {}) - known):
            raise NotAllowed(_("名单里没有第%(numbers)s行") % {"numbers": "、".join(map(str, strange))})
        for number, why in (declined or {}).items():
            lines = RosterLine.objects.filter(policy=held, number=number, state=RosterLine.State.LISTED)
            lines.update(state=RosterLine.State.DECLINED, declined_because=why[:120])
        InsuredPerson.objects.filter(line__policy=held, line__state=RosterLine.State.DECLINED).update(live=False)
        held.lines.filter(state=RosterLine.State.LISTED).update(state=RosterLine.State.CONFIRMED)
        held.state, held.insurer_number, held.confirmed_on = (
            Policy.State.CONFIRMED,
            insurer_number.strip(),
            confirmed_on,
        )
        held.save(update_fields=["state", "insurer_number", "confirmed_on"])
        details = {**totals(held), "declined": sorted(declined or {}), "on": confirmed_on.isoformat()}
        trail.record(held.chain, "policy_confirmed", actor=actor, details=details, at=moment)
    return held


def totals(policy: Policy) -> dict[str, Any]:
    """Households or persons by line, persons insured, and the premium of the lines that count."""
    lines = policy.lines.filter(state__in=(RosterLine.State.LISTED, RosterLine.State.CONFIRMED))
    premium = lines.aggregate(total=Sum("premium"))["total"] or ZERO
    people = InsuredPerson.objects.filter(line__in=lines, live=True).count()
    return {"lines": lines.count(), "persons": people, "premium": f"{premium:.2f}"}


def roster_file(policy: Policy) -> bytes:
    """名单: a row a person, numbers in full. Only ever handed to the insurer."""
    return table_workbook(HEADINGS, _rows(policy), sheet_name="投保名单")


def _rows(policy: Policy) -> Iterable[tuple[object, ...]]:
    insured = InsuredPerson.objects.filter(line__policy=policy, live=True)
    for one in insured.select_related("person", "line__household").order_by("line__number", "pk"):
        line, person = one.line, one.person
        yield (
            line.number,
            line.household.number if line.household else "",
            person.name,
            one.get_document_display(),
            _opened(person.identity_number),
            person.birth_date or "",
            person.relation,
            line.units,
            line.premium,
            line.covers_from,
            line.covers_to,
        )


def _opened(sealed: Any) -> str:
    return str(sealed.reveal()) if hasattr(sealed, "reveal") else str(sealed)
