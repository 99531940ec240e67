"""撤回 and 终止: called off before the money is on its way, written down by the desk of the county."""

from __future__ import annotations

import pytest

from casework.models import Case, DeclaredRelative, Entitlement, Role, WorkItem
from notifications.models import Outbox
from tests.factories import PersonFactory, StaffFactory
from tests.workflows import invariants
from tests.workflows.second_thoughts.stories import ROAD, at, fresh, remitted, say, suspended, terminated, withdrawn
from tests.world import COUNTY, VILLAGE, World, open_item
from workflows.holding import claim
from workflows.payments.batches import draw_batch
from workflows.payments.refusals import NothingToDraw
from workflows.perform import perform
from workflows.refusals import AlreadyDone, HeldByAnother, Incomplete, NotYourPost, Recused, SecondHat, UnknownOutcome

CALLED_OFF = {"withdraw": ("withdrawn", "applicant_withdrew"), "terminate": ("terminated", "moved_away")}
both = pytest.mark.parametrize("outcome", CALLED_OFF)


@both
@pytest.mark.parametrize("step", [*ROAD, "papers", "account", "suspended"])
def test_it_is_written_down_by_the_countys_desk_wherever_the_case_waits(world: World, step: str, outcome: str) -> None:
    case = at(world, step)
    stage, reason = CALLED_OFF[outcome]

    receipt = say(case, outcome, world.by(Role.INTAKE_CLERK), reason)

    case = fresh(case)
    assert (receipt.stage, case.stage, case.finished is not None) == (stage, stage, True)
    assert not WorkItem.objects.filter(process=case, finished__isnull=True).exists()
    assert (case.came_from, case.stage_before, case.paid_amount) == ("", "", 0)
    assert not Entitlement.objects.filter(case=case, live=True).exists()
    assert Outbox.objects.filter(payload__case=case.number, payload__outcome=outcome).count() == 1
    assert invariants.broken() == []


@both
def test_whoever_has_the_case_in_hand_need_not_be_asked(world: World, outcome: str) -> None:
    case = world.case("village")
    claim(open_item(case).pk, by=world.by(Role.VILLAGE_VERIFIER))
    say(case, outcome, world.by(Role.INTAKE_CLERK), CALLED_OFF[outcome][1])
    item = WorkItem.objects.get(process=case, step="village")
    assert (fresh(case).stage, item.owner) == (CALLED_OFF[outcome][0], world.by(Role.INTAKE_CLERK))


def test_when_the_papers_are_not_brought_the_desk_that_waits_for_them_withdraws_it(world: World) -> None:
    """There it is the step's own outcome: so whoever has it in hand is asked."""
    case = at(world, "papers")
    claim(open_item(case).pk, by=world.by(Role.INTAKE_CLERK))
    with pytest.raises(HeldByAnother):
        say(case, "withdraw", StaffFactory(post=(Role.INTAKE_CLERK, COUNTY)), "papers_not_brought")


@both
def test_nobody_else_writes_it_down(world: World, outcome: str) -> None:
    case = world.case("village")
    people = [world.by(role) for role in (Role.VILLAGE_VERIFIER, Role.COUNTY_APPROVER, Role.ADMINISTRATOR)]
    for staff in [*people, StaffFactory(post=(Role.INTAKE_CLERK, VILLAGE))]:
        with pytest.raises(NotYourPost, match="桃江县的“受理员”"):
            say(case, outcome, staff, CALLED_OFF[outcome][1])


@both
def test_it_takes_a_reason(world: World, outcome: str) -> None:
    case = world.case("village")
    with pytest.raises(Incomplete, match="请选择至少一条理由"):
        say(case, outcome, world.by(Role.INTAKE_CLERK))


@both
def test_a_clerk_keeps_out_of_a_relatives_case_and_out_of_another_hat(world: World, outcome: str) -> None:
    case, reason = world.case("township"), CALLED_OFF[outcome][1]
    relative = StaffFactory(post=(Role.INTAKE_CLERK, COUNTY))
    kin = {"relation": "姐姐", "declared_on": "2026-01-01", "identity_hash": case.applicant.identity_hash}
    DeclaredRelative.objects.create(staff=relative, **kin)
    with pytest.raises(Recused):
        say(case, outcome, relative, reason)
    verifier = world.by(Role.VILLAGE_VERIFIER)
    office = world.by(Role.INTAKE_CLERK).posts.get().office
    verifier.posts.create(office=office, role=Role.INTAKE_CLERK, valid_from="2020-01-01")
    with pytest.raises(SecondHat, match="您已在这件案子里承担“核实”"):
        say(case, outcome, verifier, reason)


@both
@pytest.mark.parametrize("step", ["payment_check", "bank"])
def test_what_is_in_a_batch_cannot_be_called_off(world: World, step: str, outcome: str) -> None:
    case = world.case(step)
    with pytest.raises(UnknownOutcome):
        say(case, outcome, world.by(Role.INTAKE_CLERK), CALLED_OFF[outcome][1])
    assert "payable" not in Case.law_allows(outcome)


@both
def test_nor_what_has_been_paid(world: World, outcome: str) -> None:
    """A review has sent it its road again; the money is out."""
    case = remitted(world, world.case("end"))
    with pytest.raises(Incomplete) as refused:
        say(case, outcome, world.by(Role.INTAKE_CLERK), CALLED_OFF[outcome][1])
    assert refused.value.missing == ("已经发放3380.00元，不能这样结束；请按“已发放的不变”办结，如属错发，另按追缴办理",)


@both
def test_the_days_are_free_for_those_who_came_after(world: World, outcome: str) -> None:
    person = PersonFactory(registered=True)
    first = world.case("village", person=person, admission_date="2026-07-01", discharge_date="2026-08-20")
    later = world.case("township", person=person, admission_date="2026-09-10", discharge_date="2026-10-10")
    assert (first.payable_days, later.payable_days) == (50, 10)
    say(first, outcome, world.by(Role.INTAKE_CLERK), CALLED_OFF[outcome][1])
    assert fresh(later).payable_days == 30
    assert invariants.broken() == []


@both
def test_said_twice_it_is_done_once_and_a_colleague_is_told_who_was_first(world: World, outcome: str) -> None:
    case, clerk, reason = world.case("village"), world.by(Role.INTAKE_CLERK), CALLED_OFF[outcome][1]
    item = open_item(case).pk
    first = say(case, outcome, clerk, reason, key="one form")

    again = perform(item, outcome, by=clerk, reasons=[reason], key="one form")
    assert (first.repeated, again.repeated, again.stage) == (False, True, first.stage)
    with pytest.raises(AlreadyDone, match=clerk.name):
        perform(item, outcome, by=StaffFactory(post=(Role.INTAKE_CLERK, COUNTY)), reasons=[reason])


def test_an_approved_case_called_off_is_never_drawn(world: World) -> None:
    withdrawn(world, "payment")
    with pytest.raises(NothingToDraw):
        draw_batch("nursing_subsidy", COUNTY, by=world.by(Role.PAYMENT_OFFICER))


def test_the_same_stay_can_be_applied_for_again(world: World) -> None:
    case = withdrawn(world, "township")
    again = world.case("end", person=case.applicant)
    assert (fresh(again).stage, fresh(again).paid_amount) == ("closed", again.amount)
    assert invariants.broken() == []


def test_one_terminated_while_suspended_ends_like_any_other(world: World) -> None:
    case = suspended(world, "payment")
    say(case, "terminate", world.by(Role.INTAKE_CLERK), "died")
    assert (fresh(case).stage, fresh(case).came_from) == ("terminated", "")
    assert not Entitlement.objects.get(case=case).live
    assert terminated(world).stage == "terminated"
