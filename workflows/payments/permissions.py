"""Who may do what with a batch. The docstring is the rule; each gives who is acting, or refuses and says why."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from casework.models import Office, Participation, PaymentBatch, Post, Role, Staff, WorkItem
from workflows.papers.sheets import kin_of
from workflows.payments.refusals import DrawnByYou, NotInThisState
from workflows.refusals import NotYourPost
from workflows.standing import Actor, office_word

State = PaymentBatch.State


def acting(by: Staff, county: str, *roles: str) -> Actor:
    """`by` in the first post, of these roles, that they hold today in the county's own office: an insurer's is none."""
    posts = Post.objects.in_force(localdate()).filter(staff=by, role__in=roles, office__division_id=county)
    posts = posts.exclude(office__kind=Office.Kind.INSURER)
    held = posts.order_by("id").values_list("role", "office__name").first()
    if held is None:
        words = "”“".join(str(Role(role).label) for role in roles)
        raise NotYourPost(words, office_word(county))
    role, office = held
    return Actor(by.pk, by.name, office, role)


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


def may_lock(batch: PaymentBatch, by: Staff) -> Actor:
    """Either payment role of the county, once it is checked."""
    actor = acting(by, batch.county_id, Role.PAYMENT_OFFICER, Role.PAYMENT_CHECKER)
    _stands_at(batch, _("锁定"), State.CHECKED)
    return actor


def may_export(batch: PaymentBatch, by: Staff) -> Actor:
    """A payment officer of the county, once it is locked; again until the bank has answered all of it."""
    actor = acting(by, batch.county_id, Role.PAYMENT_OFFICER)
    _stands_at(batch, _("导出"), State.LOCKED, State.EXPORTED)
    return actor


def may_read_return(batch: PaymentBatch, by: Staff) -> Actor:
    """A payment officer of the county, once it has gone to the bank."""
    actor = acting(by, batch.county_id, Role.PAYMENT_OFFICER)
    _stands_at(batch, _("录入回盘"), State.EXPORTED, State.ANSWERED)
    return actor


def _stands_at(batch: PaymentBatch, verb: str, *states: str) -> None:
    if batch.state not in states:
        raise NotInThisState(batch.number, str(State(batch.state).label), verb)
