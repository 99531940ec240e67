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
import operator
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
    size = max(1, min(ROWS_A_STATEMENT, VALUES_A_STATEMENT // len(plan.quoted)))
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql" and len(rows) >= WORTH_COPYING:
            _copy_rows(cursor, plan, rows)
            return
        for start in range(0, len(rows), size):
            some = rows[start : start + size]
            values = [value for row in some for value in plan.columns.values(row)]
            cursor.execute(_insert_sql(model, connection.vendor, len(some)), values)
            _written(plan, some, cursor.fetchall())


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
            copy.write_row([key, *plan.columns.values(row)])
    _written(plan, rows, keys)


def _written(plan: _Plan, rows: Sequence[models.Model], keys: Sequence[tuple[int]]) -> None:
    name, alias = plan.key_name, connection.alias
    for row, (key,) in zip(rows, keys, strict=True):
        row.__dict__[name] = key
        row._state.adding = False
        row._state.db = alias


def update_row(row: models.Model, names: Sequence[str]) -> None:
    """Update these columns of one row, by key. Raises `LookupError` when there is no such row."""
    plan = _plan(type(row), connection.vendor)
    sets = ", ".join(f"{plan.quoted[name]} = %s" for name in names)
    sql = f"UPDATE {plan.table} SET {sets} WHERE {plan.key} = %s"
    with connection.cursor() as cursor:
        cursor.execute(sql, [*_columns(type(row), connection.vendor, tuple(names)).values(row), row.pk])
        if cursor.rowcount != 1:
            raise LookupError(f"{plan.table} {row.pk}")


def update_rows(rows: Sequence[models.Model], names: Sequence[str]) -> None:
    """Update these columns of many rows of one model, by key, some hundreds in a statement.

    Raises `LookupError` when one of them is not there; the statement before it may have been sent then.
    """
    if len(rows) < 2:
        for row in rows:
            update_row(row, names)
        return
    model = type(rows[0])
    plan = _plan(model, connection.vendor)
    columns = _columns(model, connection.vendor, tuple(names))
    size = max(1, min(ROWS_A_STATEMENT, VALUES_A_STATEMENT // (len(names) + 1)))
    with connection.cursor() as cursor:
        for start in range(0, len(rows), size):
            some = rows[start : start + size]
            values = [value for row in some for value in (row.pk, *columns.values(row))]
            cursor.execute(_update_sql(model, connection.vendor, tuple(names), len(some)), values)
            if cursor.rowcount != len(some):
                raise LookupError(f"{plan.table}: {cursor.rowcount} of {len(some)} rows")


M = TypeVar("M", bound=models.Model)


def new_row(model: type[M], **values: Any) -> M:
    """An unsaved row, as `model(**values)` makes it, at a third of the time.

    A reference may be given as the object, saved or not. No `__init__`, no init signals (we have neither), and an
    unknown name is a `TypeError` as usual.
    """
    blank = _blank(model, tuple(values))
    row = model.__new__(model)
    state = row._state = ModelState()
    held = row.__dict__
    held.update(blank.constants)
    for column, make in blank.makers:
        held[column] = make()
    held.update(values)
    for name, column in blank.relations:
        related = state.fields_cache[name] = held.pop(name)
        held[column] = related.pk
    return row


class _Blank:
    """What a fresh row of a model holds besides the columns that are named: looked up once for each set of names."""

    def __init__(self, model: type[models.Model], named: tuple[str, ...]) -> None:
        fields = model._meta.concrete_fields
        relations = {field.name: str(field.attname) for field in fields if field.is_relation}
        known = {str(field.attname) for field in fields} | relations.keys()
        if not known.issuperset(named):
            raise TypeError(f"{model.__name__} has no column {min(set(named) - known)!r}")
        self.relations = [(name, column) for name, column in relations.items() if name in named]
        made = {field.attname: field.default for field in fields if field.has_default() and callable(field.default)}
        self.makers = [(column, make) for column, make in made.items() if column not in named]
        self.constants = {field.attname: field.get_default() for field in fields if field.attname not in made}


@functools.lru_cache(maxsize=512)
def _blank(model: type[models.Model], named: tuple[str, ...]) -> _Blank:
    return _Blank(model, named)


class _Plan:
    """A model's columns but its key, and the names of both in this database's quotes."""

    def __init__(self, model: type[models.Model]) -> None:
        fields = [field for field in model._meta.concrete_fields if not field.primary_key]
        quote = connection.ops.quote_name
        self.table = quote(model._meta.db_table)
        self.key = quote(str(model._meta.pk.column))
        self.key_name = str(model._meta.pk.attname)
        self.serial = (self.table, str(model._meta.pk.column))
        self.quoted = {field.name: quote(str(field.column)) for field in fields}
        self.given = {field.name: _given(field) for field in fields}
        self.columns = _Columns(fields)


class _Columns:
    """Some columns of a model, and how a row's values for them are handed to the driver."""

    def __init__(self, fields: Sequence[models.Field[Any, Any]]) -> None:
        self.attnames = [str(field.attname) for field in fields]
        self.prepared = [(n, prepare) for n, field in enumerate(fields) if (prepare := _prepare_of(field)) is not None]
        self.relations = [(n, field.name) for n, field in enumerate(fields) if field.is_relation]
        # Of a single name it would give the value by itself.
        self._taken = operator.itemgetter(*self.attnames) if len(fields) > 1 else None

    def values(self, row: models.Model) -> list[Any]:
        """A row's values for these columns, as the driver wants them."""
        held = row.__dict__
        found = [held.get(name) for name in self.attnames] if self._taken is None else list(self._taken(held))
        for n, relation in self.relations:
            if found[n] is None:
                # Assigned while it had no key yet: it was inserted before this row, and has one now.
                related = row._state.fields_cache.get(relation)
                found[n] = None if related is None else related.pk
        for n, prepare in self.prepared:
            if (value := found[n]) is not None:
                found[n] = prepare(value)
        return found


@functools.cache
def _plan(model: type[models.Model], vendor: str) -> _Plan:
    return _Plan(model)


@functools.lru_cache(maxsize=256)
def _columns(model: type[models.Model], vendor: str, names: tuple[str, ...]) -> _Columns:
    fields = {field.name: field for field in model._meta.concrete_fields}
    return _Columns([fields[name] for name in names])


@functools.lru_cache(maxsize=256)
def _insert_sql(model: type[models.Model], vendor: str, count: int) -> str:
    plan = _plan(model, vendor)
    names = ", ".join(plan.quoted.values())
    one = "(" + ", ".join(["%s"] * len(plan.quoted)) + ")"
    return f"INSERT INTO {plan.table} ({names}) VALUES {', '.join([one] * count)} RETURNING {plan.key}"


@functools.lru_cache(maxsize=256)
def _update_sql(model: type[models.Model], vendor: str, names: tuple[str, ...], count: int) -> str:
    # Both databases call the columns of a list column1, column2 and so on; the first is the key.
    plan = _plan(model, vendor)
    sets = (f"{plan.quoted[name]} = {plan.given[name].format(f'given.column{n}')}" for n, name in enumerate(names, 2))
    one = "(" + ", ".join(["%s"] * (len(names) + 1)) + ")"
    return (
        f"UPDATE {plan.table} SET {', '.join(sets)} FROM (VALUES {', '.join([one] * count)}) AS given "
        f"WHERE {plan.table}.{plan.key} = given.column1"
    )


def _given(field: models.Field[Any, Any]) -> str:
    """How a column takes a value out of a list of rows. PostgreSQL takes what is quoted there for text; a word is
    left as it is, since a cast would cut one that is too long instead of refusing it."""
    kind = field.db_type(connection) or ""
    if connection.vendor != "postgresql" or kind == "text" or kind.startswith("varchar"):
        return "{}"
    return f"CAST({{}} AS {kind})"


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
    if isinstance(field, models.DecimalField):
        # Rates and limits repeat; equal sums are written alike, however many noughts they carry.
        return functools.lru_cache(maxsize=1024)(lambda value: field.get_db_prep_save(value, connection))
    return lambda value: field.get_db_prep_save(value, connection)


_PLAIN = {kind.get_prep_value for kind in AS_IT_IS}


def _word(value: Any) -> Any:
    """A choice's plain value: a driver need not know our enums."""
    return getattr(value, "value", value)
