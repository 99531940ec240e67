"""Days a case must not miss 关注日期: begun, met or dropped by the verbs of a programme; looked at by the sweep.

Each is told of twice at most, before the day and once it is past: a message to the queue it belongs to, and an event of
the case's trail. Where that is, and what it is about, the trail says by code alone.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable

from django.db import transaction
from django.utils.timezone import localdate, now

from casework.models import Case, Event, Watch
from casework.rows import insert_rows, update_rows
from notifications.channels import Said, tell_all
from workflows import trail
from workflows.reckoning import unlocked
from workflows.standing import SYSTEM

AT_A_TIME = 200
COLUMNS = ["warned_at", "passed_at", "alarm_on"]
ONE_DAY = datetime.timedelta(days=1)


def watch(
    case: Case,
    kind: str,
    *,
    due_on: datetime.date,
    warn_on: datetime.date,
    role: str,
    clause: str = "",
    ref: int = 0,
    office: str = "",
) -> Watch:
    """Begin to watch a day, instead of the one of that kind and `ref` watched so far. `office` is the county's, unless
    it is said."""
    settle(case, kind, ref=ref, state=Watch.State.DROPPED)
    first = min(warn_on, due_on)
    return Watch.objects.create(
        case=case,
        kind=kind,
        ref=ref,
        office=office or case.division_id[:6],
        role=role,
        due_on=due_on,
        warn_on=first,
        alarm_on=first,
        clause=clause,
    )


def settle(case: Case, *kinds: str, ref: int | None = None, state: str = Watch.State.MET) -> int:
    """What was watched is done, or need not be done; how many that were. Without kinds, all of the case's."""
    found = Watch.objects.filter(case=case, state=Watch.State.OPEN)
    if kinds:
        found = found.filter(kind__in=kinds)
    if ref is not None:
        found = found.filter(ref=ref)
    return found.update(state=state, alarm_on=None)


def sweep_watches(*, limit: int = 2000, at: datetime.datetime | None = None) -> int:
    """Tell of the days that have come, up to `limit`; how many were looked at. Twice is as good as once."""
    moment, looked_at = at or now(), 0
    while looked_at < limit:
        found = _sweep_some(min(AT_A_TIME, limit - looked_at), moment)
        looked_at += found
        if not found:
            break
    return looked_at


def _sweep_some(count: int, at: datetime.datetime) -> int:
    today = localdate(at)
    with transaction.atomic():
        ringing = Watch.objects.filter(alarm_on__lte=today).order_by("alarm_on", "id").select_related("case")
        rows = list(unlocked(ringing, "self", "case")[:count])
        # Two days of one case in one lot: one case, one chain.
        cases = {row.case_id: row.case for row in rows}
        for row in rows:
            row.case = cases[row.case_id]
        events = [_tell(row, today, at) for row in rows]
        update_rows(rows, COLUMNS)
        update_rows(list(cases.values()), ["trail_seq", "trail_head"])
        insert_rows(Event, events)
        tell_all([_message(row) for row in rows])
    return len(rows)


def _tell(row: Watch, today: datetime.date, at: datetime.datetime) -> Event:
    """Mark what has been told, and when to look again."""
    if row.due_on < today:
        row.passed_at, row.alarm_on = at, None
        action = "watch_passed"
    else:
        row.warned_at, row.alarm_on = at, row.due_on + ONE_DAY
        action = "watch_warned"
    details = {"kind": row.kind, "ref": row.ref, "due": row.due_on.isoformat()}
    return trail.next_event(row.case, action, actor=SYSTEM, at=at, details=details)


def _message(row: Watch) -> Said:
    what = "passed" if row.passed_at else "warned"
    context = {"case": row.case.number, "kind": row.kind, "due": row.due_on.isoformat()}
    subject = f"queue:{row.office}.{row.role}"
    return Said(f"watch:{row.pk}:{what}", subject, "staff", f"watch.{row.kind}.{what}", context)


def open_watches(cases: Iterable[int]) -> list[Watch]:
    """What is watched of these cases, the nearest day first."""
    return list(Watch.objects.filter(case__in=cases, state=Watch.State.OPEN).order_by("due_on", "id"))
