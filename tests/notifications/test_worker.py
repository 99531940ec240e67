"""The worker: drains until told to stop, wakes when called, outlives a database that does not answer.

It closes the connection when it ends, so those that run it have no transaction around them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from django.db import OperationalError, transaction
from django.utils.timezone import now

from notifications import wake, worker
from notifications.models import Outbox
from notifications.outbox import job
from notifications.worker import Chore, Worker

FOREVER = 60.0


def leave(count: int) -> None:
    Outbox.objects.bulk_create(job("say", f"say:{number}", {}, run_at=now()) for number in range(count))


@pytest.fixture
def woken() -> Iterator[list[str]]:
    """How often the process was woken."""
    calls: list[str] = []
    wake.on_commit_wake(lambda: calls.append("woken"))
    yield calls
    wake.on_commit_wake(None)


def test_once_does_everything_that_is_due(db: None) -> None:
    leave(450)
    done: list[str] = []
    worker_ = Worker({"say": lambda key, payload: done.append(key)})
    assert worker_.run_once() == 450
    assert len(set(done)) == 450


@pytest.mark.django_db(transaction=True)
def test_a_stop_lets_the_job_in_hand_finish_and_takes_no_other() -> None:
    leave(3)

    def stop_in_the_middle(key: str, payload: Mapping[str, Any]) -> None:
        busy.stop()

    busy = Worker({"say": stop_in_the_middle}, poll=FOREVER)
    busy.run()
    assert Outbox.objects.filter(done_at__isnull=False).count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_worker_at_rest_is_woken_long_before_it_would_look_again() -> None:
    def stop(key: str, payload: Mapping[str, Any]) -> None:
        resting.stop()

    class Arriving(Worker):
        """At rest when the first job is left."""

        def _rest(self) -> None:
            leave(1)
            self.wake()
            super()._rest()

    resting = Arriving({"say": stop}, poll=FOREVER)
    resting.run()
    assert not Outbox.objects.waiting().exists()


@pytest.mark.django_db(transaction=True)
def test_a_database_that_does_not_answer_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    leave(1)
    answers = iter([OperationalError("the database is starting up")])
    real = worker.drain

    def stumbling(*args: Any, **given: Any) -> int:
        for problem in answers:
            raise problem
        return real(*args, **given)

    def stop(key: str, payload: Mapping[str, Any]) -> None:
        patient.stop()

    monkeypatch.setattr(worker, "drain", stumbling)
    patient = Worker({"say": stop}, poll=0.01)
    patient.run()
    assert not Outbox.objects.waiting().exists()


def test_whoever_drains_is_woken_by_the_commit_and_not_by_a_rollback(
    db: None, woken: list[str], django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        wake.after_commit()
        assert woken == []
    assert woken == ["woken"]
    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        wake.after_commit()
        transaction.set_rollback(True)
    assert woken == ["woken"]


@pytest.mark.django_db(transaction=True)
def test_a_waker_that_fails_does_not_fail_what_is_committed() -> None:
    def broken() -> None:
        raise ConnectionError

    wake.on_commit_wake(broken)
    try:
        with transaction.atomic():
            leave(1)
            wake.after_commit()
    finally:
        wake.on_commit_wake(None)
    assert Outbox.objects.count() == 1


def stopping_after(times: int, done: list[str], name: str, *, more: int = 0) -> tuple[Worker, Chore]:
    """A worker with one chore, which says `more` times that there is more, and after so many times stops it."""

    def do() -> bool:
        done.append(name)
        if len(done) == times:
            busy.stop()
        return len(done) <= more

    chore = Chore(name, 0.01, do)
    busy = Worker({}, poll=0.005, chores=[chore])
    return busy, chore


@pytest.mark.django_db(transaction=True)
def test_a_chore_is_done_from_time_to_time_without_a_job() -> None:
    done: list[str] = []
    busy, _chore = stopping_after(3, done, "sweep")
    busy.run()
    assert done == ["sweep"] * 3


@pytest.mark.django_db(transaction=True)
def test_a_chore_with_more_to_do_comes_again_at_once_and_then_in_its_time(monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []
    rests: list[int] = []
    busy, _chore = stopping_after(4, done, "sweep", more=3)
    monkeypatch.setattr(busy, "_rest", lambda: rests.append(len(done)))
    busy.run()
    assert done == ["sweep"] * 4
    assert set(rests) <= {4}, "no rest while there is more"


@pytest.mark.django_db(transaction=True)
def test_a_chore_that_fails_stops_neither_the_jobs_nor_the_other_chores(caplog: pytest.LogCaptureFixture) -> None:
    done: list[str] = []

    def fail() -> bool:
        raise ZeroDivisionError("what a log must not hold")

    busy, chore = stopping_after(2, done, "sweep")
    leave(1)
    busy.handlers, busy.chores = {"say": lambda key, payload: None}, [Chore("broken", 0.01, fail), chore]
    busy.run()
    assert done == ["sweep"] * 2
    assert not Outbox.objects.waiting().exists()
    assert "chore broken failed: ZeroDivisionError" in caplog.text
    assert "what a log must not hold" not in caplog.text


def test_once_does_every_chore_to_its_end(db: None) -> None:
    done: list[str] = []

    def do() -> bool:
        done.append("sweep")
        return len(done) < 5

    leave(2)
    assert Worker({"say": lambda key, payload: None}, chores=[Chore("sweep", FOREVER, do)]).run_once() == 2
    assert done == ["sweep"] * 5


@pytest.mark.django_db(transaction=True)
def test_what_comes_from_time_to_time_is_behind_a_worker_when_it_does_its_first_job() -> None:
    """One that was off all night sweeps before the check-up looks whether anybody has."""
    leave(1)
    order: list[str] = []

    def sweep() -> bool:
        order.append("chore")
        return False

    def look(key: str, payload: Mapping[str, Any]) -> None:
        order.append("job")
        starting.stop()

    starting = Worker({"say": look}, poll=FOREVER, chores=[Chore("sweep", FOREVER, sweep)])
    starting.run()
    assert order == ["chore", "job"]
