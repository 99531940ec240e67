"""Days a case must not miss: told of once before, and once when they are past."""

from __future__ import annotations

import datetime

import pytest
from django.utils.timezone import get_current_timezone

from casework.models import Event, Watch
from notifications.models import Message
from tests.factories import places
from tests.workflows.programmes.rights_case.stories import Rights, rights_of
from workflows.watches import settle, sweep_watches, watch

DAY = datetime.date(2026, 12, 20)


@pytest.fixture
def rights(db: None) -> Rights:
    places()
    return rights_of()


def at(day: int) -> datetime.datetime:
    return datetime.datetime(2026, 12, day, 9, tzinfo=get_current_timezone())


def watched(rights: Rights, **more: int) -> Watch:
    case = rights.handled(dispute="wages")
    warn_on = DAY - datetime.timedelta(days=5)
    return watch(case, "performance", due_on=DAY, warn_on=warn_on, role="rights_officer", **more)


def told(row: Watch) -> list[str]:
    events = Event.objects.filter(chain=row.case.number, action__startswith="watch_").order_by("seq")
    return list(events.values_list("action", flat=True))


@pytest.mark.parametrize(
    ("days", "said"),
    [
        ((14,), []),
        ((15, 15, 16), ["watch_warned"]),
        ((20, 20), ["watch_warned"]),
        ((15, 21, 22, 22), ["watch_warned", "watch_passed"]),
        ((25, 26), ["watch_passed"]),
    ],
)
def test_it_is_told_once_before_and_once_after(rights: Rights, days: tuple[int, ...], said: list[str]) -> None:
    row = watched(rights)
    for day in days:
        sweep_watches(at=at(day))
    assert told(row) == said
    messages = Message.objects.filter(template__startswith="watch.").order_by("id").values_list("template", "subject")
    assert list(messages) == [
        (f"watch.performance.{what.removeprefix('watch_')}", "queue:430922.rights_officer") for what in said
    ]


def test_what_is_settled_is_not_told_of(rights: Rights) -> None:
    row = watched(rights)
    assert settle(row.case, "performance") == 1
    sweep_watches(at=at(25))
    assert told(row) == []


def test_two_days_of_one_case_in_one_lot_stand_one_after_the_other_in_its_trail(rights: Rights) -> None:
    row = watched(rights)
    watch(row.case, "performance", due_on=DAY, warn_on=DAY, role="rights_officer", ref=2)
    sweep_watches(at=at(25))
    assert told(row) == ["watch_passed", "watch_passed"]
    row.case.refresh_from_db()
    assert row.case.trail_seq == Event.objects.filter(chain=row.case.number).count()


def test_a_day_watched_anew_takes_the_place_of_the_one_before(rights: Rights) -> None:
    first = watched(rights)
    later = watch(first.case, "performance", due_on=DAY, warn_on=DAY, role="rights_officer")
    first.refresh_from_db()
    assert (first.state, later.state) == ("dropped", "open")
