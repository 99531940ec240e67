"""Jobs there is one of each day: whoever drains the outbox writes the day's down, and the key lets it be written once.

There is no clock to keep running and none to forget: a worker that starts at noon finds that the night's job is not
there, writes it, and does it then.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping

from django.utils.timezone import get_current_timezone, localdate

from notifications.models import Outbox
from notifications.outbox import job

_planned: dict[str, datetime.date] = {}


def plan(daily: Mapping[str, datetime.time]) -> None:
    """Write down today's job of each of these kinds, due at that time of the day, if nobody has. One statement a
    process and day. Its key is `kind:2026-11-22`, its payload `{"day": "2026-11-22"}`."""
    today = localdate()
    missing = [kind for kind in daily if _planned.get(kind) != today]
    if not missing:
        return
    jobs = [_job(kind, daily[kind], today) for kind in missing]
    Outbox.objects.bulk_create(jobs, ignore_conflicts=True)
    _planned.update(dict.fromkeys(missing, today))


def forget() -> None:
    """As a process that has just begun."""
    _planned.clear()


def _job(kind: str, at: datetime.time, day: datetime.date) -> Outbox:
    due = datetime.datetime.combine(day, at, tzinfo=get_current_timezone())
    return job(kind, f"{kind}:{day.isoformat()}", {"day": day.isoformat()}, run_at=due)
