"""A case whose money the bank has sent back."""

from __future__ import annotations

import datetime

from django.utils.timezone import localdate

from casework.demo import bank
from casework.models import Case, PaymentBatch, Role
from tests.world import World
from workflows.payments.bank_files import export_batch
from workflows.payments.returns import apply_return


def sent_back(world: World, reason: str = "账号已销户") -> Case:
    """Walked to the bank, and answered by it with `reason`: waiting for another account."""
    case = world.case("bank")
    answered_with_a_return(world, PaymentBatch.objects.get(lines__case=case), reason)
    return Case.objects.get(pk=case.pk)


def answered_with_a_return(world: World, batch: PaymentBatch, reason: str = "账号已销户") -> None:
    """The bank's answer to a batch that was sent: the first line has come back."""
    officer = world.by(Role.PAYMENT_OFFICER)
    sent = export_batch(batch, by=officer, form="utf-8").data
    day = min(datetime.date(2026, 11, 20), localdate())
    apply_return(batch, bank.answer(sent, on=day, returned={1: reason}), by=officer)
