"""What a round of hardship visits has promised is what its households hold of it. Never repaired: it is money."""

from __future__ import annotations

from collections.abc import Iterator

from casework.models import VisitRound
from workflows.doctor.finding import Examination, Finding, Kind, Scope, county_of
from workflows.visits.rounds import promised_apart

PROMISED_APART = Kind(
    "round_promised_differs",
    "慰问轮次记着的已批准金额，与各户已批准的金额之和不符",
    "请停批这一轮，系统管理员核对轮次和各户案件的轨迹，告知审计员",
)


def find_rounds_apart(scope: Scope) -> Iterator[Finding]:
    apart = {pk: (kept, found) for pk, kept, found in promised_apart(scope.inside())}
    for found in VisitRound.objects.filter(pk__in=apart).order_by("pk"):
        kept, added = apart[found.pk]
        sentence = f"{found.title}：记着已批准{kept:.2f}元，各户合计{added:.2f}元"
        yield Finding(PROMISED_APART, str(found.pk), county_of(found.division_id), sentence)


ROUNDS = Examination("rounds", "慰问轮次", find_rounds_apart)
