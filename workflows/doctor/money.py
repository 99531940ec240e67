"""What was promised is signed, what was paid is what the bank's lines say, and days are held exactly by whom they are
promised. Nothing here is ever repaired."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.db.models import DecimalField, Exists, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from casework.models import BatchLine, Capacity, Case, Decision, Entitlement, Participation, Stage
from casework.models.roles import STANDS_FOR
from casework.models.stages import ASIDE, PROMISED
from workflows import registry
from workflows.doctor.finding import Examination, Finding, Kind, Scope, county_of
from workflows.entitlement import reserve_entitlement

UNSIGNED = Kind(
    "unsigned_promise",
    "钱已答应或已发放，签字却不全",
    "请停办并停付，系统管理员核对案件轨迹和数据库备份，告知审计员",
)
PAID_APART = Kind(
    "paid_amount_differs",
    "案件记着的已发放金额，与到账的明细之和不符",
    "请停办并停付，系统管理员与银行流水逐笔核对，告知审计员",
)
DAYS_LEFT = Kind(
    "entitlement_left",
    "案件没有给钱就结束了，受益天数却还占着",
    "请系统管理员核对案件轨迹，联系维护人员释放天数；在此之前该人后来的申请会少算天数",
)
DAYS_MISSING = Kind(
    "entitlement_missing",
    "钱已答应，受益天数却没有占上，同一段时间可能重复领取",
    "请停付这件案子，系统管理员核对该人的其他案件，告知审计员",
)
IS_PROMISED = Q(stage__in=PROMISED) | Q(stage__in=ASIDE, stage_before__in=PROMISED)
A_CENT = Decimal("0.005")
"""Half of one: what SQLite, adding decimals up as floats, may be off by is a millionth of that."""

WITHOUT_MONEY = (Stage.REJECTED, Stage.WITHDRAWN, Stage.TERMINATED)


def find_unsigned(scope: Scope) -> Iterator[Finding]:
    """The law asked each of these at the time; here it is asked of all of them again, capacity by capacity."""
    # Closed with what it was paid before it was gone through again: that was signed in its own round, and nothing more
    # is promised, whatever the application says now.
    gone_through_since = Decision.objects.filter(case=OuterRef("case"), transition="remit", id__gt=OuterRef("id"))
    stands = Decision.objects.filter(~Exists(gone_through_since), case=OuterRef("pk"), transition="let_stand")
    cases = Case.objects.filter(scope.inside(), IS_PROMISED).filter(~Exists(stands))
    # A few combinations of signatures, whatever the number of cases.
    for required in list(cases.order_by().values_list("signatures_required", flat=True).distinct()):
        alike = cases.filter(signatures_required=required)
        for capacity in required:
            # Gone through again and settled, a paid case has the approver's word as a decision, not as a signature.
            settled = Decision.objects.filter(case=OuterRef("pk"), transition="settle")
            bound = alike.filter(~Exists(settled)) if capacity == Capacity.APPROVE else alike
            yield from _lacking(bound, capacity)
    paid = cases.filter(stage__in=(Stage.PAID, Stage.CLOSED), pays_by=Case.PaysBy.CARD)
    yield from _lacking(paid, Capacity.CHECK)


def _lacking(cases: QuerySet[Case], capacity: str) -> Iterator[Finding]:
    counts = [capacity, *filter(None, [STANDS_FOR.get(Capacity(capacity))])]
    signed = Participation.objects.filter(
        case=OuterRef("pk"), capacity__in=counts, signed_digest=OuterRef("facts_digest")
    )
    label = Capacity(capacity).label
    for number, division, stage in _rows(cases.filter(~Exists(signed))):
        sentence = f"{number}：{Stage(stage).label}，“{label}”没有在现在的申请内容上签字"
        yield Finding(UNSIGNED, number, county_of(division), sentence)


def _rows(cases: QuerySet[Case]) -> Iterator[tuple[str, str, str]]:
    return cases.order_by("pk").values_list("number", "division_id", "stage").iterator()


def find_paid_apart(scope: Scope) -> Iterator[Finding]:
    cents: DecimalField[Any, Any] = DecimalField(max_digits=14, decimal_places=2)
    lines = BatchLine.objects.filter(case=OuterRef("pk"), state=BatchLine.State.PAID).order_by()
    total = Subquery(lines.values("case").annotate(total=Sum("amount")).values("total"), output_field=cents)
    summed = Case.objects.filter(scope.inside()).annotate(arrived=Coalesce(total, Decimal("0.00"), output_field=cents))
    apart = summed.annotate(apart=F("paid_amount") - F("arrived")).exclude(apart__gt=-A_CENT, apart__lt=A_CENT)
    columns = ("number", "division_id", "paid_amount", "arrived")
    for number, division, paid, arrived in apart.order_by("pk").values_list(*columns).iterator():
        sentence = f"{number}：记着已发放{paid:.2f}元，明细到账{arrived:.2f}元"
        yield Finding(PAID_APART, number, county_of(division), sentence)


def find_days_apart(scope: Scope) -> Iterator[Finding]:
    held = Entitlement.objects.filter(case=OuterRef("pk"), live=True)
    cases = Case.objects.filter(scope.inside())
    for number, division, stage in _rows(cases.filter(Exists(held), stage__in=WITHOUT_MONEY)):
        yield Finding(DAYS_LEFT, number, county_of(division), f"{number}：{Stage(stage).label}，天数还占着")
    promised = cases.filter(IS_PROMISED, ~Exists(held), programme__in=_that_reserve_days())
    for number, division, stage in _rows(promised):
        yield Finding(DAYS_MISSING, number, county_of(division), f"{number}：{Stage(stage).label}，没有占用天数")


def _that_reserve_days() -> list[str]:
    """The programmes whose flows reserve days."""
    return [
        slug
        for slug, programme in registry.programmes().items()
        if any(reserve_entitlement in outcome.then for step in programme.steps() for outcome in step.outcomes.values())
    ]


SIGNATURES = Examination("signatures", "签字", find_unsigned)
PAID = Examination("paid", "已发放金额", find_paid_apart)
ENTITLEMENTS = Examination("entitlements", "受益天数", find_days_apart)
