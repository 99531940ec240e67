"""What a programme's own pages add to the page of a case: sections of its file, and ways on.

Generic pages know no programme by name. A programme with more than facts, papers and decisions to show has modules of
its own in this folder, and one line here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from casework.desk.case_file import CaseFile


@dataclass(frozen=True)
class Section:
    """A section of the page, between the papers and the deadline. Its `template` finds `context` as `own`."""

    anchor: str
    title: str
    template: str
    context: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class More:
    """What a programme adds: sections, and (address, words) of what else can be done."""

    sections: Sequence[Section] = ()
    links: Sequence[tuple[str, str]] = ()


PAGES: Mapping[str, Callable[[CaseFile], More]] = {}
"""Programme -> what it adds."""


def more_of(file: CaseFile) -> More:
    add = PAGES.get(file.case.programme)
    return add(file) if add else More()
