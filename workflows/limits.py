"""How long a step may take, as the terms state it: `{days: 10, clause: …}` under the step's name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from casework.models import Pause
from workflows.terms_shape import each, one_of, share, text, whole, words, yes_or_no

STARTS = ("arrival", "submitted", "accepted")
PAUSES: frozenset[str] = frozenset(Pause.Kind.values)
LONGEST = 3650

check_deadline = each(
    {"days": whole(1, LONGEST)},
    {
        "working": yes_or_no,
        "clause": text,
        "start": one_of(STARTS),
        "pauses": words(sorted(PAUSES), least=0),
        "warn_at": share(0, 1),
        "escalate_at": share(1, 2),
        "extension": whole(0, LONGEST),
    },
)
"""What is written under a step's name. Raises `Wrong`, which names the key and what it may be."""


@dataclass(frozen=True)
class Deadline:
    """So many working or calendar days, by a clause or precedent.

    They are counted from `start`: when the step's work item arrives, when the application was handed in, or when it was
    last accepted 受理. `pauses` are the kinds of pause that stop the count. At the share `warn_at` of the days somebody
    is warned, at `escalate_at` the office above is told. `extension` is the most days by which the head of an office
    may extend it, once; None is as many as it has itself, 0 is never.
    """

    days: int
    working: bool = True
    clause: str = ""
    start: str = "arrival"
    pauses: frozenset[str] = PAUSES
    warn_at: Fraction = Fraction(7, 10)
    escalate_at: Fraction = Fraction(1)
    extension: int | None = None

    @property
    def most_extra_days(self) -> int:
        return self.days if self.extension is None else self.extension


def deadline_from(given: Mapping[str, Any]) -> Deadline:
    """The deadline of a step as the terms write it, once `check_deadline` has found nothing wrong with it."""
    held = dict(given)
    for key in held.keys() & {"warn_at", "escalate_at"}:
        # As written: 0.7 is seven tenths, not the nearest power of two.
        held[key] = Fraction(str(held[key]))
    if "pauses" in held:
        held["pauses"] = frozenset(held["pauses"])
    return Deadline(**held)
