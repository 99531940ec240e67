"""Where lists hang, one approver more is wanted: who answers what is objected has had no part in the case."""

from __future__ import annotations

from casework.models import Role
from tests import factories
from tests.world import COUNTY, World
from workflows.proof import staffing_faults
from workflows.proof.gaps import Why


def test_one_approves_one_reviews_and_a_third_answers_what_is_objected(world: World) -> None:
    factories.StaffFactory(post=(Role.COUNTY_APPROVER, COUNTY))
    (gap,) = staffing_faults()
    assert (gap.office, gap.seat.role, gap.why, gap.people) == (COUNTY, Role.COUNTY_APPROVER, Why.TOO_FEW, 2)
    factories.StaffFactory(post=(Role.COUNTY_APPROVER, COUNTY))
    assert staffing_faults() == []
