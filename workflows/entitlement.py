"""Entitlement: days reserved in order of acceptance, freed when a case is refused, recomputed before approval."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.utils.translation import gettext as _

from casework.models import Case, Entitlement
from casework.models.stages import BEFORE_APPROVAL
from workflows import registry, trail
from workflows.assessment import Assessment
from workflows.flow import Act
from workflows.standing import SYSTEM


def days_used(case: Case, *, before: int | None = None) -> dict[int, int]:
    """Days of each calendar year granted to the applicant in this programme by cases accepted earlier.

    `before` is the key of the case's own entitlement: keys rise in order of acceptance.
    """
    others = Entitlement.objects.filter(person_id=case.applicant_id, programme=case.programme, live=True)
    if before is not None:
        others = others.filter(pk__lt=before)
    used: Counter[int] = Counter()
    for days_by_year in others.exclude(case_id=case.pk).values_list("days_by_year", flat=True):
        used.update({int(year): days for year, days in days_by_year.items()})
    return dict(used)


def reserve_entitlement(act: Act) -> None:
    """Consequence of acceptance: reserve the period and its days, and put the amount on the case.

    An import that takes many at once has assessed them in order already and hands the assessment in.
    """
    case = act.case
    held = Entitlement.objects.filter(case=case).first() if case.pk else None
    assessment: Assessment | None = act.values.get("assessment")
    if assessment is None:
        used = days_used(case, before=held.pk if held else None)
        assessment = registry.programme(case.programme).assess(case, used)
    _award(case, assessment)
    act.ledger.case_columns.update(AWARD_COLUMNS)
    fields = _period(assessment)
    if held is None:
        row = Entitlement(case=case, person_id=case.applicant_id, programme=case.programme, **fields)
        act.ledger.entitlements.append(row)
    else:
        Entitlement.objects.filter(pk=held.pk).update(live=True, **fields)
        reassess_followers(case, held.pk, act)


def release_entitlement(act: Act) -> None:
    """Consequence of refusal or withdrawal: the days are free again, for those who came after."""
    held = Entitlement.objects.filter(case_id=act.case.pk, live=True).first()
    if held is not None:
        Entitlement.objects.filter(pk=held.pk).update(live=False)
        reassess_followers(act.case, held.pk, act)


def award_recomputes(act: Act) -> list[str]:
    """Requirement of approval: facts, terms and days used before give the very amount on the case, to the cent."""
    case = act.case
    used = {int(year): days for year, days in case.award.get("used_before", {}).items()}
    again = registry.programme(case.programme).assess(case, used)
    if again.amount == case.amount and again.days == case.payable_days:
        return []
    return [_("金额与按申请内容重新计算的结果不一致，请退回受理重新核定")]


AWARD_COLUMNS = ("amount", "payable_days", "award")


def reassess_followers(case: Case, entitlement_id: int, act: Act) -> None:
    """Cases of the same person accepted later whose days the cap had cut, and that are not yet approved."""
    later = Entitlement.objects.filter(
        person_id=case.applicant_id, programme=case.programme, live=True, pk__gt=entitlement_id
    )
    for held in later.order_by("pk"):
        follower = Case.objects.select_for_update().get(pk=held.case_id)
        if follower.stage not in BEFORE_APPROVAL:
            continue
        assessment = registry.programme(follower.programme).assess(
            follower, days_used(follower, before=held.pk)
        )
        if assessment.amount == follower.amount and assessment.days == follower.payable_days:
            continue
        _award(follower, assessment)
        Entitlement.objects.filter(pk=held.pk).update(**_period(assessment))
        details = {"amount": f"{assessment.amount:.2f}", "days": assessment.days, "because": case.number}
        event = trail.next_event(follower, "award_changed", actor=SYSTEM, at=act.at, details=details)
        event.save(force_insert=True)
        follower.save(update_fields=[*AWARD_COLUMNS, "trail_seq", "trail_head"])


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
