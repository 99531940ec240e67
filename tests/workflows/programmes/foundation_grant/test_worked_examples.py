"""基金会救助, as a caseworker would work it out by hand: the sum, and the donation it is paid from."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.utils.timezone import localdate

from casework.models import Case, Division, Donation, DonationUse, Event, Level, Role
from tests.factories import StaffFactory
from tests.workflows.programmes.foundation_grant.stories import ON, SLUG, before_the_county, donated, household, used
from tests.workflows.standard.stories import granted, walked
from tests.world import COUNTY, World, open_item
from workflows.amend import amend_facts
from workflows.perform import perform
from workflows.refusals import Incomplete
from workflows.reopening import reopen

GRANT = Decimal("5250.00")


def approve(world: World, case: Case) -> None:
    perform(open_item(case).pk, "approve", by=world.by(Role.COUNTY_APPROVER))


def test_a_household_gets_five_thousand_two_hundred_and_fifty_yuan_from_the_donation(world: World) -> None:
    """126万元帮扶240户，每户5250元：发放一户，捐赠还剩1254750元。"""
    donation = donated("1260000.00")
    case = granted(world, SLUG, household(), on=ON)
    assert (case.number, case.amount) == ("JJ430922202600001", GRANT)
    case = walked(world, case)
    assert (case.stage, case.paid_amount) == ("closed", GRANT)
    donation.refresh_from_db()
    assert (donation.used, donation.amount - donation.used) == (GRANT, Decimal("1254750.00"))
    assert DonationUse.objects.get(case=case, live=True).amount == GRANT


def test_a_child_with_leukaemia_is_helped_from_what_was_given_for_that(world: World) -> None:
    """少儿白血病救助每户20000元，只从这种用途的捐赠列支；到账更早的困难家庭捐赠不动。"""
    other = donated("100000.00", "JZ2025-0001", on="2025-01-05")
    meant = donated("20000.00", purpose="少儿白血病救助")
    case = walked(world, granted(world, SLUG, household(campaign="少儿白血病救助"), on=ON))
    assert (case.paid_amount, used(meant), used(other)) == (Decimal("20000.00"), Decimal("20000.00"), Decimal(0))


def test_the_oldest_that_fits_and_has_enough_pays_and_the_trail_says_which(world: World) -> None:
    donated("5249.99", "JZ2025-0001", on="2025-01-01")
    donated("90000.00", "JZ2025-0002", on="2025-01-02", valid_to="2025-12-31")
    elsewhere = Division.objects.create(code="430921", name="南县", level=Level.COUNTY, valid_from="2020-01-01")
    donated("90000.00", "JZ2025-0003", on="2025-01-03", county=elsewhere)
    donated("90000.00", "JZ2025-0005", on="2025-01-05", county_id=COUNTY)
    donated("90000.00", "JZ2025-0004", on="2025-01-04")
    case = before_the_county(world)
    approve(world, case)
    assert DonationUse.objects.get(case=case).donation.number == "JZ2025-0004"
    assert Event.objects.get(chain=case.number, details__outcome="approve").details["donation"] == "JZ2025-0004"


def test_where_none_has_enough_the_county_is_told_and_nothing_is_taken(world: World) -> None:
    donation = donated("5249.99")
    case = before_the_county(world)
    with pytest.raises(Incomplete, match="没有一笔还剩5250"):
        approve(world, case)
    assert (used(donation), Case.objects.get(pk=case.pk).stage) == (Decimal(0), "reviewed")


def test_what_is_ended_before_it_is_paid_goes_back_to_the_cent_and_helps_the_next(world: World) -> None:
    donation = donated("5250.00")
    first, second = before_the_county(world), before_the_county(world, "曾立冬", 502)
    approve(world, first)
    with pytest.raises(Incomplete, match="没有一笔还剩"):
        approve(world, second)
    clerk = world.by(Role.INTAKE_CLERK)
    perform(open_item(first).pk, "terminate", by=clerk, reasons=["died"])
    assert (used(donation), DonationUse.objects.filter(live=True).count()) == (Decimal(0), 0)
    said = Event.objects.get(chain=first.number, details__outcome="terminate").details
    assert said["donation_back"] == "JZ2026-0001"
    approve(world, second)
    assert used(donation) == GRANT


def test_money_already_paid_stays_used_when_a_paid_case_goes_its_road_again(world: World) -> None:
    donation = donated("6000.00")
    case = walked(world, granted(world, SLUG, household(), on=ON))
    clerk = world.by(Role.INTAKE_CLERK)
    reopen(case.number, by=clerk, reasons=["amount_disputed"])
    newcomer = StaffFactory(post=(Role.COUNTY_APPROVER, COUNTY))
    perform(open_item(case).pk, "remit", by=newcomer, reasons=["facts_unclear"], note="重新核实")
    perform(open_item(case).pk, "let_stand", by=clerk, reasons=["moved_away"])
    assert (used(donation), DonationUse.objects.get(live=True).amount) == (GRANT, GRANT)


def came_back(world: World, case: Case, outcome: str = "came_back") -> None:
    values = {"came_back_on": localdate(), "bank_reason": "账户已销户"}
    officer = world.by(Role.PAYMENT_OFFICER)
    reopen(case.number, outcome, by=officer, reasons=["sent_back_late"], values=values)


def test_money_the_bank_sends_back_stays_the_familys_in_the_donation(world: World) -> None:
    donation = donated("6000.00")
    case = walked(world, granted(world, SLUG, household(), on=ON))
    came_back(world, case)
    assert (used(donation), DonationUse.objects.get(live=True).amount) == (GRANT, GRANT)
    case = walked(world, case)
    assert (case.stage, case.paid_amount, used(donation)) == ("closed", GRANT, GRANT)


def test_what_came_back_and_is_never_paid_is_the_donations_again(world: World) -> None:
    donation = donated("6000.00")
    case = walked(world, granted(world, SLUG, household(), on=ON))
    came_back(world, case)
    perform(open_item(case).pk, "terminate", by=world.by(Role.INTAKE_CLERK), reasons=["died"])
    assert (used(donation), DonationUse.objects.filter(live=True).exists()) == (Decimal(0), False)


def test_what_turns_out_to_be_for_another_purpose_is_taken_from_what_was_given_for_that(world: World) -> None:
    """已按困难家庭发放5250元，复核后查明是少儿白血病：20000元全部改从少儿白血病的捐赠列支，补发14750元。"""
    first, meant = donated("6000.00"), donated("20000.00", "JZ2026-0002", purpose="少儿白血病救助")
    case = walked(world, granted(world, SLUG, household(), on=ON))
    clerk = world.by(Role.INTAKE_CLERK)
    reopen(case.number, by=clerk, reasons=["amount_disputed"])
    newcomer = StaffFactory(post=(Role.COUNTY_APPROVER, COUNTY))
    perform(open_item(case).pk, "remit", by=newcomer, reasons=["facts_unclear"], note="重新核实")
    amend_facts(case.number, {"campaign": "少儿白血病救助"}, by=clerk, reason="papers_differ")
    case = walked(world, case)
    assert (case.paid_amount, used(first), used(meant)) == (Decimal("20000.00"), Decimal(0), Decimal("20000.00"))
    assert DonationUse.objects.get(case=case, live=True).amount == Decimal("20000.00")


def test_the_database_itself_lets_no_donation_be_passed(world: World) -> None:
    donation = donated("100.00")
    with pytest.raises(IntegrityError, match="donation_never_overdrawn"), transaction.atomic():
        Donation.objects.filter(pk=donation.pk).update(used=Decimal("100.01"))
