"""What is written in the card of each step of a chart, and how wide the cards must be for it.

An outcome is written beside the line straight on, or in a row of the card from which its lines leave, or, when it may
happen at any time, in the card's last words.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from casework.models import Level, Role
from workflows.flow import CaseFlow, Step
from workflows.outcomes import Outcome
from workflows.seating import front_of

Counts = Mapping[tuple[str, str], int]
"""(step, outcome) -> how often it was said."""

LETTER, SMALL = 13.0, 12.0
"""Sizes of what is written."""

EDGE, NARROWEST, ASIDES_LONGEST = 8.0, 180.0, 14 * SMALL
"""Room between words and the edge of a card; the width a card has at least; how long a line of its last words is."""


@dataclass(frozen=True)
class Cards:
    """The cards of a flow, seated. Without counts nothing is counted."""

    flow: type[CaseFlow]
    seats: Mapping[str, int]
    counts: Counts
    width: float = NARROWEST

    def front(self, step: Step) -> Outcome | None:
        """The outcome written beside the line straight on, if it fits there."""
        front = front_of(step, self.seats)
        if front is None or length(self.beside_line(step, front), LETTER) > self.width / 2:
            return None
        return front

    def rows(self, step: Step) -> list[Outcome]:
        """The outcomes written in the card, each with its lines from the side: all but the one straight on."""
        front = self.front(step)
        return [one for one in step.outcomes.values() if one is not front and has_line(one)]

    def beside_line(self, step: Step, outcome: Outcome) -> str:
        return f"{outcome.label} {self.count(step, outcome)}".strip()

    def count(self, step: Step, outcome: Outcome) -> str:
        """How often an outcome was said, where that is to be written; a flow nobody has counted says nothing."""
        return str(self.counts.get((step.name, outcome.name), 0)) if self.counts else ""

    def last_words(self, step: Step) -> list[str]:
        """随时：中止·终止, in as many lines as it takes; with how often what was said was."""
        written = [""]
        for outcome in asides(step):
            times = self.counts.get((step.name, outcome.name), 0)
            word = f"{outcome.label} {times}" if times else str(outcome.label)
            if not written[-1]:
                written[-1] = f"随时：{word}"
            elif length(f"{written[-1]}·{word}", SMALL) <= ASIDES_LONGEST:
                written[-1] += f"·{word}"
            else:
                written[-1] += "·"
                written.append(word)
        return [line for line in written if line]


def cards_of(flow: type[CaseFlow], seats: Mapping[str, int], counts: Counts) -> Cards:
    """The cards, all as wide as the longest row wants it."""
    cards = Cards(flow, seats, counts)
    longest = [NARROWEST]
    for step in flow.steps():
        longest += [length(step.task_title, LETTER), length(office_of(step), SMALL)]
        longest += [length(line, SMALL) for line in cards.last_words(step)]
        for outcome in filter(has_line, step.outcomes.values()):
            count = cards.count(step, outcome)
            longest.append(length(outcome.label, LETTER) + (EDGE + length(count, SMALL) if count else 0))
    return Cards(flow, seats, counts, max(longest[0], *(one + 2 * EDGE for one in longest[1:])))


def has_line(outcome: Outcome) -> bool:
    """What may happen at any time has none; what leads back from it has."""
    return outcome.returns or not outcome.aside


def asides(step: Step) -> list[Outcome]:
    return [outcome for outcome in step.outcomes.values() if not has_line(outcome)]


def office_of(step: Step) -> str:
    return f"{Level(step.level).label} · {Role(step.role).label}"


def length(words: str, size: float) -> float:
    """What words take, at most: a square a Chinese character or point, something more than half of it any other."""
    return sum(size if character > "\u2e7f" or character == "·" else 0.6 * size for character in words)
