"""Enough different people for every case: what the proof of staffing finds, as a finding."""

from __future__ import annotations

from collections.abc import Iterator

from workflows.doctor.finding import Examination, Finding, Kind, Scope
from workflows.proof import staffing_faults

UNSTAFFED = Kind("unstaffed", "有的岗位没有人，或没有第二个人，案件办不到底", "请任命所缺的人，或由在任的人委托")


def find(scope: Scope) -> Iterator[Finding]:
    for gap in staffing_faults(county=scope.place, on=scope.day):
        yield Finding(UNSTAFFED, gap.office, gap.county, gap.sentence, remedy=gap.remedy)


STAFF = Examination("staff", "人手", find)
