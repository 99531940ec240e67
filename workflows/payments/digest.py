"""The digest a batch is locked with: what was checked is what is sent, and what the answer is read against."""

from __future__ import annotations

import json
from hashlib import sha256

from casework.models import Event, PaymentBatch
from workflows.payments.lines import lines_of, total_of
from workflows.payments.refusals import DigestBroken


def chain_of(batch: PaymentBatch) -> str:
    """The batch's own chain in the trail."""
    return f"batch:{batch.number}"


def digest_of(batch: PaymentBatch) -> str:
    """Sha-256 over the canonical `[[line, person, holder, account hash, amount], …]`, in order of line."""
    body = [
        [line.line_number, line.case.applicant_id, line.holder_name, line.account_hash, f"{line.amount:.2f}"]
        for line in lines_of(batch)
    ]
    return sha256(json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()


def lock_event(batch: PaymentBatch) -> Event | None:
    """What the trail says of its locking; of the last one, for a line taken out undoes the one before."""
    return Event.objects.filter(chain=chain_of(batch), action="batch_locked").order_by("-seq").first()


def check_digest(batch: PaymentBatch) -> None:
    """Raise `DigestBroken` unless the lines, the batch's own sums and the trail all say what was locked.

    The trail is asked too: whoever can change a line in the database can change the digest beside it.
    """
    locked = lock_event(batch)
    lines = list(lines_of(batch))
    whole = (
        locked is not None
        and digest_of(batch) == batch.digest == locked.details.get("digest")
        and (len(lines), total_of(lines)) == (batch.line_count, batch.total)
    )
    if not whole:
        raise DigestBroken(batch.number)
