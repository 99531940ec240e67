"""住院护理补贴, as the rest of the house knows it."""

from workflows import second_thoughts
from workflows.programme import Programme
from workflows.programmes.nursing_subsidy.applications import NursingApplications
from workflows.programmes.nursing_subsidy.assessment import TERMS, assess, holds
from workflows.programmes.nursing_subsidy.flow import NursingSubsidyFlow
from workflows.programmes.nursing_subsidy.flow_2 import NursingSubsidyFlow2
from workflows.programmes.nursing_subsidy.forms import FACTS, REASONS, describe, policy
from workflows.programmes.nursing_subsidy.rejudging import NursingRejudging

PROGRAMME = Programme(
    slug="nursing_subsidy",
    title="住院护理补贴",
    number_prefix="HL",
    bank_memo="护理补贴",
    flow=NursingSubsidyFlow2,
    earlier=(NursingSubsidyFlow,),
    terms=TERMS,
    reasons={**REASONS, **{reason.code: reason for reason in second_thoughts.REASONS}},
    facts=FACTS,
    describe=describe,
    assess=assess,
    applications=NursingApplications(),
    rejudging=NursingRejudging(),
    holds=holds,
    policy=policy,
)
