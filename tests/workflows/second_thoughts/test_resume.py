"""恢复办理: what was waited for has come, and the case goes on where it was."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from casework.models import Case, Role
from tests.factories import StaffFactory
from tests.workflows import invariants
from tests.workflows.second_thoughts.stories import (
    OFFICE,
    ROAD,
    fresh,
    in_days,
    paid_again,
    say,
    suspended,
    walked_on,
)
from tests.world import COUNTY, World, open_item
from workflows.holding import claim
from workflows.refusals import HeldByAnother, NotYourPost, SecondHat


@pytest.mark.parametrize("step", ROAD)
def test_it_goes_back_to_the_very_step_it_was_taken_from_and_forgets_the_way(world: World, step: str) -> None:
    case = suspended(world, step)
    before = case.stage_before

    say(case, "resume", world.by(Role.INTAKE_CLERK), note="")

    case = fresh(case)
    assert (case.stage, open_item(case).step) == (before, step)
    assert open_item(case).role == OFFICE[step]
    assert (case.came_from, case.stage_before) == ("", "")
    assert invariants.broken() == []


def test_suspended_twice_it_goes_back_to_where_it_was_the_second_time(world: World) -> None:
    case = suspended(world, "village")
    say(case, "resume", world.by(Role.INTAKE_CLERK))
    walked_on_from_village(world, case)
    say(case, "suspend", world.by(Role.TOWNSHIP_REVIEWER), "waiting_for_a_ruling", review_on=in_days(5))
    say(case, "resume", world.by(Role.INTAKE_CLERK))
    assert (fresh(case).stage, open_item(case).step) == ("verified", "township")


def walked_on_from_village(world: World, case: Case) -> None:
    Case.objects.filter(pk=case.pk).update(papers={"photograph": ["0" * 64]})
    say(case, "pass", world.by(Role.VILLAGE_VERIFIER))


def test_signatures_put_to_it_before_still_stand_and_it_is_paid_in_full(world: World) -> None:
    case = suspended(world, "payment")
    say(case, "resume", world.by(Role.INTAKE_CLERK))
    line = paid_again(world, case)
    assert (fresh(case).stage, line.amount, fresh(case).paid_amount) == ("closed", case.amount, case.amount)
    assert invariants.broken() == []


def test_one_suspended_at_intake_goes_its_whole_road_afterwards(world: World) -> None:
    case = suspended(world, "intake")
    say(case, "resume", world.by(Role.INTAKE_CLERK))
    assert walked_on(world, case, "payment").stage == "approved"
    assert invariants.broken() == []


def test_only_the_countys_desk_takes_it_up_again(world: World) -> None:
    case = suspended(world, "village")
    for role in (Role.VILLAGE_VERIFIER, Role.COUNTY_APPROVER, Role.OFFICE_HEAD):
        staff = world.staff.get(role) or StaffFactory(post=(role, COUNTY))
        with pytest.raises(NotYourPost, match="桃江县的“受理员”"):
            say(case, "resume", staff)


def test_a_clerk_who_has_it_in_hand_is_asked_first(world: World) -> None:
    case = suspended(world)
    claim(open_item(case).pk, by=world.by(Role.INTAKE_CLERK))
    with pytest.raises(HeldByAnother):
        say(case, "resume", StaffFactory(post=(Role.INTAKE_CLERK, COUNTY)))


def test_who_suspended_it_in_another_capacity_cannot_take_it_up_as_a_clerk(world: World) -> None:
    verifier = world.by(Role.VILLAGE_VERIFIER)
    office = world.by(Role.INTAKE_CLERK).posts.get().office
    verifier.posts.create(office=office, role=Role.INTAKE_CLERK, valid_from="2020-01-01")
    with pytest.raises(SecondHat, match="您已在这件案子里承担“核实”"):
        say(suspended(world), "resume", verifier)


def test_the_database_itself_keeps_a_way_back_for_those_beside_the_road_and_for_no_others(world: World) -> None:
    on_the_road, beside = world.case("village"), suspended(world)
    for case, columns in (
        (on_the_road, {"came_from": "intake", "stage_before": "submitted"}),
        (on_the_road, {"came_from": "intake"}),
        (beside, {"came_from": "", "stage_before": ""}),
        (beside, {"came_from": ""}),
    ):
        with pytest.raises(IntegrityError, match="case_aside_knows_the_way_back"), transaction.atomic():
            Case.objects.filter(pk=case.pk).update(**columns)
