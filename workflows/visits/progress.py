"""How far a round has come: households by where their cases are, money promised and given, township by township."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import Count, Q, Sum
from django.db.models.functions import Substr

from casework.models import Level, Nomination, Stage, VisitRecord, VisitRound
from casework.models.stages import PROMISED

GIVEN = (Stage.PAID, Stage.CLOSED)


@dataclass(slots=True)
class Tally:
    """Households (户): put forward and still in; approved; visited; given. `money` is what was given, in yuan."""

    nominated: int = 0
    approved: int = 0
    visited: int = 0
    given: int = 0
    money: Decimal = Decimal("0.00")

    def add(self, other: Tally) -> None:
        self.nominated += other.nominated
        self.approved += other.approved
        self.visited += other.visited
        self.given += other.given
        self.money += other.money


@dataclass(slots=True)
class Progress:
    """Of a whole round, and of each township in it by its code."""

    total: Tally = field(default_factory=Tally)
    townships: dict[str, Tally] = field(default_factory=lambda: defaultdict(Tally))


def progress_of(found: VisitRound, codes: tuple[str, ...] = ()) -> Progress:
    """Two statements, however many households. `codes` narrow it to places, none is all of it."""
    inside = Q()
    for code in codes:
        inside |= Q(division__gte=code, division__lt=str(int(code) + 1))
    rows = Nomination.objects.filter(inside, round=found, live=True).annotate(
        township=Substr("division", 1, int(Level.TOWNSHIP))
    )
    approved = Q(case__stage__in=PROMISED) | Q(case__stage_before__in=PROMISED)
    given = Q(case__stage__in=GIVEN)
    counted = rows.values("township").annotate(
        nominated=Count("pk"),
        approved=Count("pk", filter=approved),
        given=Count("pk", filter=given),
        money=Sum("case__amount", filter=given),
    )
    visits = (
        VisitRecord.objects.filter(inside, round=found, stands=True)
        .annotate(township=Substr("division", 1, int(Level.TOWNSHIP)))
        .values("township")
        .annotate(visited=Count("pk"))
    )
    visited = dict(visits.values_list("township", "visited"))
    found_progress = Progress()
    for row in counted.order_by("township"):
        tally = Tally(
            nominated=row["nominated"],
            approved=row["approved"],
            visited=visited.get(row["township"], 0),
            given=row["given"],
            money=row["money"] or Decimal("0.00"),
        )
        found_progress.townships[row["township"]] = tally
        found_progress.total.add(tally)
    return found_progress
