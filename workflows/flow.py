"""Our vocabulary on viewflow: the steps a flow is written in.

A flow reads like the policy paper: a `Begin`, `Step`s done by people, and `Ending`s. A step lists its outcomes; each
names the law's transition it asks for, the clause it follows, what it requires, and where the case goes next. There
is one edge per outcome, so no gateway nodes and no rows for them.

Nodes here never save: they put rows into the `Ledger` of the act (`workflows.perform`).
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from viewflow import this
from viewflow.workflow import lock
from viewflow.workflow.activation import Activation
from viewflow.workflow.base import Edge, Flow, Node
from viewflow.workflow.status import PROCESS, STATUS

from casework.models import Case, Level, WorkItem
from casework.rows import new_row
from workflows import deadlines, trail
from workflows.ledger import Ledger
from workflows.limits import Deadline
from workflows.outcomes import Hand, Outcome
from workflows.standing import SYSTEM, Actor
from workflows.terms import TermsBook
from workflows.unreadable import Unreadable


class FlowProblem(Unreadable):
    """A flow names a place it does not have; the text says in which step, by which outcome."""


@dataclass(slots=True)
class Act:
    """Who does what to which case, on what grounds. Requirements read it; consequences add to its ledger."""

    case: Case
    item: WorkItem
    step: Step
    outcome: Outcome
    actor: Actor
    at: datetime.datetime
    ledger: Ledger
    reasons: tuple[str, ...] = ()
    note: str = ""
    key: str | None = None
    values: Mapping[str, Any] = field(default_factory=dict)
    said: dict[str, Any] = field(default_factory=dict)
    """What the trail keeps of this act besides what it keeps of every act: dates, codes, counts."""

    @property
    def hand(self) -> Hand:
        """In whose role, at which level and in what capacity this is done."""
        return self.step.hand_of(self.outcome)


Requirement = Callable[[Act], list[str]]
Consequence = Callable[[Act], None]


@dataclass(slots=True)
class Passing:
    """A beginning or an end as viewflow wants a task: passed through at once, never a row."""

    process: Case
    flow_task: Any
    token: Any
    first: Any = None
    status: str = STATUS.NEW


class LedgerActivation(Activation):
    """An activation whose task is a row in a ledger, not yet in the database."""

    def __init__(self, task: WorkItem | Passing, ledger: Ledger) -> None:
        # viewflow would look the process up again; the row the gateway locked is the one that must be held.
        self.task = task
        self.process = task.process
        self.ledger = ledger

    # viewflow keeps activations in sets by their task's key; a row that is not yet written has none.
    __hash__ = object.__hash__

    def __eq__(self, other: object) -> bool:
        return self is other

    @Activation.status.transition(source=STATUS.NEW)
    def activate(self) -> None:
        """Nothing happens on arrival."""


class BeginActivation(LedgerActivation):
    @Activation.status.transition(source=STATUS.DONE)
    def create_next(self) -> Iterator[Activation]:
        yield self.task.first._create(self, self.task.token)


class StepActivation(LedgerActivation):
    @classmethod
    def create(
        cls,
        flow_task: Step,
        prev_activation: LedgerActivation,
        token: Any,
        data: Any = None,
        seed: Any = None,
    ) -> StepActivation:
        ledger = prev_activation.ledger
        item = flow_task.new_item(prev_activation.process, token, at=ledger.at, due_at=ledger.next_due)
        ledger.next_due = None
        if isinstance(prev_activation, StepActivation) and prev_activation.outcome.stays:
            assert isinstance(prev_activation.task, WorkItem)
            deadlines.carry_on(item, prev_activation.task)
        if ledger.pauses:
            deadlines.go_on(item, flow_task.limit_for(item.process), ledger.stopped, ledger.pauses)
        ledger.new_items.append(item)
        return cls(item, ledger)

    @Activation.status.transition(source=STATUS.STARTED, target=STATUS.DONE)
    def complete(self) -> None:
        """A step is never completed by arriving: only `finish` ends it."""

    @Activation.status.transition(source=[STATUS.NEW, STATUS.ASSIGNED], target=STATUS.DONE)
    def finish(self, act: Act) -> None:
        item, at = self.task, self.ledger.at
        assert isinstance(item, WorkItem)
        item.owner_id = act.actor.staff_id
        item.started = item.started or at
        item.finished = at
        self.outcome = act.outcome

    @Activation.status.transition(source=STATUS.DONE)
    def create_next(self) -> Iterator[Activation]:
        yield self.outcome.place_for(self.process)._create(self, self.task.token)


class EndingActivation(LedgerActivation):
    @classmethod
    def create(
        cls,
        flow_task: Ending,
        prev_activation: LedgerActivation,
        token: Any,
        data: Any = None,
        seed: Any = None,
    ) -> EndingActivation:
        # An end is a fact about the case, not work: it has a row in the trail and none among the work items.
        return cls(
            WorkItem(process=prev_activation.process, flow_task=flow_task, token=token),
            prev_activation.ledger,
        )

    @Activation.status.transition(source=STATUS.NEW, target=STATUS.DONE)
    def activate(self) -> None:
        case, at = self.process, self.ledger.at
        # A decision that stands brings a case back to the end it came from: there is nothing more to say.
        if self.flow_task.moves and case.stage != self.flow_task.lands_in:
            before = case.stage
            getattr(case, self.flow_task.moves)()
            case.stage_since = at
            details = {"transition": self.flow_task.moves, "from": before, "to": str(case.stage)}
            self.ledger.events.append(trail.next_event(case, "closed", actor=SYSTEM, at=at, details=details))
        case.status = PROCESS.DONE
        case.finished = at

    @Activation.status.transition(source=STATUS.DONE)
    def create_next(self) -> Iterator[Activation]:
        return iter(())


class Begin(Node):
    """Where a case comes in: at `first`, unless whoever begins it names one of the `others`.

    `moves` is the law's verb that makes a draft a case, `told` the word the trail has for it.
    """

    activation_class = BeginActivation
    task_type = "START"
    bpmn_element = "startEvent"
    shape = {"width": 50, "height": 50, "svg": '<circle class="event" cx="25" cy="25" r="25"/>'}

    def __init__(self, first: Any, *others: Any, moves: str = "submit", told: str = "submitted") -> None:
        super().__init__()
        self.first = first
        self.others = others
        self.moves = moves
        self.told = told

    @property
    def firsts(self) -> tuple[Any, ...]:
        """Every place a case can begin at."""
        return (self.first, *self.others)

    def _resolve(self, instance: Any) -> None:
        self.first = this.resolve(instance, self.first)
        self.others = _resolved(instance, self.others)

    def _outgoing(self) -> Iterator[Edge]:
        for place in self.firsts:
            yield Edge(src=self, dst=place, edge_class="next")


class Step(Node):
    """A step a person does, in an office at a level, in a capacity, within a deadline of the terms."""

    activation_class = StepActivation
    task_type = "HUMAN"
    bpmn_element = "userTask"
    shape = {
        "width": 150,
        "height": 100,
        "text-align": "middle",
        "svg": '<rect class="task" width="150" height="100" rx="5" ry="5"/>',
    }
    # Going back is an outcome of its own: viewflow's ways would move the flow and leave the case behind.
    undo_view_class = cancel_view_class = revive_view_class = None

    def __init__(self, title: str, *, role: str, level: Level, capacity: str) -> None:
        super().__init__()
        self.task_title = title
        self.role = role
        self.level = level
        self.capacity = capacity
        self.outcomes: dict[str, Outcome] = {}

    def on(self, name: str, label: str, *, moves: str, to: Any, clause: str, **extra: Any) -> Step:
        """One more way this step can end; see `Outcome`."""
        self.outcomes[name] = Outcome(name=name, label=label, moves=moves, next=to, clause=clause, **extra)
        return self

    def _resolve(self, instance: Any) -> None:
        self.outcomes = {
            name: replace(outcome, next=self._place(instance, outcome)) for name, outcome in self.outcomes.items()
        }

    def _place(self, instance: Any, outcome: Outcome) -> Any:
        try:
            return _resolved(instance, outcome.next)
        except AttributeError as problem:
            known = [name for name, node in vars(type(instance)).items() if isinstance(node, Step | Ending)]
            raise FlowProblem(
                f"{type(instance).__name__} 的环节 {self.name}（{self.task_title}），"
                f"结果 {outcome.name}（{outcome.label}）：to= 写的“{problem.name}”不是这个流程里的环节，"
                f"可写的是：{'、'.join(known)}"
            ) from problem

    def _outgoing(self) -> Iterator[Edge]:
        for outcome in self.outcomes.values():
            for place in outcome.nexts:
                yield Edge(src=self, dst=place, edge_class="next", label=outcome.label)

    def hand_of(self, outcome: Outcome) -> Hand:
        """Who says an outcome of this step: its own office, unless the outcome names another."""
        return outcome.hand or Hand(self.role, self.level, self.capacity)

    @property
    def notice(self) -> str:
        """The place (`village_notice`…) whose public notice this step is part of; empty elsewhere."""
        return next((outcome.notice for outcome in self.outcomes.values() if outcome.notice), "")

    @property
    def for_newcomers(self) -> bool:
        """Whether all that can be said here is for somebody who has had no part in the case."""
        own = [outcome for outcome in self.outcomes.values() if outcome.hand is None]
        return bool(own) and all(outcome.by_newcomer for outcome in own)

    def office_of(self, case: Case) -> str:
        """The division code of the office this step waits in: the case's place, cut to the step's level."""
        return case.division_id[: self.level]

    def limit_for(self, case: Case) -> Deadline | None:
        """How long this step may take under the terms the case has pinned; None where they say nothing of it."""
        terms: TermsBook = self.flow_class.terms
        return terms.version(case.terms_version).deadlines.get(self.name)

    def new_item(
        self, case: Case, token: Any, *, at: datetime.datetime, due_at: datetime.datetime | None = None
    ) -> WorkItem:
        """The work item of this step, not yet saved, due as the case's terms say, unless somebody has said when."""
        item = new_row(
            WorkItem,
            process=case,
            flow_task=self,
            flow_task_type=self.task_type,
            token=token,
            created=at,
            step=self.name,
            programme=case.programme,
            office=self.office_of(case),
            role=self.role,
            division=case.division_id,
            due_at=due_at or at,
        )
        limit = self.limit_for(case)
        if due_at is not None:
            deadlines.set_by_hand(item, limit, due_at)
        elif limit is not None:
            deadlines.wind(item, limit, case)
        else:
            raise LookupError(f"the terms {case.terms_version} have no deadline for {self.name}")
        return item


def _resolved(instance: Any, place: Any) -> Any:
    if isinstance(place, tuple):
        return tuple(this.resolve(instance, one) for one in place)
    return this.resolve(instance, place)


class Ending(Node):
    """Where a case ends; `moves` is a transition that follows of itself (paid → closed).

    `reopens` is the step, or several, by which an ended case may be taken up again (an internal review is asked for).
    """

    activation_class = EndingActivation
    task_type = "END"
    bpmn_element = "endEvent"
    shape = {"width": 50, "height": 50, "svg": '<circle class="event end-event" cx="25" cy="25" r="25"/>'}

    def __init__(self, title: str, *, moves: str = "", stage: str, reopens: Any = ()) -> None:
        super().__init__()
        self.task_title = title
        self.moves = moves
        self.lands_in = stage
        self.reopens: tuple[Any, ...] = reopens if isinstance(reopens, tuple) else (reopens,)

    def _resolve(self, instance: Any) -> None:
        self.reopens = _resolved(instance, self.reopens)

    def _outgoing(self) -> Iterator[Edge]:
        for step in self.reopens:
            yield Edge(src=self, dst=step, edge_class="next", label=step.task_title)


class CaseFlow(Flow):
    """The base of every flow. It has no nodes: a subclass of a flow with nodes would keep its parent's edges."""

    process_class = Case
    task_class = WorkItem
    # nowait=True sleeps between tries; no lock at all let four threads finish one task four times.
    lock_impl = lock.SelectForUpdateLock(nowait=False)

    programme: str
    version: int = 1
    terms: TermsBook
    _steps: list[Step]
    renamed: Mapping[str, str] = {}
    """Step of an earlier version -> the step of this one that has taken its place, where the name differs."""

    @classmethod
    def steps(cls) -> list[Step]:
        """The human steps, in the order they were written. A flow never changes, and is asked on every page."""
        known: list[Step] | None = vars(cls).get("_steps")
        if known is None:
            order = {name: number for number, name in enumerate(vars(cls))}
            found = [node for node in cls.instance.nodes() if isinstance(node, Step)]
            known = sorted(found, key=lambda step: order.get(step.name, len(order)))
            cls._steps = known
        return list(known)
