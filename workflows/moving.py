"""Moving cases to another version of their programme's flow or terms, and back again.

A case goes on under the flow and terms it began with. Where it is to be moved, each `Move` says from which step to
which, what changes in its deadline, in the signatures it needs and (under other terms) in its amount, or why it has no
place there. Nothing that was promised or decided is touched: an amount already promised stays, signatures stay, and
what has ended stays where it is.
"""

from __future__ import annotations

import copy
import datetime
import functools
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.timezone import now
from django.utils.translation import gettext as _
from viewflow.workflow.status import STATUS

from casework.models import Case, Pause, Person, Stage, WorkItem
from casework.models.law import NOTICE_WORDS
from casework.models.stages import ASIDE
from workflows import deadlines, registry, trail
from workflows.entitlement import AWARD_COLUMNS, has_a_promise, reassess
from workflows.flow import CaseFlow, Step
from workflows.graph import places_of
from workflows.perform import OPEN
from workflows.programme import Programme
from workflows.proof.space import explore
from workflows.reckoning import limit_for, limit_of
from workflows.refusals import Incomplete, NotAllowed
from workflows.standing import SYSTEM, office_word
from workflows.terms import Terms

CHUNK = 200
CASE_COLUMNS = (
    "flow_class",
    "flow_version",
    "terms_version",
    "signatures_required",
    "notices_required",
    "trail_seq",
    "trail_head",
)
CLOCK = ("clock_from", "due_at", "alarm_at", "warned_at")
ITEM_COLUMNS = ("flow_task", "flow_task_type", "step", "role", "office", *CLOCK, "owner", "assigned", "status")


@dataclass(frozen=True, slots=True)
class Target:
    """Where to: a flow, a version of the terms, or both; what is None stays as each case has it."""

    flow: type[CaseFlow] | None = None
    terms: Terms | None = None

    def flow_of(self, case: Case) -> type[CaseFlow]:
        flow: type[CaseFlow] = self.flow or case.flow_class
        return flow

    def terms_of(self, case: Case) -> str:
        return self.terms.version if self.terms else case.terms_version


@dataclass(frozen=True, slots=True)
class Move:
    """What moving one case means. `refused` is why it has no place there; then nothing else is to be read.

    `late`: by its deadline there it is time to tell the office above, which the next sweep will do.
    """

    case_number: str
    stage: str
    step_before: str
    step_after: str = ""
    due_before: datetime.datetime | None = None
    due_after: datetime.datetime | None = None
    signatures_before: tuple[str, ...] = ()
    signatures_after: tuple[str, ...] = ()
    office_after: str = ""
    amount_before: Decimal | None = None
    amount_after: Decimal | None = None
    late: bool = False
    refused: str = ""


def target_named(programme: Programme, version: str) -> Target:
    """A flow by its number, or a version of the terms by its first day in force. Raises `LookupError`."""
    for flow in programme.flows:
        if version == str(flow.version):
            return Target(flow=flow)
    for terms in programme.terms.versions:
        if version == terms.version:
            return Target(terms=terms)
    raise LookupError(version)


def plans(
    programme: Programme, target: Target, *, county: str = "", numbers: frozenset[str] = frozenset()
) -> Iterator[Move]:
    """What would become of every open case that is not there already, oldest first.

    Each is really moved and the move undone: what is shown is what will be, to the cent. Nothing is left behind.
    """
    for item in _open_items(programme, target, county, numbers):
        with transaction.atomic():
            planned = move(item.process_id, target)
            transaction.set_rollback(True)
        yield planned


def move_all(
    programme: Programme, target: Target, *, county: str = "", numbers: frozenset[str] = frozenset()
) -> Iterator[Move]:
    """Move every open case that has a place there, each in a transaction of its own; yields what was done, or why not.

    Stopped in the middle and run again, it goes on with those that are left.
    """
    for item in _open_items(programme, target, county, numbers):
        yield move(item.process_id, target)


def plan(case: Case, item: WorkItem, target: Target) -> Move:
    """What moving this case, waiting in `item`, means."""
    title = str(item.flow_task.task_title) if item.flow_task else item.step
    why = _refusal(case, item, target)
    if why:
        return Move(case.number, str(case.stage), title, refused=why)
    step = _step_in(target.flow_of(case), item.step)
    assert step is not None, "a missing step is a refusal"
    after, found = _item_after(case, item, step, target)
    terms = registry.programme(case.programme).terms.version(target.terms_of(case))
    moved_office = after.office != item.office
    return Move(
        case.number,
        str(case.stage),
        title,
        str(step.task_title),
        item.due_at,
        after.due_at,
        tuple(case.signatures_required),
        terms.signatures,
        office_word(after.office) if moved_office else "",
        late=after.escalated_at is None and found.escalate <= now(),
    )


def move(case_id: int, target: Target) -> Move:
    """Move one case, under its lock, as `plan` says of it there and then."""
    with transaction.atomic():
        if target.terms is not None:
            # The person before the case: their other cases share its days.
            list(Person.objects.select_for_update(of=("self",)).filter(cases=case_id).values_list("pk"))
        case = Case.objects.select_for_update().get(pk=case_id)
        item = WorkItem.objects.select_for_update().filter(process=case, finished__isnull=True).first()
        if item is None or item.status not in OPEN:
            return Move(case.number, str(case.stage), "", refused=_("刚刚办结，不用再移"))
        item.process = case
        planned = plan(case, item, target)
        if planned.refused:
            return planned
        before = case.amount
        try:
            with transaction.atomic():
                _move(case, item, target)
        except Incomplete as held:
            # Under other terms it would hold what somebody else holds.
            return replace(planned, refused="；".join(held.missing))
    return replace(planned, amount_before=before, amount_after=case.amount)


def _move(case: Case, item: WorkItem, target: Target) -> None:
    at = now()
    before = {"flow": case.flow_version, "terms": case.terms_version, "step": item.step, "due": _iso(item.due_at)}
    flow = target.flow_of(case)
    step = _step_in(flow, item.step)
    assert step is not None, "a missing step is a refusal"
    after, _found = _item_after(case, item, step, target)
    if (after.role, after.office) != (item.role, item.office):
        # Whoever had taken it up has no post where it waits now.
        item.owner, item.assigned, item.status = None, None, STATUS.NEW
    case.flow_class, case.flow_version = flow, flow.version
    case.terms_version = target.terms_of(case)
    terms = registry.programme(case.programme).terms.version(case.terms_version)
    case.signatures_required, case.notices_required = list(terms.signatures), list(terms.notices)
    item.flow_task, item.flow_task_type, item.step = step, step.task_type, step.name
    for column in ("role", "office", *CLOCK):
        setattr(item, column, getattr(after, column))
    details = {
        "before": before,
        "after": {"flow": flow.version, "terms": case.terms_version, "step": step.name, "due": _iso(item.due_at)},
    }
    event = trail.next_event(case, "case_moved", actor=SYSTEM, at=at, details=details)
    event.save(force_insert=True)
    if target.terms is not None:
        reassess(case, at=at)
    case.save(update_fields=[*CASE_COLUMNS, *AWARD_COLUMNS])
    item.save(update_fields=ITEM_COLUMNS)


def _refusal(case: Case, item: WorkItem, target: Target) -> str:
    """Why a case has no place there; empty when it has."""
    flow = target.flow_of(case)
    step = _step_in(flow, item.step)
    if step is None:
        return _("第%(version)s版流程里没有“%(step)s”这个环节，请先把这一步办完") % {
            "version": flow.version,
            "step": item.flow_task.task_title if item.flow_task else item.step,
        }
    words = {"stage": Stage(case.stage).label, "step": step.task_title}
    if str(case.stage) not in _stages_at(flow).get(step.name, frozenset()):  # type: ignore[arg-type]  # viewflow, a base of it, has no types
        return _("“%(stage)s”的案件在那一版流程里走不到“%(step)s”") % words
    if case.stage in ASIDE and case.came_from not in places_of(flow):
        return _("案件要回到的环节“%(place)s”在那一版流程里没有") % {"place": case.came_from}
    if why := _past_a_board(case, flow, step, target):
        return why
    if target.terms is None:
        return ""
    if step.name not in target.terms.deadlines:
        return _("%(version)s的方案没有给“%(step)s”定期限") % {"version": target.terms.version, **words}
    if has_a_promise(case):
        return _("已经批准的金额不能换方案重算")
    return ""


def _past_a_board(case: Case, flow: type[CaseFlow], step: Step, target: Target) -> str:
    """A case that would have to have hung where it has not, and would never come to hang there any more."""
    wanted = registry.programme(case.programme).terms.version(target.terms_of(case)).notices
    lacking = {place for place in wanted if case.noticed.get(place) != case.notice_mark}
    known: Any = flow
    seen = _noticed_at(known).get((step.name, str(case.stage)), frozenset())
    if not lacking or any(lacking.isdisjoint(noticed) for noticed in seen):
        return ""
    places = "、".join(str(NOTICE_WORDS[place]) for place in wanted if place in lacking)
    return _("那里要求%(places)s，案件已经过了公示的环节，请先退回再移") % {"places": places}


@functools.cache
def _noticed_at(flow: Any) -> dict[tuple[str, str], frozenset[frozenset[str]]]:
    """Step and stage -> what may have hung when a case is there, as the proof has walked it."""
    found: dict[tuple[str, str], set[frozenset[str]]] = {}
    for state in explore(flow, guards_for=None).moves:
        found.setdefault((state.place, state.stage), set()).add(state.noticed)
    return {where: frozenset(several) for where, several in found.items()}


def _item_after(case: Case, item: WorkItem, step: Step, target: Target) -> tuple[WorkItem, deadlines.Moments]:
    """The item as it will wait in the step, its clock reckoned as the sweep will reckon it: by the terms aimed at, with
    its pauses and its extension. A day said by hand stays the day that was said."""
    after, before = copy.copy(item), limit_for(item)
    after.role, after.office = step.role, step.office_of(case)
    limit = limit_of(case.programme, target.terms_of(case), step.name)
    # A clock that goes on from before a pause began with another item, and keeps its beginning.
    if before and limit and item.clock_from == deadlines.start_of(before, case, item.created):
        after.clock_from = deadlines.start_of(limit, case, item.created)
    found = deadlines.reckon(after, limit, Pause.objects.filter(case=case))
    deadlines.warn_anew(after, found, now())
    return after, found


def _step_in(flow: type[CaseFlow], name: str) -> Step | None:
    """The step of that name, or the one the flow says has taken its place (`renamed`)."""
    place = places_of(flow).get(flow.renamed.get(name, name))
    return place if isinstance(place, Step) else None


@functools.cache
def _stages_at(flow: type[CaseFlow]) -> dict[str, frozenset[str]]:
    """Step -> the stages a case can be in there, as the proof has walked them."""
    found: dict[str, set[str]] = {}
    for state in explore(flow, guards_for=None).moves:
        found.setdefault(state.place, set()).add(state.stage)
    return {place: frozenset(stages) for place, stages in found.items()}


def _open_items(programme: Programme, target: Target, county: str, numbers: frozenset[str]) -> Iterator[WorkItem]:
    """The open items of cases that are not there yet, in the order of their keys, a chunk at a time."""
    rows = WorkItem.objects.filter(programme=programme.slug, finished__isnull=True).select_related("process")
    if target.flow is not None:
        rows = rows.exclude(process__flow_version=target.flow.version)
    if target.terms is not None:
        rows = rows.exclude(process__terms_version=target.terms.version)
    if county:
        rows = rows.filter(process__division__gte=county, process__division__lt=str(int(county) + 1))
    if numbers:
        rows = rows.filter(process__number__in=numbers)
    last = 0
    while chunk := list(rows.filter(pk__gt=last).order_by("pk")[:CHUNK]):
        yield from chunk
        last = chunk[-1].pk


def check_numbers(programme: Programme, numbers: frozenset[str]) -> None:
    """Raise `NotAllowed` naming the numbers no case of the programme has."""
    known = Case.objects.filter(programme=programme.slug, number__in=numbers).values_list("number", flat=True)
    if unknown := sorted(numbers - set(known)):
        raise NotAllowed(_("没有这些案号：%(numbers)s") % {"numbers": "、".join(unknown)})


def _iso(moment: datetime.datetime) -> str:
    return moment.astimezone(datetime.UTC).isoformat(timespec="seconds")
