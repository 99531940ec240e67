"""How a list hangs, as a programme's terms write it under `notice`: what it shows, where, for how many days.

`notice: {days: 7, working: false, show: [name, amount, village], channels: [board], clause: …}`, and under the name of
a place (`county_notice: {days: 15}`) what is otherwise there. Durations differ from 3 days to a month between schemes:
the number is always the scheme's, with its clause, never the house's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from casework.models.law import NOTICE_WORDS
from workflows.terms_shape import each, text, whole, words, yes_or_no

SHOWABLE = ("name", "unit", "amount", "village", "township", "identity")
"""What a line may say: of a person all of it masked, of a unit that applies its name. Never an account, a phone, a
whole number, or a category."""

CHANNELS = ("board", "meeting", "web")
"""Where it is made known: on the board, read out at a meeting, on the web."""

LONGEST = 60
SHOWN = ("name", "village", "amount")

AT_A_PLACE = {
    "days": whole(1, LONGEST),
    "working": yes_or_no,
    "show": words(SHOWABLE),
    "channels": words(CHANNELS),
    "title": text,
    "clause": text,
}
check_notice = each(
    {"days": AT_A_PLACE["days"], "clause": text},
    {**AT_A_PLACE, **dict.fromkeys(map(str, NOTICE_WORDS), each({}, AT_A_PLACE))},
)
"""What is written under `notice`. Raises `Wrong`, which names the key and what it may be."""


@dataclass(frozen=True)
class NoticeTerms:
    """`days` are working or calendar days after the day of posting, which does not count. `title` is what stands over
    the list where the scheme gives one; it must not say what befell a family."""

    days: int
    working: bool = False
    show: tuple[str, ...] = SHOWN
    channels: tuple[str, ...] = ("board",)
    title: str = ""
    clause: str = ""
    places: Mapping[str, NoticeTerms] = field(default_factory=dict, compare=False)

    def at(self, place: str) -> NoticeTerms:
        """As it is in one place: `village_notice`…"""
        return self.places.get(place, self)


def notice_from(given: Mapping[str, Any]) -> NoticeTerms:
    """As the terms write it, once `check_notice` has found nothing wrong."""
    common = {key: value for key, value in given.items() if key not in NOTICE_WORDS}
    places = {key: _one({**common, **value}) for key, value in given.items() if key in NOTICE_WORDS}
    return _one(common, places)


def _one(written: Mapping[str, Any], places: Mapping[str, NoticeTerms] | None = None) -> NoticeTerms:
    lists = {key: tuple(written[key]) for key in ("show", "channels") if key in written}
    return NoticeTerms(**{**written, **lists}, places=places or {})
