"""Whoever has a part in a case has decided something in it, and whoever's signature stands has put it there."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Exists, OuterRef

from casework.models import Capacity, Decision, Participation
from workflows.doctor.finding import Examination, Finding, Kind, Scope, county_of

UNDECIDED = Kind(
    "part_without_decision",
    "有人在案件里占着一种身份，却没有办理过任何一步",
    "请系统管理员核对数据库备份：这一行不是系统写下的。签字不自动改动，请告知审计员",
)
UNFOUNDED = Kind(
    "signature_without_decision",
    "有一个签字，没有一项决定是在这份申请内容上作出的",
    "请停办并停付，核对案件轨迹和数据库备份。签字不自动改动，请告知审计员",
)


def find(scope: Scope) -> Iterator[Finding]:
    parts = Participation.objects.filter(scope.inside("case__division_id")).order_by("pk")
    made = Decision.objects.filter(participation=OuterRef("pk"))
    without = parts.filter(~Exists(made))
    unfounded = parts.filter(~Exists(made.filter(facts_digest=OuterRef("signed_digest"))), Exists(made)).exclude(
        signed_digest=""
    )
    for kind, rows, words in (
        (UNDECIDED, without, "没有办理过任何一步"),
        (UNFOUNDED, unfounded, "的签字没有相应的决定"),
    ):
        for number, division, capacity in rows.values_list("case__number", "case__division_id", "capacity").iterator():
            label = Capacity(capacity).label if capacity in Capacity.values else capacity
            yield Finding(kind, number, county_of(division), f"{number}：“{label}”{words}")


PARTS = Examination("parts", "参与人", find)
