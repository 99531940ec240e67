"""A line taken out of a batch that is checked, or locked, and has not gone to the bank 移出批次.

What the check could not see comes up later: a holder's name, an account two families share, an award that no longer
recomputes. The officer says which line and why, the checker confirms; neither can do it alone. The case waits for the
next batch. The signatures under the other lines stand, and each is held against its case anew; a lock that was on the
batch is undone: what is sent is what is locked after it.
"""

from __future__ import annotations

from hashlib import sha256

from django.db import transaction
from django.utils.translation import gettext as _

from casework.models import BatchLine, PaymentBatch, Staff
from workflows import trail
from workflows.payments.batches import LINE_WRONG, locked
from workflows.payments.digest import chain_of, digest_of
from workflows.payments.faults import faults_of
from workflows.payments.lines import lines_of, perform_each, total_of
from workflows.payments.permissions import may_ask_out, may_keep, may_let_out
from workflows.payments.refusals import AskedByYou, BatchRefusal
from workflows.payments.road import road_of

State = PaymentBatch.State
LONGEST_WHY = 120


def ask_line_out(batch: PaymentBatch, line_number: int, *, by: Staff, why: str) -> BatchLine:
    """Say that a line must not go to the bank, and why. Until a checker has answered, the batch goes no further."""
    with transaction.atomic():
        batch = locked(batch)
        actor = may_ask_out(batch, by)
        line = _pending(batch, line_number)
        if line.out_asked_by_id is not None:
            return line
        why = why.strip()
        if not why or len(why) > LONGEST_WHY:
            raise BatchRefusal(_("请写明这一行哪里不对，最多%(most)d个字。") % {"most": LONGEST_WHY})
        line.out_asked_by, line.out_reason = by, why
        line.save(update_fields=["out_asked_by", "out_reason"])
        details = {"line": line_number, "reason": sha256(why.encode()).hexdigest()}
        trail.record(chain_of(batch), "batch_line_out_asked", actor=actor, details=details)
    return line


def keep_line(batch: PaymentBatch, line_number: int, *, by: Staff) -> BatchLine:
    """It stays in after all: whoever asked has looked again, or the checker does not agree."""
    with transaction.atomic():
        batch = locked(batch)
        actor = may_keep(batch, by)
        line = _pending(batch, line_number)
        if line.out_asked_by_id is None:
            return line
        line.out_asked_by, line.out_reason = None, ""
        line.save(update_fields=["out_asked_by", "out_reason"])
        trail.record(chain_of(batch), "batch_line_kept", actor=actor, details={"line": line_number})
    return line


def let_line_out(batch: PaymentBatch, line_number: int, *, by: Staff, key: str | None = None) -> PaymentBatch:
    """The second person agrees: the line goes, all of it or nothing.

    The rest is held against its cases there and then; what that finds is in the trail, and no lock passes it.
    """
    with transaction.atomic():
        batch = locked(batch)
        if batch.lines.filter(line_number=line_number, state=BatchLine.State.REMOVED).exists():
            return batch
        actor = may_let_out(batch, by)
        line = _pending(batch, line_number)
        if line.out_asked_by_id is None:
            raise BatchRefusal(_("没有人提出移出第%(line)d行，请发放经办先写明原因。") % {"line": line_number})
        if line.out_asked_by_id == by.pk:
            raise AskedByYou
        way = road_of(batch.programme).take_out
        perform_each(batch, [line], way, by=by, key=key, reasons=(LINE_WRONG,), note=line.out_reason)
        line.state = BatchLine.State.REMOVED
        line.save(update_fields=["state"])
        _put_right(batch)
        details = {
            "count": batch.line_count,
            "total": f"{batch.total:.2f}",
            "digest": digest_of(batch),
            "lines": [line_number],
            "faults": len(faults_of(batch)) if batch.line_count else 0,
        }
        trail.record(chain_of(batch), "batch_line_let_out", actor=actor, details=details)
    return batch


def _put_right(batch: PaymentBatch) -> None:
    """The batch as it is without the line: its sums, and no lock on it."""
    left = list(lines_of(batch))
    batch.line_count, batch.total = len(left), total_of(left)
    batch.state = State.CHECKED if left else State.CANCELLED
    batch.locked_at, batch.digest = None, ""
    batch.save(update_fields=["line_count", "total", "state", "locked_at", "digest"])


def _pending(batch: PaymentBatch, line_number: int) -> BatchLine:
    line = lines_of(batch).filter(line_number=line_number, state=BatchLine.State.PENDING).first()
    if line is None:
        sentence = _("批次%(number)s里没有第%(line)d行。")
        raise BatchRefusal(sentence % {"number": batch.number, "line": line_number})
    return line
