"""Payment batches as objects and events: each has a chain of its own, beside those of its cases."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

from django.db.models import Exists, OuterRef

from casework.models import BatchLine, Event, PaymentBatch
from workflows.eventlog import declared, details, words
from workflows.eventlog.case_files import EVENT_COLUMNS, Scope
from workflows.eventlog.case_objects import batch_id, event_of, payment_id
from workflows.eventlog.ocel import Changing, Link, OcelEvent, OcelObject, Scalar
from workflows.payments.digest import chain_of

AT_ONCE = 20
"""Batches read together: each has up to a thousand lines."""

State = PaymentBatch.State
REACHES = {
    "batch_checked": State.CHECKED,
    "batch_line_let_out": State.CHECKED,
    "batch_locked": State.LOCKED,
    "batch_exported": State.EXPORTED,
}
TAKES_OUT = frozenset({"batch_refused", "batch_line_let_out"})
COLUMNS = ("number", "programme", "county_id", "line_count", "total")


@dataclass(frozen=True, slots=True)
class BatchFile:
    """A batch with its trail, and the numbers of those of its lines whose cases are in the log."""

    batch: PaymentBatch
    events: list[Event] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)


def batch_files(scope: Scope) -> Iterator[BatchFile]:
    """Every batch that a case of the scope was ever drawn into. Read inside `casework.read_only`."""
    lines = BatchLine.objects.filter(batch=OuterRef("pk"), case__in=scope.cases())
    rows = PaymentBatch.objects.filter(Exists(lines)).only(*COLUMNS).order_by("pk").iterator(chunk_size=AT_ONCE)
    while batches := list(islice(rows, AT_ONCE)):
        yield from _files_of(batches, scope)


def _files_of(batches: list[PaymentBatch], scope: Scope) -> Iterator[BatchFile]:
    chains = [chain_of(batch) for batch in batches]
    events: defaultdict[str, list[Event]] = defaultdict(list)
    for event in Event.objects.filter(chain__in=chains).only(*EVENT_COLUMNS).order_by("chain", "seq"):
        events[event.chain].append(event)
    lines: defaultdict[int, list[int]] = defaultdict(list)
    found = BatchLine.objects.filter(batch__in=batches, case__in=scope.cases()).order_by("batch_id", "line_number")
    for key, line in found.values_list("batch", "line_number"):
        lines[key].append(line)
    for batch in batches:
        yield BatchFile(batch, events[chain_of(batch)], lines[batch.pk])


def object_of(file: BatchFile) -> OcelObject:
    """The batch, drawn at first and then what its events made of it."""
    batch, state = file.batch, State.DRAWN
    attributes: dict[str, Scalar] = {
        "number": batch.number,
        "programme": batch.programme,
        "county": batch.county_id,
        "count": batch.line_count,
        "total": batch.total,
        "state": state.value,
    }
    changing = Changing(attributes)
    for event in file.events:
        state = _reached(event, state)
        changing.now("state", state.value, event.at)
    return OcelObject(batch_id(batch.number), declared.BATCH, attributes, changing.changes)


def _reached(event: Event, state: PaymentBatch.State) -> PaymentBatch.State:
    """The batch's state after an event."""
    if event.action in TAKES_OUT and details.number(event, "count") == 0:
        return State.CANCELLED
    if event.action == "batch_answered":
        return State.ANSWERED if details.number(event, "pending") == 0 else state
    return REACHES.get(event.action, state)


def happenings_of(file: BatchFile) -> Iterator[OcelEvent]:
    """What was done to the batch, and with which payments: those that were in it then."""
    number, inside = file.batch.number, list(file.lines)
    for event in file.events:
        out = details.numbers(event, "lines") if event.action in TAKES_OUT else frozenset()
        links = [Link(batch_id(number), "of")]
        links += [Link(payment_id(number, line), "takes out" if line in out else "includes") for line in inside]
        if out:
            links = [link for link in links if link.qualifier != "includes"]
            inside = [line for line in inside if line not in out]
        yield event_of(
            event,
            words.of_action(event.action),
            declared.IN_A_BATCH,
            _attributes(file.batch, event),
            links,
            code=event.action,
        )


def _attributes(batch: PaymentBatch, event: Event) -> dict[str, Scalar | None]:
    return {
        "county": batch.county_id,
        "count": details.number(event, "count"),
        "total": details.yuan(event, "total"),
        "paid": details.number(event, "paid"),
        "returned": details.number(event, "returned"),
        "pending": details.number(event, "pending"),
    }
