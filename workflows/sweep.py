"""The sweep 督办巡查: whoever is late is reminded, and once it is too late the office above is told.

It looks at the open items whose alarm has come, a few hundred at a time, each lot in a transaction of its own: items
and cases locked (what somebody else has locked is left for the next time, so a sweep never waits, and any number of
them may run at once), reckoned anew with the calendar as it is, and written in the same few statements however many
they are. An item is warned of once, and once a supervision order 督办单 is raised for it: its markers, the lock and
the order's unique key see to it.
"""

from __future__ import annotations

import datetime
import logging
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.db import InterfaceError, OperationalError, transaction
from django.db.models import QuerySet
from django.utils.timezone import localtime, now

from casework.models import Event, Level, Pause, SupervisionOrder, WorkItem
from casework.rows import insert_rows, new_row, update_rows
from notifications.channels import Said, tell_all
from workflows import addressees, deadlines, trail
from workflows.offices_above import office_above, standing_offices
from workflows.papers.numbers import reserve_each
from workflows.reckoning import AT_A_TIME, NEEDED, limit_for, pauses_of, unlocked
from workflows.standing import SYSTEM

log = logging.getLogger("nuanxin.sweep")

ITEM_COLUMNS = ["due_at", "alarm_at", "warned_at", "escalated_at"]
CASE_COLUMNS = ["trail_seq", "trail_head"]
COLUMNS = (
    *NEEDED,
    "process",
    "office",
    "role",
    "division",
    "owner",
    "process__number",
    "process__trail_seq",
    "process__trail_head",
)


@dataclass(frozen=True, slots=True)
class Swept:
    """How many items were looked at, warned of, and escalated."""

    looked_at: int = 0
    warned: int = 0
    escalated: int = 0

    def __add__(self, other: Swept) -> Swept:
        return Swept(self.looked_at + other.looked_at, self.warned + other.warned, self.escalated + other.escalated)


@dataclass(slots=True)
class _Lot:
    """What came of some items, to be written together."""

    at: datetime.datetime
    items: Sequence[WorkItem]
    warned: list[WorkItem] = field(default_factory=list)
    late: list[WorkItem] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    orders: list[SupervisionOrder] = field(default_factory=list)
    messages: list[Said] = field(default_factory=list)


def sweep(*, limit: int = 10_000, at: datetime.datetime | None = None) -> Swept:
    """Look at up to `limit` items whose alarm has come by `at` (now). Twice, or on several machines at once, is as good
    as once. What goes wrong with one item keeps no other from being looked at; its alarm goes on ringing."""
    moment, total, stuck = at or now(), Swept(), set[int]()
    while total.looked_at < limit:
        count, ringing = min(AT_A_TIME, limit - total.looked_at), _ringing(moment).exclude(pk__in=stuck)
        try:
            done = _sweep_some(ringing, count, moment)
        except (OperationalError, InterfaceError):
            raise
        except Exception as problem:
            log.warning("a lot of deadlines undone by %s, taken one by one", type(problem).__name__)
            done = _sweep_each(list(ringing.values_list("pk", flat=True)[:count]), moment, stuck)
        if not done.looked_at:
            break
        total += done
    return total


def _ringing(at: datetime.datetime) -> QuerySet[WorkItem]:
    return WorkItem.objects.filter(finished__isnull=True, alarm_at__lte=at).order_by("alarm_at", "id")


def _sweep_each(item_ids: Iterable[int], at: datetime.datetime, stuck: set[int]) -> Swept:
    """One at a time; what still goes wrong is added to `stuck`, and told of in the log and by the check-up."""
    total = Swept()
    for item_id in item_ids:
        try:
            total += _sweep_some(_ringing(at).filter(pk=item_id), 1, at)
        except (OperationalError, InterfaceError):
            raise
        except Exception as problem:
            log.error("the deadline of item %s cannot be looked at: %s", item_id, type(problem).__name__)
            stuck.add(item_id)
            total += Swept(1)
    return total


def _sweep_some(ringing: QuerySet[WorkItem], count: int, at: datetime.datetime) -> Swept:
    """One lot, in its own transaction. Whatever was looked at has its next alarm after `at`, or none."""
    with transaction.atomic():
        rows = unlocked(ringing.select_related("process").only(*COLUMNS), "self", "process")
        items = list(rows[:count])
        if not items:
            return Swept()
        lot = _Lot(at, items)
        _look(lot, pauses_of(item.process_id for item in items))
        _warn(lot)
        _escalate(lot)
        _write(lot)
    return Swept(len(items), len(lot.warned), len(lot.late))


def _look(lot: _Lot, pauses: Mapping[int, Sequence[Pause]]) -> None:
    """Reckon each item anew, and say which of the two it is time for, if either."""
    for item in lot.items:
        found = deadlines.reckon(item, limit_for(item), pauses.get(item.process_id, ()))
        deadlines.warn_anew(item, found, lot.at)
        if item.escalated_at is None and found.escalate <= lot.at:
            item.escalated_at = lot.at
            lot.late.append(item)
        elif item.warned_at is None and found.warn <= lot.at:
            item.warned_at = lot.at
            lot.warned.append(item)
        deadlines.set_alarm(item, found)


def _warn(lot: _Lot) -> None:
    """To whoever has the item in hand, or else to all whose queue it is in."""
    for item in lot.warned:
        lot.messages.append(_message(item, "warned", _whose(item)))
        _tell(lot, item, "deadline_warned", {"step": item.step, "due": _day(item)})


def _escalate(lot: _Lot) -> None:
    """A supervision order from the nearest office above to the one that is late, and a message to both."""
    if not lot.late:
        return
    standing = standing_offices({item.office for item in lot.late}, on=localtime(lot.at).date())
    above = {item.office: office_above(item.office, standing) for item in lot.late}
    year = localtime(lot.at).year
    series = {office: f"DB{supervising}{year}" for office, supervising in above.items()}
    following = reserve_each(Counter(series[item.office] for item in lot.late))
    for item in lot.late:
        key = series[item.office]
        number = f"{key}{following[key]:05d}"
        following[key] += 1
        lot.orders.append(_order(item, number, above[item.office], lot.at))
        told = {"step": item.step, "due": _day(item), "order": number, "to": item.office, "from": above[item.office]}
        _tell(lot, item, "escalated", told)
        lot.messages.append(_message(item, "escalated", _whose(item), order=number))
        lot.messages.append(_message(item, "supervised", addressees.office(above[item.office]), order=number))


def _order(item: WorkItem, number: str, supervising: str, at: datetime.datetime) -> SupervisionOrder:
    return new_row(
        SupervisionOrder,
        number=number,
        work_item=item,
        case=item.process,
        county=item.division[: Level.COUNTY],
        responsible=item.office,
        supervising=supervising,
        due_at=item.due_at,
        raised_at=at,
    )


def _write(lot: _Lot) -> None:
    update_rows(lot.items, ITEM_COLUMNS)
    update_rows([item.process for item in (*lot.warned, *lot.late)], CASE_COLUMNS)
    insert_rows(SupervisionOrder, lot.orders)
    insert_rows(Event, lot.events)
    tell_all(lot.messages)


def _tell(lot: _Lot, item: WorkItem, action: str, details: Mapping[str, str]) -> None:
    lot.events.append(trail.next_event(item.process, action, actor=SYSTEM, at=lot.at, details=details))


def _message(item: WorkItem, what: str, subject: str, **more: str) -> Said:
    context = {"case": item.process.number, "step": item.step, "due": _day(item), **more}
    # A deadline that was extended is warned of anew.
    key = f"deadline:{item.pk}:{what}:{context['due']}"
    return Said(key, subject, addressees.AUDIENCE, f"deadline.{what}", context)


def _whose(item: WorkItem) -> str:
    if item.owner_id is not None:
        return addressees.person(item.owner_id)
    return addressees.queue(item.office, item.role)


def _day(item: WorkItem) -> str:
    return localtime(item.due_at).date().isoformat()
