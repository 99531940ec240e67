"""Bringing a log in: through the gateway and its law, once, all of it or a part that can be gone on with."""

from __future__ import annotations

import datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.hashers import is_password_usable
from django.db import connection
from django.test.utils import CaptureQueriesContext

from casework import identity
from casework.models import (
    Case,
    Decision,
    Division,
    Event,
    Office,
    Participation,
    Post,
    ReplayedLog,
    Role,
    Staff,
    Stage,
    WorkItem,
)
from tests.workflows.replay.logs import ASKED, SMALL, ZONE, Trace, instant, log, plain, put, read, sequences
from tests.workflows.replay.logs import Event as Said
from tests.world import COUNTY, World
from workflows import trail
from workflows.archived.programme import build
from workflows.ledger import Ledger
from workflows.perform import perform
from workflows.programme import Programme
from workflows.refusals import NotYourPost, Recused
from workflows.replay import bringing_in, setting_down
from workflows.replay.archive import nobody
from workflows.replay.bringing_in import Asked, bring_in
from workflows.replay.comparing import compare
from workflows.replay.looking_back import past_cases
from workflows.replay.problems import AnotherRun, FileChanged, NoOffice, NotProved, UnreadableLog
from workflows.replay.setting_down import SettingDown, chunks

MANY = log(*(plain(f"case {number}", "abcd"[: number % 4 + 1]) for number in range(40)))


def cases_of(row: ReplayedLog) -> list[Case]:
    return list(Case.objects.filter(programme=row.slug).order_by("pk"))


@pytest.fixture
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(setting_down, "CASES_A_CHUNK", 7)


# -- what is left -----------------------------------------------------------------------------------------------------


def test_every_event_is_a_decision_a_finished_work_item_and_a_line_of_the_trail_at_its_time(
    world: World, tmp_path: Path
) -> None:
    row = bring_in(put(tmp_path, SMALL), ASKED).log
    first = cases_of(row)[0]
    times = [datetime.datetime(2020, 5, 4, hour, tzinfo=ZONE) for hour in (10, 11, 12, 13)]

    assert [(decision.step, decision.outcome, decision.at) for decision in Decision.objects.filter(case=first)] == [
        (step, outcome, at)
        for step, outcome, at in zip(("a1", "a2", "a3", "a4"), ("to_a2", "to_a3", "to_a4", "ends"), times, strict=True)
    ]
    items = list(WorkItem.objects.filter(process=first).order_by("pk"))
    assert [(item.created, item.finished, item.due_at) for item in items] == [
        (times[0], times[0], times[0]),
        *((before, at, at) for before, at in pairwise(times)),
    ]
    events = list(Event.objects.filter(chain=first.number))
    assert [(event.action, event.at) for event in events] == [
        ("brought_in", times[0]),
        *(("decided", at) for at in times),
        ("closed", times[-1]),
    ]
    assert {item.owner for item in items} == {row.archivist}
    assert [part.capacity for part in Participation.objects.filter(case=first)] == ["record"]
    assert list(trail.breaks()) == []


def test_a_case_ends_in_the_archive_with_its_old_number_and_no_applicant(world: World, tmp_path: Path) -> None:
    row = bring_in(put(tmp_path, SMALL), ASKED).log

    for case in cases_of(row):
        assert (case.stage, case.status, case.amount, case.payee_account) == (Stage.ARCHIVED, "DONE", None, None)
        assert case.number.startswith(f"LS{COUNTY}")
        assert case.created == case.finished or case.created < case.finished
    assert [case.facts for case in cases_of(row)] == [
        {"external_id": name} for name in ("one", "two", "three", "four", "five")
    ]
    (applicant,) = {case.applicant for case in cases_of(row)}
    number = applicant.identity_number.reveal()  # type: ignore[attr-defined]  # read afresh it is sealed
    assert number.startswith("99")
    assert not identity.is_valid(number)


def test_nothing_leads_from_the_archive_and_no_step_of_it_to_money(world: World, tmp_path: Path) -> None:
    row = bring_in(put(tmp_path, SMALL), ASKED).log
    case = cases_of(row)[0]

    verbs = {outcome.moves for step in case.flow_class.steps() for outcome in step.outcomes.values()}
    assert verbs == {"set_down"}
    assert not list(case.get_available_stage_transitions())


def test_what_the_log_says_of_people_is_not_kept(world: World, tmp_path: Path) -> None:
    more = '<string key="org:resource" value="Jan de Vries"/><string key="note" value="ill since May"/>'
    row = bring_in(put(tmp_path, log(Trace("1", [Said("a", more=more)], more=more))), ASKED).log

    for model in (Case, Decision, Event, WorkItem, ReplayedLog, Staff):
        rows = repr(list(model.objects.values()))  # type: ignore[attr-defined]  # each has a manager
        assert "Vries" not in rows
        assert "ill since" not in rows
    assert cases_of(row)


def test_an_event_without_a_time_is_set_down_at_the_time_of_the_one_before(world: World, tmp_path: Path) -> None:
    known = ["2020-05-04T10:00:00Z", "2020-05-05T10:00:00Z"]
    events = [Said("a", None), Said("b", known[0]), Said("c", None), Said("d", known[1]), Said("e", None)]
    row = bring_in(put(tmp_path, log(Trace("1", events), Trace("2", [Said("a", None)]))), ASKED).log
    timed, untimed = cases_of(row)

    assert [decision.at for decision in Decision.objects.filter(case=timed)] == [
        instant(known[number]) for number in (0, 0, 0, 1, 1)
    ]
    assert [decision.at for decision in Decision.objects.filter(case=untimed)] == [row.begun]
    assert [event.moment is None for event in next(past_cases(row)).events] == [True, False, True, False, True]


def test_a_case_of_which_there_is_nothing_is_a_case_all_the_same(world: World, tmp_path: Path) -> None:
    row = bring_in(put(tmp_path, log(Trace("empty", []), plain("1", "a"), Trace("also", []))), ASKED).log

    assert [case.stage for case in cases_of(row)] == [Stage.ARCHIVED] * 3
    assert next(past_cases(row)).events == []
    assert sequences(list(past_cases(row))) == [[], ["a"], []]


def test_the_log_itself_stands_in_the_trail(world: World, tmp_path: Path) -> None:
    row = bring_in(put(tmp_path, SMALL), ASKED).log

    (event,) = Event.objects.filter(chain=row.slug)
    assert event.action == "log_replayed"
    assert event.details == {"log": row.digest, "cases": 5, "events": 14, "activities": 4}


# -- by whom ----------------------------------------------------------------------------------------------------------


def test_the_archivists_account_is_nobodys_and_may_do_nothing_else(world: World, tmp_path: Path) -> None:
    row = bring_in(put(tmp_path, SMALL), ASKED).log

    assert not is_password_usable(row.archivist.password)
    assert [(post.role, post.office.division_id) for post in row.archivist.posts.all()] == [(Role.ARCHIVIST, COUNTY)]
    for step in ("intake", "village"):
        item = WorkItem.objects.get(process=world.case(at=step), finished=None)
        with pytest.raises(NotYourPost):
            perform(item.pk, "accept" if step == "intake" else "pass", by=row.archivist, note="看过")


def test_without_the_post_nothing_is_set_down(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workflows.replay.bringing_in.archivist_of", lambda county, slug: _without_post(slug))
    with pytest.raises(NotYourPost):
        bring_in(put(tmp_path, SMALL), ASKED)
    assert not Case.objects.exists()


def _without_post(slug: str) -> Staff:
    staff = Staff.objects.filter(username=slug).first() or Staff.objects.create_user(slug, "某人")
    office = Office.objects.get(division_id=COUNTY)
    ended = datetime.date(2020, 1, 1)
    Post.objects.get_or_create(staff=staff, office=office, role=Role.ARCHIVIST, valid_from=ended, valid_to=ended)
    return staff


def test_an_archivist_who_must_keep_out_sets_nothing_down(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every guard of the gateway is asked: here whether the applicant is themselves."""
    whole = setting_down.standing

    def kin(*args: Any) -> Any:
        seen = whole(*args)
        seen.recused = True
        return seen

    monkeypatch.setattr(setting_down, "standing", kin)
    with pytest.raises(Recused):
        bring_in(put(tmp_path, SMALL), ASKED)
    assert not Case.objects.exists()


def test_the_county_is_the_first_that_has_an_office_or_the_one_that_is_named(world: World, tmp_path: Path) -> None:
    Office.objects.create(division_id="430102", name="芙蓉区协会", valid_from=datetime.date(2020, 1, 1))

    assert bring_in(put(tmp_path, SMALL), ASKED).log.division_id == "430102"
    assert bring_in(put(tmp_path, MANY), Asked(ZONE, COUNTY)).log.division_id == COUNTY


@pytest.mark.parametrize(("code", "sentence"), [("430102", "芙蓉区还没有机构"), ("43", "没有代码"), ("NA", "没有代码")])
def test_a_county_without_an_office_takes_nothing(world: World, tmp_path: Path, code: str, sentence: str) -> None:
    with pytest.raises(NoOffice, match=sentence):
        bring_in(put(tmp_path, SMALL), Asked(ZONE, code))
    assert not ReplayedLog.objects.exists()


def test_where_no_county_has_an_office_nothing_is_taken(db: None, tmp_path: Path) -> None:
    assert not Division.objects.exists()
    with pytest.raises(NoOffice, match="还没有一个县设了机构"):
        bring_in(put(tmp_path, SMALL), ASKED)


# -- once, and to the end ---------------------------------------------------------------------------------------------


def test_the_same_log_twice_is_one_log_packed_or_not(world: World, tmp_path: Path) -> None:
    first = bring_in(put(tmp_path, SMALL), ASKED)
    again = bring_in(put(tmp_path, SMALL, "other name.xes.gz"), ASKED)

    assert (first.repeated, again.repeated) == (False, True)
    assert again.log == first.log
    assert (Case.objects.count(), ReplayedLog.objects.count()) == (5, 1)


@pytest.mark.parametrize(
    ("asked", "how"),
    [
        (Asked(ZONE, lifecycle="complete"), "不写 --lifecycle"),
        (Asked(ZONE.__class__("Asia/Shanghai")), "--zone Europe/Amsterdam"),
        (Asked(ZONE, "430102"), f"--division {COUNTY}"),
    ],
)
def test_the_same_log_in_another_way_is_refused(world: World, tmp_path: Path, asked: Asked, how: str) -> None:
    bring_in(put(tmp_path, SMALL), ASKED)
    Office.objects.create(division_id="430102", name="芙蓉区协会", valid_from=datetime.date(2020, 1, 1))

    with pytest.raises(AnotherRun, match=how):
        bring_in(put(tmp_path, SMALL), asked)


def test_a_log_that_breaks_off_leaves_nothing(world: World, tmp_path: Path) -> None:
    with pytest.raises(UnreadableLog):
        bring_in(put(tmp_path, MANY[: len(MANY) // 2]), ASKED)

    assert (Case.objects.count(), ReplayedLog.objects.count(), Event.objects.count()) == (0, 0, 0)


def test_a_flow_that_does_not_hold_takes_no_case(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No log can make one; a fault of ours could."""

    def built_wrong(*args: Any) -> Programme:
        programme = build(*args)
        programme.flow.steps()[0].role = Role.INTAKE_CLERK
        return programme

    monkeypatch.setattr(bringing_in, "build", built_wrong)
    with pytest.raises(NotProved, match="法律不许这个岗位说“set_down”（只许“档案员”）"):
        bring_in(put(tmp_path, SMALL), ASKED)
    assert not ReplayedLog.objects.exists()


def test_a_log_without_a_case_is_refused(world: World, tmp_path: Path) -> None:
    with pytest.raises(UnreadableLog, match="一件案件也没有"):
        bring_in(put(tmp_path, log()), ASKED)


@pytest.mark.usefixtures("small_chunks")
@pytest.mark.parametrize("chunk", [1, 2, 6])
def test_a_run_that_was_interrupted_is_gone_on_with_and_nothing_is_there_twice(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, chunk: int
) -> None:
    path, written = put(tmp_path, MANY), Ledger.write
    calls: list[Ledger] = []

    def breaks_off(ledger: Ledger) -> None:
        calls.append(ledger)
        written(ledger)
        if len(calls) == chunk:
            raise KeyboardInterrupt

    monkeypatch.setattr(Ledger, "write", breaks_off)
    with pytest.raises(KeyboardInterrupt):
        bring_in(path, ASKED)
    row = ReplayedLog.objects.get()
    assert (row.cases_done, row.finished) == (7 * (chunk - 1), None)
    assert Case.objects.count() == row.cases_done

    monkeypatch.setattr(Ledger, "write", written)
    found = bring_in(path, ASKED)

    assert found.begun_at == 7 * (chunk - 1) + 1
    assert not found.repeated
    assert found.log.finished is not None
    assert compare(path, found.log).difference == ""
    assert len({case.number for case in cases_of(found.log)}) == 40
    assert list(trail.breaks()) == []


@pytest.mark.usefixtures("small_chunks")
def test_two_runs_at_once_set_nothing_down_twice(world: World, tmp_path: Path) -> None:
    """The other run goes all the way while this one is between two chunks."""
    path = put(tmp_path, MANY)
    ended = []

    def meanwhile(done: int, of: int) -> None:
        if not ended:
            ended.append(bring_in(path, ASKED))

    with pytest.raises(AnotherRun, match="两边都没有重复"):
        bring_in(path, ASKED, told=meanwhile)

    assert compare(path, ended[0].log).difference == ""
    assert Case.objects.count() == 40


@pytest.mark.usefixtures("small_chunks")
def test_a_file_that_changes_on_the_way_is_found_out_before_more_is_set_down(world: World, tmp_path: Path) -> None:
    path = put(tmp_path, MANY)

    def meanwhile(done: int, of: int) -> None:
        put(tmp_path, MANY.replace(b"case 39", b"case 38"))

    with pytest.raises(FileChanged, match="换回原来的文件"):
        bring_in(path, ASKED, told=meanwhile)
    assert (ReplayedLog.objects.get().cases_done, Case.objects.count()) == (7, 7)

    found = bring_in(put(tmp_path, MANY), ASKED)
    assert compare(path, found.log).difference == ""


@pytest.mark.parametrize("activities", ["x", "ba", "ab", "dd", ""])
def test_a_case_the_log_does_not_hold_is_not_set_down(world: World, tmp_path: Path, activities: str) -> None:
    path = put(tmp_path, SMALL)
    row = bring_in(path, ASKED).log
    row.cases_done = 0
    other = put(tmp_path, log(plain("1", activities)), "other.xes")

    with pytest.raises(FileChanged):
        list(SettingDown(row, nobody()).take_all(read(other)))
    assert Case.objects.count() == 5


# -- how much at once -------------------------------------------------------------------------------------------------


def test_a_chunk_is_whole_cases_and_as_many_as_make_a_transaction(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(setting_down, "EVENTS_A_CHUNK", 10)
    monkeypatch.setattr(setting_down, "CASES_A_CHUNK", 3)
    sizes = [4, 4, 4, 30, 1, 1, 1, 1]
    made = [setting_down.PastCase(number, None, [None] * size) for number, size in enumerate(sizes, 1)]  # type: ignore[list-item]  # only counted

    assert [[case.number for case in chunk] for chunk in chunks(made)] == [[1, 2, 3], [4], [5, 6, 7], [8]]


def test_a_chunk_of_many_cases_takes_as_many_statements_as_one_of_few(world: World, tmp_path: Path) -> None:
    def statements(count: int) -> int:
        path = put(tmp_path, log(*(plain(f"{count}-{number}", "abc") for number in range(count))))
        with CaptureQueriesContext(connection) as captured:
            bring_in(path, ASKED)
        return len(captured)

    statements(1)  # what every log needs, and the applicant who is nobody
    assert statements(60) == statements(30)


def test_the_graph_of_a_log_is_read_as_often_however_many_its_chunks_are(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a log of hundreds of activities it is megabytes."""

    def graphs_read(cases_a_chunk: int, name: str) -> int:
        monkeypatch.setattr(setting_down, "CASES_A_CHUNK", cases_a_chunk)
        path = put(tmp_path, log(plain(name, "ab"), *(plain(str(number), "ab") for number in range(8))))
        with CaptureQueriesContext(connection) as captured:
            bring_in(path, ASKED)
        told = [query["sql"] for query in captured.captured_queries]
        return sum(sql.startswith("SELECT") and '"casework_replayedlog"."shape"' in sql for sql in told)

    assert graphs_read(1, "one by one") == graphs_read(100, "all at once") > 0
