"""Two people at the same moment, on two real connections: one is done, the other is told."""

from __future__ import annotations

import threading
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from casework.models import BatchLine, Case, Event, PaymentBatch, Role, Staff, Stage
from tests.at_once import at_once
from tests.factories import StaffFactory
from tests.workflows.payments.story import PROGRAMME, exported, fresh, return_text, waiting_cases
from tests.world import COUNTY, World
from workflows import trail
from workflows.payments.batches import draw_batch
from workflows.payments.refusals import NothingToDraw
from workflows.payments.returns import apply_return

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
