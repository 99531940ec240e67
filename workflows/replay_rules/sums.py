"""What a replay adds up to, in all and by county. To the cent: the counties' sums are the whole's."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal

from workflows.replay_rules.replayed import NOTHING, Change, Replayed, Unmoved


@dataclass(slots=True)
class Sums:
    """Cases by what would change, and the money (yuan) as decided and as it would be."""

    cases: int = 0
    changes: Counter[Change] = field(default_factory=Counter)
    unmoved: Counter[Unmoved] = field(default_factory=Counter)
    was: Decimal = NOTHING
    now: Decimal = NOTHING

    @property
    def changed(self) -> int:
        return self.cases - self.changes[Change.SAME]

    @property
    def difference(self) -> Decimal:
        return self.now - self.was

    def add(self, replayed: Replayed) -> None:
        self.cases += 1
        self.changes[replayed.change] += 1
        if replayed.unmoved is not None:
            self.unmoved[replayed.unmoved] += 1
        self.was += replayed.was.amount
        self.now += replayed.now.amount


@dataclass(slots=True)
class Totals:
    """The whole, and each county by its code."""

    whole: Sums = field(default_factory=Sums)
    counties: dict[str, Sums] = field(default_factory=dict)

    def add(self, replayed: Replayed) -> None:
        self.whole.add(replayed)
        self.counties.setdefault(replayed.county, Sums()).add(replayed)
