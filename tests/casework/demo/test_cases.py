"""The cases of a demonstration county: work in every queue, whatever the day."""

from __future__ import annotations

import datetime
from io import StringIO

import pytest
import time_machine
from django.core.management import call_command
from django.utils.timezone import localdate, now

from casework.access import access_of
from casework.demo.cases import MadeCases, build_cases
from casework.demo.county import build_county
from casework.models import Case, Decision, Event, Evidence, PaymentBatch, RegisterEntry, SheetLine, Staff, Stage, WorkItem
from notifications.models import Message, Outbox
from tests.casework.demo.places import SMALLEST, TAOJIANG, load
from workflows import trail
from workflows.papers.evidence import sightings

STEPS = {"intake", "papers", "village", "township", "county", "payment", "payment_check", "bank", "account"}


@pytest.fixture
def taojiang(db: None) -> MadeCases:
    load(TAOJIANG)
    build_county(TAOJIANG)
    return build_cases(TAOJIANG)


def test_every_queue_has_work_and_some_cases_have_ended(taojiang: MadeCases) -> None:
    waiting = set(WorkItem.objects.filter(finished__isnull=True).values_list("step", flat=True))
    assert waiting == STEPS
    assert {Stage.CLOSED, Stage.REJECTED, Stage.WITHDRAWN} <= set(Case.objects.values_list("stage", flat=True))
    assert {PaymentBatch.State.DRAWN, PaymentBatch.State.EXPORTED, PaymentBatch.State.ANSWERED} == set(
        PaymentBatch.objects.values_list("state", flat=True)
    )
    overdue = WorkItem.objects.filter(finished__isnull=True, due_at__lt=now())
    assert overdue.exists()
    assert list(trail.breaks()) == []


def test_the_sheets_show_every_kind_of_line_that_is_sent_back(taojiang: MadeCases) -> None:
    refused = SheetLine.objects.filter(outcome=SheetLine.Outcome.REFUSED, sheet__kind="applications")
    found = {code for reasons in refused.values_list("reasons", flat=True) for code in reasons}
    assert taojiang.sent_back == refused.count()
    assert {
        "id_checksum",
        "missing_field",
        "date_invalid",
        "unknown_value",
        "not_in_register",
        "deceased",
        "hospital_level_too_low",
        "hospital_not_designated",
        "late_application",
        "account_holder_mismatch",
        "duplicate_row",
    } <= found


def test_no_photograph_looks_like_another(taojiang: MadeCases) -> None:
    viewer = access_of(Staff.objects.get(username="shenji"))
    for picture in Evidence.objects.all():
        assert sightings([picture], viewer) == {}


def test_running_again_adds_nothing(taojiang: MadeCases) -> None:
    events, cases = Event.objects.count(), Case.objects.count()
    assert build_cases(TAOJIANG) == MadeCases()
    assert (Event.objects.count(), Case.objects.count()) == (events, cases)


def test_a_county_that_has_a_register_of_its_own_is_left_alone(db: None) -> None:
    load(SMALLEST)
    build_county(SMALLEST)
    build_cases(SMALLEST)
    # Its own people now: only the register is left of what was made.
    assert RegisterEntry.objects.filter(county_id=SMALLEST).exists()
    assert build_cases(SMALLEST) == MadeCases()


@pytest.mark.parametrize("day", ["2026-07-02", "2027-01-04", "2028-02-29"])
def test_it_makes_sense_on_any_day(db: None, day: str) -> None:
    load(SMALLEST)
    with time_machine.travel(f"{day}T08:10:00+08:00"):
        build_county(SMALLEST)
        build_cases(SMALLEST)
        waiting = set(WorkItem.objects.filter(finished__isnull=True).values_list("step", flat=True))
        assert waiting == STEPS
        today = localdate()
        assert not Event.objects.filter(at__gt=now()).exists()
        for case in Case.objects.all():
            admission = datetime.date.fromisoformat(case.facts["admission_date"])
            assert today - datetime.timedelta(days=80) <= admission <= case.applied_on <= today


def test_each_case_was_decided_in_the_order_of_its_steps(taojiang: MadeCases) -> None:
    for case in Case.objects.all():
        moments = list(Decision.objects.filter(case=case).order_by("id").values_list("at", flat=True))
        assert moments == sorted(moments)


def test_the_command_tells_the_applicants_and_lists_who_has_work(db: None) -> None:
    load(SMALLEST)
    said = StringIO()
    call_command("demo", "--county", SMALLEST, stdout=said)
    assert not Outbox.objects.waiting().exists()
    assert Message.objects.filter(template="nursing_subsidy.credited").count() == 8
    for line in ("南岳区：新设机构", "名册", "受理员", "村级核实员", "nuanxin-demo-2026"):
        assert line in said.getvalue()


def test_an_empty_county_has_people_and_no_case(db: None) -> None:
    load(SMALLEST)
    call_command("demo", "--county", SMALLEST, "--empty", stdout=StringIO())
    assert Staff.objects.exists()
    assert not Case.objects.exists()
    assert not RegisterEntry.objects.exists()
