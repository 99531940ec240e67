"""How cases really ran: how often each way was taken, how long they waited where, and what was gone over twice.

Looked at are the cases of one flow of a programme that ended in a period: whole cases, from coming in to the end.
Waiting is from a work item's arrival to its end, in days of 24 hours, nights, weekends and pauses included: what the
family waited, not what the deadline counted.
"""

from __future__ import annotations

import datetime
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass, field
from itertools import groupby
from operator import attrgetter
from statistics import median
from typing import NamedTuple

from django.db.models import Count, Q

from casework.models import Case, WorkItem
from workflows.flow import CaseFlow, Step
from workflows.graph import places_of
from workflows.outcomes import Kind

DAY = 86400.0
MOST_ITEMS = 200_000
"""Steps looked at for one page: some two hundred thousand visits of a county, some twenty thousand claims."""


class Done(NamedTuple):
    """A step that was done: of which case, in which office, with which outcome."""

    case_id: int
    step: str
    office: str
    outcome: str
    arrived: datetime.datetime
    ended: datetime.datetime

    @property
    def days(self) -> float:
        return (self.ended - self.arrived).total_seconds() / DAY


@dataclass(frozen=True, slots=True)
class Waiting:
    """How long something was waited for: times, and days: the median and what nine in ten stayed under."""

    times: int
    median: float
    ninetieth: float


@dataclass(frozen=True, slots=True)
class Course:
    """A way cases took, as the steps they went through: how many did, and the median of their days in all."""

    steps: tuple[str, ...]
    cases: int
    days: float


@dataclass(frozen=True, slots=True)
class Loop:
    """A step that came again: what led back to it, how often, in how many cases, and the median of the days between
    having left it and having done it again."""

    back_from: str
    outcome: str
    again: str
    times: int
    cases: int
    days: float


@dataclass(slots=True)
class Courses:
    """Everything the page shows. `cut` when there was more than could be looked at."""

    cases: int = 0
    outcomes: Counter[tuple[str, str]] = field(default_factory=Counter)
    steps: dict[str, Waiting] = field(default_factory=dict)
    offices: dict[tuple[str, str], Waiting] = field(default_factory=dict)
    courses: list[Course] = field(default_factory=list)
    loops: list[Loop] = field(default_factory=list)
    cut: bool = False


def waiting(days: Sequence[float]) -> Waiting:
    """The figures of a list that is not empty. The ninetieth percentile is one of the values: the nearest rank."""
    ordered = sorted(days)
    rank = -(-len(ordered) * 9 // 10)
    return Waiting(len(ordered), median(ordered), ordered[rank - 1])


def courses_of(
    flow: type[CaseFlow], place: Q, since: datetime.datetime, until: datetime.datetime, *, most: int = MOST_ITEMS
) -> Courses:
    """The courses of the cases of `flow`, in the divisions of `place`, that ended at or after `since` and before
    `until`. One statement, read as it comes."""
    rows = (
        WorkItem.objects.filter(
            place,
            programme=flow.programme,
            finished__isnull=False,
            process__flow_version=flow.version,
            process__finished__gte=since,
            process__finished__lt=until,
        )
        .order_by("process_id", "id")
        .values_list("process_id", "step", "office", "decisions__outcome", "created", "finished")
    )
    done = (Done(*row) for row in rows[: most + 1].iterator(chunk_size=2000))
    return summed(done, acts=acts_of(flow), most=most)


def busiest(place: Q, since: datetime.datetime, until: datetime.datetime) -> tuple[str, int] | None:
    """(programme, version of its flow) under which most cases of the divisions of `place` ended in that time; None
    where none did. `place` is of the rows of cases. One statement."""
    ended = Case.objects.filter(place, finished__gte=since, finished__lt=until).order_by()
    counted = ended.values("programme", "flow_version").annotate(count=Count("pk"))
    found = counted.order_by("-count", "programme", "-flow_version").values_list("programme", "flow_version").first()
    return (str(found[0]), int(found[1])) if found else None


def acts_of(flow: type[CaseFlow]) -> frozenset[tuple[str, str]]:
    """(step, outcome) of what is done in a step and leaves the case there: a talk, a payment that came in. It is noted
    and done with; the step goes on, and nothing is gone over twice."""
    return frozenset(
        (step.name, outcome.name)
        for step in flow.steps()
        for outcome in step.outcomes.values()
        if outcome.kind is Kind.ADVANCE and all(place is step for place in outcome.nexts)
    )


def summed(done: Iterable[Done], *, acts: Set[tuple[str, str]] = frozenset(), most: int = MOST_ITEMS) -> Courses:
    """The figures of steps done, those of a case together and in their order. Every outcome is counted; for days, ways
    and loops a step that was only noted in is one stay."""
    found = Courses()
    by_step: dict[str, list[float]] = defaultdict(list)
    by_office: dict[tuple[str, str], list[float]] = defaultdict(list)
    ways: dict[tuple[str, ...], list[float]] = defaultdict(list)
    loops: dict[tuple[str, str, str], list[tuple[int, float]]] = defaultdict(list)
    looked_at = 0
    for case_id, steps in groupby(done, key=attrgetter("case_id")):
        course = list(steps)
        looked_at += len(course)
        if looked_at > most:
            # The last case may be cut short by the limit: better none of it than half.
            found.cut = True
            break
        found.cases += 1
        found.outcomes.update((one.step, one.outcome) for one in course)
        course = list(_stays(course, acts))
        for one in course:
            by_step[one.step].append(one.days)
            by_office[one.step, one.office].append(one.days)
        ways[tuple(one.step for one in course)].append(_days(course[0].arrived, course[-1].ended))
        for key, days in _loops(course):
            loops[key].append((case_id, days))
    found.steps = {step: waiting(days) for step, days in by_step.items()}
    found.offices = {pair: waiting(days) for pair, days in by_office.items()}
    found.courses = [Course(steps, len(days), median(days)) for steps, days in ways.items()]
    found.loops = [_loop(key, times) for key, times in loops.items()]
    return found


def slowest(found: Courses, most: int = 10) -> list[Course]:
    """The ways that took longest, the slowest first."""
    return sorted(found.courses, key=lambda course: (-course.days, course.steps))[:most]


def commonest_loops(found: Courses, most: int = 20) -> list[Loop]:
    return sorted(found.loops, key=lambda loop: (-loop.times, loop.back_from, loop.again))[:most]


def slowest_offices(found: Courses, most: int = 30) -> list[tuple[tuple[str, str], Waiting]]:
    """(step, office) and how long it was waited for there, where nine in ten waited longest."""
    return sorted(found.offices.items(), key=lambda pair: (-pair[1].ninetieth, pair[0]))[:most]


def titles_of(flow: type[CaseFlow]) -> dict[str, str]:
    """Step -> what it is called."""
    return {name: str(place.task_title) for name, place in places_of(flow).items() if isinstance(place, Step)}


def _stays(course: Sequence[Done], acts: Set[tuple[str, str]]) -> Iterator[Done]:
    """What was only noted in a step is part of the stay that follows it there."""
    since: datetime.datetime | None = None
    for number, one in enumerate(course):
        following = course[number + 1].step if number + 1 < len(course) else ""
        if (one.step, one.outcome) in acts and following == one.step:
            since = since or one.arrived
            continue
        yield one._replace(arrived=since or one.arrived)
        since = None


def _loops(course: Sequence[Done]) -> Iterator[tuple[tuple[str, str, str], float]]:
    """Each time a step came again: what led back to it, and the days from having left it to having done it again."""
    left: dict[str, datetime.datetime] = {}
    for number, one in enumerate(course):
        if one.step in left:
            before = course[number - 1]
            yield (before.step, before.outcome, one.step), _days(left[one.step], one.ended)
        left[one.step] = one.ended


def _loop(key: tuple[str, str, str], times: Sequence[tuple[int, float]]) -> Loop:
    cases = {case_id for case_id, _between in times}
    return Loop(*key, times=len(times), cases=len(cases), days=median(days for _case, days in times))


def _days(start: datetime.datetime, end: datetime.datetime) -> float:
    return (end - start).total_seconds() / DAY
