"""Money in a rights case: claimed, obtained, received; by channel; never mixed, never more received than obtained."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from decimal import Decimal

from django.db.models import Sum
from django.utils.translation import gettext as _

from casework.models import Case, Demand, MoneyLine, Performance, Watch
from workflows.flow import Act
from workflows.watches import settle

NONE = Decimal("0.00")
What = MoneyLine.What


def sums_of(case: Case) -> Mapping[str, Decimal]:
    """Claimed, obtained, received so far, in yuan."""
    rows = MoneyLine.objects.filter(case=case).order_by().values_list("what").annotate(total=Sum("amount"))
    # SQLite adds up without cents.
    return {**dict.fromkeys(What.values, NONE), **{what: total.quantize(NONE) for what, total in rows}}


def enter(
    act: Act,
    what: str,
    amount: Decimal,
    *,
    on: datetime.date,
    channel: str = "",
    performance: Performance | None = None,
) -> MoneyLine:
    """A line of money, by the channel the case is in; the trail keeps what, how much and through which."""
    channel = channel or Demand.objects.values_list("channel", flat=True).get(case=act.case)
    act.said["money"] = {"what": str(what), "amount": f"{amount:.2f}", "channel": channel}
    return MoneyLine.objects.create(
        case=act.case,
        seq=act.case.trail_seq + 1,
        what=what,
        channel=channel,
        amount=amount,
        on=on,
        performance=performance,
    )


# -- what money requires -----------------------------------------------------------------------------------------------


def money_adds_up(act: Act) -> list[str]:
    """No sum falls below nothing, and no more is received than was obtained."""
    what, amount = act.values.get("what"), act.values.get("amount")
    if what not in What.values or not isinstance(amount, Decimal):
        return []
    sums = dict(sums_of(act.case))
    sums[what] += -amount if act.outcome.name == "take_money_back" else amount
    if sums[what] < 0:
        return [_("冲减的金额多于已经登记的%(what)s金额") % {"what": What(what).label}]
    return _received_was_obtained(sums)


def receipt_adds_up(act: Act) -> list[str]:
    """The instalment is one of the case's that is still due, and money received was obtained before. Where it is only
    offered there is no answer yet."""
    if not act.values:
        return []
    number, amount = act.values.get("number"), act.values.get("amount")
    if not number and not amount:
        return [_("请写第几期，或收到的金额")]
    if number and not Performance.objects.filter(case=act.case, number=number, state="due").exists():
        return [_("没有待履行的第%(number)s期，请核对履行表") % {"number": number}]
    if not amount:
        return []
    sums = dict(sums_of(act.case))
    sums[What.RECEIVED] += amount
    return _received_was_obtained(sums)


def _received_was_obtained(sums: Mapping[str, Decimal]) -> list[str]:
    if sums[What.RECEIVED] <= sums[What.OBTAINED]:
        return []
    said = _("实际收到的合计%(received)s元会多于争取到的%(obtained)s元，请先登记争取到的金额")
    return [said % {"received": sums[What.RECEIVED], "obtained": sums[What.OBTAINED]}]


def give_up(act: Act, *, on: datetime.date) -> None:
    """What was agreed before and not performed is asked for no more: what takes its place is obtained instead of it.
    对方未履行而另有结果的，不重复计入争取到的金额"""
    owed = NONE
    for row in Performance.objects.select_for_update().filter(case=act.case, state=Performance.State.DUE):
        owed += max((row.amount or NONE) - _received_on(row), NONE)
        row.state, row.settled_on = Performance.State.DROPPED, on
        row.save(update_fields=["state", "settled_on"])
    sums = sums_of(act.case)
    owed = min(owed, sums[What.OBTAINED] - sums[What.RECEIVED])
    if owed > 0:
        before = MoneyLine.objects.filter(case=act.case, what=What.OBTAINED, amount__gt=0).latest("id")
        enter(act, What.OBTAINED, -owed, on=on, channel=before.channel)
        del act.said["money"]
        act.said["given_up"] = f"{owed:.2f}"


# -- the consequences --------------------------------------------------------------------------------------------------


def add_money(act: Act) -> None:
    enter(act, act.values["what"], act.values["amount"], on=act.values["done_on"])


def take_money_back(act: Act) -> None:
    """冲减: what was written wrongly stays, and a line below zero beside it."""
    enter(act, act.values["what"], -act.values["amount"], on=act.values["done_on"])


def note_receipt(act: Act) -> None:
    """收到或做到了: the money, and the instalment done once all of it is there."""
    number, amount, day = act.values.get("number"), act.values.get("amount"), act.values["done_on"]
    row = Performance.objects.select_for_update().get(case=act.case, number=number) if number else None
    if amount:
        enter(act, What.RECEIVED, amount, on=day, performance=row)
    if row is None:
        return
    act.said["instalment"] = row.number
    if _is_done(row):
        row.state, row.settled_on = Performance.State.DONE, day
        row.save(update_fields=["state", "settled_on"])
        settle(act.case, Watch.Kind.PERFORMANCE, ref=row.number)


def _is_done(row: Performance) -> bool:
    if row.amount is None:
        return True
    return _received_on(row) >= row.amount


def _received_on(row: Performance) -> Decimal:
    total: Decimal | None = row.money_lines.filter(what=What.RECEIVED).aggregate(total=Sum("amount"))["total"]
    # SQLite adds up without cents.
    return (total or NONE).quantize(NONE)
