"""Whose answer a file is, when nothing in it says so.

A programme that pays the same people the same sum each month has batches that are alike line by line. Some banks answer
with account, sum and result only; last month's file read into this month's batch would then fit to the cent.
"""

from __future__ import annotations

from collections.abc import Collection
from decimal import Decimal

from casework.models import BatchLine, PaymentBatch

State = PaymentBatch.State
SENT = (State.EXPORTED, State.ANSWERED)
MOST_LOOKED_AT = 50
"""Batches of a county that have the very first line in common, the newest first."""


def also_fits(batch: PaymentBatch, answered: Collection[BatchLine]) -> str:
    """The number of another batch that was sent to the bank with all these lines: same place in the list, same account,
    same sum. Empty when there is none."""
    marks = {_mark(line) for line in answered}
    if not marks:
        return ""
    number, account, amount = min(marks)
    alike = BatchLine.objects.filter(line_number=number, account_hash=account, amount=amount)
    alike = alike.filter(batch__county=batch.county_id, batch__state__in=SENT).exclude(batch=batch)
    for other in PaymentBatch.objects.filter(pk__in=alike.values("batch")).order_by("-pk")[:MOST_LOOKED_AT]:
        if marks <= {_mark(line) for line in other.lines.exclude(state=BatchLine.State.REMOVED)}:
            return other.number
    return ""


def _mark(line: BatchLine) -> tuple[int, str, Decimal]:
    return line.line_number, line.account_hash, line.amount
