"""Each rule of the judge of OCEL, broken once in each format: it must say so."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.workflows.eventlog.ocel_rules import faults, read_json, read_sqlite
from tests.workflows.eventlog.test_ocel_writers import TYPES, sample
from workflows.eventlog.ocel_json import write_ocel_json
from workflows.eventlog.ocel_sqlite import write_ocel_sqlite

Body = dict[str, Any]


def put(place: tuple[Any, ...], value: Any) -> Callable[[Body], None]:
    """Put a value at a place of the body; None takes away what is there."""

    def change(body: Body) -> None:
        inside: Any = body
        for step in place[:-1]:
            inside = inside[step]
        if value is None:
            del inside[place[-1]]
        else:
            inside[place[-1]] = value

    return change


def again(name: str) -> Callable[[Body], None]:
    return lambda body: body[name].append(body[name][0])


FIRST = ("objects", 0, "attributes", 0)
IN_JSON: tuple[tuple[str, Callable[[Body], None]], ...] = (
    ("shape: log without objects", put(("objects",), None)),
    ("shape: log with version", put(("version",), "2.0")),
    ("shape: objects is no list", put(("objects",), {})),
    ("shape: event is no object", put(("events", 0), "受理")),
    ("shape: event without time", put(("events", 0, "time"), None)),
    ("shape: object with name", put(("objects", 0, "name"), "a")),
    ("shape: id of object is no text", put(("objects", 0, "id"), 1)),
    ("shape: value of object value is no text", put((*FIRST, "value"), 3)),
    ("shape: object value without time", put((*FIRST, "time"), None)),
    ("shape: event value with time", put(("events", 0, "attributes", 0, "time"), "1970-01-01T00:00:00.000Z")),
    ("shape: relation without qualifier", put(("events", 0, "relationships", 0, "qualifier"), None)),
    ("shape: declared without type", put(("eventTypes", 0, "attributes", 0, "type"), None)),
    ("kind: number", put(("eventTypes", 0, "attributes", 1, "type"), "number")),
    ("type twice", again("eventTypes")),
    ("id twice: a", again("objects")),
    ("id twice: 1", again("events")),
    ("dangling: c from 1", put(("events", 0, "relationships", 0, "objectId"), "c")),
    ("dangling: c from b", put(("objects", 1, "relationships", 0, "objectId"), "c")),
    ("no qualifier", put(("events", 0, "relationships", 0, "qualifier"), "")),
    ("link twice", put(("objects", 1, "relationships", 0, "qualifier"), "beside")),
    ("no object: 1", put(("events", 0, "relationships"), [])),
    ("type not declared", put(("events", 0, "type"), "审核")),
    ("type not declared", put(("objects", 0, "type"), "case")),
    ("attribute not declared", put((*FIRST, "name"), "title")),
    ("value: three is no integer", put(("objects", 0, "attributes", 1, "value"), "three")),
    ("value: 1,950.00 is no float", put(("objects", 0, "attributes", 2, "value"), "1,950.00")),
    ("value: True is no boolean", put(("objects", 0, "attributes", 4, "value"), "True")),
    ("value: 2026-11-02 is no time", put(("objects", 0, "attributes", 5, "value"), "2026-11-02")),
    ("value: 2026-13-02T04:", put(("objects", 0, "attributes", 5, "value"), "2026-13-02T04:00:00.007Z")),
    ("event time", put(("events", 0, "time"), "2026-11-02T12:00:00.007")),
    ("event time", put(("events", 0, "time"), "2026-11-02T12:00:00Z")),
    ("object time", put((*FIRST, "time"), "1970-01-01T00:00:00Z")),
    ("value twice: name of a", put(("objects", 0, "attributes", 1, "name"), "name")),
    ("value twice: name of 1", put(("events", 0, "attributes", 1, "name"), "name")),
)  # fmt: skip

IN_SQLITE = (
    ("dangling", "DELETE FROM object WHERE ocel_id = 'a'"),
    ("dangling", "UPDATE event_object SET ocel_object_id = 'c' WHERE ocel_event_id = '1' AND ocel_object_id = 'a'"),
    ("dangling", "UPDATE object_object SET ocel_target_id = 'c' WHERE ocel_qualifier = 'beside'"),
    ("dangling", "UPDATE event SET ocel_type = '审核' WHERE ocel_id = '1'"),
    ("dangling", "INSERT INTO event_intake (ocel_id, ocel_time) VALUES ('3', '2026-11-02T04:00:00.007Z')"),
    ("table missing: event_object", "DROP TABLE event_object"),
    ("table missing: event_intake", "DROP TABLE event_intake"),
    ("table unknown: event_more", "CREATE TABLE event_more (ocel_id TEXT PRIMARY KEY)"),
    ("primary key: of object", "ALTER TABLE object RENAME COLUMN ocel_id TO id"),
    ("primary key: of event_intake", "DROP TABLE event_intake; CREATE TABLE event_intake (ocel_id TEXT)"),
    ("foreign key: of event_intake", "DROP TABLE event_intake; CREATE TABLE event_intake (ocel_id TEXT PRIMARY KEY)"),
    ("no time: event_intake", "ALTER TABLE event_intake RENAME COLUMN ocel_time TO time"),
    ("kind: NUMBER", "ALTER TABLE event_intake ADD COLUMN more NUMBER"),
    ("rows: 1", "DELETE FROM event_intake"),
    ("rows: 1", "UPDATE event SET ocel_type = '办结' WHERE ocel_id = '1'"),
    ("rows: a", "DELETE FROM object_thing WHERE ocel_changed_field IS NULL"),
    ("rows: b", "INSERT INTO object_object_2 (ocel_id, ocel_time) VALUES ('b', '1970-01-01T00:00:00.000Z')"),
    ("beginning: b", "UPDATE object_object_2 SET ocel_time = '2026-11-02T04:00:00.007Z'"),
    ("changed field", "UPDATE object_thing SET ocel_changed_field = 'name' WHERE ocel_changed_field = 'state'"),
    ("value: three is no integer", "UPDATE object_thing SET count = 'three' WHERE ocel_changed_field IS NULL"),
    ("value: 2 is no boolean", "UPDATE event_intake SET done = 2"),
    ("value: 2026-11-02 is no time", "UPDATE event_intake SET \"on\" = '2026-11-02'"),
    ("event time", "UPDATE event_intake SET ocel_time = '2026-11-02 12:00:00'"),
    ("object time", "UPDATE object_thing SET ocel_time = '2026-11-02T05:00:00' WHERE ocel_changed_field = 'state'"),
    ("no qualifier", "UPDATE event_object SET ocel_qualifier = '' WHERE ocel_qualifier = 'files'"),
    ("no object: 1", "DELETE FROM event_object WHERE ocel_event_id = '1'"),
)  # fmt: skip


@pytest.fixture
def in_json(tmp_path: Path) -> Body:
    write_ocel_json(tmp_path / "log.json", sample(), TYPES)
    body: Body = json.loads((tmp_path / "log.json").read_bytes())
    return body


@pytest.fixture
def in_sqlite(tmp_path: Path) -> Path:
    write_ocel_sqlite(tmp_path / "log.sqlite", sample(), TYPES)
    return tmp_path / "log.sqlite"


@pytest.mark.parametrize(("rule", "spoil"), IN_JSON, ids=[rule for rule, _spoil in IN_JSON])
def test_a_rule_broken_in_json_is_seen(in_json: Body, rule: str, spoil: Callable[[Body], None]) -> None:
    assert faults(read_json(json.dumps(in_json).encode())) == []

    spoil(in_json)

    found = faults(read_json(json.dumps(in_json).encode()))
    assert any(fault.startswith(rule) for fault in found), found


def test_a_key_twice_in_json_is_seen(in_json: Body) -> None:
    twice = json.dumps(in_json).replace('"id": "a"', '"id": "x", "id": "a"')

    with pytest.raises(ValueError, match="a key twice"):
        read_json(twice.encode())


@pytest.mark.parametrize(("rule", "statements"), IN_SQLITE, ids=[f"{rule} {sql[:24]}" for rule, sql in IN_SQLITE])
def test_a_rule_broken_in_sqlite_is_seen(in_sqlite: Path, rule: str, statements: str) -> None:
    assert faults(read_sqlite(in_sqlite)) == []

    with closing(sqlite3.connect(in_sqlite)) as database:
        database.executescript(f"PRAGMA foreign_keys=OFF; PRAGMA legacy_alter_table=ON; {statements}")

    found = faults(read_sqlite(in_sqlite))
    assert any(fault.startswith(rule) for fault in found), found
