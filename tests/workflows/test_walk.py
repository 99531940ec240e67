"""A walk of random acts by random staff never pays twice, never pays unsigned, never breaks a ceiling or the trail."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction
from django.utils.timezone import localdate, now
from hypothesis import HealthCheck, Phase, given, settings

from casework.models import BatchLine, Case, Decision, Entitlement, Role, Staff, WorkItem
from tests.workflows import invariants
from tests.workflows.invariants import PromiseBroken
from tests.workflows.walk import WALKS, Walk, county_at_work, hired
from tests.world import World
from workflows import entitlement
from workflows.perform import perform
from workflows.standing import Standing


def walked(world: World, staff: list[Staff], *, walks: int, **how: Any) -> None:
    """That many walks, each from the same beginning. Raises what the first that goes wrong raises."""
    county_at_work(world)

    @given(acts=WALKS)
    @settings(max_examples=walks, suppress_health_check=list(HealthCheck), **how)
    def go(acts: list[tuple[str, int, int, int]]) -> None:
        with transaction.atomic():
            walk = Walk(world, staff)
            for act in acts:
                walk.take(*act)
            transaction.set_rollback(True)

    go()


def test_no_walk_breaks_a_promise(world: World) -> None:
    walked(world, hired(world), walks=10)


def somebody_may_wear_two_hats(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Standing, "check_may_act", lambda *_, **__: None)


def days_used_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(entitlement, "days_used", lambda *_, **__: {})


def what_was_paid_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    """A second round asks the bank for all of it again."""
    write = BatchLine.objects.bulk_create

    def in_full(lines: list[BatchLine], **how: Any) -> list[BatchLine]:
        for line in lines:
            line.amount = line.case.amount or line.amount
        return write(lines, **how)

    monkeypatch.setattr(BatchLine.objects, "bulk_create", in_full)


@pytest.mark.parametrize(
    ("fault", "found", "staff"),
    [
        (somebody_may_wear_two_hats, "acted as", slice(-4, None)),
        (days_used_are_forgotten, "and the cap is", slice(-4, None)),
        (what_was_paid_is_forgotten, "the bank is told to pay", slice(None)),
    ],
)
def test_a_walk_finds_a_fault_that_is_planted(
    world: World, monkeypatch: pytest.MonkeyPatch, fault: Callable[[pytest.MonkeyPatch], None], found: str, staff: slice
) -> None:
    """The last four of the staff hold two posts each."""
    people = hired(world)[staff]
    fault(monkeypatch)
    with pytest.raises(PromiseBroken, match=found):
        walked(world, people, walks=80, phases=(Phase.generate,), report_multiple_bugs=False)


FAULTS: dict[str, Callable[[Case], object]] = {
    "the digest is not that of the facts": lambda case: _put(case, facts={**case.facts, "caregiver": "别人"}),
    "in rounds that were approved up to": lambda case: _line(case, amount="1.00"),
    "the bank is told another name": lambda case: _line(case, holder_name="别人"),
    "is not days times rate": lambda case: _put(case, amount="9999.00"),
    "and 1.00 is to come back": lambda case: _put(case, to_recover="1.00"),
    "says 1.00 is paid": lambda case: _put(case, paid_amount="1.00"),
    "with 0 paid lines": lambda case: _line(case, state="removed"),
    "rejected, with 1 paid lines": lambda case: _put(case, stage="rejected"),
    "with 1 open items": lambda case: WorkItem.objects.filter(process=case, step="bank").update(finished=None),
    "and the cap is 60": lambda case: Entitlement.objects.filter(case=case).update(days_by_year={"2026": 61}),
    "and reserved": lambda case: Entitlement.objects.filter(case=case).update(days_by_year={"2026": 1}),
    "末尾不符": lambda case: _put(case, trail_seq=1),
    "8 decisions, and 7 in the trail": lambda case: _decided_once_more(case),
    "paid 2 times, and closed 1 times": lambda case: _decided_once_more(case),
}


def _line(case: Case, **columns: object) -> None:
    BatchLine.objects.filter(case=case).update(**columns)


def _put(case: Case, **columns: object) -> None:
    Case.objects.filter(pk=case.pk).update(**columns)


def _decided_once_more(case: Case) -> None:
    item = WorkItem.objects.create(
        process=case, flow_task=invariants.STEPS["bank"], step="bank", created=now(), due_at=now(), finished=now()
    )
    again = Decision.objects.filter(case=case, step="bank").get()
    again.pk, again.work_item = None, item
    again.save(force_insert=True)


@pytest.mark.parametrize("words", FAULTS)
def test_each_promise_is_looked_at(world: World, words: str) -> None:
    case = world.case("end")
    assert invariants.broken() == []
    FAULTS[words](case)
    assert any(words in sentence for sentence in invariants.broken()), invariants.broken()


def test_a_case_that_waits_where_the_law_has_it_not_is_seen(world: World) -> None:
    case = world.case("township")
    _put(case, stage="accepted")
    assert any("waits at township, and the law says accepted" in sentence for sentence in invariants.broken())


@pytest.mark.parametrize("step", ["village", "township", "county", "payment_check"])
def test_a_payment_that_somebody_has_not_signed_is_seen(
    world: World, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    world.case("end")
    unsigned = {(place, outcome) for place, outcome in invariants.SIGNING if place != step}
    monkeypatch.setattr(invariants, "SIGNING", unsigned)
    assert any("paid without a valid signature" in sentence for sentence in invariants.broken())


def test_a_case_that_has_lost_its_way_back_is_seen(world: World) -> None:
    case = world.case("village")
    item = WorkItem.objects.get(process=case, finished__isnull=True)
    verifier, soon = world.by(Role.VILLAGE_VERIFIER), localdate() + datetime.timedelta(days=9)
    perform(item.pk, "suspend", by=verifier, reasons=["applicant_away"], values={"review_on": soon})
    assert invariants.broken() == []
    for columns in ({"came_from": "payment"}, {"came_from": "nowhere"}, {"stage_before": "verified"}):
        with transaction.atomic():
            _put(case, **columns)
            assert any("suspended, and came from" in sentence for sentence in invariants.broken()), columns
            transaction.set_rollback(True)
