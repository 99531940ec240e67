"""What a programme's own pages add to the page of a case: sections of its file, and ways on.

Generic pages know no programme by name. A programme with more than facts, papers and decisions to show has modules of
its own in this folder, and one line here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.utils.translation import gettext as _

from casework.desk.case_file import CaseFile
from casework.desk.notices.section import hung, is_noticed


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
"""Programme -> what it adds. Where a list has hung is added for all: notices are the house's, not a programme's."""


def more_of(file: CaseFile) -> More:
    add = PAGES.get(file.case.programme)
    more = add(file) if add else More()
    board = hung(file) if is_noticed(file.case) else None
    if board is None:
        return more
    return replace(more, sections=[*more.sections, Section("notice", _("公示"), "desk/notices/_section.html", board)])
