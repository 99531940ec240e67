"""The writers of OCEL 2.0: the same log in both formats, sound in each."""

from __future__ import annotations

import datetime
import sqlite3
import tracemalloc
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.workflows.eventlog.ocel_rules import Log, faults, read_json, read_sqlite
from tests.workflows.eventlog.samples import AWKWARD, NOON
from workflows.eventlog.log import NotWritable
from workflows.eventlog.ocel import Change, Changing, Contents, Link, OcelEvent, OcelObject, Record
from workflows.eventlog.ocel_json import write_ocel_json
from workflows.eventlog.ocel_sqlite import write_ocel_sqlite

KINDS = {
    "name": "string",
    "count": "integer",
    "yuan": "float",
    "half": "float",
    "done": "boolean",
    "on": "time",
    "state": "string",
}
TYPES = {"thing": KINDS, "Thing": {}, "object": {"name": "string"}}
VALUES: dict[str, Any] = {"name": "字", "count": 3, "yuan": Decimal("1950.00"), "half": 0.5, "done": True, "on": NOON}


def read(path: Path) -> Log:
    return read_json(path.read_bytes()) if path.suffix == ".json" else read_sqlite(path)


FORMATS = (("log.json", write_ocel_json), ("log.sqlite", write_ocel_sqlite))
both = pytest.mark.parametrize(("name", "write"), FORMATS, ids=["json", "sqlite"])
Write = Callable[..., Contents]


def thing(id_: str, **otherwise: Any) -> OcelObject:
    return OcelObject(id_, otherwise.pop("type", "thing"), otherwise.pop("attributes", {}), **otherwise)


def event(id_: str, *links: Link, **otherwise: Any) -> OcelEvent:
    given: dict[str, Any] = {
        "type": "受理",
        "code": "intake",
        "at": NOON,
        "kinds": KINDS,
        "attributes": {},
        **otherwise,
    }
    return OcelEvent(id_, links=links, **given)


def sample() -> Iterator[Record]:
    later = NOON + datetime.timedelta(hours=1)
    yield thing("a", attributes={**VALUES, "state": "open"}, changes=[Change("state", "closed", later)])
    yield thing("b", type="object", attributes={"name": ""}, links=[Link("a", "part of"), Link("a", "beside")])
    yield event("1", Link("a", "opens"), Link("b", "opens"), attributes=VALUES)
    yield event("2", Link("a", "closes"), Link("a", "files"), type="办结", code="close", attributes={"done": False})


@both
def test_a_log_is_sound_and_says_all(tmp_path: Path, name: str, write: Write) -> None:
    held = write(tmp_path / name, sample(), TYPES)

    log = read(tmp_path / name)
    assert faults(log) == []
    assert (held.objects, held.events) == ({"thing": 1, "object": 1}, 2)
    assert log.object_types == TYPES
    assert log.event_types == {"受理": KINDS, "办结": KINDS}
    first = log.objects[0]
    assert first.values[:2] == [("name", "字", "1970-01-01T00:00:00.000Z"), ("count", "3", "1970-01-01T00:00:00.000Z")]
    assert first.values[-1] == ("state", "closed", "2026-11-02T05:00:00.007Z")
    assert sorted(log.objects[1].links) == [("a", "beside"), ("a", "part of")]
    assert log.events[0].time == "2026-11-02T04:00:00.007Z"
    assert dict((key, value) for key, value, _ in log.events[0].values)["on"] == "2026-11-02T04:00:00.007Z"
    assert log.events[1].values == [("done", "false", "")]


def test_both_formats_hold_the_same(tmp_path: Path) -> None:
    logs = []
    for name, write in FORMATS:
        write(tmp_path / name, sample(), TYPES)
        logs.append(read(tmp_path / name))
        for each in [*logs[-1].objects, *logs[-1].events]:
            each.values = [
                (key, f"{float(text):.2f}" if key == "half" else text, time) for key, text, time in each.values
            ]
            each.links.sort()
    assert logs[0] == logs[1]


@both
def test_a_log_of_nothing_is_a_log(tmp_path: Path, name: str, write: Write) -> None:
    held = write(tmp_path / name, [], TYPES)

    log = read(tmp_path / name)
    assert faults(log) == []
    assert (held.events, held.objects.total(), log.events, log.objects) == (0, 0, [], [])
    assert log.object_types == TYPES


@both
@pytest.mark.parametrize("text", AWKWARD)
def test_any_text_stays_apart_and_related(tmp_path: Path, name: str, write: Write, text: str) -> None:
    records = [
        thing(f"case:{text}", attributes={"name": text}),
        thing("case:another"),
        event(f"{text}#1", Link(f"case:{text}", "in"), type=f"type {text}", code=text),
    ]
    write(tmp_path / name, records, TYPES)

    log = read(tmp_path / name)
    assert faults(log) == []
    assert len(log.objects) == 2
    assert log.events[0].links == [(log.objects[0].id, "in")]
    assert "case:" + (log.value(log.objects[0], "name") or "") == log.objects[0].id


def test_tables_are_named_in_plain_letters_and_never_twice(tmp_path: Path) -> None:
    codes = ("intake", "Intake", "in-take", "受理", "", "object", "map_type", "map-type")
    named = [event(str(number), type=f"类型{number}", code=code) for number, code in enumerate(codes)]
    write_ocel_sqlite(tmp_path / "log.sqlite", named, TYPES)

    with sqlite3.connect(tmp_path / "log.sqlite") as database:
        mapped = [name for (name,) in database.execute("SELECT ocel_type_map FROM event_map_type ORDER BY ocel_type")]
        objects = dict(database.execute("SELECT * FROM object_map_type"))
    database.close()
    assert mapped == ["intake", "Intake_2", "in_take", "__", "type", "object_2", "map_type_2", "map_type_3"]
    assert objects == {"thing": "thing", "Thing": "Thing_2", "object": "object_2"}
    assert [fault for fault in faults(read_sqlite(tmp_path / "log.sqlite")) if not fault.startswith("no object")] == []


@both
def test_a_type_met_again_with_more_declares_more(tmp_path: Path, name: str, write: Write) -> None:
    records = [
        thing("a"),
        event("1", Link("a", "in"), kinds={"name": "string"}, attributes={"name": "x"}),
        event("2", Link("a", "in"), kinds={"count": "integer"}, attributes={"count": 1}),
    ]
    write(tmp_path / name, records, TYPES)

    log = read(tmp_path / name)
    assert faults(log) == []
    assert log.event_types == {"受理": {"name": "string", "count": "integer"}}


@both
@pytest.mark.parametrize(
    "record",
    [
        thing("a", attributes={"count": "three"}),
        thing("a", attributes={"unheard": 1}),
        thing("a", changes=[Change("count", "three", NOON)]),
        thing("a", type="unheard", attributes={"count": 3}),
        event("1", attributes={"done": 1}),
        event("1", kinds={}, attributes={"count": 1}),
    ],
)
def test_a_value_that_is_not_as_declared_is_refused(tmp_path: Path, name: str, write: Write, record: Record) -> None:
    with pytest.raises(NotWritable, match="不是声明的样子"):
        write(tmp_path / name, [record], TYPES)


@pytest.mark.parametrize(
    "records",
    [
        [thing("a"), thing("a")],
        [event("1"), event("1")],
        [event("1", Link("nobody", "in"))],
        [thing("a", links=[Link("nobody", "in")])],
        [thing("a"), event("1", Link("a", "in"), Link("a", "in"))],
    ],
)
def test_the_database_itself_refuses_what_dangles_or_comes_twice(tmp_path: Path, records: Iterable[Record]) -> None:
    with pytest.raises(sqlite3.IntegrityError):
        write_ocel_sqlite(tmp_path / "log.sqlite", records, TYPES)


@both
def test_ten_times_the_records_take_no_more_memory(tmp_path: Path, name: str, write: Write) -> None:
    def records(count: int) -> Iterator[Record]:
        for number in range(count):
            yield thing(f"a{number}", attributes=VALUES)
            yield event(f"e{number}", Link(f"a{number}", "in"), attributes=VALUES)

    def peak(count: int) -> int:
        tracemalloc.start()
        write(tmp_path / f"{count}{name}", records(count), TYPES)
        _now, highest = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return highest

    peak(10)
    assert peak(2000) < peak(200) + 100_000


def test_a_value_is_written_down_only_when_it_is_new() -> None:
    minute, moment = datetime.timedelta(minutes=1), datetime.timedelta(microseconds=100)
    changing = Changing({"state": "draft"})
    for value, after in (("draft", 0), ("open", 1), ("open", 2), (None, 3), ("shut", 4)):
        changing.now("state", value, NOON + after * minute)
    changing.now("state", "gone", NOON + 4 * minute + moment)
    changing.now("count", 1, NOON)

    said = [(change.name, change.value, change.at) for change in changing.changes]
    assert said == [("state", "open", NOON + minute), ("state", "gone", NOON + 4 * minute), ("count", 1, NOON)]


def test_there_and_back_within_a_millisecond_is_no_change() -> None:
    changing = Changing({"state": "draft"})
    changing.now("state", "open", NOON)
    changing.now("state", "draft", NOON + datetime.timedelta(microseconds=5))

    assert changing.changes == []
