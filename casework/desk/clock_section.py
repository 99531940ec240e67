"""The deadline of a case's open step, as its page tells it: since when, how long, what stood still, what was said."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from casework.access import Access
from casework.desk.deadline import deadline_of
from casework.models import Pause, Role, WorkItem
from workflows.deadlines import estimated_years
from workflows.estimates import estimate_sentence
from workflows.extension import extendable, head_of
from workflows.limits import Deadline
from workflows.reckoning import limit_for
from workflows.refusals import Refusal

STARTS = {
    "arrival": gettext_lazy("到达本环节"),
    "submitted": gettext_lazy("收到申请"),
    "accepted": gettext_lazy("最近一次受理"),
}


def clock_facts(item: WorkItem, pauses: Sequence[Pause]) -> list[dict[str, Any]]:
    """The facts of `templates/parts/facts.html` about an open item's deadline."""
    limit = limit_for(item)
    facts = [_start(item, limit), _due(item, limit), *(_pause(pause) for pause in pauses)]
    extension = getattr(item, "extension", None)
    if extension is not None:
        said = _("%(name)s于%(when)s批准：%(reason)s")
        words = {"name": extension.granted_by.name, "when": _day(extension.granted_at), "reason": extension.reason}
        facts.append({"label": _("延长"), "text": days_in_words(extension.days, limit), "note": said % words})
    elif item.extra_days:
        note = _("暂停计时以前已延长过")
        facts.append({"label": _("延长"), "text": days_in_words(item.extra_days, limit), "note": note})
    if item.warned_at is not None:
        facts.append({"label": _("提醒"), "kind": "moment", "date": item.warned_at})
    order = getattr(item, "supervision_order", None)
    if order is not None:
        facts.append({"label": _("督办"), "text": order.number, "url": reverse("desk:order", args=[order.number])})
    return facts


def estimate_notice(years: Sequence[int]) -> dict[str, Any] | None:
    """That a deadline cannot be relied on yet, as `templates/parts/notice.html` asks; None when it can."""
    return {"level_tag": "warning", "message": estimate_sentence(years)} if years else None


def estimated_in(items: Iterable[WorkItem]) -> dict[str, Any] | None:
    """The same about all the items of a page, their cases in hand."""
    years = {year for item in items for year in estimated_years(item, limit_for(item))}
    return estimate_notice(sorted(years))


def days_in_words(days: int, limit: Deadline | None) -> str:
    working = limit is not None and limit.working
    return (_("%(days)d个工作日") if working else _("%(days)d日")) % {"days": days}


def may_extend(item: WorkItem | None, viewer: Access) -> bool:
    """Whether this reader could extend the deadline now. No statement but for the head of an office."""
    if item is None or not viewer.has(Role.OFFICE_HEAD):
        return False
    try:
        extendable(item)
        head_of(item, viewer.staff)
    except Refusal:
        return False
    return True


def _start(item: WorkItem, limit: Deadline | None) -> dict[str, Any]:
    if item.clock_from is None or limit is None:
        return {"label": _("计时起点"), "kind": "moment", "date": item.created, "note": _("期限是写明的日期")}
    note = _("从%(what)s起，次日开始计算") % {"what": STARTS[limit.start]}
    return {"label": _("计时起点"), "kind": "moment", "date": item.clock_from, "note": note}


def _due(item: WorkItem, limit: Deadline | None) -> dict[str, Any]:
    told = deadline_of(item, item.process.terms_version)
    note = ""
    if limit is not None and item.clock_from is not None:
        note = f"{days_in_words(limit.days, limit)}（{limit.clause}）" if limit.clause else ""
    return {"label": _("办理期限"), "kind": "deadline", "deadline": told, "note": note}


def _pause(pause: Pause) -> dict[str, Any]:
    """A pause of the case; one of before this step's clock began is told as well, and took nothing from it."""
    until = _day(pause.ended) if pause.ended is not None else _("现在")
    note = _("复查日期%(day)s") % {"day": pause.review_on} if pause.review_on else ""
    words = {"kind": pause.get_kind_display(), "began": _day(pause.began), "until": until}
    return {"label": _("暂停计时"), "text": _("%(kind)s：%(began)s 至 %(until)s") % words, "note": note}


def _day(moment: Any) -> str:
    return localtime(moment).strftime("%Y-%m-%d %H:%M")
