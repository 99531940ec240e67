"""What a step of 住院护理补贴 requires of the file before it can be said."""

from __future__ import annotations

from django.utils.translation import gettext as _

from casework.models import Evidence
from workflows.flow import Act
from workflows.papers.codes import sentences
from workflows.programmes.nursing_subsidy.applications import Docket, hospitals_of


def home_visit_is_photographed(act: Act) -> list[str]:
    """方案：入户核实，至少一张现场照片。"""
    return [] if act.case.papers.get(Evidence.Kind.PHOTOGRAPH) else [_("至少一张入户照片，请先上传")]


def findings_are_written(act: Act) -> list[str]:
    """方案：入户核实，写明核实情况。"""
    return [] if act.note else [_("请在意见栏写明入户核实的情况")]


def nothing_stands_against(act: Act) -> list[str]:
    """方案：补贴对象与申请期限. A line of a sheet was judged, under the same locks, when its assessment was made."""
    if act.values.get("assessment") is not None:
        return []
    county = act.case.division_id[:6]
    hospitals = act.ledger.once(("hospitals", county), lambda: hospitals_of([county])[county])
    return sentences(Docket(county, act.case.applied_on, hospitals).reasons_against(act.case))
