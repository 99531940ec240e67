"""What the page of a rights case shows besides: the demand, what was done, what is owed, money, who handles it too."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from casework.desk.case_file import CaseFile
from casework.desk.cells import cell
from casework.desk.more import More, Section
from casework.models import Case, CaseLink, CoHandler, Demand, MoneyLine, Performance, RightsAct, Role, Watch
from casework.models.fields import opened
from workflows.programmes.rights_case.co_handling import may_record
from workflows.watches import open_watches

FACTS, TABLE = "desk/rights/_facts.html", "desk/rights/_table.html"
MOST = 300
OUTSIDE = gettext_lazy("系统外的单位，由本会代记")


def more_of_rights(file: CaseFile) -> More:
    """Eight statements, however much was done."""
    case = file.case
    demand = Demand.objects.filter(case=case).first()
    if demand is None:
        return More()
    acts = list(RightsAct.objects.filter(case=case).order_by("-id")[:MOST])[::-1]
    money = list(MoneyLine.objects.filter(case=case).select_related("performance")[:MOST])
    plan = list(Performance.objects.filter(case=case)[:MOST])
    others = list(CoHandler.objects.filter(case=case).select_related("office")[:50])
    watches = open_watches([case.pk])
    sections = [
        Section("demand", _("诉求"), FACTS, {"facts": _demand(demand)}),
        Section("acts", _("办理记录"), TABLE, {"table": _acts(case, acts)}),
        Section("plan", _("履行"), TABLE, {"table": _plan(plan)}),
        Section("money", _("金额"), TABLE, {"table": _money(money)}),
        Section("days", _("要盯住的日期"), TABLE, {"table": _days(watches)}),
        Section("co-handlers", _("协办单位"), TABLE, {"table": _others(others)}),
    ]
    if linked := _linked(case):
        sections.append(Section("linked", _("关联案件"), FACTS, {"facts": linked}))
    return More(sections, _links(file))


def _links(file: CaseFile) -> Sequence[tuple[str, str]]:
    links = []
    if file.is_mine and file.viewer.has(Role.RIGHTS_OFFICER):
        links.append((reverse("desk:rights_co_handlers", args=[file.case.number]), _("请求协办")))
    if may_record(file.case, file.viewer.staff):
        links.append((reverse("desk:rights_record", args=[file.case.number]), _("写协办记录")))
    return links


def _demand(demand: Demand) -> list[dict[str, Any]]:
    facts: list[dict[str, Any]] = [
        {"label": _("渠道"), "text": demand.get_channel_display() if demand.channel else _("未选渠道")},
        {"label": _("对方"), "text": opened(demand.counterparty), "note": demand.get_counterparty_kind_display()},
        {"label": _("要求"), "text": opened(demand.told)},
        {"label": _("纠纷类型"), "text": demand.get_dispute_display()},
        {"label": _("发生日期"), "kind": "date", "date": demand.incident_on},
        {"label": _("发生地点"), "text": opened(demand.place)},
        {"label": _("主张金额"), "kind": "money", "amount": demand.claimed},
        {"label": _("其他要求"), "text": opened(demand.stake)},
    ]
    note = opened(demand.limitation_reason) or demand.limitation_clause
    if demand.limitation_on is None:
        return [*facts, {"label": _("时效届满日"), "text": _("没有时效限制"), "note": note}]
    return [*facts, {"label": _("时效届满日"), "kind": "date", "date": demand.limitation_on, "note": note}]


def _acts(case: Case, acts: Sequence[RightsAct]) -> dict[str, Any]:
    return {
        "caption": _("从先到后；每一条写明是哪个单位办的"),
        "rows": [{"cells": _act_cells(case, act)} for act in acts],
        "empty": {"message": _("还没有办理记录")},
    }


def _act_cells(case: Case, act: RightsAct) -> list[dict[str, Any]]:
    letter = reverse("desk:rights_letter", args=[case.number, act.pk]) if act.kind == RightsAct.Kind.REFERRAL else ""
    where = _("，").join(part for part in (act.addressee, opened(act.place), opened(act.participants)) if part)
    if act.kind == RightsAct.Kind.CHANNEL:
        where = f"{act.get_channel_before_display()} → {act.get_channel_display()}"
    due = _("%(day)s以前答复") % {"day": act.answer_due} if act.answer_due else ""
    return [
        cell(_("日期"), kind="date", date=act.done_on),
        cell(_("做了什么"), text=act.get_kind_display(), header=True, url=letter, note=due),
        cell(_("谁、在哪里"), text=where),
        cell(_("内容"), text=opened(act.words)),
        cell(_("办理单位"), text=act.office_name, note=act.staff_name),
    ]


def _plan(plan: Sequence[Performance]) -> dict[str, Any]:
    total = sum((row.amount for row in plan if row.amount), Decimal("0.00"))
    return {
        "rows": [
            {
                "cells": [
                    cell(_("期次"), kind="number", text=row.number, header=True),
                    cell(_("履行期限"), kind="date", date=row.due_on),
                    cell(_("应付"), kind="money", amount=row.amount, note=opened(row.deed)),
                    cell(_("状态"), text=row.get_state_display()),
                    cell(_("履行日期"), kind="date", date=row.settled_on),
                ]
            }
            for row in plan
        ],
        "total": [cell(_("期次"), text=_("合计")), {}, cell(_("应付"), kind="money", amount=total), {}, {}],
        "empty": {"message": _("还没有要履行的事项"), "hint": _("达成协议或有裁决后，写明履行期限。")},
    }


def _money(lines: Sequence[MoneyLine]) -> dict[str, Any]:
    sums = {what: sum((one.amount for one in lines if one.what == what), Decimal("0.00")) for what in MoneyLine.What}
    said = _("；").join(f"{what.label} {amount:,.2f}" for what, amount in sums.items())
    return {
        "caption": _("合计（元）：%(sums)s。三种不相加。") % {"sums": said},
        "rows": [
            {
                "cells": [
                    cell(_("日期"), kind="date", date=line.on, header=True),
                    cell(_("性质"), text=line.get_what_display()),
                    cell(_("渠道"), text=line.get_channel_display()),
                    cell(_("金额"), kind="money", amount=line.amount, note=_instalment(line)),
                ]
            }
            for line in lines
        ],
        "empty": {"message": _("还没有登记金额")},
    }


def _instalment(line: MoneyLine) -> str:
    return _("第%(number)s期") % {"number": line.performance.number} if line.performance else ""


def _days(watches: Sequence[Watch]) -> dict[str, Any]:
    return {
        "rows": [
            {
                "cells": [
                    cell(_("日期"), kind="date", date=watch.due_on, header=True),
                    cell(_("事项"), text=watch.get_kind_display(), note=watch.clause),
                    cell(_("从哪天起提醒"), kind="date", date=watch.warn_on),
                    cell(
                        _("提醒过"), text=_("已过期") if watch.passed_at else _("是") if watch.warned_at else _("没有")
                    ),
                ]
            }
            for watch in watches
        ],
        "empty": {"message": _("没有要盯住的日期")},
    }


def _told(watch: Watch) -> str:
    if watch.passed_at:
        return _("已过期")
    return _("是") if watch.warned_at else _("没有")


def _others(others: Sequence[CoHandler]) -> dict[str, Any]:
    return {
        "rows": [
            {
                "cells": [
                    cell(
                        _("单位"), text=one.name, header=True, note="" if one.office else _("系统外的单位，由本会代记")
                    ),
                    cell(_("从哪天起"), kind="date", date=one.since),
                    cell(_("到哪天止"), kind="date", date=one.until),
                ]
            }
            for one in others
        ],
        "empty": {"message": _("没有协办单位")},
    }


def _linked(case: Case) -> list[dict[str, Any]]:
    """Numbers only: whether the other may be opened is asked there."""
    facts = []
    for link in CaseLink.objects.filter(to_case=case).select_related("from_case")[:20]:
        number = link.from_case.number
        facts.append({"label": link.get_kind_display(), "text": number, "url": reverse("desk:case", args=[number])})
    return facts
