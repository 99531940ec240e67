"""THE gateway: the only way a case moves.

Lock the case → read it afresh → may this person act here → have they no other part in it → what is missing →
transition → decision → next work item → trail → outbox, in one transaction. The desk, imports, batches and commands
all come through here.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django_fsm import TransitionNotAllowed
from viewflow.workflow.status import STATUS
from viewflow.workflow.token import Token

from casework.models import Case, Decision, Participation, Person, Staff, Stage, WorkItem
from casework.models.law import not_noticed
from casework.models.stages import ASIDE
from casework.rows import new_row
from workflows import law, pauses, registry, trail
from workflows.flow import Act, CaseFlow, Passing, Step
from workflows.ledger import Ledger
from workflows.outcomes import Outcome
from workflows.refusals import (
    AlreadyDone,
    HadAPart,
    Incomplete,
    KeyReused,
    LawRefuses,
    NoSuchItem,
    NotYourPost,
    Recused,
    Refusal,
    SecondHat,
    UnknownOutcome,
)
from workflows.standing import Actor, Part, Standing, check_had_no_part, office_word, standing

OPEN = (STATUS.NEW, STATUS.ASSIGNED)
WAY_BACK = ("came_from", "stage_before")


@dataclass(frozen=True, slots=True)
class Receipt:
    """What was done. `repeated`: it had been done before by the same attempt, and was not done again."""

    case_id: int
    number: str
    stage: str
    outcome: str
    repeated: bool = False


def perform(
    item_id: int,
    outcome: str,
    *,
    by: Staff,
    reasons: Sequence[str] = (),
    note: str = "",
    key: str | None = None,
    values: Mapping[str, Any] | None = None,
    at: datetime.datetime | None = None,
    via: str = "",
) -> Receipt:
    """End a step with an outcome. Raises a `Refusal`; then nothing has happened.

    `key` names the attempt (a form's token): the same attempt twice is done once. `values` is what a form
    brought besides reasons and note. `at` is for history brought in; otherwise it is now. `via` is how it was said
    when nobody sat at a page (a file, over the wire): the trail tells.
    """
    try:
        with transaction.atomic():
            if has_consequences(outcome):
                _lock_applicant(item_id)
            item = locked_item(item_id)
            if item.status not in OPEN:
                return done_before(item, outcome, by, key)
            ledger = Ledger(at=at or now())
            act = _act(item, outcome, ledger, reasons=reasons, note=note, key=key, values=values)
            if via:
                act.said["via"] = via
            take(act, standing(by, item, act.outcome.hand))
            ledger.moved_cases.append(act.case)
            ledger.done_items.append(item)
            ledger.write()
    except IntegrityError as clash:
        raise refusal_of(clash, key, item_id) from clash
    return Receipt(act.case.pk, act.case.number, str(act.case.stage), outcome)


def has_consequences(outcome: str) -> bool:
    """Whether an outcome of that name can reserve or free days, which the applicant's other cases share."""
    return outcome in registry.programmes().consequential


def _lock_applicant(item_id: int) -> None:
    """The person before the case, as imports and amendments do: two acts that count one person's days wait here."""
    list(Person.objects.select_for_update(of=("self",)).filter(cases__work_items=item_id).values_list("pk"))


def locked_item(item_id: int) -> WorkItem:
    """The work item and its case, both locked and read afresh in one statement. Raises `NoSuchItem`."""
    rows = WorkItem.objects.select_related("process").select_for_update(of=("self", "process"))
    item: WorkItem | None = rows.filter(pk=item_id).first()
    if item is None or item.flow_task is None:
        raise NoSuchItem
    return item


def take(act: Act, seen: Standing) -> None:
    """Everything of a step but the reading and the writing: checks, transition, and the rows in the ledger.

    The caller has locked the case and read `seen` under that lock.
    """
    case, step, outcome = act.case, act.step, act.outcome
    act.actor = seen.actor
    # Whoever has the item in hand need not be asked when the applicant takes the case back, or has died.
    seen.check_may_act(act.item, act.hand.capacity, held=outcome.hand is None)
    if outcome.by_newcomer:
        check_had_no_part(seen, case)
    case.signatures = seen.signatures(case.facts_digest)
    _check_nothing_missing(act)
    before = str(case.stage)
    _transition(act)
    # The act is in the trail before its consequences and the case's end.
    part = _take_part(act, seen)
    act.ledger.decisions.append(_decision(act, part))
    for consequence in outcome.then:
        consequence(act)
    # What followed at once is part of what was decided: acceptance fixes the amount, and the trail pins it so.
    act.ledger.decisions[-1].amount = case.amount
    act.ledger.events.append(_event(act, before))
    pauses.turn(act)
    activation = step.activation_class(act.item, act.ledger)
    activation.finish(act)
    activation.activate_next()
    _forget_the_way_back(act)
    act.ledger.pauses, act.ledger.stopped = [], None
    if outcome.announces:
        payload = {"case": case.number, "step": step.name, "outcome": outcome.name}
        act.ledger.post("tell_applicant", f"tell:{case.number}:{case.trail_seq}", payload)


def begin(case: Case, flow: type[CaseFlow], ledger: Ledger, *, actor: Actor, first: Step | None = None) -> WorkItem:
    """Bring a new case to its first step: `draft → submitted`, its first event, its first work item.

    `case` is complete but unsaved; everything is left in the ledger. `first` is the step it begins at, where the flow
    has several; the law is asked with the verb the flow begins with.
    """
    node = flow.instance.node("begin")
    if first is not None and first not in node.firsts:
        raise ValueError(f"{flow.__name__} does not begin at {first.name}")
    case.flow_class, case.flow_version = flow, flow.version
    case.facts_digest = case.digest_of_facts()
    case.stage_since = ledger.at
    case.created = ledger.at
    if not law_permits(case, node.moves, actor):
        raise NotYourPost("、".join(law.speakers(node.moves, Stage.DRAFT)), office_word(case.division_id[:6]))
    getattr(case, node.moves)()
    details = {"programme": case.programme, "terms": case.terms_version, "facts": case.facts_digest}
    ledger.events.append(trail.next_event(case, node.told, actor=actor, at=ledger.at, details=details))
    ledger.new_cases.append(case)
    start = Passing(case, node, Token("start"), first=first or node.first, status=STATUS.DONE)
    node.activation_class(start, ledger).activate_next()
    return ledger.new_items[-1]


def prepare(item: WorkItem, outcome: str, ledger: Ledger, *, actor: Actor, **given: Any) -> Act:
    """An `Act` on an item in hand, for callers that take many at once."""
    act = _act(item, outcome, ledger, **given)
    act.actor = actor
    return act


def missing_for(item: WorkItem, outcome: Outcome, seen: Standing) -> list[str]:
    """What stands in the way of an outcome besides what its form brings; for the page that offers it."""
    case = item.process
    case.signatures = seen.signatures(case.facts_digest)
    act = Act(case, item, item.flow_task, outcome, seen.actor, now(), Ledger(at=now()), note="-", reasons=("-",))
    missing: list[str] = [*case.missing_for(outcome.moves), *not_noticed(case, outcome.after_notice)]
    if outcome.by_newcomer:
        try:
            check_had_no_part(seen, case)
        except HadAPart as refused:
            missing.append(str(refused))
    return missing + [line for need in outcome.requires for line in need(act)]


def law_permits(case: Case, verb: str, actor: Actor) -> bool:
    """Whether the law lets somebody in this role say the verb from the case's stage. django-fsm asks only if asked.

    Of the permission alone: `has_transition_perm` would go through the guards once more, which are asked in words
    before (`missing_for`) and by the verb itself.
    """
    acting: Any = actor  # typed for Django's users; ours acts by value
    return bool(getattr(case, verb)._django_fsm.has_transition_perm(case, case.stage, acting))


def _act(
    item: WorkItem,
    outcome: str,
    ledger: Ledger,
    *,
    reasons: Sequence[str] = (),
    note: str = "",
    key: str | None = None,
    values: Mapping[str, Any] | None = None,
) -> Act:
    step: Step = item.flow_task
    found = step.outcomes.get(outcome)
    if found is None:
        raise UnknownOutcome(outcome, step.task_title)
    return Act(
        case=item.process,
        item=item,
        step=step,
        outcome=found,
        actor=Actor(None, ""),
        at=ledger.at,
        ledger=ledger,
        reasons=tuple(reasons),
        note=note.strip(),
        key=key or None,
        values=values or {},
    )


def _check_nothing_missing(act: Act) -> None:
    case, outcome = act.case, act.outcome
    if case.stage not in Case.law_allows(outcome.moves):
        raise LawRefuses(str(Stage(case.stage).label), outcome.label)
    missing = case.missing_for(outcome.moves)
    missing += not_noticed(case, outcome.after_notice)
    missing += [sentence for need in outcome.requires for sentence in need(act)]
    missing += [sentence for question in outcome.asks for sentence in question.missing(act)]
    if outcome.needs_reason:
        known = registry.programme(case.programme).reasons
        if not act.reasons:
            missing.append(_("请选择至少一条理由（可另加说明）"))
        missing += [_("没有“%(code)s”这条理由") % {"code": code} for code in act.reasons if code not in known]
    if missing:
        raise Incomplete(missing)


def _transition(act: Act) -> None:
    verb = getattr(act.case, act.outcome.moves)
    if not law_permits(act.case, act.outcome.moves, act.actor):
        raise NotYourPost(act.step.task_title, act.actor.office)
    try:
        verb()
    except TransitionNotAllowed as refused:
        raise LawRefuses(str(Stage(act.case.stage).label), act.outcome.label) from refused
    act.case.stage_since = act.at
    if act.outcome.moves == "accept":
        act.case.accepted_at = act.at
        act.ledger.case_columns.add("accepted_at")
    if act.outcome.remembers:
        act.case.came_from = act.step.name
        act.ledger.case_columns.update(WAY_BACK)


def _forget_the_way_back(act: Act) -> None:
    """What is on its road again, or has ended, has none: the next to leave it must not find an old one."""
    case = act.case
    if case.stage not in ASIDE and (case.came_from or case.stage_before):
        case.came_from = case.stage_before = ""
        act.ledger.case_columns.update(WAY_BACK)


def _take_part(act: Act, seen: Standing) -> Participation:
    """The actor's participation, written down the first time, re-signed when the outcome is a signature."""
    staff_id = act.actor.staff_id
    assert staff_id is not None
    digest = act.case.facts_digest if act.outcome.signs else ""
    held = seen.parts.get(staff_id)
    if held is not None and act.outcome.keeps_name:
        digest = held.signed_digest
    if held is None:
        capacity = act.hand.capacity
        row = new_row(Participation, case=act.case, staff_id=staff_id, capacity=capacity, signed_digest=digest)
        act.ledger.new_parts.append(row)
        seen.parts[staff_id] = Part(None, capacity, digest, row)
        return row
    if held.row is not None:
        # Written down by an earlier step of the same ledger, which has not been written yet.
        held.row.signed_digest = held.signed_digest = digest
        return held.row
    assert held.pk is not None
    if held.signed_digest != digest:
        # Signing again after the facts changed; or taking back one's name by sending back or refusing.
        act.ledger.signed_parts.append((held.pk, digest))
        held.signed_digest = digest
    return Participation(pk=held.pk, case=act.case, staff_id=staff_id, capacity=held.capacity, signed_digest=digest)


def _decision(act: Act, part: Participation) -> Decision:
    return new_row(
        Decision,
        case=act.case,
        work_item=act.item,
        participation=part,
        step=act.step.name,
        outcome=act.outcome.name,
        transition=act.outcome.moves,
        clause=act.outcome.clause,
        staff_id=act.actor.staff_id,
        staff_name=act.actor.name,
        office_name=act.actor.office,
        reasons=list(act.reasons),
        note=act.note,
        at=act.at,
        facts_digest=act.case.facts_digest,
        file_digest=act.case.digest_of_file(),
        amount=act.case.amount,
        key=act.key,
    )


def _event(act: Act, before: str) -> Any:
    details = {
        "step": act.step.name,
        "outcome": act.outcome.name,
        "capacity": act.hand.capacity,
        "transition": act.outcome.moves,
        "from": before,
        "to": str(act.case.stage),
        "reasons": list(act.reasons),
        "note": sha256(act.note.encode()).hexdigest() if act.note else "",
        "file": act.ledger.decisions[-1].file_digest,
        "amount": "" if act.case.amount is None else f"{act.case.amount:.2f}",
        **act.said,
    }
    if act.actor.stands_in_for is not None:
        details["stands_in_for"] = act.actor.stands_in_for
    return trail.next_event(act.case, "decided", actor=act.actor, at=act.at, details=details)


def done_before(item: WorkItem, outcome: str, by: Staff, key: str | None) -> Receipt:
    """The step is finished. The same attempt again is harmless; another's is told who was first."""
    decision = item.decisions.first()
    if decision is None:
        raise NoSuchItem
    same_attempt = key is not None and decision.key == key
    same_click = key is None and decision.staff_id == by.pk and decision.outcome == outcome
    if same_attempt or same_click:
        return Receipt(item.process_id, item.process.number, str(item.process.stage), decision.outcome, repeated=True)
    done = item.flow_task.outcomes.get(decision.outcome)
    raise AlreadyDone(decision.staff_name, decision.at, done.label if done else decision.outcome)


def refusal_of(clash: IntegrityError, key: str | None, item_id: int | None) -> Refusal | IntegrityError:
    """A constraint that spoke up means somebody else was first; say which sentence that is."""
    text = str(clash)
    if key and Decision.objects.filter(key=key).exclude(work_item_id=item_id).exists():
        return KeyReused()
    if "participation" in text or "one_capacity" in text:
        return SecondHat(_("另一种身份"), _("这一步"))
    if "one_benefit_once" in text:
        return Incomplete([_("同一待遇刚刚在另一件案子里申领，不能同时享受，请刷新后再看")])
    if any(word in text for word in ("entitlement", "one_period_once", "no_period_overlaps")):
        return Incomplete([_("这段时间已被另一件案子申请，不能重复")])
    if "wantedpaper" in text or "paper_wanted_once" in text:
        return Incomplete([_("清单里有以前已经告知过的材料，请刷新后再写")])
    return clash


__all__ = ["Receipt", "Recused", "begin", "missing_for", "perform", "prepare", "take"]
