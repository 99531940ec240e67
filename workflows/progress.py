"""How far along its road a case is: the same road for the desk and for the applicant, each with its own words."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from casework.models import Capacity, Case, Decision, Stage, WorkItem
from workflows.flow import CaseFlow, Step
from workflows.graph import main_road
from workflows.outcomes import Kind

MOST_GONE_BY = 12
"""Steps of a case brought in: there may have been thousands."""


@dataclass(frozen=True, slots=True)
class Stop:
    """A step on the road. Every step of a public notice has the `capacity` NOTICE here, whoever keeps the board. `at`:
    when it was last decided, or, for the one under way, when the case came to it."""

    step: str
    title: str
    capacity: str
    state: Literal["done", "now", "next", "stopped"]
    at: datetime.datetime | None = None


def road(case: Case, item: WorkItem | None, decisions: Sequence[Decision]) -> list[Stop]:
    """The road from the first step to the last, with where the case stands on it. `item` is its open work item.

    A step beside the road (papers asked for, an account to mend, suspended, under review) shows while the case is
    there. A case that was refused or withdrawn stops where it was decided; what would have followed is left out. Of a
    case that was brought in from elsewhere the last steps it went through are shown: no road was laid down for it.
    """
    flow = case.flow_class
    if str(case.stage) == Stage.ARCHIVED:
        return _gone_by(flow, decisions)
    last = decisions[-1].step if decisions else ""
    here = item.step if item is not None else last
    steps, place = _its_own(case, *_with_detour(flow, here, decisions), decisions)
    if str(case.stage) == Stage.CLOSED:
        return [_stop(step, "done", _decided(decisions, step)) for step in steps[: place + 1]]
    before = [_stop(step, "done", _decided(decisions, step)) for step in steps[:place]]
    if item is None:
        return [*before, _stop(steps[place], "stopped", _decided(decisions, steps[place]))]
    after = [_stop(step, "next", None) for step in steps[place + 1 :]]
    return [*before, _stop(steps[place], "now", item.created), *after]


def _its_own(case: Case, steps: list[Step], place: int, decisions: Sequence[Decision]) -> tuple[list[Step], int]:
    """Without what this case never comes to: the bank, for what is not paid to a card; and the steps before the one it
    began at, where a flow has several beginnings."""
    said = {decision.step for decision in decisions}
    first = next((number for number, step in enumerate(steps[:place]) if step.name in said), place)
    onward = steps[place + 1 :]
    if case.pays_by != Case.PaysBy.CARD:
        onward = [step for step in onward if not any(outcome.by_batch for outcome in step.outcomes.values())]
    return [*steps[first : place + 1], *onward], place - first


def _gone_by(flow: type[CaseFlow], decisions: Sequence[Decision]) -> list[Stop]:
    """Each step once, where it was gone through first."""
    known = {step.name: step for step in flow.steps()}
    gone = [name for name in dict.fromkeys(decision.step for decision in decisions) if name in known]
    return [_stop(known[name], "done", _decided(decisions, known[name])) for name in gone[-MOST_GONE_BY:]]


def _with_detour(flow: type[CaseFlow], here: str, decisions: Sequence[Decision]) -> tuple[list[Step], int]:
    """The main road's steps and the number of the one the case is at; when that lies beside the road, it stands before
    the step it leads back to. Where it leads back to an end, nothing follows."""
    steps = [place for place in main_road(flow) if isinstance(place, Step)]
    names = [step.name for step in steps]
    if here in names:
        return steps, names.index(here)
    detour = next((step for step in flow.steps() if step.name == here), None)
    if detour is None:
        return steps, 0
    if not any(outcome.returns for outcome in detour.outcomes.values()):
        ways = [outcome for outcome in detour.outcomes.values() if outcome.kind is Kind.ADVANCE and not outcome.aside]
        onward = {place.name for outcome in ways or detour.outcomes.values() for place in outcome.nexts}
        place = next((number for number, name in enumerate(names) if name in onward), len(steps))
        return [*steps[:place], detour, *steps[place:]], place
    left = _left_from(flow, here, decisions)
    if left in names:
        place = names.index(left)
        return [*steps[:place], detour, *steps[place:]], place
    last = max((names.index(one.step) for one in decisions if one.step in names), default=-1)
    return [*steps[: last + 1], detour], last + 1


def _left_from(flow: type[CaseFlow], here: str, decisions: Sequence[Decision]) -> str:
    """The step in which it was last decided that the case goes to `here`."""
    known = {step.name: step for step in flow.steps()}
    for decision in reversed(decisions):
        step = known.get(decision.step)
        outcome = step.outcomes.get(decision.outcome) if step else None
        if outcome is not None and here in {place.name for place in outcome.nexts}:
            return decision.step
    return ""


def _decided(decisions: Sequence[Decision], step: Step) -> datetime.datetime | None:
    return max((decision.at for decision in decisions if decision.step == step.name), default=None)


def _stop(step: Step, state: Literal["done", "now", "next", "stopped"], at: datetime.datetime | None) -> Stop:
    capacity = str(Capacity.NOTICE) if step.notice else step.capacity
    return Stop(step.name, str(step.task_title), capacity, state, at)
