"""What follows from each act of a rights case, in the gateway's transaction: its record, sealed, the digest of it in
the trail, and the days to watch from now on.
"""

from __future__ import annotations

import datetime
import json
from decimal import Decimal
from typing import Any

from django.utils.timezone import get_current_timezone, localdate
from django.utils.translation import gettext as _

from casework.crypto import lookup_hash
from casework.models import Case, Demand, Performance, RightsAct, Role, Watch
from workflows.clock import END_OF_DAY
from workflows.flow import Act
from workflows.programmes.rights_case import money, terms
from workflows.watches import settle, watch

Kind = RightsAct.Kind
SEALED = ("place", "participants", "words")
INTERRUPTS = (Kind.ARBITRATION, Kind.LAWSUIT)
"""By these the claim is made where it counts, and no limitation runs out any more."""


def digest_of(fields: dict[str, Any]) -> str:
    """Keyed digest of an act: equal exactly when all that it says is, and of no help in guessing it."""
    body = {name: fields.get(name) or "" for name in ("kind", "done_on", "addressee", "answer_due", "channel", *SEALED)}
    return lookup_hash("rights_act", json.dumps(body, sort_keys=True, ensure_ascii=False, default=str))


def write_act(act: Act, kind: str, **fields: Any) -> RightsAct:
    """The record of an act, and in the trail what it was and the digest of what it says."""
    said = {name: str(act.values.get(name) or "").strip() for name in SEALED}
    given = {"kind": kind, "done_on": act.values.get("done_on") or localdate(act.at), **said, **fields}
    assert act.actor.staff_id is not None
    row = RightsAct.objects.create(
        case=act.case,
        # The act's own event is the next of the case's chain.
        seq=act.case.trail_seq + 1,
        staff_id=act.actor.staff_id,
        staff_name=act.actor.name,
        office_name=act.actor.office,
        at=act.at,
        key=act.key,
        **given,
    )
    act.said["act"] = {"kind": str(kind), "digest": digest_of(given)}
    return row


def demand_of(case: Case) -> Demand:
    return Demand.objects.select_for_update().get(case=case)


# -- the consequences --------------------------------------------------------------------------------------------------


def take_up(act: Act) -> None:
    """受理: the channel is chosen, and the limitation is watched from now on."""
    demand = demand_of(act.case)
    demand.channel = act.values["channel"]
    demand.save(update_fields=["channel"])
    act.said["channel"] = demand.channel
    watch_limitation(act.case, demand)
    if demand.claimed and not act.case.money_lines.exists():
        money.enter(act, "claimed", demand.claimed, channel=demand.channel, on=act.case.applied_on)


def watch_limitation(case: Case, demand: Demand) -> None:
    if demand.limitation_on is None:
        return
    day = terms.warned_of(terms.terms_of(case), demand.dispute, demand.limitation_on, demand.limitation_clause)
    _watch(case, Watch.Kind.LIMITATION, day)


def record(act: Act) -> None:
    """办理记录. A claim filed where it counts stops the limitation; what it leads to is watched in its stead."""
    kind, known = act.values["kind"], terms.terms_of(act.case)
    day: datetime.date = act.values["done_on"]
    row = write_act(act, kind)
    if kind in INTERRUPTS:
        settle(act.case, Watch.Kind.LIMITATION)
    if kind == Kind.ARBITRATION:
        _watch(act.case, Watch.Kind.ANSWER, terms.award_due(known, day), ref=row.seq)
    elif kind in (Kind.AWARD, Kind.JUDGMENT):
        settle(act.case, Watch.Kind.ANSWER)
    elif kind == Kind.CONFIRMATION:
        settle(act.case, Watch.Kind.CONFIRMATION)


def change_channel(act: Act) -> None:
    """改换渠道: the reason is kept with the act, and which channel it was before."""
    demand = demand_of(act.case)
    before, demand.channel = demand.channel, act.values["channel"]
    demand.save(update_fields=["channel"])
    write_act(act, Kind.CHANNEL, words=act.note, channel_before=before, channel=demand.channel)
    act.said["channel"] = demand.channel


def refer(act: Act) -> None:
    """转办: the case waits for the answer until the day it is due, as said or as the terms have it."""
    demand = Demand.objects.get(case=act.case)
    due = act.values.get("answer_due") or terms.answer_due(terms.terms_of(act.case), demand.channel, localdate(act.at))
    addressee = act.values["addressee"].strip()
    write_act(act, Kind.REFERRAL, addressee=addressee, answer_due=due, channel=demand.channel)
    act.ledger.next_due = datetime.datetime.combine(due, END_OF_DAY, tzinfo=get_current_timezone())


def note_answer(act: Act) -> None:
    write_act(act, Kind.ANSWER)


def settle_on(act: Act) -> None:
    """达成结果: what the other side owes, by instalments if it said so, each watched; an agreement can be confirmed
    by a court for so many days."""
    case, day, known = act.case, act.values["done_on"], terms.terms_of(act.case)
    write_act(act, act.values["kind"])
    settle(case, Watch.Kind.LIMITATION, Watch.Kind.ANSWER)
    if act.values["kind"] == Kind.AGREEMENT:
        _watch(case, Watch.Kind.CONFIRMATION, terms.confirmation_due(known, day))
    money.give_up(act, on=day)
    total: Decimal | None = act.values.get("amount")
    if total:
        money.enter(act, "obtained", total, on=day)
    first = act.values.get("first_due")
    if first is not None:
        for due_on, amount in instalments(total, first, act.values.get("instalments") or 1):
            promise_one(case, due_on, amount, "")


def instalments(total: Decimal | None, first: datetime.date, count: int) -> list[tuple[datetime.date, Decimal | None]]:
    """Monthly from the first day; equal to the cent, what is left over in the last."""
    if not total:
        return [(first, None)]
    one = (total / count).quantize(Decimal("0.01"), rounding="ROUND_DOWN")
    amounts = [one] * (count - 1) + [total - one * (count - 1)]
    return [(terms.months_after(first, number), amount) for number, amount in enumerate(amounts)]


def promise_is_something(act: Act) -> list[str]:
    if "due_on" not in act.values or act.values.get("amount") or str(act.values.get("words") or "").strip():
        return []
    return [_("请写要付的金额，或要做的事")]


def promise(act: Act) -> None:
    """登记一期履行: what is to be done by which day, beside what was divided evenly."""
    row = promise_one(act.case, act.values["due_on"], act.values.get("amount"), act.values.get("words") or "")
    act.said["promise"] = {"number": row.number, "due": row.due_on.isoformat()}


def promise_one(case: Case, due_on: datetime.date, amount: Decimal | None, deed: str) -> Performance:
    number = Performance.objects.filter(case=case).count() + 1
    row = Performance.objects.create(case=case, number=number, due_on=due_on, amount=amount, deed=deed)
    _watch(case, Watch.Kind.PERFORMANCE, terms.performance_due(terms.terms_of(case), due_on), ref=number)
    return row


def set_limitation(act: Act) -> None:
    """改定时效: by hand, with the reason; it is watched anew."""
    demand = demand_of(act.case)
    demand.limitation_on, demand.limitation_reason = act.values["limitation"], act.note
    demand.save(update_fields=["limitation_on", "limitation_reason"])
    watch_limitation(act.case, demand)
    act.said["limitation"] = demand.limitation_on.isoformat()


def stop_watching(act: Act) -> None:
    """The case has ended: nobody need be told of its days any more."""
    settle(act.case, state=Watch.State.DROPPED)


def fall_through(act: Act) -> None:
    """未履行: what was promised is not to be waited for; what is overdue stays written down as owed."""
    settle(act.case, Watch.Kind.PERFORMANCE, Watch.Kind.CONFIRMATION, state=Watch.State.DROPPED)


def _watch(case: Case, kind: str, day: terms.Day, *, ref: int = 0) -> None:
    watch(case, kind, due_on=day.due_on, warn_on=day.warn_on, role=Role.RIGHTS_OFFICER, clause=day.clause, ref=ref)
