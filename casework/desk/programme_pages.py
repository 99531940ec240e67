"""What a programme's own pages add to the page of a case: sections of its file, and ways on.

Generic pages know no programme by name. A programme with more than facts, papers and decisions to show has modules of
its own in this folder, and one line here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from django.utils.translation import gettext as _

from casework.desk.case_file import CaseFile
from casework.desk.caselog.families import families
from casework.desk.caselog.section import log_of
from casework.desk.families.case_sections import more_of_a_lapse
from casework.desk.insurance.case_section import more_of_claim
from casework.desk.more import More, Section
from casework.desk.notices.section import hung, is_noticed
from casework.desk.rights.sections import more_of_rights
from casework.desk.visits.case_sections import came_of_a_visit, more_of_a_visit

PAGES: Mapping[str, Callable[[CaseFile], More]] = {
    "family_contact": more_of_a_lapse,
    "hardship_visit": more_of_a_visit,
    "insurance_claim": more_of_claim,
    "rights_case": more_of_rights,
}
"""Programme -> what it adds. Where a list has hung is added for all: notices are the house's, not a programme's."""


def _notices_of(file: CaseFile) -> More:
    board = hung(file) if is_noticed(file.case) else None
    return More([Section("notice", _("公示"), "desk/notices/_section.html", board)]) if board else More()


EVERY: Sequence[Callable[[CaseFile], More]] = (_notices_of, families, log_of, came_of_a_visit)
"""What any programme's case may have, if its terms say so."""


def more_of(file: CaseFile) -> More:
    own = PAGES.get(file.case.programme)
    found = [add(file) for add in (*([own] if own else []), *EVERY)]
    sections = [section for one in found for section in one.sections]
    return More(sections, [link for one in found for link in one.links])


__all__ = ["PAGES", "More", "Section", "more_of"]
