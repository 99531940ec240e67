"""What a case says was applied for is what was signed, and what it promises is what was decided.

Nothing here is ever repaired: nobody but its officers can say what was meant.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import F, OuterRef, Q, Subquery

from casework.models import Case, Decision, Stage
from casework.models.stages import ASIDE
from workflows.doctor.finding import Examination, Finding, Kind, Scope, county_of

ALTERED = Kind(
    "facts_altered",
    "申请内容不是签字时的内容：有人绕过系统改动了它",
    "请停办并停付，把数据库原样留存，与备份逐项核对，告知审计员。申请内容从不自动改动",
)
AMOUNT_APART = Kind(
    "amount_differs_from_decision",
    "答应的金额不是批准时的金额",
    "请停付这件案子，系统管理员核对案件轨迹和批准的决定，告知审计员",
)
YES = ("approve", "overturn")
"""Verbs by which an amount is promised."""

UNPAID = (Stage.APPROVED, Stage.PAYABLE)


def find(scope: Scope) -> Iterator[Finding]:
    yield from _altered(scope)
    yield from _apart(scope)


def _altered(scope: Scope) -> Iterator[Finding]:
    """Every case: the digest stands in its signatures and decisions, what it is of can be reckoned again."""
    rows = Case.objects.filter(scope.inside()).order_by("pk")
    columns = ("number", "applicant_id", "division_id", "facts", "facts_digest")
    for number, applicant, division, facts, digest in rows.values_list(*columns).iterator():
        if Case(applicant_id=applicant, division_id=division, facts=facts).digest_of_facts() != digest:
            yield Finding(ALTERED, number, county_of(division), f"{number}：申请内容与它的摘要不符")


def _apart(scope: Scope) -> Iterator[Finding]:
    """From the promise to the payment nothing changes an amount: another one is decided anew."""
    last = Decision.objects.filter(case=OuterRef("pk"), transition__in=YES).order_by("-id").values("amount")[:1]
    waiting = Q(stage__in=UNPAID) | Q(stage__in=ASIDE, stage_before__in=UNPAID)
    promised = Case.objects.filter(scope.inside(), waiting, pays_by=Case.PaysBy.CARD).annotate(decided=Subquery(last))
    apart = promised.exclude(amount=F("decided")).order_by("pk")
    for number, division, amount, decided in apart.values_list("number", "division_id", "amount", "decided").iterator():
        yield Finding(AMOUNT_APART, number, county_of(division), f"{number}：现在是{amount}元，批准的是{decided}元")


FACTS = Examination("facts", "申请内容与金额", find)
