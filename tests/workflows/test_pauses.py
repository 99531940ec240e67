"""Pauses: written by the gateway with the outcome that begins them, ended by whatever ends the waiting; the clock of
the step they stopped goes on where it stood."""

from __future__ import annotations

import datetime

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import get_current_timezone, localtime

from casework.models import Case, Pause, Role, Staff, WorkItem
from tests.factories import StaffFactory
from tests.workflows.second_thoughts.stories import SUMMARY, brought
from tests.world import COUNTY, World, open_item, photographed
from workflows.pauses import waiting_places
from workflows.perform import perform
from workflows.programmes.nursing_subsidy.flow import NursingSubsidyFlow
from workflows.programmes.nursing_subsidy.flow_2 import NursingSubsidyFlow2
from workflows.reopening import reopen


def moment(text: str) -> datetime.datetime:
    return datetime.datetime.fromisoformat(text).replace(tzinfo=get_current_timezone())


def day(item: WorkItem) -> str:
    return localtime(item.due_at).date().isoformat()


def arrived(world: World, at: str, step: str = "intake") -> Case:
    """A case whose open step arrived then, its clock with it."""
    case = world.case(step)
    begun = moment(at)
    item = open_item(case)
    item.created = item.clock_from = begun
    item.save()
    Case.objects.filter(pk=case.pk).update(created=begun)
    return case


def asked_for_papers(world: World, case: Case, at: str) -> WorkItem:
    clerk = world.by(Role.INTAKE_CLERK)
    item = open_item(case)
    perform(
        item.pk, "ask_for_papers", by=clerk, reasons=["papers_missing"], values={"papers": [SUMMARY]}, at=moment(at)
    )
    return item


def suspended(case: Case, by: Staff, at: str, review_on: str) -> WorkItem:
    item = open_item(case)
    values = {"review_on": datetime.date.fromisoformat(review_on)}
    perform(item.pk, "suspend", by=by, reasons=["applicant_away"], values=values, at=moment(at))
    return item


def test_asking_for_papers_stops_the_clock_and_bringing_them_lets_it_go_on(world: World) -> None:
    """Two of five working days were used when it stopped; the day the papers came back is the third."""
    case = arrived(world, "2026-11-02T09:00")
    stopped = asked_for_papers(world, case, "2026-11-05T10:00")
    pause = Pause.objects.get(case=case)
    assert (pause.kind, pause.began, pause.ended) == ("correction", moment("2026-11-05T10:00"), None)
    assert pause.stopped_id == stopped.pk

    perform(
        open_item(case).pk,
        "resubmit",
        by=world.by(Role.INTAKE_CLERK),
        values={"ticks": brought(case)},
        at=moment("2026-11-16T11:00"),
    )
    pause.refresh_from_db()
    assert pause.ended == moment("2026-11-16T11:00")
    item = open_item(case)
    assert (item.step, item.clock_from) == ("intake", moment("2026-11-02T09:00"))
    assert day(item) == "2026-11-18"


def test_whoever_waits_in_a_pause_waits_by_a_clock_of_their_own(world: World) -> None:
    case = arrived(world, "2026-11-02T09:00")
    asked_for_papers(world, case, "2026-11-05T10:00")
    waiting = open_item(case)
    assert waiting.clock_from == moment("2026-11-05T10:00")
    assert day(waiting) == "2026-12-05"


def test_a_second_pause_is_taken_away_as_the_first_was(world: World) -> None:
    case, clerk = arrived(world, "2026-11-02T09:00"), world.by(Role.INTAKE_CLERK)
    asked_for_papers(world, case, "2026-11-03T10:00")
    perform(open_item(case).pk, "resubmit", by=clerk, values={"ticks": brought(case)}, at=moment("2026-11-05T10:00"))
    assert day(open_item(case)) == "2026-11-11"
    suspended(case, clerk, "2026-11-06T10:00", "2026-11-20")
    perform(open_item(case).pk, "resume", by=clerk, at=moment("2026-11-12T10:00"))
    # 5 November was the first that counted, 12 and 13 the second and third, 16 and 17 the last.
    assert day(open_item(case)) == "2026-11-17"
    assert Pause.objects.filter(case=case, ended__isnull=True).count() == 0


def test_a_suspended_case_waits_until_its_day_and_the_pause_says_which(world: World) -> None:
    case = arrived(world, "2026-11-02T09:00", "township")
    suspended(case, world.by(Role.TOWNSHIP_REVIEWER), "2026-11-04T10:00", "2026-11-20")
    waiting = open_item(case)
    assert (waiting.step, waiting.clock_from, day(waiting)) == ("suspended", None, "2026-11-20")
    assert waiting.alarm_at == moment("2026-11-15T17:30")
    assert Pause.objects.get(case=case).review_on == datetime.date(2026, 11, 20)


def test_what_was_said_of_the_stopped_step_is_not_said_again(world: World) -> None:
    case = arrived(world, "2026-11-02T09:00", "township")
    warned = moment("2026-11-11T17:31")
    WorkItem.objects.filter(process=case, finished=None).update(warned_at=warned, extra_days=3)
    suspended(case, world.by(Role.TOWNSHIP_REVIEWER), "2026-11-12T10:00", "2026-11-20")
    assert open_item(case).warned_at is None
    perform(open_item(case).pk, "resume", by=world.by(Role.INTAKE_CLERK), at=moment("2026-11-19T10:00"))
    item = open_item(case)
    assert (item.warned_at, item.escalated_at, item.extra_days) == (warned, None, 3)
    assert item.alarm_at == item.due_at


@pytest.mark.parametrize(("outcome", "reason"), [("withdraw", "applicant_withdrew"), ("terminate", "died")])
def test_the_end_of_a_case_ends_its_pause(world: World, outcome: str, reason: str) -> None:
    case = arrived(world, "2026-11-02T09:00")
    asked_for_papers(world, case, "2026-11-05T10:00")
    clerk, at = world.by(Role.INTAKE_CLERK), moment("2026-11-06T09:00")
    perform(open_item(case).pk, outcome, by=clerk, reasons=[reason], at=at)
    assert Pause.objects.get(case=case).ended == at


def test_a_case_sent_its_road_again_begins_with_a_fresh_clock(world: World) -> None:
    case = world.case("township")
    reviewer = world.by(Role.TOWNSHIP_REVIEWER)
    perform(open_item(case).pk, "refuse", by=reviewer, reasons=["not_hospitalised"])
    clerk, newcomer = world.by(Role.INTAKE_CLERK), StaffFactory(post=(Role.COUNTY_APPROVER, COUNTY))
    reopen(case.number, by=clerk, reasons=["refusal_disputed"])
    assert Pause.objects.get(case=case, ended=None).kind == "review"
    perform(open_item(case).pk, "remit", by=newcomer, reasons=["facts_unclear"])
    item = open_item(case)
    assert Pause.objects.get(case=case).ended == item.created
    assert (item.step, item.clock_from) == ("intake", item.created)


def test_a_decision_that_stands_lets_the_payments_clock_go_on(world: World) -> None:
    # The approval it is about lies before it, whatever day it is today.
    with time_machine.travel("2026-11-02T09:00:00+08:00", tick=False):
        case = arrived(world, "2026-11-02T09:00", "payment")
    clerk, newcomer = world.by(Role.INTAKE_CLERK), StaffFactory(post=(Role.COUNTY_APPROVER, COUNTY))
    at = moment("2026-11-22T10:00")
    perform(open_item(case).pk, "request_review", by=clerk, reasons=["amount_disputed"], at=at)
    perform(open_item(case).pk, "uphold", by=newcomer, reasons=["decision_right"], at=moment("2026-11-26T10:00"))
    item = open_item(case)
    assert (item.step, item.clock_from) == ("payment", moment("2026-11-02T09:00"))
    # Ten working days from 2 November had run out on the 16th: the pause came too late to give any back.
    assert day(item) == "2026-11-16"


def test_a_clock_that_began_before_its_step_arrived_minds_the_pauses_in_between(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = arrived(world, "2026-11-02T09:00")
    clerk = world.by(Role.INTAKE_CLERK)
    asked_for_papers(world, case, "2026-11-03T10:00")
    perform(open_item(case).pk, "resubmit", by=clerk, values={"ticks": brought(case)}, at=moment("2026-11-05T10:00"))
    village = NursingSubsidyFlow2.village
    limit = village.limit_for(case)
    monkeypatch.setattr(type(village), "limit_for", lambda step, case: limit_from(limit))
    perform(open_item(case).pk, "accept", by=clerk, at=moment("2026-11-06T10:00"))
    item = open_item(case)
    assert (item.step, item.clock_from) == ("village", moment("2026-11-02T09:00"))
    # Ten working days: 5, 6, 9, 10, 11, 12, 13, 16, 17 and 18 November; the 3rd and 4th were the applicant's.
    assert day(item) == "2026-11-18"


def limit_from(limit: object) -> object:
    """The same limit, counted from the handing in."""
    return limit.__class__(**{**limit.__dict__, "start": "submitted"})


def test_an_acceptance_is_dated_and_a_later_one_anew(world: World) -> None:
    case, clerk = arrived(world, "2026-11-02T09:00"), world.by(Role.INTAKE_CLERK)
    assert Case.objects.get(pk=case.pk).accepted_at is None
    for at in ("2026-11-03T10:00", "2026-11-06T10:00"):
        perform(open_item(case).pk, "accept", by=clerk, at=moment(at))
        assert Case.objects.get(pk=case.pk).accepted_at == moment(at)
        village = world.by(Role.VILLAGE_VERIFIER)
        perform(open_item(case).pk, "send_back", by=village, reasons=["facts_differ"], at=moment(at))
    assert Case.objects.get(pk=case.pk).accepted_at == moment("2026-11-06T10:00")


def test_an_ordinary_step_costs_no_statement_more(world: World) -> None:
    case = world.case("village")
    photographed(case)
    with CaptureQueriesContext(connection) as captured:
        perform(open_item(case).pk, "pass", by=world.by(Role.VILLAGE_VERIFIER), note="看过")
    assert not [query for query in captured.captured_queries if "casework_pause" in query["sql"]]


def test_the_database_lets_a_case_be_paused_once_at_a_time(world: World) -> None:
    case = arrived(world, "2026-11-02T09:00")
    item = asked_for_papers(world, case, "2026-11-05T10:00")
    with pytest.raises(IntegrityError), transaction.atomic():
        Pause.objects.create(case=case, kind="review", began=moment("2026-11-06T09:00"), stopped=item)


def test_one_waits_where_an_outcome_that_stops_the_clock_leads() -> None:
    places = {"papers", "suspended", "internal_review", "refusal_review"}
    assert waiting_places(NursingSubsidyFlow2) == places
    assert waiting_places(NursingSubsidyFlow) == frozenset()
