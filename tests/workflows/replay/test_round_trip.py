"""Any log comes in and goes out again as it was: every case, every event, in its order, at its instant."""

from __future__ import annotations

import io
from collections import Counter
from itertools import pairwise
from pathlib import Path
from typing import Any

from django.db import transaction
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from casework.models import Case, Event, ReplayedLog, WorkItem
from tests.workflows.replay.logs import ASKED, NAMES, TIMES, Trace, any_traces, log, put, read, said, told
from tests.workflows.replay.logs import Event as Said
from tests.world import World
from workflows import trail
from workflows.eventlog.xes import write_xes
from workflows.replay.bringing_in import bring_in
from workflows.replay.comparing import compare
from workflows.replay.handing_back import header, traces

IN_ONE_DATABASE = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)

EVERY_NAME_AND_TIME = [
    Trace(name, [Said(other, time) for other, time in zip(NAMES, TIMES * 3, strict=False)]) for name in NAMES
]
LOOPS = [Trace("NA", [Said("a")] * 5), Trace("NA", [Said("a"), Said("b")] * 4), Trace("", [Said("b")])]
BACKWARDS = [Trace("1", [Said(word, time) for word, time in zip("abcab", reversed(TIMES[:5]), strict=True)])]
NOTHING_AT_ALL = [Trace(None, []), Trace(None, []), Trace("one", [Said(None, None, None)])]


def handed_back(row: ReplayedLog) -> bytes:
    file = io.BytesIO()
    write_xes(file, header(row), traces(row))
    return file.getvalue()


def graph(cases: list[tuple[Any, list[tuple[Any, Any, Any]]]]) -> Counter[tuple[Any, Any]]:
    return Counter((one[0], other[0]) for _name, events in cases for one, other in pairwise(events))


@IN_ONE_DATABASE
@given(any_traces(), st.sampled_from(["log.xes", "log.xes.gz"]))
@example(EVERY_NAME_AND_TIME, "log.xes")
@example(LOOPS, "log.xes.gz")
@example(BACKWARDS, "log.xes")
@example(NOTHING_AT_ALL, "log.xes")
def test_what_comes_in_goes_out_as_it_was(
    world: World, tmp_path: Path, given_traces: list[Trace], file_name: str
) -> None:
    path = put(tmp_path, log(*given_traces), file_name)
    with transaction.atomic():
        found = bring_in(path, ASKED)
        again = read(put(tmp_path, handed_back(found.log), "again.xes"))
        compared = compare(path, found.log)
        broken = list(trail.breaks())
        waiting = WorkItem.objects.filter(finished=None).count()
        stages = set(Case.objects.values_list("stage", flat=True))
        transaction.set_rollback(True)

    before, after = told(given_traces), said(again)
    assert [events for _name, events in after] == [events for _name, events in before]
    assert graph(after) == graph(before)
    unnamed = [number for number, (name, _events) in enumerate(before) if name is None]
    assert [name for number, (name, _events) in enumerate(after) if number not in unnamed] == [
        name for name, _events in before if name is not None
    ]
    assert all(after[number][0] for number in unnamed)
    assert compared.difference == ""
    assert (compared.kept.cases, compared.kept.events) == (len(before), sum(len(events) for _name, events in before))
    assert (broken, waiting, stages) == ([], 0, {"archived"})


def test_the_order_is_the_documents_whatever_the_clock_says(world: World, tmp_path: Path) -> None:
    traces_given = [Trace("1", [Said("late", "2020-01-02T00:00:00Z"), Said("early", "2020-01-01T00:00:00Z")])]
    found = bring_in(put(tmp_path, log(*traces_given)), ASKED)

    case = Case.objects.get(programme=found.log.slug)
    steps = Event.objects.filter(chain=case.number, action="decided").order_by("seq")
    assert [event.details["step"] for event in steps] == ["a1", "a2"]
    assert steps[0].at > steps[1].at
