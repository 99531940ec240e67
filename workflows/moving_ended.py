"""Moving a case that has ended to another version of its flow: what its applicant may still ask belongs to the flow.

Only by its number, and only where that version has the end it came to. Nothing of it changes but the flow: stage,
amount, signatures and terms stay, and it is moved back in the same way.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.db import transaction
from django.db.models import Q
from django.utils.timezone import now
from django.utils.translation import gettext as _

from casework.access import within
from casework.models import Case, Decision, Stage, WorkItem
from casework.models.stages import ENDED
from workflows import trail
from workflows.flow import CaseFlow, Ending, Step
from workflows.graph import places_of
from workflows.moving import Move, Target
from workflows.programme import Programme
from workflows.standing import SYSTEM


def move_ended(
    programme: Programme, target: Target, *, numbers: frozenset[str], county: str = "", dry_run: bool = False
) -> Iterator[Move]:
    """Move those of these cases that have ended, each in a transaction of its own; yields what was done, or why not.

    With `dry_run` each move is undone again.
    """
    if target.flow is None:
        return
    cases = Case.objects.filter(programme=programme.slug, number__in=numbers, stage__in=ENDED)
    cases = cases.filter(within((county,)) if county else Q()).exclude(flow_version=target.flow.version)
    for case_id in list(cases.order_by("pk").values_list("pk", flat=True)):
        with transaction.atomic():
            moved = _move(case_id, target.flow)
            transaction.set_rollback(dry_run)
        yield moved


def _move(case_id: int, flow: type[CaseFlow]) -> Move:
    case = Case.objects.select_for_update().get(pk=case_id)
    before, after = end_of(case, case.flow_class), end_of(case, flow)
    title = str(before.task_title) if before else ""
    if case.stage not in ENDED or WorkItem.objects.filter(process=case, finished__isnull=True).exists():
        return Move(case.number, str(case.stage), title, refused=_("刚刚重新开启，请再试一次"))
    if before is None or after is None or after.lands_in != case.stage:
        said = _("第%(version)s版流程里没有案件走到的这个结局（%(stage)s）")
        return Move(
            case.number,
            str(case.stage),
            title,
            refused=said % {"version": flow.version, "stage": Stage(case.stage).label},
        )
    details = {
        "before": {"flow": case.flow_version, "terms": case.terms_version, "step": before.name},
        "after": {"flow": flow.version, "terms": case.terms_version, "step": after.name},
    }
    case.flow_class, case.flow_version = flow, flow.version
    trail.next_event(case, "case_moved", actor=SYSTEM, at=now(), details=details).save(force_insert=True)
    case.save(update_fields=["flow_class", "flow_version", "trail_seq", "trail_head"])
    signatures = tuple(case.signatures_required)
    return Move(case.number, str(case.stage), title, str(after.task_title), None, None, signatures, signatures)


def end_of(case: Case, flow: type[CaseFlow]) -> Ending | None:
    """Where its decisions led, as that flow has it: the end of the last one that leads to one there."""
    places = places_of(flow)
    for decision in Decision.objects.filter(case=case).order_by("-id").only("step", "outcome"):
        step = places.get(decision.step)
        outcome = step.outcomes.get(decision.outcome) if isinstance(step, Step) else None
        if outcome is not None and isinstance(outcome.next, Ending):
            return outcome.next
    return None
