"""What can be wrong with a flow: one word a fault, its number as a system check, and where it was seen."""

from __future__ import annotations

import enum
from dataclasses import dataclass


class Code(enum.StrEnum):
    """The order is the number of the check (`workflows.E001`, …): add at the end, never renumber."""

    UNREACHABLE = "unreachable"
    DEAD_END = "dead_end"
    ENDLESS_LOOP = "endless_loop"
    UNSIGNED_PAYMENT = "unsigned_payment"
    NO_DEADLINE = "no_deadline"
    UNKNOWN_TRANSITION = "unknown_transition"
    TRANSITION_REFUSED = "transition_refused"
    ROLE_NOT_PERMITTED = "role_not_permitted"
    ENDING_STAGE = "ending_stage"
    NO_OFFICE = "no_office"
    TWO_HATS = "two_hats"
    UNKNOWN_WORD = "unknown_word"
    NO_REASON = "no_reason"
    FOREIGN_NODE = "foreign_node"
    UNSTAFFED = "unstaffed"
    SAME_TITLE = "same_title"
    NO_WAY_BACK = "no_way_back"
    NEVER_REMEMBERED = "never_remembered"
    REOPENS_NO_STEP = "reopens_no_step"
    CLOCK_STAYS_STOPPED = "clock_stays_stopped"
    BEYOND_THE_LAW = "beyond_the_law"
    UNNOTICED_PAYMENT = "unnoticed_payment"
    MONEY_STAYS_AWAY = "money_stays_away"


WARNINGS = frozenset({Code.TWO_HATS})
"""Worth a look, but the gateway and the database see to it that nothing comes of it."""

OF_THE_LAW = frozenset(
    {
        Code.UNKNOWN_TRANSITION,
        Code.TRANSITION_REFUSED,
        Code.ROLE_NOT_PERMITTED,
        Code.ENDING_STAGE,
        Code.NO_WAY_BACK,
        Code.BEYOND_THE_LAW,
    }
)
"""With any of these the flow does something that the law does not have: it does not refine it."""

NUMBERS = {code: number for number, code in enumerate(Code, start=1)}


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault of the flow class named `flow`. `path` is the road to it, in people's words: a step and its outcome
    at each turn, and last where it went wrong."""

    code: Code
    flow: str
    path: tuple[str, ...]
    sentence: str

    @property
    def is_warning(self) -> bool:
        return self.code in WARNINGS

    @property
    def check_id(self) -> str:
        """The number by which Django's system checks know it."""
        return f"workflows.{'W' if self.is_warning else 'E'}{NUMBERS[self.code]:03}"

    @property
    def road(self) -> str:
        return " → ".join(self.path)
