"""The cases there are, held against the model that left the house.

A case is its finished work items, one after another. One that has ended must come to an end of the model; one under way
must be where the model can get.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import groupby

from casework.models import Stage, WorkItem
from casework.models.stages import ENDED
from workflows.bpmn import to_bpmn
from workflows.conformance.alignment import Alignment, align
from workflows.conformance.net import read_net
from workflows.courses import titles_of
from workflows.flow import CaseFlow

Path = tuple[str, ...]
"""The titles of the steps of a case, in the order they were done."""


@dataclass
class Fit:
    """How well cases of a flow fit it. `deviating` holds the first that do not, at most `keep`."""

    keep: int
    cases: int = 0
    paths: Counter[Path] = field(default_factory=Counter)
    fitting: int = 0
    cost: int = 0
    worst: int = 0
    deviating: list[tuple[str, Alignment]] = field(default_factory=list)

    @property
    def fitness(self) -> Fraction:
        """Of all of them together: 1 where every case fits."""
        return 1 - Fraction(self.cost, self.worst) if self.worst else Fraction(1)

    def add(self, number: str, path: Path, found: Alignment) -> None:
        self.cases += 1
        self.paths[path] += 1
        self.cost += found.cost
        self.worst += found.worst
        if not found.cost:
            self.fitting += 1
        elif len(self.deviating) < self.keep:
            self.deviating.append((number, found))


def fit_of_cases(flow: type[CaseFlow], *, keep: int = 20) -> tuple[Fit, Fit]:
    """Align every case of a flow with its BPMN file, read afresh: those that have ended, and those under way.

    Each path is aligned once, however many cases went it.
    """
    net = read_net(to_bpmn(flow))
    ended, under_way = Fit(keep), Fit(keep)
    known: dict[tuple[Path, bool], Alignment] = {}
    for number, has_ended, path in paths_of_cases(flow):
        if (path, has_ended) not in known:
            known[path, has_ended] = align(path, net, to_the_end=has_ended)
        (ended if has_ended else under_way).add(number, path, known[path, has_ended])
    return ended, under_way


def paths_of_cases(flow: type[CaseFlow]) -> Iterator[tuple[str, bool, Path]]:
    """(case number, whether it has ended, path) of every case of this version of the flow of which a step is done, in
    the order they were begun. History brought in from paper never walked the flow, and is left out."""
    titles = titles_of(flow)
    # One item of a case is open at a time, so their keys stand in the order in which they were done.
    items = (
        WorkItem.objects.filter(programme=flow.programme, process__flow_version=flow.version, finished__isnull=False)
        .exclude(process__stage=Stage.ARCHIVED)
        .order_by("process_id", "pk")
    )
    rows = items.values_list("process__number", "process__stage", "step").iterator(chunk_size=2000)
    for (number, stage), steps in groupby(rows, key=lambda row: row[:2]):
        yield number, stage in ENDED, tuple(titles.get(step, step) for _, _, step in steps)
