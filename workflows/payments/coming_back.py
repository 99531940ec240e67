"""Money that the bank said had arrived, and has sent back since 到账后退回.

It is no line of an answer: that was read long ago, and said paid. The payment's officer writes down on the ended case
what the bank's slip says; the line becomes a returned one, the case's paid amount falls by it, and from there the road
is that of any returned payment: the account is put right, a new batch is drawn by one and checked by another.

Every flow that pays by batch has the step (`late_return_step`), whatever its version: it leads out of an end, so no
case that is under way goes another road for it. The days, the donation and the place stay reserved all the while.
"""

from __future__ import annotations

import datetime
from collections.abc import Collection
from typing import Any

from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from casework.models import BatchLine, Capacity, Case, Decision, Level, Role
from casework.models.law import paid_too_much
from workflows import trail
from workflows.flow import Act, Step
from workflows.outcomes import Kind
from workflows.payments.digest import chain_of
from workflows.payments.lines import total_of
from workflows.payments.returns import LONGEST_REASON
from workflows.questions import Answer, Question

State = BatchLine.State


def late_return_step(account: Any, *, anew: Any = None) -> Step:
    """By it a paid case leaves its end again; `account` is where its account is put right.

    `anew`, where a paid case can be sent on its road again and be left as it was paid: where such a one is decided.
    """
    given: dict[str, Any] = {
        "clause": "惠民资金一卡通：支付退票",
        "kind": Kind.BACK,
        "requires": (was_paid_by_batch,),
        "asks": ASKS,
        "then": (take_off_what_was_paid,),
        "announces": True,
    }
    step = Step("到账后退回", role=Role.PAYMENT_OFFICER, level=Level.COUNTY, capacity=Capacity.PAY)
    step.on("came_back", "到账后银行退回", moves="come_back", to=account, **given)
    if anew is not None:
        step.on("came_back_anew", "到账后银行退回，重新办理", moves="come_back_anew", to=anew, **given)
    return step


def paid_lines(case: Case) -> list[BatchLine]:
    """The payments of a case that have arrived, one a round."""
    lines = BatchLine.objects.filter(case=case, state=State.PAID)
    return list(lines.select_related("batch").order_by("id"))


def sent_back_late(cases: Collection[int]) -> dict[int, BatchLine]:
    """Case -> its last payment that had arrived and came back: whoever checks the next one looks at the bank's slip."""
    said = Decision.objects.filter(case__in=cases, transition__in=("come_back", "come_back_anew"))
    lines = BatchLine.objects.filter(case__in=said.values("case"), state=State.RETURNED)
    return {line.case_id: line for line in lines.select_related("batch").order_by("answered_on", "id")}


def lines_meant(act: Act) -> list[BatchLine]:
    """Those of them that came back: the only one there is, or those that were ticked."""
    lines = paid_lines(act.case)
    ticked = act.values.get("came_back_lines")
    if len(lines) == 1 and not ticked:
        return lines
    return [line for line in lines if line.pk in (ticked or ())]


# -- what it asks ------------------------------------------------------------------------------------------------------


def is_a_payment_of_the_case(act: Act) -> list[str]:
    """A case that was paid in rounds has several payments, and each can come back by itself."""
    lines = lines_meant(act)
    if not lines:
        return [_("请勾选银行退回的是哪一笔")] if paid_lines(act.case) else []
    ticked = act.values.get("came_back_lines") or ()
    return [_("勾选的里面有已经不是“到账”的，请刷新后再办")] if set(ticked) - {line.pk for line in lines} else []


def came_back_on_a_day(act: Act) -> list[str]:
    day = act.values.get("came_back_on")
    if not isinstance(day, datetime.date):
        return [_("请填写银行退回的日期")]
    if day > localtime(act.at).date():
        return [_("银行退回的日期不能晚于今天")]
    arrived = max((line.answered_on for line in lines_meant(act) if line.answered_on), default=day)
    if day < arrived:
        return [_("银行退回的日期不能早于到账的日期%(paid)s") % {"paid": arrived}]
    return []


def bank_says_why(act: Act) -> list[str]:
    said = str(act.values.get("bank_reason") or "").strip()
    if not said:
        return [_("请照银行的退回单写明原因")]
    return [] if len(said) <= LONGEST_REASON else [_("原因最多写%(most)d个字") % {"most": LONGEST_REASON}]


def was_paid_by_batch(act: Act) -> list[str]:
    """惠民资金一卡通：only what a batch has paid can come back from the bank."""
    return [] if paid_lines(act.case) else [_("这件案子没有到账的发放明细，没有可以退回的钱")]


ASKS = (
    Question("came_back_lines", Answer.PAYMENTS, gettext_lazy("退回的是哪一笔"), is_a_payment_of_the_case),
    Question("came_back_on", Answer.DAY, gettext_lazy("银行退回的日期"), came_back_on_a_day),
    Question("bank_reason", Answer.TEXT, gettext_lazy("银行写的退回原因"), bank_says_why),
)

# -- what follows ------------------------------------------------------------------------------------------------------


def take_off_what_was_paid(act: Act) -> None:
    """Consequence: the lines are returned ones, and the case has been paid so much less. The case is locked.

    What is then due is paid in a round that is free: where a later round has arrived and stays so, in one of its own.
    """
    case, day = act.case, act.values["came_back_on"]
    lines = lines_meant(act)
    assert lines, "`is_a_payment_of_the_case` is asked"
    for line in lines:
        arrived, line.answered_on = line.answered_on, day
        line.state, line.bank_reason = State.RETURNED, str(act.values["bank_reason"]).strip()
        line.save(update_fields=["state", "bank_reason", "answered_on"])
        details = {
            "line": line.line_number,
            "case": case.number,
            "amount": f"{line.amount:.2f}",
            "on": day.isoformat(),
            "arrived": arrived.isoformat() if arrived else "",
        }
        trail.record(chain_of(line.batch), "batch_line_came_back", actor=act.actor, details=details)
    case.paid_amount -= total_of(lines)
    case.to_recover = paid_too_much(case)
    if BatchLine.objects.filter(case=case, pay_round=case.pay_round, state=State.PAID).exists():
        case.pay_round += 1
        act.ledger.case_columns.add("pay_round")
    act.said["came_back_on"] = day.isoformat()


take_off_what_was_paid.alone = True  # type: ignore[attr-defined]  # read by the registry, as in `workflows.donations`
