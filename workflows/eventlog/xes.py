"""Writing XES as IEEE 1849-2016 has it, a trace at a time.

The schema of that standard has no target namespace, so there is no `xmlns`, and wants keys that are XML names. It
cannot say that globals hold, that classifiers have their keys and that no key comes twice: that is checked here, trace
by trace, so that no broken log is ever written.
"""

from __future__ import annotations

import datetime
import functools
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from django.utils.translation import gettext as _

from workflows.eventlog.characters import as_name, spelled
from workflows.eventlog.log import (
    Attributes,
    Header,
    Id,
    Listed,
    LogEvent,
    Nested,
    NotWritable,
    Trace,
    Value,
    Verbatim,
)

VERSION = "1849.2016"
NESTED_FEATURE = "nested-attributes"
LARGEST_INT = 2**63 - 1
WIDEST_OFFSET = datetime.timedelta(hours=14)

Tags = Mapping[str, str]

TAGS: Mapping[type, str] = {
    str: "string",
    datetime.datetime: "date",
    bool: "boolean",  # before `int`, which it also is
    int: "int",
    float: "float",
    Decimal: "float",
    Id: "id",
    Listed: "list",
}
REFERENCES = str.maketrans(
    {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\t": "&#9;", "\n": "&#10;", "\r": "&#13;"}
)
"""Line breaks and tabs too: a reader would else turn them into spaces."""


@dataclass(frozen=True, slots=True)
class Written:
    """How much a log holds."""

    traces: int
    events: int


class Sink(Protocol):
    """Where bytes go: a file, or what packs them into one."""

    def write(self, data: bytes, /) -> object: ...


def write_xes(file: Sink, header: Header, traces: Iterable[Trace]) -> Written:
    """Write the log, each trace as it comes. Raises `NotWritable`, with which trace and which key."""
    file.write(_beginning(header).encode())
    promised = _Promised(_tags(header.trace_globals), _tags(header.event_globals))
    count, events = 0, 0
    for count, trace in enumerate(traces, start=1):
        try:
            lines, number = _trace(trace, header, promised)
        except NotWritable as problem:
            place = {"number": count, "name": spelled(trace.name or ""), "problem": problem}
            raise NotWritable(_("第%(number)d件（%(name)s）：%(problem)s") % place) from problem
        file.write("".join(lines).encode())
        events += number
    file.write(b"</log>\n")
    return Written(count, events)


@dataclass(frozen=True, slots=True)
class _Promised:
    """The types of what the header says every trace and every event has."""

    of_traces: Tags
    of_events: Tags


# -- the beginning ----------------------------------------------------------------------------------------------------


def _beginning(header: Header) -> str:
    _check_classifiers(header)
    features = NESTED_FEATURE if header.nested else ""
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>\n',
        f'<log xes.version="{VERSION}" xes.features="{features}">\n',
    ]
    for extension in header.extensions:
        name, prefix, uri = _plain_name(extension.name), _plain_name(extension.prefix), _safe(extension.uri)
        lines.append(f'\t<extension name="{name}" prefix="{prefix}" uri="{uri}"/>\n')
    for scope, stand_ins in (("trace", header.trace_globals), ("event", header.event_globals)):
        if stand_ins:
            lines += [f'\t<global scope="{scope}">\n', *_attributes(stand_ins, header, "\t\t"), "\t</global>\n"]
    for name, keys in header.classifiers.items():
        named = " ".join(as_name(key) for key in keys)
        lines.append(f'\t<classifier name="{_plain_name(name)}" scope="event" keys="{named}"/>\n')
    lines += _attributes(header.attributes, header, "\t")
    return "".join(lines)


def _plain_name(text: str) -> str:
    """A name in which a colon has no place either (`xs:NCName`)."""
    return as_name(text).replace(":", "_x003A_")


def _check_classifiers(header: Header) -> None:
    for name, keys in header.classifiers.items():
        missing = [key for key in keys if key not in header.event_globals]
        if missing or not keys:
            told = {"name": name, "keys": "、".join(missing)}
            raise NotWritable(_("分类器%(name)s用到的属性不是每条事件都有：%(keys)s") % told)


# -- traces -----------------------------------------------------------------------------------------------------------


def _trace(trace: Trace, header: Header, promised: _Promised) -> tuple[list[str], int]:
    """Its lines, and how many events it has."""
    known: dict[str, Value] = {} if trace.name is None else {"concept:name": trace.name}
    lines = ["\t<trace>\n"]
    lines += _satisfying(promised.of_traces, _joined(known, trace.attributes), header, "\t\t")
    number = 0
    for event in trace.events:
        lines.append("\t\t<event>\n")
        lines += _satisfying(promised.of_events, _joined(_said_of(event), event.attributes), header, "\t\t\t")
        lines.append("\t\t</event>\n")
        number += 1
    lines.append("\t</trace>\n")
    return lines, number


def _said_of(event: LogEvent) -> dict[str, Value]:
    known = {"concept:name": event.activity, "lifecycle:transition": event.transition, "time:timestamp": event.at}
    return {key: value for key, value in known.items() if value is not None}


def _joined(known: dict[str, Value], others: Attributes) -> dict[str, Value]:
    twice = known.keys() & others.keys()
    if twice:
        raise NotWritable(_("属性%(key)s出现了两次") % {"key": "、".join(sorted(twice))})
    return {**known, **others}


def _tags(attributes: Attributes) -> Tags:
    return {key: _tag(key, value) for key, value in attributes.items()}


def _satisfying(tags: Tags, attributes: Attributes, header: Header, indent: str) -> list[str]:
    """The attributes' lines, when all that the header has promised is among them, in the promised type."""
    for key, tag in tags.items():
        if key not in attributes or _tag(key, attributes[key]) != tag:
            raise NotWritable(_("缺少属性%(key)s（%(type)s），日志开头声明了它处处都有") % {"key": key, "type": tag})
    return _attributes(attributes, header, indent)


# -- attributes -------------------------------------------------------------------------------------------------------


def _attributes(attributes: Attributes, header: Header, indent: str) -> list[str]:
    lines = []
    for key, value in attributes.items():
        lines += _lines(key, value, header, indent)
    return lines


def _lines(key: str, value: Value, header: Header, indent: str) -> list[str]:
    """One attribute, with what is nested in it."""
    if isinstance(value, Nested | Listed):
        return _deep(key, value, header, indent)
    return [f'{indent}<{_tag(key, value)} key="{_name(key)}" value="{_text(key, value)}"/>\n']


def _deep(key: str, value: Nested | Listed, header: Header, indent: str) -> list[str]:
    bare, inner = (value.value, value.attributes) if isinstance(value, Nested) else (value, {})
    if isinstance(bare, Nested):
        raise NotWritable(_("属性%(key)s套了两层，请把下级属性放在一起") % {"key": key})
    if inner and not header.nested:
        raise NotWritable(_("属性%(key)s带有下级属性，而日志开头没有声明") % {"key": key})
    tag, below = _tag(key, bare), indent + "\t"
    said = "" if isinstance(bare, Listed) else f' value="{_text(key, bare)}"'
    lines = [f'{indent}<{tag} key="{_name(key)}"{said}>\n', *_attributes(inner, header, below)]
    if isinstance(bare, Listed):
        lines.append(f'{below}<values key="values">\n')
        for item_key, item in bare.items:
            lines += _lines(item_key, item, header, below + "\t")
        lines.append(f"{below}</values>\n")
    return [*lines, f"{indent}</{tag}>\n"]


@functools.lru_cache(maxsize=1000)
def _name(key: str) -> str:
    try:
        return as_name(key)
    except ValueError as problem:
        raise NotWritable(_("有一个属性没有名称")) from problem


def _tag(key: str, value: Value) -> str:
    """The element of a value's type."""
    tag = TAGS.get(type(value))
    if tag is not None:
        return tag
    if isinstance(value, Nested):
        return _tag(key, value.value)
    if isinstance(value, Verbatim):
        return value.tag
    for kind, tag in TAGS.items():
        if isinstance(value, kind):
            return tag
    raise NotWritable(_("属性%(key)s的类型%(type)s写不进日志") % {"key": key, "type": type(value).__name__})


def _text(key: str, value: str | bool | int | float | Decimal | datetime.datetime | Id | Verbatim) -> str:
    """The value as the schema writes it, fit to stand between double quotes."""
    if isinstance(value, Verbatim):
        return value.text.translate(REFERENCES)
    if isinstance(value, str | Id):
        return _safe(value if isinstance(value, str) else value.text)
    if isinstance(value, datetime.datetime):
        return _moment(key, value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float | Decimal):
        return _number(value)
    if not -LARGEST_INT - 1 <= value <= LARGEST_INT:
        raise NotWritable(_("属性%(key)s的整数超出64位，请改用文字") % {"key": key})
    return str(value)


def _moment(key: str, at: datetime.datetime) -> str:
    """With milliseconds and zone; in UTC where the zone is one that `xs:dateTime` cannot write."""
    offset = at.utcoffset()
    if offset is None:
        raise NotWritable(_("属性%(key)s的时间没有时区") % {"key": key})
    if offset % datetime.timedelta(minutes=1) or abs(offset) > WIDEST_OFFSET:
        try:
            at = at.astimezone(datetime.UTC)
        except OverflowError as problem:
            raise NotWritable(_("属性%(key)s的时间超出范围") % {"key": key}) from problem
    return at.isoformat(timespec="milliseconds")


def _number(value: float | Decimal) -> str:
    if not math.isfinite(value):
        return "NaN" if math.isnan(value) else "INF" if value > 0 else "-INF"
    return f"{value:f}" if isinstance(value, Decimal) else repr(value)


def _safe(text: str) -> str:
    return spelled(text).translate(REFERENCES)
