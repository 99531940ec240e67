"""When a step falls due: counted from where its clock starts, without the days its clock stands still.

The day of arrival does not count. Any later day counts if the clock runs at its close of business (17:30): a pause that
begins in the morning takes that day away, one that begins after 17:30 does not, and one that ends by 17:30 gives the
day back. For a limit in working days only those count.

An item whose day was said by hand (a suspended case's day of review) has no `clock_from`, and nothing moves its day.
"""

from __future__ import annotations

import datetime
import functools
import math
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.timezone import localtime

from casework.models import Case, Pause, WorkItem
from workflows import clock
from workflows.calendar import ONE_DAY, Calendar, Span
from workflows.limits import Deadline

BY_HAND = Deadline(days=1, working=False)
"""Warn and escalate as usual, for a step of which the terms say nothing."""


@dataclass(frozen=True, slots=True)
class Moments:
    """When somebody is warned, when it is due, when the office above is told."""

    warn: datetime.datetime
    due: datetime.datetime
    escalate: datetime.datetime


def moments(
    limit: Deadline,
    clock_from: datetime.datetime,
    calendar: Calendar,
    *,
    extra_days: int = 0,
    stopped: Iterable[Span] = (),
) -> Moments:
    """The moments of a clock that began then: each the close of business of a counted day.

    The warning falls on the last day on which the share `warn_at` has not been passed, so that even of a short limit
    something is left; the escalation on the first on which `escalate_at` has been reached.
    """
    begun = localtime(clock_from)
    return _moments(limit, begun.date(), calendar, extra_days, tuple(stopped), begun.tzinfo)


@functools.lru_cache(maxsize=4096)
def _moments(
    limit: Deadline,
    start: datetime.date,
    calendar: Calendar,
    extra_days: int,
    spans: tuple[Span, ...],
    zone: datetime.tzinfo | None,
) -> Moments:
    """Of hundreds that arrive together they are the same. The zone is that of the office's day, in the key only."""
    total = limit.days + extra_days

    def close_after(days: int) -> datetime.datetime:
        return clock.close_of(calendar.add_days(start, days, working=limit.working, stopped=spans))

    warn, escalate = math.floor(total * limit.warn_at), math.ceil(total * limit.escalate_at)
    return Moments(close_after(warn), close_after(total), close_after(escalate))


def moments_by_hand(limit: Deadline, arrived: datetime.datetime, due_at: datetime.datetime) -> Moments:
    """The moments of an item whose day was said by hand, in calendar days from its arrival."""
    start = localtime(arrived).date()
    days = max((localtime(due_at).date() - start).days, 0)
    warn = clock.close_of(start + ONE_DAY * math.floor(days * limit.warn_at))
    grace = math.ceil(days * (limit.escalate_at - 1))
    return Moments(min(warn, due_at), due_at, due_at + ONE_DAY * grace)


def span_of(began: datetime.datetime, ended: datetime.datetime) -> Span:
    """The days at whose close of business a clock stood still that was stopped from `began` until `ended`."""
    first, last = localtime(began), localtime(ended)
    is_late = first.time() > clock.END_OF_DAY
    was_running_again = last.time() <= clock.END_OF_DAY
    return Span(first.date() + ONE_DAY * is_late, last.date() - ONE_DAY * was_running_again)


def spans_for(limit: Deadline, clock_from: datetime.datetime, pauses: Iterable[Pause]) -> tuple[Span, ...]:
    """The days taken from a clock that began then by those of a case's pauses that stop it.

    A pause that has not ended stops no open item: whoever waits in it waits by a clock of their own.
    """
    if not pauses:
        return ()
    spans = (
        span_of(pause.began, pause.ended)
        for pause in pauses
        if pause.ended is not None and pause.ended > clock_from and pause.kind in limit.pauses
    )
    return tuple(sorted(span for span in spans if span.first <= span.last))


def start_of(limit: Deadline, case: Case, arrived: datetime.datetime) -> datetime.datetime:
    """Where the clock of a step starts: at its arrival, at the handing in, at the last acceptance."""
    if limit.start == "submitted":
        return case.created or arrived
    if limit.start == "accepted":
        return case.accepted_at or arrived
    return arrived


def wind(item: WorkItem, limit: Deadline, case: Case) -> None:
    """Start the clock of an item that has just arrived. One statement where its clock began before it, else none."""
    item.clock_from = start_of(limit, case, item.created)
    began_before = item.clock_from < item.created and case.pk is not None
    reckon(item, limit, Pause.objects.filter(case=case) if began_before else ())


def go_on(item: WorkItem, limit: Deadline | None, stopped: WorkItem | None, pauses: Iterable[Pause]) -> None:
    """Reckon an item anew whose case was paused until it arrived. Is it the step that was `stopped`, its clock goes on
    where that one's stood still: with its extension, and with what has been said of it."""
    if stopped is not None and stopped.step == item.step and stopped.clock_from is not None:
        item.clock_from = stopped.clock_from
        item.extra_days = stopped.extra_days
        item.warned_at = stopped.warned_at
        item.escalated_at = stopped.escalated_at
    reckon(item, limit, pauses)


def carry_on(item: WorkItem, before: WorkItem) -> None:
    """The step goes on after something was done in it: the same clock, with what has been said of it."""
    for name in ("clock_from", "extra_days", "due_at", "alarm_at", "warned_at", "escalated_at"):
        setattr(item, name, getattr(before, name))


def set_by_hand(item: WorkItem, limit: Deadline | None, due_at: datetime.datetime) -> None:
    """Somebody has said when: no clock, but a warning and an escalation all the same."""
    item.clock_from = None
    item.due_at = due_at
    set_alarm(item, moments_by_hand(limit or BY_HAND, item.created, due_at))


def reckon(
    item: WorkItem, limit: Deadline | None, pauses: Iterable[Pause], *, calendar: Calendar | None = None
) -> Moments:
    """Set when an item is due and when the sweep must look at it next, as it stands now. Saves nothing."""
    if item.clock_from is None or limit is None:
        found = moments_by_hand(limit or BY_HAND, item.created, item.due_at)
    else:
        spans = spans_for(limit, item.clock_from, pauses)
        known = calendar or clock.calendar()
        found = moments(limit, item.clock_from, known, extra_days=item.extra_days, stopped=spans)
        item.due_at = found.due
    set_alarm(item, found)
    return found


def warn_anew(item: WorkItem, found: Moments, at: datetime.datetime) -> None:
    """A deadline that has been put off so far that it is no longer near is warned of when it is near again: by an
    extension, other terms, or a calendar with more holidays. Once the office above has been told, nothing is unsaid."""
    if item.warned_at is not None and item.escalated_at is None and found.warn > at:
        item.warned_at = None
        set_alarm(item, found)


def set_alarm(item: WorkItem, found: Moments) -> None:
    """The next moment the sweep must look; none once the office above has been told."""
    if item.escalated_at is not None:
        item.alarm_at = None
    else:
        item.alarm_at = found.escalate if item.warned_at is not None else found.warn


def estimated_years(item: WorkItem, limit: Deadline | None) -> tuple[int, ...]:
    """The years an item's deadline touches whose holidays nobody has confirmed yet: then it is an estimate."""
    if item.clock_from is None or (limit is not None and not limit.working):
        return ()
    return clock.calendar().unconfirmed(localtime(item.clock_from).date(), localtime(item.due_at).date())
