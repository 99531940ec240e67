"""What a rights case shows of itself where nobody's name may stand: its channel, and its sums."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from casework.models import Case, Channel, Demand, MoneyLine, RightsAct
from workflows.programmes.rights_case import money


def channels_of(case_ids: Sequence[int]) -> Mapping[int, str]:
    """Case -> its channel in words. One statement."""
    rows = Demand.objects.filter(case__in=case_ids).values_list("case", "channel")
    return {case: str(Channel(code).label) if code else _("未选渠道") for case, code in rows}


def sums_of(case: Case) -> Sequence[tuple[str, Decimal]]:
    """What was claimed, obtained and received, each by itself."""
    found = money.sums_of(case)
    return [(str(what.label), found[what]) for what in MoneyLine.What]


def told(details: Mapping[str, Any]) -> list[str]:
    """What the trail holds of an act besides its outcome, in words."""
    words = []
    if act := details.get("act"):
        kind = act.get("kind", "")
        words.append(str(RightsAct.Kind(kind).label) if kind in RightsAct.Kind.values else kind)
    if channel := details.get("channel"):
        words.append(str(Channel(channel).label) if channel in Channel.values else channel)
    if money_said := details.get("money"):
        what = money_said.get("what", "")
        label = MoneyLine.What(what).label if what in MoneyLine.What.values else what
        words.append(_("%(what)s%(amount)s元") % {"what": label, "amount": money_said.get("amount", "")})
    if given_up := details.get("given_up"):
        words.append(_("原来没有履行的%(amount)s元不再计入争取到") % {"amount": given_up})
    if number := details.get("instalment"):
        words.append(_("第%(number)s期") % {"number": number})
    if promise := details.get("promise"):
        words.append(_("第%(number)s期，%(due)s到期") % promise)
    if limitation := details.get("limitation"):
        words.append(_("时效届满日%(day)s") % {"day": limitation})
    return words
