"""特殊家庭联系, as the rest of the house knows it."""

from casework.models import Case, CoverLapse
from workflows.coverage.terms import TERMS, assess
from workflows.programme import FactField, NoApplications, Programme, Reason
from workflows.programmes.family_contact.flow import FamilyContactFlow

KINDS = {code: str(label) for code, label in CoverLapse.Kind.choices}
FACTS = (FactField("kind", "脱节", "choice", KINDS), FactField("since", "自", "date"))


def describe(case: Case) -> list[tuple[str, str]]:
    """What has lapsed, and since when."""
    return [(field.label, field.choices.get(value, value)) for field in FACTS if (value := case.facts.get(field.name))]


REASONS = (
    Reason("moved_away", "家庭户籍已迁出", "由迁入地安排联系人", frozenset({"terminate"})),
    Reason("no_longer_registered", "家庭已不在特殊家庭名册", "重新登记后再安排", frozenset({"terminate"})),
    Reason("died", "家中已无在世的对象", "不再需要安排", frozenset({"terminate"})),
)

PROGRAMME = Programme(
    slug="family_contact",
    title="特殊家庭联系",
    number_prefix="LX",
    bank_memo="家庭联系",
    flow=FamilyContactFlow,
    terms=TERMS,
    reasons={reason.code: reason for reason in REASONS},
    facts=FACTS,
    describe=describe,
    assess=assess,
    applications=NoApplications(),
    pays_by=Case.PaysBy.NOTHING,
    on_paper=False,
)
