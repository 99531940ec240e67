"""The tables of the notices' pages, as `templates/parts/table.html` asks for them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from casework.models import Notice, NoticeLine, WorkItem
from workflows import registry


def notice_table(notices: Sequence[Notice]) -> dict[str, Any]:
    return {
        "caption": _("公示榜，新的在前"),
        "rows": [{"cells": _notice_cells(notice)} for notice in notices],
        "empty": {"message": _("还没有公示榜"), "hint": _("有待公示的案件时，上面会列出来。")},
    }


def days_left(notice: Notice) -> str:
    """How long it still hangs, in words."""
    if notice.state != Notice.State.POSTED:
        return ""
    left = (notice.last_day - localdate()).days
    if left < 0:
        return _("▲ 已期满，请了结")
    return _("今天是最后一天") if left == 0 else _("还有%(days)d天") % {"days": left}


def _notice_cells(notice: Notice) -> list[dict[str, Any]]:
    here = reverse("desk:notice", args=[notice.number])
    return [
        {"label": _("公示编号"), "text": notice.number, "header": True, "url": here},
        {"label": _("项目"), "text": registry.programme(notice.programme).title},
        {"label": _("公示环节"), "text": notice.get_place_display(), "note": notice.division.name},
        {"label": pgettext("哪天", "张榜"), "kind": "date", "date": notice.posted_at},
        {"label": _("最后一天"), "kind": "date", "date": notice.last_day, "note": days_left(notice)},
        {"label": _("状态"), "text": notice.get_state_display()},
        {"label": _("行数"), "kind": "number", "text": notice.line_count},
        {"label": _("合计"), "kind": "money", "amount": notice.total},
    ]


def waiting_table(items: Sequence[WorkItem]) -> dict[str, Any]:
    """What can be hung."""
    rows = []
    for item in items:
        case = item.process
        cells = [
            {
                "label": _("申请人"),
                "text": case.applicant.name,
                "note": case.facts.get("unit_name", ""),
                "header": True,
            },
            {"label": _("案号"), "text": case.number, "url": reverse("desk:case", args=[case.number])},
            {"label": _("村社区"), "text": case.division.name},
            {"label": _("办理期限"), "kind": "date", "date": item.due_at},
            {"label": _("金额"), "kind": "money", "amount": case.amount},
        ]
        rows.append({"cells": cells, "tick": {"value": case.number, "label": f"{case.applicant.name} {case.number}"}})
    return {
        "caption": _("待公示的案件，先到期的在前"),
        "rows": rows,
        "ticks": True,
        "tick_name": "case",
        "empty": {"message": _("没有待公示的案件")},
    }


WHY = {
    "left": gettext_lazy("案件已离开这一步"),
    "notice_outdated": gettext_lazy("金额有变动"),
    "notice_wrong": gettext_lazy("榜有误，撤下"),
    "objection_founded": gettext_lazy("异议成立"),
}


def line_table(lines: Sequence[NoticeLine]) -> dict[str, Any]:
    rows = []
    for line in lines:
        case = line.case
        cells = [
            {"label": _("序号"), "kind": "number", "text": line.line_number},
            {"label": _("榜上写的"), "text": _("，").join(said for said in _shown(line) if said), "header": True},
            {"label": _("案号"), "text": case.number, "url": reverse("desk:case", args=[case.number])},
            {"label": _("状态"), "text": line.get_state_display(), "note": _why(line)},
            {"label": _("金额"), "kind": "money", "amount": line.amount},
        ]
        rows.append({"cells": cells})
    return {"caption": _("榜上的名单"), "rows": rows, "empty": {"message": _("榜上没有人")}}


def _shown(line: NoticeLine) -> list[str]:
    """As it hangs, without the sum, which has a column of its own."""
    return [line.shown.get(column, "") for column in line.notice.show if column != "amount"]


def _why(line: NoticeLine) -> str:
    return str(WHY.get(line.why, "")) if line.why else ""
