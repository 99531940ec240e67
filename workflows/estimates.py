"""Deadlines that are estimates: those that touch a year whose holidays nobody has confirmed 放假安排."""

from __future__ import annotations

import datetime
from collections.abc import Sequence

from django.db.models import Max
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from casework.models import WorkItem
from workflows import clock

AHEAD = datetime.timedelta(days=45)
"""From the middle of November on what begins now may fall due next year."""


def estimated_now(today: datetime.date) -> tuple[int, ...]:
    """The unconfirmed years that the deadlines of open steps touch, or soon will. One statement."""
    latest = WorkItem.objects.filter(finished__isnull=True, clock_from__isnull=False).aggregate(due=Max("due_at"))
    reaches = today + AHEAD if latest["due"] is None else max(today + AHEAD, localtime(latest["due"]).date())
    return clock.calendar().unconfirmed(today, reaches)


def estimate_sentence(years: Sequence[int]) -> str:
    """What to say of them; nothing of none."""
    if not years:
        return ""
    said = _("%(years)s年放假安排还没有公布或确认，期限是估计；确认以后会自动重算。")
    return said % {"years": "、".join(map(str, years))}
