"""Guards of the law: named sentences that answer with what is missing.

A guard is a django-fsm condition (call it: may it pass?) that can also say, in words a caseworker can act on, what
still stands in the way. `by()` is a transition's permission: the roles that may say the verb at all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Protocol

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from casework.models.roles import IN_ORDER, STANDS_FOR, Capacity

if TYPE_CHECKING:
    from casework.models.cases import Case


@dataclass(frozen=True)
class Guard:
    """A named condition; `missing(case)` lists what is wanted, in Chinese, empty when it holds."""

    name: str
    missing: Callable[[Case], list[str]]

    def __call__(self, case: Any) -> bool:
        return not self.missing(case)


class Acting(Protocol):
    """Somebody acting in a role; `role` is None for the system itself."""

    @property
    def role(self) -> str | None: ...


def by(*roles: str) -> Callable[[Any, Any], bool]:
    """Only somebody acting in one of these roles may say the verb."""
    allowed = frozenset(roles)

    def permission(case: Any, actor: Any) -> bool:
        acting: Acting = actor
        return acting.role in allowed

    permission.roles = allowed  # type: ignore[attr-defined]  # read by the proof and the generated matrix
    return permission


def by_system(case: Any, actor: Any) -> bool:
    """Nobody says it: it follows from what was done."""
    acting: Acting = actor
    return acting.role is None


def guard(function: Callable[[Case], list[str]]) -> Guard:
    return Guard(function.__name__, function)


@guard
def terms_are_pinned(case: Case) -> list[str]:
    """A case is decided under one dated version of its scheme."""
    return [] if case.terms_version else [_("还没有确定适用的方案版本")]


@guard
def no_money_of_ours(case: Case) -> list[str]:
    """What others decide and pay (an insurer, an employer) goes another road than the money of our funds."""
    if case.pays_by in (case.PaysBy.OTHERS, case.PaysBy.NOTHING):
        return []
    return [_("这件案子由本会发放，不能按外单位办理的案件结束")]


@guard
def money_of_ours(case: Case) -> list[str]:
    """What is drawn into a batch for the bank is money of our funds."""
    if case.pays_by == case.PaysBy.CARD:
        return []
    return [_("这件案子不是打卡发放的，不能列入发放批次")]


@guard
def given_as_goods(case: Case) -> list[str]:
    """Money goes to a card by a checked batch, never hand to hand. 一卡通"""
    if case.pays_by == case.PaysBy.GOODS:
        return []
    return [_("只有慰问物资可以当面送达；发放现金的必须进本人的卡")]


@guard
def notices_are_closed(case: Case) -> list[str]:
    """Every public notice the terms require has hung its days, on this very person and amount. 公示"""
    return not_noticed(case, case.notices_required)


def not_noticed(case: Case, places: Iterable[str]) -> list[str]:
    """In which of these places the case's person and amount, as they are now, have not hung to the end."""
    sentences = []
    for place in places:
        if not case.noticed.get(place):
            sentences.append(_("公示还没有期满：%(place)s") % {"place": NOTICE_WORDS.get(place, place)})
        elif case.noticed[place] != case.notice_mark:
            said = _("公示之后金额有变动，要重新公示：%(place)s")
            sentences.append(said % {"place": NOTICE_WORDS.get(place, place)})
    return sentences


NOTICE_WORDS = {
    "village_notice": gettext_lazy("村级公示"),
    "township_notice": gettext_lazy("乡镇公示"),
    "county_notice": gettext_lazy("县级公示"),
}
"""Steps in which a list hangs, as they are said."""


@guard
def amount_is_decided(case: Case) -> list[str]:
    """Money is promised as an amount above zero, never as 'to be decided'. What pays nothing promises none."""
    if case.pays_by == case.PaysBy.NOTHING:
        return []
    if case.amount is None:
        return [_("还没有算出金额")]
    return [] if case.amount > 0 else [_("可补金额为零，不能批准，请按“不予批准”办理并告知申请人原因")]


@guard
def nothing_was_paid(case: Case) -> list[str]:
    """What has been paid is not undone by a word; what was paid wrongly is recovered 追缴."""
    if not case.paid_amount:
        return []
    said = _("已经发放%(amount)s元，不能这样结束；请按“已发放的不变”办结，如属错发，另按追缴办理")
    return [said % {"amount": case.paid_amount}]


@guard
def something_was_paid(case: Case) -> list[str]:
    """Only a case that a review has opened again can end with what it has."""
    return [] if case.paid_amount else [_("还没有发放过")]


ABOUT_THE_ROUND = frozenset({nothing_was_paid, something_was_paid})
"""What only the case's past can answer: nobody at a desk can do anything about it."""


@guard
def paid_in_full(case: Case) -> list[str]:
    """A case that earns no more than it was paid needs no second payment."""
    if case.amount is None or case.amount <= case.paid_amount:
        return []
    return [_("核定金额多于已发放的%(amount)s元，请按“批准”办理补发") % {"amount": case.paid_amount}]


def paid_too_much(case: Case) -> Decimal:
    """Yuan paid beyond what the case, gone through again, has earned: to be recovered 追缴, outside of this program."""
    return max(case.paid_amount - (case.amount or Decimal(0)), Decimal("0.00"))


@guard
def more_than_was_paid(case: Case) -> list[str]:
    """After a review a second payment is the difference, and there must be one."""
    if not case.paid_amount or case.amount is None or case.amount > case.paid_amount:
        return []
    return [_("核定金额不多于已发放的%(amount)s元，不必再付，请按“不再补发”办结") % {"amount": case.paid_amount}]


@guard
def account_is_known(case: Case) -> list[str]:
    """Goods need none, and neither does what pays nothing."""
    if case.payee_account_id or case.pays_by in (case.PaysBy.GOODS, case.PaysBy.NOTHING):
        return []
    return [_("还没有登记收款账户")]


def _unsigned(case: Case, capacities: Iterable[str]) -> list[str]:
    signatures, facts = case.signatures, case.facts_digest
    sentences = []
    for capacity in capacities:
        signed_facts = signatures.get(capacity)
        if facts and facts in (signed_facts, signatures.get(STANDS_FOR.get(capacity, ""))):
            continue
        word = Capacity(capacity).label
        if not signed_facts:
            sentences.append(_("缺少“%(capacity)s”签字") % {"capacity": word})
        else:
            sentences.append(_("“%(capacity)s”是在申请内容更改之前签的，已不算数，请退回重新办理") % {"capacity": word})
    return sentences


def signatures_of(parts: Iterable[tuple[str, str]], facts_digest: str) -> dict[str, str]:
    """(capacity, digest) of every participation -> capacity and the digest that counts for it.

    Where several people have held a capacity over the rounds, one who signed the facts as they are now counts.
    """
    found: dict[str, str] = {}
    for capacity, digest in parts:
        if digest == facts_digest or not found.get(capacity):
            found[capacity] = digest
    return found


def signed(*capacities: str) -> Guard:
    """Each of these has signed the facts as they stand now."""
    return Guard(
        "signed_" + "_".join(capacities),
        lambda case: _unsigned(case, capacities),
    )


def signed_before(capacity: str) -> Guard:
    """Whoever must have signed before this capacity, under the case's own terms, has signed the facts as they stand.

    A scheme may leave a storey out; nobody may pass over one that it has.
    """
    before = IN_ORDER[: IN_ORDER.index(Capacity(capacity))]
    return Guard(
        f"signed_before_{capacity}",
        lambda case: _unsigned(case, [one for one in before if one in case.signatures_required]),
    )


@guard
def fully_signed(case: Case) -> list[str]:
    """Every signature this case's terms require stands on the facts as they are now."""
    return _unsigned(case, case.signatures_required)
