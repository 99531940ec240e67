"""The outbox: at least once out, once received, nothing lost."""

from __future__ import annotations

import datetime
import logging
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import time_machine
from django.db import connection, transaction
from django.utils.timezone import now

from notifications import outbox
from notifications.channels import tell
from notifications.models import Message, Outbox
from notifications.outbox import LEASE, MAX_ATTEMPTS, drain, job

PERSONAL = "990922195711253143"


class Failing(Exception):
    """A handler's fault, with something in its text that must stay out of the row and the log."""


def leave(count: int = 1, kind: str = "say", *, run_at: datetime.datetime | None = None) -> None:
    Outbox.objects.bulk_create(
        job(kind, f"{kind}:{number}", {"number": number}, run_at=run_at or now()) for number in range(count)
    )


def say(key: str, payload: Mapping[str, Any]) -> None:
    tell(key, subject=f"case:{payload['number']}", audience="applicant", template="test.said", context={})


def fail(key: str, payload: Mapping[str, Any]) -> None:
    say(key, payload)
    raise Failing(PERSONAL)


SAY: Mapping[str, outbox.Handler] = {"say": say}
FAIL: Mapping[str, outbox.Handler] = {"say": fail}


@pytest.fixture
def journal(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    """What the service logs: its loggers do not hand on to the root, where pytest listens."""
    ours = logging.getLogger("nuanxin")
    ours.addHandler(caplog.handler)
    yield caplog
    ours.removeHandler(caplog.handler)


def test_what_is_due_is_done_once_however_often_it_is_drained(db: None) -> None:
    leave(3)
    assert (drain(SAY), drain(SAY)) == (3, 0)
    assert sorted(Message.objects.values_list("key", flat=True)) == ["say:0", "say:1", "say:2"]
    assert not Outbox.objects.waiting().exists()


def test_a_handler_gets_the_key_and_the_payload_it_was_left_with(db: None) -> None:
    seen: list[tuple[str, Mapping[str, Any]]] = []
    leave(1)
    drain({"say": lambda key, payload: seen.append((key, payload))})
    assert seen == [("say:0", {"number": 0})]


def test_what_is_for_later_waits(db: None) -> None:
    leave(1, run_at=now() + datetime.timedelta(minutes=5))
    assert drain(SAY) == 0
    with time_machine.travel(now() + datetime.timedelta(minutes=6)):
        assert drain(SAY) == 1


def test_the_oldest_comes_first_and_a_limit_leaves_the_rest(db: None) -> None:
    leave(1, kind="say", run_at=now())
    Outbox.objects.bulk_create([job("say", "older", {"number": 9}, run_at=now() - datetime.timedelta(hours=1))])
    assert drain(SAY, limit=1) == 1
    assert list(Message.objects.values_list("key", flat=True)) == ["older"]


def test_a_worker_told_to_stop_takes_no_other_job(db: None) -> None:
    leave(3)
    assert drain(SAY, stopping=lambda: Message.objects.count() == 2) == 2
    assert Outbox.objects.waiting().count() == 1


def test_a_failing_handler_leaves_nothing_behind_but_the_name_of_its_error(
    db: None, journal: pytest.LogCaptureFixture
) -> None:
    leave(1)
    assert drain(FAIL) == 0
    row = Outbox.objects.get()
    assert (row.last_error, row.attempts, row.leased_until, row.done_at) == ("Failing", 1, None, None)
    assert row.run_at > now()
    assert not Message.objects.exists()
    assert "Failing" in journal.text
    assert PERSONAL not in journal.text


def test_a_job_that_failed_comes_again_later_and_its_error_is_forgotten_when_it_is_done(db: None) -> None:
    leave(1)
    drain(FAIL)
    assert drain(SAY) == 0
    with time_machine.travel(now() + datetime.timedelta(seconds=30)):
        assert drain(SAY) == 1
    assert Outbox.objects.get().last_error == ""


def test_a_job_is_given_up_after_eight_attempts_and_kept(db: None) -> None:
    leave(1)
    start = now()
    for attempt in range(MAX_ATTEMPTS + 3):
        with time_machine.travel(start + datetime.timedelta(hours=2 * attempt), tick=False):
            drain(FAIL)
    row = Outbox.objects.get()
    assert (row.given_up, row.attempts, row.done_at) == (True, MAX_ATTEMPTS, None)


def test_one_that_fails_does_not_hold_up_the_others(db: None) -> None:
    leave(3)

    def fails_once(key: str, payload: Mapping[str, Any]) -> None:
        if key == "say:0":
            raise Failing
        say(key, payload)

    assert drain({"say": fails_once}) == 2


def test_a_kind_that_nobody_knows_is_kept_for_a_release_that_does(db: None) -> None:
    leave(1, kind="sing")
    assert drain(SAY) == 0
    row = Outbox.objects.get()
    assert (row.last_error, row.done_at, row.given_up) == ("UnknownKind", None, False)
    with time_machine.travel(now() + datetime.timedelta(minutes=1)):
        assert drain({"sing": say}) == 1


def test_what_a_dead_worker_had_in_hand_is_taken_up_when_its_lease_runs_out(db: None) -> None:
    leave(1)
    # Taken, and then the machine is switched off.
    assert outbox._lease() is not None
    assert drain(SAY) == 0
    with time_machine.travel(now() + LEASE + datetime.timedelta(seconds=1)):
        assert drain(SAY) == 1
    assert Message.objects.count() == 1


def test_a_worker_that_was_only_slow_finds_its_job_taken_over_and_does_nothing(db: None) -> None:
    leave(1)
    slow = outbox._lease()
    assert slow is not None
    with time_machine.travel(now() + LEASE + datetime.timedelta(seconds=1)):
        quick = outbox._lease()
        assert quick is not None
        # Whichever of the two comes to it first, it is the one that holds the lease now who does it.
        assert outbox._do(slow, SAY) == 0
        assert outbox._do(quick, SAY) == 1
        assert outbox._do(quick, SAY) == 0
    assert Message.objects.count() == 1


def test_a_message_told_twice_under_one_key_is_said_once(db: None, django_capture_on_commit_callbacks: Any) -> None:
    with django_capture_on_commit_callbacks(execute=True) as callbacks:
        for _time in range(2):
            say("say:7", {"number": 7})
    assert (Message.objects.count(), len(callbacks)) == (1, 1)


def test_the_log_names_the_case_and_the_message_and_nothing_else(
    db: None, django_capture_on_commit_callbacks: Any, journal: pytest.LogCaptureFixture
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        tell("k", subject="case:HL1", audience="applicant", template="p.accept", context={"x": PERSONAL})
    assert [record.getMessage() for record in journal.records] == ["p.accept -> case:HL1 (applicant)"]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_four_workers_at_once_do_every_job_once() -> None:
    leave(80)
    calls: list[str] = []

    def noted(key: str, payload: Mapping[str, Any]) -> None:
        say(key, payload)
        calls.append(key)

    def work(_number: int) -> int:
        try:
            return drain({"say": noted})
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(work, range(4))) == 80
    assert len(calls) == len(set(calls)) == 80
    assert Message.objects.count() == 80


@pytest.mark.django_db(transaction=True)
def test_a_job_whose_cause_is_rolled_back_never_was() -> None:
    with pytest.raises(Failing), transaction.atomic():
        leave(1)
        raise Failing
    assert drain(SAY) == 0
