"""Endorsements 批改: a confirmed policy changed, from a day on, asked of the insurer and confirmed by it.

Nobody is added with effect before the day after it is entered: an incident that has happened is never insured after
the fact.
"""

from __future__ import annotations

import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _

from casework.models import Endorsement, InsuredPerson, Person, PlanVersion, Policy, RosterLine, Staff
from workflows import trail
from workflows.insurance.policies import ZERO, desk_actor, locked
from workflows.insurance.rosters import ONE_DAY, Unit, add, words_for
from workflows.refusals import NotAllowed
from workflows.standing import Actor

LONGEST_REASON = 200


def ask_to_add(
    policy: Policy, people: list[Person], effective_on: datetime.date, *, reason: str, by: Staff, units: int = 1
) -> Endorsement:
    """A household, or a person, to be insured from a day on: tomorrow at the earliest."""
    moment = now()
    today = localdate(moment)
    if not people:
        raise NotAllowed(_("请选要增加的人"))
    if effective_on <= today:
        raise NotAllowed(_("增加的人最早从明天（%(day)s）起有保障，不能倒签") % {"day": today + ONE_DAY})
    with transaction.atomic():
        held = locked(policy, Policy.State.CONFIRMED)
        actor = desk_actor(by, held.division_id[:6])
        _check_are_one_line(people, held.plan)
        if not held.begins <= effective_on <= held.ends:
            words = {"begins": held.begins, "ends": held.ends}
            raise NotAllowed(_("生效日期要在保险期间%(begins)s至%(ends)s之内") % words)
        division = people[0].division_id or held.division_id
        listed = add(held, [Unit(people, division, units=units)], at=moment, covers_from=effective_on)
        if not listed.lines:
            why = "；".join(words_for(code) for code in listed.left_out)
            raise NotAllowed(_("不能增加：%(why)s") % {"why": why})
        line = held.lines.order_by("-number")[0]
        made = _asked(held, line, Endorsement.Kind.ADD, effective_on, reason, by, moment, line.premium)
        _told(made, "endorsement_asked", actor)
    return made


def ask_to_remove(line: RosterLine, effective_on: datetime.date, *, reason: str, by: Staff) -> Endorsement:
    """A line's cover to end: the day before `effective_on` is its last. What has happened by then stays insured."""
    moment = now()
    with transaction.atomic():
        held = locked(line.policy_id, Policy.State.CONFIRMED)
        actor = desk_actor(by, held.division_id[:6])
        current = RosterLine.objects.select_for_update().get(pk=line.pk)
        if current.state != RosterLine.State.CONFIRMED:
            raise NotAllowed(_("这一行现在是“%(state)s”，不能批减") % {"state": current.get_state_display()})
        if not current.covers_from < effective_on <= current.covers_to:
            words = {"begins": current.covers_from + ONE_DAY, "ends": current.covers_to}
            raise NotAllowed(_("批减的生效日期要在%(begins)s至%(ends)s之内") % words)
        if effective_on < localdate(moment):
            raise NotAllowed(_("批减不能倒签到今天以前"))
        if current.endorsements.filter(kind=Endorsement.Kind.REMOVE, state=Endorsement.State.ASKED).exists():
            raise NotAllowed(_("这一行的批减已经送保险公司，请等答复"))
        made = _asked(held, current, Endorsement.Kind.REMOVE, effective_on, reason, by, moment, ZERO)
        _told(made, "endorsement_asked", actor)
    return made


def ask_to_correct(line: RosterLine, effective_on: datetime.date, *, reason: str, by: Staff) -> Endorsement:
    """What the roster says wrongly of a line, in words; names and numbers are mended in the register."""
    moment = now()
    with transaction.atomic():
        held = locked(line.policy_id, Policy.State.CONFIRMED)
        actor = desk_actor(by, held.division_id[:6])
        made = _asked(held, line, Endorsement.Kind.CORRECT, effective_on, reason, by, moment, ZERO)
        _told(made, "endorsement_asked", actor)
    return made


def answer(endorsement: Endorsement, *, agreed: bool, number: str, on: datetime.date, by: Staff) -> Endorsement:
    """What the insurer has said to it; only then it takes effect. The second answer is refused."""
    if agreed and not number.strip():
        raise NotAllowed(_("请填批单号"))
    if on > localdate():
        raise NotAllowed(_("批改日期不能晚于今天"))
    with transaction.atomic():
        held = locked(endorsement.policy_id, Policy.State.CONFIRMED)
        actor = desk_actor(by, held.division_id[:6])
        found = Endorsement.objects.select_for_update(of=("self",)).select_related("line").get(pk=endorsement.pk)
        if found.state != Endorsement.State.ASKED:
            raise NotAllowed(_("这份批改已经是“%(state)s”") % {"state": found.get_state_display()})
        if agreed and found.kind == Endorsement.Kind.REMOVE and found.line.state != RosterLine.State.CONFIRMED:
            raise NotAllowed(_("这一行现在是“%(state)s”，不能批减") % {"state": found.line.get_state_display()})
        found.state = Endorsement.State.CONFIRMED if agreed else Endorsement.State.DECLINED
        found.insurer_number, found.confirmed_on = number.strip(), on
        found.save(update_fields=["state", "insurer_number", "confirmed_on"])
        _take_effect(found)
        _told(found, "endorsement_answered", actor)
    return found


def _check_are_one_line(people: list[Person], plan: PlanVersion) -> None:
    """A line has one premium: a household's where the plan is by household, else one person's."""
    if len(people) < 2:
        return
    if plan.unit == PlanVersion.Unit.PERSON:
        raise NotAllowed(_("这个方案按人投保，请一人一次"))
    if people[0].household_id is None or len({one.household_id for one in people}) > 1:
        raise NotAllowed(_("这些人不是一户，请一户一次"))


def _take_effect(made: Endorsement) -> None:
    line, insured = made.line, InsuredPerson.objects.filter(line=made.line)
    agreed = made.state == Endorsement.State.CONFIRMED
    if made.kind == Endorsement.Kind.ADD:
        # The insurer's yes does not reach back either.
        line.state = RosterLine.State.CONFIRMED if agreed else RosterLine.State.DECLINED
        line.save(update_fields=["state"])
        if not agreed:
            insured.update(live=False)
    elif made.kind == Endorsement.Kind.REMOVE and agreed:
        line.state, line.covers_to = RosterLine.State.REMOVED, made.effective_on - ONE_DAY
        line.save(update_fields=["state", "covers_to"])
        insured.update(covers_to=line.covers_to)


def _asked(
    policy: Policy,
    line: RosterLine,
    kind: str,
    effective_on: datetime.date,
    reason: str,
    by: Staff,
    at: datetime.datetime,
    change: Decimal,
) -> Endorsement:
    if not 0 < len(reason.strip()) <= LONGEST_REASON:
        raise NotAllowed(_("请写明批改的理由，%(most)d字以内") % {"most": LONGEST_REASON})
    return Endorsement.objects.create(
        policy=policy,
        line=line,
        kind=kind,
        effective_on=effective_on,
        entered_on=localdate(at),
        entered_by=by,
        entered_at=at,
        reason=reason.strip(),
        premium_change=change,
    )


def _told(made: Endorsement, word: str, actor: Actor) -> None:
    details = {
        "endorsement": made.pk,
        "kind": made.kind,
        "line": made.line.number,
        "effective_on": made.effective_on.isoformat(),
        "state": made.state,
    }
    trail.record(made.policy.chain, word, actor=actor, details=details)
