"""计生保险理赔, as the rest of the house knows it."""

from casework.models import Case
from workflows import second_thoughts
from workflows.programme import NoApplications, Programme
from workflows.programmes.insurance_claim.assessment import CAN_HOLD, TERMS, assess, holds
from workflows.programmes.insurance_claim.flow import InsuranceClaimFlow
from workflows.programmes.insurance_claim.forms import FACTS, REASONS, describe
from workflows.programmes.insurance_claim.policy import policy

PROGRAMME = Programme(
    slug="insurance_claim",
    title="计生保险理赔",
    number_prefix="LP",
    bank_memo="保险赔款",
    flow=InsuranceClaimFlow,
    terms=TERMS,
    reasons={**REASONS, **{reason.code: reason for reason in second_thoughts.REASONS}},
    facts=FACTS,
    describe=describe,
    assess=assess,
    applications=NoApplications(),
    pays_by=Case.PaysBy.OTHERS,
    on_paper=False,
    holds=holds,
    can_hold=CAN_HOLD,
    policy=policy,
)
