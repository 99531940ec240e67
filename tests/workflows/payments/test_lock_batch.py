"""Locking: from then on nothing in the batch changes, and the digest proves it."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from casework.models import Event, PaymentBatch, Role
from tests.factories import StaffFactory
from tests.workflows.payments.story import checked, drawn, fresh, locked
from tests.world import World
from workflows.payments.bank_files import TEXT_UTF8, export_batch
from workflows.payments.batches import lock_batch
from workflows.payments.digest import check_digest, digest_of
from workflows.payments.refusals import BatchWrong, DigestBroken, NotInThisState
from workflows.refusals import NotYourPost


@pytest.mark.parametrize("role", [Role.PAYMENT_OFFICER, Role.PAYMENT_CHECKER])
def test_either_payment_role_locks_a_checked_batch(world: World, role: str) -> None:
    batch = lock_batch(checked(world), by=world.by(role))
    assert batch.state == "locked" and batch.digest == digest_of(batch)
    event = Event.objects.get(chain=f"batch:{batch.number}", action="batch_locked")
    assert event.details == {"count": 2, "total": "6760.00", "digest": batch.digest}


def test_nobody_else_locks_it(world: World) -> None:
    batch = checked(world)
    for outsider in (world.by(Role.COUNTY_APPROVER), StaffFactory(post=(Role.PAYMENT_OFFICER, "430102"))):
        with pytest.raises(NotYourPost):
            lock_batch(batch, by=outsider)


def test_an_unchecked_batch_is_not_locked_by_code_nor_by_hand(world: World) -> None:
    batch = drawn(world)
    with pytest.raises(NotInThisState, match="待复核"):
        lock_batch(batch, by=world.by(Role.PAYMENT_OFFICER))
    with pytest.raises(IntegrityError, match="batch_locked_is_checked"), transaction.atomic():
        PaymentBatch.objects.filter(pk=batch.pk).update(state="locked", digest="0" * 64)


def test_locking_twice_is_harmless(world: World) -> None:
    batch = checked(world)
    first = lock_batch(batch, by=world.by(Role.PAYMENT_OFFICER))
    assert lock_batch(batch, by=world.by(Role.PAYMENT_OFFICER)).locked_at == first.locked_at
    assert Event.objects.filter(action="batch_locked").count() == 1


def test_what_was_altered_between_check_and_lock_is_found(world: World) -> None:
    batch = checked(world)
    batch.lines.filter(line_number=1).update(amount=Decimal("3379.99"))
    with pytest.raises(BatchWrong, match=r"第1行.*不符"):
        lock_batch(batch, by=world.by(Role.PAYMENT_OFFICER))
    assert fresh(batch).state == "checked"


def test_the_digest_is_over_line_person_holder_account_and_amount(world: World) -> None:
    batch = locked(world)
    before = digest_of(batch)
    for change in ({"holder_name": "别人"}, {"account_hash": "0" * 64}, {"amount": 1}, {"line_number": 9}):
        found = batch.lines.get(line_number=1)
        batch.lines.filter(pk=found.pk).update(**change)
        assert digest_of(batch) != before
        found.save()
        assert digest_of(batch) == before


def _line(batch: PaymentBatch) -> None:
    batch.lines.filter(line_number=1).update(amount=Decimal("3379.99"))


def _line_and_digest(batch: PaymentBatch) -> None:
    _line(batch)
    PaymentBatch.objects.filter(pk=batch.pk).update(digest=digest_of(batch), total=Decimal("6759.99"))


def _sum(batch: PaymentBatch) -> None:
    PaymentBatch.objects.filter(pk=batch.pk).update(total=Decimal("6760.01"))


def _line_gone(batch: PaymentBatch) -> None:
    batch.lines.filter(line_number=1).update(state="removed")


@pytest.mark.parametrize("tamper", [_line, _line_and_digest, _sum, _line_gone])
def test_a_locked_batch_that_was_altered_goes_nowhere(world: World, tamper: Callable[[PaymentBatch], None]) -> None:
    batch = locked(world)
    check_digest(batch)
    tamper(batch)
    with pytest.raises(DigestBroken, match="审计"):
        export_batch(batch, by=world.by(Role.PAYMENT_OFFICER), form=TEXT_UTF8)
    assert fresh(batch).state == "locked"
    assert not Event.objects.filter(action="batch_exported").exists()


def test_locking_asks_as_many_questions_for_ten_lines_as_for_two(world: World) -> None:
    asked = []
    for count in (2, 10):
        batch = checked(world, count)
        with CaptureQueriesContext(connection) as queries:
            lock_batch(batch, by=world.by(Role.PAYMENT_OFFICER))
        asked.append(len(queries))
    assert asked[0] == asked[1] <= 20
