"""Small BPMN files, written out by hand: nodes as (kind, id), flows as (source, target)."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

from workflows.bpmn.document import MODEL


def bpmn(nodes: Iterable[tuple[str, str]], flows: Iterable[tuple[str, str]]) -> bytes:
    """A process of these; a node's name is its id, a flow's id is `source-target`."""
    drawn = "".join(f'<{kind} id="{key}" name="{key}"/>' for kind, key in nodes)
    ways = "".join(
        f'<sequenceFlow id="{source}-{target}" sourceRef="{source}" targetRef="{target}"/>' for source, target in flows
    )
    return f'<definitions xmlns="{MODEL}"><process id="p">{drawn}{ways}</process></definitions>'.encode()


START, END = ("startEvent", "start"), ("endEvent", "end")


def row(*tasks: str) -> bytes:
    """One task after another."""
    keys = ["start", *tasks, "end"]
    return bpmn([START, *(("userTask", key) for key in tasks), END], pairwise(keys))


def side_by_side(*, joined: str = "parallelGateway") -> bytes:
    """`a` and `b` at the same time, between two gateways; then `c`."""
    nodes = [START, ("parallelGateway", "split"), ("userTask", "a"), ("userTask", "b"), (joined, "join"), ("task", "c")]
    flows = [("start", "split"), ("split", "a"), ("split", "b"), ("a", "join"), ("b", "join"), ("join", "c")]
    return bpmn([*nodes, END], [*flows, ("c", "end")])
