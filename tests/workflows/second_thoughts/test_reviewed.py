"""复核的三种结果: upheld, overturned, or remitted to go its road again."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest

from casework.models import BatchLine, Case, Entitlement, Role
from tests.factories import PersonFactory
from tests.workflows import invariants
from tests.workflows.second_thoughts.stories import (
    fresh,
    newcomer,
    paid_again,
    refused,
    remitted,
    say,
    terminated,
    under_review,
    walked_on,
    withdrawn,
)
from tests.world import World, open_item
from workflows.amend import amend_facts
from workflows.entitlement import has_a_promise
from workflows.refusals import Incomplete, NotAllowed, NotYourPost, UnknownOutcome

PLACES: dict[str, tuple[Callable[[World], Case], str]] = {
    "refused by the township": (lambda world: refused(world, "township"), "rejected"),
    "refused by the county": (refused, "rejected"),
    "terminated": (terminated, "terminated"),
    "withdrawn": (withdrawn, "withdrawn"),
    "paid": (lambda world: world.case("end"), "closed"),
}


# -- 维持 --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", PLACES)
def test_upheld_it_is_what_and_where_it_was(world: World, how: str) -> None:
    ended, stage = PLACES[how]
    case = ended(world)
    live = Entitlement.objects.get(case=case).live
    closings = case.events.filter(action="closed").count()

    say(under_review(world, case), "uphold", newcomer(), "decision_right")

    after = fresh(case)
    assert (after.stage, after.amount, after.paid_amount) == (stage, case.amount, case.paid_amount)
    assert (after.came_from, after.stage_before, after.finished is not None) == ("", "", True)
    assert Entitlement.objects.get(case=case).live is live
    assert case.events.filter(action="closed").count() == closings
    assert invariants.broken() == []


def test_an_approval_that_is_upheld_goes_on_to_its_payment(world: World) -> None:
    case = under_review(world, world.case("payment"))
    assert has_a_promise(case)
    say(case, "uphold", newcomer(), "decision_right")
    assert (fresh(case).stage, open_item(case).step) == ("approved", "payment")
    paid_again(world, case)
    assert fresh(case).stage == "closed"
    assert invariants.broken() == []


def test_upholding_takes_a_reason_and_an_approvers_post(world: World) -> None:
    case = under_review(world, refused(world))
    with pytest.raises(Incomplete, match="请选择至少一条理由"):
        say(case, "uphold", newcomer())
    for role in (Role.INTAKE_CLERK, Role.TOWNSHIP_REVIEWER, Role.SUPERVISOR):
        with pytest.raises(NotYourPost):
            say(case, "uphold", world.by(role), "decision_right")


# -- 变更 --------------------------------------------------------------------------------------------------------------


def test_a_refusal_of_the_countys_is_overturned_and_paid_on_the_reviewers_signature(world: World) -> None:
    case = refused(world)
    assert not Entitlement.objects.get(case=case).live

    say(under_review(world, case), "overturn", newcomer(), note="核对登记，属于补贴对象")

    case = fresh(case)
    assert (case.stage, open_item(case).step, case.came_from) == ("approved", "payment", "")
    assert Entitlement.objects.get(case=case).live
    assert paid_again(world, case).amount == case.amount
    assert invariants.broken() == []


def test_it_takes_the_reviewers_words(world: World) -> None:
    case = under_review(world, refused(world))
    with pytest.raises(Incomplete) as found:
        say(case, "overturn", newcomer(), note=" ")
    assert found.value.missing == ("请在意见栏写明变更的理由",)


@pytest.mark.parametrize("how", ["refused by the township", "terminated", "withdrawn", "paid"])
def test_what_village_and_township_have_not_signed_is_never_approved_by_a_review(world: World, how: str) -> None:
    case = under_review(world, PLACES[how][0](world))
    with pytest.raises(UnknownOutcome):
        say(case, "overturn", newcomer(), note="应当批准")


def test_not_when_the_days_have_gone_to_another_case_meanwhile(world: World) -> None:
    """The family applied again for the same stay, a day shorter, and was paid."""
    case = refused(world)
    world.case("end", person=case.applicant, discharge_date="2026-08-30")
    with pytest.raises(Incomplete) as found:
        say(under_review(world, case), "overturn", newcomer(), note="应当批准")
    assert any("重叠" in sentence for sentence in found.value.missing), found.value.missing
    assert fresh(case).stage == "internal_review"


def test_not_when_what_is_left_of_the_year_gives_another_amount(world: World) -> None:
    person = PersonFactory(registered=True)
    case = refused(world, person=person)
    later = {"admission_date": "2026-09-01", "discharge_date": "2026-10-20"}
    assert world.case("payment", person=person, **later).payable_days == 49
    with pytest.raises(Incomplete, match="金额与原来核定的不同，请发回重新办理"):
        say(under_review(world, case), "overturn", newcomer(), note="应当批准")


def test_not_on_facts_other_than_those_that_were_signed(world: World) -> None:
    case = under_review(world, refused(world))
    for by in (world.by(Role.INTAKE_CLERK), newcomer()):
        with pytest.raises(NotAllowed, match="案件现在是“复核中”"):
            amend_facts(case.number, {"caregiver": "女儿"}, by=by, reason="typing_error")
    changed = {**case.facts, "caregiver": "女儿"}
    Case.objects.filter(pk=case.pk).update(facts=changed, facts_digest="0" * 64)
    with pytest.raises(Incomplete, match="已不算数"):
        say(case, "overturn", newcomer(), note="应当批准")


# -- 发回 --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", PLACES)
def test_remitted_it_goes_its_road_again_and_can_be_paid(world: World, how: str) -> None:
    case = remitted(world, PLACES[how][0](world))
    assert (case.stage, open_item(case).step) == ("submitted", "intake")
    assert (case.came_from, case.stage_before, case.finished) == ("", "", None)
    assert invariants.broken() == []
    case = walked_on(world, case, "county")
    if case.paid_amount:
        say(case, "settle", world.by(Role.COUNTY_APPROVER))
    else:
        say(case, "approve", world.by(Role.COUNTY_APPROVER))
        paid_again(world, case)
    assert (fresh(case).stage, fresh(case).paid_amount) == ("closed", Decimal("3380.00"))
    assert invariants.broken() == []


def test_an_approval_lifted_before_its_payment_is_no_promise_any_more(world: World) -> None:
    case = remitted(world, world.case("payment"))
    assert (case.stage, case.pay_round, has_a_promise(case)) == ("submitted", 1, False)
    assert not BatchLine.objects.exists()
    say(case, "refuse", world.by(Role.INTAKE_CLERK), "not_covered")
    assert (fresh(case).stage, Entitlement.objects.get(case=case).live) == ("rejected", False)
    assert invariants.broken() == []


def test_one_that_holds_no_days_has_no_award_until_it_is_accepted_anew(world: World) -> None:
    case = remitted(world, refused(world))
    assert (case.amount, case.payable_days, case.award) == (None, None, {})
    world.case("village", person=case.applicant, admission_date="2026-09-10", discharge_date="2026-10-30")
    say(case, "accept", world.by(Role.INTAKE_CLERK))
    assert fresh(case).payable_days == 26
    assert invariants.broken() == []


def test_where_another_case_has_claimed_its_days_intake_says_so(world: World) -> None:
    case = refused(world)
    world.case("end", person=case.applicant)
    case = remitted(world, case)
    with pytest.raises(Incomplete, match="已经申报过"):
        say(case, "accept", world.by(Role.INTAKE_CLERK))


def test_remitting_takes_a_reason(world: World) -> None:
    with pytest.raises(Incomplete, match="请选择至少一条理由"):
        say(under_review(world, refused(world)), "remit", newcomer())
