"""What every step done by batch requires: the batch it is done in.

A programme's flow puts both on its `by_batch` outcomes: `requires=IN_A_BATCH`.
"""

from __future__ import annotations

from django.utils.translation import gettext as _

from casework.models import BatchLine, PaymentBatch
from workflows.flow import Act


def comes_with_a_batch(act: Act) -> list[str]:
    """惠民资金一卡通：没有清册不付款。Money moves in batches only, never a case by itself."""
    if act.values.get("batch"):
        return []
    return [_("“%(step)s”随发放批次一并办理，请到“发放”里操作") % {"step": act.step.task_title}]


def is_in_that_batch(act: Act) -> list[str]:
    """The batch exists, is at the point where this is done, and after drawing has an unpaid line of this case."""
    number = act.values.get("batch")
    if not number:
        return []
    asks_the_bank = any(outcome.moves == "pay" for outcome in act.step.outcomes.values())
    state = PaymentBatch.State.EXPORTED if asks_the_bank else PaymentBatch.State.DRAWN
    batches = PaymentBatch.objects.filter(
        number=number, programme=act.case.programme, county_id=act.item.office, state=state
    )
    if act.outcome.moves != "schedule":
        batches = batches.filter(lines__case_id=act.case.pk, lines__state=BatchLine.State.PENDING)
    if batches.exists():
        return []
    return [
        _("批次%(batch)s里没有这件案子待办的明细，或批次现在不能办理“%(outcome)s”")
        % {"batch": number, "outcome": act.outcome.label}
    ]


IN_A_BATCH = (comes_with_a_batch, is_in_that_batch)
