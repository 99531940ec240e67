"""Showing a number in full: an act with a reason, by somebody whose work needs it, kept in the case's trail."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from casework.access import Access, access_of
from casework.models import Case, Role, Staff
from workflows import trail
from workflows.holding import lock_case
from workflows.papers.sheets import kin_of
from workflows.reasons import recorded
from workflows.refusals import NotAllowed, Recused
from workflows.standing import Actor

REASONS = {
    "check_papers": gettext_lazy("核对证件或银行卡"),
    "contact_applicant": gettext_lazy("联系申请人"),
    "check_payment": gettext_lazy("核对发放信息"),
    "asked_by_applicant": gettext_lazy("申请人要求核对"),
}
"""Ready to pick; the code goes into the trail."""


@dataclass(frozen=True)
class Number:
    """A number that is shown in part: what it is called, and whose work needs the whole of it."""

    label: Any
    needed_by: frozenset[str]


CASEWORK = frozenset(
    {Role.INTAKE_CLERK, Role.VILLAGE_VERIFIER, Role.TOWNSHIP_REVIEWER, Role.COUNTY_APPROVER, Role.RIGHTS_OFFICER}
)
PAYMENT = frozenset({Role.PAYMENT_OFFICER, Role.PAYMENT_CHECKER})
NUMBERS = {
    ("person", "identity_number"): Number(gettext_lazy("身份证号"), CASEWORK | PAYMENT),
    ("person", "phone"): Number(gettext_lazy("联系电话"), CASEWORK | PAYMENT),
    # An account is entered at intake and paid to by the payment officers; who decides on a case does not need it.
    ("account", "account_number"): Number(gettext_lazy("收款账号"), PAYMENT | {Role.INTAKE_CLERK}),
}


def may_unmask(viewer: Access, case: Case, what: str, field: str) -> bool:
    """Whether the viewer holds a post whose work needs the number, in an office the case lies under."""
    number = NUMBERS.get((what, field))
    return number is not None and viewer.covers(case.division_id, *number.needed_by)


def unmask(what: str, pk: int, field: str, *, by: Staff, reason: str, case_number: str) -> str:
    """The whole number, to be shown once. Raises a `Refusal`; then nothing is shown.

    `what` and `pk` name the applicant or the payee account of the case. The event is written before the number
    leaves here, and holds the field and the reason, never the number.
    """
    ground = recorded(reason, REASONS)
    viewer = access_of(by)
    with transaction.atomic():
        case = lock_case(case_number)
        if not may_unmask(viewer, case, what, field):
            raise NotAllowed(_("您现在的岗位不需要这个号码的全部，不能显示。如岗位有变动，请联系系统管理员"))
        if case.applicant.identity_hash in kin_of(by):
            raise Recused
        number = _number(case, what, pk, field)
        actor = _acting(viewer, case, NUMBERS[what, field].needed_by)
        details = {"what": what, "field": field, **ground}
        event = trail.next_event(case, "unmasked", actor=actor, at=now(), details=details)
        event.save(force_insert=True)
        case.save(update_fields=["trail_seq", "trail_head"])
    return number


def _number(case: Case, what: str, pk: int, field: str) -> str:
    owner = {"person": case.applicant, "account": case.payee_account}[what]
    if owner is None or owner.pk != pk:
        raise NotAllowed(_("这个号码不在这件案子里，请回到案件页面重新打开"))
    sealed = getattr(owner, field)
    if not sealed:
        raise NotAllowed(_("没有登记这个号码"))
    return str(sealed.reveal())


def _acting(viewer: Access, case: Case, needed_by: frozenset[str]) -> Actor:
    """The viewer in the post that gives the need: of several the nearest to the village."""
    fitting = [
        post for post in viewer.posts if post.role in needed_by and case.division_id.startswith(post.office_code)
    ]
    post = max(fitting, key=lambda held: len(held.office_code))
    return Actor(viewer.staff.pk, viewer.staff.name, post.office_name, post.role)
