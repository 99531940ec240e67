"""住院护理补贴, as the rest of the house knows it."""

from workflows.programme import Programme
from workflows.programmes.nursing_subsidy.applications import NursingApplications
from workflows.programmes.nursing_subsidy.assessment import TERMS, assess
from workflows.programmes.nursing_subsidy.flow import NursingSubsidyFlow
from workflows.programmes.nursing_subsidy.forms import FACTS, REASONS, describe
from workflows.programmes.nursing_subsidy.rejudging import NursingRejudging

PROGRAMME = Programme(
    slug="nursing_subsidy",
    title="住院护理补贴",
    number_prefix="HL",
    bank_memo="护理补贴",
    flow=NursingSubsidyFlow,
    terms=TERMS,
    reasons=REASONS,
    facts=FACTS,
    describe=describe,
    assess=assess,
    applications=NursingApplications(),
    rejudging=NursingRejudging(),
)
