"""Two people at the same moment, on two real connections: one is done, the other is told."""

from __future__ import annotations

import threading
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.utils.timezone import localdate

from casework.models import BatchLine, Case, Event, PaymentBatch, Role, Staff, Stage
from tests.at_once import at_once, one_in_the_middle_of_the_other
from tests.factories import StaffFactory
from tests.workflows.payments.story import PROGRAMME, checked, exported, fresh, locked, return_text, waiting_cases
from tests.world import COUNTY, World
from workflows import trail
from workflows.payments.bank_files import BankFile, export_batch
from workflows.payments.batches import draw_batch, lock_batch
from workflows.payments.refusals import NothingToDraw, NotInThisState
from workflows.payments.returns import apply_return
from workflows.payments.taking_out import ask_line_out, let_line_out
from workflows.reopening import reopen

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def colleague() -> Staff:
    return StaffFactory(post=(Role.PAYMENT_OFFICER, COUNTY))


def test_two_officers_draw_the_same_cases_and_one_batch_has_them(world: World) -> None:
    waiting_cases(world, 3)
    one, other = world.by(Role.PAYMENT_OFFICER), colleague()
    results = at_once(
        lambda: draw_batch(PROGRAMME, COUNTY, by=one),
        lambda: draw_batch(PROGRAMME, COUNTY, by=other),
    )
    assert sorted(type(result).__name__ for result in results) == ["NothingToDraw", "PaymentBatch"]
    assert any(isinstance(result, NothingToDraw) for result in results)
    assert PaymentBatch.objects.get().line_count == BatchLine.objects.count() == 3
    assert list(trail.breaks()) == []


def test_a_double_click_on_two_connections_makes_one_batch(world: World) -> None:
    waiting_cases(world, 2)
    officer = world.by(Role.PAYMENT_OFFICER)
    first, second = at_once(*[lambda: draw_batch(PROGRAMME, COUNTY, by=officer, key="one-click")] * 2)
    assert isinstance(first, PaymentBatch) and first == second
    assert PaymentBatch.objects.count() == 1 and BatchLine.objects.count() == 2


def test_the_constraint_lets_one_of_two_live_lines_of_a_case_in(world: World) -> None:
    (case,) = waiting_cases(world, 1)
    officer = world.by(Role.PAYMENT_OFFICER)
    both_have_looked = threading.Barrier(2, timeout=20)

    def put_into(number: str) -> BatchLine:
        with transaction.atomic():
            batch = PaymentBatch.objects.create(
                number=number, programme=PROGRAMME, county_id=COUNTY, drawn_by=officer, drawn_at=case.stage_since
            )
            assert not BatchLine.objects.filter(case=case).exists()
            both_have_looked.wait()
            return BatchLine.objects.create(
                batch=batch, case=case, line_number=1, holder_name="某", account_number="1", account_hash="x", amount=1
            )

    results = at_once(lambda: put_into("one"), lambda: put_into("two"))
    refused = [result for result in results if isinstance(result, IntegrityError)]
    # Either key refuses it: one live line a case, and one a round.
    assert len(refused) == 1
    assert any(key in str(refused[0]) for key in ("case_in_one_live_batch", "case_paid_once_a_round"))
    assert BatchLine.objects.filter(case=case).count() == PaymentBatch.objects.count() == 1


@pytest.mark.parametrize("form", ["lock", "export"])
def test_a_line_let_out_against_the_file_for_the_bank_is_in_it_or_out_of_the_batch(world: World, form: str) -> None:
    """Whoever is second is told: a file never has a line that was let out, and never lacks one that was not."""
    officer, checker = world.by(Role.PAYMENT_OFFICER), world.by(Role.PAYMENT_CHECKER)
    batch = (checked if form == "lock" else locked)(world, 3)

    def taken_out() -> PaymentBatch:
        ask_line_out(batch, 2, by=officer, why="户名不符")
        return let_line_out(batch, 2, by=checker)

    def sent() -> BankFile:
        if form == "lock":
            lock_batch(batch, by=officer)
        return export_batch(batch, by=officer, form="utf-8")

    out, file = one_in_the_middle_of_the_other(taken_out, sent)
    assert isinstance(out, PaymentBatch)
    gone = batch.lines.get(line_number=2)
    # Locked before it was let out, it is to be locked anew; checked, it is locked and sent as it is now.
    assert isinstance(file, NotInThisState) if form == "export" else isinstance(file, BankFile)
    if isinstance(file, BankFile):
        assert gone.case.number not in file.data.decode()
    assert (gone.state, fresh(batch).line_count) == ("removed", 2)
    assert list(trail.breaks()) == []


def test_the_file_first_and_the_line_goes_with_it(world: World) -> None:
    officer, batch = world.by(Role.PAYMENT_OFFICER), locked(world, 2)
    sent, asked = one_in_the_middle_of_the_other(
        lambda: export_batch(batch, by=officer, form="utf-8"),
        lambda: ask_line_out(batch, 2, by=officer, why="户名不符"),
    )
    assert not isinstance(sent, Exception) and isinstance(asked, NotInThisState)
    assert (fresh(batch).state, fresh(batch).line_count) == ("exported", 2)


def test_money_that_came_back_written_down_by_two_at_once_comes_back_once(world: World) -> None:
    case, one, other = world.case("end"), world.by(Role.PAYMENT_OFFICER), colleague()
    given = {"reasons": ["sent_back_late"], "values": {"came_back_on": localdate(), "bank_reason": "销户"}}
    results = at_once(
        lambda: reopen(case.number, "came_back", by=one, **given),
        lambda: reopen(case.number, "came_back", by=other, **given),
    )
    assert sorted(type(result).__name__ for result in results) == ["NotAllowed", "Receipt"]
    case.refresh_from_db()
    assert (case.stage, case.paid_amount) == ("approved", 0)
    assert Event.objects.filter(action="batch_line_came_back").count() == 1
    assert list(trail.breaks()) == []


def test_the_same_return_file_read_in_twice_at_once_pays_once(world: World) -> None:
    batch = exported(world, 3)
    data, one, other = return_text(batch), world.by(Role.PAYMENT_OFFICER), colleague()
    first, second = at_once(lambda: apply_return(batch, data, by=one), lambda: apply_return(batch, data, by=other))
    assert first == second
    assert fresh(batch).state == "answered"
    assert {case.stage for case in Case.objects.all()} == {Stage.CLOSED}
    assert Event.objects.filter(action="closed").count() == 3
    assert Event.objects.filter(action="batch_answered").count() == 1
    assert sum((line.amount for line in batch.lines.filter(state="paid")), Decimal(0)) == batch.total
