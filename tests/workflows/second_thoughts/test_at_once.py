"""Two people at the same moment beside the road, on real connections: one is done, the other is told."""

from __future__ import annotations

from collections import Counter

import pytest

from casework.models import BatchLine, Case, Decision, Event, PaymentBatch, Role, WantedPaper
from tests.at_once import at_once, one_in_the_middle_of_the_other
from tests.factories import PersonFactory, StaffFactory
from tests.workflows import invariants
from tests.workflows.second_thoughts.stories import (
    BILL,
    SUMMARY,
    asked_about,
    brought,
    fresh,
    in_days,
    newcomer,
    refused,
    under_review,
    wanting,
)
from tests.world import COUNTY, World, open_item
from workflows.payments.batches import draw_batch
from workflows.perform import Receipt, perform
from workflows.refusals import AlreadyDone, KeyReused, NotAllowed
from workflows.reopening import reopen

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def kinds(results: list[object]) -> Counter[str]:
    return Counter(type(result).__name__ for result in results)


@pytest.mark.parametrize("first", ["withdraw", "approve"])
def test_withdrawn_while_it_is_approved_is_one_of_the_two(world: World, first: str) -> None:
    case = world.case("county")
    item, clerk, approver = open_item(case).pk, world.by(Role.INTAKE_CLERK), world.by(Role.COUNTY_APPROVER)

    def withdraw() -> Receipt:
        return perform(item, "withdraw", by=clerk, reasons=["applicant_withdrew"])

    def approve() -> Receipt:
        return perform(item, "approve", by=approver)

    pair = (withdraw, approve) if first == "withdraw" else (approve, withdraw)
    done, told = one_in_the_middle_of_the_other(*pair)

    assert isinstance(done, Receipt) and isinstance(told, AlreadyDone), (done, told)
    assert fresh(case).stage == ("withdrawn" if first == "withdraw" else "approved")
    assert Decision.objects.filter(work_item=item).count() == 1
    assert invariants.broken() == []


def test_withdrawn_and_approved_in_the_very_same_moment_again_and_again(world: World) -> None:
    clerk, approver = world.by(Role.INTAKE_CLERK), world.by(Role.COUNTY_APPROVER)
    for _ in range(6):
        item = open_item(world.case("county")).pk
        results = at_once(
            lambda item=item: perform(item, "withdraw", by=clerk, reasons=["applicant_withdrew"]),
            lambda item=item: perform(item, "approve", by=approver),
        )
        assert kinds(results) == {"Receipt": 1, "AlreadyDone": 1}, results
    assert invariants.broken() == []


def test_withdrawn_while_it_is_drawn_it_is_not_paid_or_not_withdrawn(world: World) -> None:
    clerk, officer = world.by(Role.INTAKE_CLERK), world.by(Role.PAYMENT_OFFICER)
    for _ in range(4):
        case = world.case("payment")
        item = open_item(case).pk
        at_once(
            lambda item=item: perform(item, "withdraw", by=clerk, reasons=["applicant_withdrew"]),
            lambda case=case: draw_batch(case.programme, COUNTY, by=officer, case_numbers=[case.number]),
        )
        lines = BatchLine.objects.filter(case=case).count()
        assert (fresh(case).stage, lines) in {("withdrawn", 0), ("payable", 1)}
    assert PaymentBatch.objects.filter(line_count=0).count() == 0
    assert invariants.broken() == []


def test_suspended_while_somebody_passes_it_is_one_of_the_two(world: World) -> None:
    case = world.case("township")
    item, one = open_item(case).pk, world.by(Role.TOWNSHIP_REVIEWER)
    other = StaffFactory(post=(Role.TOWNSHIP_REVIEWER, case.division_id[:9]))
    results = at_once(
        lambda: perform(item, "pass", by=one),
        lambda: perform(item, "suspend", by=other, reasons=["applicant_away"], values={"review_on": in_days(3)}),
    )
    assert kinds(results) == {"Receipt": 1, "AlreadyDone": 1}, results
    assert invariants.broken() == []


# -- taken up again ----------------------------------------------------------------------------------------------------


def test_a_double_click_on_two_connections_asks_once(world: World) -> None:
    case = refused(world)
    results = at_once(*[lambda: asked_about(world, case, key="one form")] * 3)
    assert kinds(results) == {"Receipt": 3}, results
    assert sorted(result.repeated for result in results if isinstance(result, Receipt)) == [False, True, True]
    assert Decision.objects.filter(case=case, transition="request_review").count() == 1
    assert Event.objects.filter(chain=case.number, details__transition="request_review").count() == 1
    assert invariants.broken() == []


def test_two_clerks_write_the_same_request_down_and_one_is_told_where_the_case_is(world: World) -> None:
    case = refused(world)
    clerks = [world.by(Role.INTAKE_CLERK), StaffFactory(post=(Role.INTAKE_CLERK, COUNTY))]
    results = at_once(*[lambda by=by: reopen(case.number, by=by, reasons=["refusal_disputed"]) for by in clerks])
    assert kinds(results) == {"Receipt": 1, "NotAllowed": 1}, results
    assert any(isinstance(result, NotAllowed) and "复核中" in str(result) for result in results)
    assert invariants.broken() == []


def test_one_form_for_two_ended_cases_takes_up_one(world: World) -> None:
    cases = [refused(world), refused(world, "village")]
    results = at_once(*[lambda case=case: asked_about(world, case, key="one form") for case in cases])
    assert kinds(results) == {"Receipt": 1, "KeyReused": 1}, results
    assert any(isinstance(result, KeyReused) for result in results)
    assert sorted(Case.objects.values_list("stage", flat=True)) == ["internal_review", "rejected"]
    assert invariants.broken() == []


def test_two_newcomers_decide_one_review_and_one_wins(world: World) -> None:
    case = under_review(world, refused(world))
    item, people = open_item(case).pk, [newcomer(), newcomer()]
    results = at_once(
        lambda: perform(item, "overturn", by=people[0], note="应当批准"),
        lambda: perform(item, "remit", by=people[1], reasons=["facts_unclear"]),
    )
    assert kinds(results) == {"Receipt": 1, "AlreadyDone": 1}, results
    assert invariants.broken() == []


def test_a_refusal_is_overturned_while_the_same_stay_is_accepted_anew_and_the_days_are_had_once(world: World) -> None:
    person = PersonFactory(registered=True)
    case = refused(world, person=person)
    case, again = under_review(world, case), world.case("intake", person=person, discharge_date="2026-08-30")
    reviewer, clerk = newcomer(), world.by(Role.INTAKE_CLERK)
    results = one_in_the_middle_of_the_other(
        lambda: perform(open_item(case).pk, "overturn", by=reviewer, note="应当批准"),
        lambda: perform(open_item(again).pk, "accept", by=clerk),
    )
    assert kinds(list(results)) == {"Receipt": 1, "Incomplete": 1}, results
    assert invariants.broken() == []


# -- the list ----------------------------------------------------------------------------------------------------------


def test_the_list_is_told_once_and_ticked_off_once_whoever_clicks(world: World) -> None:
    case, clerk = world.case("intake"), world.by(Role.INTAKE_CLERK)
    item, given = open_item(case).pk, {"reasons": ["papers_missing"], "values": {"papers": (BILL, SUMMARY)}}
    assert kinds(at_once(*[lambda: perform(item, "ask_for_papers", by=clerk, key="ask", **given)] * 2)) == {
        "Receipt": 2
    }
    assert WantedPaper.objects.count() == 2
    item, ticks = open_item(case).pk, brought(case)
    assert kinds(at_once(*[lambda: perform(item, "resubmit", by=clerk, values={"ticks": ticks})] * 2)) == {"Receipt": 2}
    assert wanting(world).stage == "correction"
    assert invariants.broken() == []
