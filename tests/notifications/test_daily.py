"""One job of a kind a day, written by whoever drains, however many do."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

import pytest
import time_machine

from notifications import daily
from notifications.models import Outbox
from notifications.worker import Worker

NIGHT = {"nightly": datetime.time(2, 30)}
NOON = datetime.datetime(2026, 11, 22, 4, 0, tzinfo=datetime.UTC)
"""12:00 in Beijing."""


@pytest.fixture(autouse=True)
def _a_process_that_has_just_begun() -> Iterator[None]:
    daily.forget()
    yield
    daily.forget()


def planned() -> list[tuple[str, object, datetime.datetime]]:
    return list(Outbox.objects.order_by("pk").values_list("key", "payload", "run_at"))


def test_the_days_job_is_written_once_whoever_asks(db: None) -> None:
    with time_machine.travel(NOON, tick=False):
        for _process in range(3):
            daily.forget()
            daily.plan(NIGHT)
    due = datetime.datetime(2026, 11, 21, 18, 30, tzinfo=datetime.UTC)
    assert planned() == [("nightly:2026-11-22", {"day": "2026-11-22"}, due)]


def test_every_day_has_its_own_and_the_day_is_ours_not_greenwichs(db: None) -> None:
    with time_machine.travel(datetime.datetime(2026, 11, 22, 15, 59, tzinfo=datetime.UTC), tick=False):
        daily.plan(NIGHT)
    with time_machine.travel(datetime.datetime(2026, 11, 22, 16, 1, tzinfo=datetime.UTC), tick=False):
        daily.plan(NIGHT)
    assert [key for key, _, _ in planned()] == ["nightly:2026-11-22", "nightly:2026-11-23"]


def test_asking_again_in_the_same_process_costs_nothing(db: None, django_assert_num_queries: object) -> None:
    daily.plan(NIGHT)
    with django_assert_num_queries(0):  # type: ignore[operator]  # a fixture of pytest-django's
        for _turn in range(100):
            daily.plan(NIGHT)


def test_what_was_done_today_is_not_done_again(db: None) -> None:
    daily.plan(NIGHT)
    Outbox.objects.update(done_at=NOON)
    daily.forget()
    daily.plan(NIGHT)
    assert Outbox.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_starts_at_noon_does_the_nights_work_then() -> None:
    done: list[str] = []

    def once(key: str, payload: object) -> None:
        done.append(key)
        worker.stop()

    with time_machine.travel(NOON):
        worker = Worker({"nightly": once}, daily=NIGHT, poll=0.01)
        worker.run()
    assert done == ["nightly:2026-11-22"]


def test_a_worker_that_is_asked_once_plans_nothing(db: None) -> None:
    """A command of some seconds does what there is; that there is a night's work is for what keeps running."""
    assert Worker({}, daily=NIGHT).run_once() == 0
    assert planned() == []
