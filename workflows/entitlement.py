"""Entitlement: days reserved in order of acceptance, freed when a case is refused, recomputed before approval."""

from __future__ import annotations

import datetime
from collections import Counter
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from casework.models import Case, Entitlement
from casework.models.stages import ASIDE, PROMISED
from casework.rows import new_row
from workflows import donations, overlap, registry, trail
from workflows.assessment import Assessment
from workflows.flow import Act
from workflows.standing import SYSTEM

HAS_A_PROMISE = (
    Q(case__stage__in=PROMISED) | Q(case__stage__in=ASIDE, case__stage_before__in=PROMISED) | Q(case__paid_amount__gt=0)
)
"""The same of an entitlement's case, for the database; see `has_a_promise`."""


def days_used(case: Case, *, before: int | None = None) -> dict[int, int]:
    """Days of each calendar year granted to the applicant in this programme by cases accepted earlier.

    `before` is the key of the case's own entitlement: keys rise in order of acceptance. Days that a later case has
    been promised count as well: a promise stands, so an earlier case that now asks for more takes what is left.
    """
    used: Counter[int] = Counter()
    if before is None:
        granted = [one.days_by_year for one in held_by_others(case)]
    else:
        others = Entitlement.objects.filter(person_id=case.applicant_id, programme=case.programme, live=True)
        earlier = others.filter(Q(pk__lt=before) | HAS_A_PROMISE).exclude(case_id=case.pk)
        granted = list(earlier.values_list("days_by_year", flat=True))
    for days_by_year in granted:
        used.update({int(year): days for year, days in days_by_year.items()})
    return dict(used)


def held_by_others(case: Case) -> list[Entitlement]:
    """What the applicant's other cases hold in the same programme. Of many cases it has been read for all at once."""
    granted = case.applicant.entitlements.all()
    return [one for one in granted if one.live and one.programme == case.programme and one.case_id != case.pk]


def has_a_promise(case: Case) -> bool:
    """Whether money has been promised or given, wherever the case lies now: its days are no longer to be had."""
    before = case.stage_before if case.stage in ASIDE else case.stage
    return before in PROMISED or bool(case.paid_amount)


def _used_around(case: Case, entitlement_id: int) -> dict[int, int]:
    """Days used by the others, for a case that has its place in the order already.

    The later cases are locked first, so that none of them is promised days while these are being counted.
    """
    later = Case.objects.filter(
        applicant_id=case.applicant_id,
        programme=case.programme,
        entitlement__live=True,
        entitlement__pk__gt=entitlement_id,
    )
    list(later.select_for_update(of=("self",)).order_by("entitlement__pk").only("pk"))
    return days_used(case, before=entitlement_id)


def reserve_entitlement(act: Act) -> None:
    """Consequence of acceptance: reserve the period and its days, and put the amount on the case.

    An import that takes many at once has assessed them in order already and hands the assessment in.
    """
    case = act.case
    held: Entitlement | None = getattr(case, "entitlement", None) if case.pk else None
    assessment: Assessment | None = act.values.get("assessment")
    if assessment is None:
        used = _used_around(case, held.pk) if held else days_used(case)
        assessment = registry.programme(case.programme).assess(case, used)
    overlap.take(case, assessment, act.ledger, judged="assessment" in act.values)
    _award(case, assessment)
    act.ledger.case_columns.update(AWARD_COLUMNS)
    fields = _period(assessment)
    if held is None:
        holder = assessment.holder or case.applicant_id
        row = new_row(Entitlement, case=case, person_id=holder, programme=case.programme, **fields)
        act.ledger.entitlements.append(row)
    else:
        Entitlement.objects.filter(pk=held.pk).update(live=True, **fields)
        reassess_followers(case, held.pk, act)


def release_entitlement(act: Act) -> None:
    """Consequence of refusal or withdrawal: the days are free again, for those who came after; so is the money of the
    donation it was approved on."""
    donations.give_back(act)
    held = Entitlement.objects.filter(case_id=act.case.pk, live=True).first()
    overlap.give_back(act.case)
    if held is not None:
        Entitlement.objects.filter(pk=held.pk).update(live=False)
        reassess_followers(act.case, held.pk, act)


def award_recomputes(act: Act) -> list[str]:
    """Requirement of approval: facts, terms and days used before give the very amount on the case, to the cent."""
    if is_awarded_right(act.case):
        return []
    return [_("金额与按申请内容重新计算的结果不一致，请退回受理重新核定")]


def is_awarded_right(case: Case) -> bool:
    """Whether facts, terms and days used before give the very amount and days on the case."""
    used = {int(year): days for year, days in case.award.get("used_before", {}).items()}
    again = registry.programme(case.programme).assess(case, used)
    return again.amount == case.amount and again.days == case.payable_days


def award_still_holds(act: Act) -> list[str]:
    """Requirement of overturning a refusal: the days that were freed are still to be had, and give the same amount."""
    case = act.case
    held = Entitlement.objects.filter(case=case).first()
    if held is None:
        return [_("这件案子没有受理核定过，请发回重新办理")]
    again = registry.programme(case.programme).assess(case, _used_around(case, held.pk))
    if again.amount == case.amount and again.days == case.payable_days:
        return []
    return [_("按现在的申请内容和已用天数重新计算，金额与原来核定的不同，请发回重新办理")]


AWARD_COLUMNS = ("amount", "payable_days", "award")


def reassess(case: Case, *, at: datetime.datetime) -> None:
    """The facts of an accepted case have changed: assess it anew in its own place in the order, then those after it.

    The caller has locked the case, and saves it (`AWARD_COLUMNS`). Nothing is done before acceptance.
    """
    held = Entitlement.objects.filter(case_id=case.pk, live=True).first()
    if held is None:
        return
    assessment = registry.programme(case.programme).assess(case, _used_around(case, held.pk))
    changed = assessment.amount != case.amount or assessment.days != case.payable_days
    # Also when the sum is the same: the explanation names the dates.
    overlap.move(case, assessment)
    _award(case, assessment)
    Entitlement.objects.filter(pk=held.pk).update(**_period(assessment))
    if changed:
        _award_event(case, assessment, at, because=case.number)
    _reassess_after(case, held.pk, at)


def give_up_reservation(case: Case, *, at: datetime.datetime) -> None:
    """The facts of a case back at intake no longer entitle it: its days are free until it is accepted anew.

    Kept as they were, they could come to lie on days another case has claimed meanwhile. The caller has locked the
    case, and saves it (`AWARD_COLUMNS`).
    """
    held = Entitlement.objects.filter(case_id=case.pk, live=True).first()
    if held is None:
        return
    overlap.give_back(case)
    donations.give_back_of(case)
    Entitlement.objects.filter(pk=held.pk).update(live=False)
    case.amount, case.payable_days, case.award = None, None, {}
    _reassess_after(case, held.pk, at)


def reassess_followers(case: Case, entitlement_id: int, act: Act) -> None:
    """Cases of the same person accepted later whose days the cap had cut, and that are not yet approved."""
    _reassess_after(case, entitlement_id, act.at)


def _reassess_after(case: Case, entitlement_id: int, at: datetime.datetime) -> None:
    later = Entitlement.objects.filter(
        person_id=case.applicant_id, programme=case.programme, live=True, pk__gt=entitlement_id
    )
    for held in later.order_by("pk"):
        follower = Case.objects.select_for_update().get(pk=held.case_id)
        if has_a_promise(follower):
            continue
        assessment = registry.programme(follower.programme).assess(follower, days_used(follower, before=held.pk))
        if assessment.amount == follower.amount and assessment.days == follower.payable_days:
            continue
        _award(follower, assessment)
        Entitlement.objects.filter(pk=held.pk).update(**_period(assessment))
        _award_event(follower, assessment, at, because=case.number)
        follower.save(update_fields=[*AWARD_COLUMNS, "trail_seq", "trail_head"])


def _award_event(case: Case, assessment: Assessment, at: datetime.datetime, *, because: str) -> None:
    details = {"amount": f"{assessment.amount:.2f}", "days": assessment.days, "because": because}
    trail.next_event(case, "award_changed", actor=SYSTEM, at=at, details=details).save(force_insert=True)


def _award(case: Case, assessment: Assessment) -> None:
    case.amount = assessment.amount
    case.payable_days = assessment.days
    case.award = dict(assessment.body)


def _period(assessment: Assessment) -> dict[str, Any]:
    return {
        "begins": assessment.begins,
        "ends": assessment.ends,
        "days_by_year": {str(year): days for year, days in assessment.days_by_year.items()},
    }
