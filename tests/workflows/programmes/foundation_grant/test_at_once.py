"""Two approvals at the same moment, on real connections: a donation is never passed."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal

import pytest

from casework.models import Donation, DonationUse, Role, Staff
from tests.at_once import at_once, one_in_the_middle_of_the_other
from tests.factories import StaffFactory
from tests.workflows.programmes.foundation_grant.stories import before_the_county, donated
from tests.world import COUNTY, World, open_item
from workflows.perform import Receipt, perform
from workflows.refusals import Incomplete

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def approvers(world: World) -> tuple[Staff, Staff]:
    return world.by(Role.COUNTY_APPROVER), StaffFactory(post=(Role.COUNTY_APPROVER, COUNTY))


def test_of_two_approved_at_once_on_a_donation_for_one_one_is_told(world: World) -> None:
    donation = donated("10000.00")
    first, second = (open_item(before_the_county(world, *who)).pk for who in (("向秋菊", 501), ("曾立冬", 502)))
    one, other = approvers(world)
    results = at_once(lambda: perform(first, "approve", by=one), lambda: perform(second, "approve", by=other))
    assert Counter(type(result) for result in results) == {Receipt: 1, Incomplete: 1}
    assert Donation.objects.get(pk=donation.pk).used == Decimal("5250.00")
    assert DonationUse.objects.filter(live=True).count() == 1


def test_whoever_comes_while_the_last_of_a_donation_is_being_taken_is_paid_from_the_next(world: World) -> None:
    oldest, next_one = donated("5250.00"), donated("5250.00", "JZ2026-0002", on="2026-01-06")
    first, second = (open_item(before_the_county(world, *who)).pk for who in (("向秋菊", 501), ("曾立冬", 502)))
    one, other = approvers(world)
    results = one_in_the_middle_of_the_other(
        lambda: perform(first, "approve", by=one), lambda: perform(second, "approve", by=other)
    )
    assert [type(result) for result in results] == [Receipt, Receipt] or {type(r) for r in results} == {
        Receipt,
        Incomplete,
    }
    total = sum(donation.used for donation in Donation.objects.filter(pk__in=(oldest.pk, next_one.pk)))
    assert total == Decimal("5250.00") * DonationUse.objects.filter(live=True).count()
