"""Programmes that are a page of terms have cases at every step, whatever the page says."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

import pytest
import time_machine
from django.utils.timezone import now

from casework.demo.boards import hang_lists
from casework.demo.standard.build import MadeProgrammes, build_programmes
from casework.demo.standard.facts import window_day
from casework.models import CarriedFamily, Case, Decision, Donation, Event, LogEntry, PaymentBatch, Stage, WorkItem
from tests.casework.demo.conftest import small_photographs
from tests.casework.demo.places import SMALLEST
from tests.casework.demo.standard import EVENING, a_registered_county, ailments, standard, waited_in, waiting
from tests.workflows.standard.pages import a_page, programme_of


@pytest.fixture(scope="module")
def made(held_open: None) -> Iterator[MadeProgrammes]:
    """Built once; the tests of it only look."""
    with small_photographs(), time_machine.travel(EVENING, tick=False):
        a_registered_county()
        made = build_programmes(SMALLEST)
        hang_lists(SMALLEST)
        yield made


def test_every_step_of_every_programme_has_a_case(made: MadeProgrammes, db: None) -> None:
    assert made.stuck == []
    assert made.programmes == len(standard())
    assert {one.slug: waited_in(one) - waiting(one) for one in standard()} == {one.slug: set() for one in standard()}
    ended = {Stage.CLOSED, Stage.REJECTED, Stage.WITHDRAWN, Stage.TERMINATED}
    for programme in standard():
        assert ended <= set(Case.objects.filter(programme=programme.slug).values_list("stage", flat=True))


def test_they_are_a_few_and_nothing_about_them_is_wrong(made: MadeProgrammes, db: None) -> None:
    assert made.cases < 30 * made.programmes
    assert ailments() == []
    assert not Event.objects.filter(at__gt=now()).exists()
    for case in Case.objects.all():
        moments = list(Decision.objects.filter(case=case).order_by("id").values_list("at", flat=True))
        assert moments == sorted(moments)


def test_most_of_what_waits_is_in_time(made: MadeProgrammes, db: None) -> None:
    open_items = WorkItem.objects.filter(finished__isnull=True)
    assert open_items.filter(due_at__lt=now()).count() * 10 <= open_items.count()


def test_logs_families_donations_and_batches_are_there_to_be_looked_at(made: MadeProgrammes, db: None) -> None:
    assert {kind for kind in LogEntry.objects.values_list("kind", flat=True)} >= {"service", "milestone", "acceptance"}
    assert CarriedFamily.objects.filter(live=True).exists()
    assert Donation.objects.filter(used__gt=0).exists()
    states = set(PaymentBatch.objects.values_list("state", flat=True))
    assert states == {PaymentBatch.State.DRAWN, PaymentBatch.State.EXPORTED, PaymentBatch.State.ANSWERED}


def test_running_again_adds_nothing(made: MadeProgrammes, db: None) -> None:
    events, donations = Event.objects.count(), Donation.objects.count()
    assert build_programmes(SMALLEST) == MadeProgrammes()
    assert (Event.objects.count(), Donation.objects.count()) == (events, donations)


@pytest.mark.parametrize(
    ("first", "last", "today", "day"),
    [
        ("07-01", "08-31", "2026-11-27", "2026-08-31"),
        ("07-01", "08-31", "2026-07-20", "2026-07-20"),
        ("01-01", "01-15", "2026-12-30", "2026-01-15"),
        ("10-15", "12-10", "2026-03-01", "2025-12-10"),
        ("11-01", "02-28", "2026-01-10", "2026-01-10"),
        ("11-01", "02-28", "2026-04-10", "2026-02-28"),
    ],
)
def test_applications_are_of_the_last_day_they_were_taken(first: str, last: str, today: str, day: str) -> None:
    page = a_page()
    page["common"]["window"] = {"from": first, "to": last, "clause": "示例"}
    terms = programme_of(page).terms.versions[0]
    assert window_day(terms, datetime.date.fromisoformat(today)).isoformat() == day
