"""What a programme's own pages add to the page of a case: sections of its file, and ways on.

Generic pages know no programme by name. A programme with more than facts, papers and decisions to show has modules of
its own in this folder, and one line here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from casework.desk.case_file import CaseFile
from casework.desk.families.case_sections import more_of_a_lapse
from casework.desk.more import More, Section
from casework.desk.visits.case_sections import more_of_a_visit

PAGES: Mapping[str, Callable[[CaseFile], More]] = {
    "family_contact": more_of_a_lapse,
    "hardship_visit": more_of_a_visit,
}
"""Programme -> what it adds."""


def more_of(file: CaseFile) -> More:
    add = PAGES.get(file.case.programme)
    return add(file) if add else More()


__all__ = ["PAGES", "More", "Section", "more_of"]
