"""Reading XES as it comes from other houses, case by case, in constant memory.

Old logs and new ones, with a namespace or without, packed or not. Of an event three things are read: what was done
(`concept:name`), when (`time:timestamp`), and which turn of its life cycle it was (`lifecycle:transition`). Whatever
else stands there may be somebody's name or number: it is counted and left where it is.

Document type declarations are refused: a log needs none, and entities are how a small file becomes a huge one.
"""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any, Protocol
from xml.parsers import expat
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from workflows.archived.shape import Name
from workflows.replay.past import Moment, PastCase, PastEvent
from workflows.replay.problems import UnreadableLog
from workflows.replay.times import moment

NAME, TIME, LIFECYCLE = "concept:name", "time:timestamp", "lifecycle:transition"
WANTED = frozenset({NAME, TIME, LIFECYCLE})
KINDS = frozenset({"string", "int", "float", "boolean", "date", "id"})
PACKED = b"\x1f\x8b"
ZIP = b"PK\x03\x04"
"""How an archive begins, a workbook's too."""

PIECE = 1 << 18
MOST_KEYS = 10_000

INVALID_TOKEN = expat.errors.codes[expat.errors.XML_ERROR_INVALID_TOKEN]
NO_XML = expat.errors.codes[expat.errors.XML_ERROR_SYNTAX]

LOG_LEVEL, TRACE_LEVEL, EVENT_LEVEL, ATTRIBUTE_LEVEL = 1, 2, 3, 4
"""How deep each stands in the file; what lies deeper is part of an attribute."""

Attribute = tuple[str, str | None]
"""The element it is written as, and its value."""


class Bytes(Protocol):
    """What can be read piece by piece."""

    def read(self, size: int, /) -> bytes: ...


@contextmanager
def opened(path: Path) -> Iterator[Bytes]:
    """The file's bytes, unpacked where they are packed, whatever it is called. Raises `OSError`, `UnreadableLog`."""
    with path.open("rb") as file:
        begins = file.read(len(ZIP))
        if begins == ZIP:
            raise UnreadableLog(_("这是ZIP压缩包（或Excel表），不是日志。请解开，把里面的 .xes 文件拿来。"))
        packed = begins.startswith(PACKED)
        file.seek(0)
        if not packed:
            yield file
            return
        with gzip.GzipFile(fileobj=file) as unpacked:
            yield unpacked


class LogReader:
    """Reads one log, once. When its cases have been taken to the last, the rest of what it saw is known as well.

    `zone` is assumed of times without one. With a `lifecycle`, only events of that transition count.
    """

    def __init__(self, *, zone: ZoneInfo, lifecycle: str = "") -> None:
        self.zone = zone
        self.lifecycle = lifecycle
        self.name = ""
        self.other_lifecycles = 0
        self.outside_cases = 0
        self.left_keys: set[str] = set()
        self._hash = sha256()
        self._parser = expat.ParserCreate()
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.StartDoctypeDeclHandler = self._refuse_doctype
        self._depth = 0
        self._count = 0
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
        while True:
            piece = _piece(file)
            self._hash.update(piece)
            self._parse(piece)
            yield from self._read
            self._read.clear()
            if not piece:
                return

    def _parse(self, piece: bytes) -> None:
        try:
            self._parser.Parse(piece, not piece)
        except expat.ExpatError as problem:
            cut_off = not piece and self._depth > 0
            # Outside the outermost element the parser takes whatever it does not know for a wrong letter.
            no_xml = self._depth == 0 and problem.code == INVALID_TOKEN
            code = NO_XML if no_xml else problem.code
            raise UnreadableLog(_cut_off(problem) if cut_off else _what_is_wrong(problem, code)) from problem
        except (LookupError, ValueError) as problem:
            # What the parser itself raises for an encoding that it cannot follow.
            raise UnreadableLog(_("文件用的编码读不了，请转成UTF-8再来。")) from problem

    def _refuse_doctype(self, *_declared: Any) -> None:
        sentence = _("第%(line)d行有文档类型声明（DOCTYPE）。日志用不着它，为安全起见不读这样的文件，请去掉再来。")
        raise UnreadableLog(sentence % {"line": self._parser.CurrentLineNumber})

    # -- elements -------------------------------------------------------------------------------------------------

    def _start(self, tag: str, attributes: Mapping[str, str]) -> None:
        self._depth = depth = self._depth + 1
        if depth == ATTRIBUTE_LEVEL:
            # Nine in ten of all elements come by here.
            if self._event is not None:
                key = attributes.get("key", "")
                if key in WANTED:
                    self._event[key] = (tag, attributes.get("value"))
                    if key == TIME:
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
            self._trace_name, self._events = None, []
        elif tag == "event":
            self.outside_cases += 1
        elif attributes.get("key") == NAME:
            self.name = attributes.get("value", "")

    def _inside_trace(self, tag: str, attributes: Mapping[str, str]) -> None:
        tag = _local(tag)
        if tag == "event":
            self._event = {}
        elif attributes.get("key") == NAME:
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
            return
        self._events.append(PastEvent(_name(found.get(NAME)), self._moment(found.get(TIME)), lifecycle))

    def _moment(self, found: Attribute | None) -> Moment | None:
        text = found[1] if found else None
        if text is None:
            return None
        try:
            return moment(text, self.zone)
        except ValueError as problem:
            words = {"line": self._time_line, "text": text[:60]}
            sentence = _("第%(line)d行的时间“%(text)s”看不懂。请写成 2026-11-02T08:30:00.000+08:00 的样子。")
            raise UnreadableLog(sentence % words) from problem


def _local(tag: str) -> str:
    """The element's name without a prefix: some logs have one, most have none."""
    return tag.rpartition(":")[2]


def _name(found: Attribute | None) -> Name | None:
    if found is None or found[1] is None:
        return None
    tag = _local(found[0])
    return Name(tag if tag in KINDS else "string", found[1])


def _piece(file: Bytes) -> bytes:
    try:
        return file.read(PIECE)
    except EOFError as problem:
        raise UnreadableLog(_("压缩文件不完整，后面的部分缺了。请重新下载或复制。")) from problem
    except (gzip.BadGzipFile, zlib.error) as problem:
        raise UnreadableLog(_("压缩文件已损坏，解不开。请重新下载或复制。")) from problem


# -- what the parser complains of -------------------------------------------------------------------------------------


def _cut_off(problem: expat.ExpatError) -> str:
    return _("文件到第%(line)d行就断了，后面的部分缺了。请重新下载或复制。") % {"line": problem.lineno}


def _what_is_wrong(problem: expat.ExpatError, code: int) -> str:
    words = {"line": problem.lineno, "column": problem.offset + 1, "what": _words(code)}
    return _("第%(line)d行第%(column)d个字处：%(what)s。请向提供日志的一方要一份完好的。") % words


def _words(code: int) -> str:
    """The complaint of that number, in Chinese where it is a common one."""
    said = {
        expat.errors.XML_ERROR_SYNTAX: _("不是XML"),
        expat.errors.XML_ERROR_INVALID_TOKEN: _("有不合XML规则的字符（比如没有转写的 < 或 &）"),
        expat.errors.XML_ERROR_TAG_MISMATCH: _("开始和结束的标签对不上"),
        expat.errors.XML_ERROR_DUPLICATE_ATTRIBUTE: _("同一个标签里一个属性写了两次"),
        expat.errors.XML_ERROR_JUNK_AFTER_DOC_ELEMENT: _("日志结束之后还有内容"),
        expat.errors.XML_ERROR_UNDEFINED_ENTITY: _("用了没有定义的实体"),
        expat.errors.XML_ERROR_UNKNOWN_ENCODING: _("编码不认识，请转成UTF-8"),
        expat.errors.XML_ERROR_INCORRECT_ENCODING: _("写明的编码与实际的不符，请转成UTF-8"),
        expat.errors.XML_ERROR_NO_ELEMENTS: _("是空的，或者不是XML"),
    }
    message = expat.errors.messages.get(code, "")
    return said.get(message, _("不是完好的XML（%(message)s）") % {"message": message})
