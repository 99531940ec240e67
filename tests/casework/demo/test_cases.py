"""The cases of a demonstration county: work in every queue."""

from __future__ import annotations

import pytest
from django.utils.timezone import now

from casework.access import access_of
from casework.demo.cases import MadeCases, build_cases
from casework.demo.county import build_county
from casework.models import (
    Case,
    DeadlineExtension,
    Decision,
    Event,
    Evidence,
    PaymentBatch,
    SheetLine,
    Staff,
    Stage,
    SupervisionOrder,
    WantedPaper,
    WorkItem,
)
from tests.casework.demo.places import TAOJIANG, load
from tests.workflows import invariants
from workflows import trail
from workflows.papers.evidence import sightings

State = SupervisionOrder.State
STEPS = {"intake", "papers", "village", "township", "county", "payment", "payment_check", "bank", "account"}
STEPS |= {"suspended", "internal_review", "refusal_review"}


@pytest.fixture(scope="module")
def taojiang(held_open: None) -> MadeCases:
    """Built once, with its photographs as they are: the tests here only look."""
    load(TAOJIANG)
    build_county(TAOJIANG)
    return build_cases(TAOJIANG)


def test_every_queue_has_work_and_some_cases_have_ended(taojiang: MadeCases, db: None) -> None:
    waiting = set(WorkItem.objects.filter(finished__isnull=True).values_list("step", flat=True))
    assert waiting == STEPS
    assert {Stage.CLOSED, Stage.REJECTED, Stage.WITHDRAWN, Stage.TERMINATED} <= set(
        Case.objects.values_list("stage", flat=True)
    )
    assert {PaymentBatch.State.DRAWN, PaymentBatch.State.EXPORTED, PaymentBatch.State.ANSWERED} == set(
        PaymentBatch.objects.values_list("state", flat=True)
    )
    overdue = WorkItem.objects.filter(finished__isnull=True, due_at__lt=now())
    assert overdue.exists()
    assert list(trail.breaks()) == []


def test_the_sheets_show_every_kind_of_line_that_is_sent_back(taojiang: MadeCases, db: None) -> None:
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


def test_no_photograph_looks_like_another(taojiang: MadeCases, db: None) -> None:
    viewer = access_of(Staff.objects.get(username="shenji"))
    for picture in Evidence.objects.all():
        assert sightings([picture], viewer) == {}


def test_deadlines_are_warned_of_supervised_explained_and_extended(taojiang: MadeCases, db: None) -> None:
    waiting = WorkItem.objects.filter(finished__isnull=True)
    late = waiting.filter(due_at__lt=now())
    assert set(late) == {order.work_item for order in SupervisionOrder.objects.select_related("work_item")}
    assert waiting.filter(warned_at__isnull=False, due_at__gt=now()).exists()
    assert {State.OPEN, State.ANSWERED} == set(SupervisionOrder.objects.values_list("state", flat=True))
    assert DeadlineExtension.objects.count() == 1


def test_second_thoughts_are_there_to_be_looked_at(taojiang: MadeCases, db: None) -> None:
    """A case sent its road again after it was paid, a review decided by somebody who had no part, papers told twice."""
    assert Case.objects.filter(paid_amount__gt=0, pay_round=2, stage=Stage.SUBMITTED).count() == 1
    reviewed = Decision.objects.filter(transition__in=("uphold", "remit")).values_list("case", "staff")
    assert len(reviewed) == 2
    for case, staff in reviewed:
        assert Decision.objects.filter(case=case, staff=staff).count() == 1
    assert Event.objects.filter(details__told_again=2).count() == 1
    assert WantedPaper.objects.filter(answer="").exists()
    assert invariants.broken() == []


def test_running_again_adds_nothing(taojiang: MadeCases, db: None) -> None:
    events, cases = Event.objects.count(), Case.objects.count()
    assert build_cases(TAOJIANG) == MadeCases()
    assert (Event.objects.count(), Case.objects.count()) == (events, cases)


def test_each_case_was_decided_in_the_order_of_its_steps(taojiang: MadeCases, db: None) -> None:
    for case in Case.objects.all():
        moments = list(Decision.objects.filter(case=case).order_by("id").values_list("at", flat=True))
        assert moments == sorted(moments)
