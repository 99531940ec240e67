"""The rules of OCEL 2.0, held in code for both formats: shapes, keys, types, times, and that nothing dangles.

The standard's JSON schema takes dangling references and ids that come twice; a reader takes nearly anything.
"""

from __future__ import annotations

import datetime
import json
import re
import sqlite3
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}(?:Z|[+-]\d\d:\d\d)")
FORMS = {
    "string": re.compile(r".*", re.DOTALL),
    "integer": re.compile(r"-?\d+"),
    "float": re.compile(r"-?\d+(?:\.\d+)?(?:e[+-]?\d+)?"),
    "boolean": re.compile("true|false"),
    "time": TIME,
}
COLUMN_KINDS = {"TEXT": "string", "INTEGER": "integer", "REAL": "float", "BOOLEAN": "boolean", "TIMESTAMP": "time"}
SINCE_EVER = "1970-01-01T00:00:00.000Z"
SHAPE: Mapping[str, tuple[set[str], set[str]]] = {
    "log": ({"eventTypes", "objectTypes", "events", "objects"}, set()),
    "type": ({"name", "attributes"}, set()),
    "declared": ({"name", "type"}, set()),
    "event": ({"id", "type", "time"}, {"attributes", "relationships"}),
    "object": ({"id", "type"}, {"attributes", "relationships"}),
    "event value": ({"name", "value"}, set()),
    "object value": ({"name", "value", "time"}, set()),
    "relation": ({"objectId", "qualifier"}, set()),
}
"""What the schema wants of each thing, and what more it knows."""

Types = dict[str, dict[str, str]]


@dataclass
class Thing:
    """An event or an object, whatever format it came in. Values are texts; those of events have no time."""

    id: str
    type: str
    time: str = ""
    values: list[tuple[str, str, str]] = field(default_factory=list)
    links: list[tuple[str, str]] = field(default_factory=list)


@dataclass
class Log:
    """A log as read, with the faults that reading it brought to light."""

    object_types: Types = field(default_factory=dict)
    event_types: Types = field(default_factory=dict)
    objects: list[Thing] = field(default_factory=list)
    events: list[Thing] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def of_type(self, name: str) -> list[Thing]:
        return [thing for thing in [*self.objects, *self.events] if thing.type == name]

    def value(self, thing: Thing, name: str) -> str | None:
        """The last value of an attribute."""
        found = [value for key, value, _time in thing.values if key == name]
        return found[-1] if found else None


def faults(log: Log) -> list[str]:
    """Every rule that is broken, as `rule: where`; none for a sound log."""
    return [*log.faults, *_faults(log)]


def _faults(log: Log) -> Iterator[str]:
    for things in (log.objects, log.events):
        yield from (f"id twice: {key}" for key, times in Counter(thing.id for thing in things).items() if times > 1)
    there = {thing.id for thing in log.objects}
    for thing in log.objects:
        yield from _thing(thing, log.object_types, there)
        yield from (f"object time: {time} of {thing.id}" for *_, time in thing.values if not _is_time(time))
        stamped = Counter((name, time) for name, _value, time in thing.values)
        yield from (f"value twice: {key[0]} of {thing.id}" for key, times in stamped.items() if times > 1)
    for thing in log.events:
        yield from _thing(thing, log.event_types, there)
        if not _is_time(thing.time):
            yield f"event time: {thing.time} of {thing.id}"
        yield from (
            f"value twice: {name} of {thing.id}"
            for name, times in Counter(name for name, *_ in thing.values).items()
            if times > 1
        )
        if not thing.links:
            yield f"no object: {thing.id}"


def _thing(thing: Thing, types: Types, there: set[str]) -> Iterator[str]:
    if thing.type not in types:
        yield f"type not declared: {thing.type} of {thing.id}"
    kinds = types.get(thing.type, {})
    for name, value, _time in thing.values:
        if name not in kinds:
            yield f"attribute not declared: {name} of {thing.id}"
        elif not _is_a(kinds[name], value):
            yield f"value: {value} is no {kinds[name]} in {thing.id}"
    for target, qualifier in thing.links:
        if target not in there:
            yield f"dangling: {target} from {thing.id}"
        if not qualifier:
            yield f"no qualifier: {target} from {thing.id}"
    yield from (f"link twice: {key} from {thing.id}" for key, times in Counter(thing.links).items() if times > 1)


def _is_a(kind: str, text: str) -> bool:
    form = FORMS.get(kind)
    return form is not None and form.fullmatch(text) is not None and (kind != "time" or _is_time(text))


def _is_time(text: str) -> bool:
    if not TIME.fullmatch(text):
        return False
    try:
        return datetime.datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        return False


# -- JSON -------------------------------------------------------------------------------------------------------------


def read_json(data: bytes) -> Log:
    """The log, with the faults of its shape: a body of another shape is no log at all."""
    log, body = Log(), json.loads(data, object_pairs_hook=_no_key_twice)
    log.faults += _shape(body, "log")
    if log.faults:
        return log
    for name, types in (("objectTypes", log.object_types), ("eventTypes", log.event_types)):
        for each in _list(body, name, "type", log):
            if each["name"] in types:
                log.faults.append(f"type twice: {each['name']}")
            types[each["name"]] = {one["name"]: one["type"] for one in _list(each, "attributes", "declared", log)}
            unknown = set(types[each["name"]].values()) - FORMS.keys()
            log.faults += [f"kind: {kind}" for kind in unknown]
    log.objects = [_from_json(each, "object value", log) for each in _list(body, "objects", "object", log)]
    log.events = [_from_json(each, "event value", log) for each in _list(body, "events", "event", log)]
    return log


def _from_json(each: Mapping[str, Any], values: str, log: Log) -> Thing:
    thing = Thing(each["id"], each["type"], each.get("time", ""))
    thing.values = [(one["name"], one["value"], one.get("time", "")) for one in _list(each, "attributes", values, log)]
    thing.links = [(one["objectId"], one["qualifier"]) for one in _list(each, "relationships", "relation", log)]
    return thing


def _list(body: Mapping[str, Any], name: str, shape: str, log: Log) -> list[Any]:
    """Those of a list that have the shape; the others are faults."""
    found = body.get(name, [])
    if not isinstance(found, list):
        log.faults.append(f"shape: {name} is no list")
        return []
    sound = []
    for each in found:
        wrong = list(_shape(each, shape))
        log.faults += wrong
        sound += [] if wrong else [each]
    return sound


def _shape(body: Any, shape: str) -> Iterator[str]:
    must, may = SHAPE[shape]
    if not isinstance(body, dict):
        yield f"shape: {shape} is no object"
        return
    yield from (f"shape: {shape} without {name}" for name in sorted(must - body.keys()))
    yield from (f"shape: {shape} with {name}" for name in sorted(body.keys() - must - may))
    if shape != "log":
        texts = {name: value for name, value in body.items() if name not in ("attributes", "relationships")}
        yield from (
            f"shape: {name} of {shape} is no text" for name, value in texts.items() if not isinstance(value, str)
        )


def _no_key_twice(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError(f"a key twice among {[name for name, _value in pairs]}")
    return found


# -- SQLite -----------------------------------------------------------------------------------------------------------

KEYS = {
    "event": {"ocel_id"},
    "object": {"ocel_id"},
    "event_map_type": {"ocel_type"},
    "object_map_type": {"ocel_type"},
    "event_object": {"ocel_event_id", "ocel_object_id", "ocel_qualifier"},
    "object_object": {"ocel_source_id", "ocel_target_id", "ocel_qualifier"},
}
REFERENCES = {
    "event": {("ocel_type", "event_map_type", "ocel_type")},
    "object": {("ocel_type", "object_map_type", "ocel_type")},
    "event_map_type": set(),
    "object_map_type": set(),
    "event_object": {("ocel_event_id", "event", "ocel_id"), ("ocel_object_id", "object", "ocel_id")},
    "object_object": {("ocel_source_id", "object", "ocel_id"), ("ocel_target_id", "object", "ocel_id")},
}


def read_sqlite(path: Path) -> Log:
    """The log, with the faults of its tables, keys and references."""
    log = Log()
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database:
        database.execute("PRAGMA foreign_keys=ON")
        log.faults += _integrity(database)
        tables = {name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        for table in KEYS:
            log.faults += _keys(database, tables, table, KEYS[table], REFERENCES[table])
        if log.faults:
            return log
        log.objects = _from_tables(database, tables, "object", log)
        log.events = _from_tables(database, tables, "event", log)
    return log


def _integrity(database: sqlite3.Connection) -> Iterator[str]:
    yield from (f"dangling: {row}" for row in database.execute("PRAGMA foreign_key_check"))
    yield from (f"integrity: {said}" for (said,) in database.execute("PRAGMA integrity_check") if said != "ok")


def _keys(
    database: sqlite3.Connection, tables: set[str], table: str, key: set[str], references: set[tuple[str, str, str]]
) -> Iterator[str]:
    if table not in tables:
        yield f"table missing: {table}"
        return
    columns = database.execute("SELECT name, pk FROM pragma_table_info(?)", [table]).fetchall()
    if {name for name, place in columns if place} != key:
        yield f"primary key: of {table}"
    said = database.execute('SELECT "from", "table", "to" FROM pragma_foreign_key_list(?)', [table]).fetchall()
    if set(said) != references:
        yield f"foreign key: of {table}"


def _from_tables(database: sqlite3.Connection, tables: set[str], kind: str, log: Log) -> list[Thing]:
    """All events or all objects: each has its rows in the table of its type and in no other."""
    types = log.object_types if kind == "object" else log.event_types
    things = {key: Thing(key, name) for key, name in database.execute(f'SELECT ocel_id, ocel_type FROM "{kind}"')}
    mapped = dict(database.execute(f"SELECT ocel_type, ocel_type_map FROM {kind}_map_type"))
    if len({name.lower() for name in mapped.values()}) < len(mapped):
        log.faults.append(f"mapped twice: {kind}")
    known = {f"{kind}_{name}" for name in mapped.values()}
    own = {name for name in tables if name.startswith(f"{kind}_")} - KEYS.keys()
    log.faults += [f"table missing: {name}" for name in known - own] + [
        f"table unknown: {name}" for name in own - known
    ]
    for name, table in mapped.items():
        if f"{kind}_{table}" in own:
            types[name] = _rows(database, f"{kind}_{table}", name, things, kind, log)
    source, target, table = (
        ("ocel_source_id", "ocel_target_id", "object_object")
        if kind == "object"
        else ("ocel_event_id", "ocel_object_id", "event_object")
    )
    for key, other, qualifier in database.execute(f"SELECT {source}, {target}, ocel_qualifier FROM {table}"):
        things[key].links.append((other, qualifier))
    return list(things.values())


def _rows(
    database: sqlite3.Connection, table: str, type_: str, things: dict[str, Thing], kind: str, log: Log
) -> dict[str, str]:
    """Fill in what a type's table says of its things; give what it declares."""
    key = {"ocel_id"} if kind == "event" else {"ocel_id", "ocel_time", "ocel_changed_field"}
    log.faults += _keys(database, {table}, table, key, {("ocel_id", kind, "ocel_id")})
    info = database.execute("SELECT name, type FROM pragma_table_info(?)", [table]).fetchall()
    if ("ocel_time", "TIMESTAMP") not in info:
        log.faults.append(f"no time: {table}")
    kinds = {name: COLUMN_KINDS.get(form, form) for name, form in info if not name.startswith("ocel_")}
    log.faults += [f"kind: {form} in {table}" for form in set(kinds.values()) - FORMS.keys()]
    begun: Counter[str] = Counter()
    rows = database.execute(f'SELECT * FROM "{table}"')
    names = [column[0] for column in rows.description]
    for row in sorted(rows.fetchall(), key=lambda row: row[1]):
        cells = dict(zip(names, row, strict=True))
        begun[cells["ocel_id"]] += cells.get("ocel_changed_field") is None
        log.faults += _row(cells, things[cells["ocel_id"]], type_, kinds, kind)
    expected = Counter(thing.id for thing in things.values() if thing.type == type_)
    log.faults += [f"rows: {thing} in {table}" for thing in (begun | expected) if begun[thing] != expected[thing]]
    return kinds


def _row(cells: dict[str, Any], thing: Thing, type_: str, kinds: dict[str, str], kind: str) -> Iterator[str]:
    said = {name: _as_text(cells[name], kinds[name]) for name in kinds if cells[name] is not None}
    changed = cells.get("ocel_changed_field")
    if thing.type != type_:
        yield f"rows: {thing.id} in the table of {type_}"
    if kind == "event":
        thing.time = cells.get("ocel_time", "")
        thing.values += [(name, value, "") for name, value in said.items()]
        return
    if changed is None and cells["ocel_time"] != SINCE_EVER:
        yield f"beginning: {thing.id} at {cells['ocel_time']}"
    if changed is not None and set(said) != {changed}:
        yield f"changed field: {changed} of {thing.id}"
    thing.values += [(name, value, cells["ocel_time"]) for name, value in said.items()]


def _as_text(value: Any, kind: str) -> str:
    """A cell as JSON has it; one of another type than its column's keeps its look, and will not match."""
    if kind == "float" and isinstance(value, float):
        return f"{value:.2f}"
    if kind == "boolean" and value in (0, 1):
        return "true" if value else "false"
    return str(value) if isinstance(value, str | int) else repr(value)
