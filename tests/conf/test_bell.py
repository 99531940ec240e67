"""Waking the workers costs the business transaction nothing, whatever the broker does."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from threading import Event

import pytest
from kombu.exceptions import OperationalError

from casework.conf import celery, tasks
from casework.conf.celery import Bell

SOON = 20.0


@pytest.fixture
def journal(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    ours = logging.getLogger("nuanxin")
    ours.addHandler(caplog.handler)
    yield caplog
    ours.removeHandler(caplog.handler)


def test_many_commits_while_a_knock_is_under_way_are_one_more_knock(monkeypatch: pytest.MonkeyPatch) -> None:
    under_way, may_end, second = Event(), Event(), Event()
    knocks: list[int] = []

    def slow_knock() -> None:
        knocks.append(len(knocks))
        (second if under_way.is_set() else under_way).set()
        may_end.wait(SOON)

    monkeypatch.setattr(celery, "knock", slow_knock)
    bell = Bell()
    bell()
    assert under_way.wait(SOON)
    for _commit in range(100):
        bell()
    may_end.set()
    assert second.wait(SOON)
    assert len(knocks) == 2


def test_a_broker_that_is_down_is_a_line_in_the_log_and_the_next_commit_knocks_again(
    monkeypatch: pytest.MonkeyPatch, journal: pytest.LogCaptureFixture
) -> None:
    failed, heard = Event(), Event()

    def knock() -> None:
        if not failed.is_set():
            failed.set()
            raise OperationalError("Connection refused")
        heard.set()

    monkeypatch.setattr(celery, "knock", knock)
    bell = Bell(pause=0)
    bell()
    assert failed.wait(SOON)
    bell()
    assert heard.wait(SOON)
    assert "the broker cannot be reached" in journal.text


def test_a_task_is_confirmed_only_when_it_is_done_and_long_before_redis_hands_it_on() -> None:
    assert celery.app.conf.task_acks_late
    assert celery.TIME_LIMIT < celery.VISIBILITY_TIMEOUT
    assert celery.app.conf.beat_schedule["outbox"]["task"] == celery.DRAIN


def test_beat_has_the_deadlines_looked_at_once_a_minute() -> None:
    entry = celery.app.conf.beat_schedule["deadlines"]
    assert (entry["task"], entry["schedule"]) == (tasks.sweep_deadlines.name, 60.0)


@pytest.mark.parametrize("more", [True, False])
def test_a_sweep_with_more_to_do_asks_for_another(monkeypatch: pytest.MonkeyPatch, more: bool) -> None:
    asked: list[str] = []
    monkeypatch.setattr(tasks, "sweep_some", lambda: more)
    monkeypatch.setattr(tasks, "sweep_some_watches", lambda: False)
    monkeypatch.setattr(tasks.app, "send_task", lambda name, **options: asked.append(name))
    tasks.sweep_deadlines()
    assert asked == ([celery.SWEEP] if more else [])
