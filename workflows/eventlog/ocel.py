"""An object-centric event log (OCEL 2.0) as plain values, in an order in which nothing is named before it is known.

Objects and events come as one stream of records: what a record relates to came before it. The writers of the two
formats take them as they come.
"""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.utils.translation import gettext as _

from workflows.eventlog.log import NotWritable

Scalar = str | bool | int | float | Decimal | datetime.datetime
Kinds = Mapping[str, str]
"""Attribute -> `string`, `boolean`, `integer`, `float` or `time`."""

SINCE_EVER = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
"""The moment the standard gives to a value that an object has had from its beginning."""


@dataclass(frozen=True, slots=True)
class Link:
    """A relation to an object, and what it is to it."""

    object_id: str
    qualifier: str


@dataclass(frozen=True, slots=True)
class Change:
    """A value that an attribute has from a moment on."""

    name: str
    value: Scalar
    at: datetime.datetime


@dataclass(frozen=True, slots=True)
class OcelObject:
    """An object: what it has had from its beginning, and what changed."""

    id: str
    type: str
    attributes: Mapping[str, Scalar]
    changes: Sequence[Change] = ()
    links: Sequence[Link] = ()


@dataclass(frozen=True, slots=True)
class OcelEvent:
    """An event. `code`: the step or action in plain letters, for formats that name tables after event types."""

    id: str
    type: str
    code: str
    at: datetime.datetime
    kinds: Kinds
    attributes: Mapping[str, Scalar]
    links: Sequence[Link] = ()


Record = OcelObject | OcelEvent


@dataclass(slots=True)
class Contents:
    """How much a log holds: objects by type, and events."""

    objects: Counter[str] = field(default_factory=Counter)
    events: int = 0


class Changing:
    """The values of an object over time, from those it began with; written down only when one is new."""

    def __init__(self, first: Mapping[str, Scalar]) -> None:
        self.first = first
        self.changes: list[Change] = []

    def now(self, name: str, value: Scalar | None, at: datetime.datetime) -> None:
        """From `at` on it is `value`; None says nothing. Of several in one millisecond the last one counts."""
        if value is None:
            return
        at = at.replace(microsecond=at.microsecond // 1000 * 1000)
        self.changes = [change for change in self.changes if (change.name, change.at) != (name, at)]
        before = [change.value for change in self.changes if change.name == name]
        if value != (before[-1] if before else self.first.get(name)):
            self.changes.append(Change(name, value, at))


def moment(at: datetime.datetime) -> str:
    """In UTC, with milliseconds: texts of this form sort as their moments do."""
    return at.astimezone(datetime.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def kind_of(value: Scalar) -> str:
    """The standard's name of a value's type."""
    if isinstance(value, str):
        return "string"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int):
        return "integer"
    return "time" if isinstance(value, datetime.datetime) else "float"


def present(values: Mapping[str, Scalar | None]) -> dict[str, Scalar]:
    """Without what is None."""
    return {name: value for name, value in values.items() if value is not None}


class Types:
    """The types of a log and what they declare: objects' from the start, events' as they come.

    An event type met again with other attributes declares these too. Raises `NotWritable` for a value that is not as
    declared.
    """

    def __init__(self, objects: Mapping[str, Kinds]) -> None:
        self.objects = objects
        self.events: dict[str, dict[str, str]] = {}

    def check_object(self, record: OcelObject) -> None:
        kinds = self.objects.get(record.type, {})
        changed = {change.name: change.value for change in record.changes}
        _check(record.id, kinds, record.attributes)
        _check(record.id, kinds, changed)

    def check_event(self, record: OcelEvent) -> Kinds:
        """What its type declares from now on that it had not declared before."""
        kinds = self.events.setdefault(record.type, {})
        fresh = {name: kind for name, kind in record.kinds.items() if name not in kinds}
        kinds.update(fresh)
        _check(record.id, kinds, record.attributes)
        return fresh


def _check(record: str, kinds: Kinds, values: Mapping[str, Scalar]) -> None:
    for name, value in values.items():
        if kinds.get(name) != kind_of(value):
            told = {"id": record, "name": name, "kind": kind_of(value)}
            raise NotWritable(_("%(id)s的属性%(name)s（%(kind)s）不是声明的样子") % told)
