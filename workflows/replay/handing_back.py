"""A log that was brought in, handed back as XES: what was done, when, in which order, to the letter."""

from __future__ import annotations

from collections.abc import Iterator
from zoneinfo import ZoneInfo

from casework.models import ReplayedLog
from workflows.archived.shape import Name, Shape
from workflows.eventlog.literals import is_value
from workflows.eventlog.log import Attributes, Header, LogEvent, Trace, Verbatim
from workflows.replay.looking_back import past_cases
from workflows.replay.past import PastCase, PastEvent
from workflows.replay.reading import LIFECYCLE, NAME, TIME
from workflows.replay.times import written


def header(log: ReplayedLog) -> Header:
    """The beginning of the file; a classifier only where every event has what it goes by."""
    shape = Shape.from_json(log.shape)
    everywhere: Attributes = {}
    if shape.activities and all(one is not None and one.kind == "string" for one in shape.activities):
        everywhere = {NAME: ""}
    classifiers = {"Activity": (NAME,)} if everywhere else {}
    return Header(event_globals=everywhere, classifiers=classifiers, attributes={NAME: log.name})


def traces(log: ReplayedLog) -> Iterator[Trace]:
    """Every case that is set down, one at a time. Read inside `casework.read_only`."""
    zone = ZoneInfo(log.zone)
    return (_trace(case, zone) for case in past_cases(log))


def _trace(case: PastCase, zone: ZoneInfo) -> Trace:
    # Readers of logs tell cases apart by their names: one that came without is given its place in the log.
    name = Verbatim("string", f"（无案号 {case.number}）") if case.name is None else _verbatim(case.name)
    return Trace(None, [_event(event, zone) for event in case.events], {NAME: name})


def _event(event: PastEvent, zone: ZoneInfo) -> LogEvent:
    said: dict[str, Verbatim] = {}
    if event.activity is not None:
        said[NAME] = _verbatim(event.activity)
    if event.lifecycle is not None:
        said[LIFECYCLE] = Verbatim("string", event.lifecycle)
    if event.moment is not None:
        said[TIME] = Verbatim("date", written(event.moment, zone))
    return LogEvent(None, None, None, dict(said))


def _verbatim(name: Name) -> Verbatim:
    """The name in its own type; as a text where it is none of that type, which no reader has to take."""
    return Verbatim(name.kind if is_value(name.kind, name.text) else "string", name.text)
