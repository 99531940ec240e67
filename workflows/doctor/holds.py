"""What a case holds that can be held once, it holds as long as it is promised something: no longer, and no less."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.utils.timezone import now

from casework.models import BenefitHold, Case, Decision, Entitlement, Event, Stage
from workflows import overlap, registry, trail
from workflows.assessment import Assessment
from workflows.doctor.finding import Examination, Finding, Kind, Scope, county_of
from workflows.doctor.money import IS_PROMISED, WITHOUT_MONEY
from workflows.programme import Programme
from workflows.standing import SYSTEM

LEFT = Kind(
    "hold_left",
    "案件没有给钱就结束了，却还占着只能享受一次的待遇，别的案件申领不了",
    "请用 manage.py doctor --repair 放开；不能自动放开的，请系统管理员核对案件轨迹，联系维护人员处理",
)
MISSING = Kind(
    "hold_missing",
    "待遇已答应，却没有占上只能享受一次的期间，别的项目可能重复发给",
    "请停付这件案子，系统管理员查该人在其他项目的案件有没有重复享受，联系维护人员补上，告知审计员",
)
HELD = Exists(BenefitHold.objects.filter(case=OuterRef("pk"), live=True))


def find(scope: Scope) -> Iterator[Finding]:
    cases = Case.objects.filter(scope.inside())
    left = cases.filter(HELD, stage__in=WITHOUT_MONEY).order_by("pk").values_list("number", "division_id", "stage")
    for number, division, stage in left.iterator():
        yield Finding(LEFT, number, county_of(division), f"{number}：{Stage(stage).label}，待遇还占着", key=number)
    for programme in registry.programmes().values():
        if programme.holds is not None:
            yield from _without(cases.filter(programme=programme.slug), programme)


def _without(cases: QuerySet[Case], programme: Programme) -> Iterator[Finding]:
    """Those that hold nothing are few: a programme says by a condition on the rows which of its cases can hold at all,
    and only what is left is asked of its rules."""
    # Whose days themselves are missing is told with the days, and holds nothing either.
    days = Entitlement.objects.filter(case=OuterRef("pk"), live=True).order_by("pk")[:1]
    period = {"begins": Subquery(days.values("begins")), "ends": Subquery(days.values("ends"))}
    promised = cases.filter(IS_PROMISED, ~HELD, programme.can_hold).select_related("applicant").annotate(**period)
    for case in promised.order_by("pk").iterator():
        if _ought_to_hold(case, programme):
            sentence = f"{case.number}：{Stage(case.stage).label}，没有占用待遇期间"
            yield Finding(MISSING, case.number, county_of(case.division_id), sentence)


def _ought_to_hold(case: Case, programme: Programme) -> bool:
    assert programme.holds is not None
    # Annotated above; a programme that reserves no days says the period itself.
    begins = getattr(case, "begins", None) or case.applied_on
    ends = getattr(case, "ends", None) or begins
    so = Assessment(begins, ends, 0, {}, Decimal(0), cut_by_cap=False, body={})
    return any(one.begins < one.ends for one in programme.holds(case, so))


def mend(finding: Finding) -> str:
    if finding.kind is not LEFT or not _let_go(finding.key):
        return ""
    return f"{finding.key}：放开了占着的待遇"


def _let_go(number: str) -> bool:
    """Only where the trail is whole and says itself that the case has ended so, and it holds no days either."""
    with transaction.atomic():
        case = Case.objects.select_for_update().filter(number=number).first()
        if case is None or case.stage not in WITHOUT_MONEY or case.paid_amount or not _ended_so(case):
            return False
        overlap.give_back(case)
        event = trail.next_event(case, "repaired", actor=SYSTEM, at=now(), details={"what": LEFT.code})
        event.save(force_insert=True)
        case.save(update_fields=["trail_seq", "trail_head"])
    return True


def _ended_so(case: Case) -> bool:
    if Entitlement.objects.filter(case=case, live=True).exists() or any(trail.breaks(chain=case.number)):
        return False
    last = Decision.objects.filter(case=case).order_by("-id").first()
    said = Event.objects.filter(chain=case.number, action="decided").order_by("-seq").first()
    if last is None or said is None:
        return False
    return (said.details.get("outcome"), said.details.get("to")) == (last.outcome, case.stage)


HOLDS = Examination("holds", "待遇", find, mend)
