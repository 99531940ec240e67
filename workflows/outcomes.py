"""What a step's outcome is: the words a flow is written in."""

from __future__ import annotations

import enum
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from casework.models import Case, Level
from workflows.questions import Question


class Kind(enum.Enum):
    """What sort of answer an outcome is: it decides what the person must say with it."""

    ADVANCE = "advance"
    BACK = "back"
    ASK = "ask"
    REFUSE = "refuse"


@dataclass(frozen=True)
class Hand:
    """Who says an outcome, where it is not the office the case waits in: the county writes down a withdrawal."""

    role: str
    level: Level
    capacity: str


@dataclass(frozen=True)
class Outcome:
    """One way a step can end.

    `name` is the code; `label` what people say; `moves` the law's transition; `clause` the paper's; `requires`
    answer with what is missing; `asks` are what must be answered with it; `then` are the consequences in the same
    transaction; `announces` tells the applicant.

    `next` is where the case goes. With several places (`nexts`) it goes back to the one it was in when an outcome
    that `remembers` took it away. `stops_clock` names the pause that begins with it (`Pause.Kind`), `restarts_clock`
    ends it. `aside` marks what may happen at any time and belongs to no stretch of the road; `hand` says who then
    acts. `by_newcomer`: only somebody who has had no part in the case may say it, in whatever capacity. With one that
    `stays` the case stays in its step, whose clock goes on (an act in a case that takes many). An outcome that
    `keeps_name` is a record of something done: it neither puts the actor's name to the facts nor takes it off.
    `notice` is the place (`village_notice`…) whose public notice it is about; with `after_notice` it is said only of a
    case that has hung to the end in those places, with the amount it has now. `optional`: another outcome of the step
    does the same, so that no office need have anybody for this one.
    """

    name: str
    label: str
    moves: str
    next: Any
    clause: str
    kind: Kind = Kind.ADVANCE
    requires: tuple[Callable[[Any], list[str]], ...] = ()
    asks: tuple[Question, ...] = ()
    then: tuple[Callable[[Any], None], ...] = ()
    signs: bool = False
    announces: bool = False
    by_batch: bool = False
    hand: Hand | None = None
    remembers: bool = False
    stops_clock: str = ""
    restarts_clock: bool = False
    aside: bool = False
    by_newcomer: bool = False
    optional: bool = False
    stays: bool = False
    keeps_name: bool = False
    notice: str = ""
    after_notice: tuple[str, ...] = ()

    @property
    def needs_reason(self) -> bool:
        return self.kind is not Kind.ADVANCE

    @property
    def nexts(self) -> tuple[Any, ...]:
        """Every place it can lead to; one, unless it leads back to where the case came from."""
        return self.next if isinstance(self.next, tuple) else (self.next,)

    @property
    def returns(self) -> bool:
        """Whether it leads back to where the case was before."""
        return isinstance(self.next, tuple)

    def place_for(self, case: Case) -> Any:
        """Where this case goes. Raises `LookupError` when it came from none of the places this leads back to."""
        if not isinstance(self.next, tuple):
            return self.next
        for place in self.next:
            if place.name == case.came_from:
                return place
        raise LookupError(f"{self.name} leads not back to {case.came_from!r}")
