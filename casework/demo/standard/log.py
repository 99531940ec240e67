"""Entries in the logs of invented cases, by whoever makes them."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.utils.timezone import localdate

from casework.demo.hands import Hands
from casework.models import Case, Evidence, Staff
from workflows.caselog import WRITERS, Kind, Written, enter, kinds_of, log_days, totals_of

USUAL = Decimal(2)


def fill_log(
    case: Case, kinds: Sequence[str], *, hands: Hands, total_of: Mapping[str, Any], at: datetime.datetime | None
) -> None:
    """An entry of each of these kinds that has none; of the one the award goes by, as many as it takes."""
    known, there = kinds_of(case), totals_of(case)
    missing = [known[name] for name in dict.fromkeys(kinds) if name in known and name not in there]
    for kind in missing:
        total = Decimal(str(case.facts.get(total_of["of"], 1))) if kind.name == total_of.get("log") else USUAL
        _enter(case, kind, total, hands, at)


def _enter(case: Case, kind: Kind, total: Decimal, hands: Hands, at: datetime.datetime | None) -> None:
    hand = WRITERS[kind.by[0]]
    first, last = log_days(case)
    today = localdate(at)
    day, number = first or today, 0
    while number == 0 or (kind.unit and total > 0):
        quantity = min(total, kind.most or total)
        written = Written(
            kind=kind.name,
            day=day,
            quantity=quantity if kind.unit else None,
            money=Decimal("100.00") if kind.money else None,
            words=f"{kind.label}，情况正常。" if kind.words else "",
            paper=_a_paper(case) if kind.paper else None,
        )

        def deed(
            staff: Staff, written: Written = written, key: str = f"demo {case.number} {kind.name} {number}"
        ) -> object:
            return enter(case.number, written, by=staff, key=key, at=at)

        hands.somebody(case.division_id[: hand.level], hand.role, deed)
        following = day + datetime.timedelta(days=1)
        day = following if following < (last or today) else day
        total, number = total - quantity, number + 1


def _a_paper(case: Case) -> int | None:
    return Evidence.objects.filter(case=case).order_by("id").values_list("pk", flat=True).first()
