"""A round's budget is never passed: not by a crowd, not by many at once, not by a hand in the database."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.db.models import F

from casework.models import Case, Role, VisitRound
from tests.at_once import at_once
from tests.factories import StaffFactory
from tests.workflows.visits import stories
from tests.world import COUNTY, World, open_item
from workflows.perform import Receipt, perform
from workflows.refusals import Refusal
from workflows.visits import rounds


def test_the_database_itself_refuses_more_than_the_budget(world: World) -> None:
    round_ = stories.a_round(world)
    with pytest.raises(IntegrityError), transaction.atomic():
        VisitRound.objects.filter(pk=round_.pk).update(promised=F("budget") + 1)


def test_the_budget_cannot_be_cut_below_what_was_approved(world: World) -> None:
    round_, _cases = stories.approved(world, 2, budget=Decimal("1500.00"))
    with pytest.raises(Refusal, match=r"已经批准了1000.00元"):
        rounds.change_budget(round_.pk, Decimal("999.00"), by=world.by(Role.COUNTY_APPROVER))
    cut = rounds.change_budget(round_.pk, Decimal("1000.00"), by=world.by(Role.COUNTY_APPROVER))
    assert (cut.budget, cut.left) == (Decimal("1000.00"), Decimal("0.00"))


def test_what_a_round_has_promised_is_the_sum_of_its_places(world: World) -> None:
    round_, (case, *_) = stories.approved(world, 3)
    perform(open_item(case).pk, "withdraw", by=world.by(Role.INTAKE_CLERK), reasons=["applicant_withdrew"])
    assert rounds.promised_apart() == []
    VisitRound.objects.filter(pk=round_.pk).update(promised=Decimal("1.00"))
    assert rounds.promised_apart() == [(round_.pk, Decimal("1.00"), Decimal("1000.00"))]


def test_the_last_household_gets_the_last_cent_and_what_it_gives_up_comes_back_to_the_cent(world: World) -> None:
    """Three times 10.15 is more than 30.45 in binary fractions."""
    sums = {"standard": Decimal("10.15"), "budget": Decimal("30.45")}
    round_, (case, *_) = stories.approved(world, 3, **sums)
    assert (round_.promised, round_.left) == (Decimal("30.45"), Decimal("0.00"))
    perform(open_item(case).pk, "withdraw", by=world.by(Role.INTAKE_CLERK), reasons=["applicant_withdrew"])
    assert VisitRound.objects.filter(pk=round_.pk, promised=Decimal("20.30")).exists()


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_six_approvers_at_once_and_money_for_two(world: World) -> None:
    round_ = stories.a_round(world, budget=Decimal("1400.00"))
    cases = stories.put_forward(world, round_, stories.families(6))
    stories.checked(world, cases)
    approvers = [StaffFactory(post=(Role.COUNTY_APPROVER, COUNTY)) for _ in cases]

    def approve(case: Case, by: object) -> object:
        return lambda: perform(open_item(case).pk, "grant", by=by)  # type: ignore[arg-type]  # a member of staff

    results = at_once(*[approve(case, by) for case, by in zip(cases, approvers, strict=True)])  # type: ignore[arg-type]
    assert sum(isinstance(one, Receipt) for one in results) == 2
    assert sum(isinstance(one, Refusal) for one in results) == 4
    round_.refresh_from_db()
    assert round_.promised == Decimal("1000.00")
    assert Case.objects.filter(stage="approved").count() == 2
    assert rounds.promised_apart() == []
