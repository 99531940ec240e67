"""What a claim holds and what is watched for it, when it does not go straight to its end."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest

from casework.models import BenefitHold, Case, Claim, Role, Watch
from tests.factories import PersonFactory, StaffFactory
from tests.workflows.programmes.insurance_claim.stories import (
    claim,
    fresh,
    insured,
    notified,
    plan,
    policy,
    say,
    walked,
    with_insurer,
)
from tests.world import COUNTY, World, open_item
from workflows.refusals import Incomplete
from workflows.reopening import reopen


@pytest.fixture
def world(world: World) -> World:
    return with_insurer(world)


def by_the_day(world: World, to: str) -> Case:
    """A claim of so much a day in hospital, under a plan that pays it beside no nursing subsidy."""
    person = PersonFactory(registered=True)
    cash = {"cash_a_day": Decimal("50.00"), "cash_days_most": 90}
    insured(policy(world.by(Role.INTAKE_CLERK), plan(**cash)), person)
    return walked(world, to, notified(world, person, loss=Claim.Loss.HOSPITAL_CASH))


def gone_through_again(world: World, case: Case) -> Case:
    reopen(case.number, by=world.by(Role.INTAKE_CLERK), reasons=["amount_disputed"])
    say(world, case, "remit", by=StaffFactory(post=(Role.COUNTY_APPROVER, COUNTY)))
    return fresh(case)


def holds_its_days(case: Case) -> bool:
    return BenefitHold.objects.filter(case=case, live=True).exists()


def test_days_an_insurer_never_paid_for_are_free_when_the_county_turns_the_claim_away(world: World) -> None:
    case = by_the_day(world, "payment")
    assert holds_its_days(case)
    say(world, case, "not_honoured")
    walked(world, "county", case)

    say(world, case, "refuse")

    assert not holds_its_days(case)


@pytest.mark.parametrize(("at", "outcome"), [("village", "withdraw"), ("county", "refuse"), ("insurer", "refuse")])
def test_days_an_insurer_has_paid_for_stay_held_however_the_claim_ends_afterwards(
    world: World, at: str, outcome: str
) -> None:
    case = gone_through_again(world, by_the_day(world, "end"))
    walked(world, at, case)

    say(world, case, outcome)

    assert holds_its_days(case)


@pytest.mark.parametrize("hours", [-3, 26])
def test_one_loss_told_of_twice_at_different_hours_goes_to_the_insurer_once(world: World, hours: int) -> None:
    first = walked(world, "insurer")
    told = claim(first).incident_at + datetime.timedelta(hours=hours)
    again = walked(world, "county", notified(world, first.applicant, incident_at=told, notified_at=told))

    with pytest.raises(Incomplete, match=first.number):
        say(world, again, "lodge")
    say(world, again, "lodge", note="第二天又摔了一次，另一处骨折")
    assert open_item(again).step == "insurer"


def test_a_loss_whose_first_claim_came_to_nothing_can_be_claimed_again_without_a_word(world: World) -> None:
    first = walked(world, "insurer")
    say(world, first, "withdraw")
    assert open_item(walked(world, "insurer", notified(world, first.applicant))).step == "insurer"


def test_the_limitation_of_a_claim_taken_up_again_is_watched_again(world: World) -> None:
    case = notified(world)
    say(world, case, "withdraw")
    dropped = Watch.objects.get(case=case)

    gone_through_again(world, case)

    (found,) = Watch.objects.filter(case=case, state=Watch.State.OPEN)
    assert (found.kind, found.due_on, found.warn_on) == (Watch.Kind.LIMITATION, dropped.due_on, dropped.warn_on)
