"""The net of every flow is sound; and each way of being unsound is found."""

from __future__ import annotations

import re

import pytest

from tests.workflows.bpmn.documents import FLOWS, NURSING, name_of
from tests.workflows.conformance.documents import END, START, bpmn, row, side_by_side
from tests.workflows.paper_flows import scattered_flow
from workflows.bpmn import to_bpmn
from workflows.bpmn.elements import element_id, gateway_id
from workflows.conformance.net import read_net
from workflows.conformance.soundness import Unsound, examine
from workflows.flow import CaseFlow


def found(document: bytes) -> set[Unsound]:
    return {flaw.kind for flaw in examine(read_net(document)).flaws}


@pytest.mark.parametrize("flow", [*FLOWS, scattered_flow()], ids=name_of)
def test_the_file_of_every_flow_is_sound(flow: type[CaseFlow]) -> None:
    verdict = examine(read_net(to_bpmn(flow)))

    assert verdict.flaws == ()
    assert verdict.markings > len(flow.steps())


@pytest.mark.parametrize("document", [row("a", "b"), side_by_side()])
def test_sound_nets_have_no_flaw(document: bytes) -> None:
    assert found(document) == set()


def test_two_branches_that_are_not_awaited_do_everything_after_them_twice() -> None:
    assert Unsound.UNSAFE in found(side_by_side(joined="exclusiveGateway"))


def test_two_branches_of_which_one_ends_leave_the_other_over() -> None:
    nodes = [START, ("parallelGateway", "split"), ("userTask", "a"), ("userTask", "b"), END]
    flows = [("start", "split"), ("split", "a"), ("split", "b"), ("a", "end"), ("b", "a")]

    assert Unsound.LEFT_OVER in found(bpmn(nodes, flows))


def test_awaiting_a_branch_that_was_not_taken_is_waiting_for_ever() -> None:
    waits = side_by_side().replace(
        b'<parallelGateway id="split" name="split"/>', b'<exclusiveGateway id="split" name="split"/>'
    )

    assert found(waits) == {Unsound.STUCK, Unsound.DEAD}


def test_a_loop_without_a_way_out_is_never_over() -> None:
    nodes = [START, ("exclusiveGateway", "which"), ("userTask", "a"), ("userTask", "b"), END]
    flows = [("start", "which"), ("which", "a"), ("which", "end"), ("a", "b"), ("b", "a")]

    assert found(bpmn(nodes, flows)) == {Unsound.STUCK}


def test_a_loop_that_grows_is_no_endless_search() -> None:
    nodes = [START, ("parallelGateway", "split"), ("exclusiveGateway", "again"), END]
    flows = [("start", "again"), ("again", "split"), ("split", "again"), ("split", "end")]

    assert found(bpmn(nodes, flows)) == {Unsound.LEFT_OVER}


def without(document: bytes, source: str, target: str) -> bytes:
    """The file without the sequence flows from one node to another."""
    pattern = rf'<sequenceFlow id="[^"]+" sourceRef="{source}" targetRef="{target}".*?(/>|</sequenceFlow>)'
    spoilt, times = re.subn(pattern.encode(), b"", document, flags=re.DOTALL)
    assert times
    return spoilt


@pytest.mark.parametrize(
    ("source", "target", "kind", "where"),
    [
        (gateway_id(NURSING.intake), element_id(NURSING.papers), Unsound.DEAD, "补正"),
        (element_id(NURSING.review_request), element_id(NURSING.internal_review), Unsound.STUCK, "step_review_request"),
        (element_id(NURSING.township), gateway_id(NURSING.township), Unsound.STUCK, "step_township"),
        (gateway_id(NURSING.paid), element_id(NURSING.review_request), None, ""),
    ],
)
def test_a_flow_that_is_missing_from_our_own_file_is_found(
    source: str, target: str, kind: Unsound | None, where: str
) -> None:
    """The last: whether a paid case can be reviewed is no matter of soundness, so the net has nothing against it."""
    flaws = examine(read_net(without(to_bpmn(NURSING), source, target))).flaws

    assert bool(flaws) == (kind is not None)
    if kind:
        assert any(flaw.kind is kind and where in flaw.where for flaw in flaws), flaws


def test_a_parallel_gateway_in_our_own_file_is_found() -> None:
    opening = b'Gateway id="%s"' % gateway_id(NURSING.county).encode()
    head, tail = to_bpmn(NURSING).split(b"exclusive" + opening)
    spoilt = head + b"parallel" + opening + tail.replace(b"</exclusive", b"</parallel", 1)

    assert found(spoilt) & {Unsound.UNSAFE, Unsound.LEFT_OVER}


def test_a_flaw_says_what_and_where() -> None:
    nodes = [START, ("userTask", "a"), ("userTask", "b"), END]
    flaws = examine(read_net(bpmn(nodes, [("start", "a"), ("a", "end"), ("b", "end")]))).flaws

    assert [str(flaw) for flaw in flaws] == ["永远走不到：b", "永远走不到：b-end"]
