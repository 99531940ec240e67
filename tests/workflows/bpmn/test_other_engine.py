"""Somebody else's engine, given nothing but the file, asks people for the same steps as ours."""

from __future__ import annotations

import functools
from collections.abc import Iterable

import pytest
from hypothesis import given
from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.exceptions import WorkflowException
from SpiffWorkflow.bpmn.parser.BpmnParser import BpmnParser, BpmnValidator
from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec
from SpiffWorkflow.task import TaskState

from tests.workflows.bpmn.documents import FLOWS, NURSING, name_of
from tests.workflows.journeys import CHOICES, Turn, every_turn, walk
from tests.workflows.paper_flows import scattered_flow
from workflows.bpmn import to_bpmn
from workflows.bpmn.elements import element_id
from workflows.flow import CaseFlow, Step
from workflows.graph import main_road
from workflows.outcomes import Kind


@functools.cache
def spec_of(flow: type[CaseFlow]) -> BpmnProcessSpec:
    parser = BpmnParser(validator=BpmnValidator())
    parser.add_bpmn_str(to_bpmn(flow))
    return parser.get_spec(flow.programme)


def started(flow: type[CaseFlow], **said: str) -> BpmnWorkflow:
    workflow = BpmnWorkflow(spec_of(flow))
    workflow.task_tree.data |= said
    workflow.do_engine_steps()
    return workflow


def waiting_at(workflow: BpmnWorkflow) -> list[str]:
    return [str(task.task_spec.bpmn_id) for task in workflow.get_tasks(state=TaskState.READY, manual=True)]


def answer(workflow: BpmnWorkflow, outcome: str, *, came_from: str = "", taken_up: str = "") -> str:
    """End the one step that is open with an outcome; return which step it was."""
    (task,) = workflow.get_tasks(state=TaskState.READY, manual=True)
    task.data |= {"outcome": outcome, "came_from": came_from, "taken_up": taken_up}
    task.run()
    workflow.do_engine_steps()
    return str(task.task_spec.bpmn_id)


def ended_at(workflow: BpmnWorkflow) -> set[str]:
    done = workflow.get_tasks(state=TaskState.COMPLETED)
    return {task.task_spec.bpmn_id for task in done if str(task.task_spec.bpmn_id).startswith("end_")}


def run(flow: type[CaseFlow], case: Iterable[Turn]) -> None:
    """The other engine does what ours did, turn by turn, and waits or has ended where ours does."""
    turns = list(case)
    workflow = started(flow, begins_at=turns[0].step.name) if turns else started(flow)
    for turn in turns:
        taken_up = turn.to.name if turn.ending else ""
        assert answer(workflow, turn.outcome.name, came_from=turn.came_from, taken_up=taken_up) == element_id(turn.step)
        if isinstance(turn.to, Step):
            assert waiting_at(workflow) == [element_id(turn.to)]
        else:
            assert workflow.is_completed()
            assert ended_at(workflow) == {element_id(turn.to)}


@pytest.mark.parametrize("flow", FLOWS, ids=name_of)
def test_it_runs_the_main_road_through_the_same_steps(flow: type[CaseFlow]) -> None:
    *steps, end = main_road(flow)
    workflow = started(flow, begins_at=steps[0].name)

    walked = []
    for place in steps:
        assert isinstance(place, Step)
        onward = next(name for name, outcome in place.outcomes.items() if outcome.kind is Kind.ADVANCE)
        walked.append(answer(workflow, onward))

    assert walked == [element_id(place) for place in steps]
    assert workflow.is_completed()
    assert ended_at(workflow) == {element_id(end)}


@pytest.mark.parametrize("flow", FLOWS, ids=name_of)
def test_every_turn_leads_it_where_it_leads_us(flow: type[CaseFlow]) -> None:
    cases = list(every_turn(flow))

    done = {(case[-1].step.name, case[-1].outcome.name, (case[-1].ending or case[-1].to).name) for case in cases}
    assert done == {
        (step.name, outcome.name, place.name)
        for step in flow.steps()
        for outcome in step.outcomes.values()
        for place in outcome.nexts
    }
    for case in cases:
        run(flow, case)


@pytest.mark.parametrize("flow", FLOWS, ids=name_of)
@given(choices=CHOICES)
def test_whatever_happens_to_a_case_it_asks_for_the_same_steps(flow: type[CaseFlow], choices: list[int]) -> None:
    run(flow, walk(flow, choices))


@pytest.mark.parametrize("first", ["intake", "township", "check"])
def test_a_case_begins_where_it_is_said_to_begin(first: str) -> None:
    assert waiting_at(started(scattered_flow(), begins_at=first)) == [f"step_{first}"]


def test_a_case_sent_back_comes_again() -> None:
    workflow = started(NURSING)

    walked = [answer(workflow, turn) for turn in ("accept", "pass", "send_back", "pass", "pass", "refuse")]

    assert walked == [f"step_{name}" for name in ("intake", "village", "township", "village", "township", "county")]
    assert ended_at(workflow) == {"end_refused_by_county"}


def test_a_suspended_case_goes_on_where_it_was() -> None:
    workflow = started(NURSING)
    for outcome in ("accept", "pass", "suspend"):
        answer(workflow, outcome)

    assert answer(workflow, "resume", came_from="township") == "step_suspended"
    assert waiting_at(workflow) == ["step_township"]


def test_a_case_that_comes_from_nowhere_cannot_go_back() -> None:
    workflow = started(NURSING)
    answer(workflow, "suspend")

    with pytest.raises(WorkflowException, match="No conditions satisfied"):
        answer(workflow, "resume", came_from="bank")


def test_an_ended_case_is_taken_up_again_and_ends_again() -> None:
    workflow = started(NURSING)

    answer(workflow, "refuse", taken_up="review_request")
    assert waiting_at(workflow) == ["step_review_request"]
    answer(workflow, "request_review")
    answer(workflow, "uphold", came_from="refused")

    assert workflow.is_completed()
    assert ended_at(workflow) == {"end_refused"}
