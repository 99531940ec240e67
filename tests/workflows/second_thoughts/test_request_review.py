"""申请复核: the applicant disagrees with a decision they were told of, in time, and the county writes it down."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.utils.timezone import localdate, now

from casework.models import Case, Decision, Role, WorkItem
from tests.factories import StaffFactory
from tests.workflows import invariants
from tests.workflows.second_thoughts.stories import (
    asked_about,
    at,
    fresh,
    in_days,
    last_act,
    newcomer,
    refused,
    remitted,
    say,
    terminated,
    under_review,
    walked_on,
    withdrawn,
)
from tests.world import COUNTY, VILLAGE, World, open_item
from workflows import registry
from workflows.objection import window_of
from workflows.payments.batches import draw_batch
from workflows.payments.refusals import NothingToDraw
from workflows.programmes.nursing_subsidy.flow import NursingSubsidyFlow
from workflows.refusals import Incomplete, KeyReused, NotAllowed, NotYourPost, UnknownOutcome
from workflows.reopening import reopen

Ended = Callable[[World], Case]
ENDED: dict[str, tuple[Ended, str, str]] = {
    "refused at intake": (lambda world: refused(world, "intake"), "rejected", "internal_review"),
    "refused by the village": (lambda world: refused(world, "village"), "rejected", "internal_review"),
    "refused by the township": (lambda world: refused(world, "township"), "rejected", "internal_review"),
    "refused by the county": (refused, "rejected", "refusal_review"),
    "terminated": (terminated, "terminated", "internal_review"),
    "withdrawn": (withdrawn, "withdrawn", "internal_review"),
    "paid": (lambda world: world.case("end"), "closed", "internal_review"),
}
OVER = "已超过申请复核的期限：最迟%s"


@pytest.mark.parametrize("how", ENDED)
def test_an_ended_case_is_taken_up_again(world: World, how: str) -> None:
    ended, stage, step = ENDED[how]
    case = ended(world)
    assert case.stage == stage

    asked_about(world, case)

    case = fresh(case)
    item = open_item(case)
    assert (case.stage, case.stage_before, case.finished) == ("internal_review", stage, None)
    assert (item.step, item.office, item.role) == (step, COUNTY, Role.COUNTY_APPROVER)
    assert last_act(case).details["asked_on"] == localdate().isoformat()
    assert invariants.broken() == []


def test_an_approved_case_is_stopped_before_its_money_moves(world: World) -> None:
    case = under_review(world, world.case("payment"))
    assert (case.stage, case.came_from, case.stage_before) == ("internal_review", "payment", "approved")
    with pytest.raises(NothingToDraw):
        draw_batch("nursing_subsidy", COUNTY, by=world.by(Role.PAYMENT_OFFICER))
    assert invariants.broken() == []


@pytest.mark.parametrize("step", ["payment_check", "bank"])
def test_what_is_in_a_batch_is_paid_first(world: World, step: str) -> None:
    case = world.case(step)
    with pytest.raises(UnknownOutcome):
        say(case, "request_review", world.by(Role.INTAKE_CLERK), "amount_disputed")
    with pytest.raises(NotAllowed, match="案件现在是“待付款”，还没有办结，不能申请复核"):
        asked_about(world, case)
    assert "payable" not in Case.law_allows("request_review")


@pytest.mark.parametrize("step", ["intake", "village", "papers", "suspended", "internal_review"])
def test_a_case_under_way_has_no_decision_to_review(world: World, step: str) -> None:
    case = at(world, step)
    with pytest.raises(NotAllowed, match="还没有办结，不能申请复核"):
        asked_about(world, case)
    with pytest.raises(UnknownOutcome):
        say(case, "request_review", world.by(Role.INTAKE_CLERK), "amount_disputed")


# -- in time -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("days", "in_time"), [(0, True), (29, True), (30, True), (31, False), (400, False)])
def test_thirty_days_from_the_day_it_was_told(world: World, days: int, in_time: bool) -> None:
    case, last = refused(world), in_days(30)
    with time_machine.travel(now() + datetime.timedelta(days=days)):
        if in_time:
            asked_about(world, case)
        else:
            with pytest.raises(Incomplete) as found:
                asked_about(world, case)
            assert found.value.missing == (OVER % last,)
    assert fresh(case).stage == ("internal_review" if in_time else "rejected")


def test_what_counts_is_the_day_they_asked_and_not_the_day_it_is_written_down(world: World) -> None:
    case, asked, too_late = refused(world), in_days(30), in_days(31)
    with time_machine.travel(now() + datetime.timedelta(days=45)):
        with pytest.raises(Incomplete, match="已超过申请复核的期限"):
            asked_about(world, case, asked_on=too_late)
        asked_about(world, case, asked_on=asked)
    assert last_act(case).details["asked_on"] == asked.isoformat()


@pytest.mark.parametrize(
    ("days", "sentence"),
    [(1, "提出复核的日期不能晚于今天"), (-1, "提出复核的日期不能早于作出决定的日期")],
)
def test_nobody_asks_tomorrow_nor_before_it_was_decided(world: World, days: int, sentence: str) -> None:
    case = refused(world)
    with pytest.raises(Incomplete, match=sentence):
        asked_about(world, case, asked_on=in_days(days))


def test_of_a_paid_case_the_days_count_from_the_money(world: World) -> None:
    """The amount is seen on the card; and somebody who asked before the money came asked in time."""
    case = world.case("payment")
    approved, paid = localdate(), in_days(20)
    with time_machine.travel(now() + datetime.timedelta(days=20)):
        for step in ("payment", "payment_check", "bank"):
            world.pay_on(case, step)
    window = window_of(case, Decision.objects.filter(case=case).order_by("id"))
    assert (window.opens, window.last) == (approved, paid + datetime.timedelta(days=30))
    with time_machine.travel(now() + datetime.timedelta(days=50)):
        asked_about(world, fresh(case), asked_on=approved + datetime.timedelta(days=3))


def test_the_number_of_days_is_the_schemes(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    terms = registry.programme("nursing_subsidy").terms.version("2026-07-01")
    monkeypatch.setitem(terms.body, "review", {"ask_within_days": 5})  # type: ignore[arg-type]  # a dict, as loaded
    case = refused(world)
    with time_machine.travel(now() + datetime.timedelta(days=6)), pytest.raises(Incomplete, match="已超过"):
        asked_about(world, case)


# -- of what -----------------------------------------------------------------------------------------------------------


def test_a_decision_is_reviewed_once(world: World) -> None:
    case = under_review(world, refused(world))
    say(case, "uphold", newcomer(), "decision_right")
    with pytest.raises(Incomplete) as found:
        asked_about(world, fresh(case))
    (sentence,) = found.value.missing
    assert "已经复核过，维持不变" in sentence
    assert "行政复议或提起诉讼" in sentence


def test_upheld_before_it_was_paid_it_is_not_reviewed_again_when_the_money_has_come(world: World) -> None:
    case = under_review(world, world.case("payment"))
    say(case, "uphold", newcomer(), "decision_right")
    for step in ("payment", "payment_check", "bank"):
        world.pay_on(case, step)
    assert fresh(case).stage == "closed"
    with pytest.raises(Incomplete, match="已经复核过"):
        asked_about(world, fresh(case))


def test_a_new_decision_after_a_review_is_a_decision_again(world: World) -> None:
    case = walked_on(world, remitted(world, refused(world)), "county")
    say(case, "refuse", world.by(Role.COUNTY_APPROVER), "not_covered")
    asked_about(world, fresh(case))
    assert fresh(case).stage == "internal_review"
    assert invariants.broken() == []


def test_a_case_of_the_first_version_is_refused_in_words_somebody_can_act_on(world: World) -> None:
    case = refused(world, "village")
    Case.objects.filter(pk=case.pk).update(flow_class=NursingSubsidyFlow, flow_version=1)
    with pytest.raises(NotAllowed) as found:
        asked_about(world, fresh(case))
    assert "第1版" in str(found.value)
    assert "书面收下申请人的复核请求" in str(found.value)
    assert fresh(case).stage == "rejected"


# -- by whom, and how often --------------------------------------------------------------------------------------------


def test_only_the_countys_desk_writes_it_down(world: World) -> None:
    case = refused(world)
    people = [world.by(role) for role in (Role.VILLAGE_VERIFIER, Role.COUNTY_APPROVER, Role.AUDITOR)]
    for staff in [*people, StaffFactory(post=(Role.INTAKE_CLERK, VILLAGE))]:
        with pytest.raises(NotYourPost, match="桃江县的“受理员”"):
            reopen(case.number, by=staff, reasons=["refusal_disputed"])
    assert fresh(case).stage == "rejected"


def test_it_takes_a_reason(world: World) -> None:
    with pytest.raises(Incomplete, match="请选择至少一条理由"):
        reopen(refused(world).number, by=world.by(Role.INTAKE_CLERK))


def test_a_number_there_is_not_is_said_so(world: World) -> None:
    with pytest.raises(NotAllowed, match="没有这个案号"):
        reopen("HL000", by=world.by(Role.INTAKE_CLERK), reasons=["refusal_disputed"])


def test_one_form_sent_twice_asks_once(world: World) -> None:
    case = refused(world)
    first, again = asked_about(world, case, key="one form"), asked_about(world, case, key="one form")
    assert (first.repeated, again.repeated, again.outcome) == (False, True, "request_review")
    assert Decision.objects.filter(case=case, transition="request_review").count() == 1
    assert WorkItem.objects.filter(process=case, step="refusal_review_request").count() == 1
    say(case, "uphold", newcomer(), "decision_right")
    assert asked_about(world, case, key="one form").repeated
    assert fresh(case).stage == "rejected"


def test_asked_twice_without_a_form_the_second_is_told_where_the_case_is(world: World) -> None:
    case = refused(world)
    asked_about(world, case)
    with pytest.raises(NotAllowed, match="案件现在是“复核中”"):
        asked_about(world, case)


def test_one_form_sent_for_two_cases_is_taken_for_one(world: World) -> None:
    one, other = refused(world), refused(world, "village")
    asked_about(world, one, key="one form")
    with pytest.raises(KeyReused):
        asked_about(world, other, key="one form")
    assert fresh(other).stage == "rejected"


def test_when_it_is_refused_nothing_has_happened(world: World) -> None:
    case = refused(world)
    before: dict[str, Any] = Case.objects.filter(pk=case.pk).values().get()
    items = WorkItem.objects.count()
    with pytest.raises(Incomplete):
        asked_about(world, case, asked_on=in_days(1))
    assert Case.objects.filter(pk=case.pk).values().get() == before
    assert WorkItem.objects.count() == items
