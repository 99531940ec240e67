"""Many alike, decided in one transaction: the acts of `workflows.perform`, read and written for all at once.

Each case meets the same law, guards, requirements and trail as alone (`take`); what they look at is read in a fixed
number of statements, and what they leave is written in one ledger. What is refused leaves nothing in it.

Locks: whoever holds one lock and waits for another can be waited for in turn. Here nobody waits: what can be had this
moment is locked, in order of the cases, and what another has is left out, for `workflows.bulk` to take alone
afterwards. So a crowd is part of no deadlock, whatever order anybody else locks in.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.db.models import prefetch_related_objects
from django.utils.timezone import now

from casework.models import Case, Entitlement, Person, Staff, WorkItem
from workflows import garbage
from workflows.flow import Act
from workflows.ledger import Ledger
from workflows.perform import OPEN, Receipt, done_before, has_consequences, prepare, take
from workflows.refusals import NoSuchItem, Refusal
from workflows.standing import SYSTEM, Standing
from workflows.standing_of_many import Asked, standings

Answer = Receipt | Refusal

JUDGED_BY = ("applicant__register_entries", "applicant__entitlements", "payee_account", "entitlement")
"""Whose application it is, what the register and earlier cases say of them, to be paid to whom; what it held before."""


@dataclass(frozen=True, slots=True)
class Said:
    """What is said of each: by whom, which outcome, on what grounds, the one answer to each question the outcome asks
    (`perform(values=…)`); and each attempt's own key, by item."""

    by: Staff
    outcome: str
    keys: Mapping[int, str]
    reasons: Sequence[str] = ()
    note: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)


class RefusedTooLate(Exception):
    """A consequence refused after it may have written: only undoing everything takes that back."""


def decide_together(said: Said) -> dict[int, Answer]:
    """What became of each item of `said.keys`, in their order, but of those somebody else has in hand this moment.

    All or nothing but for the refusals answered; whatever is raised, nothing has happened.
    """
    answers: dict[int, Answer] = {}
    with garbage.left_lying(), transaction.atomic():
        for turn in _turns(said):
            answers.update(_decide(turn, said))
    return answers


def _turns(said: Said) -> list[list[int]]:
    """Who is taken together. Where one case's outcome can change the amounts of the applicant's others, each person's
    cases are taken one after another, as they were given, and nobody else may touch them meanwhile."""
    if not has_consequences(said.outcome):
        return [list(said.keys)]
    owners = _held_with_their_people(said.keys)
    turns: list[list[int]] = []
    taken: dict[int, int] = {}
    for item_id in said.keys:
        if (person := owners.get(item_id)) is None:
            continue
        turn = taken[person] = taken.get(person, -1) + 1
        if turn == len(turns):
            turns.append([])
        turns[turn].append(item_id)
    return turns


def _held_with_their_people(item_ids: Iterable[int]) -> dict[int, int]:
    """Item -> applicant, for the applicants who could be locked along with everything of theirs this can come to touch:
    the items' own cases, and those that hold days of theirs."""
    items = WorkItem.objects.filter(pk__in=item_ids)
    owners = dict(items.values_list("pk", "process__applicant_id"))
    people = Person.objects.select_for_update(of=("self",), skip_locked=True, no_key=True)
    held = set(people.filter(pk__in=set(owners.values())).order_by("pk").values_list("pk", flat=True))
    # Under the person's lock nobody gains or loses days.
    granted = Entitlement.objects.filter(person__in=held, live=True)
    cases = dict(granted.values_list("case_id", "person_id"))
    cases.update(items.filter(process__applicant__in=held).values_list("process_id", "process__applicant_id"))
    locked = Case.objects.select_for_update(of=("self",), skip_locked=True).filter(pk__in=cases).order_by("pk")
    elsewhere = cases.keys() - set(locked.values_list("pk", flat=True))
    held -= {cases[case] for case in elsewhere}
    return {item_id: person for item_id, person in owners.items() if person in held}


def _decide(item_ids: Sequence[int], said: Said) -> dict[int, Answer]:
    """The acts on cases of different people, through the gateway's own checks, written together."""
    items = _locked(item_ids)
    ledger = Ledger(at=now())
    acts, answers = _acts(items, said, ledger)
    seen = _seen(said.by, acts)
    for item_id, item in items.items():
        if item_id in answers:
            continue
        try:
            answers[item_id] = _one(item, acts.get(item_id), seen.get(item_id), said, ledger)
        except Refusal as refused:
            answers[item_id] = refused
    ledger.write()
    return answers


def _locked(item_ids: Sequence[int]) -> dict[int, WorkItem]:
    """Items and cases, locked and read afresh in one statement, in the order given, but those another has."""
    rows = WorkItem.objects.select_related("process").select_for_update(of=("self", "process"), skip_locked=True)
    found = {item.pk: item for item in rows.filter(pk__in=item_ids).order_by("process_id", "pk")}
    done = [item for item in found.values() if item.status not in OPEN]
    held = [item for item in found.values() if item.owner_id is not None and item.status in OPEN]
    prefetch_related_objects(done, "decisions")
    prefetch_related_objects(held, "owner")
    return {item_id: found[item_id] for item_id in item_ids if item_id in found}


def _acts(items: Mapping[int, WorkItem], said: Said, ledger: Ledger) -> tuple[dict[int, Act], dict[int, Answer]]:
    """What is to be done with the open ones, and who is refused already. They share a leaf, which each leaves empty."""
    leaf = Ledger(at=ledger.at)
    acts: dict[int, Act] = {}
    refused: dict[int, Answer] = {}
    for item_id, item in items.items():
        try:
            if item.flow_task is None:
                raise NoSuchItem
            if item.status in OPEN:
                acts[item_id] = prepare(
                    item,
                    said.outcome,
                    leaf,
                    actor=SYSTEM,
                    reasons=said.reasons,
                    note=said.note,
                    key=said.keys[item_id],
                    values=said.values,
                )
        except Refusal as refusal:
            refused[item_id] = refusal
    return acts, refused


def _seen(by: Staff, acts: Mapping[int, Act]) -> dict[int, Standing | Refusal]:
    """How `by` stands before each; where there is an application to judge, what it is judged by; and what the outcome's
    questions look at. The cases of a turn are of different people: none of it changes while they are decided."""
    judged = [act.case for act in acts.values() if act.outcome.requires and act.outcome.then]
    prefetch_related_objects(judged, *JUDGED_BY)
    asked: dict[str, list[Case]] = {}
    for act in acts.values():
        for relation in dict.fromkeys(name for question in act.outcome.asks for name in question.reads):
            asked.setdefault(relation, []).append(act.case)
    for relation, cases in asked.items():
        prefetch_related_objects(cases, relation)
    found = standings(by, [_asked(act) for act in acts.values()])
    return dict(zip(acts, found, strict=True))


def _asked(act: Act) -> Asked:
    """The item's own place, or that of the outcome's hand."""
    hand = act.outcome.hand
    if hand is None:
        return Asked(act.item, act.item.role, act.item.office)
    return Asked(act.item, str(hand.role), act.case.division_id[: hand.level])


def _one(item: WorkItem, act: Act | None, seen: Standing | Refusal | None, said: Said, ledger: Ledger) -> Receipt:
    if act is None:
        return done_before(item, said.outcome, said.by, said.keys[item.pk])
    if not isinstance(seen, Standing):
        raise seen or NoSuchItem
    try:
        take(act, seen)
    except Refusal as refusal:
        if act.ledger.is_empty():
            raise
        raise RefusedTooLate from refusal
    act.ledger.moved_cases.append(act.case)
    act.ledger.done_items.append(act.item)
    ledger.take_in(act.ledger)
    return Receipt(act.case.pk, act.case.number, str(act.case.stage), act.outcome.name)
