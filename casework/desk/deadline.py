"""How long is left, as `templates/parts/deadline.html` says it in words."""

from __future__ import annotations

import datetime
from typing import Any

from django.utils.timezone import localtime, now

from casework.models import WorkItem
from workflows import clock, deadlines
from workflows.limits import Deadline
from workflows.reckoning import limit_of


def deadline_of(item: WorkItem, terms_version: str, *, at: datetime.datetime | None = None) -> dict[str, Any]:
    """The deadline of an open item, counted as its terms count: in working or in calendar days.

    `estimated` are the years it touches whose holidays nobody has confirmed.
    """
    at = at or now()
    limit = limit_of(item.programme, terms_version, item.step)
    today, last = localtime(at).date(), localtime(item.due_at).date()
    told = {"date": last, "estimated": deadlines.estimated_years(item, limit)}
    if today == last:
        return {"state": "today", "days": 0, "working": True, **told}
    working = limit is None or limit.working
    days = clock.calendar().working_days_between(today, last) if working else (last - today).days
    if today > last:
        # Friday's deadline on a Saturday: no working day has passed, and yet it is over.
        past = -days or (today - last).days
        return {"state": "over", "days": past, "working": working and days != 0, **told}
    state = "soon" if _is_soon(item, limit, at) else "left"
    return {"state": state, "days": days, "working": working, **told}


def _is_soon(item: WorkItem, limit: Deadline | None, at: datetime.datetime) -> bool:
    """Whether the moment of the warning has come, be it that the sweep has been by or not."""
    if item.warned_at is not None or item.escalated_at is not None:
        return True
    warn = item.alarm_at or deadlines.moments_by_hand(limit or deadlines.BY_HAND, item.created, item.due_at).warn
    return at >= warn
