"""The lines of a batch, and taking the gateway's step for each of them."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from hashlib import sha256

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from casework.crypto import lookup_hash
from casework.models import BatchLine, Case, PaymentBatch, Staff, WorkItem
from casework.models.fields import SealedText
from workflows.payments.refusals import BatchRefusal, BatchWrong
from workflows.payments.road import Way
from workflows.perform import perform
from workflows.refusals import Refusal


def lines_of(batch: PaymentBatch) -> QuerySet[BatchLine]:
    """The lines that stand in it, in order; those taken out are no part of it any more."""
    lines = batch.lines.exclude(state=BatchLine.State.REMOVED).order_by("line_number")
    return lines.select_related("case", "case__applicant", "case__payee_account")


def asked_out(batch: PaymentBatch) -> QuerySet[BatchLine]:
    """The lines somebody wants taken out, and nobody has confirmed."""
    return lines_of(batch).filter(state=BatchLine.State.PENDING, out_asked_by__isnull=False)


def refuse_asked_out(batch: PaymentBatch) -> None:
    """Nothing goes on while it is open whether a line goes with it."""
    if numbers := list(asked_out(batch).values_list("line_number", flat=True)):
        lines = "、".join(map(str, numbers))
        raise BatchRefusal(_("第%(lines)s行有人提出移出，请发放复核先确认移出，或者保留。") % {"lines": lines})


def due_to(case: Case) -> Decimal:
    """What the bank is to pay now: all that was approved, less what it has paid in earlier rounds. Zero before there is
    an amount."""
    return Decimal("0.00") if case.amount is None else case.amount - case.paid_amount


def total_of(lines: Sequence[BatchLine]) -> Decimal:
    return sum((line.amount for line in lines), Decimal("0.00"))


def account_of(line: BatchLine) -> str | None:
    """The account number in full, or None when it is not the one the line's hash stands for."""
    sealed = line.account_number
    number = sealed.reveal() if isinstance(sealed, SealedText) else sealed
    return number if lookup_hash("account", number) == line.account_hash else None


def attempt(key: str | None, part: int) -> str | None:
    """The key of one part of an attempt that has many."""
    return sha256(f"{key}:{part}".encode()).hexdigest() if key else None


def open_items(lines: Sequence[BatchLine], way: Way) -> dict[int, int]:
    """Case -> the work item waiting at that step, for those of the lines' cases that wait there."""
    cases = [line.case_id for line in lines]
    items = WorkItem.objects.filter(process_id__in=cases, step=way.step.name, finished__isnull=True)
    return dict(items.values_list("process_id", "pk"))


def perform_each(
    batch: PaymentBatch,
    lines: Sequence[BatchLine],
    way: Way,
    *,
    by: Staff,
    key: str | None,
    reasons: Sequence[str] = (),
    note: str = "",
) -> None:
    """The same outcome for every line's case, through the gateway. Raises `BatchWrong` with all it refused.

    Inside the caller's transaction, which the refusal undoes as a whole.
    """
    items = open_items(lines, way)
    refused = []
    for line in lines:
        item = items.get(line.case_id)
        if item is None:
            sentence = _("案件已不在“%(step)s”这一步") % {"step": way.step.task_title}
            refused.append(at_line(line, sentence))
            continue
        try:
            perform(
                item,
                way.outcome,
                by=by,
                reasons=reasons,
                note=note,
                key=attempt(key, item),
                values={"batch": batch.number},
            )
        except Refusal as refusal:
            refused.append(at_line(line, str(refusal)))
    if refused:
        raise BatchWrong(batch.number, refused)


def at_line(line: BatchLine, sentence: str) -> str:
    return _("第%(line)d行（%(case)s）：%(sentence)s") % {
        "line": line.line_number,
        "case": line.case.number,
        "sentence": sentence,
    }
