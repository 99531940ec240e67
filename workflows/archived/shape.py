"""What an event log looks like from above: its activities, and which of them begins, follows or ends how often.

This is the directly-follows graph, and all that is needed to build the flow its cases went through.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, NamedTuple


class Name(NamedTuple):
    """A name as a log has it: the type of its attribute (`string`, now and then `int`) and its text to the letter."""

    kind: str
    text: str


Activity = Name | None
"""None: the event says nothing of what was done."""


@dataclass
class Shape:
    """Activities in the order they are first met; elsewhere each is its place in that list.

    `empty` counts cases without events. `lifecycles` are the life-cycle words, in the order they are first met.
    """

    activities: list[Activity] = field(default_factory=list)
    starts: Counter[int] = field(default_factory=Counter)
    follows: Counter[tuple[int, int]] = field(default_factory=Counter)
    ends: Counter[int] = field(default_factory=Counter)
    empty: int = 0
    lifecycles: list[str] = field(default_factory=list)
    _places: dict[Activity, int] = field(default_factory=dict, compare=False, repr=False)
    _words: dict[str, int] = field(default_factory=dict, compare=False, repr=False)

    def add(self, activities: Iterable[Activity]) -> None:
        """Count one more case, by what was done in it, in order."""
        before = None
        for activity in activities:
            place = self.meet(activity)
            if before is None:
                self.starts[place] += 1
            else:
                self.follows[before, place] += 1
            before = place
        if before is None:
            self.empty += 1
        else:
            self.ends[before] += 1

    def meet(self, activity: Activity) -> int:
        """The activity's place, a new one when it was never met."""
        return _place(activity, self.activities, self._places)

    def meet_lifecycle(self, word: str) -> int:
        return _place(word, self.lifecycles, self._words)

    def holds(self, activities: Sequence[Activity]) -> bool:
        """Whether a case of which that was done, in that order, can be one of those counted."""
        if not activities:
            return self.empty > 0
        places = [self._places.get(activity, -1) for activity in activities]
        return (
            places[0] in self.starts
            and places[-1] in self.ends
            and all(map(self.follows.__contains__, pairwise(places)))
        )

    def place_of(self, activity: Activity) -> int:
        """Raises `KeyError` for an activity that was never met."""
        return self._places[activity]

    def lifecycle_of(self, word: str) -> int:
        """Raises `KeyError` for a life-cycle word that was never met."""
        return self._words[word]

    def as_json(self) -> dict[str, Any]:
        return {
            "activities": [None if one is None else list(one) for one in self.activities],
            "starts": sorted(self.starts.items()),
            "follows": sorted((*pair, count) for pair, count in self.follows.items()),
            "ends": sorted(self.ends.items()),
            "empty": self.empty,
            "lifecycles": self.lifecycles,
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Shape:
        activities: list[Activity] = [None if one is None else Name(*one) for one in stored["activities"]]
        return cls(
            activities=activities,
            starts=Counter(dict(stored["starts"])),
            follows=Counter({(one, other): count for one, other, count in stored["follows"]}),
            ends=Counter(dict(stored["ends"])),
            empty=stored["empty"],
            lifecycles=list(stored["lifecycles"]),
            _places={activity: place for place, activity in enumerate(activities)},
            _words={word: place for place, word in enumerate(stored["lifecycles"])},
        )


def _place(value: Any, known: list[Any], places: dict[Any, int]) -> int:
    place = places.get(value)
    if place is None:
        place = places[value] = len(known)
        known.append(value)
    return place
