"""Writing rows that are already known to be right, in the fewest statements and the least time.

`bulk_create` and `save` prepare every column of every row through six calls each, which is nine tenths of what an
import of ten thousand applications, and half of what a single step, costs. Here the way a column is prepared is looked
up once for a model and a database. What is written is the same, row for row, as `tests/casework/test_rows.py`
holds against `bulk_create` on every model the gateway writes.

Not for models with `save()` logic or fields with `pre_save` (auto_now): ours have none on the road of a case.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from django.db import connection, models
from django.db.models.base import ModelState
from viewflow.workflow.fields import FlowReferenceField, TaskReferenceField

from casework.models.fields import EncryptedTextField

ROWS_A_STATEMENT = 500
WORTH_COPYING = 20
VALUES_A_STATEMENT = 30_000
"""SQLite takes 32,766 values in a statement, PostgreSQL 65,535."""

Prepare = Callable[[Any], Any]

AS_IT_IS = (
    models.CharField,
    models.TextField,
    models.IntegerField,
    models.BooleanField,
    models.AutoField,
    models.BigAutoField,
)


def insert_rows(model: type[models.Model], rows: Sequence[models.Model]) -> None:
    """Insert all, in order, giving each its key. References to rows inserted just before are followed."""
    if not rows:
        return
    plan = _plan(model, connection.vendor)
    size = max(1, min(ROWS_A_STATEMENT, VALUES_A_STATEMENT // len(plan.columns)))
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql" and len(rows) >= WORTH_COPYING:
            _copy_rows(cursor, plan, rows)
            return
        for start in range(0, len(rows), size):
            some = rows[start : start + size]
            values = [value for row in some for value in _values(row, plan.columns)]
            cursor.execute(_insert_sql(model, connection.vendor, len(some)), values)
            _written(some, cursor.fetchall())


def _copy_rows(cursor: Any, plan: _Plan, rows: Sequence[models.Model]) -> None:
    """PostgreSQL's own way for many rows: keys drawn from the sequence first, then one COPY. Constraints and
    triggers hold as ever."""
    cursor.execute(
        "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)", [*plan.serial, len(rows)]
    )
    keys = cursor.fetchall()
    names = ", ".join([plan.key, *plan.quoted.values()])
    with cursor.copy(f"COPY {plan.table} ({names}) FROM STDIN") as copy:
        for row, (key,) in zip(rows, keys, strict=True):
            copy.write_row([key, *_values(row, plan.columns)])
    _written(rows, keys)


def _written(rows: Sequence[models.Model], keys: Sequence[tuple[int]]) -> None:
    for row, (key,) in zip(rows, keys, strict=True):
        row.pk = key
        row._state.adding = False
        row._state.db = connection.alias


def update_row(row: models.Model, names: Sequence[str]) -> None:
    """Update these columns of one row, by key. Raises `LookupError` when there is no such row."""
    plan = _plan(type(row), connection.vendor)
    sets = ", ".join(f"{plan.quoted[name]} = %s" for name in names)
    sql = f"UPDATE {plan.table} SET {sets} WHERE {plan.key} = %s"
    with connection.cursor() as cursor:
        cursor.execute(sql, [*_values(row, [plan.by_name[name] for name in names]), row.pk])
        if cursor.rowcount != 1:
            raise LookupError(f"{plan.table} {row.pk}")


def update_rows(model: type[models.Model], rows: Sequence[models.Model], names: Sequence[str]) -> None:
    """Update these columns of many rows, each to its own values, in a statement for every few hundred. Raises
    `LookupError` when one is not there."""
    if not rows:
        return
    plan = _plan(model, connection.vendor)
    columns = [plan.by_name[name] for name in names]
    size = min(ROWS_A_STATEMENT, VALUES_A_STATEMENT // (len(names) + 1))
    with connection.cursor() as cursor:
        for start in range(0, len(rows), size):
            some = rows[start : start + size]
            values = [value for row in some for value in (row.pk, *_values(row, columns))]
            cursor.execute(_update_sql(model, connection.vendor, tuple(names), len(some)), values)
            if cursor.rowcount != len(some):
                raise LookupError(f"{plan.table}: {len(some) - cursor.rowcount} of {len(some)} rows")


M = TypeVar("M", bound=models.Model)


def new_row(model: type[M], **values: Any) -> M:
    """An unsaved row, as `model(**values)` makes it, at a third of the time.

    A reference may be given as the object, saved or not. No `__init__`, no init signals (we have neither), and an
    unknown name is a `TypeError` as usual.
    """
    plan = _blank(model)
    row = model.__new__(model)
    row._state = ModelState()
    held = row.__dict__
    held.update(plan.constants)
    for column, make in plan.makers:
        if column not in values:
            held[column] = make()
    for name, value in values.items():
        if (attname := plan.relations.get(name)) is not None:
            row._state.fields_cache[name] = value
            held[attname] = value.pk
        elif name in plan.names:
            held[name] = value
        else:
            raise TypeError(f"{model.__name__} has no column {name!r}")
    return row


class _Blank:
    """What a fresh row of a model holds before anything is said of it."""

    def __init__(self, model: type[models.Model]) -> None:
        fields = model._meta.concrete_fields
        self.names = {field.attname for field in fields}
        self.relations = {field.name: str(field.attname) for field in fields if field.is_relation}
        made = {field.attname: field.default for field in fields if field.has_default() and callable(field.default)}
        self.makers = tuple(made.items())
        self.constants = {field.attname: field.get_default() for field in fields if field.attname not in made}


@functools.cache
def _blank(model: type[models.Model]) -> _Blank:
    return _Blank(model)


class _Plan:
    """A model's columns but its key, and the names of both in this database's quotes."""

    def __init__(self, model: type[models.Model]) -> None:
        fields = [field for field in model._meta.concrete_fields if not field.primary_key]
        quote = connection.ops.quote_name
        self.table = quote(model._meta.db_table)
        self.key = quote(str(model._meta.pk.column))
        self.serial = (self.table, str(model._meta.pk.column))
        self.quoted = {field.name: quote(str(field.column)) for field in fields}
        # attname, the name of the related object when it is a reference, and how the value is prepared
        self.columns = [
            (field.attname, field.name if field.is_relation else "", _prepare_of(field)) for field in fields
        ]
        self.by_name = {field.name: column for field, column in zip(fields, self.columns, strict=True)}


def _values(row: models.Model, columns: Sequence[tuple[str, str, Prepare | None]]) -> list[Any]:
    """A row's values for these columns, as the driver wants them."""
    held = row.__dict__
    found = []
    for attname, relation, prepare in columns:
        value = held.get(attname)
        if value is None:
            # Assigned while it had no key yet: it was inserted before this row, and has one now.
            related = row._state.fields_cache.get(relation) if relation else None
            found.append(None if related is None else related.pk)
        else:
            found.append(value if prepare is None else prepare(value))
    return found


@functools.cache
def _plan(model: type[models.Model], vendor: str) -> _Plan:
    return _Plan(model)


@functools.lru_cache(maxsize=256)
def _insert_sql(model: type[models.Model], vendor: str, count: int) -> str:
    plan = _plan(model, vendor)
    names = ", ".join(plan.quoted.values())
    one = "(" + ", ".join(["%s"] * len(plan.columns)) + ")"
    return f"INSERT INTO {plan.table} ({names}) VALUES {', '.join([one] * count)} RETURNING {plan.key}"


@functools.lru_cache(maxsize=256)
def _update_sql(model: type[models.Model], vendor: str, names: tuple[str, ...], count: int) -> str:
    """Both databases call the columns of a list of values column1, column2 …; PostgreSQL wants to know their types,
    and takes them from the first row."""
    plan = _plan(model, vendor)
    kinds = {field.name: field.rel_db_type(connection) for field in model._meta.concrete_fields if field.primary_key}
    kinds |= {field.name: field.db_type(connection) for field in model._meta.concrete_fields if not field.primary_key}
    typed = [f"%s::{kinds[name]}" for name in (str(model._meta.pk.name), *names)]
    plain = ["%s"] * len(typed)
    first = typed if vendor == "postgresql" else plain
    rows = ", ".join(f"({', '.join(row)})" for row in [first, *[plain] * (count - 1)])
    sets = ", ".join(f"{plan.quoted[name]} = given.column{place}" for place, name in enumerate(names, start=2))
    return f"UPDATE {plan.table} SET {sets} FROM (VALUES {rows}) AS given WHERE {plan.table}.{plan.key} = given.column1"


def _prepare_of(field: models.Field[Any, Any]) -> Prepare | None:
    """How a value of this field is handed to the driver; None when as it is."""
    ops = connection.ops
    if isinstance(field, models.ForeignKey):
        return None
    if isinstance(field, models.JSONField):
        return json.dumps
    if isinstance(field, models.DateTimeField):
        # A batch shares its moment.
        return functools.lru_cache(maxsize=256)(ops.adapt_datetimefield_value)
    if isinstance(field, models.DateField):
        return lambda value: ops.adapt_datefield_value(field.to_python(value))
    if isinstance(field, FlowReferenceField | TaskReferenceField | EncryptedTextField):
        return field.get_prep_value
    if isinstance(field, AS_IT_IS) and type(field).get_prep_value in _PLAIN:
        return _word if field.choices else None
    return lambda value: field.get_db_prep_save(value, connection)


_PLAIN = {kind.get_prep_value for kind in AS_IT_IS}


def _word(value: Any) -> Any:
    """A choice's plain value: a driver need not know our enums."""
    return getattr(value, "value", value)
