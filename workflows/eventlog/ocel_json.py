"""Writing OCEL 2.0 as JSON: objects as they come, events beside them until all objects are written."""

from __future__ import annotations

import datetime
import json
import shutil
import tempfile
from collections.abc import Iterable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any, BinaryIO

from workflows.eventlog.characters import spelled
from workflows.eventlog.ocel import (
    SINCE_EVER,
    Contents,
    Kinds,
    Link,
    OcelEvent,
    OcelObject,
    Record,
    Scalar,
    Types,
    moment,
)


def write_ocel_json(path: Path, records: Iterable[Record], object_types: Mapping[str, Kinds]) -> Contents:
    """Write the log; return what it holds.

    The standard's schema wants every value as a text; the declared type says what it is.
    """
    types, contents = Types(object_types), Contents()
    with path.open("wb") as file, tempfile.TemporaryFile(dir=path.parent) as events:
        file.write(b'{"objectTypes": ' + _json(_declared(types.objects)) + b',\n"objects": [')
        for record in records:
            if isinstance(record, OcelObject):
                types.check_object(record)
                _append(file, _object(record), is_first=not contents.objects)
                contents.objects[record.type] += 1
            else:
                types.check_event(record)
                _append(events, _event(record), is_first=not contents.events)
                contents.events += 1
        file.write(b'\n],\n"events": [')
        events.seek(0)
        shutil.copyfileobj(events, file)
        file.write(b'\n],\n"eventTypes": ' + _json(_declared(types.events)) + b"}\n")
    return contents


def _append(file: BinaryIO, body: Mapping[str, Any], *, is_first: bool) -> None:
    file.write((b"\n" if is_first else b",\n") + _json(body))


def _declared(types: Mapping[str, Kinds]) -> list[dict[str, Any]]:
    return [
        {"name": spelled(name), "attributes": [{"name": key, "type": kind} for key, kind in kinds.items()]}
        for name, kinds in types.items()
    ]


def _object(record: OcelObject) -> dict[str, Any]:
    first = [(name, value, SINCE_EVER) for name, value in record.attributes.items()]
    later = [(change.name, change.value, change.at) for change in record.changes]
    return {
        "id": spelled(record.id),
        "type": spelled(record.type),
        "attributes": [{"name": name, "value": _text(value), "time": moment(at)} for name, value, at in first + later],
        "relationships": _related(record.links),
    }


def _event(record: OcelEvent) -> dict[str, Any]:
    return {
        "id": spelled(record.id),
        "type": spelled(record.type),
        "time": moment(record.at),
        "attributes": [{"name": name, "value": _text(value)} for name, value in record.attributes.items()],
        "relationships": _related(record.links),
    }


def _related(links: Iterable[Link]) -> list[dict[str, str]]:
    return [{"objectId": spelled(link.object_id), "qualifier": link.qualifier} for link in links]


def _text(value: Scalar) -> str:
    if isinstance(value, str):
        return spelled(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime.datetime):
        return moment(value)
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def _json(body: Any) -> bytes:
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
