"""A case as objects and events: the case, its work items, decisions and payments, and all that its trail holds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from casework.models import BatchLine, Case, Decision, Event, Stage, WorkItem
from workflows.eventlog import declared, details, pseudonyms, words
from workflows.eventlog.case_files import CaseFile, particulars
from workflows.eventlog.ocel import Changing, Kinds, Link, OcelEvent, OcelObject, Record, Scalar, present
from workflows.eventlog.story import SETTLED, Passage, story


def records_of(file: CaseFile) -> Iterator[Record]:
    """The case's objects, then its events. The batches its payments are lines of must have come before."""
    passages = list(story(file))
    yield _case(file.case, passages)
    for item in file.items:
        yield _item(file.case, item)
    for decision in file.decisions:
        yield _decision(file.case, decision)
    for line in file.lines:
        yield _payment(file.case, line, passages)
    for passage in passages:
        yield _step(file.case, passage) if passage.is_step else _act(file.case, passage)


def case_id(case: Case) -> str:
    return f"case:{case.number}"


def item_id(item: WorkItem) -> str:
    return f"item:{item.pk}"


def decision_id(decision: Decision) -> str:
    return f"decision:{decision.pk}"


def batch_id(number: str) -> str:
    return f"batch:{number}"


def payment_id(batch: str, line: int) -> str:
    return f"payment:{batch}/{line}"


# -- objects ----------------------------------------------------------------------------------------------------------


def _case(case: Case, passages: list[Passage]) -> OcelObject:
    attributes: dict[str, Scalar] = {"number": case.number, **particulars(case), "stage": Stage.DRAFT.value}
    changing = Changing(attributes)
    for passage in passages:
        changing.now("stage", passage.stage_after or None, passage.event.at)
        changing.now("amount", passage.amount, passage.event.at)
    return OcelObject(case_id(case), declared.CASE, attributes, changing.changes)


def _item(case: Case, item: WorkItem) -> OcelObject:
    attributes = {
        "step": item.step,
        "title": words.of_step(case, item.step),
        "office": item.office,
        "role": item.role,
        "arrived": item.created,
        "due": item.due_at,
        "finished": item.finished,
    }
    return OcelObject(item_id(item), declared.ITEM, present(attributes), links=[Link(case_id(case), "step of")])


def _decision(case: Case, decision: Decision) -> OcelObject:
    attributes = {
        "step": decision.step,
        "outcome": decision.outcome,
        "transition": decision.transition,
        "resource": pseudonyms.staff(decision.staff_id),
        "amount": decision.amount,
    }
    links = [Link(case_id(case), "made in"), Link(f"item:{decision.work_item_id}", "ends")]
    return OcelObject(decision_id(decision), declared.DECISION, present(attributes), links=links)


def _payment(case: Case, line: BatchLine, passages: list[Passage]) -> OcelObject:
    """Its state is pending until the step that settled it; without such a step in the trail it is as the row says."""
    settled = [passage for passage in passages if passage.line == line and passage.text("transition") in SETTLED]
    at_first = BatchLine.State.PENDING.value if settled else line.state
    attributes: dict[str, Scalar] = {"line": line.line_number, "amount": line.amount, "state": at_first}
    changing = Changing(attributes)
    for passage in settled:
        arrived = passage.text("transition") == "pay"
        changing.now("state", BatchLine.State.PAID.value if arrived else line.state, passage.event.at)
    links = [Link(case_id(case), "pays"), Link(batch_id(line.batch.number), "line of")]
    return OcelObject(_payment_id(line), declared.PAYMENT, attributes, changing.changes, links)


def _payment_id(line: BatchLine) -> str:
    return payment_id(line.batch.number, line.line_number)


# -- events -----------------------------------------------------------------------------------------------------------


def _step(case: Case, passage: Passage) -> OcelEvent:
    item = passage.item
    attributes: dict[str, Scalar | None] = {
        "step": passage.step,
        "outcome": passage.text("outcome"),
        "capacity": passage.text("capacity"),
        "role": item.role if item else None,
        "office": item.office if item else None,
        "stage_before": passage.text("from"),
        "stage_after": passage.stage_after,
        "amount": passage.amount,
        "reasons": details.codes(passage.event, "reasons") or None,
    }
    links = _links(case, passage)
    return event_of(
        passage.event, words.of_step(case, passage.step), declared.STEP, attributes, links, code=passage.step
    )


def _act(case: Case, passage: Passage) -> OcelEvent:
    event = passage.event
    former, to = details.number(event, "former"), details.number(event, "to")
    attributes: dict[str, Scalar | None] = {
        "step": passage.step or None,
        "stage_after": passage.stage_after or None,
        "former": None if former is None else pseudonyms.staff(former),
        "to": None if to is None else pseudonyms.staff(to),
    }
    return event_of(
        event, words.of_action(event.action), declared.IN_A_CASE, attributes, _links(case, passage), code=event.action
    )


def event_of(
    event: Event, type_: str, kinds: Kinds, attributes: Mapping[str, Scalar | None], links: Iterable[Link], *, code: str
) -> OcelEvent:
    """An event of any chain: its id is its place there, and it says who did what."""
    acted: dict[str, Scalar | None] = {
        "seq": event.seq,
        "action": event.action,
        "resource": pseudonyms.staff(event.actor_id),
    }
    return OcelEvent(
        id=f"{event.chain}#{event.seq}",
        type=type_,
        code=code,
        at=event.at,
        kinds=kinds,
        attributes=present({**acted, **attributes}),
        links=list(links),
    )


def _links(case: Case, passage: Passage) -> Iterator[Link]:
    yield Link(case_id(case), "in")
    if passage.item is not None:
        yield Link(item_id(passage.item), "ends" if passage.is_step else "about")
    if passage.opened is not None:
        yield Link(item_id(passage.opened), "opens")
    if passage.decision is not None:
        yield Link(decision_id(passage.decision), "makes")
    if passage.line is not None:
        yield Link(_payment_id(passage.line), "concerns")
