"""Taking the bank's answers: paid, or back to have the account put right; once, and by whom it may be."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest

from casework.models import BatchLine, Case, Event, PaymentBatch, Role, Stage
from tests.factories import StaffFactory
from tests.workflows.payments.story import (
    PROGRAMME,
    SENT_BACK,
    exported,
    fresh,
    line,
    locked,
    return_text,
    states,
)
from tests.world import COUNTY, World, open_item
from workflows import trail
from workflows.amend import change_account
from workflows.payments.bank_files import TEXT_UTF8, export_batch
from workflows.payments.batches import check_batch, draw_batch, lock_batch
from workflows.payments.refusals import NotInThisState, ReturnRefused
from workflows.payments.returns import apply_return, read_return, to_take
from workflows.perform import perform
from workflows.refusals import NotYourPost


def test_what_the_bank_paid_is_paid_and_closed(world: World) -> None:
    batch = exported(world)
    report = apply_return(batch, return_text(batch), by=world.by(Role.PAYMENT_OFFICER), key="k")
    assert len(report.having("paid")) == 2 and report.unanswered == ()
    assert fresh(batch).state == "answered" and states(batch) == ["paid", "paid"]
    assert {found.case.stage for found in batch.lines.all()} == {Stage.CLOSED}
    first = line(batch, 1)
    assert (first.bank_reference, first.answered_on) == ("20261122000001", datetime.date(2026, 11, 20))
    assert list(trail.breaks()) == []


def test_what_the_bank_sent_back_waits_for_another_account_with_the_banks_reason(world: World) -> None:
    batch = exported(world)
    apply_return(batch, return_text(batch, {2: SENT_BACK}), by=world.by(Role.PAYMENT_OFFICER), key="k")
    back = line(batch, 2)
    assert (back.state, back.bank_reason) == ("returned", "账户已销户")
    assert back.case.stage == Stage.APPROVED and open_item(back.case).step == "account"
    decision = back.case.decisions.latest("pk")
    assert (decision.outcome, decision.reasons, decision.note) == ("returned", ["bank_returned"], "账户已销户")
    assert fresh(batch).state == "answered"


def test_the_same_file_again_changes_nothing_and_says_the_same(world: World) -> None:
    batch, officer = exported(world, 3), world.by(Role.PAYMENT_OFFICER)
    data = return_text(batch, {2: SENT_BACK, 3: {"金额": "3379.99"}})
    before = read_return(batch, data)
    first = apply_return(batch, data, by=officer, key="one")
    events, lines = Event.objects.count(), list(batch.lines.values())
    assert apply_return(batch, data, by=officer, key="one") == first == before
    assert apply_return(batch, data, by=officer, key="two") == first
    assert read_return(fresh(batch), data) == first and to_take(batch, first) == []
    assert Event.objects.count() == events and list(batch.lines.values()) == lines


def test_a_second_file_answers_what_the_first_left_open(world: World) -> None:
    batch, officer = exported(world, 3), world.by(Role.PAYMENT_OFFICER)
    first = apply_return(batch, return_text(batch, only=[1]), by=officer)
    assert first.unanswered == (2, 3) and fresh(batch).state == "exported"
    second = apply_return(batch, return_text(batch, {2: SENT_BACK}, only=[2, 3]), by=officer)
    assert second.unanswered == () and fresh(batch).state == "answered"
    assert states(batch) == ["paid", "returned", "paid"]
    details = [event.details for event in Event.objects.filter(action="batch_answered").order_by("seq")]
    assert [(d["paid"], d["returned"], d["pending"]) for d in details] == [(1, 0, 2), (2, 1, 0)]


def test_a_wrong_line_holds_up_no_other_and_stays_pending(world: World) -> None:
    batch = exported(world)
    report = apply_return(batch, return_text(batch, {1: {"金额": "3379.99"}}), by=world.by(Role.PAYMENT_OFFICER))
    assert [problem.code for problem in report.wrong[0].problems] == ["amount_differs"]
    assert states(batch) == ["pending", "paid"] and fresh(batch).state == "exported"
    assert open_item(line(batch, 1).case).step == "bank"


def test_a_fault_of_the_file_as_a_whole_takes_nothing(world: World) -> None:
    batch = exported(world)
    foreign = return_text(batch) + "合计|批次FF430922-2020-0001".encode()
    with pytest.raises(ReturnRefused, match="FF430922-2020-0001"):
        apply_return(batch, foreign, by=world.by(Role.PAYMENT_OFFICER))
    assert states(batch) == ["pending", "pending"]
    assert not Event.objects.filter(action="batch_answered").exists()


def test_an_answer_that_turns_an_earlier_one_round_is_a_problem_for_people(world: World) -> None:
    batch, officer = exported(world), world.by(Role.PAYMENT_OFFICER)
    apply_return(batch, return_text(batch, {2: SENT_BACK}), by=officer)
    turned = apply_return(batch, return_text(batch, {1: SENT_BACK}), by=officer)
    assert [problem.code for answer in turned.wrong for problem in answer.problems] == ["answered_otherwise"] * 2
    assert states(batch) == ["paid", "returned"]


def test_a_relatives_line_stays_pending_until_somebody_else_reads_the_file(world: World) -> None:
    batch, officer = exported(world), world.by(Role.PAYMENT_OFFICER)
    officer.identity_hash = line(batch, 1).case.applicant.identity_hash
    officer.save()
    data = return_text(batch)
    report = apply_return(batch, data, by=officer, key="k")
    assert [(answer.line, answer.problems[0].code) for answer in report.wrong] == [(1, "recused")]
    assert report.unanswered == (1,) and states(batch) == ["pending", "paid"]
    assert apply_return(batch, data, by=officer, key="k") == report
    colleague = StaffFactory(post=(Role.PAYMENT_OFFICER, COUNTY))
    assert apply_return(batch, data, by=colleague).wrong == []
    assert fresh(batch).state == "answered"


def test_only_the_countys_payment_officer_reads_it_in(world: World) -> None:
    batch = exported(world)
    for outsider in (world.by(Role.PAYMENT_CHECKER), StaffFactory(post=(Role.PAYMENT_OFFICER, "430102"))):
        with pytest.raises(NotYourPost):
            apply_return(batch, return_text(batch), by=outsider)


def test_no_answer_is_taken_for_a_batch_that_has_not_gone_out(world: World) -> None:
    batch = locked(world)
    with pytest.raises(NotInThisState, match="已锁定"):
        apply_return(batch, return_text(batch), by=world.by(Role.PAYMENT_OFFICER))
    assert {found.case.stage for found in batch.lines.all()} == {Stage.PAYABLE}


def test_a_returned_case_is_paid_through_another_batch_once_its_account_is_right(world: World) -> None:
    batch, officer = exported(world, 1), world.by(Role.PAYMENT_OFFICER)
    apply_return(batch, return_text(batch, {1: SENT_BACK}), by=officer)
    case = line(batch, 1).case
    clerk = world.by(Role.INTAKE_CLERK)
    change_account(case.number, "6299123456789012345", "农商行", case.applicant.name, by=clerk)
    perform(open_item(case).pk, "corrected", by=clerk)

    again = draw_batch(PROGRAMME, COUNTY, by=officer)
    lock_batch(check_batch(again, by=world.by(Role.PAYMENT_CHECKER)), by=officer)
    export_batch(again, by=officer, form=TEXT_UTF8)
    apply_return(fresh(again), return_text(fresh(again)), by=officer)

    assert Case.objects.get(pk=case.pk).stage == Stage.CLOSED
    assert [row.state for row in BatchLine.objects.filter(case=case).order_by("pk")] == ["returned", "paid"]
    assert BatchLine.objects.get(case=case, state="paid").bank == "农商行"
    # The old file once more: its answer has long been taken, and the case is no longer there to be moved.
    old = apply_return(batch, return_text(batch, {1: SENT_BACK}), by=officer)
    assert old.wrong == [] and len(old.having("returned")) == 1
    assert list(trail.breaks()) == []


def test_the_trail_names_the_file_by_digest_and_where_it_lies_and_holds_no_number(world: World) -> None:
    batch = exported(world)
    data = return_text(batch, {2: SENT_BACK})
    report = apply_return(batch, data, by=world.by(Role.PAYMENT_OFFICER), stored_as="aa/bb/cc")
    event = Event.objects.get(chain=f"batch:{batch.number}", action="batch_answered")
    assert event.details == {
        "file": report.sha256,
        "stored": "aa/bb/cc",
        "paid": 1,
        "paid_total": "3380.00",
        "returned": 1,
        "pending": 0,
        "problems": 0,
    }


def test_nothing_is_paid_twice_however_files_are_mixed(world: World) -> None:
    batch, officer = exported(world, 3), world.by(Role.PAYMENT_OFFICER)
    files = [return_text(batch, only=[1, 2]), return_text(batch, only=[2, 3]), return_text(batch)]
    for data in (*files, *reversed(files)):
        apply_return(batch, data, by=officer)
    paid = [found.amount for found in PaymentBatch.objects.get().lines.filter(state="paid")]
    assert sum(paid, Decimal(0)) == batch.total == Decimal("10140.00")
    assert Event.objects.filter(action="closed").count() == 3
