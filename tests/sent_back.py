"""A case whose money the bank has sent back."""

from __future__ import annotations

import datetime

from casework.demo import bank
from casework.models import Case, PaymentBatch, Role
from tests.world import World
from workflows.payments.bank_files import export_batch
from workflows.payments.returns import apply_return


def sent_back(world: World, reason: str = "账号已销户") -> Case:
    """Walked to the bank, and answered by it with `reason`: waiting for another account."""
    case = world.case("bank")
    officer = world.by(Role.PAYMENT_OFFICER)
    batch = PaymentBatch.objects.get(lines__case=case)
    sent = export_batch(batch, by=officer, form="utf-8").data
    apply_return(batch, bank.answer(sent, on=datetime.date(2026, 11, 20), returned={1: reason}), by=officer)
    return Case.objects.get(pk=case.pk)
