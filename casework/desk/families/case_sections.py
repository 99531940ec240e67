"""What a lapse adds to the page of its case: the way to the family, where it is put right."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from casework.desk.case_file import CaseFile
from casework.desk.more import More


def more_of_a_lapse(file: CaseFile) -> More:
    household = file.case.facts.get("household")
    if not isinstance(household, int):
        return More()
    return More(links=[(reverse("desk:family", args=[household]), _("看这一家，登记联系或安排"))])
