"""What is done beside the pages: the applicant is told, once, in codes; deadlines are looked at."""

from __future__ import annotations

import pytest

from casework.models import SupervisionOrder
from notifications.models import Message, Outbox
from notifications.outbox import drain
from notifications.worker import Worker
from tests.workflows.late import overdue
from tests.world import World
from workflows import jobs
from workflows.jobs import CHORES, HANDLERS, sweep_some, tell_applicant


def test_each_step_that_concerns_the_applicant_becomes_one_message(world: World) -> None:
    case = world.case(at="end")
    drain(HANDLERS)
    said = Message.objects.filter(subject=f"case:{case.number}").order_by("id")
    assert list(said.values_list("template", flat=True)) == [
        "nursing_subsidy.accept",
        "nursing_subsidy.approve",
        "nursing_subsidy.credited",
    ]
    assert not Outbox.objects.waiting().exists()


def test_a_message_holds_codes_and_nothing_about_the_person(world: World) -> None:
    case = world.case(at="village")
    drain(HANDLERS)
    message = Message.objects.get()
    assert message.context == {"case": case.number, "step": "intake", "outcome": "accept"}
    assert message.audience == "applicant"


def test_the_same_job_twice_says_it_once(world: World) -> None:
    case = world.case(at="village")
    row = Outbox.objects.get()
    for _time in range(2):
        tell_applicant(row.key, row.payload)
    assert Message.objects.filter(subject=f"case:{case.number}").count() == 1


def test_a_case_that_is_not_there_is_passed_over_quietly(db: None) -> None:
    tell_applicant("tell:HL0:1", {"case": "HL0", "step": "intake", "outcome": "accept"})
    assert not Message.objects.exists()


def test_every_kind_of_job_the_gateway_leaves_has_a_handler(world: World) -> None:
    world.case(at="end")
    assert set(Outbox.objects.values_list("kind", flat=True)) <= set(HANDLERS)


def test_a_worker_of_ours_looks_at_deadlines_too(world: World) -> None:
    item = overdue(world)
    Worker(HANDLERS, chores=CHORES).run_once()
    assert SupervisionOrder.objects.get().work_item == item


def test_a_look_at_deadlines_is_bounded_and_says_whether_there_may_be_more(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "AT_A_TIME", 2)
    for _number in range(3):
        overdue(world)
    assert (sweep_some(), SupervisionOrder.objects.count()) == (True, 2)
    assert (sweep_some(), SupervisionOrder.objects.count()) == (False, 3)
