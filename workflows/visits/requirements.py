"""What a step of 走访慰问 requires before it can be said."""

from __future__ import annotations

from django.utils.translation import gettext as _

from casework.models import Case, VisitRound
from workflows.flow import Act
from workflows.papers.codes import sentences
from workflows.visits.applications import Docket
from workflows.visits.places import round_of


def reason_is_written(act: Act) -> list[str]:
    """慰问方案：村级提名写明理由。"""
    return [] if act.note or act.case.facts.get("remark") else [_("请写明提名理由：家里有什么困难")]


def round_goes_on(act: Act) -> list[str]:
    """A round that is over takes nobody in, and gives nothing more."""
    found = round_of(act)
    if found.state == VisitRound.State.CLOSED:
        return [_("“%(round)s”已经结束，不能再办。要办的，请县级先重新开启本轮") % {"round": found.title}]
    return []


def nothing_stands_against(act: Act) -> list[str]:
    """慰问方案：对象范围。A line of a sheet was judged, under the same locks, when its assessment was made."""
    if act.values.get("assessment") is not None:
        return []
    docket = Docket(act.case.division_id[:6], act.case.applied_on)
    return sentences(docket.reasons_against(act.case))


def visit_is_written(act: Act) -> list[str]:
    """慰问方案：走访要有记录。It is written on its own page, at the door, with who went and what was given."""
    return [] if act.values.get("visit") else [_("请到“走访”页面登记这次走访（谁去的、照片、签收）")]


def paid_by_card(act: Act) -> list[str]:
    if act.case.pays_by == Case.PaysBy.CARD:
        return []
    return [_("这一户发的是慰问品，请按“走访并送达”办理")]


def given_as_goods(act: Act) -> list[str]:
    if act.case.pays_by == Case.PaysBy.GOODS:
        return []
    return [_("这一户的慰问金打卡发放，请按“已走访”办理，不能当面给")]


VISITED = (visit_is_written, paid_by_card, round_goes_on)
DELIVERED = (visit_is_written, given_as_goods, round_goes_on)
