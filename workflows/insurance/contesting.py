"""拒赔后维权: a claim the insurer has refused, taken up as a rights case that knows where it came from."""

from __future__ import annotations

from decimal import Decimal

from django.db import transaction
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _

from casework.models import Case, CaseLink, Claim, Demand, Dispute, Staff
from casework.models.fields import SealedText
from workflows.programmes.rights_case.intake import Asking, Told, take_in
from workflows.refusals import NotAllowed


def may_be_contested(claim: Claim) -> bool:
    """Refused by the insurer, or agreed to and not paid."""
    refused = claim.decision == Claim.Decision.REFUSED
    return refused or (claim.decision == Claim.Decision.AGREED and not claim.payments.exists())


def contest(case: Case, *, why: str, by: Staff, claimed: Decimal | None = None) -> Case:
    """A rights case against the insurer for this claim; the second time gives the first one again.

    Raises what `take_in` raises, and `NotAllowed` for a claim there is nothing to contest of.
    """
    claim = Claim.objects.select_related("policy__plan__product", "insurer", "insured").get(case=case)
    if claim.insurer is None or not may_be_contested(claim):
        raise NotAllowed(_("保险公司没有拒赔，也没有拖着不付，不用立维权案件"))
    person, life = claim.insured, claim.policy is not None and claim.policy.plan.product.life
    number = person.identity_number
    asking = Asking(person.name, number.reveal() if isinstance(number, SealedText) else str(number), case.division_id)
    told = Told(
        dispute=Dispute.LIFE_INSURANCE if life else Dispute.INSURANCE,
        counterparty_kind=Demand.Counterparty.INSURER,
        counterparty=claim.insurer.name,
        told=why,
        incident_on=claim.known_on,
        place=case.facts.get("place", ""),
        claimed=claimed,
    )
    with transaction.atomic():
        # Two who click at the same moment wait for each other here.
        Case.objects.select_for_update().get(pk=case.pk)
        made = take_in(asking, told, by=by, key=f"claim:{case.number}", applied_on=localdate())
        CaseLink.objects.get_or_create(
            from_case=case,
            to_case=made,
            kind=CaseLink.Kind.RIGHTS_OF_CLAIM,
            defaults={"made_by": by, "made_at": now()},
        )
    return made
