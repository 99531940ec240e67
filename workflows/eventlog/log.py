"""An event log as plain values, whoever made them: what the XES writer takes.

Traces are taken one by one and written as they come, so an iterator of any length is as good as a list.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Id:
    """A text that identifies something (the XES type `id`)."""

    text: str


@dataclass(frozen=True, slots=True)
class Listed:
    """Values in order, each with a key; here a key may come again."""

    items: tuple[tuple[str, Value], ...]


@dataclass(frozen=True, slots=True)
class Nested:
    """A value that has attributes of its own."""

    value: Value
    attributes: Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Verbatim:
    """A value that came out of an XES file and goes into one again: its type there, and its text to the letter."""

    tag: str
    text: str


Value = str | bool | int | float | Decimal | datetime.datetime | Id | Verbatim | Listed | Nested
"""What an attribute can hold. Times carry their zone; a `Decimal` is written to its last digit, as `float`."""

Attributes = Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class LogEvent:
    """Something that happened in a case: `concept:name`, `time:timestamp`, `lifecycle:transition`, and whatever else.

    What is None is left out, if the header lets it.
    """

    activity: str | None
    at: datetime.datetime | None
    transition: str | None = "complete"
    attributes: Attributes = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Trace:
    """A case: its name (`concept:name`), whatever else is known of it, and its events in their real order."""

    name: str | None
    events: Iterable[LogEvent]
    attributes: Attributes = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Extension:
    """A vocabulary that keys of a prefix come from."""

    name: str
    prefix: str
    uri: str


STANDARD = (
    Extension("Concept", "concept", "http://www.xes-standard.org/concept.xesext"),
    Extension("Time", "time", "http://www.xes-standard.org/time.xesext"),
    Extension("Lifecycle", "lifecycle", "http://www.xes-standard.org/lifecycle.xesext"),
    Extension("Organizational", "org", "http://www.xes-standard.org/org.xesext"),
)


@dataclass(frozen=True, slots=True)
class Header:
    """What a log says of itself before its first trace.

    `trace_globals` and `event_globals`: attributes that every trace and every event has, with a stand-in value of
    their type. `classifiers`: name -> keys of events that together say what an event is. `nested`: whether attributes
    may have attributes.
    """

    extensions: tuple[Extension, ...] = STANDARD
    trace_globals: Attributes = field(default_factory=dict)
    event_globals: Attributes = field(default_factory=dict)
    classifiers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    attributes: Attributes = field(default_factory=dict)
    nested: bool = False


class NotWritable(Exception):
    """A log that would break the rules of its format; the sentence says where."""
