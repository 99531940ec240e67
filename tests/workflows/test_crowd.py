"""Many alike in one go: how few statements it takes, and what happens when something goes wrong on the way."""

from __future__ import annotations

import gc
import logging
import uuid
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from django.db import DatabaseError, connection
from django.test.utils import CaptureQueriesContext

from casework.models import (
    Case,
    Decision,
    DeclaredRelative,
    Entitlement,
    Event,
    Pause,
    Role,
    Staff,
    WantedPaper,
    WorkItem,
)
from casework.rows import WORTH_COPYING
from notifications.models import Outbox
from tests.factories import PersonFactory, StaffFactory
from tests.workflows import invariants
from tests.workflows.crowds import STEPS
from tests.workflows.second_thoughts.stories import BILL, SUMMARY, brought, in_days, say, wanting
from tests.world import COUNTY, TOWNSHIP, World, open_item
from workflows import bulk, crowd
from workflows.bulk import Line, perform_many
from workflows.flow import Act
from workflows.holding import claim
from workflows.ledger import Ledger
from workflows.perform import perform
from workflows.refusals import NotAllowed

KEY = uuid.UUID(int=11)


@pytest.fixture
def approver(world: World) -> Staff:
    return world.by(Role.COUNTY_APPROVER)


def waiting(world: World, at: str, count: int) -> list[int]:
    return [open_item(world.case(at)).pk for _number in range(count)]


def own_key(item_id: int) -> str:
    return str(uuid.uuid5(KEY, str(item_id)))


def refusals(lines: Sequence[Line]) -> list[str]:
    return [line.refusal for line in lines]


def counted(item_ids: Sequence[int], outcome: str, by: Staff, **said: Any) -> int:
    """How many statements it took, all of them done."""
    with CaptureQueriesContext(connection) as sent:
        lines = perform_many(item_ids, outcome, by=by, key=KEY, **said)
    assert refusals(lines) == [""] * len(item_ids)
    return len(sent)


# -- how few ----------------------------------------------------------------------------------------------------------


def test_ten_more_take_no_more_statements(world: World, approver: Staff) -> None:
    few, many = waiting(world, "county", WORTH_COPYING), waiting(world, "county", WORTH_COPYING + 10)
    assert counted(few, "approve", approver) == counted(many, "approve", approver) <= 20
    assert invariants.broken() == []


def test_signing_again_and_taking_back_takes_no_more_for_more(world: World, approver: Staff) -> None:
    """A second round: the parts are there already, and are updated together."""
    items = waiting(world, "county", 6)
    assert counted(items, "send_back", approver, reasons=["check_again"]) <= 20
    cases = [WorkItem.objects.get(pk=item).process for item in items]
    reviewer = world.by(Role.TOWNSHIP_REVIEWER)
    few, many = [open_item(case).pk for case in cases[:2]], [open_item(case).pk for case in cases[2:]]
    assert counted(few, "pass", reviewer) == counted(many, "pass", reviewer)
    again = [open_item(case).pk for case in cases]
    assert counted(again[:2], "approve", approver) == counted(again[2:], "approve", approver)
    assert invariants.broken() == []


def test_who_is_refused_costs_no_statement_each(world: World, approver: Staff) -> None:
    """Held by colleagues, done already, recused: read for all of them at once."""

    def sent(count: int) -> int:
        held, done, kin = (waiting(world, "county", count) for _why in range(3))
        for item in held:
            claim(item, by=StaffFactory(post=(Role.COUNTY_APPROVER, COUNTY)))
        for item in done:
            perform(item, "approve", by=StaffFactory(post=(Role.COUNTY_APPROVER, COUNTY)))
        for item in WorkItem.objects.filter(pk__in=kin).select_related("process__applicant"):
            hashed = item.process.applicant.identity_hash
            given = {"relation": "妹妹", "declared_on": "2026-01-01"}
            DeclaredRelative.objects.create(staff=approver, identity_hash=hashed, **given)
        with CaptureQueriesContext(connection) as captured:
            lines = perform_many([*held, *done, *kin], "approve", by=approver, key=KEY)
        assert ["领取" in why or "没有重复办理" in why or "回避" in why for why in refusals(lines)] == [
            True
        ] * 3 * count
        return len(captured)

    assert sent(1) == sent(3) <= 10


@pytest.mark.parametrize(("step", "role", "outcome", "most"), [
    ("intake", Role.INTAKE_CLERK, "accept", 2), ("township", Role.TOWNSHIP_REVIEWER, "refuse", 4)
])  # fmt: skip
def test_what_may_change_the_applicants_other_cases_takes_a_few_each(
    world: World, step: str, role: str, outcome: str, most: int
) -> None:
    """What is judged is read for all at once; whether the benefit is held elsewhere, and what is freed, for each."""
    few, many = waiting(world, step, WORTH_COPYING), waiting(world, step, WORTH_COPYING + 4)
    sent = [counted(items, outcome, world.by(role), reasons=["late"]) for items in (few, many)]
    assert (sent[1] - sent[0]) / 4 <= most
    assert invariants.broken() == []


def test_what_is_asked_once_of_all_is_answered_for_all_in_no_statement_each(world: World) -> None:
    """A list of papers, a day of review: whether told before, told now, or stopped, in one ledger."""
    said = {"papers": [SUMMARY, BILL], "review_on": in_days(20)}
    for step, outcome, role in (
        ("intake", "ask_for_papers", Role.INTAKE_CLERK),
        ("township", "suspend", Role.TOWNSHIP_REVIEWER),
    ):
        few, many = waiting(world, step, WORTH_COPYING), waiting(world, step, WORTH_COPYING + 10)
        sent = [counted(some, outcome, world.by(role), reasons=["late"], values=said) for some in (few, many)]
        assert sent[0] == sent[1] <= 28, (outcome, sent)
    assert WantedPaper.objects.count() == 2 * (2 * WORTH_COPYING + 10)
    assert Pause.objects.filter(kind="suspension", review_on=in_days(20)).count() == 2 * WORTH_COPYING + 10
    assert invariants.broken() == []


def test_one_whom_the_answer_does_not_fit_is_told_and_the_others_are_done(world: World) -> None:
    """A list was answered in one of the cases: of that one it cannot be asked again."""
    told = wanting(world, (BILL,))
    say(told, "resubmit", world.by(Role.INTAKE_CLERK), ticks=brought(told))
    items = [open_item(told).pk, *waiting(world, "intake", 2)]
    said = {"reasons": ["papers_missing"], "key": KEY, "values": {"papers": (BILL, SUMMARY)}}
    lines = perform_many(items, "ask_for_papers", by=world.by(Role.INTAKE_CLERK), **said)
    assert ["“费用清单”以前已经告知并核对过" in line.refusal for line in lines] == [True, False, False]
    assert WantedPaper.objects.filter(case__stage="correction").count() == 4
    assert WantedPaper.objects.filter(case=told).count() == 1
    assert invariants.broken() == []


# -- when something goes wrong ----------------------------------------------------------------------------------------


def test_one_that_breaks_a_constraint_is_refused_and_the_others_are_done(
    world: World, approver: Staff, caplog: pytest.LogCaptureFixture
) -> None:
    """The key of the second was used for another case: only the database knows."""
    items, other = waiting(world, "county", 3), open_item(world.case("township"))
    perform(other.pk, "pass", by=world.by(Role.TOWNSHIP_REVIEWER), key=own_key(items[1]))
    with caplog.at_level(logging.WARNING, "nuanxin.bulk"):
        lines = perform_many(items, "approve", by=approver, key=KEY)
    assert [bool(line.receipt) for line in lines] == [True, False, True]
    assert "已经提交过另一件案子" in lines[1].refusal
    assert Decision.objects.filter(outcome="approve").count() == 2
    assert "3 together undone by IntegrityError" in caplog.text
    assert invariants.broken() == []


def test_a_consequence_that_refuses_after_it_wrote_leaves_nothing_and_stops_no_other(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    reviewer, items = world.by(Role.TOWNSHIP_REVIEWER), waiting(world, "township", 3)
    unlucky = WorkItem.objects.get(pk=items[1]).process

    def writes_and_refuses(act: Act) -> None:
        Entitlement.objects.filter(case_id=act.case.pk).update(live=False)
        if act.case.pk == unlucky.pk:
            raise NotAllowed("上级已冻结。")

    step = STEPS["township"]
    monkeypatch.setitem(step.outcomes, "refuse", replace(step.outcomes["refuse"], then=(writes_and_refuses,)))
    lines = perform_many(items, "refuse", by=reviewer, reasons=["late"], key=KEY)
    assert refusals(lines) == ["", "上级已冻结。", ""]
    assert Entitlement.objects.get(case=unlucky).live
    assert list(Case.objects.order_by("pk").values_list("stage", flat=True)) == ["rejected", "verified", "rejected"]
    assert Entitlement.objects.filter(live=True).count() == 1
    assert invariants.broken() == []


def test_cut_off_in_the_middle_nothing_has_happened_and_it_can_be_sent_again(
    world: World, approver: Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    items = waiting(world, "county", 3)
    tables = (Decision, Event, WorkItem, Outbox)
    before = [model._default_manager.count() for model in tables]

    class PowerCut(BaseException):
        pass

    def cut(ledger: Ledger) -> None:
        Ledger_write(ledger)
        raise PowerCut

    Ledger_write = Ledger.write
    with monkeypatch.context() as patched:
        patched.setattr(Ledger, "write", cut)
        with pytest.raises(PowerCut):
            perform_many(items, "approve", by=approver, key=KEY)
    assert [model._default_manager.count() for model in tables] == before
    assert counted(items, "approve", approver) <= 20
    lines = perform_many(items, "approve", by=approver, key=KEY)
    assert [line.receipt.repeated for line in lines if line.receipt] == [True] * 3
    assert invariants.broken() == []


def test_a_database_that_fails_once_is_asked_again_for_each(
    world: World, approver: Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise DatabaseError("deadlock detected")

    items = waiting(world, "county", 2)
    monkeypatch.setattr(crowd, "standings", fails)
    assert refusals(perform_many(items, "approve", by=approver, key=KEY)) == ["", ""]
    assert invariants.broken() == []


def test_python_looks_for_garbage_again_whatever_happened(
    world: World, approver: Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[bool] = []
    decide = crowd._decide

    def watched(*given: Any) -> Any:
        looked.append(gc.isenabled())
        return decide(*given)

    monkeypatch.setattr(crowd, "_decide", watched)
    counted(waiting(world, "county", 1), "approve", approver)
    assert looked == [False] and gc.isenabled()
    monkeypatch.setattr(crowd, "_decide", lambda *_: 1 / 0)
    counted(waiting(world, "county", 1), "approve", approver)
    assert gc.isenabled()
    gc.disable()
    try:
        counted(waiting(world, "county", 1), "approve", approver)
        assert not gc.isenabled()
    finally:
        gc.enable()


# -- the cases of one person ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("first", [0, 1], ids=["as they came", "the other way round"])
def test_the_days_of_one_person_are_granted_in_the_order_given(world: World, first: int) -> None:
    person, clerk = PersonFactory(registered=True), world.by(Role.INTAKE_CLERK)
    stays = (("2026-08-05", "2026-09-20"), ("2026-09-20", "2026-11-01"))
    cases = [world.case(person=person, admission_date=begins, discharge_date=ends) for begins, ends in stays]
    items = [open_item(case).pk for case in cases]
    lines = perform_many([items[first], items[1 - first]], "accept", by=clerk, key=KEY)
    assert refusals(lines) == ["", ""]
    days = [Case.objects.get(pk=case.pk).payable_days for case in cases]
    assert days == ([46, 14] if first == 0 else [18, 42])
    assert invariants.broken() == []


def test_one_refused_frees_its_days_for_the_next_of_the_same_person(world: World, approver: Staff) -> None:
    """The second was cut by the cap; refused with the first, it is assessed anew before it is refused itself."""
    person = PersonFactory(registered=True)
    stays = (("2026-08-05", "2026-09-20"), ("2026-09-20", "2026-11-01"))
    cases = [world.case("county", person=person, admission_date=begins, discharge_date=ends) for begins, ends in stays]
    lines = perform_many([open_item(case).pk for case in cases], "refuse", by=approver, reasons=["late"], key=KEY)
    assert refusals(lines) == ["", ""]
    assert Event.objects.filter(case=cases[1], action="award_changed").count() == 1
    assert Case.objects.get(pk=cases[1].pk).payable_days == 42
    assert not Entitlement.objects.filter(live=True).exists()
    assert invariants.broken() == []


def test_nothing_is_said_of_nobody(world: World, approver: Staff) -> None:
    assert perform_many([], "approve", by=approver, key=KEY) == []


def test_a_colleague_who_holds_it_is_named(world: World) -> None:
    (item,) = waiting(world, "township", 1)
    claim(item, by=StaffFactory(name="刘畅", post=(Role.TOWNSHIP_REVIEWER, TOWNSHIP)))
    (line,) = perform_many([item], "pass", by=world.by(Role.TOWNSHIP_REVIEWER), key=KEY)
    assert "刘畅" in line.refusal


def test_more_than_can_be_answered_for_is_refused_before_anything(world: World, approver: Staff) -> None:
    with pytest.raises(NotAllowed, match=f"{bulk.MOST}件"):
        perform_many(range(bulk.MOST + 1), "approve", by=approver, key=KEY)


def test_what_goes_wrong_with_one_in_a_way_nobody_foresaw_keeps_none_from_being_done(
    world: World, approver: Staff, caplog: pytest.LogCaptureFixture
) -> None:
    """Its version of the terms is gone, say. Whatever it is, it is told of that one, and the others are done."""
    ids = waiting(world, "county", 3)
    Case.objects.filter(work_items=ids[1]).update(terms_version="1999-01-01")

    lines = perform_many(ids, "approve", by=approver, key=KEY)

    assert [line.receipt is not None for line in lines] == [True, False, True]
    assert "系统出错（KeyError），这一件没有办" in lines[1].refusal
    assert list(Decision.objects.filter(step="county").order_by("id").values_list("work_item", flat=True)) == [
        ids[0],
        ids[2],
    ]
    assert f"item {ids[1]} went wrong alone: KeyError" in caplog.text
