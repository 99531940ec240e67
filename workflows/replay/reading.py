"""Reading XES as it comes from other houses, case by case, in constant memory.

Old logs and new ones, with a namespace or without, packed or not. Of an event three things are read: what was done
(`concept:name`), when (`time:timestamp`), and which turn of its life cycle it was (`lifecycle:transition`). Whatever
else stands there may be somebody's name or number: it is counted and left where it is.

Document type declarations that declare anything are refused: a log needs none, and entities are how a small file
becomes a huge one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from hashlib import sha256
from typing import Any
from xml.parsers import expat
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from workflows.archived.shape import Name
from workflows.archived.titles import readable
from workflows.replay.complaints import complaint
from workflows.replay.encodings import turner
from workflows.replay.opening import Bytes, piece
from workflows.replay.past import Moment, PastCase, PastEvent
from workflows.replay.problems import UnreadableLog
from workflows.replay.times import moment

NAME, TIME, LIFECYCLE = "concept:name", "time:timestamp", "lifecycle:transition"
VOCABULARIES = {"concept": NAME, "time": TIME, "lifecycle": LIFECYCLE}
"""The extension of the standard that each comes from, by the end of its address."""
KINDS = frozenset({"string", "int", "float", "boolean", "date", "id"})
OBJECT_CENTRIC = frozenset({"object-types", "event-types", "objects", "events"})
"""What OCEL in XML has within its `log`."""

MOST_KEYS = 10_000
MOST_WORDS = 12
LONGEST = 1 << 24
"""Bytes of one tag, comment or piece of text. The parser holds each whole: without a limit, a packed file of a few
kilobytes could ask for all the memory there is."""

LOG_LEVEL, TRACE_LEVEL, EVENT_LEVEL, ATTRIBUTE_LEVEL = 1, 2, 3, 4
"""How deep each stands in the file; what lies deeper is part of an attribute."""

Attribute = tuple[str, str | None]
"""The element it is written as, and its value."""


class LogReader:
    """Reads one log, once. When its cases have been taken to the last, the rest of what it saw is known as well.

    `zone` is assumed of times without one. With a `lifecycle`, only events of that transition count; `lifecycles` are
    the first words met of others.
    """

    def __init__(self, *, zone: ZoneInfo, lifecycle: str = "") -> None:
        self.zone = zone
        self.lifecycle = lifecycle
        self.name = ""
        self.other_lifecycles = 0
        self.outside_cases = 0
        self.left_keys: set[str] = set()
        self.lifecycles: set[str] = set()
        self._wanted = {key: key for key in VOCABULARIES.values()}
        self._hash = sha256()
        self._parser: expat.XMLParserType
        self._fed = 0
        self._depth = 0
        self._count = self._place = 0
        self._in_trace = False
        self._line = self._time_line = 0
        self._trace_name: Attribute | None = None
        self._events: list[PastEvent] = []
        self._event: dict[str, Attribute] | None = None
        self._read: list[PastCase] = []

    @property
    def digest(self) -> str:
        """Sha-256 of the unpacked bytes read so far."""
        return self._hash.hexdigest()

    def cases(self, file: Bytes) -> Iterator[PastCase]:
        """Every case, in the order of the file. Raises `UnreadableLog`, with the line."""
        read = piece(file)
        turn = turner(read)
        self._parser = expat.ParserCreate("utf-8" if turn else None)
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.StartDoctypeDeclHandler = self._meet_doctype
        while True:
            self._hash.update(read)
            try:
                self._parse(turn(read, not read) if turn else read, last=not read)
            except (LookupError, ValueError) as problem:
                # What is not in the encoding it names; and what the parser raises for one that it cannot follow.
                raise UnreadableLog(_("文件用的编码读不了，请转成UTF-8再来。")) from problem
            yield from self._read
            self._read.clear()
            if not read:
                return
            read = piece(file)

    def _parse(self, read: bytes, *, last: bool) -> None:
        try:
            self._parser.Parse(read, last)
        except expat.ExpatError as problem:
            raise UnreadableLog(complaint(problem, inside=self._depth > 0, at_end=last)) from problem
        self._fed += len(read)
        if self._fed - self._parser.CurrentByteIndex > LONGEST and not last:
            sentence = _("第%(line)d行有一段超过%(size)d兆字节，没有日志这样写，不读。请向提供日志的一方要一份完好的。")
            raise UnreadableLog(sentence % {"line": self._parser.CurrentLineNumber, "size": LONGEST >> 20})

    def _meet_doctype(self, name: str, *declared: Any) -> None:
        if _local(name) == "log" and not any(declared):
            return
        sentence = _("第%(line)d行有文档类型声明（DOCTYPE）。日志用不着它，为安全起见不读这样的文件，请去掉再来。")
        raise UnreadableLog(sentence % {"line": self._parser.CurrentLineNumber})

    # -- elements -------------------------------------------------------------------------------------------------

    def _start(self, tag: str, attributes: Mapping[str, str]) -> None:
        self._depth = depth = self._depth + 1
        if depth == ATTRIBUTE_LEVEL:
            # Nine in ten of all elements come by here.
            if self._event is not None:
                key = attributes.get("key", "")
                wanted = self._wanted.get(key)
                if wanted is not None:
                    self._event[wanted] = (tag, attributes.get("value"))
                    if wanted == TIME:
                        self._time_line = self._parser.CurrentLineNumber
                elif key not in self.left_keys:
                    self._leave(key)
        elif depth > ATTRIBUTE_LEVEL:
            return
        elif depth == EVENT_LEVEL:
            if self._in_trace:
                self._inside_trace(tag, attributes)
        elif depth == TRACE_LEVEL:
            self._inside_log(tag, attributes)
        elif _local(tag) != "log":
            raise UnreadableLog(_("这不是XES日志：文件的最外层是“%(tag)s”，应当是“log”。") % {"tag": tag[:60]})

    def _inside_log(self, tag: str, attributes: Mapping[str, str]) -> None:
        tag = _local(tag)
        if tag == "trace":
            self._in_trace, self._line = True, self._parser.CurrentLineNumber
            self._trace_name, self._events, self._place = None, [], 0
        elif tag == "event":
            self.outside_cases += 1
        elif tag == "extension":
            self._meet_extension(attributes)
        elif tag in OBJECT_CENTRIC:
            raise UnreadableLog(_("这是OCEL日志，这里只补录XES日志。请从原系统另导出XES。"))
        elif self._wanted.get(attributes.get("key", "")) == NAME:
            self.name = attributes.get("value", "")

    def _meet_extension(self, attributes: Mapping[str, str]) -> None:
        """A vocabulary of the standard is known by its address: the prefix of its keys is what the log says it is."""
        vocabulary = attributes.get("uri", "").rpartition("/")[2].removesuffix(".xesext")
        key = VOCABULARIES.get(vocabulary)
        if key is not None:
            self._wanted[f"{attributes.get('prefix', '')}:{key.partition(':')[2]}"] = key

    def _inside_trace(self, tag: str, attributes: Mapping[str, str]) -> None:
        tag = _local(tag)
        if tag == "event":
            self._event = {}
            self._place += 1
        elif self._wanted.get(attributes.get("key", "")) == NAME:
            self._trace_name = (tag, attributes.get("value"))
        else:
            self._leave(attributes.get("key", ""))

    def _leave(self, key: str) -> None:
        if key and len(self.left_keys) < MOST_KEYS:
            self.left_keys.add(key)

    def _end(self, _tag: str) -> None:
        depth = self._depth
        self._depth = depth - 1
        if depth > EVENT_LEVEL:
            return
        if depth == EVENT_LEVEL and self._event is not None:
            self._finish_event(self._event)
            self._event = None
        elif depth == TRACE_LEVEL and self._in_trace:
            self._in_trace = False
            self._count += 1
            self._read.append(PastCase(self._count, _name(self._trace_name), self._events, self._line))

    def _finish_event(self, found: Mapping[str, Attribute]) -> None:
        lifecycle = found.get(LIFECYCLE, ("", None))[1]
        # XES means `complete` where an event says nothing of its life cycle.
        if self.lifecycle and (lifecycle or "complete").lower() != self.lifecycle.lower():
            self.other_lifecycles += 1
            if len(self.lifecycles) < MOST_WORDS:
                self.lifecycles.add(lifecycle or "complete")
            return
        self._events.append(PastEvent(_name(found.get(NAME)), self._moment(found.get(TIME)), lifecycle))

    def _moment(self, found: Attribute | None) -> Moment | None:
        text = found[1] if found else None
        if text is None:
            return None
        try:
            return moment(text, self.zone)
        except ValueError as problem:
            place = {"number": self._count + 1, "place": self._place, "line": self._time_line}
            sentence = _(
                "第%(number)d件第%(place)d条（文件第%(line)d行）的时间“%(text)s”看不懂。"
                "请写成 2026-11-02T08:30:00.000+08:00 的样子再来。"
            )
            raise UnreadableLog(sentence % {**place, "text": readable(text)}) from problem


def _local(tag: str) -> str:
    """The element's name without a prefix: some logs have one, most have none."""
    return tag.rpartition(":")[2]


def _name(found: Attribute | None) -> Name | None:
    if found is None or found[1] is None:
        return None
    tag = _local(found[0])
    return Name(tag if tag in KINDS else "string", found[1])
