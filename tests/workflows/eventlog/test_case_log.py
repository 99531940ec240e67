"""Cases as traces: one complete event for each passage through a user task, in the order of the trail."""

from __future__ import annotations

import datetime
import sys
import xml.etree.ElementTree as ET
from io import BytesIO
from types import ModuleType
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from casework.models import Case, Decision, Event, Role, WorkItem
from tests.factories import StaffFactory
from tests.workflows.eventlog.xes_rules import faults
from tests.workflows.paper_flows import programme_of, step
from tests.world import COUNTY, TOWNSHIP, VILLAGE, World, open_item, photographed
from workflows import registry, trail
from workflows.bpmn import to_bpmn
from workflows.bpmn.document import MODEL
from workflows.eventlog import case_files, case_log, pseudonyms, words
from workflows.eventlog.case_files import Scope
from workflows.eventlog.log import LogEvent, Trace
from workflows.eventlog.xes import write_xes
from workflows.flow import CaseFlow
from workflows.holding import claim, hand_over, release
from workflows.perform import perform
from workflows.standing import SYSTEM

NURSING = registry.programme("nursing_subsidy").flow
NUMBERS = ("NA", "", " ", "null", "<&>\"'", "㛃 䶮", "𠀀𪚥", "a\tb\nc", "_x0041_", "a\x1fb")


def traces(**scope: Any) -> list[Trace]:
    return list(case_log.traces(Scope(**scope)))


def trace_of(case: Case) -> Trace:
    (found,) = [trace for trace in traces() if trace.name == case.number]
    return found


def steps_of(trace: Trace) -> list[LogEvent]:
    return [event for event in trace.events if event.transition == "complete"]


def as_xes() -> bytes:
    file = BytesIO()
    write_xes(file, case_log.header(Scope()), case_log.traces(Scope()))
    return file.getvalue()


def user_tasks(flow: type[CaseFlow]) -> list[str | None]:
    return [task.get("name") for task in ET.fromstring(to_bpmn(flow)).iter(f"{{{MODEL}}}userTask")]


def test_a_case_that_went_the_whole_road_has_its_user_tasks_by_their_names_in_the_bpmn_file(world: World) -> None:
    case = world.case("end")

    names = [event.activity for event in steps_of(trace_of(case))]
    assert names == ["受理", "村级核实", "乡镇审核", "县级审批", "列入发放批次", "发放复核", "银行回盘"]
    assert set(names) <= set(user_tasks(NURSING))
    assert faults(as_xes()) == []


def test_each_step_says_who_where_as_what_and_what_came_of_it(world: World) -> None:
    case = world.case("end")

    village = steps_of(trace_of(case))[1]
    decision = Decision.objects.get(case=case, step="village")
    item = decision.work_item
    assert village.at == decision.at
    assert village.attributes == {
        "org:resource": pseudonyms.staff(world.by(Role.VILLAGE_VERIFIER).pk),
        "seq": 3,
        "step": "village",
        "org:role": "village_verifier",
        "org:group": VILLAGE,
        "outcome": "pass",
        "capacity": "verify",
        "stage_before": "accepted",
        "stage_after": "verified",
        "amount": decision.amount,
        "arrived": item.created,
        "due": item.due_at,
    }
    offices = [event.attributes["org:group"] for event in steps_of(trace_of(case))]
    assert offices == [COUNTY, VILLAGE, TOWNSHIP, COUNTY, COUNTY, COUNTY, COUNTY]


def test_a_trace_says_what_is_known_of_its_case(world: World) -> None:
    case = world.case("township")

    submitted = Event.objects.get(case=case, action="submitted").at
    assert trace_of(case).attributes == {
        "programme": "nursing_subsidy",
        "flow_version": 2,
        "terms_version": "2026-07-01",
        "division": VILLAGE,
        "applicant": pseudonyms.applicant(case.applicant_id),
        "applied_on": case_files.midnight(datetime.date(2026, 11, 2)),
        "stage": "verified",
        "submitted": submitted,
    }


def test_a_case_nobody_has_decided_on_is_a_trace_without_events(world: World) -> None:
    case = world.enter()

    assert list(trace_of(case).events) == []
    assert faults(as_xes()) == []


def test_a_step_gone_through_twice_is_there_twice_with_its_reasons(world: World) -> None:
    case = world.case("township")
    reviewer = world.by(Role.TOWNSHIP_REVIEWER)
    perform(open_item(case).pk, "send_back", by=reviewer, reasons=["check_again", "late"], note="请再去一次")
    perform(open_item(case).pk, "pass", by=world.by(Role.VILLAGE_VERIFIER), note="又去过了")

    told = [(event.attributes["step"], event.attributes["outcome"]) for event in steps_of(trace_of(case))]
    assert told == [("intake", "accept"), ("village", "pass"), ("township", "send_back"), ("village", "pass")]
    assert steps_of(trace_of(case))[2].attributes["reasons"] == "check_again late"


def test_who_took_a_step_up_stands_beside_it_and_complete_is_only_its_end(world: World) -> None:
    case = world.case("township")
    item, first = open_item(case), world.by(Role.TOWNSHIP_REVIEWER)
    second = StaffFactory(post=(Role.TOWNSHIP_REVIEWER, TOWNSHIP))
    claim(item.pk, by=first)
    hand_over(item.pk, by=first, to=second)
    release(item.pk, by=second)
    claim(item.pk, by=second)
    second.posts.update(valid_to=datetime.date(2020, 1, 1))
    claim(item.pk, by=first)
    perform(item.pk, "pass", by=first)

    at_township = [event for event in trace_of(case).events if event.attributes["step"] == "township"]
    told = [(event.activity, event.transition, event.attributes["org:resource"]) for event in at_township]
    one, other = pseudonyms.staff(first.pk), pseudonyms.staff(second.pk)
    assert told == [
        ("乡镇审核", "assign", one),
        ("乡镇审核", "reassign", one),
        ("乡镇审核", "unknown", other),
        ("乡镇审核", "assign", other),
        ("乡镇审核", "reassign", one),
        ("乡镇审核", "complete", one),
    ]
    assert at_township[1].attributes["to"] == other
    assert at_township[4].attributes["former"] == other
    assert {event.attributes["org:group"] for event in at_township} == {TOWNSHIP}
    assert Decision.objects.filter(case=case).count() == len(steps_of(trace_of(case)))
    assert faults(as_xes()) == []


def test_acts_that_are_no_work_on_a_step_are_no_events(world: World) -> None:
    case = world.case("end")
    trail.record_for_case(case.pk, "slip_printed", actor=SYSTEM, details={})

    assert {event.transition for event in trace_of(case).events} == {"complete"}


def test_a_case_goes_on_after_it_was_closed(world: World) -> None:
    case = world.case("end")
    details = {"step": "again", "outcome": "uphold", "from": "closed", "to": "closed"}
    trail.record_for_case(case.pk, "decided", actor=SYSTEM, details=details)

    last = steps_of(trace_of(case))[-1]
    assert (last.activity, last.attributes["org:resource"]) == ("again", "system")
    assert last.attributes["seq"] == Case.objects.get(pk=case.pk).trail_seq


def test_where_all_happened_in_one_instant_the_order_is_that_of_the_trail(world: World) -> None:
    with time_machine.travel(datetime.datetime(2026, 11, 20, 2, 0, tzinfo=datetime.UTC), tick=False):
        case = world.case("end")

    events = steps_of(trace_of(case))
    assert len({event.at for event in events}) == 1
    steps = ["intake", "village", "township", "county", "payment", "payment_check", "bank"]
    assert [event.attributes["step"] for event in events] == steps
    assert [event.attributes["seq"] for event in events] == [2, 3, 4, 5, 6, 7, 8]
    assert [event.attributes["org:role"] for event in events][:3] == [
        "intake_clerk",
        "village_verifier",
        "township_reviewer",
    ]


def test_order_is_that_of_the_trail_even_where_a_clock_went_back(world: World) -> None:
    case = world.case("township")
    early = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
    perform(open_item(case).pk, "pass", by=world.by(Role.TOWNSHIP_REVIEWER), at=early)

    events = steps_of(trace_of(case))
    assert events[-1].at == early and events[-1].activity == "乡镇审核"


def test_times_are_local_and_to_the_millisecond(world: World) -> None:
    with time_machine.travel(datetime.datetime(2026, 11, 20, 18, 30, 0, 7999, tzinfo=datetime.UTC), tick=False):
        world.case("village")

    assert b'<date key="time:timestamp" value="2026-11-21T02:30:00.007+08:00"/>' in as_xes()


@pytest.mark.parametrize("number", NUMBERS)
def test_a_case_of_any_number_survives(world: World, monkeypatch: pytest.MonkeyPatch, number: str) -> None:
    monkeypatch.setattr("tests.world.numbers.reserve", lambda *_: [number])
    case = world.case("township")

    assert [(trace.name, len(steps_of(trace))) for trace in traces()] == [(number, 2)]
    assert trace_of(case).name == number
    assert faults(as_xes()) == []


# -- flows that are gone, or others -----------------------------------------------------------------------------------


def test_a_step_is_called_by_its_code_where_the_flow_is_gone(world: World) -> None:
    case = world.case("township")
    Case.objects.update(flow_class="workflows/programmes.gone.flow.GoneFlow")
    WorkItem.objects.update(flow_task="gone/programmes.gone.flow.GoneFlow.village")

    assert [event.activity for event in steps_of(trace_of(case))] == ["intake", "village"]
    assert faults(as_xes()) == []


def test_a_step_is_called_as_in_the_very_flow_of_its_case(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Cases that began under an older version of the procedure keep its words."""
    older = ModuleType("workflows.programmes.nursing_subsidy.older")
    old_flow = programme_of(village=step("村里看看", "verify")).flow
    older.OlderFlow = old_flow  # type: ignore[attr-defined]  # a module made here
    monkeypatch.setitem(sys.modules, older.__name__, older)
    case, other = world.case("township"), world.case("township")
    Case.objects.filter(pk=case.pk).update(flow_class="workflows/programmes.nursing_subsidy.older.OlderFlow")

    assert [event.activity for event in steps_of(trace_of(case))] == ["受理", "村里看看"]
    assert [event.activity for event in steps_of(trace_of(other))] == ["受理", "村级核实"]


def test_no_step_is_called_like_an_act_that_is_no_step() -> None:
    titles = {title for programme in registry.programmes().values() for title in user_tasks(programme.flow)}

    assert titles & set(words.ACTIONS.values()) == set()


def test_every_registered_action_has_a_word() -> None:
    elsewhere = {"decided", "register_imported", "applications_imported", "line_corrected", "sheet_returned"}
    elsewhere |= {"keys_rotated", "log_replayed", "log_exported", "everything_handed_over"}
    chains = ("answers_", "claims_", "insurer_", "post_", "calendar_", "donation_", "policy_", "roster_", "notice_")
    chains += ("endorsement_", "round_", "team_", "visits_", "cover_", "terms_", "family_contacted")
    elsewhere |= {word for word in trail.ACTIONS if word.startswith(chains)}

    assert set(words.ACTIONS) == trail.ACTIONS - elsewhere
    assert words.of_action("retired_long_ago") == "retired_long_ago"


# -- which cases, and how they are read -------------------------------------------------------------------------------


def at(day: str) -> Any:
    return time_machine.travel(datetime.datetime.fromisoformat(f"{day}+08:00"), tick=False)


def test_since_a_day_means_whole_cases_that_anything_happened_to_since(world: World) -> None:
    with at("2026-11-01T23:59:59"):
        before, taken_up, printed = world.case("village"), world.case("village"), world.case("village")
    with at("2026-11-02T00:00:00"):
        photographed(taken_up)
        perform(open_item(taken_up).pk, "pass", by=world.by(Role.VILLAGE_VERIFIER), note="看过")
        trail.record_for_case(printed.pk, "slip_printed", actor=SYSTEM, details={})
    with at("2026-11-03T09:00:00"):
        fresh = world.enter()

    day = datetime.date(2026, 11, 2)
    found = {trace.name: len(list(trace.events)) for trace in traces(since=day)}
    assert found == {taken_up.number: 2, printed.number: 1, fresh.number: 0}
    assert {trace.name for trace in traces()} == {*found, before.number}
    assert traces(since=datetime.date(2026, 11, 4)) == []


def test_of_a_programme_means_its_cases_alone(world: World) -> None:
    case, other = world.enter(), world.enter()
    Case.objects.filter(pk=other.pk).update(programme="another")

    assert [trace.name for trace in traces(programme="nursing_subsidy")] == [case.number]
    assert b'<string key="programme" value="nursing_subsidy"/>' in _header(Scope("nursing_subsidy"))
    assert b'<date key="since" value="2026-11-02T00:00:00.000+08:00"/>' in _header(
        Scope("", datetime.date(2026, 11, 2))
    )


def _header(scope: Scope) -> bytes:
    file = BytesIO()
    write_xes(file, case_log.header(scope), [])
    assert faults(file.getvalue()) == []
    return file.getvalue()


def test_cases_are_read_in_chunks_and_only_when_they_are_asked_for(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(case_files, "AT_ONCE", 2)
    numbers = [world.enter().number for _ in range(5)]

    def trails_read(captured: CaptureQueriesContext) -> int:
        return sum('FROM "casework_event"' in query["sql"] for query in captured.captured_queries)

    with CaptureQueriesContext(connection) as captured:
        stream = case_log.traces(Scope())
        read = [trails_read(captured)]
        names = []
        for trace in stream:
            names.append(trace.name)
            read.append(trails_read(captured))
    assert names == numbers
    assert read == [0, 1, 1, 2, 2, 3]


def test_fewer_cases_are_read_at_once_the_longer_their_trails_are(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    for at in ("end", "intake", "township"):
        world.case(at)
    lengths = list(Case.objects.order_by("pk").values_list("trail_seq", flat=True))
    assert lengths[0] > lengths[2]
    read: list[int] = []
    files_of = case_files._files_of
    monkeypatch.setattr(case_files, "_files_of", lambda cases: read.append(len(cases)) or files_of(cases))

    together: list[list[int]] = []
    for most in (1, lengths[1] + lengths[2], sum(lengths)):
        monkeypatch.setattr(case_files, "EVENTS_AT_ONCE", most)
        read.clear()
        assert len(traces()) == 3
        together.append(list(read))
    assert together == [[1, 1, 1], [1, 2], [3]]


def test_a_chunk_of_cases_takes_five_statements_however_many_they_are(world: World) -> None:
    for _ in range(2):
        world.case("township")

    def statements() -> int:
        with CaptureQueriesContext(connection) as captured:
            traces()
        return len(captured.captured_queries)

    few = statements()
    for _ in range(3):
        world.case("township")
    assert statements() == few <= 5


def test_what_another_chain_of_the_same_name_holds_is_not_the_cases(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.world.numbers.reserve", lambda *_: ["keys"])
    case = world.case("village")
    details = {"step": "nobody's", "outcome": "x"}
    later = case.created + datetime.timedelta(days=40)
    Event.objects.create(chain="keys", seq=99, at=later, action="decided", details=details, hash="0" * 64)

    assert traces(since=later.date() - datetime.timedelta(days=1)) == []
    assert [event.attributes["step"] for event in steps_of(trace_of(case))] == ["intake"]
