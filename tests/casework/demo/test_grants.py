"""Grants whose lists hang: on every stretch something, and the walk takes them all to the end, notice and all."""

from __future__ import annotations

import datetime
from collections import Counter

import pytest
import time_machine
from django.utils.timezone import localdate, now

from casework.demo import boards
from casework.demo.boards import Boards, hang_lists
from casework.demo.cases import build_cases
from casework.demo.county import build_county
from casework.demo.grants import FAMILIES_EACH, SHOPS, VILLAGES, build_grants
from casework.demo.walk import FAMILIES, UNITS, walk
from casework.models import Case, Donation, Event, Notice, Objection, Stage, WorkItem
from tests.casework.demo.conftest import small_photographs
from tests.casework.demo.places import SMALLEST, load
from workflows import trail


@pytest.fixture(scope="module")
def built(held_open: None) -> str:
    load(SMALLEST)
    build_county(SMALLEST)
    with small_photographs():
        build_cases(SMALLEST)
        build_grants(SMALLEST)
    return SMALLEST


@pytest.fixture
def county(built: str, db: None) -> str:
    """The county as it was built, whatever another test did to it."""
    return built


def steps() -> Counter[str]:
    found = WorkItem.objects.filter(programme__in=(FAMILIES, UNITS), finished__isnull=True)
    return Counter(f"{item.programme} {item.step}" for item in found)


def quietly(line: str) -> None:
    assert line


def test_families_and_shops_wait_on_every_stretch(county: str) -> None:
    assert Case.objects.filter(programme__in=(FAMILIES, UNITS)).count() == VILLAGES * FAMILIES_EACH + SHOPS
    assert steps() == {
        f"{FAMILIES} payment": 1,
        f"{FAMILIES} county": 1,
        f"{FAMILIES} township": 2,
        f"{FAMILIES} village_notice_hanging": 4,
        f"{FAMILIES} village_notice": 4,
        f"{UNITS} county_notice": 3,
    }
    assert not Event.objects.filter(at__gt=now()).exists()
    assert list(trail.breaks()) == []


def test_built_again_nothing_is_added(county: str) -> None:
    assert build_grants(county) == 0


def test_of_what_waits_most_hang_and_three_lines_are_objected_to(county: str) -> None:
    assert hang_lists(county) == Boards(sheets=2, people=5, objected=3)
    hangs = {notice.programme: notice.channels for notice in Notice.objects.filter(posted_at__date=localdate())}
    assert hangs == {FAMILIES: ["board", "meeting"], UNITS: ["board", "web"]}
    assert steps()[f"{UNITS} county_notice_objection"] == 1


def test_the_walk_takes_every_case_over_its_board_to_paid_as_soon_as_the_days_are_over(county: str) -> None:
    hang_lists(county)

    stuck = walk(county, quietly).stuck
    today = Notice.objects.filter(state=Notice.State.POSTED)
    # What was over is paid; what hangs is named, with its last day; nothing else is in the way.
    assert stuck == {notice.number: f"公示到{notice.last_day}止，期满以后再办" for notice in today}
    assert Case.objects.filter(programme=FAMILIES, stage=Stage.CLOSED).count() == 2 * FAMILIES_EACH
    assert not Objection.objects.filter(outcome="").exists()

    last = max(notice.last_day for notice in today)
    with time_machine.travel(datetime.datetime.combine(last, datetime.time(9)) + datetime.timedelta(days=1)):
        assert walk(county, quietly).stuck == {}
    grants = Case.objects.filter(programme__in=(FAMILIES, UNITS))
    assert set(grants.values_list("stage", flat=True)) == {Stage.CLOSED}
    assert all(set(case.noticed) == set(case.notices_required) for case in grants)
    assert set(Notice.objects.values_list("state", flat=True)) == {Notice.State.CLOSED}
    paid = sum(case.paid_amount for case in grants.filter(programme=FAMILIES))
    assert Donation.objects.get().used == paid
    assert list(trail.breaks()) == []


def test_a_sheet_that_may_not_be_on_the_web_hangs_on_the_board_alone(
    county: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(boards, "_object", lambda *_given: 0)
    Case.objects.filter(programme=UNITS).update(facts={"category": "bereaved", "unit_name": "示例"})
    hang_lists(county)
    assert Notice.objects.get(programme=UNITS).channels == ["board"]
