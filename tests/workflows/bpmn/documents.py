"""The flows of the house as BPMN files, read back."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterator

from workflows import registry
from workflows.bpmn import to_bpmn
from workflows.bpmn.document import MODEL
from workflows.flow import CaseFlow

FLOWS = [flow for programme in registry.programmes().values() for flow in programme.flows]
NURSING = registry.programme("nursing_subsidy").flow

NODES = ("startEvent", "userTask", "exclusiveGateway", "endEvent")


def name_of(flow: type[CaseFlow]) -> str:
    """A flow as the name of a test."""
    return f"{flow.programme} {flow.version}"


def tag(uri: str, name: str) -> str:
    return f"{{{uri}}}{name}"


def tree_of(flow: type[CaseFlow]) -> ET.Element:
    return ET.fromstring(to_bpmn(flow))


def found(root: ET.Element, key: str) -> ET.Element:
    element = root.find(f".//*[@id='{key}']")
    assert element is not None, key
    return element


def nodes_in(root: ET.Element) -> Iterator[ET.Element]:
    for kind in NODES:
        yield from root.iter(tag(MODEL, kind))


def flows_in(root: ET.Element) -> list[ET.Element]:
    return list(root.iter(tag(MODEL, "sequenceFlow")))
