"""权益维护, as the rest of the house knows it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NoReturn

from django.utils.translation import gettext as _

from casework.models import Case
from workflows.programme import Discreet, NoApplications, Programme
from workflows.programmes.rights_case.discretion import channels_of, sums_of, told
from workflows.programmes.rights_case.flow import RightsCaseFlow
from workflows.programmes.rights_case.forms import FACTS, REASONS, describe
from workflows.programmes.rights_case.policy import policy
from workflows.programmes.rights_case.terms import TERMS
from workflows.refusals import NotAllowed


def assess(case: Case, used: Mapping[int, int]) -> NoReturn:
    """Nothing is awarded: what others owe is claimed, obtained and received."""
    raise NotAllowed(_("维权案件没有本会核定的金额"))


PROGRAMME = Programme(
    slug="rights_case",
    title="权益维护",
    number_prefix="WQ",
    bank_memo="",
    flow=RightsCaseFlow,
    terms=TERMS,
    reasons=REASONS,
    facts=FACTS,
    describe=describe,
    assess=assess,
    applications=NoApplications(),
    pays_by=Case.PaysBy.OTHERS,
    confidential=True,
    on_paper=False,
    discreet=Discreet(words=channels_of, sums=sums_of),
    policy=policy,
    told=told,
)
