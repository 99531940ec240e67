"""The rows an event log is made from: case by case, in constant memory."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, TypeVar

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.timezone import make_aware

from casework.models import BatchLine, Case, Decision, Event, Level, WorkItem
from workflows.eventlog import pseudonyms

AT_ONCE = 500
EVENTS_AT_ONCE = 20_000
"""Cases read together: five statements a chunk, some thousand rows in memory. Of history brought in, a case can have
thousands of events: as many cases at once as have no more than that, or one."""

Row = TypeVar("Row")


def midnight(day: datetime.date) -> datetime.datetime:
    """The beginning of a day, here."""
    return make_aware(datetime.datetime.combine(day, datetime.time.min))


@dataclass(frozen=True, slots=True)
class Scope:
    """Which cases: of one programme, and those to which anything has happened since a day (local midnight).

    What has happened to a case is what its own trail says, whatever the action. A case is in whole or not at all.
    """

    programme: str = ""
    since: datetime.date | None = None

    def cases(self) -> QuerySet[Case]:
        found: QuerySet[Case] = Case.objects.all()
        if self.programme:
            found = found.filter(programme=self.programme)
        if self.since is not None:
            since = Event.objects.filter(chain=OuterRef("number"), case=OuterRef("pk"), at__gte=midnight(self.since))
            found = found.filter(Exists(since))
        return found


@dataclass(frozen=True, slots=True)
class CaseFile:
    """A case with its trail in the order of the chain, and what stands beside it in the order it was written."""

    case: Case
    events: list[Event] = field(default_factory=list)
    items: list[WorkItem] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)
    lines: list[BatchLine] = field(default_factory=list)


def particulars(case: Case) -> dict[str, str | int | datetime.datetime]:
    """What a log says of a case whatever its form, but for its number and how it stands. Of a confidential case the
    county, and nothing by which it could be set beside other cases of its applicant."""
    hidden = case.confidential
    return {
        "programme": case.programme,
        "flow_version": case.flow_version,
        "terms_version": case.terms_version,
        "division": case.division_id[: Level.COUNTY] if hidden else case.division_id,
        "applicant": pseudonyms.party(case.pk) if hidden else pseudonyms.applicant(case.applicant_id),
        "applied_on": midnight(case.applied_on),
    }


# Never the whole row: names, notes and accounts are not read at all; nor is `flow_task`, which would have to be found
# in a flow that may be gone.
CASE_COLUMNS = (
    "number",
    "programme",
    "terms_version",
    "flow_class",
    "flow_version",
    "stage",
    "applicant_id",
    "division_id",
    "applied_on",
    "confidential",
    "trail_seq",
)
EVENT_COLUMNS = ("chain", "seq", "case_id", "at", "action", "actor_id", "details")
ITEM_COLUMNS = ("process_id", "step", "office", "role", "created", "finished", "due_at")
DECISION_COLUMNS = ("case_id", "work_item_id", "step", "outcome", "transition", "at", "staff_id", "amount")
LINE_COLUMNS = ("case_id", "batch_id", "batch__number", "batch__drawn_at", "line_number", "amount", "state")


def case_files(scope: Scope) -> Iterator[CaseFile]:
    """Every case of the scope, in the order they were opened. Read inside `casework.read_only`."""
    rows = scope.cases().only(*CASE_COLUMNS).order_by("pk").iterator(chunk_size=AT_ONCE)
    for cases in _together(rows):
        yield from _files_of(cases)


def _together(rows: Iterable[Case]) -> Iterator[list[Case]]:
    """The cases in as few lots as may be read at once."""
    cases: list[Case] = []
    events = 0
    for case in rows:
        if cases and (len(cases) == AT_ONCE or events + case.trail_seq > EVENTS_AT_ONCE):
            yield cases
            cases, events = [], 0
        cases.append(case)
        events += case.trail_seq
    if cases:
        yield cases


def _files_of(cases: list[Case]) -> Iterator[CaseFile]:
    keys, numbers = [case.pk for case in cases], [case.number for case in cases]
    events = _by("case_id", Event.objects.filter(chain__in=numbers).only(*EVENT_COLUMNS).order_by("chain", "seq"))
    items = _by("process_id", WorkItem.objects.filter(process__in=keys).only(*ITEM_COLUMNS).order_by("pk"))
    decisions = _by("case_id", Decision.objects.filter(case__in=keys).only(*DECISION_COLUMNS).order_by("pk"))
    paid = BatchLine.objects.filter(case__in=keys).select_related("batch")
    lines = _by("case_id", paid.only(*LINE_COLUMNS).order_by("pk"))
    for case in cases:
        yield CaseFile(case, events[case.pk], items[case.pk], decisions[case.pk], lines[case.pk])


def _by(name: str, rows: Iterable[Row]) -> defaultdict[Any, list[Row]]:
    found: defaultdict[Any, list[Row]] = defaultdict(list)
    for row in rows:
        found[getattr(row, name)].append(row)
    return found
