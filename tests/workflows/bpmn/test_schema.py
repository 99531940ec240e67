"""The file is what the OMG's schema of BPMN 2.0 wants, as SpiffWorkflow ships it; and that schema is strict.

What it does not look at, whether a reference leads anywhere, `test_document` does.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from lxml import etree
from SpiffWorkflow.bpmn.parser.BpmnParser import XSD_PATH

from tests.workflows.bpmn.documents import FLOWS, NURSING, name_of
from tests.workflows.paper_flows import scattered_flow, winding_flow
from workflows.bpmn import to_bpmn
from workflows.flow import CaseFlow

SCHEMA = etree.XMLSchema(etree.parse(XSD_PATH))


def faults_of(document: bytes) -> list[str]:
    SCHEMA.validate(etree.fromstring(document))
    return [entry.message for entry in SCHEMA.error_log]


@pytest.mark.parametrize("flow", [*FLOWS, winding_flow(), scattered_flow()], ids=name_of)
def test_the_schema_has_nothing_against_it(flow: type[CaseFlow]) -> None:
    assert faults_of(to_bpmn(flow)) == []


def an_unknown_node(document: bytes) -> bytes:
    return document.replace(b"<userTask ", b"<humanTask ").replace(b"</userTask>", b"</humanTask>")


def outgoing_before_incoming(document: bytes) -> bytes:
    return document.replace(b"incoming>", b"swapped>").replace(b"outgoing>", b"incoming>").replace(
        b"swapped>", b"outgoing>"
    )  # fmt: skip


def a_flow_without_target(document: bytes) -> bytes:
    return document.replace(b' targetRef="after_papers"', b"")


def an_id_twice(document: bytes) -> bytes:
    return document.replace(b'userTask id="step_papers"', b'userTask id="step_village"')


def a_condition_of_no_kind(document: bytes) -> bytes:
    return document.replace(b'xsi:type="tFormalExpression"', b'xsi:type="tGuess"')


def a_line_of_one_point(document: bytes) -> bytes:
    root = etree.fromstring(document)
    waypoints = root.findall(".//{*}BPMNEdge/{*}waypoint")
    edge = waypoints[0].getparent()
    for point in edge.findall("{*}waypoint")[1:]:
        edge.remove(point)
    return bytes(etree.tostring(root))


def a_shape_without_bounds(document: bytes) -> bytes:
    root = etree.fromstring(document)
    bounds = root.find(".//{*}BPMNShape/{*}Bounds")
    bounds.getparent().remove(bounds)
    return bytes(etree.tostring(root))


@pytest.mark.parametrize(
    "fault",
    [
        an_unknown_node,
        outgoing_before_incoming,
        a_flow_without_target,
        an_id_twice,
        a_condition_of_no_kind,
        a_line_of_one_point,
        a_shape_without_bounds,
    ],
)
def test_the_schema_refuses_what_it_forbids(fault: Callable[[bytes], bytes]) -> None:
    document = to_bpmn(NURSING)
    spoilt = fault(document)

    assert spoilt != document
    assert faults_of(spoilt) != []
