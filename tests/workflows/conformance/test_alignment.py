"""An alignment costs what the path and the model really differ by, and nothing where they do not."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.workflows.bpmn.documents import FLOWS, NURSING, name_of
from tests.workflows.conformance.documents import row, side_by_side
from tests.workflows.journeys import CHOICES, every_turn, walk
from workflows.bpmn import to_bpmn
from workflows.conformance.alignment import Move, align
from workflows.conformance.net import BEGIN, END, Marking, Net, read_net
from workflows.flow import CaseFlow, Ending

NETS = {flow: read_net(to_bpmn(flow)) for flow in FLOWS}
TITLES = [step.task_title for step in NURSING.steps()]
ABC = read_net(row("a", "b", "c"))


@pytest.mark.parametrize(
    ("done", "deviations", "fitness"),
    [
        ("abc", [], Fraction(1)),
        ("ac", [Move(None, "b")], Fraction(4, 5)),
        ("abbc", [Move("b", None)], Fraction(6, 7)),
        ("axc", [Move("x", None), Move(None, "b")], Fraction(4, 6)),
        ("xyz", [Move(one, None) for one in "xyz"] + [Move(None, one) for one in "abc"], Fraction(0)),
        ("", [Move(None, one) for one in "abc"], Fraction(0)),
    ],
)
def test_what_only_one_of_them_did_costs_one(done: str, deviations: list[Move], fitness: Fraction) -> None:
    alignment = align(done, ABC)

    assert sorted(alignment.deviations, key=str) == sorted(deviations, key=str)
    assert alignment.cost == len(deviations)
    assert alignment.fitness == fitness


def test_two_steps_changed_about_cost_one_each_way() -> None:
    assert align("acb", ABC).cost == 2
    assert align("abc", read_net(side_by_side())).cost == 0
    assert align("bac", read_net(side_by_side())).cost == 0


def test_a_case_under_way_need_not_come_to_the_end() -> None:
    assert align("ab", ABC).cost == 1
    assert align("ab", ABC, to_the_end=False).cost == 0
    assert align("", ABC, to_the_end=False).fitness == 1
    assert align("b", ABC, to_the_end=False).cost == 1


def test_the_moves_are_the_path_and_a_run_of_the_model() -> None:
    moves = align("axc", ABC).moves

    assert [move.done for move in moves if move.done] == list("axc")
    assert [move.model for move in moves if move.model] == list("abc")


def test_a_net_without_an_end_is_no_model() -> None:
    never = Net(tuple(one for one in ABC.transitions if one.name != "c-end"))

    with pytest.raises(ValueError, match="cannot come to its end"):
        align("abc", never)


@pytest.mark.parametrize("flow", FLOWS, ids=name_of)
def test_whatever_a_flow_lets_happen_fits_its_file(flow: type[CaseFlow]) -> None:
    for case in every_turn(flow):
        has_ended = isinstance(case[-1].to, Ending)
        assert align([turn.step.task_title for turn in case], NETS[flow], to_the_end=has_ended).cost == 0


@pytest.mark.parametrize("flow", FLOWS, ids=name_of)
@given(choices=CHOICES)
def test_whatever_happens_to_a_case_fits_the_file(flow: type[CaseFlow], choices: list[int]) -> None:
    case = list(walk(flow, choices))

    path = [turn.step.task_title for turn in case]
    alignment = align(path, NETS[flow], to_the_end=isinstance(case[-1].to, Ending))
    assert alignment.cost == 0
    assert alignment.fitness == 1
    assert [move.done for move in alignment.moves] == path


@given(st.lists(st.sampled_from([*TITLES, "别的"]), max_size=6))
@settings(max_examples=60)
def test_the_cost_is_that_of_the_nearest_run(path: list[str]) -> None:
    """Held against a search that knows nothing of costs: by how many edits is a run reached, breadth first."""
    assert align(path, NETS[NURSING]).cost == nearest(tuple(path), NETS[NURSING])


def nearest(path: tuple[str, ...], net: Net) -> int:
    """States at distance 0, 1, 2 …: (steps walked, marking), closed under what is free."""
    states = free({(0, BEGIN)}, path, net)
    for distance in range(2 * len(path) + 20):
        if (len(path), END) in states:
            return distance
        further = {(walked + 1, marking) for walked, marking in states if walked < len(path)}
        further |= {
            (walked, after)
            for walked, marking in states
            for transition, after in net.enabled(marking)
            if transition.label
        }
        states |= free(further, path, net)
    raise AssertionError("no run at all")


def free(states: set[tuple[int, Marking]], path: tuple[str, ...], net: Net) -> set[tuple[int, Marking]]:
    """Those, and all that can be reached from them by what nobody does and what both do."""
    waiting, found = list(states), set(states)
    while waiting:
        walked, marking = waiting.pop()
        for transition, after in net.enabled(marking):
            together = walked < len(path) and transition.label == path[walked]
            if transition.label and not together:
                continue
            state = (walked + together, after)
            if state not in found:
                found.add(state)
                waiting.append(state)
    return found
