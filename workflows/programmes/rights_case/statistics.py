"""What a year of rights work brought: cases by channel, how many succeeded, and money by what it is and by channel.

Exact, in a fixed number of statements, each bounded by a place and a year. Cases are counted in 件, money in yuan;
what was claimed, obtained and received is never added together.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum

from casework.access import within
from casework.models import Case, Channel, Dispute, MoneyLine, Stage
from workflows.programmes.rights_case.flow import RightsCaseFlow

NONE = Decimal("0.00")
INSURED = (Dispute.INSURANCE, Dispute.LIFE_INSURANCE)


@dataclass(frozen=True, slots=True)
class ChannelYear:
    """One channel. `ended` are those decided one way or the other: closed or refused. `succeeded` of them obtained
    money or a result that was to be performed."""

    ended: int = 0
    succeeded: int = 0
    claimed: Decimal = NONE
    obtained: Decimal = NONE
    received: Decimal = NONE

    @property
    def success_rate(self) -> float | None:
        """Share of the ended that succeeded; None when none ended."""
        return self.succeeded / self.ended if self.ended else None


@dataclass(frozen=True, slots=True)
class Year:
    """A year in a place: 件 taken in, and each channel."""

    taken_in: int
    channels: Mapping[str, ChannelYear]
    insurance_obtained: Decimal

    @property
    def total(self) -> ChannelYear:
        every = self.channels.values()
        return ChannelYear(
            sum(one.ended for one in every),
            sum(one.succeeded for one in every),
            sum((one.claimed for one in every), NONE),
            sum((one.obtained for one in every), NONE),
            sum((one.received for one in every), NONE),
        )

    @property
    def insurance_share(self) -> Decimal | None:
        """What insurers were brought to pay, of all that was obtained; None when nothing was."""
        total = self.total.obtained
        return self.insurance_obtained / total if total else None


def year_of(codes: tuple[str, ...], year: int) -> Year:
    """Four statements. Money counts in the year of its own day, a case in the year it ended."""
    first, after = datetime.date(year, 1, 1), datetime.date(year + 1, 1, 1)
    cases = Case.objects.filter(within(codes), programme=RightsCaseFlow.programme)
    taken_in = cases.filter(applied_on__gte=first, applied_on__lt=after).count()
    ended = _ended(cases.filter(finished__date__gte=first, finished__date__lt=after))
    lines = MoneyLine.objects.filter(within(codes, "case__division_id"), on__gte=first, on__lt=after).order_by()
    sums: dict[tuple[str, str], Decimal] = {
        (channel, what): total
        for channel, what, total in lines.values_list("channel", "what").annotate(total=Sum("amount"))
    }
    insured = lines.filter(what=MoneyLine.What.OBTAINED, case__demand__dispute__in=INSURED)
    channels = {
        channel: ChannelYear(
            *ended.get(channel, (0, 0)),
            *(sums.get((channel, what), NONE) for what in MoneyLine.What.values),
        )
        for channel in (*Channel.values, "")
        if channel or ended.get("")
    }
    return Year(taken_in, channels, insured.aggregate(total=Sum("amount"))["total"] or NONE)


def _ended(cases: QuerySet[Case]) -> dict[str, tuple[int, int]]:
    """Channel -> (ended, succeeded), of those that were decided."""
    won = MoneyLine.objects.filter(case=OuterRef("pk"), what=MoneyLine.What.OBTAINED, amount__gt=0)
    agreed = Q(Exists(won)) | Q(performances__isnull=False)
    decided = cases.filter(stage__in=(Stage.CLOSED, Stage.REJECTED))
    rows = (
        decided.order_by()
        .values_list("demand__channel")
        .annotate(every=Count("pk", distinct=True), succeeded=Count("pk", filter=agreed, distinct=True))
    )
    return {channel or "": (every, succeeded) for channel, every, succeeded in rows}
