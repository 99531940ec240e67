"""A case that waits in no step is put back into the one it must be in, where that admits of no doubt."""

from __future__ import annotations

from django.db import transaction
from django.utils.timezone import now
from viewflow.workflow.token import Token

from casework.models import Case, Decision, Event, WorkItem
from casework.models.stages import ENDED
from workflows import law, trail
from workflows.flow import Step
from workflows.graph import begin_of, places_of
from workflows.proof.space import space_of
from workflows.standing import SYSTEM


def restore_item(number: str) -> Step | None:
    """Make the missing work item of a case anew, due from now, and say so in its trail; the step it waits in.

    The step is where its last decision led, if the trail is whole and says the same, and the flow and the law let a
    case be there in the stage it is in. None in any other case, and then nothing has happened.
    """
    with transaction.atomic():
        case = Case.objects.select_for_update().filter(number=number).first()
        if case is None or case.stage in ENDED or case.finished is not None:
            return None
        if WorkItem.objects.filter(process=case, finished__isnull=True).exists():
            return None
        step = _step_of(case)
        if step is None or any(trail.breaks(chain=number)):
            return None
        at = now()
        step.new_item(case, Token("start"), at=at).save(force_insert=True)
        details = {"what": "item_missing", "step": step.name}
        event = trail.next_event(case, "repaired", actor=SYSTEM, at=at, details=details)
        event.save(force_insert=True)
        case.save(update_fields=["trail_seq", "trail_head"])
    return step


def _step_of(case: Case) -> Step | None:
    """Where the last decision led; the first step for a case in which nothing was decided yet."""
    if case.flow_class is None or not _trail_says_so(case):
        return None
    last = Decision.objects.filter(case=case).order_by("-id").first()
    begin = begin_of(case.flow_class)
    place = _after(case, last) if last else begin and begin.first
    if not isinstance(place, Step):
        return None
    allowed = {state.stage for state in space_of(case.flow_class).at(place.name)}
    return place if case.stage in allowed else None


def _trail_says_so(case: Case) -> bool:
    """Whether what last moved the case was its last decision (its submission, without one), into the stage it is in."""
    moved = Event.objects.filter(chain=case.number, action__in=("submitted", "decided")).order_by("-seq").first()
    last = Decision.objects.filter(case=case).order_by("-id").first()
    if moved is None or last is None or moved.action == "submitted":
        return moved is not None and last is None and case.stage == law.FIRST_STAGE
    said = (moved.details.get("step"), moved.details.get("outcome"), moved.details.get("to"))
    return said == (last.step, last.outcome, case.stage)


def _after(case: Case, last: Decision) -> object:
    """The place the decision's outcome leads to."""
    step = places_of(case.flow_class).get(last.step)
    outcome = step.outcomes.get(last.outcome) if isinstance(step, Step) else None
    if outcome is None:
        return None
    try:
        place: object = outcome.place_for(case)
    except LookupError:
        return None
    return place
