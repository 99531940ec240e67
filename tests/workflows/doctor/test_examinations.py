"""How the examinations look: at their own county, in a few statements, at a sample that moves on."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import now
from hypothesis import HealthCheck, given, settings

from casework.models import Case, Evidence, Role, Stage
from tests.back_door import Sql
from tests.workflows import invariants
from tests.workflows.doctor.ward import case, found, put_in_file, scope
from tests.workflows.second_thoughts.stories import fresh, longer, remitted, say
from tests.workflows.walk import WALKS, Walk, county_at_work, hired
from tests.world import COUNTY, World
from workflows import jobs
from workflows.doctor import EXAMINATIONS, Examination, files
from workflows.doctor.files import FILES
from workflows.papers.sheets import file_store
from workflows.trail import ACTIONS

A_BATCH_OR_CHAIN_AT_A_TIME = {"batches", "chains", "other_chains"}


def statements(examination: Examination) -> int:
    with CaptureQueriesContext(connection) as seen:
        list(examination.find(scope()))
    return len(seen)


@pytest.mark.parametrize("examination", EXAMINATIONS, ids=lambda one: one.name)
def test_ten_times_as_many_cases_take_no_more_statements(ward: World, examination: Examination) -> None:
    case(ward, "township")
    few = statements(examination)
    for _ in range(9):
        case(ward, "township")
    assert statements(examination) == few


def test_what_lies_in_another_county_is_not_this_ones(ward: World, sql: Sql) -> None:
    hurt = case(ward, "township")
    sql("DELETE FROM casework_workitem WHERE process_id = %s AND finished IS NULL", hurt.pk)
    assert found(place=COUNTY) == [("item_missing", hurt.number)]
    assert found(place="430102") == []


def test_every_finding_says_what_to_do(ward: World, sql: Sql) -> None:
    hurt = case(ward, "township")
    sql("UPDATE casework_case SET stage = 'accepted' WHERE id = %s", hurt.pk)
    findings = [finding for examination in EXAMINATIONS for finding in examination.find(scope())]
    assert [finding.what_to_do for finding in findings] == [
        "请停办这件案子，系统管理员核对案件轨迹和数据库备份，告知审计员"
    ]
    assert findings[0].county == COUNTY
    assert hurt.applicant.name not in findings[0].sentence


def test_a_sample_moves_on_so_that_every_file_has_its_day(ward: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "SAMPLE", 1)
    hurt = [case(ward, "township") for _ in range(3)]
    for one in hurt:
        file_store().delete(Evidence.objects.get(case=one).file)
    days = [now() + datetime.timedelta(days=ahead) for ahead in range(3)]

    seen = [[finding.subject for finding in FILES.find(scope(at=day, every_file=False))] for day in days]

    assert [len(one) for one in seen] == [1, 1, 1]
    assert {number for one in seen for number in one} == {one.number for one in hurt}


def test_a_paper_nobody_listed_is_told_too(ward: World, sql: Sql) -> None:
    hurt = case(ward, "township")
    sql("UPDATE casework_case SET papers = '{}' WHERE id = %s", hurt.pk)
    (finding,) = FILES.find(scope())
    assert finding.sentence == f"{hurt.number}：目录里有而找不到的0份，不在目录里的1份"


def test_examinations_and_kinds_have_names_of_their_own() -> None:
    assert len({examination.name for examination in EXAMINATIONS}) == len(EXAMINATIONS)
    assert "repaired" in ACTIONS
    assert set(jobs.DAILY) <= set(jobs.HANDLERS)


def test_whatever_people_do_the_doctor_finds_nothing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Random acts by random staff: no kind of damage is ever found, because none is done."""
    # What the walk itself promises is looked at elsewhere, act by act.
    monkeypatch.setattr(invariants, "check", lambda: None)
    staff = hired(world)
    county_at_work(world)

    @given(acts=WALKS)
    @settings(max_examples=6, suppress_health_check=list(HealthCheck))
    def go(acts: list[tuple[str, int, int, int]]) -> None:
        with transaction.atomic():
            walk = Walk(world, staff)
            for act in acts:
                walk.take(*act)
            for one in Case.objects.filter(evidence__isnull=True).exclude(papers={}):
                put_in_file(one)
            # People come and go on the walk: whether they are enough is another question.
            assert found(without=("staff",)) == []
            transaction.set_rollback(True)

    go()


def test_what_was_paid_stands_though_the_application_was_changed_since(world: World) -> None:
    county_at_work(world)
    again = longer(world, remitted(world, world.case("end")))
    say(again, "let_stand", world.by(Role.INTAKE_CLERK), "review_taken_back")
    closed = fresh(again)
    for one in Case.objects.filter(evidence__isnull=True).exclude(papers={}):
        put_in_file(one)

    assert (closed.stage, closed.signatures.get("verify") == closed.facts_digest) == (Stage.CLOSED, False)
    assert found(without=("staff",)) == []


def test_a_batch_is_gone_through_one_at_a_time(ward: World, django_assert_max_num_queries: Any) -> None:
    for _ in range(2):
        case(ward, "bank")
    with django_assert_max_num_queries(25):
        list(next(one for one in EXAMINATIONS if one.name == "batches").find(scope()))
