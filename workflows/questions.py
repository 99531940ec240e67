"""What an outcome asks of whoever says it, besides reasons and a note: a day, a list. `perform(values=…)` brings it."""

from __future__ import annotations

import enum
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


class Answer(enum.Enum):
    """What sort of answer is wanted: it decides what a page offers."""

    DAY = "day"
    """A `datetime.date`."""

    PAPERS = "papers"
    """The papers to be brought: a sequence of `workflows.papers.wanted.Line`."""

    TICKS = "ticks"
    """What became of each paper that was wanted: `WantedPaper.pk` -> `WantedPaper.Answer`."""


ALIKE = (Answer.DAY, Answer.PAPERS)
"""What can be answered once for many cases. Ticks name the papers of one."""


@dataclass(frozen=True)
class Question:
    """`name` is the key in `values`; `missing(act)` says what is wrong with the answer, empty when nothing is.

    It is asked when the outcome is said, never when it is only offered: then there is no answer yet. `reads` names the
    relations of the case that its check and its consequence look at: of many cases they are read at once.
    """

    name: str
    answer: Answer
    label: Any
    missing: Callable[[Any], list[str]]
    help: Any = ""
    reads: tuple[str, ...] = ()
