"""A BPMN file is read as a net from its text alone, and what cannot be read is said so."""

from __future__ import annotations

import pytest

from tests.workflows.bpmn.documents import FLOWS, NURSING, name_of
from tests.workflows.conformance.documents import END, START, bpmn, row, side_by_side
from workflows.bpmn import to_bpmn
from workflows.bpmn.document import MODEL
from workflows.conformance.net import BEGIN, Marking, Net, NotReadable, read_net
from workflows.conformance.net import END as OVER
from workflows.flow import CaseFlow


def runs_of(net: Net) -> set[tuple[str, ...]]:
    """The titles done in every run from beginning to end, of a net without loops."""
    found, waiting = set(), [(BEGIN, ())]
    while waiting:
        marking, done = waiting.pop()
        if marking == OVER:
            found.add(done)
        for transition, after in net.enabled(marking):
            waiting.append((after, (*done, transition.label) if transition.label else done))
    return found


def test_tasks_one_after_another_are_done_in_that_order() -> None:
    assert runs_of(read_net(row("a", "b", "c"))) == {("a", "b", "c")}


def test_of_an_exclusive_gateway_one_way_is_taken() -> None:
    nodes = [START, ("exclusiveGateway", "which"), ("userTask", "a"), ("userTask", "b"), END]
    flows = [("start", "which"), ("which", "a"), ("which", "b"), ("which", "end"), ("a", "end"), ("b", "end")]

    assert runs_of(read_net(bpmn(nodes, flows))) == {("a",), ("b",), ()}


def test_of_a_parallel_gateway_every_way_is_taken_and_awaited() -> None:
    assert runs_of(read_net(side_by_side())) == {("a", "b", "c"), ("b", "a", "c")}


def test_several_flows_into_a_task_are_several_ways_to_come_to_it() -> None:
    nodes = [START, ("exclusiveGateway", "which"), ("userTask", "a"), ("userTask", "b"), END]
    flows = [("start", "which"), ("which", "a"), ("which", "b"), ("a", "b"), ("b", "end")]

    assert runs_of(read_net(bpmn(nodes, flows))) == {("a", "b"), ("b",)}


def test_what_happens_takes_and_gives_tokens() -> None:
    net = read_net(row("a"))
    marking: Marking = BEGIN
    seen = []
    while enabled := list(net.enabled(marking)):
        ((transition, marking),) = enabled
        seen.append(transition.name)

    assert seen == ["start", "start-a", "a", "a-end"]
    assert marking == OVER


@pytest.mark.parametrize("flow", FLOWS, ids=name_of)
def test_the_tasks_of_a_flow_are_its_steps(flow: type[CaseFlow]) -> None:
    net = read_net(to_bpmn(flow))

    assert sorted(net.titles) == sorted(step.task_title for step in flow.steps())


@pytest.mark.parametrize(
    ("document", "why"),
    [
        (to_bpmn(NURSING)[:-40], "不是完整的XML"),
        (f'<definitions xmlns="{MODEL}"/>'.encode(), r"应当有一个流程（process），现有0个"),
        (row("a").replace(b"<startEvent", b'<startEvent id="other"/><startEvent'), "应当有一个起点.*现有2个"),
        (row("a").replace(b'targetRef="a"', b'targetRef="b"'), "“start-a”接到“b”，没有这个节点"),
        (row("a").replace(b"<userTask", b"<complexGateway"), "“a”是 complexGateway，这里不认识"),
    ],
)
def test_what_cannot_be_read_is_said_so(document: bytes, why: str) -> None:
    with pytest.raises(NotReadable, match=why):
        read_net(document)
