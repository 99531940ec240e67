"""Event logs to bring in, from nobody's office: written by hand here, so that no writer of ours is taken on trust."""

from __future__ import annotations

import datetime
import gzip
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple
from xml.sax.saxutils import quoteattr
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from workflows.archived.shape import Name
from workflows.replay.bringing_in import Asked
from workflows.replay.opening import opened
from workflows.replay.past import PastCase, PastEvent
from workflows.replay.reading import LogReader

ZONE = ZoneInfo("Europe/Amsterdam")
ASKED = Asked(ZONE)

NAMES = (
    "begin",
    "end",
    "ends",
    "archived",
    "nothing",
    "a1",
    "to_a1",
    "class",
    "None",
    "__init__",
    "programme",
    "steps",
    "instance",
    "NA",
    "nan",
    "",
    " ",
    "  two  spaces",
    "<&>\"'",
    "a\tb\nc",
    "_x0041_",
    "审核",
    "審核 → 𠀀𪚥",
    "\u202eright to left",
    "\u200b",
    "长" * 5_000,
    "%(name)s %s {0} {{ case }}",
)
TIMES = (
    "2017-01-09T09:17:18.000+01:00",
    "2017-01-09T09:17:18.000+01:00",
    "2017-01-09T08:17:18Z",
    "2017-01-09T09:17:18.123456+05:45",
    "2017-01-09T09:17:18",
    "2017-01-09",
    "1969-07-20T20:17:40.000Z",
    "1899-12-31T23:59:59.999+08:00",
    "0001-01-04T00:00:00.000Z",
    "9999-12-28T00:00:00.000-11:00",
    "2026-11-02T12:00:00.007-09:30",
    None,
)


class Event(NamedTuple):
    """An event as its file has it; None where the file says nothing."""

    activity: str | None
    time: str | None = "2020-05-04T10:00:00.000+02:00"
    lifecycle: str | None = "complete"
    more: str = ""


class Trace(NamedTuple):
    name: str | None
    events: Sequence[Event]
    more: str = ""


def log(*traces: Trace, head: str = '<log xes.version="1.0">', inside: str = "", tail: str = "</log>\n") -> bytes:
    body = "".join(f"<trace>{_named(trace.name)}{trace.more}{_events(trace)}</trace>\n" for trace in traces)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{head}\n{inside}{body}{tail}'.encode()


def _events(trace: Trace) -> str:
    return "".join(
        "<event>"
        + _named(event.activity)
        + _attribute("date", "time:timestamp", event.time)
        + _attribute("string", "lifecycle:transition", event.lifecycle)
        + f"{event.more}</event>\n"
        for event in trace.events
    )


def _named(name: str | None) -> str:
    return _attribute("string", "concept:name", name)


def _attribute(tag: str, key: str, value: str | None) -> str:
    if value is None:
        return ""
    # A line break in an attribute is a space to every reader, unless it is written so.
    written = quoteattr(value, {"\n": "&#10;", "\t": "&#9;", "\r": "&#13;"})
    return f'<{tag} key="{key}" value={written}/>'


def plain(name: str, activities: str) -> Trace:
    """A case in which each letter was done, an hour after the one before."""
    first = datetime.datetime(2020, 5, 4, 10, tzinfo=ZONE)
    hours = [(first + datetime.timedelta(hours=number)).isoformat() for number in range(len(activities))]
    return Trace(name, [Event(letter, hour) for letter, hour in zip(activities, hours, strict=True)])


SMALL = log(plain("one", "abcd"), plain("two", "abbd"), plain("three", "acd"), plain("four", "ad"), plain("five", "d"))


def put(folder: Path, data: bytes, name: str = "log.xes") -> Path:
    path = folder / name
    path.write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
    return path


def read(path: Path) -> list[PastCase]:
    with opened(path) as file:
        return list(LogReader(zone=ZONE).cases(file))


def sequences(cases: Sequence[PastCase]) -> list[list[str | None]]:
    return [[None if one is None else one.text for one in case.activities] for case in cases]


def told(traces: Sequence[Trace]) -> list[tuple[str | None, list[tuple[str | None, Any, str | None]]]]:
    """What a log says, read by nobody but this page: names, and of each event what, when, which turn."""
    return [
        (trace.name, [(event.activity, instant(event.time), event.lifecycle) for event in trace.events])
        for trace in traces
    ]


def instant(text: str | None) -> datetime.datetime | None:
    if text is None:
        return None
    found = datetime.datetime.fromisoformat(text)
    return found.replace(tzinfo=ZONE) if found.tzinfo is None else found


def said(cases: Sequence[PastCase]) -> list[tuple[str | None, list[tuple[str | None, Any, str | None]]]]:
    """The same of cases that were read."""
    return [(_text(case.name), [_said(event) for event in case.events]) for case in cases]


def _said(event: PastEvent) -> tuple[str | None, Any, str | None]:
    at = None if event.moment is None else event.moment.at
    return _text(event.activity), at, event.lifecycle


def _text(name: Name | None) -> str | None:
    return None if name is None else name.text


# -- any log ----------------------------------------------------------------------------------------------------------

letters = st.characters(codec="utf-8", exclude_categories=("Cc", "Cs"), exclude_characters="\ufffe\uffff")
words = st.none() | st.sampled_from(NAMES) | st.text(letters, max_size=8)
turns = st.sampled_from(["complete", "start", "COMPLETE", "", None, "审"])


@st.composite
def any_traces(draw: st.DrawFn) -> list[Trace]:
    """Few activities, so that they come again, loop and meet; names that come twice; cases without events."""
    known = draw(st.lists(words, min_size=1, max_size=5))
    events = st.builds(Event, st.sampled_from(known), st.sampled_from(TIMES), turns, st.just(""))
    return draw(st.lists(st.builds(Trace, words, st.lists(events, max_size=8), st.just("")), min_size=1, max_size=8))
