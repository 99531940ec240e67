"""Writing OCEL 2.0 as a SQLite database, in the standard's relational form.

Keys and references are declared and held to while it is written: a record that names what is not there, or a second one
of the same id, ends the writing.
"""

from __future__ import annotations

import datetime
import re
import sqlite3
from collections.abc import Iterable, Mapping
from contextlib import closing
from decimal import Decimal
from pathlib import Path

from workflows.eventlog.characters import spelled
from workflows.eventlog.ocel import SINCE_EVER, Contents, Kinds, OcelEvent, OcelObject, Record, Scalar, Types, moment

COLUMN_TYPES = {"string": "TEXT", "boolean": "BOOLEAN", "integer": "INTEGER", "float": "REAL", "time": "TIMESTAMP"}

# No journal, no waiting for the disk: the file is nobody's until it is whole.
SETTINGS = "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA foreign_keys=ON;"
TABLES = """
CREATE TABLE event_map_type (ocel_type TEXT NOT NULL PRIMARY KEY, ocel_type_map TEXT NOT NULL UNIQUE);
CREATE TABLE object_map_type (ocel_type TEXT NOT NULL PRIMARY KEY, ocel_type_map TEXT NOT NULL UNIQUE);
CREATE TABLE event (
    ocel_id TEXT NOT NULL PRIMARY KEY,
    ocel_type TEXT NOT NULL,
    FOREIGN KEY (ocel_type) REFERENCES event_map_type (ocel_type)
);
CREATE TABLE object (
    ocel_id TEXT NOT NULL PRIMARY KEY,
    ocel_type TEXT NOT NULL,
    FOREIGN KEY (ocel_type) REFERENCES object_map_type (ocel_type)
);
CREATE TABLE event_object (
    ocel_event_id TEXT NOT NULL,
    ocel_object_id TEXT NOT NULL,
    ocel_qualifier TEXT NOT NULL,
    PRIMARY KEY (ocel_event_id, ocel_object_id, ocel_qualifier),
    FOREIGN KEY (ocel_event_id) REFERENCES event (ocel_id),
    FOREIGN KEY (ocel_object_id) REFERENCES object (ocel_id)
) WITHOUT ROWID;
CREATE TABLE object_object (
    ocel_source_id TEXT NOT NULL,
    ocel_target_id TEXT NOT NULL,
    ocel_qualifier TEXT NOT NULL,
    PRIMARY KEY (ocel_source_id, ocel_target_id, ocel_qualifier),
    FOREIGN KEY (ocel_source_id) REFERENCES object (ocel_id),
    FOREIGN KEY (ocel_target_id) REFERENCES object (ocel_id)
) WITHOUT ROWID;
"""
EVENT_TABLE = """
CREATE TABLE {table} (
    ocel_id TEXT NOT NULL PRIMARY KEY,
    ocel_time TIMESTAMP NOT NULL{columns},
    FOREIGN KEY (ocel_id) REFERENCES event (ocel_id)
)
"""
# In the row of the beginning no field has changed: the third part of the key is empty there.
OBJECT_TABLE = """
CREATE TABLE {table} (
    ocel_id TEXT NOT NULL,
    ocel_time TIMESTAMP NOT NULL,
    ocel_changed_field TEXT{columns},
    PRIMARY KEY (ocel_id, ocel_time, ocel_changed_field),
    FOREIGN KEY (ocel_id) REFERENCES object (ocel_id)
)
"""


def write_ocel_sqlite(path: Path, records: Iterable[Record], object_types: Mapping[str, Kinds]) -> Contents:
    """Write the log into an empty file; return what it holds."""
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        database.executescript(SETTINGS)
        database.execute("BEGIN")
        # `executescript` would end the transaction.
        for statement in TABLES.split(";"):
            database.execute(statement)
        log = _Log(database, Types(object_types))
        for record in records:
            if isinstance(record, OcelObject):
                log.add_object(record)
            else:
                log.add_event(record)
        database.execute("COMMIT")
    return log.contents


class _Log:
    """The database under the pen, and which tables it has so far."""

    def __init__(self, database: sqlite3.Connection, types: Types) -> None:
        self.database = database
        self.types = types
        self.contents = Contents()
        self.tables: dict[str, str] = {}
        self.object_tables: dict[str, str] = {}
        for name, kinds in types.objects.items():
            self.object_tables[name] = self._map("object", name, name, self.object_tables)
            self._create(OBJECT_TABLE, self.object_tables[name], kinds)

    def add_object(self, record: OcelObject) -> None:
        self.types.check_object(record)
        table = self.object_tables[record.type]
        self._insert("object", ocel_id=spelled(record.id), ocel_type=spelled(record.type))
        first = {name: _value(value) for name, value in record.attributes.items()}
        self._insert(table, ocel_id=spelled(record.id), ocel_time=moment(SINCE_EVER), **first)
        for change in record.changes:
            changed = {"ocel_changed_field": change.name, change.name: _value(change.value)}
            self._insert(table, ocel_id=spelled(record.id), ocel_time=moment(change.at), **changed)
        links = [(spelled(record.id), spelled(link.object_id), link.qualifier) for link in record.links]
        self.database.executemany("INSERT INTO object_object VALUES (?, ?, ?)", links)
        self.contents.objects[record.type] += 1

    def add_event(self, record: OcelEvent) -> None:
        table = self._table_of(record)
        self._insert("event", ocel_id=spelled(record.id), ocel_type=spelled(record.type))
        values = {name: _value(value) for name, value in record.attributes.items()}
        self._insert(table, ocel_id=spelled(record.id), ocel_time=moment(record.at), **values)
        links = [(spelled(record.id), spelled(link.object_id), link.qualifier) for link in record.links]
        self.database.executemany("INSERT INTO event_object VALUES (?, ?, ?)", links)
        self.contents.events += 1

    def _table_of(self, record: OcelEvent) -> str:
        """Its type's table, made or widened when the type declares what it has not declared before."""
        fresh = self.types.check_event(record)
        if record.type not in self.tables:
            self.tables[record.type] = self._map("event", record.type, record.code, self.tables)
            self._create(EVENT_TABLE, self.tables[record.type], self.types.events[record.type])
        elif fresh:
            for name, kind in fresh.items():
                self.database.execute(
                    f"ALTER TABLE {_quoted(self.tables[record.type])} ADD COLUMN {_column(name, kind)}"
                )
        return self.tables[record.type]

    def _map(self, kind: str, name: str, code: str, others: Mapping[str, str]) -> str:
        """A table name for a type: its code in plain letters, unlike any other whatever the case of its letters."""
        plain = re.sub(r"[^A-Za-z0-9_]", "_", code) or "type"
        taken = {table.lower() for table in others.values()} | {"event_object", "event_map_type"}
        taken |= {"object_object", "object_map_type"}
        suffixes = ("", *(f"_{number}" for number in range(2, len(taken) + 3)))
        mapped = next(plain + suffix for suffix in suffixes if f"{kind}_{plain}{suffix}".lower() not in taken)
        self._insert(f"{kind}_map_type", ocel_type=spelled(name), ocel_type_map=mapped)
        return f"{kind}_{mapped}"

    def _create(self, form: str, table: str, kinds: Kinds) -> None:
        columns = "".join(f",\n    {_column(name, kind)}" for name, kind in kinds.items())
        self.database.execute(form.format(table=_quoted(table), columns=columns))

    def _insert(self, table: str, **values: str | int | float | None) -> None:
        names, marks = ", ".join(_quoted(name) for name in values), ", ".join("?" * len(values))
        self.database.execute(f"INSERT INTO {_quoted(table)} ({names}) VALUES ({marks})", list(values.values()))


def _column(name: str, kind: str) -> str:
    return f"{_quoted(name)} {COLUMN_TYPES[kind]}"


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _value(value: Scalar) -> str | int | float:
    if isinstance(value, str):
        return spelled(value)
    if isinstance(value, datetime.datetime):
        return moment(value)
    return float(value) if isinstance(value, Decimal) else value
