"""Who may do what with a batch. The docstring is the rule; each gives who is acting, or refuses and says why."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from casework.models import BatchLine, Participation, PaymentBatch, Role, Staff, WorkItem
from workflows.acting import acting
from workflows.papers.sheets import kin_of
from workflows.payments.refusals import AlreadyAnswered, DrawnByYou, NotInThisState
from workflows.standing import Actor

State = PaymentBatch.State

__all__ = [
    "acting",
    "kept_out",
    "may_ask_out",
    "may_check",
    "may_export",
    "may_keep",
    "may_let_out",
    "may_lock",
    "may_read_return",
]


def kept_out(by: Staff, items: Sequence[WorkItem], capacity: str) -> dict[int, str]:
    """Case -> why `by` must have no part in drawing it, for a page that offers many. The gateway asks again.

    The items come with their case and applicant.
    """
    kin = kin_of(by)
    cases = [item.process_id for item in items]
    others = Participation.objects.filter(staff=by, case_id__in=cases).exclude(capacity=capacity)
    found = dict.fromkeys(others.values_list("case_id", flat=True), _("您在这件里已有别的身份"))
    for item in items:
        if item.process.applicant.identity_hash in kin:
            found[item.process_id] = _("您应当回避")
    return found


def may_check(batch: PaymentBatch, by: Staff) -> Actor:
    """A payment checker of the county, never the one who drew it, while it is drawn and not yet checked."""
    actor = acting(by, batch.county_id, Role.PAYMENT_CHECKER)
    _stands_at(batch, _("复核"), State.DRAWN)
    if batch.drawn_by_id == by.pk:
        raise DrawnByYou
    return actor


def may_ask_out(batch: PaymentBatch, by: Staff) -> Actor:
    """A payment officer of the county, once it is checked and until it has gone to the bank."""
    actor = acting(by, batch.county_id, Role.PAYMENT_OFFICER)
    _stands_at(batch, _("移出明细"), State.CHECKED, State.LOCKED)
    return actor


def may_let_out(batch: PaymentBatch, by: Staff) -> Actor:
    """A payment checker of the county, never the one who drew it, in the same time."""
    actor = acting(by, batch.county_id, Role.PAYMENT_CHECKER)
    _stands_at(batch, _("移出明细"), State.CHECKED, State.LOCKED)
    if batch.drawn_by_id == by.pk:
        raise DrawnByYou
    return actor


def may_keep(batch: PaymentBatch, by: Staff) -> Actor:
    """Either payment role of the county, in the same time: a line that stays in is checked as it was."""
    actor = acting(by, batch.county_id, Role.PAYMENT_OFFICER, Role.PAYMENT_CHECKER)
    _stands_at(batch, _("移出明细"), State.CHECKED, State.LOCKED)
    return actor


def may_lock(batch: PaymentBatch, by: Staff) -> Actor:
    """Either payment role of the county, once it is checked."""
    actor = acting(by, batch.county_id, Role.PAYMENT_OFFICER, Role.PAYMENT_CHECKER)
    _stands_at(batch, _("锁定"), State.CHECKED)
    return actor


def may_export(batch: PaymentBatch, by: Staff) -> Actor:
    """A payment officer of the county, once it is locked; again until the bank has begun to answer: it has the file
    then, and the same file sent twice may be paid twice."""
    actor = acting(by, batch.county_id, Role.PAYMENT_OFFICER)
    _stands_at(batch, _("导出"), State.LOCKED, State.EXPORTED)
    if batch.lines.filter(state__in=(BatchLine.State.PAID, BatchLine.State.RETURNED)).exists():
        raise AlreadyAnswered(batch.number)
    return actor


def may_read_return(batch: PaymentBatch, by: Staff) -> Actor:
    """A payment officer of the county, once it has gone to the bank."""
    actor = acting(by, batch.county_id, Role.PAYMENT_OFFICER)
    _stands_at(batch, _("录入回盘"), State.EXPORTED, State.ANSWERED)
    return actor


def _stands_at(batch: PaymentBatch, verb: str, *states: str) -> None:
    if batch.state not in states:
        raise NotInThisState(batch.number, str(State(batch.state).label), verb)
