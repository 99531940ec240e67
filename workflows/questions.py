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

    PAYMENTS = "payments"
    """Which of the payments that have arrived: `BatchLine.pk`s. Not asked where there is only one."""

    MONEY = "money"
    """Yuan, a `Decimal` of two places; None when nothing was written."""

    NUMBER = "number"
    """A whole number; None when nothing was written."""

    CHOICE = "choice"
    """One code of `choices`; empty when nothing was chosen."""

    TEXT = "text"
    """A line of words; empty when nothing was written."""

    WORDS = "words"
    """Several lines of words; empty when nothing was written."""


ALIKE = (Answer.DAY, Answer.PAPERS)
"""What can be answered once for many cases. Ticks name the papers of one; sums, numbers and words are one's own."""


@dataclass(frozen=True)
class Question:
    """`name` is the key in `values`; `missing(act)` says what is wrong with the answer, empty when nothing is.

    It is asked when the outcome is said, never when it is only offered: then there is no answer yet. `choices` are
    (code, word) pairs of a `CHOICE`; an answer that is not `required` may be left out. `reads` names the relations of
    the case that its check and its consequence look at: of many cases they are read at once.
    """

    name: str
    answer: Answer
    label: Any
    missing: Callable[[Any], list[str]]
    help: Any = ""
    choices: tuple[tuple[str, Any], ...] = ()
    required: bool = True
    reads: tuple[str, ...] = ()
