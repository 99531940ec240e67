"""The flow that cases of an event log went through, built from the log's own shape.

Each activity is a step, each activity that ever followed it an outcome. Every outcome asks the law for `set_down`, the
verb of history brought in, which leads from nowhere but into the archive: such a case can be read and can never be
paid. Every step is reachable and every loop has a way out, since every case of the log came to its end.
"""

from __future__ import annotations

import types
from collections import defaultdict
from typing import Any, cast

from viewflow import this

from casework.models import Capacity, Level, Role, Stage
from workflows.archived.shape import Shape
from workflows.archived.titles import titles
from workflows.flow import Begin, CaseFlow, Ending, Step
from workflows.terms import TermsBook

ENDS = "ends"
NOTHING = "nothing"
"""The step of a case of which the log holds no event."""

MODULE = "workflows.archived.flows"
"""Where a flow is found again by its name, which is what a case keeps of it."""

CLAUSE = "原系统的记录"


def step_name(place: int) -> str:
    """The node of the activity at that place of the shape: names of a log's own could be any word of the engine's."""
    return f"a{place + 1}"


def place_of_step(name: str) -> int | None:
    """The other way round; None for the step that stands for no activity."""
    return None if name == NOTHING else int(name[1:]) - 1


def onward(place: int) -> str:
    """The outcome after which the activity at that place follows."""
    return f"to_{step_name(place)}"


def flow_of(name: str, shape: Shape, *, programme: str, title: str, terms: TermsBook) -> type[CaseFlow]:
    """A flow class of that name. What happened most often comes first: the main road is the beaten one."""
    called = titles(shape.activities)
    followers: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for (place, follower), count in shape.follows.items():
        followers[place].append((-count, follower))
    nodes: dict[str, Any] = {}
    for place, words in enumerate(called):
        exits = [(follower, rank) for rank, follower in followers[place]]
        nodes[step_name(place)] = _step(words, exits, -shape.ends[place], called)
    if shape.empty:
        nodes[NOTHING] = _step("（没有任何记录）", [], -shape.empty, called)
    begin = Begin(*_begins(shape), moves="set_down", told="brought_in")
    end = Ending("历史归档", moves="file_away", stage=Stage.ARCHIVED)
    said = {"__doc__": title, "__module__": MODULE, "programme": programme, "terms": terms}
    held = {**said, "begin": begin, **nodes, "archived": end}
    return cast(type[CaseFlow], types.new_class(name, (CaseFlow,), exec_body=lambda body: body.update(held)))


def _begins(shape: Shape) -> list[Any]:
    """The steps cases begin at, the most frequent first."""
    found = [getattr(this, step_name(place)) for place, _count in shape.starts.most_common()]
    return [*found, getattr(this, NOTHING)] if shape.empty else found


def _step(title: str, exits: list[tuple[int, int]], ended: int, called: list[str]) -> Step:
    """`exits` are (place, rank) and `ended` the rank of ending here, zero where no case did; the lowest comes first."""
    step = Step(title, role=Role.ARCHIVIST, level=Level.COUNTY, capacity=Capacity.RECORD)
    ways = [(rank, onward(place), f"接着“{called[place]}”", step_name(place)) for place, rank in exits]
    if ended:
        ways.append((ended, ENDS, "到此结束", "archived"))
    for _rank, outcome, label, to in sorted(ways, key=lambda way: way[0]):
        step.on(outcome, label, moves="set_down", to=getattr(this, to), clause=CLAUSE)
    return step
