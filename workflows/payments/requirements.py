"""What every step done by batch requires: the batch it is done in.

A programme's flow puts both on its `by_batch` outcomes: `requires=IN_A_BATCH`.
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from casework.models import BatchLine, Capacity, Level, PaymentBatch, Role
from workflows.flow import Act, Step
from workflows.outcomes import Hand, Kind

State = PaymentBatch.State
CHECKER = Hand(Role.PAYMENT_CHECKER, Level.COUNTY, Capacity.CHECK)


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
    batches = PaymentBatch.objects.filter(
        number=number, programme=act.case.programme, county_id=act.item.office, state__in=_states_for(act)
    )
    if act.outcome.moves != "schedule":
        batches = batches.filter(lines__case_id=act.case.pk, lines__state=BatchLine.State.PENDING)
    if batches.exists():
        return []
    return [
        _("批次%(batch)s里没有这件案子待办的明细，或批次现在不能办理“%(outcome)s”")
        % {"batch": number, "outcome": act.outcome.label}
    ]


def _states_for(act: Act) -> tuple[str, ...]:
    """Until it is checked all is the checker's; a checked batch loses a line until it has gone to the bank, which then
    has the say."""
    if not any(outcome.moves == "pay" for outcome in act.step.outcomes.values()):
        return (State.DRAWN,)
    return (State.CHECKED, State.LOCKED) if act.hand == CHECKER else (State.EXPORTED,)


IN_A_BATCH = (comes_with_a_batch, is_in_that_batch)


def may_leave_the_batch(bank: Step, payment: Any) -> Step:
    """What every step that waits for the bank has besides its answers: until the batch has gone there, a line with a
    fault is taken out of it (`workflows.payments.taking_out`), and its case waits at `payment` for the next one."""
    return bank.on(
        "send_back", "移出批次", moves="unschedule", to=payment, clause="惠民资金一卡通：复核",
        requires=IN_A_BATCH, kind=Kind.BACK, by_batch=True, hand=CHECKER)  # fmt: skip
