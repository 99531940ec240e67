"""A household's place in a round, and the round's money: taken, promised, and freed again.

The money is kept by one conditional UPDATE on the round's row (`promised + amount <= budget`), which also locks it:
however many approve at once, the budget cannot be passed; and the row's own CHECK says so once more.
"""

from __future__ import annotations

import datetime

from django.db import IntegrityError, transaction
from django.db.models import F
from django.db.models.functions import Round
from django.utils.timezone import get_current_timezone, localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from casework.models import Nomination, VisitRound
from casework.rows import new_row
from workflows.clock import END_OF_DAY
from workflows.entitlement import AWARD_COLUMNS
from workflows.flow import Act
from workflows.refusals import NotAllowed
from workflows.visits.assessment import assess

TAKEN = gettext_noop("这一户在本轮已经提名，不能重复")


def round_of(act: Act) -> VisitRound:
    """The case's round, as whoever acts on many has read it, or read now."""
    held = act.values.get("round")
    return held if isinstance(held, VisitRound) else VisitRound.objects.get(pk=act.case.facts["round"])


def take_place(act: Act) -> None:
    """Consequence of entering a case: the household's place in the round, and what the round gives it.

    A case that comes back after a review takes its place anew. Raises `NotAllowed` when the household has one already.
    """
    case = act.case
    found = assess(case, {})
    case.amount, case.payable_days, case.award = found.amount, found.days, dict(found.body)
    act.ledger.case_columns.update(AWARD_COLUMNS)
    if case._state.adding:
        row = new_row(
            Nomination,
            case=case,
            round_id=case.facts["round"],
            household_id=case.facts["household"],
            division=case.division_id,
        )
        act.ledger.beside.append(row)
        return
    try:
        with transaction.atomic():
            _made, fresh = Nomination.objects.get_or_create(
                case=case,
                defaults={
                    "round_id": case.facts["round"],
                    "household_id": case.facts["household"],
                    "division": case.division_id,
                },
            )
            if not fresh:
                Nomination.objects.filter(case=case, live=False).update(live=True)
    except IntegrityError as clash:
        raise NotAllowed(_(TAKEN)) from clash


def money_is_left(act: Act) -> list[str]:
    """慰问方案：批准总额不超过本轮预算。"""
    found = round_of(act)
    if found.left >= (act.case.amount or 0):
        return []
    words = {"left": f"{found.left:.2f}", "amount": f"{act.case.amount or 0:.2f}"}
    return [_("本轮预算只剩%(left)s元，不够这一户的%(amount)s元。请先增加预算，或按“不予批准”办理") % words]


def promise(act: Act) -> None:
    """Consequence of approval: the amount is the round's no longer. Raises `NotAllowed` when others took it first."""
    case = act.case
    amount = case.amount or 0
    # Rounded, for SQLite counts in binary fractions.
    after = Round(F("promised") + amount, precision=2)
    if not VisitRound.objects.filter(pk=case.facts["round"], budget__gte=after).update(promised=after):
        raise NotAllowed(_("本轮预算刚被别的批准用完，这一户没有批准。请刷新后再看剩余预算"))
    Nomination.objects.filter(case=case).update(promised=amount)
    found = round_of(act)
    end = datetime.datetime.combine(found.visit_to, END_OF_DAY, tzinfo=get_current_timezone())
    if end.date() >= localtime(act.at).date():
        act.ledger.next_due = end


def release_place(act: Act) -> None:
    """Consequence of refusal, withdrawal or termination: the place and the money are the round's again."""
    held = Nomination.objects.filter(case_id=act.case.pk, live=True).first()
    if held is None:
        return
    if held.promised:
        before = Round(F("promised") - held.promised, precision=2)
        VisitRound.objects.filter(pk=held.round_id).update(promised=before)
    Nomination.objects.filter(pk=held.pk).update(live=False, promised=0)
