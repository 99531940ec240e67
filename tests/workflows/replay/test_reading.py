"""Reading XES of every make, and saying in words what is wrong with what is none."""

from __future__ import annotations

import gzip
import io
import tracemalloc
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pytest

from tests.workflows.replay.logs import SMALL, ZONE, Event, Trace, instant, log, plain, said, sequences
from workflows.archived.shape import Name
from workflows.replay.opening import opened
from workflows.replay.past import PastCase
from workflows.replay.problems import UnreadableLog
from workflows.replay.reading import LogReader


def cases_of(data: bytes, **how: str) -> list[PastCase]:
    return list(LogReader(zone=ZONE, **how).cases(io.BytesIO(data)))


def refusal_of(data: bytes) -> str:
    with pytest.raises(UnreadableLog) as refused:
        cases_of(data)
    return str(refused.value)


# -- what is read -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "head",
    [
        "<log>",
        '<log xmlns="http://www.xes-standard.org/" xes.version="2.0" xes.features="nested-attributes">',
        '<log xmlns="http://code.deckfour.org/xes" openxes.version="1.0RC7">',
        '<log xes.version="1849.2016" xmlns:other="urn:other" other:thing="1">',
    ],
)
def test_a_log_is_read_whatever_it_says_of_its_version(head: str) -> None:
    assert sequences(cases_of(log(plain("1", "ab"), plain("2", "b"), head=head))) == [["a", "b"], ["b"]]


def test_a_log_is_read_that_writes_every_element_with_a_prefix() -> None:
    data = b"""<x:log xmlns:x="http://www.xes-standard.org/"><x:trace><x:string key="concept:name" value="1"/>
    <x:event><x:string key="concept:name" value="a"/></x:event></x:trace></x:log>"""

    assert sequences(cases_of(data)) == [["a"]]
    assert cases_of(data)[0].name == Name("string", "1")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "iso-8859-1"])
def test_a_log_is_read_in_the_encoding_it_names(encoding: str) -> None:
    text = SMALL.decode().replace("UTF-8", "utf-8" if encoding == "utf-8-sig" else encoding).replace('"a"', '"é"')

    assert sequences(cases_of(text.encode(encoding)))[0] == ["é", "b", "c", "d"]


def test_globals_classifiers_and_attributes_of_the_log_are_no_events() -> None:
    inside = """<extension name="Concept" prefix="concept" uri="http://www.xes-standard.org/concept.xesext"/>
    <global scope="trace"><string key="concept:name" value="name"/></global>
    <global scope="event"><string key="concept:name" value="name"/><date key="time:timestamp" value="x"/></global>
    <classifier name="Activity" keys="concept:name"/><string key="concept:name" value="the log"/>
    <list key="l"><values><string key="concept:name" value="no"/></values></list>"""
    reader = LogReader(zone=ZONE)

    assert sequences(list(reader.cases(io.BytesIO(log(plain("1", "a"), inside=inside))))) == [["a"]]
    assert reader.name == "the log"


def test_what_is_nested_in_an_attribute_is_not_the_events() -> None:
    nest = (
        '<string key="x" value="1"><string key="concept:name" value="inner"/><string key="y" value="2"/></string>'
        '<list key="l"><values><string key="concept:name" value="in a list"/><date key="time:timestamp" value="?"/>'
        '</values></list><container key="c"><string key="concept:name" value="in a container"/></container>'
    )
    trace_nest = '<list key="l"><values><string key="concept:name" value="no"/></values></list>'
    found = cases_of(log(Trace("1", [Event("a", more=nest), Event(None, more=nest)], more=trace_nest)))

    assert sequences(found) == [["a", None]]
    assert found[0].name == Name("string", "1")


def test_names_keep_their_type_and_their_letters() -> None:
    data = b"""<log><trace><int key="concept:name" value="007"/>
    <event><boolean key="concept:name" value="true"/></event><event><string key="concept:name" value=""/></event>
    <event><string key="concept:name"/></event><event/></trace></log>"""
    (case,) = cases_of(data)

    assert case.name == Name("int", "007")
    assert case.activities == [Name("boolean", "true"), Name("string", ""), None, None]


def test_without_a_time_an_event_is_read_and_an_empty_time_is_none() -> None:
    assert said(cases_of(log(Trace("1", [Event("a", None), Event("b", " ")])))) == [
        ("1", [("a", None, "complete"), ("b", None, "complete")])
    ]


def test_only_one_turn_of_the_life_cycle_is_taken_where_one_is_asked_for() -> None:
    events = [Event("a", lifecycle="START"), Event("a", lifecycle="COMPLETE"), Event("b", lifecycle=None)]
    reader = LogReader(zone=ZONE, lifecycle="complete")
    found = list(reader.cases(io.BytesIO(log(Trace("1", events), Trace("2", events[:1])))))

    assert sequences(found) == [["a", "b"], []]
    assert reader.other_lifecycles == 2


def test_events_outside_a_case_are_counted_and_left() -> None:
    reader = LogReader(zone=ZONE)
    stray = '<event><string key="concept:name" value="stray"/></event>'

    assert sequences(list(reader.cases(io.BytesIO(log(plain("1", "a"), inside=stray * 3))))) == [["a"]]
    assert reader.outside_cases == 3


def test_the_names_of_other_attributes_are_known_and_their_values_are_not() -> None:
    reader = LogReader(zone=ZONE)
    more = '<string key="org:resource" value="somebody"/>'
    list(reader.cases(io.BytesIO(log(Trace("1", [Event("a", more=more)], more='<float key="cost" value="1"/>')))))

    assert reader.left_keys == {"org:resource", "cost"}
    assert "somebody" not in repr(vars(reader))


def test_a_packed_log_is_the_same_log_whatever_it_is_called(tmp_path: Path) -> None:
    read = []
    for name, data in (("a.xes", SMALL), ("b.xes", gzip.compress(SMALL)), ("c.xes.gz", gzip.compress(SMALL, 1))):
        reader = LogReader(zone=ZONE)
        path = tmp_path / name
        path.write_bytes(data)
        with opened(path) as file:
            read.append((said(list(reader.cases(file))), reader.digest))

    assert read[0] == read[1] == read[2]


def test_each_case_knows_its_place_and_its_line() -> None:
    assert [(case.number, case.line) for case in cases_of(log(plain("1", "ab"), plain("2", "a"), plain("3", "")))] == [
        (1, 3),
        (2, 6),
        (3, 8),
    ]


def test_a_log_of_any_length_is_read_in_the_same_memory() -> None:
    class Endless:
        """A hundred thousand cases, none of which is ever all there."""

        def __init__(self) -> None:
            self.pieces = self._pieces()

        def _pieces(self) -> Iterator[bytes]:
            yield b"<log>"
            case = log(plain("1", "abcdefgh")).split(b"<log xes.version", 1)[1].split(b">", 1)[1]
            case = case.removesuffix(b"</log>\n") * 100
            for _hundred in range(100):
                yield case
            yield b"</log>"
            yield b""

        def read(self, size: int, /) -> bytes:
            return next(self.pieces)

    def peak_of(count: int) -> int:
        tracemalloc.start()
        read = sum(1 for _case in islice(LogReader(zone=ZONE).cases(Endless()), count))
        _now, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert read == count
        return peak

    assert peak_of(10_000) < 1.5 * peak_of(1_000)


def test_keys_are_known_by_the_vocabulary_they_come_from_whatever_its_prefix() -> None:
    inside = "".join(
        f'<extension name="{name}" prefix="{name[0]}" uri="http://www.xes-standard.org/{name}.xesext"/>'
        for name in ("concept", "time", "lifecycle", "org")
    )
    data = f"""<log>{inside}<string key="c:name" value="the log"/><trace><string key="c:name" value="1"/>
    <event><string key="c:name" value="a"/><date key="t:timestamp" value="2020-01-01T00:00:00Z"/>
    <string key="l:transition" value="start"/><string key="o:name" value="somebody"/></event></trace></log>"""
    reader = LogReader(zone=ZONE)
    found = list(reader.cases(io.BytesIO(data.encode())))

    assert said(found) == [("1", [("a", instant("2020-01-01T00:00:00Z"), "start")])]
    assert (reader.name, reader.left_keys) == ("the log", {"o:name"})


def test_a_prefix_of_another_vocabulary_means_nothing() -> None:
    inside = '<extension name="Cost" prefix="c" uri="http://www.xes-standard.org/cost.xesext"/>'
    data = f'<log>{inside}<trace><event><string key="c:name" value="a"/></event></trace></log>'

    assert sequences(cases_of(data.encode())) == [[None]]


def test_a_document_type_that_declares_nothing_is_passed_over() -> None:
    assert sequences(cases_of(SMALL.replace(b"<log ", b"<!DOCTYPE log>\n<log "))) == sequences(cases_of(SMALL))


def test_one_piece_of_a_log_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is packed a thousand times smaller is held whole by the parser: it must not ask for all the memory."""
    monkeypatch.setattr("workflows.replay.reading.LONGEST", 1 << 20)
    for long in (b"<!--%s-->", b'<string key="x" value="%s"/>', b"<?x %s?>"):
        endless = b"<log>" + long % (b"a" * (3 << 20)) + b"</log>"
        assert "有一段超过1兆字节" in refusal_of(endless)
        whole = b"<log>" + long % (b"a" * (1 << 19)) + b"</log>"
        assert cases_of(whole) == []
    assert cases_of(b"<log>" + b" " * (3 << 20) + b"a" * (3 << 20) + b"</log>") == []


# -- what is refused --------------------------------------------------------------------------------------------------

BOMB = b"""<?xml version="1.0"?>
<!DOCTYPE log [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>
<log><trace><event><string key="concept:name" value="&b;"/></event></trace></log>"""


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "第1行第1个字处：是空的，或者不是XML"),
        (b"case,activity\n1,a\n", "第1行第1个字处：不是XML"),
        (b"PK\x03\x04", "第1行第3个字处：不是XML"),
        (b"<html><body/></html>", "这不是XES日志：文件的最外层是“html”，应当是“log”"),
        (SMALL[: SMALL.index(b"three")], "文件到第"),
        (SMALL.removesuffix(b"</log>\n"), "就断了，后面的部分缺了"),
        (SMALL[:-20] + "件".encode()[:1], "就断了"),
        (SMALL.replace(b"</trace>", b"</case>", 1), "开始和结束的标签对不上"),
        (SMALL + b"<log/>", "日志结束之后还有内容"),
        (SMALL.replace(b'value="a"', b'value="a & b"', 1), "有不合XML规则的字符"),
        (SMALL.replace(b'value="a"', b'value="&nbsp;"', 1), "用了没有定义的实体"),
        (SMALL.replace(b'key="concept:name"', b'key="a" key="b"', 1), "同一个标签里一个属性写了两次"),
        (SMALL.replace(b'value="a"', "value='é'".encode("latin-1"), 1), "有不合XML规则的字符"),
        (b'<?xml version="1.0" encoding="EUC-JP"?><log/>', "编码读不了，请转成UTF-8"),
        (b'<?xml version="1.0" encoding="GB18030"?><log a="\xff"/>', "编码读不了，请转成UTF-8"),
        (b'<?xml version="1.0" encoding="no-such"?><log/>', "编码读不了，请转成UTF-8"),
        (BOMB, "第2行有文档类型声明（DOCTYPE）"),
        (b'<!DOCTYPE log SYSTEM "file:///etc/hostname"><log/>', "第1行有文档类型声明（DOCTYPE）"),
        (b'<!DOCTYPE log [<!ATTLIST string value CDATA "x">]><log/>', "第1行有文档类型声明（DOCTYPE）"),
        (b"<!DOCTYPE catalogue><log/>", "第1行有文档类型声明（DOCTYPE）"),
        (b"\n" + SMALL, "不在文件最前面，请删去它前面的空行"),
        (b"<log><object-types/><events/></log>", "这是OCEL日志"),
    ],
)
def test_what_is_no_log_is_refused_in_words(data: bytes, sentence: str) -> None:
    assert sentence in refusal_of(data)


@pytest.mark.parametrize(
    "time", ["yesterday", "2017-02-30T00:00:00Z", "09/01/2017", "1483950000", "10000-01-01T00:00:00Z", "-0001-01-01"]
)
def test_a_time_that_is_none_is_refused_with_its_case_its_event_and_its_line(time: str) -> None:
    refused = refusal_of(log(plain("1", "a"), Trace("2", [Event("a", time)])))

    assert f"第2件第1条（文件第5行）的时间“{time}”看不懂" in refused


@pytest.mark.parametrize("time", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "0001-01-02T00:00:00Z"])
def test_a_time_at_the_very_ends_of_the_calendar_is_refused(time: str) -> None:
    assert instant(time) is not None
    assert "看不懂" in refusal_of(log(Trace("2", [Event("a", time)])))


@pytest.mark.parametrize(
    ("cut", "sentence"),
    [
        (lambda packed: packed[:-20], "压缩文件不完整"),
        (lambda packed: packed[:60] + bytes(20) + packed[80:], "压缩文件已损坏"),
        (lambda packed: packed[:-6] + b"\0\0" + packed[-4:], "压缩文件已损坏"),
    ],
)
def test_a_broken_packing_is_refused_in_words(tmp_path: Path, cut: object, sentence: str) -> None:
    path = tmp_path / "log.xes.gz"
    path.write_bytes(cut(gzip.compress(SMALL)))  # type: ignore[operator]  # a function of bytes
    with pytest.raises(UnreadableLog, match=sentence), opened(path) as file:
        list(LogReader(zone=ZONE).cases(file))
