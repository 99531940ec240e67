"""A case as its page needs it: fetched with permission, read in a fixed number of statements."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.http import Http404, HttpRequest

from casework.access import Access, access_case
from casework.desk.session import access
from casework.models import (
    Capacity,
    Case,
    Decision,
    Event,
    Evidence,
    Pause,
    RegisterEntry,
    Role,
    Stage,
    WantedPaper,
    WorkItem,
)
from casework.models.stages import ASIDE
from workflows import registry, trail
from workflows.amend import AMENDABLE, amendable_fields
from workflows.flow import Step
from workflows.papers.evidence import Sighting, sightings

MOST_EVENTS = 200
MOST_PAUSES = 20
SLIP_PRINTERS = (Role.INTAKE_CLERK, Role.VILLAGE_VERIFIER, Role.TOWNSHIP_REVIEWER)
"""Who hands a family its slip: at the counter, or on the visit."""


@dataclass(frozen=True)
class CaseFile:
    """All that a case page shows, for one viewer."""

    viewer: Access
    case: Case
    item: WorkItem | None
    pictures: list[Evidence]
    seen_elsewhere: dict[int, list[Sighting]]
    entries: list[RegisterEntry]
    decisions: list[Decision]
    events: list[Event]
    wanted: list[WantedPaper]
    pauses: list[Pause]
    breaks: list[trail.Break] = field(default_factory=list)

    @property
    def step(self) -> Step | None:
        return self.item.flow_task if self.item is not None else None

    @property
    def is_mine(self) -> bool:
        """Whether the open step waits for a post the viewer holds. Claims and recusal are asked when acting."""
        item = self.item
        return item is not None and any(
            (post.role, post.office_code) == (item.role, item.office) for post in self.viewer.posts
        )

    @property
    def may_amend(self) -> bool:
        """Where there is anything on an application to be put right: what the house found itself has none."""
        if not self.is_mine or self.case.stage not in AMENDABLE:
            return False
        return bool(amendable_fields(registry.programme(self.case.programme)))

    @property
    def may_change_account(self) -> bool:
        at_intake = self.step is not None and self.step.capacity == Capacity.INTAKE
        return self.is_mine and at_intake and self.case.stage not in ASIDE

    @property
    def may_print_slip(self) -> bool:
        return self.viewer.covers(self.case.division_id, *SLIP_PRINTERS)

    @property
    def may_print_notice(self) -> bool:
        """Of what is missing, while the case waits for it."""
        return self.may_print_slip and self.case.stage == Stage.CORRECTION


def access_case_or_404(request: HttpRequest, number: str) -> Case:
    """The case, if it lies in the viewer's jurisdiction; else 404, as if there were none."""
    try:
        return access_case(access(request), number)
    except Case.DoesNotExist as missing:
        raise Http404 from missing


def open_item(case: Case) -> WorkItem | None:
    """The step it waits in, with who holds it and what has been said of its deadline."""
    with_it = WorkItem.objects.select_related("owner", "extension__granted_by", "supervision_order")
    item = with_it.filter(process=case, finished__isnull=True).first()
    if item is not None:
        item.process = case
    return item


def pauses_of(case: Case) -> list[Pause]:
    """The stretches in which its clock stood still, the last of very many."""
    return list(Pause.objects.filter(case=case).order_by("-id")[:MOST_PAUSES])[::-1]


def read_file(request: HttpRequest, case: Case) -> CaseFile:
    """Everything about a case already accessed. Twelve statements."""
    viewer = access(request)
    pictures = list(Evidence.objects.filter(case=case).select_related("uploaded_by"))
    entries = RegisterEntry.objects.filter(person=case.applicant_id, county=case.division_id[:6])
    events = Event.objects.filter(chain=case.number).order_by("-seq")[:MOST_EVENTS]
    # A case brought in from elsewhere may have thousands; each event above finds its decision among these.
    decisions = Decision.objects.filter(case=case).order_by("-pk")[:MOST_EVENTS]
    return CaseFile(
        viewer=viewer,
        case=case,
        item=open_item(case),
        pictures=pictures,
        seen_elsewhere=sightings(pictures, viewer),
        entries=list(entries.order_by("valid_from", "pk")),
        decisions=list(decisions)[::-1],
        events=list(events)[::-1],
        wanted=list(WantedPaper.objects.filter(case=case)),
        pauses=pauses_of(case),
        breaks=list(trail.breaks(chain=case.number)),
    )
