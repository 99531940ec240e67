"""A notice's own chain of the trail, in words."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from casework.models import Event, Notice
from workflows import trail
from workflows.notices.digest import chain_of

WORDS: Mapping[str, Any] = {
    "notice_posted": gettext_lazy("张榜：%(count)s行，合计%(total)s元，到%(last_day)s止"),
    "notice_photographed": gettext_lazy("上传张榜照片"),
    "notice_closed": gettext_lazy("期满撤榜：%(cleared)s行无异议，%(removed)s行撤下"),
    "notice_settled": gettext_lazy("异议答复以后期满：%(cleared)s行"),
    "notice_withdrawn": gettext_lazy("撤下，更正后重新公示"),
    "repaired": gettext_lazy("系统修复：撤下已经离开的案件%(case)s"),
}
OBJECTED: Mapping[str, Any] = {
    "web": gettext_lazy("第%(line)s行：网上收到异议"),
    "desk": gettext_lazy("第%(line)s行：当面或来信收到异议"),
    "taken_in": gettext_lazy("第%(line)s行：网上的异议已登记，待答复"),
}


@dataclass(frozen=True, slots=True)
class Told:
    at: datetime.datetime
    what: str
    who: str
    office: str
    broken: bool


def notice_history(notice: Notice) -> list[Told]:
    """Every event, in order; from the first that does not fit its hash on, all are marked."""
    chain = chain_of(notice.number)
    first_break = min((found.seq for found in trail.breaks(chain)), default=None)
    events = Event.objects.filter(chain=chain).order_by("seq")
    return [
        Told(
            event.at,
            _words(event),
            event.actor_name,
            event.actor_office,
            first_break is not None and event.seq >= first_break,
        )
        for event in events
    ]


def _words(event: Event) -> str:
    details = dict(event.details)
    for name in ("cleared", "removed"):
        details[name] = len(details.get(name, ()))
    if event.action == "notice_objected":
        return str(OBJECTED.get(details.get("from", ""), event.action)) % details
    sentence = WORDS.get(event.action)
    return str(sentence) % details if sentence else _("其他：%(action)s") % {"action": event.action}
