"""到账后退回: the bank had said paid, and sends the money back days later. It is owed still, and goes out once more."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

import pytest
from django.utils.timezone import localdate, now

from casework.desk.payment_tables import compared_table
from casework.models import BatchLine, Case, Decision, Entitlement, Event, Role
from casework.models.payments import PaymentBatch
from tests.factories import StaffFactory
from tests.workflows import invariants
from tests.workflows.payments.story import SENT_BACK, exported, return_text
from tests.workflows.second_thoughts.stories import (
    fresh,
    left_as_it_was_paid,
    longer,
    paid_again,
    remitted,
    say,
    under_review,
    walked_on,
)
from tests.world import COUNTY, World, open_item
from workflows import objection, registry, trail
from workflows.amend import change_account
from workflows.doctor.finding import Scope
from workflows.doctor.money import find_paid_apart
from workflows.flow import Ending
from workflows.payments.batches import check_batch, draw_batch
from workflows.payments.lines import lines_of
from workflows.payments.requirements import CHECKER
from workflows.payments.returns import apply_return, read_return
from workflows.payments.road import paid_by_batch
from workflows.programmes.nursing_subsidy.flow import NursingSubsidyFlow
from workflows.refusals import Incomplete, NotAllowed, NotYourPost
from workflows.reopening import reopen, ways_back_in

FIRST = Decimal("3380.00")
MORE = Decimal("1300.00")


def came_back(world: World, case: Case, outcome: str = "came_back", **said: Any) -> Case:
    values = {"came_back_on": localdate(), "bank_reason": "账户已销户", **said}
    officer = world.by(Role.PAYMENT_OFFICER)
    reopen(case.number, outcome, by=officer, reasons=["sent_back_late"], note="银行退回单", values=values)
    return fresh(case)


def to_the_new_card(world: World, case: Case) -> BatchLine:
    clerk = world.by(Role.INTAKE_CLERK)
    change_account(case.number, "6299000000000000101", "邮储银行", case.applicant.name, by=clerk)
    say(case, "corrected", clerk)
    return paid_again(world, case)


def paid_in_two_rounds(world: World) -> tuple[Case, BatchLine, BatchLine]:
    case = longer(world, remitted(world, world.case("end")))
    paid_again(world, walked_on(world, case, "payment"))
    first, second = BatchLine.objects.filter(case=case).order_by("pk")
    return fresh(case), first, second


def of_the_first_version(case: Case) -> Case:
    Case.objects.filter(pk=case.pk).update(flow_class=NursingSubsidyFlow, flow_version=1)
    return fresh(case)


@pytest.mark.parametrize("version", [1, 2])
def test_it_goes_to_the_new_card_by_another_batch_and_is_counted_once(world: World, version: int) -> None:
    case = world.case("end")
    case = of_the_first_version(case) if version == 1 else case
    held = Entitlement.objects.get(case=case)
    case = came_back(world, case)
    assert (case.stage, case.paid_amount, open_item(case).step) == ("approved", 0, "account")
    held.refresh_from_db()
    assert held.live
    line = to_the_new_card(world, case)
    case = fresh(case)
    assert (line.amount, case.stage, case.paid_amount, case.to_recover) == (FIRST, "closed", FIRST, 0)
    assert sorted(BatchLine.objects.filter(case=case).values_list("state", flat=True)) == ["paid", "returned"]
    assert list(trail.breaks()) == list(find_paid_apart(Scope(now(), frozenset(), COUNTY))) == []
    assert invariants.broken() == []


def test_every_shipped_flow_that_pays_by_batch_has_the_way_back_and_the_way_out_of_a_checked_batch() -> None:
    flows = [flow for programme in paid_by_batch() for flow in programme.flows]
    assert len(flows) >= len(paid_by_batch()) > 10
    for flow in flows:
        (bank,) = [step for step in flow.steps() if any(one.moves == "pay" for one in step.outcomes.values())]
        paid = next(one.next for one in bank.outcomes.values() if one.moves == "pay")
        assert isinstance(paid, Ending)
        ways = {one.moves: one.next.name for step in paid.reopens for one in step.outcomes.values()}
        account = next(one.next for one in bank.outcomes.values() if one.name == "returned")
        assert ways["come_back"] == account.name
        # Wherever a paid case can be left as it was paid, that end has a way back too.
        left = {one.moves for step in flow.steps() for one in step.outcomes.values()} & {"settle", "let_stand"}
        assert ("come_back_anew" in ways) == bool(left)
        assert [one.next.name for one in bank.outcomes.values() if one.hand == CHECKER] == ["payment"]


def test_the_trail_of_the_case_and_of_the_batch_tell_it(world: World) -> None:
    case = came_back(world, world.case("end"))
    line = BatchLine.objects.get(case=case)
    event = Event.objects.get(chain=f"batch:{line.batch.number}", action="batch_line_came_back")
    assert event.details == {
        "line": 1,
        "case": case.number,
        "amount": "3380.00",
        "on": localdate().isoformat(),
        "arrived": "2026-11-20",
    }
    decision = Decision.objects.filter(case=case).latest("pk")
    assert (decision.transition, decision.reasons, decision.staff_id) == (
        "come_back",
        ["sent_back_late"],
        world.by(Role.PAYMENT_OFFICER).pk,
    )
    assert "账户已销户" not in str(event.details)


def test_whoever_checks_the_next_batch_is_told_that_this_money_had_arrived_once(world: World) -> None:
    case = came_back(world, world.case("end"))
    say(case, "corrected", world.by(Role.INTAKE_CLERK))
    batch = draw_batch(case.programme, COUNTY, by=world.by(Role.PAYMENT_OFFICER))
    (row,) = compared_table(list(lines_of(batch)), frozenset())["rows"]
    assert "到账后退回过" in row["cells"][-1]["note"]
    check_batch(batch, by=world.by(Role.PAYMENT_CHECKER))


def test_only_the_payments_officer_says_it_once_and_only_of_a_case_that_has_ended(world: World) -> None:
    waiting = world.case("payment")
    with pytest.raises(NotAllowed, match="办结以后才能登记"):
        came_back(world, waiting)
    case = world.case("end")
    given: dict[str, Any] = {"reasons": ["sent_back_late"], "key": "once"}
    given["values"] = {"came_back_on": localdate(), "bank_reason": "销户"}
    for role in (Role.INTAKE_CLERK, Role.PAYMENT_CHECKER, Role.COUNTY_APPROVER):
        with pytest.raises(NotYourPost):
            reopen(case.number, "came_back", by=world.by(role), **given)
    officer = world.by(Role.PAYMENT_OFFICER)
    assert not reopen(case.number, "came_back", by=officer, **given).repeated
    assert reopen(case.number, "came_back", by=officer, **given).repeated
    with pytest.raises(NotAllowed):
        came_back(world, case)


def test_the_day_and_the_reason_are_those_of_the_banks_slip(world: World) -> None:
    case = world.case("end")
    for said, why in (
        ({"came_back_on": None}, "请填写银行退回的日期"),
        ({"came_back_on": datetime.date(2199, 1, 1)}, "不能晚于今天"),
        ({"came_back_on": datetime.date(2026, 11, 19)}, "不能早于到账的日期"),
        ({"bank_reason": " "}, "请照银行的退回单写明原因"),
        ({"came_back_lines": [0]}, "请勾选银行退回的是哪一笔"),
    ):
        with pytest.raises(Incomplete, match=why):
            came_back(world, case, **said)
    assert fresh(case).paid_amount == FIRST


def test_the_same_answer_file_read_in_again_pays_nothing_and_says_where_a_late_return_is_written_down(
    world: World,
) -> None:
    batch = exported(world)
    data, officer = return_text(batch), world.by(Role.PAYMENT_OFFICER)
    apply_return(batch, data, by=officer)
    said = read_return(batch, return_text(batch, {1: SENT_BACK}))
    assert "到账后银行退回" in said.wrong[0].problems[0].sentence
    came_back(world, batch.lines.get(line_number=1).case)
    again = apply_return(batch, data, by=officer)
    assert [problem.code for answer in again.wrong for problem in answer.problems] == ["answered_otherwise"]
    assert list(batch.lines.order_by("line_number").values_list("state", flat=True)) == ["returned", "paid"]


# -- paid in rounds ----------------------------------------------------------------------------------------------------


def test_of_a_case_paid_in_rounds_it_is_said_which_payment_came_back(world: World) -> None:
    case, _first, _second = paid_in_two_rounds(world)
    with pytest.raises(Incomplete, match="请勾选银行退回的是哪一笔"):
        came_back(world, case)


def test_the_last_of_two_rounds_comes_back_and_is_paid_again_in_its_round(world: World) -> None:
    case, _first, second = paid_in_two_rounds(world)
    case = came_back(world, case, came_back_lines=[second.pk])
    assert (case.paid_amount, case.pay_round) == (FIRST, 2)
    line = to_the_new_card(world, case)
    assert (line.amount, line.pay_round, fresh(case).paid_amount) == (MORE, 2, FIRST + MORE)
    assert invariants.broken() == []


def test_the_first_of_two_rounds_comes_back_and_is_paid_again_in_a_round_of_its_own(world: World) -> None:
    case, first, _second = paid_in_two_rounds(world)
    case = came_back(world, case, came_back_lines=[first.pk])
    assert (case.paid_amount, case.pay_round) == (MORE, 3)
    line = to_the_new_card(world, case)
    assert (line.amount, line.pay_round, fresh(case).paid_amount) == (FIRST, 3, FIRST + MORE)
    assert invariants.broken() == []


def test_both_come_back_at_once_and_are_paid_in_one(world: World) -> None:
    case, first, second = paid_in_two_rounds(world)
    case = came_back(world, case, came_back_lines=[first.pk, second.pk])
    assert (case.paid_amount, case.pay_round) == (0, 2)
    assert to_the_new_card(world, case).amount == FIRST + MORE
    assert invariants.broken() == []


# -- what was not paid by the last word --------------------------------------------------------------------------------


def test_a_review_that_upheld_the_amount_does_not_stand_in_the_way(world: World) -> None:
    case = under_review(world, world.case("end"))
    say(case, "uphold", StaffFactory(post=(Role.COUNTY_APPROVER, COUNTY)), "decision_right")
    assert came_back(world, case).stage == "approved"


def test_while_a_review_looks_at_it_it_waits(world: World) -> None:
    case = under_review(world, world.case("end"))
    with pytest.raises(NotAllowed, match="办结以后才能登记"):
        came_back(world, case)


def test_a_case_left_as_it_was_paid_is_decided_anew_before_its_money_goes_out_again(world: World) -> None:
    case = left_as_it_was_paid(world)
    assert [outcome.name for _step, outcome in ways_back_in(case)] == ["request_review", "came_back_anew"]
    with pytest.raises(NotAllowed):
        came_back(world, case)
    case = came_back(world, case, "came_back_anew")
    assert (case.stage, case.paid_amount, open_item(case).step) == ("submitted", 0, "intake")
    decisions = Decision.objects.filter(case=case).order_by("pk")
    assert objection.window_of(case, decisions).opens is None
    line = paid_again(world, walked_on(world, case, "payment"))
    assert (line.amount, line.pay_round, fresh(case).stage) == (FIRST, 2, "closed")
    assert invariants.broken() == []


def test_a_paid_case_cannot_be_taken_for_one_left_as_it_was(world: World) -> None:
    case = world.case("end")
    with pytest.raises(NotAllowed):
        came_back(world, case, "came_back_anew")


def test_what_was_to_be_recovered_of_it_has_come_back_by_itself(world: World) -> None:
    case = longer(world, remitted(world, world.case("end")), "2026-08-21")
    case = walked_on(world, case, "county")
    say(case, "settle", world.by(Role.COUNTY_APPROVER), note="天数少了")
    assert fresh(case).to_recover == MORE
    case = came_back(world, case, "came_back_anew")
    assert (case.to_recover, case.paid_amount) == (0, 0)
    line = paid_again(world, walked_on(world, case, "payment"))
    assert line.amount == FIRST - MORE
    assert invariants.broken() == []


def test_it_can_be_ended_instead_and_its_days_are_free(world: World) -> None:
    case = came_back(world, world.case("end"))
    say(case, "terminate", world.by(Role.INTAKE_CLERK), "died")
    assert (fresh(case).stage, Entitlement.objects.get(case=case).live) == ("terminated", False)
    assert invariants.broken() == []


def test_goods_and_what_others_pay_never_come_back_from_a_bank(world: World) -> None:
    case = world.case("end")
    for pays_by in (Case.PaysBy.GOODS, Case.PaysBy.OTHERS):
        case.pays_by = pays_by
        assert case.missing_for("come_back") and case.missing_for("come_back_anew")
    assert registry.programme("nursing_subsidy").reasons_for("came_back")
    assert PaymentBatch.objects.count() == 1
