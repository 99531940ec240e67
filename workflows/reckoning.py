"""Deadlines of open items reckoned anew, many at a time: after the calendar has changed, and by the sweep."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.utils.timezone import now

from casework.models import Pause, WorkItem
from casework.rows import update_rows
from notifications.models import Outbox
from notifications.outbox import job
from workflows import clock, deadlines, registry
from workflows.limits import Deadline

AT_A_TIME = 500
KIND = "recompute_deadlines"
SOON = datetime.timedelta(seconds=5)
MOST_TURNS = 12
"""So often an item is tried that is always locked. After some six minutes it is left to the sweep, which reckons anew
whatever it looks at."""

MOMENTS = ["due_at", "alarm_at", "warned_at"]
NEEDED = (
    "created",
    "step",
    "programme",
    "due_at",
    "clock_from",
    "extra_days",
    "alarm_at",
    "warned_at",
    "escalated_at",
    "process__terms_version",
)


def limit_of(programme: str, terms_version: str, step: str) -> Deadline | None:
    """How long a step may take under a version of the terms; None where they say nothing of it, or are gone: its day
    then stays as it is, and one such case keeps no other from being looked at."""
    try:
        return registry.programme(programme).terms.version(terms_version).deadlines.get(step)
    except LookupError:
        return None


def limit_for(item: WorkItem) -> Deadline | None:
    return limit_of(item.programme, item.process.terms_version, item.step)


def pauses_of(case_ids: Iterable[int]) -> Mapping[int, list[Pause]]:
    """Every pause of these cases, by case. One statement."""
    found = defaultdict(list)
    for pause in Pause.objects.filter(case__in=list(case_ids)):
        found[pause.case_id].append(pause)
    return found


def unlocked(items: QuerySet[Any], *of: str) -> QuerySet[Any]:
    """These items, locked; those somebody else has locked are left out where the database can do that, so that
    nobody ever waits here. (SQLite has one writer: who is in has it all.)"""
    skip = connection.features.has_select_for_update_skip_locked
    return items.select_for_update(of=of, skip_locked=skip) if skip else items


def recompute_deadlines(key: str, payload: Mapping[str, Any]) -> None:
    """An outbox job: reckon the open items due on or after a day anew, `AT_A_TIME` of them, and post the next job.

    Whatever comes out is written down only where it differs, so doing it twice changes nothing. An item somebody is
    at just now is left for a job of its own.
    """
    clock.forget()
    items = WorkItem.objects.filter(finished__isnull=True, clock_from__isnull=False)
    if "cases" in payload:
        wanted = items.filter(process__in=payload["cases"])
    else:
        since = clock.close_of(datetime.date.fromisoformat(payload["since"])) - datetime.timedelta(days=1)
        wanted = items.filter(due_at__gt=since, process__gt=payload["after"])
    cases = list(wanted.order_by("process").values_list("process", flat=True)[:AT_A_TIME])
    rows = unlocked(items.filter(process__in=cases).select_related("process").only(*NEEDED), "self")
    found = list(rows.order_by("process"))
    changed = _reckoned_anew(found)
    update_rows(changed, MOMENTS)
    missed = sorted(set(cases) - {item.process_id for item in found})
    _post_next(key, payload, cases, missed)


def _reckoned_anew(items: Sequence[WorkItem]) -> list[WorkItem]:
    """Those of the items whose moments are not what they were."""
    pauses, at = pauses_of(item.process_id for item in items), now()
    changed = []
    for item in items:
        before = (item.due_at, item.alarm_at)
        found = deadlines.reckon(item, limit_for(item), pauses.get(item.process_id, ()))
        deadlines.warn_anew(item, found, at)
        if (item.due_at, item.alarm_at) != before:
            changed.append(item)
    return changed


def _post_next(key: str, payload: Mapping[str, Any], cases: Sequence[int], missed: Sequence[int]) -> None:
    """What this job has not done: whatever comes after its last case, and what it found locked."""
    jobs, run, turn = [], payload["run"], payload.get("turn", 0) + 1
    if "cases" not in payload and len(cases) == AT_A_TIME:
        jobs.append(job(KIND, f"{run}:{cases[-1]}", {**payload, "after": cases[-1]}, run_at=now()))
    if missed and turn <= MOST_TURNS:
        again = {"run": run, "cases": missed, "turn": turn}
        jobs.append(job(KIND, f"{run}:{missed[0]}:again{turn}", again, run_at=now() + SOON * turn))
    Outbox.objects.bulk_create(jobs)
