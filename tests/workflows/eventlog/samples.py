"""Logs to try a writer on, from nobody's office."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from decimal import Decimal
from io import BytesIO
from typing import Any

from hypothesis import strategies as st

from workflows.eventlog.log import Header, Id, Listed, LogEvent, Nested, Trace
from workflows.eventlog.xes import write_xes

HERE = datetime.timezone(datetime.timedelta(hours=8))
NOON = datetime.datetime(2026, 11, 2, 12, 0, 0, 7000, tzinfo=HERE)
AWKWARD = ("NA", "", " ", "null", "<&>\"'", "㛃 䶮", "𠀀𪚥", "a\tb\nc\rd", "a\x00\x1f\ufffe", "_x0041_", "\ud83d")

SAMPLE = Header(
    trace_globals={"concept:name": ""},
    event_globals={"concept:name": "", "time:timestamp": NOON, "lifecycle:transition": "complete"},
    classifiers={"Activity": ("concept:name",), "Both": ("concept:name", "lifecycle:transition")},
    attributes={"lifecycle:model": "standard"},
    nested=True,
)
EVERYTHING: dict[str, Any] = {
    "text": "字",
    "yes": True,
    "no": False,
    "count": -3,
    "half": 0.5,
    "yuan": Decimal("1950.00"),
    "when": NOON,
    "id": Id("a-1"),
    "list": Listed((("a", 1), ("a", "again"), ("deep", Nested("x", {"y": 2})))),
    "nest": Nested("outer", {"inner": Nested(1, {"innermost": True})}),
}


def written(*traces: Trace, header: Header = SAMPLE) -> bytes:
    file = BytesIO()
    write_xes(file, header, traces)
    return file.getvalue()


def events(count: int, **attributes: Any) -> list[LogEvent]:
    return [LogEvent(f"步骤{n}", NOON + datetime.timedelta(minutes=n), attributes=attributes) for n in range(count)]


def traces(count: int, *, events_each: int = 5) -> Iterable[Trace]:
    return (Trace(f"case {n}", events(events_each, seq=n)) for n in range(count))


texts = st.text(st.characters(codec=None), max_size=20) | st.sampled_from(AWKWARD)
keys = texts.filter(lambda key: key != "" and ":" not in key)
moments = st.datetimes(
    timezones=st.sampled_from([datetime.UTC, HERE, datetime.timezone(datetime.timedelta(minutes=-570))])
)
bare = (
    texts
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False)
    | st.decimals(allow_nan=False, allow_infinity=False, places=2)
    | moments
    | texts.map(Id)
)
values = st.recursive(
    bare,
    lambda inner: (
        st.lists(st.tuples(keys, inner), max_size=3).map(lambda items: Listed(tuple(items)))
        | st.builds(Nested, bare, st.dictionaries(keys, inner, max_size=3))
    ),
    max_leaves=6,
)
any_attributes = st.dictionaries(keys, values, max_size=4)
any_event = st.builds(LogEvent, texts, moments, st.just("complete"), any_attributes)
any_trace = st.builds(Trace, texts, st.lists(any_event, max_size=3), any_attributes)
