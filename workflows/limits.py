"""How long a step may take, as the terms state it: `{days: 10, clause: …}` under the step's name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from casework.models import Pause

STARTS = ("arrival", "submitted", "accepted")
PAUSES: frozenset[str] = frozenset(Pause.Kind.values)
LONGEST = 3650


class DeadlineProblem(Exception):
    """A deadline in the terms is wrong; the text names the step, the key and what it may be."""


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


def deadline_from(step: str, given: Any) -> Deadline:
    """The deadline of a step as written in the terms. Raises `DeadlineProblem`."""
    if not isinstance(given, Mapping):
        raise DeadlineProblem(f"the deadline of {step!r} is {given!r}; write {{days: 10, clause: …}}")
    unknown = sorted(map(str, given.keys() - READERS.keys()))
    if unknown:
        known = ", ".join(READERS)
        raise DeadlineProblem(f"the deadline of {step!r} has {unknown[0]!r}, which is none of {known}")
    if "days" not in given:
        raise DeadlineProblem(f"the deadline of {step!r} has no 'days'")
    read = {}
    for key, value in given.items():
        try:
            read[key] = READERS[key](value)
        except ValueError as wrong:
            raise DeadlineProblem(f"the deadline of {step!r} has {key}: {value!r}, which is not {wrong}") from wrong
    return Deadline(**read)


def _whole(lowest: int) -> Callable[[Any], int]:
    def read(value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not lowest <= value <= LONGEST:
            raise ValueError(f"a whole number from {lowest} to {LONGEST}")
        return value

    return read


def _share(lowest: int, highest: int) -> Callable[[Any], Fraction]:
    def read(value: Any) -> Fraction:
        if (
            isinstance(value, bool)
            or not isinstance(value, int | float)
            or not lowest <= value <= highest
            or value <= 0
        ):
            raise ValueError(f"a share above 0, from {lowest} to {highest}")
        # As written: 0.7 is seven tenths, not the nearest power of two.
        return Fraction(str(value))

    return read


def _yes_or_no(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError("true or false")
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("a text")
    return value


def _start(value: Any) -> str:
    if value not in STARTS:
        raise ValueError(f"one of {', '.join(STARTS)}")
    return str(value)


def _pauses(value: Any) -> frozenset[str]:
    if not isinstance(value, list) or any(kind not in PAUSES for kind in value):
        raise ValueError(f"a list of any of {', '.join(sorted(PAUSES))}")
    return frozenset(value)


READERS: Mapping[str, Callable[[Any], Any]] = {
    "days": _whole(1),
    "working": _yes_or_no,
    "clause": _text,
    "start": _start,
    "pauses": _pauses,
    "warn_at": _share(0, 1),
    "escalate_at": _share(1, 2),
    "extension": _whole(0),
}
