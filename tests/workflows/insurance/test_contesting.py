"""A refused claim becomes a rights case, once, and both know of each other."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from casework.models import Case, CaseLink, Dispute, Role
from tests.factories import StaffFactory
from tests.workflows.programmes.insurance_claim.stories import (
    fresh,
    notified,
    say,
    somebody_insured,
    walked,
    with_insurer,
)
from tests.world import COUNTY, World
from workflows.insurance.contesting import contest
from workflows.refusals import NotAllowed, Refusal


@pytest.mark.parametrize(("life", "dispute"), [(False, Dispute.INSURANCE), (True, Dispute.LIFE_INSURANCE)])
def test_a_refused_claim_is_taken_up_once_against_its_insurer(world: World, life: bool, dispute: str) -> None:
    with_insurer(world)
    case = walked(world, "insurer", notified(world, somebody_insured(world, life=life)))
    say(world, case, "refuse")
    officer = StaffFactory(post=(Role.RIGHTS_OFFICER, COUNTY))

    first = contest(fresh(case), why="条款没有说清楚", by=officer)
    again = contest(fresh(case), why="条款没有说清楚", by=officer)

    assert first == again
    assert (first.programme, first.demand.dispute, first.applicant) == ("rights_case", dispute, case.applicant)
    link = CaseLink.objects.get()
    assert (link.from_case, link.to_case, link.kind) == (case, first, "rights_of_claim")


def test_what_nobody_has_refused_is_not_contested(world: World) -> None:
    with_insurer(world)
    case = walked(world, "insurer")

    with pytest.raises(NotAllowed, match="没有拒赔"):
        contest(case, why="太慢", by=StaffFactory(post=(Role.RIGHTS_OFFICER, COUNTY)))


def test_who_takes_in_no_rights_cases_takes_in_none_of_these(world: World) -> None:
    with_insurer(world)
    case = walked(world, "insurer")
    say(world, case, "refuse")

    with pytest.raises(Refusal):
        contest(fresh(case), why="条款没有说清楚", by=world.by(Role.VILLAGE_VERIFIER))
    assert not Case.objects.filter(programme="rights_case").exists()


def test_that_a_claim_is_in_dispute_is_told_to_nobody_who_may_not_open_the_dispute(
    world: World, client: Client
) -> None:
    with_insurer(world)
    case = walked(world, "insurer")
    say(world, case, "refuse")
    officer = StaffFactory(post=(Role.RIGHTS_OFFICER, COUNTY))
    made = contest(fresh(case), why="条款没有说清楚", by=officer)
    page = reverse("desk:case", args=[case.number])
    for staff, told in ((world.by(Role.VILLAGE_VERIFIER), False), (world.by(Role.AUDITOR), False), (officer, True)):
        client.force_login(staff)
        answer = client.get(page)
        assert answer.status_code == 200
        assert (made.number in answer.content.decode()) is told, staff
