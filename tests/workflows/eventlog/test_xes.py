"""The XES writer: what it writes obeys every rule, comes back as it was, and is written as it comes."""

from __future__ import annotations

import datetime
import os
import re
import tracemalloc
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from decimal import Decimal
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from lxml import etree

from tests.workflows.eventlog.samples import (
    AWKWARD,
    EVERYTHING,
    HERE,
    NOON,
    SAMPLE,
    any_trace,
    events,
    traces,
    written,
)
from tests.workflows.eventlog.xes_rules import faults
from workflows.eventlog.log import Header, Id, Listed, LogEvent, Nested, NotWritable, Trace
from workflows.eventlog.xes import Written, write_xes

SCHEMA = os.environ.get("XES_SCHEMA", "")
"""Where IEEE's schema lies, which is theirs and not part of this repository."""


class Nowhere:
    """Takes bytes, and remembers only how many."""

    def __init__(self) -> None:
        self.size = 0

    def write(self, data: bytes, /) -> None:
        self.size += len(data)


def unspelled(text: str) -> str:
    """What a reader who knows the spelling reads."""
    return re.sub(r"_x([0-9A-F]{8}|[0-9A-F]{4})_", lambda found: chr(int(found[1], 16)), text)


def read_back(element: ET.Element) -> Any:
    """An attribute as the value it was."""
    text = unspelled(element.get("value", ""))
    kinds: dict[str, Any] = {"int": int, "float": float, "date": datetime.datetime.fromisoformat, "id": Id}
    value: Any = kinds.get(element.tag, str)(text)
    if element.tag == "boolean":
        value = text == "true"
    children = list(element)
    if element.tag == "list":
        value = Listed(tuple((unspelled(child.get("key", "")), read_back(child)) for child in children.pop()))
    return Nested(value, attributes_of(children)) if children else value


def attributes_of(elements: list[ET.Element]) -> dict[str, Any]:
    return {unspelled(child.get("key", "")): read_back(child) for child in elements if child.tag != "event"}


def as_read(value: Any) -> Any:
    """A value as it must come back: moments to the millisecond, money as a number."""
    if isinstance(value, datetime.datetime):
        return value.replace(microsecond=value.microsecond // 1000 * 1000)
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, Listed):
        return Listed(tuple((key, as_read(item)) for key, item in value.items))
    if isinstance(value, Nested):
        inner = {key: as_read(item) for key, item in value.attributes.items()}
        return Nested(as_read(value.value), inner) if inner else as_read(value.value)
    return value


def valid_by_the_schema(data: bytes) -> bool:
    schema = etree.XMLSchema(etree.parse(Path(SCHEMA)))
    return bool(schema.validate(etree.fromstring(data)))


@given(trace=any_trace)
def test_whatever_is_written_obeys_the_rules_and_comes_back_as_it_was(trace: Trace) -> None:
    data = written(trace)

    assert faults(data) == []
    (element,) = ET.fromstring(data).iterfind("trace")
    said = {"concept:name": trace.name, **trace.attributes}
    assert attributes_of(list(element)) == {key: as_read(value) for key, value in said.items()}
    for event, child in zip(trace.events, element.iterfind("event"), strict=True):
        said = {"concept:name": event.activity, "lifecycle:transition": "complete", "time:timestamp": event.at}
        said |= event.attributes
        assert attributes_of(list(child)) == {key: as_read(value) for key, value in said.items()}


if SCHEMA:

    @given(trace=any_trace)
    def test_whatever_is_written_is_valid_by_the_standards_own_schema(trace: Trace) -> None:
        assert valid_by_the_schema(written(trace))

    def test_the_schema_does_refuse() -> None:
        assert not valid_by_the_schema(written(*traces(1)).replace(b'key="seq"', b'key="the seq"'))


@pytest.mark.parametrize("name", AWKWARD)
def test_a_case_of_any_name_is_a_case(name: str) -> None:
    data = written(Trace(name, events(2)), Trace("another", []))

    names = [trace.find("string").get("value") for trace in ET.fromstring(data).iterfind("trace")]  # type: ignore[union-attr]  # each has one
    assert [unspelled(text or "") for text in names] == [name, "another"]
    assert faults(data) == []


def test_names_that_differ_still_differ_where_xml_has_no_character_for_the_difference() -> None:
    data = written(Trace("a\x01", []), Trace("a\x02", []), Trace("a_x0001_", []))

    assert re.findall(rb'concept:name" value="(a[^"]*)"', data) == [b"a_x0001_", b"a_x0002_", b"a_x005F_x0001_"]


def test_every_type_is_written_as_its_element() -> None:
    data = written(Trace("a", [], EVERYTHING))

    assert faults(data) == []
    (trace,) = ET.fromstring(data).iterfind("trace")
    found = [(child.tag, child.get("key"), child.get("value")) for child in list(trace)[1:]]
    assert found == [
        ("string", "text", "字"),
        ("boolean", "yes", "true"),
        ("boolean", "no", "false"),
        ("int", "count", "-3"),
        ("float", "half", "0.5"),
        ("float", "yuan", "1950.00"),
        ("date", "when", "2026-11-02T12:00:00.007+08:00"),
        ("id", "id", "a-1"),
        ("list", "list", None),
        ("string", "nest", "outer"),
    ]


@pytest.mark.parametrize(
    ("value", "text"), [(float("inf"), "INF"), (float("-inf"), "-INF"), (float("nan"), "NaN"), (1e300, "1e+300")]
)
def test_numbers_beyond_numbers_are_written_as_the_schema_has_them(value: float, text: str) -> None:
    data = written(Trace("a", [], {"n": value}))

    assert f'<float key="n" value="{text}"/>'.encode() in data
    assert faults(data) == []


def test_a_zone_that_xml_cannot_write_becomes_utc() -> None:
    old = datetime.timezone(datetime.timedelta(hours=8, minutes=5, seconds=43))
    data = written(Trace("a", [], {"when": datetime.datetime(1890, 1, 1, 8, 5, 43, tzinfo=old)}))

    assert b'value="1890-01-01T00:00:00.000+00:00"' in data
    assert faults(data) == []


def test_events_of_one_instant_stay_in_their_order() -> None:
    same = [LogEvent(f"步骤{n}", NOON, attributes={"seq": n}) for n in (3, 1, 2)]

    assert re.findall(rb'key="seq" value="(\d)"', written(Trace("a", same))) == [b"3", b"1", b"2"]


def test_a_log_may_do_without_names_times_and_globals() -> None:
    data = written(Trace(None, [LogEvent(None, None, None, {"x": 1})]), header=Header())

    assert faults(data) == []
    assert b"concept:name" not in data and b"time:timestamp" not in data


DEEP: Any = Nested(Nested("a", {}), {})


@pytest.mark.parametrize(
    ("trace", "why"),
    [
        (Trace(None, []), "缺少属性concept:name"),
        (Trace("a", [LogEvent("b", None)]), "缺少属性time:timestamp"),
        (Trace("a", [], {"concept:name": "b"}), "concept:name出现了两次"),
        (Trace("a", [LogEvent("b", NOON, attributes={"time:timestamp": NOON})]), "出现了两次"),
        (Trace("a", [LogEvent("b", NOON.replace(tzinfo=None))]), "没有时区"),
        (Trace("a", [], {"": 1}), "没有名称"),
        (Trace("a", [], {"n": 2**63}), "超出64位"),
        (Trace("a", [], {"n": DEEP}), "套了两层"),
        (Trace("a", [], {"n": object()}), "类型object写不进"),  # type: ignore[dict-item]  # what a careless caller does
        (Trace("a", [], {"n": datetime.date(2026, 1, 1)}), "类型date写不进"),  # type: ignore[dict-item]  # likewise
    ],
)
def test_what_would_break_a_rule_is_refused_with_its_place(trace: Trace, why: str) -> None:
    with pytest.raises(NotWritable, match=f"第2件.*{why}"):
        written(Trace("first", []), trace)


def test_a_global_of_another_type_is_not_kept() -> None:
    header = Header(event_globals={"seq": 0})

    with pytest.raises(NotWritable, match="缺少属性seq（int）"):
        written(Trace("a", [LogEvent("b", NOON, attributes={"seq": "1"})]), header=header)


def test_a_classifier_wants_its_keys_on_every_event() -> None:
    with pytest.raises(NotWritable, match=r"分类器Activity.*concept:name"):
        written(header=Header(classifiers={"Activity": ("concept:name",)}))
    with pytest.raises(NotWritable, match="分类器None"):
        written(header=Header(classifiers={"None": ()}))


def test_nested_attributes_want_the_header_to_say_so() -> None:
    with pytest.raises(NotWritable, match="带有下级属性"):
        written(Trace("a", [], {"n": Nested(1, {"m": 2})}), header=Header())


def test_names_that_are_no_xml_names_are_spelled_out() -> None:
    header = Header(event_globals={"(case) id": ""}, classifiers={"MXML Legacy:Classifier": ("(case) id",)})
    data = written(Trace("a", [LogEvent("b", NOON, attributes={"(case) id": "x"})]), header=header)

    assert faults(data) == []
    assert b'classifier name="MXML_x0020_Legacy_x003A_Classifier"' in data
    assert b'keys="_x0028_case_x0029__x0020_id"' in data


def test_a_trace_is_written_before_the_next_is_asked_for() -> None:
    file, sizes = Nowhere(), []

    def told() -> Iterator[Trace]:
        for trace in traces(20):
            sizes.append(file.size)
            yield trace

    assert write_xes(file, SAMPLE, told()) == Written(20, 100)
    assert all(later > earlier for earlier, later in pairwise(sizes))


def test_ten_times_the_cases_take_no_more_memory() -> None:
    def peak(count: int) -> int:
        tracemalloc.start()
        write_xes(Nowhere(), SAMPLE, traces(count))
        _now, highest = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return highest

    peak(10)
    assert peak(2000) < peak(200) + 100_000


def test_nothing_but_traces_read_so_far_is_lost_when_the_source_fails() -> None:
    def failing() -> Iterator[Trace]:
        yield from traces(1)
        raise OSError("gone")

    file = BytesIO()
    with pytest.raises(OSError, match="gone"):
        write_xes(file, SAMPLE, failing())
    assert b"</trace>" in file.getvalue() and b"</log>" not in file.getvalue()


def test_the_zone_is_written_as_it_was_given() -> None:
    assert HERE.utcoffset(None) == datetime.timedelta(hours=8)
    assert b'time:timestamp" value="2026-11-02T12:00:00.007+08:00"' in written(Trace("a", events(1)))
