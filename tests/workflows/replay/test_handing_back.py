"""A log handed back: sound XES, to the letter of what came in."""

from __future__ import annotations

import io
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from casework.models import ReplayedLog
from tests.workflows.eventlog.xes_rules import faults
from tests.workflows.replay.logs import ASKED, NAMES, SMALL, Event, Trace, log, plain, put
from tests.world import World
from workflows.eventlog.literals import is_value
from workflows.eventlog.xes import write_xes
from workflows.replay import looking_back, setting_down
from workflows.replay.bringing_in import bring_in
from workflows.replay.handing_back import header, traces


def handed_back(row: ReplayedLog) -> bytes:
    file = io.BytesIO()
    write_xes(file, header(row), traces(row))
    return file.getvalue()


def test_it_breaks_no_rule_of_the_standard(world: World, tmp_path: Path) -> None:
    assert faults(handed_back(bring_in(put(tmp_path, SMALL), ASKED).log)) == []


def test_any_name_is_handed_back_without_breaking_a_rule(world: World, tmp_path: Path) -> None:
    odd = log(*(Trace(name, [Event(other) for other in NAMES]) for name in NAMES))
    assert faults(handed_back(bring_in(put(tmp_path, odd), ASKED).log)) == []


def test_names_and_times_are_handed_back_to_the_letter(world: World, tmp_path: Path) -> None:
    data = b"""<log><trace><int key="concept:name" value="007"/>
    <event><string key="concept:name" value="_x0041_ &lt;&#10;"/>
    <date key="time:timestamp" value="2017-01-09T09:17:18.123456+05:45"/></event>
    <event><float key="concept:name" value="1.50"/><string key="lifecycle:transition" value="Complete"/></event>
    </trace></log>"""
    root = ET.fromstring(handed_back(bring_in(put(tmp_path, data), ASKED).log))

    (trace,) = root.findall("trace")
    assert [(one.tag, dict(one.attrib)) for one in trace if one.tag != "event"] == [
        ("int", {"key": "concept:name", "value": "007"})
    ]
    assert [[(one.tag, one.get("key"), one.get("value")) for one in event] for event in trace.findall("event")] == [
        [
            ("string", "concept:name", "_x0041_ <\n"),
            ("date", "time:timestamp", "2017-01-09T09:17:18.123456+05:45"),
        ],
        [("float", "concept:name", "1.50"), ("string", "lifecycle:transition", "Complete")],
    ]


def test_a_name_that_is_none_of_its_own_type_is_handed_back_as_a_text(world: World, tmp_path: Path) -> None:
    names = [("int", "A17"), ("float", "1,5"), ("boolean", "True"), ("date", "yesterday"), ("int", "12"), ("id", "x y")]
    events = "".join(f'<event><{kind} key="concept:name" value="{text}"/></event>' for kind, text in names)
    data = f'<log><trace><int key="concept:name" value="K 1"/>{events}</trace></log>'.encode()
    again = handed_back(bring_in(put(tmp_path, data), ASKED).log)

    # The standard would have every name a text; the schema is content with one that is of its own type.
    assert [one for one in faults(again) if not one.startswith("type: concept:name is")] == []
    (trace,) = ET.fromstring(again).findall("trace")
    assert (trace[0].tag, trace[0].get("value")) == ("string", "K 1")
    told = [(event[0].tag, event[0].get("value")) for event in trace.findall("event")]
    assert told == [
        ("string", "A17"),
        ("string", "1,5"),
        ("string", "True"),
        ("string", "yesterday"),
        ("int", "12"),
        ("id", "x y"),
    ]


def test_times_without_a_zone_go_out_without_one(world: World, tmp_path: Path) -> None:
    """What is a time by the schema: our own files say more, a zone with every one."""
    times = ["2017-01-09T09:17:18.000", "2017-07-09T09:17:18.000", "1850-07-09T09:17:18.000"]
    data = log(Trace("1", [Event("a", time) for time in (*times, "2017-01-09T09:17:18.000Z")]))
    again = handed_back(bring_in(put(tmp_path, data), ASKED).log)

    told = [one.get("value") or "" for one in ET.fromstring(again).iter("date")]
    assert told == [*times, "2017-01-09T09:17:18.000+00:00"]
    assert all(is_value("date", one) for one in told)
    assert faults(again) == [f"value: date '{time}' in event" for time in times]


def test_a_case_without_a_name_is_given_its_place_and_no_two_the_same(world: World, tmp_path: Path) -> None:
    row = bring_in(put(tmp_path, log(Trace(None, []), plain("", "a"), Trace(None, [Event("a")]))), ASKED).log
    names = [trace[0].get("value") for trace in ET.fromstring(handed_back(row)).findall("trace")]

    assert names == ["（无案号 1）", "", "（无案号 3）"]


@pytest.mark.parametrize(("activity", "promised"), [("a", True), ("", True), (None, False)])
def test_a_classifier_is_promised_only_where_every_event_has_a_name(
    world: World, tmp_path: Path, activity: str | None, promised: bool
) -> None:
    row = bring_in(put(tmp_path, log(Trace("1", [Event(activity), Event("b")]))), ASKED).log
    root = ET.fromstring(handed_back(row))

    assert [one.get("keys") for one in root.findall("classifier")] == (["concept:name"] if promised else [])


def test_a_log_that_was_set_down_in_part_is_handed_back_in_part(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(setting_down, "CASES_A_CHUNK", 2)

    def stop(done: int, of: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        bring_in(put(tmp_path, SMALL), ASKED, told=stop)

    root = ET.fromstring(handed_back(ReplayedLog.objects.get()))
    assert [trace[0].get("value") for trace in root.findall("trace")] == ["one", "two"]


def test_cases_are_read_together_only_as_far_as_their_trails_are_short(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: object
) -> None:
    lengths = [1, 2, 30, 1, 1, 0, 40]
    row = bring_in(put(tmp_path, log(*(plain(str(length), "a" * length) for length in lengths))), ASKED).log
    monkeypatch.setattr(looking_back, "EVENTS_A_READ", 20)

    # The cases; the first two, the long one, the three after it, the other long one; and that there are no more.
    with django_assert_num_queries(6):  # type: ignore[operator]  # pytest-django's
        assert [len(case.events) for case in looking_back.past_cases(row)] == lengths


def test_as_many_statements_whatever_the_length_of_the_cases(
    world: World, tmp_path: Path, django_assert_num_queries: object
) -> None:
    row = bring_in(put(tmp_path, log(*(plain(str(number), "abcdefg") for number in range(50)))), ASKED).log

    # The cases, their events, and that there are no more.
    with django_assert_num_queries(3):  # type: ignore[operator]  # pytest-django's
        assert sum(len(list(trace.events)) for trace in traces(row)) == 350
