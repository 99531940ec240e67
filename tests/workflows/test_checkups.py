"""The check-up as it runs: by night and when asked, in pieces, once, whatever happens meanwhile."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from django.db import OperationalError
from django.utils.timezone import now

from casework.models import CheckUp, CheckUpFinding, Office, Post, Role
from notifications.models import Outbox
from notifications.outbox import drain
from tests import factories
from tests.back_door import Sql, open_the_back_door
from tests.workflows.doctor.ward import case, hire
from tests.world import COUNTY, World
from workflows import checkups, jobs
from workflows.doctor import EXAMINATIONS, Finding, Scope
from workflows.doctor.unfinished import MISSING
from workflows.jobs import HANDLERS
from workflows.refusals import NotAllowed

DAY = datetime.date(2026, 11, 22)
KEY = "7e4c1b8e-6a0b-4c6a-9f55-3f0f2d0f4a11"


@pytest.fixture
def ward(world: World) -> World:
    hire(world)
    return world


@pytest.fixture
def sql(db: None) -> Sql:
    return open_the_back_door()


def by_night(day: datetime.date = DAY) -> CheckUp:
    """Begun by the night's job and done by whoever drains."""
    jobs.nightly(f"nightly:{day}", {"day": day.isoformat()})
    drain(HANDLERS)
    return CheckUp.objects.get(key=f"nightly:{day}")


def told(check_up: CheckUp) -> list[tuple[str, str, int]]:
    return list(check_up.findings.values_list("kind", "county", "total"))


def lose_items(sql: Sql, *hurt: Any) -> None:
    for one in hurt:
        sql("DELETE FROM casework_workitem WHERE process_id = %s AND finished IS NULL", one.pk)


def test_a_night_finds_nothing_in_a_healthy_county(ward: World) -> None:
    case(ward, "bank")
    check_up = by_night()
    assert check_up.finished_at is not None
    assert (check_up.scope, check_up.places) == ([""], [COUNTY, ""])
    assert told(check_up) == []


def test_what_is_found_is_kept_by_kind_and_county_with_its_first_examples(ward: World, sql: Sql) -> None:
    hurt = [case(ward, "township") for _ in range(3)]
    lose_items(sql, *hurt)
    Post.objects.filter(role=Role.PAYMENT_CHECKER).update(valid_to="2020-12-31")
    Outbox.objects.filter(kind="tell_applicant").update(given_up=True)

    check_up = by_night()

    assert told(check_up) == [("unstaffed", COUNTY, 1), ("item_missing", COUNTY, 3), ("job_given_up", "", 3)]
    missing = check_up.findings.get(kind="item_missing")
    assert (missing.title, missing.remedy) == (MISSING.title, MISSING.remedy)
    assert [one["subject"] for one in missing.examples] == [one.number for one in hurt]
    assert "请在桃江县任命一名发放复核" in check_up.findings.get(kind="unstaffed").examples[0]["remedy"]


def test_of_very_many_only_the_first_are_kept_and_all_are_counted(
    ward: World, sql: Sql, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checkups, "EXAMPLES", 2)
    lose_items(sql, *(case(ward, "township") for _ in range(3)))
    (found,) = by_night().findings.all()
    assert (found.total, len(found.examples)) == (3, 2)


def test_every_county_with_an_office_or_a_case_is_looked_at_and_then_the_installation(ward: World) -> None:
    factories.OfficeFactory(division_id="430102")
    Office.objects.filter(division_id=COUNTY).exclude(posts__isnull=False).delete()
    check_up = by_night()
    assert check_up.places == ["430102", COUNTY, ""]
    parts = [(place, examination.name) for place, examination in checkups.parts_of(check_up)]
    assert ("430102", "staff") in parts
    assert [name for place, name in parts if place == ""] == ["programmes", "other_chains", "sweep", "outbox"]
    assert len(parts) == check_up.done


def test_it_is_done_in_pieces_each_a_job_of_its_own(ward: World, sql: Sql, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checkups, "SECONDS_AT_A_TIME", 0.0)
    lose_items(sql, case(ward, "township"))
    check_up = by_night()
    assert check_up.finished_at is not None
    assert told(check_up) == [("item_missing", COUNTY, 1)]
    pieces = Outbox.objects.filter(kind=checkups.KIND)
    assert pieces.count() == len(EXAMINATIONS)
    assert not pieces.filter(done_at__isnull=True).exists()


def test_a_piece_that_comes_twice_is_done_once(ward: World, sql: Sql, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checkups, "SECONDS_AT_A_TIME", 0.0)
    lose_items(sql, case(ward, "township"))
    jobs.nightly("nightly", {"day": DAY.isoformat()})
    first = Outbox.objects.get(kind=checkups.KIND)
    for _time in range(3):
        HANDLERS[checkups.KIND](first.key, first.payload)
    check_up = CheckUp.objects.get()
    assert check_up.done == 1
    assert Outbox.objects.filter(kind=checkups.KIND).count() == 2
    drain(HANDLERS)
    assert told(check_up) == [("item_missing", COUNTY, 1)]


def test_a_night_that_comes_twice_is_one(ward: World) -> None:
    by_night()
    by_night()
    assert CheckUp.objects.count() == 1


def test_what_was_found_two_months_ago_is_thrown_away(ward: World, sql: Sql) -> None:
    lose_items(sql, case(ward, "township"))
    old, lately = by_night(datetime.date(2026, 9, 1)), by_night(datetime.date(2026, 11, 1))
    CheckUp.objects.filter(pk=old.pk).update(begun_at=now() - datetime.timedelta(days=61))
    tonight = by_night()
    assert set(CheckUp.objects.all()) == {lately, tonight}
    assert set(CheckUpFinding.objects.values_list("check_up", flat=True)) == {lately.pk, tonight.pk}


# -- asked for ---------------------------------------------------------------------------------------------------------


def test_who_asks_is_given_a_check_up_of_their_places(ward: World) -> None:
    factories.OfficeFactory(division_id="430102")
    asked = checkups.ask_for([COUNTY], by=ward.by(Role.ADMINISTRATOR), key=KEY)
    assert (asked.scope, asked.places, asked.asked_by) == ([COUNTY], [COUNTY, ""], ward.by(Role.ADMINISTRATOR))
    drain(HANDLERS)
    asked.refresh_from_db()
    assert asked.finished_at is not None


def test_the_same_form_twice_asks_once(ward: World) -> None:
    by = ward.by(Role.ADMINISTRATOR)
    assert checkups.ask_for([COUNTY], by=by, key=KEY) == checkups.ask_for([COUNTY], by=by, key=KEY)
    assert Outbox.objects.filter(kind=checkups.KIND).count() == 1
    drain(HANDLERS)
    assert checkups.ask_for([COUNTY], by=by, key=KEY).finished_at is not None


def test_while_one_is_under_way_another_is_not_begun(ward: World) -> None:
    by = ward.by(Role.ADMINISTRATOR)
    checkups.ask_for([COUNTY], by=by, key=KEY)
    with pytest.raises(NotAllowed, match="还在进行"):
        checkups.ask_for([COUNTY], by=by, key="another")
    assert checkups.ask_for(["43"], by=by, key="wider").scope == ["43"]
    drain(HANDLERS)
    assert checkups.ask_for([COUNTY], by=by, key="afterwards").finished_at is None


def test_one_that_never_finished_stands_in_nobodys_way_for_longer_than_an_hour(ward: World) -> None:
    by = ward.by(Role.ADMINISTRATOR)
    stuck = checkups.ask_for([COUNTY], by=by, key=KEY)
    CheckUp.objects.filter(pk=stuck.pk).update(begun_at=now() - datetime.timedelta(hours=2))
    assert checkups.ask_for([COUNTY], by=by, key="again") != stuck


@pytest.mark.parametrize(
    ("scope", "codes", "answer"),
    [
        ([""], ["430922"], True),
        (["43"], ["430922", "430102"], True),
        (["430922"], ["430922", "430102"], False),
        (["430922"], ["43"], False),
    ],
)
def test_a_check_up_covers_what_lies_within_what_it_was_asked_for(
    scope: list[str], codes: list[str], answer: bool
) -> None:
    assert checkups.covers(CheckUp(scope=scope), codes) is answer


# -- when the look itself fails ----------------------------------------------------------------------------------------


def failing(problem: Exception, name: str = "unfinished") -> tuple[Any, ...]:
    """The examinations, one of which finds something and then fails."""

    def find(scope: Scope) -> Iterator[Finding]:
        yield Finding(MISSING, "HL1", COUNTY, "HL1")
        raise problem

    return tuple(replace(one, find=find) if one.name == name else one for one in EXAMINATIONS)


def test_an_examination_that_fails_is_told_and_the_others_go_on(
    ward: World, sql: Sql, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    hurt = case(ward, "township")
    sql("UPDATE casework_case SET stage = 'accepted' WHERE id = %s", hurt.pk)
    monkeypatch.setattr(checkups, "EXAMINATIONS", failing(ZeroDivisionError("向冬 of 桃江")))
    check_up = by_night()
    assert check_up.finished_at is not None
    assert told(check_up) == [("failed_unfinished", COUNTY, 1), ("stage_apart", COUNTY, 1)]
    assert check_up.findings.get(kind="failed_unfinished").examples[0]["sentence"] == "案件与待办：ZeroDivisionError"


def test_a_database_that_does_not_answer_is_asked_again_later(ward: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checkups, "EXAMINATIONS", failing(OperationalError("server closed the connection")))
    checkups.begin_nightly(DAY)
    assert drain(HANDLERS) == 0
    check_up = CheckUp.objects.get()
    assert (check_up.done, check_up.finished_at, told(check_up)) == (0, None, [])
    monkeypatch.undo()
    Outbox.objects.update(run_at=now())
    drain(HANDLERS)
    check_up.refresh_from_db()
    assert check_up.finished_at is not None
