"""Holding the database against the file: whatever differs is found, and the first of it is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from casework.models import ReplayedLog
from tests.workflows.replay.logs import ASKED, Event, Trace, log, plain, put
from tests.world import World
from workflows.archived.shape import Activity, Name, Shape
from workflows.replay import comparing
from workflows.replay.bringing_in import bring_in
from workflows.replay.comparing import Side, compare
from workflows.replay.past import PastCase, PastEvent

TIME, LATER = "2020-05-04T10:00:00.000+02:00", "2020-05-04T10:00:00.001+02:00"
TRACES = [Trace("one", [Event("a", TIME), Event("b", TIME)]), Trace("two", [Event("b", TIME)])]


@pytest.fixture
def row(world: World, tmp_path: Path) -> ReplayedLog:
    return bring_in(put(tmp_path, log(*TRACES)), ASKED).log


def difference(folder: Path, row: ReplayedLog, *traces: Trace) -> str:
    return compare(put(folder, log(*traces), "other.xes"), row).difference


def test_the_same_instants_in_another_zone_are_no_difference(row: ReplayedLog, tmp_path: Path) -> None:
    assert difference(tmp_path, row, *TRACES) == ""
    elsewhere = [Trace("one", [Event("a", "2020-05-04T08:00:00Z"), Event("b", TIME)]), TRACES[1]]
    assert difference(tmp_path, row, *elsewhere) == ""


@pytest.mark.parametrize(
    ("traces", "said"),
    [
        ([TRACES[0]], "第2件：文件里没有。"),
        ([*TRACES, TRACES[0]], "第3件：数据库里没有。"),
        ([TRACES[1], TRACES[0]], "第1件（文件第3行）：案号不同。"),
        ([Trace("one", [Event("b", TIME), Event("a", TIME)]), TRACES[1]], "第1条：文件里是“b”，数据库里是“a”。"),
        ([Trace("one", [Event("a", TIME)]), TRACES[1]], "第2条：文件里没有。"),
        ([TRACES[0], Trace("two", [Event("b", TIME), Event("b", TIME)])], "第2件（文件第6行）第2条：数据库里没有。"),
        ([Trace("one", [Event("a", TIME), Event("b", LATER)]), TRACES[1]], "第2条：时间不同。"),
        ([Trace("one", [Event("a", TIME), Event("b", None)]), TRACES[1]], "第2条：时间不同。"),
        ([Trace("one", [Event("a", TIME), Event(None, TIME)]), TRACES[1]], "文件里是“（没有名称）”，数据库里是“b”"),
        ([Trace("one", [Event("a", TIME, "start"), Event("b", TIME)]), TRACES[1]], "第1条：生命周期不同。"),
        ([Trace("one", [Event("a", TIME, None), Event("b", TIME)]), TRACES[1]], "第1条：生命周期不同。"),
    ],
)
def test_the_first_difference_is_named(row: ReplayedLog, tmp_path: Path, traces: list[Trace], said: str) -> None:
    assert said in difference(tmp_path, row, *traces)


def test_the_graphs_are_compared_by_themselves(
    row: ReplayedLog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even if nobody looked at the cases one by one."""
    monkeypatch.setattr(comparing, "_between", lambda theirs, ours: "")

    assert difference(tmp_path, row, *TRACES) == ""
    assert difference(tmp_path, row, *TRACES, TRACES[1]) == "案件数或事件数不同。"
    turned = [Trace("one", [Event("b", TIME), Event("a", TIME)]), TRACES[1]]
    assert difference(tmp_path, row, *turned) == "先后关系不同。"
    # One pair fewer of a-b, one more of nothing: begins and ends tell it.
    moved = [Trace("one", [Event("a", TIME)]), Trace("two", [Event("b", TIME), Event("b", TIME)])]
    assert difference(tmp_path, row, *moved) == "先后关系不同。"


def test_a_graph_is_of_names_and_not_of_the_order_they_were_met_in() -> None:
    one, other = Side(Shape()), Side(Shape())
    cases = [PastCase(1, None, []), *_cases("ab"), *_cases("ba")]
    for case in cases:
        one.add(case)
    for case in reversed(cases):
        other.add(case)

    assert one.shape.activities != other.shape.activities
    assert one.graph() == other.graph()
    assert one.begins_and_ends() == other.begins_and_ends()


def _cases(activities: str) -> list[PastCase]:
    from_file = plain("1", activities)
    return [PastCase(1, None, [PastEvent(_name(event.activity), None, None) for event in from_file.events])]


def _name(text: str | None) -> Activity:
    return None if text is None else Name("string", text)
