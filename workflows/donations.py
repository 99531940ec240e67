"""Restricted donations 定向捐赠: an approval takes its award from one of them; what comes to nothing goes back.

A page of terms says so with `donations: {purpose: <a choice>}`. Whatever two do at the same moment, a donation is never
passed: the sum is added in one conditional UPDATE, and the database has a CHECK on it.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.db.models import F, Q, QuerySet
from django.db.models.functions import Round
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from casework.models import Case, Donation, DonationUse
from workflows import registry
from workflows.flow import Act
from workflows.refusals import Incomplete

MOST_TRIED = 50
"""Donations that are tried one after the other, when somebody else is always faster."""


def _terms_of(case: Case) -> Mapping[str, Any]:
    return registry.programme(case.programme).terms.version(case.terms_version).body


def lives_on_donations(case: Case) -> bool:
    return "donations" in _terms_of(case)


def purposes() -> list[str]:
    """Every purpose the newest terms of any programme know, in their words: what a donation can be entered for."""
    found: dict[str, None] = {}
    for programme in registry.programmes().values():
        body = programme.terms.versions[-1].body
        if "donations" in body:
            found |= dict.fromkeys(_choices(body).values())
    return list(found)


def _choices(body: Mapping[str, Any]) -> Mapping[str, str]:
    named = body["donations"]["purpose"]
    choices: Mapping[str, str] = next(fact["choices"] for fact in body["facts"] if fact["name"] == named)
    return choices


def purpose_of(case: Case) -> str:
    """For what the case asks, in the words of its terms; nothing where its programme lives on no donations."""
    body = _terms_of(case)
    if "donations" not in body:
        return ""
    return str(_choices(body).get(case.facts.get(body["donations"]["purpose"], ""), ""))


def fitting(case: Case, purpose: str, *, on: datetime.date) -> QuerySet[Donation]:
    """The donations the case may be paid from on that day, the oldest first, whatever is left of them."""
    here = Q(county__isnull=True) | Q(county_id=case.division_id[:6])
    in_time = Q(valid_to__isnull=True) | Q(valid_to__gte=on)
    return Donation.objects.filter(here, in_time, purpose=purpose, received_on__lte=on).order_by("received_on", "id")


def a_donation_has_enough(act: Act) -> list[str]:
    """Requirement of approval: one donation has enough left. Whether it still has when the money is taken, the taking
    itself finds out."""
    purpose = purpose_of(act.case)
    if not purpose:
        return []
    held = _held(act.case)
    if held is not None and _is_paid_from(act.case, held, purpose):
        short = held.donation.amount - held.donation.used < _total(act.case, held) - held.amount
        return [_too_little(purpose, _total(act.case, held) - held.amount)] if short else []
    wanted = act.case.amount or Decimal(0)
    # What the case itself holds already is free for it.
    own = held.amount if held else Decimal(0)
    rows = fitting(act.case, purpose, on=localtime(act.at).date())
    found = rows.filter(_has(wanted) | (_has(wanted - own) & Q(pk=held.donation_id if held else None)))
    return [] if found.exists() else [_too_little(purpose, wanted)]


def take_from_a_donation(act: Act) -> None:
    """Consequence of approval. A case that was paid from a donation before takes what it now earns more from the same,
    unless it turns out to be for another purpose: then all of it is taken from what was given for that.

    Raises `Incomplete` when somebody else was faster and none has enough any more.
    """
    case, purpose = act.case, purpose_of(act.case)
    if not purpose:
        return
    held = _held(case)
    if held is not None and _is_paid_from(case, held, purpose):
        more = _total(case, held) - held.amount
        if not _take(held.donation_id, more):
            raise Incomplete([_too_little(purpose, more)])
        DonationUse.objects.filter(pk=held.pk).update(amount=held.amount + more)
        act.said["donation"] = held.donation.number
        return
    if held is not None:
        _let_go(held, Decimal(0))
    wanted = case.amount or Decimal(0)
    for donation in fitting(case, purpose, on=localtime(act.at).date()).filter(_has(wanted))[:MOST_TRIED]:
        if _take(donation.pk, wanted):
            DonationUse.objects.create(case=case, donation=donation, amount=wanted)
            act.said["donation"] = donation.number
            return
    raise Incomplete([_too_little(purpose, wanted)])


def give_back(act: Act) -> None:
    """Consequence of whatever ends a case: what was not paid is the donation's again. Money already paid stays used."""
    if number := give_back_of(act.case):
        act.said["donation_back"] = number


def give_back_of(case: Case) -> str:
    """The same of a case somebody has locked: the donation's number, or "" where there was nothing to give back."""
    held = _held(case) if lives_on_donations(case) else None
    if held is None or held.amount <= case.paid_amount:
        return ""
    _let_go(held, case.paid_amount)
    return held.donation.number


for _consequence in (take_from_a_donation, give_back):
    # Read by the registry: no other case of the same person is touched.
    _consequence.alone = True  # type: ignore[attr-defined]


def _held(case: Case) -> DonationUse | None:
    return DonationUse.objects.select_related("donation").filter(case_id=case.pk, live=True).first()


def _is_paid_from(case: Case, held: DonationUse, purpose: str) -> bool:
    return bool(case.paid_amount) and held.donation.purpose == purpose


def _total(case: Case, held: DonationUse) -> Decimal:
    """What the case comes to on its donation: no less than was paid."""
    return max(case.amount or Decimal(0), min(case.paid_amount, held.amount))


def _has(wanted: Decimal) -> Q:
    return Q(amount__gte=Round(F("used") + wanted, precision=2))


def _take(donation_id: int, sum_: Decimal) -> bool:
    """In one statement, which waits for whoever is taking from the same donation. Rounded, for SQLite counts in binary
    fractions."""
    found = Donation.objects.filter(_has(sum_), pk=donation_id)
    return bool(found.update(used=Round(F("used") + sum_, precision=2)))


def _let_go(held: DonationUse, kept: Decimal) -> None:
    """All but `kept` goes back."""
    back = Round(F("used") - (held.amount - kept), precision=2)
    Donation.objects.filter(pk=held.donation_id).update(used=back)
    DonationUse.objects.filter(pk=held.pk).update(**({"amount": kept} if kept else {"live": False}))


def _too_little(purpose: str, wanted: Decimal) -> str:
    said = _("用途是“%(purpose)s”、可用于本县且没有过期的捐赠里，没有一笔还剩%(amount)s元；请先登记新的捐赠，再批准")
    return said % {"purpose": purpose, "amount": f"{wanted:.2f}"}
