"""走访慰问, as the rest of the house knows it."""

from dataclasses import replace

from workflows import second_thoughts
from workflows.programme import Programme
from workflows.programmes.hardship_visit.flow import HardshipVisitFlow
from workflows.programmes.hardship_visit.forms import FACTS, REASONS, describe
from workflows.visits.applications import VisitApplications
from workflows.visits.assessment import TERMS, assess

OFFERED = frozenset(name for step in HardshipVisitFlow.steps() for name in step.outcomes)
SHARED = {
    reason.code: replace(reason, outcomes=reason.outcomes & OFFERED)
    for reason in second_thoughts.REASONS
    if reason.outcomes & OFFERED
}
"""The house's reasons, for the second thoughts this flow has."""

PROGRAMME = Programme(
    slug="hardship_visit",
    title="走访慰问",
    number_prefix="WW",
    bank_memo="走访慰问",
    flow=HardshipVisitFlow,
    terms=TERMS,
    reasons={**REASONS, **SHARED},
    facts=FACTS,
    describe=describe,
    assess=assess,
    applications=VisitApplications(),
)
