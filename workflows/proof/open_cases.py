"""Every open case with what decides who may still act in it, read in two streams and no more memory than one case."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from casework.access import within
from casework.models import Participation, WorkItem
from workflows import registry
from workflows.flow import CaseFlow
from workflows.proof.roster import Kin

COLUMNS = (
    "process_id",
    "process__number",
    "process__flow_class",
    "programme",
    "step",
    "process__came_from",
    "division",
    "process__applicant__identity_hash",
    "process__applicant__household_id",
)


@dataclass(frozen=True, slots=True)
class OpenCase:
    """Where a case lies, who has taken part as what, who must keep out."""

    number: str
    programme: str
    flow: type[CaseFlow]
    step: str
    came_from: str
    division: str
    parts: Mapping[int, str]
    barred: frozenset[int]

    @property
    def situation(self) -> object:
        """The same for cases of which the same people may do the same."""
        return self.flow, self.step, self.came_from, self.division, frozenset(self.parts.items()), self.barred


def open_cases(place: str, kin: Kin) -> Iterator[OpenCase]:
    """Every open case of a place (everywhere when empty). One whose flow this release no longer has is left out: it is
    the check-up's to tell (`workflows.doctor`)."""
    inside = within((place,), "division") if place else Q()
    items = WorkItem.objects.filter(inside, finished__isnull=True).order_by("process_id")
    parts = _parts(place)
    known = registry.programmes()
    following = next(parts, None)
    for row in items.values_list(*COLUMNS).iterator(chunk_size=2000):
        case_id, number, flow, programme, step, came_from, division, identity, household = row
        taken: dict[int, str] = {}
        while following is not None and following[0] <= case_id:
            if following[0] == case_id:
                taken[following[1]] = following[2]
            following = next(parts, None)
        if flow is not None and programme in known:
            barred = kin.barred(identity, household)
            yield OpenCase(number, programme, flow, step, came_from, division, taken, barred)


def _parts(place: str) -> Iterator[tuple[Any, ...]]:
    """(case, person, capacity) of every part taken in an open case, in the order of the cases."""
    inside = within((place,), "case__work_items__division") if place else Q()
    rows = Participation.objects.filter(inside, case__work_items__finished__isnull=True).order_by("case_id")
    return rows.values_list("case_id", "staff_id", "capacity").iterator(chunk_size=2000)
