"""Programmes whose terms or flow cannot be read, or are not here any more."""

from __future__ import annotations

from collections.abc import Iterator

from workflows import missing, registry
from workflows.doctor.finding import Examination, Finding, Kind, Scope

UNREADABLE = Kind(
    "programme_unreadable",
    "有项目的方案或流程读不出来",
    "请系统管理员按所说的改正，用 manage.py check 核对后重新启动；改不了的，换回原来的文件",
)


def find(scope: Scope) -> Iterator[Finding]:
    for one in registry.left_out():
        yield Finding(UNREADABLE, one.slug, "", missing.sentence_of(one))
    for one in missing.lost():
        yield Finding(UNREADABLE, one.slug, "", one.why)


PROGRAMMES = Examination("programmes", "项目", find, of_installation=True)
