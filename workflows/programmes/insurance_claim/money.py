"""What an insurer has decided and paid, and where the two differ."""

from __future__ import annotations

from decimal import Decimal

from django.db.models import Sum
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from casework.models import Claim
from workflows.programmes.insurance_claim.assessment import TERMS


def paid_so_far(claim: Claim) -> Decimal:
    """Yuan the insurer says it has paid, of all its payments."""
    total: Decimal | None = claim.payments.aggregate(total=Sum("amount"))["total"]
    return total or Decimal("0.00")


def findings_of(claim: Claim) -> list[str]:
    """What does not agree, in sentences for the page: shown to whoever handles the case, accepted by nobody silently.

    It reads the claim's payments; two statements.
    """
    said = []
    body = TERMS.version(claim.case.terms_version).body
    payments = list(claim.payments.order_by("paid_on"))
    paid = sum((one.amount for one in payments), Decimal("0.00"))
    if payments and claim.decided_amount is not None and paid != claim.decided_amount:
        words = {"paid": f"{paid:.2f}", "decided": f"{claim.decided_amount:.2f}"}
        said.append(_("实付%(paid)s元，核定%(decided)s元，两数不同") % words)
    if payments and claim.decision != Claim.Decision.AGREED:
        said.append(_("还没有同意赔付，却已有付款记录"))
    if payments and claim.decided_on is not None:
        took = (payments[0].paid_on - claim.decided_on).days
        if took > body["pay_within_days"]:
            said.append(_("核定后%(days)d日才付款，超过%(most)d日") % {"days": took, "most": body["pay_within_days"]})
    if claim.decision == Claim.Decision.REFUSED and claim.told_on is not None and claim.decided_on is not None:
        took = (claim.told_on - claim.decided_on).days
        if took > body["refuse_within_days"]:
            words_of_days = {"days": took, "most": body["refuse_within_days"]}
            said.append(_("拒赔%(days)d日后才通知，超过%(most)d日") % words_of_days)
    if claim.late:
        said.append(_("报案超过%(hours)d小时，已注明原因，不因此拒赔") % {"hours": body["notify_within_hours"]})
    if claim.limitation_on is not None and claim.lodged_at is None and localdate() > claim.limitation_on:
        said.append(_("索赔时效已于%(day)s届满，还没有转保险公司") % {"day": claim.limitation_on})
    return said
