"""My queue: what waits for the office and role I work in, the most urgent first.

A page reads one index of the work items in its own order, from where the last page ended, and never counts or skips
what lies before: the first of a hundred thousand costs what the first of a thousand does.
"""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from urllib.parse import urlencode

from django.db.models import Q, QuerySet, Subquery
from django.http import QueryDict
from django.utils.dateparse import parse_datetime
from django.utils.timezone import is_aware

from casework.access import Access, queues_of
from casework.models import Case, Division, Level, Staff, WorkItem
from workflows import registry
from workflows.discretion import names_of
from workflows.flow import Step
from workflows.graph import something_waits_in
from workflows.programme import Programme

PAGE = 50
COUNTED = 1000
"""How far a queue is counted; beyond that it is "more than"."""
CLOCK = ("due_at", "clock_from", "alarm_at", "warned_at", "escalated_at")
COLUMNS = ("process", "created", "step", "programme", "office", "role", "division", *CLOCK, "owner__name")


@dataclass(frozen=True, slots=True)
class Pair:
    """A queue: the division code of an office, and a role in it."""

    office: str
    role: str

    @property
    def code(self) -> str:
        return f"{self.office}.{self.role}"


@dataclass(frozen=True, slots=True)
class Filters:
    """What a queue is narrowed to. `step` is a step's name in `programme`; `village` a township's or village's code."""

    pair: Pair | None = None
    programme: str = ""
    step: str = ""
    village: str = ""

    @property
    def narrowed(self) -> bool:
        return bool(self.programme or self.step or self.village)

    def as_query(self, **more: str) -> str:
        """As the query of an address; only codes, so nothing of a person can get into it."""
        parts = {
            "queue": self.pair.code if self.pair else "",
            "programme": self.programme if not self.step else "",
            "step": f"{self.programme}.{self.step}" if self.step else "",
            "village": self.village,
            **more,
        }
        return urlencode({name: value for name, value in parts.items() if value})


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a page ends, and in which direction the next lies."""

    due_at: datetime.datetime
    item_id: int
    back: bool = False

    def as_query(self) -> dict[str, str]:
        moment = f"{self.due_at.astimezone(datetime.UTC):%Y-%m-%dT%H:%M:%S.%fZ}"
        return {"before" if self.back else "after": f"{moment}_{self.item_id}"}


@dataclass(slots=True)
class QueuePage:
    """One page of one queue. `total` is exact up to `COUNTED`; `more` says that there are more than that."""

    pairs: list[Pair]
    filters: Filters
    items: list[WorkItem]
    total: int
    more: bool
    next: Cursor | None
    previous: Cursor | None
    places: dict[str, Division]
    names: Mapping[int, str] = field(default_factory=dict)
    """Case -> what the list calls it (`workflows.discretion`)."""


def filters_from(query: QueryDict, access: Access) -> Filters:
    """The filters in an address. What is not mine, or not there, is as if it had not been asked for."""
    pair = next((pair for pair in pairs_of(access) if pair.code == query.get("queue")), None)
    programme, _dot, step = query.get("step", "").partition(".")
    programme = programme or query.get("programme", "")
    known = registry.programmes().get(programme)
    if known is None:
        programme = step = ""
    elif known.step(step) is None:
        step = ""
    village = query.get("village", "")
    return Filters(pair, programme, step, village if village.isascii() and village.isdigit() else "")


def cursor_from(query: QueryDict) -> Cursor | None:
    """Where to go on from; None, which is the beginning, for anything that is not a cursor."""
    for name, back in (("after", False), ("before", True)):
        moment, _line, item = query.get(name, "").partition("_")
        if moment and item.isascii() and item.isdigit() and len(item) <= 18:
            try:
                due_at = parse_datetime(moment)
            except ValueError:
                return None
            return Cursor(due_at, int(item), back) if due_at is not None and is_aware(due_at) else None
    return None


def pairs_of(access: Access) -> list[Pair]:
    return [Pair(office, role) for office, role in queues_of(access)]


def waiting(pair: Pair, filters: Filters) -> QuerySet[WorkItem]:
    """The open items of a queue, in its order."""
    found = WorkItem.objects.filter(office=pair.office, role=pair.role, finished__isnull=True)
    if filters.programme:
        found = found.filter(programme=filters.programme)
    if filters.step:
        found = found.filter(step=filters.step)
    if len(filters.village) == Level.VILLAGE:
        found = found.filter(division=filters.village)
    elif filters.village:
        found = found.filter(division__gte=filters.village, division__lt=str(int(filters.village) + 1))
    return found.order_by("due_at", "id")


def read_from(found: QuerySet[WorkItem], cursor: Cursor | None, count: int) -> list[WorkItem]:
    """The next items after a cursor (before it, nearest first, when it points back), or the first without one.

    Those due at the same moment and those due later are asked for apart: an import gives thousands of items one
    deadline, and only so does every database seek past them in the index.
    """
    if cursor is None:
        return list(found[:count])
    than, sign = ("lt", "-") if cursor.back else ("gt", "")
    ordered = found.order_by(f"{sign}due_at", f"{sign}id")
    items = list(ordered.filter(**{"due_at": cursor.due_at, f"id__{than}": cursor.item_id})[:count])
    if len(items) < count:
        items += ordered.filter(**{f"due_at__{than}": cursor.due_at})[: count - len(items)]
    return items


def queue_page(access: Access, filters: Filters, after: Cursor | None, limit: int = PAGE) -> QueuePage:
    """One page of a queue of mine: the one asked for, else the one with the most urgent item.

    At most five statements for the first page: which queue (when I work several), the items, how many, their cases,
    the places. A later page names its queue, and may take two for its items.
    """
    pairs = pairs_of(access)
    pair = filters.pair or most_urgent(access.staff, pairs)
    if pair is None:
        return QueuePage(pairs, filters, [], 0, False, None, None, {})
    if not filters.village.startswith(pair.office):
        filters = replace(filters, village="")
    filters = replace(filters, pair=pair)
    found = waiting(pair, filters)
    items = read_from(found.select_related("owner").only(*COLUMNS), after, limit + 1)
    further = len(items) > limit
    items = items[:limit]
    back = after is not None and after.back
    if back:
        items.reverse()
    total = len(items) if after is None and not further else found[: COUNTED + 1].count()
    names = attach_cases(items)
    return QueuePage(
        pairs=pairs,
        filters=filters,
        items=items,
        total=min(total, COUNTED),
        more=total > COUNTED,
        next=_edge(items[-1:], False) if further or back else None,
        previous=_edge(items[:1], True) if (further if back else after is not None) else None,
        places=places(pair, filters, items),
        names=names,
    )


def most_urgent(staff: Staff, pairs: Sequence[Pair]) -> Pair | None:
    """The queue whose first item is due first; of empty ones the first. One look into each, in one statement."""
    if len(pairs) < 2:
        return pairs[0] if pairs else None
    firsts = [Subquery(waiting(pair, Filters()).values("due_at")[:1]) for pair in pairs]
    row = Staff.objects.filter(pk=staff.pk).values_list(*firsts).get()
    due = [(moment, pair) for moment, pair in zip(row, pairs, strict=True) if moment is not None]
    return min(due, key=lambda found: found[0])[1] if due else pairs[0]


def next_after(item: WorkItem, access: Access, filters: Filters) -> WorkItem | None:
    """The item to go on with after one is done: the next one in its queue that nobody else holds, else the first."""
    pair = Pair(item.office, item.role)
    if pair not in pairs_of(access):
        return None
    found = waiting(pair, filters if filters.pair in (None, pair) else Filters()).exclude(pk=item.pk)
    free = found.filter(Q(owner__isnull=True) | Q(owner=access.staff)).select_related("process")
    following = read_from(free, Cursor(item.due_at, item.pk), 1) or read_from(free, None, 1)
    return following[0] if following else None


@dataclass(frozen=True, slots=True)
class Pile:
    """How many wait in one step of one programme."""

    programme: str
    step: str
    count: int


def piles(pair: Pair) -> list[Pile]:
    """What waits in a queue by programme and step, the most first. Of the first `COUNTED` items, in one statement."""
    first = waiting(pair, Filters()).values("programme", "step")[:COUNTED]
    found = Counter((row["programme"], row["step"]) for row in first)
    return [Pile(programme, step, count) for (programme, step), count in found.most_common()]


def programmes_of(role: str) -> dict[str, tuple[Programme, list[Step]]]:
    """The programmes that have steps for a role, with those steps."""
    found = {}
    for slug, programme in registry.programmes().items():
        steps = [step for step in programme.steps() if step.role == role and something_waits_in(step)]
        if steps:
            found[slug] = (programme, steps)
    return found


def places(pair: Pair, filters: Filters, items: Sequence[WorkItem]) -> dict[str, Division]:
    """The places the page names and offers, in one statement: those of its rows with the township of each, the
    office's children, and the villages of the township it is narrowed to. A few dozen, whatever the county."""
    codes = {code for item in items for code in (item.division, item.division[: Level.TOWNSHIP])}
    offered = {pair.office, filters.village[: Level.TOWNSHIP]} - {""}
    wanted = Q(pk__in=codes | {pair.office})
    if len(pair.office) < Level.VILLAGE:
        wanted |= Q(parent__in=offered)
    return {place.code: place for place in Division.objects.filter(wanted).only("code", "name", "parent")}


def attach_cases(items: Sequence[WorkItem]) -> Mapping[int, str]:
    """Every item's case and applicant, in one statement; what each is called in a list, in one more for each programme
    that keeps its cases to itself."""
    ids = [item.process_id for item in items]
    if not ids:
        return {}
    rows = Case.objects.select_related("applicant").filter(pk__in=ids)
    columns = ("number", "programme", "stage", "terms_version", "payable_days", "amount", "confidential")
    cases = {case.pk: case for case in rows.only(*columns, "applicant__name")}
    for item in items:
        item.process = cases[item.process_id]
    return names_of(cases.values())


def _edge(items: Sequence[WorkItem], back: bool) -> Cursor | None:
    return Cursor(items[0].due_at, items[0].pk, back) if items else None
