"""What the database holds of a log, as the same plain values that a file gives: read from the trail, in its order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any, NamedTuple

from casework.models import Case, Event, ReplayedLog
from workflows.archived.flow import place_of_step
from workflows.archived.shape import Name, Shape
from workflows.replay.past import Moment, PastCase, PastEvent

CASES_A_READ = 300
EVENTS_A_READ = 20_000
"""Of the trails of cases read together, where each is no longer than that."""


class Kept(NamedTuple):
    """A case's row, as far as it is needed here."""

    pk: int
    number: str
    facts: Mapping[str, Any]
    length: int


def past_cases(log: ReplayedLog) -> Iterator[PastCase]:
    """Every case of the log that is set down, in the order of the log, in constant memory."""
    shape = Shape.from_json(log.shape)
    number, last = 0, 0
    while rows := _next(log, last):
        for some in _together(rows):
            events = _events([row.number for row in some], shape)
            for row in some:
                number += 1
                yield PastCase(number, name_of(row.facts), events.pop(row.number, []))
        last = rows[-1].pk


def _next(log: ReplayedLog, last: int) -> list[Kept]:
    cases = Case.objects.filter(division_id=log.division_id, programme=log.slug, pk__gt=last)
    columns = cases.order_by("pk").values_list("pk", "number", "facts", "trail_seq")
    return [Kept(*row) for row in columns[:CASES_A_READ]]


def _together(rows: Sequence[Kept]) -> Iterator[list[Kept]]:
    """The cases in as few lots as their trails allow: one of thousands of events is read by itself."""
    some: list[Kept] = []
    length = 0
    for row in rows:
        if some and length + row.length > EVENTS_A_READ:
            yield some
            some, length = [], 0
        some.append(row)
        length += row.length
    yield some


def name_of(facts: Mapping[str, Any]) -> Name | None:
    """The name a case had where it comes from."""
    text = facts["external_id"]
    return None if text is None else Name(facts.get("kind", "string"), text)


def _events(numbers: Sequence[str], shape: Shape) -> dict[str, list[PastEvent]]:
    rows = Event.objects.filter(chain__in=numbers, action="decided").order_by("chain", "seq")
    told = rows.values_list("chain", "at", "details")
    return {
        chain: [event for _chain, at, details in some if (event := _event(at, details, shape)) is not None]
        for chain, some in groupby(told, key=lambda row: row[0])
    }


def _event(at: Any, details: Mapping[str, Any], shape: Shape) -> PastEvent | None:
    """The event that a decision stands for; None where it says that there is none."""
    place = place_of_step(details["step"])
    if place is None:
        return None
    word = details.get("lifecycle")
    moment = None if details.get("untimed") else Moment(at, details.get("zone"))
    return PastEvent(shape.activities[place], moment, None if word is None else shape.lifecycles[word])
