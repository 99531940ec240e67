"""Days of a year as one person uses them up, in order of acceptance, under other terms than in life."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from workflows.assessment import Assessment
from workflows.programme import Period
from workflows.replay_rules.files import CaseFile

Days = Mapping[int, int]


@dataclass(frozen=True, slots=True)
class Standing:
    """How a replayed case stands: the days it reserves of each year, and when it is granted the period it holds."""

    days: Days
    period: Period | None = None

    @property
    def granted(self) -> bool:
        return self.period is not None


class Order:
    """One person's cases, and how each stands under the other terms, as far as that is known yet.

    Days are counted afresh over the cases accepted before; those of cases that are not replayed as they stand.
    """

    def __init__(self, files: Sequence[CaseFile]) -> None:
        self.files = files
        self._now: dict[int, Standing] = {}

    def settle(self, file: CaseFile, standing: Standing) -> None:
        """How `file` stands under the other terms: what comes later is counted after it."""
        self._now[file.place] = standing

    def reserved_before(self, file: CaseFile) -> Days:
        """Days of each year that the cases accepted before it had reserved in life, as they were counted for it."""
        used: Counter[int] = Counter()
        for earlier in self._before(file):
            used.update(earlier.days_seen_by(file))
        return used

    def used_now(self, file: CaseFile, used_then: Days) -> Days:
        """Under the other terms, what was `used_then` in life: more or less by what the replayed cases before it now
        reserve more or less. So where nothing changes the very number of life comes back."""
        used = Counter(used_then)
        for earlier in self._before(file):
            if (now := self._now.get(earlier.place)) is not None:
                then = earlier.days_seen_by(file)
                # Refused in the end, it lay on these days only if it did in life.
                used.update(now.days if now.granted or (then and not earlier.promised) else {})
                used.subtract(then)
        return {year: days for year, days in used.items() if days > 0}

    def promised_after(self, file: CaseFile) -> Days:
        """Days promised to cases accepted later that are not replayed."""
        days: Counter[int] = Counter()
        for other in self.files:
            if other.place > file.place and other.promised and not other.in_year:
                days.update(other.days)
        return days

    def periods_beside(self, file: CaseFile) -> list[Period]:
        """The periods the person's other cases hold: as replayed where they are, else as they stand."""
        others = (other for other in self.files if other is not file)
        held = (self._now[other.place].period if other.place in self._now else other.period for other in others)
        return [period for period in held if period is not None]

    def _before(self, file: CaseFile) -> list[CaseFile]:
        return [other for other in self.files if other.place < file.place]


def assess_beside(assess: Callable[[Days], Assessment], used: Days, promised: Days, own: Days) -> Assessment:
    """What a case earns after `used` days, beside the `promised` days of later cases that are not replayed.

    A promise stands, on both sides: it never gets more of a year than the later ones leave, but for their sake never
    less than the `own` days it had. So as many days are counted before it as bring it down to that, and no more.
    """
    counted = dict(used)
    for year, days in promised.items():
        given = [_given(assess, used, year, more) for more in range(days + 1)]
        fair = max(own.get(year, 0), given[-1])
        counted[year] = used.get(year, 0) + next(more for more, left in enumerate(given) if left <= fair)
    return assess(counted)


def _given(assess: Callable[[Days], Assessment], used: Days, year: int, more: int) -> int:
    """Days of the year it gets when `more` than the used ones are counted before it."""
    return assess({**used, year: used.get(year, 0) + more}).days_by_year.get(year, 0)
