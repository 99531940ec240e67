"""Donations, and households that ask for a grant."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

from django.utils.timezone import now

from casework.models import Case, Donation
from casework.sheets.values import Cell
from tests.factories import StaffFactory
from tests.workflows.standard.stories import a_person, granted, walked
from tests.world import World

SLUG = "foundation_grant"
ON = "2026-03-02"


def donated(yuan: str, number: str = "JZ2026-0001", *, on: str = "2026-01-05", **given: Any) -> Donation:
    said = {"purpose": "困难家庭帮扶", "donor": "示例公司", **given}
    day, key = datetime.date.fromisoformat(on), f"key-{number}"
    staff = StaffFactory()
    return Donation.objects.create(
        number=number, amount=Decimal(yuan), received_on=day, entered_by=staff, entered_at=now(), key=key, **said
    )


def household(name: str = "向秋菊", number: int = 501, **facts: Cell) -> dict[str, Cell]:
    return {**a_person(name, number), "campaign": "困难家庭帮扶", "circumstances": "家中有重病人", **facts}


def before_the_county(world: World, name: str = "向秋菊", number: int = 501, **facts: Cell) -> Case:
    return walked(world, granted(world, SLUG, household(name, number, **facts), on=ON), "county")


def used(donation: Donation) -> Decimal:
    return Donation.objects.get(pk=donation.pk).used
