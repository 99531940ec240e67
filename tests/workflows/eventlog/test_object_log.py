"""Cases, work items, decisions, batches and payments as objects: the same in both formats, and nothing dangles."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from casework.demo import bank
from casework.models import BatchLine, Case, Decision, Event, PaymentBatch, Role, WorkItem
from tests.workflows.eventlog.ocel_rules import Log, Thing, faults, read_json, read_sqlite
from tests.workflows.payments import story as paying
from tests.workflows.walk import ACTS, NUMBER, Walk, county_at_work, hired
from tests.world import COUNTY, World, open_item, photographed
from workflows import trail
from workflows.eventlog import declared, object_log, pseudonyms
from workflows.eventlog.case_files import Scope
from workflows.eventlog.ocel_json import write_ocel_json
from workflows.eventlog.ocel_sqlite import write_ocel_sqlite
from workflows.graph import something_waits_in
from workflows.holding import claim
from workflows.payments.bank_files import export_batch
from workflows.payments.batches import check_batch, draw_batch, lock_batch, remove_line, send_back_batch
from workflows.payments.returns import apply_return
from workflows.perform import perform
from workflows.standing import SYSTEM

Written = Callable[..., Log]


@pytest.fixture
def written(tmp_path: Path) -> Written:
    """The log of a scope, written in both formats, judged, and found to be the same in both."""
    numbers = count()

    def write(**scope: Any) -> Log:
        place = tmp_path / str(next(numbers))
        write_ocel_json(place.with_suffix(".json"), object_log.records(Scope(**scope)), declared.OBJECTS)
        write_ocel_sqlite(place.with_suffix(".sqlite"), object_log.records(Scope(**scope)), declared.OBJECTS)
        logs = [read_json(place.with_suffix(".json").read_bytes()), read_sqlite(place.with_suffix(".sqlite"))]
        for log in logs:
            assert faults(log) == []
        assert in_order(logs[0]) == in_order(logs[1])
        return logs[0]

    return write


def in_order(log: Log) -> tuple[Any, ...]:
    """A log as it compares: tables have no order of their own."""

    def plain(thing: Thing) -> tuple[Any, ...]:
        return thing.id, thing.type, thing.time, sorted(thing.values), sorted(thing.links)

    return log.event_types, log.object_types, sorted(map(plain, log.objects)), sorted(map(plain, log.events))


def thing(log: Log, key: str) -> Thing:
    (found,) = [each for each in [*log.objects, *log.events] if each.id == key]
    return found


def over_time(each: Thing, name: str) -> list[str]:
    return [value for key, value, _time in each.values if key == name]


def qualified(each: Thing, qualifier: str) -> list[str]:
    return sorted(target for target, how in each.links if how == qualifier)


def of_case(log: Log, case: Case) -> list[Thing]:
    events = [each for each in log.events if each.id.startswith(f"{case.number}#")]
    return sorted(events, key=lambda each: int(each.id.rpartition("#")[2]))


def test_everything_of_a_case_is_an_object_and_all_its_trail_an_event(world: World, written: Written) -> None:
    case = world.case("end")

    log = written()
    assert Counter(each.type for each in log.objects) == {
        "case": 1,
        "work_item": WorkItem.objects.count(),
        "decision": Decision.objects.count(),
        "batch": 1,
        "payment": 1,
    }
    chains = Event.objects.filter(chain__in=[case.number, f"batch:{PaymentBatch.objects.get().number}"])
    assert {each.id for each in log.events} == {f"{event.chain}#{event.seq}" for event in chains}
    told = [each.type for each in of_case(log, case)]
    steps = ["受理", "村级核实", "乡镇审核", "县级审批", "列入发放批次", "发放复核", "银行回盘"]
    assert told == ["提交申请", *steps, "案件办结"]


def test_a_step_ends_one_work_item_makes_one_decision_and_opens_the_next_item(world: World, written: Written) -> None:
    case = world.case("county")
    items = [f"item:{pk}" for pk in WorkItem.objects.order_by("pk").values_list("pk", flat=True)]
    decisions = [f"decision:{pk}" for pk in Decision.objects.order_by("pk").values_list("pk", flat=True)]

    log = written()
    events = of_case(log, case)
    assert [qualified(event, "ends") for event in events] == [[], items[:1], items[1:2], items[2:3]]
    assert [qualified(event, "opens") for event in events] == [items[:1], items[1:2], items[2:3], items[3:]]
    assert [qualified(event, "makes") for event in events] == [[], decisions[:1], decisions[1:2], decisions[2:]]
    assert all(qualified(event, "in") == [f"case:{case.number}"] for event in events)
    assert qualified(thing(log, items[0]), "step of") == [f"case:{case.number}"]
    assert qualified(thing(log, decisions[0]), "ends") == items[:1]
    assert [log.value(thing(log, item), "finished") is None for item in items] == [False, False, False, True]


def test_relations_hold_even_where_all_happened_in_one_instant(world: World, written: Written) -> None:
    with time_machine.travel(datetime.datetime(2026, 11, 20, 2, 0, tzinfo=datetime.UTC), tick=False):
        case = world.case("end")

    items = [f"item:{pk}" for pk in WorkItem.objects.order_by("pk").values_list("pk", flat=True)]
    log = written()
    events = of_case(log, case)
    assert [qualified(event, "ends") for event in events] == [[], *([item] for item in items), []]
    assert [qualified(event, "opens") for event in events] == [*([item] for item in items), [], []]


def test_the_stage_and_the_amount_of_a_case_have_their_times(world: World, written: Written) -> None:
    case = world.case("end")

    log = written()
    told = thing(log, f"case:{case.number}")
    road = ["submitted", "accepted", "verified", "reviewed", "approved", "payable", "paid", "closed"]
    assert over_time(told, "stage") == ["draft", *road[:6], "closed"] or over_time(told, "stage") == ["draft", *road]
    assert over_time(told, "amount") == [f"{case.amount:.2f}"]
    at = {value: time for key, value, time in told.values if key == "stage"}
    assert at["draft"] == "1970-01-01T00:00:00.000Z"
    assert at["verified"] == of_case(log, case)[2].time


def test_who_holds_an_item_is_told_by_pseudonym(world: World, written: Written) -> None:
    case = world.case("township")
    item, by = open_item(case), world.by(Role.TOWNSHIP_REVIEWER)
    claim(item.pk, by=by)

    log = written()
    (claimed,) = log.of_type("领取")
    assert qualified(claimed, "about") == [f"item:{item.pk}"]
    assert log.value(claimed, "resource") == pseudonyms.staff(by.pk)
    assert log.value(claimed, "step") == "township"


def test_a_claim_is_about_the_item_that_was_open_then(world: World, written: Written) -> None:
    case, verifier = world.case("village"), world.by(Role.VILLAGE_VERIFIER)
    for step in ("village", "township", "village"):
        claim(open_item(case).pk, by=verifier if step == "village" else world.by(Role.TOWNSHIP_REVIEWER))
        photographed(case)
        if step == "village":
            perform(open_item(case).pk, "pass", by=verifier, note="看过")
        else:
            perform(open_item(case).pk, "send_back", by=world.by(Role.TOWNSHIP_REVIEWER), reasons=["check_again"])

    items = [f"item:{pk}" for pk in WorkItem.objects.order_by("pk").values_list("pk", flat=True)]
    log = written()
    claims = [event for event in of_case(log, case) if event.type == "领取"]
    assert [qualified(event, "about") for event in claims] == [items[1:2], items[2:3], items[3:4]]


def test_who_claims_in_the_same_instant_opens_nothing(world: World, written: Written) -> None:
    with time_machine.travel(datetime.datetime(2026, 11, 20, 2, 0, tzinfo=datetime.UTC), tick=False):
        case = world.enter()
        claim(open_item(case).pk, by=world.by(Role.INTAKE_CLERK))
        perform(open_item(case).pk, "accept", by=world.by(Role.INTAKE_CLERK))

    items = [f"item:{pk}" for pk in WorkItem.objects.order_by("pk").values_list("pk", flat=True)]
    log = written()
    assert [qualified(event, "opens") for event in of_case(log, case)] == [items[:1], [], items[1:]]


def test_an_item_that_no_event_opened_keeps_no_other_from_its_own(world: World, written: Written) -> None:
    case = world.case("county")
    items = list(WorkItem.objects.order_by("pk"))
    WorkItem.objects.filter(pk=items[1].pk).update(created=items[1].created - datetime.timedelta(microseconds=1))

    log = written()
    opened = [qualified(event, "opens") for event in of_case(log, case)]
    assert opened == [[f"item:{items[0].pk}"], [], [f"item:{items[2].pk}"], [f"item:{items[3].pk}"]]


def test_an_act_of_the_system_is_the_systems(world: World, written: Written) -> None:
    world.case("end")

    log = written()
    (closed,) = log.of_type("案件办结")
    assert (log.value(closed, "resource"), log.value(closed, "stage_after")) == ("system", "closed")


# -- batches and payments ---------------------------------------------------------------------------------------------


def test_a_payment_is_pending_until_the_bank_has_answered(world: World, written: Written) -> None:
    batch = paying.exported(world, 2)
    sent = export_batch(batch, by=world.by(Role.PAYMENT_OFFICER), form="utf-8").data
    said = bank.answer(sent, on=datetime.date(2026, 11, 20), returned={2: "户名不符，联系人向某"})
    apply_return(batch, said, by=world.by(Role.PAYMENT_OFFICER))

    log = written()
    paid, returned = (thing(log, f"payment:{batch.number}/{line}") for line in (1, 2))
    assert over_time(paid, "state") == ["pending", "paid"]
    assert over_time(returned, "state") == ["pending", "returned"]
    case = BatchLine.objects.get(batch=batch, line_number=2).case
    assert dict(returned.links) == {f"case:{case.number}": "pays", f"batch:{batch.number}": "line of"}
    about = [event.type for event in of_case(log, case) if qualified(event, "concerns") == [returned.id]]
    assert about == ["列入发放批次", "发放复核", "银行回盘"]
    assert paying.fresh(batch).state == "answered"
    states = ["drawn", "checked", "locked", "exported", "answered"]
    assert over_time(thing(log, f"batch:{batch.number}"), "state") == states


def test_a_case_paid_the_second_time_is_about_its_second_payment(world: World, written: Written) -> None:
    first = paying.drawn(world, 1)
    send_back_batch(first, by=world.by(Role.PAYMENT_CHECKER))
    second = draw_batch(paying.PROGRAMME, COUNTY, by=world.by(Role.PAYMENT_OFFICER))

    log = written()
    case = Case.objects.get()
    about = [qualified(event, "concerns") for event in of_case(log, case)][-3:]
    one, other = f"payment:{first.number}/1", f"payment:{second.number}/1"
    assert about == [[one], [one], [other]]
    assert over_time(thing(log, one), "state") == ["pending", "removed"]
    assert over_time(thing(log, other), "state") == ["pending"]
    assert over_time(thing(log, f"batch:{first.number}"), "state") == ["drawn", "cancelled"]


def test_the_events_of_a_batch_are_about_what_was_in_it_then(world: World, written: Written) -> None:
    batch = paying.drawn(world, 3)
    remove_line(batch, 2, by=world.by(Role.PAYMENT_CHECKER))
    check_batch(batch, by=world.by(Role.PAYMENT_CHECKER))
    lock_batch(batch, by=world.by(Role.PAYMENT_OFFICER))

    log = written()
    lines = {line: f"payment:{batch.number}/{line}" for line in (1, 2, 3)}
    (drawn,), (refused,), (locked,) = (log.of_type(word) for word in ("批次编制", "批次退回", "批次锁定"))
    assert qualified(drawn, "includes") == list(lines.values())
    assert (qualified(refused, "takes out"), qualified(refused, "includes")) == ([lines[2]], [])
    assert qualified(locked, "includes") == [lines[1], lines[3]]
    assert all(qualified(event, "of") == [f"batch:{batch.number}"] for event in (drawn, refused, locked))
    assert over_time(thing(log, f"batch:{batch.number}"), "state") == ["drawn", "checked", "locked"]
    assert (log.value(drawn, "count"), log.value(locked, "count")) == ("3", "2")
    assert log.value(drawn, "resource") == pseudonyms.staff(world.by(Role.PAYMENT_OFFICER).pk)


def test_a_batch_is_answered_when_all_of_it_is(world: World, written: Written) -> None:
    batch = paying.exported(world, 2)
    apply_return(batch, paying.return_text(batch, only=[1]), by=world.by(Role.PAYMENT_OFFICER))

    log = written()
    assert over_time(thing(log, f"batch:{batch.number}"), "state")[-1] == "exported"
    assert over_time(thing(log, f"payment:{batch.number}/2"), "state") == ["pending"]
    apply_return(batch, paying.return_text(batch), by=world.by(Role.PAYMENT_OFFICER))
    assert over_time(thing(written(), f"batch:{batch.number}"), "state")[-1] == "answered"


def test_a_step_of_a_batch_that_is_not_here_has_no_payment(world: World, written: Written) -> None:
    """History brought in may say that a case was drawn, and know no line of it."""
    case = world.case("payment")
    details = {"step": "payment", "outcome": "draw", "transition": "schedule"}
    trail.record_for_case(case.pk, "decided", actor=SYSTEM, details=details)
    batch = draw_batch(paying.PROGRAMME, COUNTY, by=world.by(Role.PAYMENT_OFFICER))

    log = written()
    about = [qualified(event, "concerns") for event in of_case(log, case)]
    assert about[-2:] == [[], [f"payment:{batch.number}/1"]]


def test_the_file_for_the_bank_made_again_later_changes_no_state(world: World, written: Written) -> None:
    batch = paying.exported(world, 1)
    export_batch(batch, by=world.by(Role.PAYMENT_OFFICER), form="utf-8")

    log = written()
    assert len(log.of_type("批次送银行")) == 2
    assert over_time(thing(log, f"batch:{batch.number}"), "state") == ["drawn", "checked", "locked", "exported"]


def test_of_a_batch_only_the_payments_of_the_cases_in_scope_are_told(world: World, written: Written) -> None:
    with time_machine.travel(datetime.datetime(2026, 11, 2, 2, 0, tzinfo=datetime.UTC)):
        old = paying.drawn(world, 1)
        batch = paying.drawn(world, 2)
    with time_machine.travel(datetime.datetime(2026, 11, 9, 2, 0, tzinfo=datetime.UTC)):
        remove_line(batch, 2, by=world.by(Role.PAYMENT_CHECKER))

    log = written(since=datetime.date(2026, 11, 9))
    assert [each.id for each in log.of_type("payment")] == [f"payment:{batch.number}/2"]
    assert [each.id for each in log.of_type("batch")] == [f"batch:{batch.number}"]
    assert len(log.of_type("case")) == 1
    assert len(log.of_type("批次编制")) == 1
    assert old.number != batch.number and len(written().of_type("payment")) == 3
    assert written(since=datetime.date(2026, 11, 10)).objects == []
    assert len(written(programme="nursing_subsidy").of_type("batch")) == 2
    assert written(programme="another").events == []


# -- whatever has happened --------------------------------------------------------------------------------------------


SHORT_WALKS = st.lists(
    st.tuples(st.sampled_from([act.__name__ for act in ACTS]), NUMBER, NUMBER, NUMBER), min_size=12, max_size=12
)


def test_after_any_walk_every_reference_is_resolved_and_every_decision_told(world: World, written: Written) -> None:
    """`written` has judged both formats: no id twice, nothing undeclared, and every link leads to what is there."""
    staff = hired(world)
    county_at_work(world)

    @given(acts=SHORT_WALKS)
    @settings(max_examples=4, suppress_health_check=list(HealthCheck), phases=[Phase.generate], deadline=None)
    def go(acts: list[tuple[str, int, int, int]]) -> None:
        with transaction.atomic():
            walk = Walk(world, staff)
            for act in acts:
                walk.step(*act)
            tells_all_there_is(written())
            transaction.set_rollback(True)

    go()


def tells_all_there_is(log: Log) -> None:
    decided = Decision.objects.count()
    assert len(log.of_type("decision")) == decided
    assert sum(len(qualified(event, "makes")) for event in log.events) == decided
    assert sum(len(qualified(event, "ends")) for event in log.events) == decided
    # Nothing waits in a step by which an ended case is taken up: what ends it made it.
    waited = [item for item in WorkItem.objects.all() if something_waits_in(item.flow_task)]
    assert sum(len(qualified(event, "opens")) for event in log.events) == len(waited)
    stages = {each.id: over_time(each, "stage")[-1] for each in log.of_type("case")}
    assert stages == {f"case:{case.number}": case.stage for case in Case.objects.all()}
    lines = BatchLine.objects.select_related("batch")
    states = {f"payment:{line.batch.number}/{line.line_number}": line.state for line in lines}
    assert {each.id: over_time(each, "state")[-1] for each in log.of_type("payment")} == states
    batches = {f"batch:{batch.number}": batch.state for batch in PaymentBatch.objects.all()}
    assert {each.id: over_time(each, "state")[-1] for each in log.of_type("batch")} == batches


def test_an_event_without_its_rows_stands_alone(world: World, written: Written) -> None:
    case = world.case("village")
    details = {"step": ["no text"], "outcome": "x", "amount": "NaN", "reasons": "none", "to": "nowhere", "lines": 3}
    for seq, action in enumerate(("decided", "claimed", "retired_word"), start=50):
        at = datetime.datetime(2026, 11, 20, tzinfo=datetime.UTC)
        Event.objects.create(chain=case.number, case=case, seq=seq, at=at, action=action, details=details, hash="0")

    log = written()
    told = of_case(log, case)[-3:]
    assert [each.type for each in told] == ["", "领取", "retired_word"]
    assert [each.links for each in told] == [[(f"case:{case.number}", "in")]] * 3


@pytest.mark.parametrize("number", ["NA", "", " ", "<&>\"'", "㛃 䶮", "𠀀𪚥", "a\x1fb"])
def test_a_case_of_any_number_survives(
    world: World, written: Written, monkeypatch: pytest.MonkeyPatch, number: str
) -> None:
    monkeypatch.setattr("tests.world.numbers.reserve", lambda *_: [number])
    world.case("township")

    log = written()
    (case,) = log.of_type("case")
    assert case.id == "case:" + number.replace("\x1f", "_x001F_")
    assert all(event.links[0] == (case.id, "in") for event in log.events)
