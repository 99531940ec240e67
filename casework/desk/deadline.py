"""How long is left, as `templates/parts/deadline.html` says it in words."""

from __future__ import annotations

import datetime
from typing import Any

from django.utils.timezone import localtime, now

from casework.models import WorkItem
from workflows import clock, registry

SOON = 0.7
"""The share of the time after which a step is to be hurried."""


def deadline_of(item: WorkItem, terms_version: str, *, at: datetime.datetime | None = None) -> dict[str, Any]:
    """The deadline of an open item, counted as its terms count: in working or in calendar days."""
    at = at or now()
    today, last = localtime(at).date(), localtime(item.due_at).date()
    if today == last:
        return {"state": "today", "days": 0, "working": True, "date": last}
    working = _in_working_days(item, terms_version)
    days = clock.working_days_between(today, last) if working else (last - today).days
    if today > last:
        # Friday's deadline on a Saturday: no working day has passed, and yet it is over.
        past = -days or (today - last).days
        return {"state": "over", "days": past, "working": working and days != 0, "date": last}
    hurry = (at - item.created) >= SOON * (item.due_at - item.created)
    return {"state": "soon" if hurry else "left", "days": days, "working": working, "date": last}


def _in_working_days(item: WorkItem, terms_version: str) -> bool:
    terms = registry.programme(item.programme).terms.version(terms_version)
    limit = terms.deadlines.get(item.step)
    return limit is None or limit.working
