"""A fault's road as a story: a turn a line, with who takes it."""

from __future__ import annotations

from collections.abc import Iterator

from casework.models import Level, Role
from workflows.flow import CaseFlow, Ending
from workflows.graph import places_of, turn
from workflows.outcomes import Hand
from workflows.proof.faults import Fault

HERE = "　← 就在这里"


def story(flow: type[CaseFlow], fault: Fault) -> Iterator[str]:
    """The fault's path, numbered: `2. 村级核实【核实通过】　村级核实员（村社区）`. It goes wrong at the last line."""
    hands = _hands(flow)
    for number, words in enumerate(fault.path, start=1):
        who = f"　{_who(hands[words])}" if words in hands else ""
        yield f"{number}. {words}{who}{HERE if number == len(fault.path) else ''}"


def _hands(flow: type[CaseFlow]) -> dict[str, Hand]:
    """Whose every turn is, and whose every step. No two steps of a flow have one title."""
    found: dict[str, Hand] = {}
    for step in flow.steps():
        own = Hand(step.role, step.level, step.capacity)
        found[step.task_title] = own
        found.update({turn(step, outcome): step.hand_of(outcome) for outcome in step.outcomes.values()})
    for ending in places_of(flow).values():
        for again in ending.reopens if isinstance(ending, Ending) else ():
            found[f"{ending.task_title}【{again.task_title}】"] = Hand(again.role, again.level, again.capacity)
    return found


def _who(hand: Hand) -> str:
    """A role nobody knows is a fault of its own, told with its code."""
    role = Role(hand.role).label if hand.role in Role.values else hand.role
    level = Level(hand.level).label if hand.level in Level.values else hand.level
    return f"{role}（{level}）"
