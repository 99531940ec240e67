"""Payout ratio, average claim and frequency 赔付率、案均赔款、出险率: by policy year, each with its unit.

Claims straddle years, so both bases are given: what was paid on the policies that began in a year, whenever it was
paid; and what was paid in that calendar year, on whichever policy. Sums and counts are the database's, in a fixed
number of statements; everything is exact `Decimal`.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db.models import Aggregate, Count, Exists, F, OuterRef, QuerySet, Sum
from django.db.models.functions import Substr

from casework.access import within
from casework.models import Claim, ClaimPayment, InsuranceProduct, InsuredPerson, RosterLine

CENT, TENTH, ZERO = Decimal("0.01"), Decimal("0.1"), Decimal("0.00")
LOW, HIGH = Decimal(40), Decimal(100)
"""Per cent. R47 赔付率异常：低于40%或高于100%的要看一看。[P] our own default, after 50.3 %…106.7 % in the reports."""

IN_FORCE = (RosterLine.State.CONFIRMED, RosterLine.State.REMOVED)
INSURING = InsuredPerson.objects.filter(line=OuterRef("pk"), live=True)
"""Not struck off before the roster was sent: such a line is `REMOVED` too, and had no premium."""


def per_cent(part: Decimal | int, whole: Decimal | int) -> Decimal | None:
    """A share in per cent, to a tenth; None of nothing. 16.0 / 15.0 → 106.7."""
    if not whole:
        return None
    return (Decimal(part) * 100 / Decimal(whole)).quantize(TENTH, ROUND_HALF_UP)


def average(total: Decimal, count: int) -> Decimal | None:
    """Yuan a claim, to the cent; None of none. 86.53 million / 164,000 → 527.62."""
    return (total / count).quantize(CENT, ROUND_HALF_UP) if count else None


@dataclass(frozen=True, slots=True)
class Ratios:
    """One product, or one township, in one policy year. Counts are of persons, households, claims; sums are yuan."""

    name: str
    premium: Decimal
    persons: int
    households: int
    claims: int
    claimants: int
    claiming_households: int
    paid: Decimal
    paid_claims: int
    paid_in_year: Decimal

    @property
    def payout(self) -> Decimal | None:
        """赔付率, by policy year: per cent."""
        return per_cent(self.paid, self.premium)

    @property
    def payout_by_payment_year(self) -> Decimal | None:
        """The same premium, held against what was paid in the calendar year: per cent."""
        return per_cent(self.paid_in_year, self.premium)

    @property
    def average(self) -> Decimal | None:
        """案均赔款: yuan a claim that was paid."""
        return average(self.paid, self.paid_claims)

    @property
    def per_person(self) -> Decimal | None:
        """出险率, persons who claimed of persons insured: per cent."""
        return per_cent(self.claimants, self.persons)

    @property
    def per_household(self) -> Decimal | None:
        """出险率, households that claimed of households insured: per cent. Not comparable with the one above."""
        return per_cent(self.claiming_households, self.households)

    @property
    def is_odd(self) -> bool:
        """R47."""
        return self.payout is not None and not LOW <= self.payout <= HIGH


def by_product(codes: Sequence[str], year: int) -> list[Ratios]:
    """Each product with a policy that began in the year within these places; six statements."""
    names = dict(InsuranceProduct.objects.order_by("pk").values_list("pk", "name")[:MOST_ROWS])
    found = _groups(codes, year, PRODUCT)
    return [_row(names[key], key, found) for key in names if key in found.keys]


def by_township(codes: Sequence[str], year: int, names: dict[str, str]) -> list[Ratios]:
    """Each township of `names` (code → name), by the place of the roster line. A village's first nine digits."""
    found = _groups(codes, year, TOWNSHIP)
    return [_row(names[code], code, found) for code in sorted(names) if code in found.keys]


MOST_ROWS = 200
PRODUCT, TOWNSHIP = "product", "township"


Sums = dict[Any, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class _Found:
    """What the statements gave, each by the group's key."""

    premium: Sums
    insured: Sums
    claims: Sums
    paid: Sums
    paid_in_year: Sums

    @property
    def keys(self) -> set[Any]:
        return self.premium.keys() | self.claims.keys() | self.paid_in_year.keys()


def _groups(codes: Sequence[str], year: int, key: str) -> _Found:
    places = tuple(codes)
    lines = RosterLine.objects.filter(within(places), Exists(INSURING), policy__begins__year=year, state__in=IN_FORCE)
    insured = InsuredPerson.objects.filter(
        within(places, "line__division_id"), live=True, line__policy__begins__year=year, line__state__in=IN_FORCE
    )
    claims = Claim.objects.filter(within(places, "line__division_id"), policy__begins__year=year)
    payments = ClaimPayment.objects.filter(within(places, "claim__line__division_id"))
    first, last = datetime.date(year, 1, 1), datetime.date(year, 12, 31)
    of_claims = _sums(claims, "line__", key, n=Count("pk"), who=Count("insured", distinct=True),
                      homes=Count("insured__household", distinct=True))  # fmt: skip
    return _Found(
        premium=_sums(lines, "", key, total=Sum("premium")),
        insured=_sums(insured, "line__", key, who=Count("person", distinct=True),
                      homes=Count("person__household", distinct=True)),
        claims=of_claims,
        paid=_sums(payments.filter(claim__policy__begins__year=year), "claim__line__", key, total=Sum("amount"),
                   n=Count("claim", distinct=True)),
        paid_in_year=_sums(payments.filter(paid_on__gte=first, paid_on__lte=last), "claim__line__", key,
                           total=Sum("amount")),
    )  # fmt: skip


def _sums(rows: QuerySet[Any], line: str, key: str, **wanted: Aggregate) -> dict[Any, dict[str, Any]]:
    """Group -> what was asked of it; `line` leads from the row to its roster line. One statement."""
    group = Substr(f"{line}division_id", 1, 9) if key == TOWNSHIP else F(f"{line}policy__plan__product_id")
    found = rows.order_by().annotate(group=group).values("group").annotate(**wanted)
    return {row["group"]: row for row in found[: MOST_ROWS * 10]}


def _row(name: str, key: Any, found: _Found) -> Ratios:
    premium, insured = found.premium.get(key, {}), found.insured.get(key, {})
    claims, paid, in_year = found.claims.get(key, {}), found.paid.get(key, {}), found.paid_in_year.get(key, {})
    return Ratios(
        name=name,
        premium=premium.get("total") or ZERO,
        persons=insured.get("who", 0),
        households=insured.get("homes", 0),
        claims=claims.get("n", 0),
        claimants=claims.get("who", 0),
        claiming_households=claims.get("homes", 0),
        paid=paid.get("total") or ZERO,
        paid_claims=paid.get("n", 0),
        paid_in_year=in_year.get("total") or ZERO,
    )
