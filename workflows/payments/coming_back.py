"""Money that the bank said had arrived, and has sent back since 到账后退回.

It is no line of an answer: that was read long ago, and said paid. The payment's officer writes down what the bank's
slip says; the line becomes a returned one, the case's paid amount falls by it, and from there the road is that of any
returned payment: the account is put right, a new batch is drawn by one and checked by another.
"""

from __future__ import annotations

import datetime

from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from casework.models import BatchLine, Case
from workflows import trail
from workflows.flow import Act
from workflows.payments.digest import chain_of
from workflows.payments.returns import LONGEST_REASON
from workflows.questions import Answer, Question

State = BatchLine.State


def came_back_on_a_day(act: Act) -> list[str]:
    day = act.values.get("came_back_on")
    if not isinstance(day, datetime.date):
        return [_("请填写银行退回的日期")]
    if day > localtime(act.at).date():
        return [_("银行退回的日期不能晚于今天")]
    line = line_paid(act.case)
    if line is not None and line.answered_on is not None and day < line.answered_on:
        return [_("银行退回的日期不能早于到账的日期%(paid)s") % {"paid": line.answered_on}]
    return []


def bank_says_why(act: Act) -> list[str]:
    said = str(act.values.get("bank_reason") or "").strip()
    if not said:
        return [_("请照银行的退回单写明原因")]
    return [] if len(said) <= LONGEST_REASON else [_("原因最多写%(most)d个字") % {"most": LONGEST_REASON}]


def was_paid_by_batch(act: Act) -> list[str]:
    """惠民资金一卡通：only what a batch has paid can come back from the bank."""
    return [] if line_paid(act.case) else [_("这件案子没有到账的发放明细，没有可以退回的钱")]


ASKS = (
    Question("came_back_on", Answer.DAY, gettext_lazy("银行退回的日期"), came_back_on_a_day),
    Question("bank_reason", Answer.TEXT, gettext_lazy("银行写的退回原因"), bank_says_why),
)


def line_paid(case: Case) -> BatchLine | None:
    """The line by which the case was last paid."""
    lines = BatchLine.objects.filter(case=case, pay_round=case.pay_round, state=State.PAID)
    return lines.select_related("batch").order_by("-id").first()


def take_off_what_was_paid(act: Act) -> None:
    """Consequence: the line is a returned one, and the case has been paid so much less. The case is locked."""
    line = line_paid(act.case)
    assert line is not None, "`was_paid_by_batch` is required"
    day: datetime.date = act.values["came_back_on"]
    line.state, line.bank_reason = State.RETURNED, str(act.values["bank_reason"]).strip()
    line.answered_on = day
    line.save(update_fields=["state", "bank_reason", "answered_on"])
    act.case.paid_amount -= line.amount
    act.said["came_back_on"] = day.isoformat()
    details = {"line": line.line_number, "amount": f"{line.amount:.2f}", "on": day.isoformat()}
    trail.record(chain_of(line.batch), "batch_line_came_back", actor=act.actor, details=details)
