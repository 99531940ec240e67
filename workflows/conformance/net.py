"""A BPMN file as a Petri net: a place for each sequence flow, a transition for each thing a node can do.

Read from the text alone. Conditions are put aside: of an exclusive gateway any flow may be taken, so what holds of the
net holds whatever the conditions say.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from workflows.bpmn.document import MODEL

Marking = tuple[tuple[str, int], ...]
"""How many tokens lie where: sorted, and without places that have none."""

SOURCE, SINK = "(source)", "(sink)"
TASKS = frozenset({"task", "userTask", "manualTask"})
SAYS_NOTHING = frozenset({"documentation", "extensionElements", "property", "laneSet", "sequenceFlow"})


class NotReadable(Exception):
    """The document is no process this reader understands; the text says what stands in the way."""


@dataclass(frozen=True)
class Transition:
    """What takes a token from each place of `takes` and puts one on each of `gives`. `label` is the title of the task
    it does; of what nobody does it is empty."""

    name: str
    label: str
    takes: frozenset[str]
    gives: frozenset[str]


@dataclass(frozen=True)
class Net:
    """The transitions; a case begins with one token on SOURCE and is over with one on SINK."""

    transitions: tuple[Transition, ...]

    @property
    def titles(self) -> tuple[str, ...]:
        """The titles of its tasks, as often as there are tasks of that title."""
        return tuple(transition.label for transition in self.transitions if transition.label)

    def enabled(self, marking: Marking) -> Iterator[tuple[Transition, Marking]]:
        """What can happen, and what then lies where."""
        tokens = dict(marking)
        for place in tokens:
            for transition in self._taking_first.get(place, ()):
                if all(tokens.get(needed, 0) for needed in transition.takes):
                    yield transition, _fired(transition, tokens)

    @cached_property
    def _taking_first(self) -> Mapping[str, list[Transition]]:
        """Each transition under the first of the places it takes from: most take from one, so few need be looked at."""
        found: dict[str, list[Transition]] = defaultdict(list)
        for transition in self.transitions:
            if transition.takes:
                found[min(transition.takes)].append(transition)
        return found


def marking_of(places: Iterable[str]) -> Marking:
    return tuple(sorted(Counter(places).items()))


BEGIN, END = marking_of([SOURCE]), marking_of([SINK])


def read_net(document: bytes) -> Net:
    """The one process of a BPMN 2.0 document. Raises `NotReadable`."""
    try:
        root = ET.fromstring(document)
    except ET.ParseError as problem:
        raise NotReadable(f"不是完整的XML：{problem}") from problem
    processes = root.findall(f"{{{MODEL}}}process")
    if len(processes) != 1:
        raise NotReadable(f"应当有一个流程（process），现有{len(processes)}个")
    nodes = [child for child in processes[0] if _kind(child) not in SAYS_NOTHING]
    comes, goes = _flows(processes[0], {str(node.get("id")) for node in nodes})
    starts = [node for node in nodes if _kind(node) == "startEvent"]
    if len(starts) != 1:
        raise NotReadable(f"应当有一个起点（startEvent），现有{len(starts)}个")
    found: list[Transition] = []
    for node in nodes:
        key = str(node.get("id"))
        found += _transitions(node, key, comes[key], goes[key])
    return Net(tuple(found))


def _flows(process: ET.Element, nodes: set[str]) -> tuple[Mapping[str, list[str]], Mapping[str, list[str]]]:
    """The sequence flows that come to each node, and those that go from it."""
    comes: dict[str, list[str]] = defaultdict(list)
    goes: dict[str, list[str]] = defaultdict(list)
    for flow in process.findall(f"{{{MODEL}}}sequenceFlow"):
        key, source, target = (str(flow.get(name)) for name in ("id", "sourceRef", "targetRef"))
        for end in (source, target):
            if end not in nodes:
                raise NotReadable(f"顺序流“{key}”接到“{end}”，没有这个节点")
        goes[source].append(key)
        comes[target].append(key)
    return comes, goes


def _transitions(node: ET.Element, key: str, comes: list[str], goes: list[str]) -> list[Transition]:
    kind, inside = _kind(node), f"(in {key})"
    # From a node without a way out the case goes nowhere: its token stays behind it, for everybody to see.
    goes = goes or [f"(after {key})"] * (kind != "endEvent")
    if kind == "startEvent":
        return [Transition(key, "", frozenset({SOURCE}), frozenset(goes))]
    if kind == "endEvent":
        return [_silent(flow, flow, SINK) for flow in comes]
    if kind in TASKS:
        done = Transition(key, node.get("name") or key, frozenset({inside}), frozenset(goes))
        return [*(_silent(flow, flow, inside) for flow in comes), done]
    if kind == "exclusiveGateway":
        into = [_silent(flow, flow, inside) for flow in comes]
        return [*into, *(_silent(f"{key} → {flow}", inside, flow) for flow in goes)]
    if kind == "parallelGateway":
        return [Transition(key, "", frozenset(comes), frozenset(goes))]
    raise NotReadable(f"“{key}”是 {kind}，这里不认识")


def _silent(name: str, takes: str, gives: str) -> Transition:
    return Transition(name, "", frozenset({takes}), frozenset({gives}))


def _kind(element: ET.Element) -> str:
    return element.tag.rpartition("}")[2]


def _fired(transition: Transition, tokens: Mapping[str, int]) -> Marking:
    after = Counter(tokens)
    after.subtract(transition.takes)
    after.update(transition.gives)
    return tuple(sorted((place, count) for place, count in after.items() if count))
