"""三个全覆盖 in figures: of so many families so many have two contacts, a hospital, a doctor, place by place.

The unit is the family (户), in every figure. A ratio over no family is none at all, not a hundred per cent.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from casework.access import within
from workflows.coverage.state import Care, Kind, care_of, special_families, within_days

MOST = 20_000
"""Families of a county; a place with more is looked at by township."""


@dataclass(slots=True)
class Coverage:
    """Families in all, and how many have each."""

    families: int = 0
    contacts: int = 0
    green_channel: int = 0
    family_doctor: int = 0
    spoken: int = 0
    all_three: int = 0

    def add(self, care: Care, day: datetime.date, most: int) -> None:
        both = {Kind.TOWNSHIP_CONTACT, Kind.VILLAGE_CONTACT} <= care.in_force
        hospital, doctor = Kind.GREEN_CHANNEL in care.in_force, Kind.FAMILY_DOCTOR in care.in_force
        self.families += 1
        self.contacts += both
        self.green_channel += hospital
        self.family_doctor += doctor
        self.all_three += both and hospital and doctor
        self.spoken += care.spoken is not None and care.spoken >= day - datetime.timedelta(days=most)


def percent(part: int, whole: int) -> Decimal | None:
    """Of a hundred, to one place; None of nothing."""
    if not whole:
        return None
    return (Decimal(100) * part / whole).quantize(Decimal("0.1"), ROUND_HALF_UP)


def coverage_of(place: str, level: int, day: datetime.date) -> tuple[Coverage, Mapping[str, Coverage]]:
    """Of a place, and of each division of `level` in it by its code. Five statements, however many families."""
    rows = special_families(day).filter(within((place,))).order_by("person__household", "id")
    homes: dict[int, str] = {}
    for household, division in rows.values_list("person__household", "division_id")[: MOST * 2]:
        homes.setdefault(household, division)
    care, most = care_of(homes, day), within_days(day)
    total, parts = Coverage(), defaultdict[str, Coverage](Coverage)
    nobody = Care()
    for household, division in homes.items():
        found = care.get(household, nobody)
        total.add(found, day, most)
        parts[division[:level]].add(found, day, most)
    return total, parts
