"""Terms: the numbers of a programme, dated, each version with its source. Data, never code."""

from __future__ import annotations

import datetime
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

from casework.models import Capacity
from casework.models.law import NOTICE_WORDS
from workflows.limits import Deadline, check_deadline, deadline_from
from workflows.notice_terms import NoticeTerms, check_notice, notice_from
from workflows.terms_shape import Shape, Wrong, check_under, day, each, every, text, words
from workflows.terms_slips import is_slip, slip_in
from workflows.unreadable import Unreadable

HOUSE_KEYS = {
    "in_force_from": day,
    "source": text,
    "signatures": words(Capacity.values),
    "deadlines": every(check_deadline),
}
"""What every programme's terms hold; the rest is the programme's own."""

MAY_HOLD = {"notices": words(NOTICE_WORDS, least=0), "notice": check_notice}
"""What they may hold besides."""

TERMS = "terms.yaml"
"""What a programme's own page is called. It lies in the programme's folder, by which it is told from the others."""

UNREADABLE = {
    FileNotFoundError: "没有这个文件",
    IsADirectoryError: "这是一个文件夹",
    PermissionError: "没有读它的权限",
}


NOT_YAML = {
    "block collection": "上面几行是带“-”的列表，这一行不是：写成“项: 值”的（如 steps 的环节），每行前面都不加“-”",
    "mapping values are not allowed": "一行里有两个“: ”：值里再有“项: 值”的要用 {} 括起来，文字里有冒号的要加引号",
    "flow sequence": "“[”没有对上“]”，或者中间少了逗号",
    "flow mapping": "“{”没有对上“}”，或者中间少了逗号",
    "quoted scalar": "引号没有对上",
    "\\t": "缩进要用空格，不能用制表符（Tab）",
    "block mapping": "这一行的缩进和上面同级的不一样齐",
}
"""What the reader of YAML finds -> what to do about it."""


class TermsProblem(Unreadable):
    """The terms file is wrong; the text says where: which version, which key."""


@dataclass(frozen=True)
class Terms:
    """One version. `version` is its first day in force, as text: what a case pins."""

    version: str
    in_force_from: datetime.date
    source: str
    signatures: tuple[str, ...]
    deadlines: Mapping[str, Deadline]
    body: Mapping[str, Any]
    notices: tuple[str, ...] = ()
    """The steps in which its list must have hung before anything is paid: `village_notice`…"""
    notice: NoticeTerms | None = None
    """How a list hangs: days, what it shows, where."""

    def money(self, *path: str) -> Decimal:
        """An amount in yuan at a path of the body."""
        value: Any = self.body
        for name in path:
            value = value[name]
        return Decimal(str(value))


class TermsBook:
    """Every version of a programme's terms, by the date it came into force."""

    def __init__(self, versions: list[Terms]) -> None:
        if not versions:
            raise TermsProblem("“versions”里一个版本也没有，至少要写一个")
        self.versions = tuple(sorted(versions, key=lambda terms: terms.in_force_from))
        self._by_name = {terms.version: terms for terms in self.versions}
        if len(self._by_name) != len(self.versions):
            raise TermsProblem("有两个版本的“in_force_from”（施行日期）是同一天")

    def in_force(self, day: datetime.date) -> Terms | None:
        """The version that governs `day`; None before the first."""
        found = None
        for terms in self.versions:
            if terms.in_force_from <= day:
                found = terms
        return found

    def version(self, name: str) -> Terms:
        return self._by_name[name]


def load(path: Path, shape: Shape | None = None) -> TermsBook:
    """Read `terms.yaml`. Raises `TermsProblem` naming the file, the version and the key that is wrong.

    `shape` is what the programme's own keys must look like; without one only the house's own are looked at.
    """
    name = f"{path.parent.name}/{path.name}" if path.name == TERMS else path.name
    raw = parsed(written(path), name)
    try:
        return book_of(raw, shape)
    except TermsProblem as problem:
        raise TermsProblem(f"{name}：{problem}") from problem


BOOL = "tag:yaml.org,2002:bool"


class _Misread(Exception):
    """Proper YAML that cannot be meant; the text says where."""


class _Loader(yaml.SafeLoader):
    """YAML of today: only true and false are yes and no. To the old, `on:` as a key would be one, too."""

    yaml_implicit_resolvers = {
        first: [(tag, pattern) for tag, pattern in resolvers if tag != BOOL or first in "tTfF"]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen = set()
        for key in (key for key, _value in node.value if isinstance(key, yaml.ScalarNode)):
            if key.value in seen:
                # YAML would silently believe the last.
                raise _Misread(f"第{key.start_mark.line + 1}行的“{key.value}”在同一处写了两次，请只留一个")
            if is_slip(key.value):
                raise _Misread(
                    f"第{key.start_mark.line + 1}行的“{key.value}”里有中文标点，冒号、逗号要用英文的，后面空一格"
                )
            seen.add(key.value)
        return super().construct_mapping(node, deep)

    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:
        try:
            return super().construct_object(node, deep)
        except ValueError as problem:
            raise _Misread(f"第{node.start_mark.line + 1}行的“{node.value}”不是真有的日期或数") from problem


def written(path: Path) -> str:
    """The text of a terms file. Raises `TermsProblem` when it cannot be read."""
    try:
        return path.read_text(encoding="utf-8")
    except OSError as problem:
        why = UNREADABLE.get(type(problem), problem.strerror)
        raise TermsProblem(f"读不了方案文件 {path}：{why}") from problem
    except UnicodeDecodeError as problem:
        raise TermsProblem(f"{path.parent.name}/{path.name}不是 UTF-8 编码的文本文件，请另存为 UTF-8") from problem


def parsed(text: str, name: str) -> Any:
    """What a terms file says, as plain lists and mappings; `name` is what it is called in a `TermsProblem`."""
    try:
        return yaml.load(text, _Loader)  # a SafeLoader
    except _Misread as problem:
        raise TermsProblem(f"{name}：{problem}") from problem
    except yaml.YAMLError as problem:
        raise TermsProblem(f"{name}不是规范的 YAML：{_not_yaml(problem, text)}") from problem


def _not_yaml(problem: yaml.YAMLError, text: str) -> str:
    mark = getattr(problem, "problem_mark", None)
    # A key without its colon is only missed in the line after it.
    if mark and (slip := slip_in(text.splitlines(), (mark.line, mark.line - 1))):
        return slip
    where = f"第{mark.line + 1}行第{mark.column + 1}列附近" if mark else "文件里"
    why = next((said for found, said in NOT_YAML.items() if found in str(problem)), "请检查括号、引号和缩进")
    return f"{where}写法不对，{why}"


def book_of(raw: Any, shape: Shape | None) -> TermsBook:
    """Every version of what was parsed. Raises `TermsProblem` naming the version and the key that is wrong."""
    if not isinstance(raw, dict) or not isinstance(raw.get("versions"), list):
        raise TermsProblem("没有“versions”（各版本的列表）")
    outermost = ("programme", *(shape.head if shape else ()), "common", "versions")
    if strange := sorted(str(key) for key in raw if key not in outermost):
        known = f"{'、'.join(outermost[:-1])} 和 {outermost[-1]}"
        raise TermsProblem(f"最外层不认识“{'”“'.join(strange)}”，只能有 {known}")
    if shape is not None and raw.get("programme") != shape.programme:
        raise TermsProblem(f"“programme”要写“{shape.programme}”，现在是“{raw.get('programme') or ''}”")
    if shape is not None:
        _check_head(raw, shape)
    common = raw.get("common") or {}
    if not isinstance(common, dict):
        raise TermsProblem("“common”要写成若干“项: 值”")
    return TermsBook([_version(number, entry, common, shape) for number, entry in enumerate(raw["versions"], start=1)])


def _check_head(raw: Mapping[str, Any], shape: Shape) -> None:
    for key, check in shape.head.items():
        try:
            check_under(key, check, raw.get(key))
        except Wrong as wrong:
            raise TermsProblem(f"最外层的{wrong}") from wrong


def _version(number: int, entry: Any, common: Mapping[str, Any], shape: Shape | None) -> Terms:
    named = f"第{number}个版本"
    if not isinstance(entry, dict):
        raise TermsProblem(f"{named}要写成若干“项: 值”")
    written = {**common, **entry}
    since = written.get("in_force_from")
    if isinstance(since, datetime.date):
        named += f"（{since}）"
    try:
        if shape is not None and shape.complete is not None:
            written = dict(shape.complete(written))
        _check_version(written, shape)
    except Wrong as wrong:
        raise TermsProblem(f"{named}的{wrong}") from wrong
    body = {key: value for key, value in written.items() if key not in HOUSE_KEYS and key not in MAY_HOLD}
    return Terms(
        version=written["in_force_from"].isoformat(),
        in_force_from=written["in_force_from"],
        source=written["source"],
        signatures=tuple(written["signatures"]),
        deadlines={step: deadline_from(value) for step, value in written["deadlines"].items()},
        body=body,
        notices=tuple(written.get("notices") or ()),
        notice=notice_from(written["notice"]) if "notice" in written else None,
    )


def _check_version(written: Mapping[str, Any], shape: Shape | None) -> None:
    if shape is None:
        known = HOUSE_KEYS.keys() | MAY_HOLD.keys()
        each(HOUSE_KEYS, MAY_HOLD)({key: value for key, value in written.items() if key in known})
    else:
        each({**HOUSE_KEYS, **shape.body}, {**MAY_HOLD, **shape.optional})(written)
        if shape.agrees is not None:
            shape.agrees(written)
    if written.get("notices") and "notice" not in written:
        raise Wrong("没有写：要公示的项目必须写明公示几天、公示什么、依据哪一条", "notice")
