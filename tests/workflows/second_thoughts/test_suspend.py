"""中止: a case waits for something outside, until a day on which it is looked at again."""

from __future__ import annotations

import datetime

import pytest
from django.utils.timezone import localtime

from casework.models import Case, Entitlement, Role, WorkItem
from notifications.models import Outbox
from tests.factories import PersonFactory, StaffFactory
from tests.workflows import invariants
from tests.workflows.second_thoughts.stories import OFFICE, ROAD, at, fresh, in_days, last_act, say, suspended
from tests.world import COUNTY, VILLAGE, World, open_item
from workflows.amend import amend_facts, change_account
from workflows.holding import claim
from workflows.refusals import HeldByAnother, Incomplete, LawRefuses, NotAllowed, NotYourPost, UnknownOutcome


@pytest.mark.parametrize("step", ROAD)
def test_it_is_suspended_by_the_office_that_has_it_from_any_step_of_the_road(world: World, step: str) -> None:
    before = world.case(step).stage

    case = suspended(world, step)

    assert (case.stage, case.came_from, case.stage_before) == ("suspended", step, before)
    item = open_item(case)
    assert (item.step, item.office, item.role) == ("suspended", COUNTY, Role.INTAKE_CLERK)
    assert invariants.broken() == []


def test_it_falls_due_on_the_day_it_is_to_be_looked_at_again(world: World) -> None:
    due = localtime(open_item(suspended(world, days=17)).due_at)
    assert (due.date(), due.time()) == (in_days(17), datetime.time(17, 30))


def test_the_trail_keeps_the_day_and_the_applicant_is_told(world: World) -> None:
    case = suspended(world, days=9)
    assert last_act(case).details["review_on"] == in_days(9).isoformat()
    assert Outbox.objects.filter(key__startswith=f"tell:{case.number}", payload__outcome="suspend").count() == 1


@pytest.mark.parametrize(
    ("days", "sentence"),
    [
        (None, "请填写复查日期：到那天要再看一次"),
        (0, "复查日期要在明天以后、180日以内"),
        (-1, "复查日期要在明天以后、180日以内"),
        (181, "复查日期要在明天以后、180日以内"),
    ],
)
def test_without_a_day_it_would_be_a_refusal_nobody_has_signed(world: World, days: int | None, sentence: str) -> None:
    case = world.case("village")
    given = {} if days is None else {"review_on": in_days(days)}
    with pytest.raises(Incomplete) as refused:
        say(case, "suspend", world.by(Role.VILLAGE_VERIFIER), "applicant_away", **given)
    assert refused.value.missing == (sentence,)
    assert fresh(case).stage == "accepted"


@pytest.mark.parametrize("days", [1, 180])
def test_the_first_and_the_last_day_are_days(world: World, days: int) -> None:
    assert suspended(world, days=days).stage == "suspended"


def test_a_day_that_is_no_date_is_no_day(world: World) -> None:
    case = world.case("village")
    with pytest.raises(Incomplete, match="请填写复查日期"):
        say(case, "suspend", world.by(Role.VILLAGE_VERIFIER), "applicant_away", review_on="2099-01-01")


def test_it_takes_a_reason(world: World) -> None:
    case = world.case("village")
    with pytest.raises(Incomplete, match="请选择至少一条理由"):
        say(case, "suspend", world.by(Role.VILLAGE_VERIFIER), review_on=in_days(3))


def test_no_other_office_suspends_what_waits_here(world: World) -> None:
    case = world.case("village")
    for role in (Role.INTAKE_CLERK, Role.TOWNSHIP_REVIEWER, Role.COUNTY_APPROVER, Role.SUPERVISOR):
        with pytest.raises(NotYourPost, match="川门湾村委会的“村级核实员”"):
            say(case, "suspend", world.by(role), "applicant_away", review_on=in_days(3))


def test_who_has_it_in_hand_is_asked_first(world: World) -> None:
    case = world.case("village")
    claim(open_item(case).pk, by=world.by(Role.VILLAGE_VERIFIER))
    colleague = StaffFactory(post=(Role.VILLAGE_VERIFIER, VILLAGE))
    with pytest.raises(HeldByAnother):
        say(case, "suspend", colleague, "applicant_away", review_on=in_days(3))


@pytest.mark.parametrize("step", ["papers", "payment_check", "bank", "account", "suspended", "internal_review"])
def test_what_is_with_its_applicant_in_a_batch_or_beside_the_road_cannot_be_suspended(world: World, step: str) -> None:
    case = at(world, step)
    with pytest.raises(UnknownOutcome):
        say(case, "suspend", world.by(OFFICE[step]), "applicant_away", review_on=in_days(3))
    assert not set(Case.law_allows("suspend")) & {"payable", "correction", "suspended", "internal_review", "paid"}


def test_the_law_itself_refuses_it_once_the_money_is_on_its_way(world: World) -> None:
    """Were a flow to offer it in a batch, the gateway would still say no."""
    case = world.case("payment_check")
    item = open_item(case)
    payment = case.flow_class.instance.payment
    WorkItem.objects.filter(pk=item.pk).update(flow_task=payment, step="payment", role=payment.role)
    with pytest.raises(LawRefuses, match="案件现在是“待付款”，不能办理“中止”"):
        say(case, "suspend", world.by(Role.PAYMENT_OFFICER), "applicant_away", review_on=in_days(3))


@pytest.mark.parametrize("step", ["intake", "village", "payment"])
def test_neither_facts_nor_account_change_while_it_is_suspended(world: World, step: str) -> None:
    case, clerk = suspended(world, step), world.by(Role.INTAKE_CLERK)
    with pytest.raises(NotAllowed, match="案件现在是“已中止”，内容和账户都不能改。请先恢复办理"):
        amend_facts(case.number, {"caregiver": "女儿"}, by=clerk, reason="typing_error")
    with pytest.raises(NotAllowed, match="案件现在是“已中止”"):
        change_account(case.number, "6299000000000000101", "邮储银行", case.applicant.name, by=clerk)


# -- its days --------------------------------------------------------------------------------------------------------


def test_its_days_are_kept_for_it(world: World) -> None:
    case = suspended(world)
    assert Entitlement.objects.get(case=case).live
    later = world.case("village", person=case.applicant, admission_date="2026-09-10", discharge_date="2026-11-01")
    assert (later.payable_days, case.payable_days) == (60 - 26, 26)


def test_one_suspended_after_its_approval_keeps_its_promise_against_an_earlier_case(world: World) -> None:
    """The earlier asks for more while the later, promised already, is suspended: it gets what is left."""
    person = PersonFactory(registered=True)
    earlier = world.case("village", person=person)
    promised = suspended(world, "payment", person=person, admission_date="2026-09-10", discharge_date="2026-10-10")
    change = {"admission_date": "2026-07-01"}
    amend_facts(earlier.number, change, by=world.by(Role.VILLAGE_VERIFIER), reason="papers_differ")
    assert (fresh(earlier).payable_days, fresh(promised).payable_days) == (30, 30)
    assert invariants.broken() == []


def test_one_suspended_before_its_approval_is_assessed_anew_when_an_earlier_one_changes(world: World) -> None:
    person = PersonFactory(registered=True)
    earlier = world.case("village", person=person, admission_date="2026-07-01", discharge_date="2026-08-31")
    later = suspended(world, "township", person=person, admission_date="2026-09-10", discharge_date="2026-10-10")
    assert (earlier.payable_days, later.payable_days) == (60, 0)
    change = {"admission_date": "2026-08-11"}
    amend_facts(earlier.number, change, by=world.by(Role.VILLAGE_VERIFIER), reason="papers_differ")
    assert (fresh(earlier).payable_days, fresh(later).payable_days) == (20, 30)
    assert fresh(later).stage == "suspended"
    assert invariants.broken() == []
