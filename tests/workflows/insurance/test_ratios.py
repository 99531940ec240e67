"""Payout ratio, average claim and frequency: the reports' own figures, and a small county by both bases."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest
from django.utils.timezone import now

from casework.models import Claim, ClaimPayment, Role
from tests.factories import HouseholdFactory, PersonFactory
from tests.workflows.programmes.insurance_claim.stories import (
    at_hour,
    claim,
    insured,
    notified,
    plan,
    policy,
    with_insurer,
)
from tests.world import COUNTY, TOWNSHIP, World
from workflows.insurance.ratios import Ratios, average, by_product, by_township, per_cent

MILLION = Decimal(1_000_000)


@pytest.mark.parametrize(
    ("what", "paid", "premium", "ratio"),
    [
        ("2021年赠送健康保险：赔1600万，保费1500万", "16.0", "15.0", "106.7"),
        ("2021年自愿投保：赔8653万，保费1.24亿", "86.53", "124.0", "69.8"),
        ("益阳2016年：赔490万，保费974万", "490", "974", "50.3"),
        ("一分没赔", "0", "974", "0.0"),
    ],
)
def test_the_payout_ratio_of_the_reports(what: str, paid: str, premium: str, ratio: str) -> None:
    assert per_cent(Decimal(paid), Decimal(premium)) == Decimal(ratio)


@pytest.mark.parametrize(
    ("what", "paid", "claims", "yuan"),
    [
        ("2021年自愿投保：8653万，16.4万人", Decimal("86.53") * MILLION, 164_000, "527.62"),
        ("2016年：5267万，41096人", Decimal("52.67") * MILLION, 41_096, "1281.63"),
        ("2021年赠送：1600万，2万人", Decimal("16.0") * MILLION, 20_000, "800.00"),
    ],
)
def test_the_average_claim_of_the_reports(what: str, paid: Decimal, claims: int, yuan: str) -> None:
    assert average(paid, claims) == Decimal(yuan)


def test_frequency_per_family_and_per_person_are_two_measures() -> None:
    """2021: 164,000 claimants of 1.1 million families; 2016: 41,096 of 4.531 million persons. Not comparable."""
    assert per_cent(164_000, 1_100_000) == Decimal("14.9")
    assert per_cent(41_096, 4_531_000) == Decimal("0.9")


def test_of_nothing_there_is_no_ratio() -> None:
    empty = Ratios("—", Decimal(0), 0, 0, 0, 0, 0, Decimal(0), 0, Decimal(0))

    assert (empty.payout, empty.average, empty.per_person, empty.per_household, empty.is_odd) == (
        None,
        None,
        None,
        None,
        False,
    )


def paid(of: Claim, amount: str, on: datetime.date) -> None:
    ClaimPayment.objects.create(claim=of, amount=Decimal(amount), paid_on=on, reference=str(on), recorded_at=now())


@pytest.fixture
def county(world: World) -> World:
    """Two households, three persons, one policy of 2025; one person fell twice, one payment came the year after."""
    with_insurer(world)
    home = HouseholdFactory()
    wife, husband = PersonFactory(household=home), PersonFactory(household=home)
    alone = PersonFactory(household=HouseholdFactory())
    taken = policy(world.by(Role.INTAKE_CLERK), plan(), year=2025)
    insured(taken, wife, husband)
    insured(taken, alone)
    for day, amount, paid_on in (
        (datetime.date(2025, 5, 1), "50.00", datetime.date(2025, 7, 1)),
        (datetime.date(2025, 11, 1), "61.25", datetime.date(2026, 1, 15)),
    ):
        told = notified(world, wife, incident_at=at_hour(day), notified_at=at_hour(day, 12))
        paid(claim(told), amount, paid_on)
    return world


def test_a_policy_year_counts_persons_and_households_apart_and_both_bases_are_given(county: World) -> None:
    (found,) = by_product((COUNTY,), 2025)

    assert (found.premium, found.persons, found.households) == (Decimal("240.00"), 3, 2)
    assert (found.claims, found.claimants, found.claiming_households) == (2, 1, 1)
    assert (found.paid, found.paid_in_year) == (Decimal("111.25"), Decimal("50.00"))
    assert (found.payout, found.payout_by_payment_year) == (Decimal("46.4"), Decimal("20.8"))
    assert (found.average, found.per_person, found.per_household) == (
        Decimal("55.63"),
        Decimal("33.3"),
        Decimal("50.0"),
    )
    assert not found.is_odd


def test_by_township_the_same(county: World) -> None:
    (found,) = by_township((COUNTY,), 2025, {TOWNSHIP: "桃花江镇", "430922113": "浮邱山乡"})

    assert (found.name, found.premium, found.paid) == ("桃花江镇", Decimal("240.00"), Decimal("111.25"))


def test_elsewhere_and_in_another_year_there_is_nothing_but_what_was_paid_in_it(county: World) -> None:
    assert by_product(("430102",), 2025) == []
    (later,) = by_product((COUNTY,), 2026)
    assert (later.premium, later.paid, later.paid_in_year) == (Decimal(0), Decimal(0), Decimal("61.25"))
