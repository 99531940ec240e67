"""A donation says what its cases take from it, and a case takes from it as long as it is promised something. Nothing
here is ever repaired: it is money."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.db.models import DecimalField, Exists, F, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce

from casework.models import Case, Donation, DonationUse, Stage
from workflows import registry
from workflows.doctor.finding import Examination, Finding, Kind, Scope, county_of
from workflows.doctor.money import A_CENT, IS_PROMISED, WITHOUT_MONEY
from workflows.donations import purpose_of

OVERDRAWN = Kind(
    "donation_overdrawn",
    "从一笔捐赠列支的超过了收到的",
    "请停付从这笔捐赠列支的案件，系统管理员逐件核对列支，告知审计员和捐赠人的联系人",
)
SUM_APART = Kind(
    "donation_sum_differs",
    "捐赠记着的已用金额，与从它列支的案件之和不符",
    "请停止从这笔捐赠批准新的案件，系统管理员逐件核对列支，联系维护人员改正，告知审计员",
)
USE_LEFT = Kind(
    "donation_use_left",
    "案件没有给钱就结束了，却还占着捐赠",
    "请系统管理员核对案件轨迹，联系维护人员退回这笔列支；在此之前这笔捐赠少了可用的钱",
)
USE_MISSING = Kind(
    "donation_use_missing",
    "从捐赠里答应的钱，没有记在任何一笔捐赠上",
    "请停付这件案子，系统管理员核对案件轨迹里写明的捐赠编号，联系维护人员补记，告知审计员",
)
CENTS: DecimalField[Any, Any] = DecimalField(max_digits=14, decimal_places=2)


def find(scope: Scope) -> Iterator[Finding]:
    yield from _sums(scope)
    yield from _left(scope)
    yield from _missing(scope)


def _sums(scope: Scope) -> Iterator[Finding]:
    """A donation for one county is that county's; one for all is looked at when everything is."""
    uses = DonationUse.objects.filter(donation=OuterRef("pk"), live=True).order_by()
    total = Subquery(uses.values("donation").annotate(total=Sum("amount")).values("total"), output_field=CENTS)
    summed = Donation.objects.filter(scope.inside("county_id")).annotate(
        taken=Coalesce(total, Decimal("0.00"), output_field=CENTS)
    )
    apart = summed.annotate(apart=F("taken") - F("used"), over=F("taken") - F("amount"))
    wrong = apart.filter(Q(apart__lte=-A_CENT) | Q(apart__gte=A_CENT) | Q(over__gte=A_CENT)).order_by("pk")
    for number, county, amount, used, taken in wrong.values_list(
        "number", "county_id", "amount", "used", "taken"
    ).iterator():
        if taken - amount >= A_CENT:
            sentence = f"{number}：收到{amount:.2f}元，列支{taken:.2f}元"
            yield Finding(OVERDRAWN, number, county or "", sentence)
        if abs(taken - used) >= A_CENT:
            sentence = f"{number}：记着已用{used:.2f}元，列支之和{taken:.2f}元"
            yield Finding(SUM_APART, number, county or "", sentence)


def _left(scope: Scope) -> Iterator[Finding]:
    """What was paid before a case was gone through again stays used."""
    uses = DonationUse.objects.filter(scope.inside("case__division_id"), live=True, case__stage__in=WITHOUT_MONEY)
    more = uses.annotate(more=F("amount") - F("case__paid_amount")).filter(more__gte=A_CENT).order_by("pk")
    columns = ("case__number", "case__division_id", "case__stage", "donation__number", "more")
    for number, division, stage, donation, sum_ in more.values_list(*columns).iterator():
        sentence = f"{number}：{Stage(stage).label}，还占着捐赠{donation}的{sum_:.2f}元"
        yield Finding(USE_LEFT, number, county_of(division), sentence)


def _missing(scope: Scope) -> Iterator[Finding]:
    used = DonationUse.objects.filter(case=OuterRef("pk"), live=True)
    of_terms = _that_live_on_donations()
    if not of_terms:
        return
    cases = Case.objects.filter(scope.inside(), of_terms, IS_PROMISED, ~Exists(used), amount__gte=A_CENT)
    for case in cases.order_by("pk").iterator():
        if purpose_of(case):
            sentence = f"{case.number}：{Stage(case.stage).label}，{case.amount:.2f}元没有记在捐赠上"
            yield Finding(USE_MISSING, case.number, county_of(case.division_id), sentence)


def _that_live_on_donations() -> Q:
    """Cases under terms that are paid from donations; falsy where there are none."""
    found = Q()
    for slug, programme in registry.programmes().items():
        versions = [terms.version for terms in programme.terms.versions if "donations" in terms.body]
        if versions:
            found |= Q(programme=slug, terms_version__in=versions)
    return found


DONATIONS = Examination("donations", "捐赠", find)
