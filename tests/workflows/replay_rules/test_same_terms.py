"""Under the very terms in force every decision comes out again, to the cent, whatever roads the cases took."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from django.utils.timezone import localdate
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from casework.models import Case
from casework.models.stages import PROMISED
from tests.workflows import invariants
from tests.workflows.replay_rules.stories import approve, book, brought_to, refuse, replay, somebody
from tests.workflows.walk import WALKS, Walk, county_at_work, hired
from tests.world import World
from workflows.replay_rules import Change
from workflows.replay_rules.order import Order

NIGHTS_A_YEAR = st.lists(st.tuples(st.integers(1, 40), st.integers(0, 5)), min_size=1, max_size=4)
"""Nights in hospital and days at home after them, all within the second half of 2026."""

DECISIONS = st.lists(st.tuples(st.integers(0, 3), st.booleans()), max_size=4)
"""Which case is decided next, and whether the village finds that there was no such stay."""

CAP, RATE = 35, Decimal("130.00")


def lived(world: World, stays: list[tuple[int, int]], decisions: list[tuple[int, bool]]) -> None:
    """One person's stays: each accepted in its turn, and then decided in whatever order."""
    person, day, cases = somebody(), datetime.date(2026, 7, 1), []
    for nights, at_home in stays:
        admission, day = day, day + datetime.timedelta(days=nights)
        case = world.enter(person=person, admission_date=f"{admission}", discharge_date=f"{day}")
        Case.objects.filter(pk=case.pk).update(applied_on=day)
        cases.append(brought_to(world, case, "village").pk)
        day += datetime.timedelta(days=at_home)
    for which, is_refused in [*decisions, *((number, False) for number in range(len(cases)))]:
        if which < len(cases) and cases[which]:
            decide(world, Case.objects.get(pk=cases[which]), is_refused)
            cases[which] = 0


def decide(world: World, case: Case, is_refused: bool) -> None:
    if is_refused:
        refuse(world, case, "not_hospitalised")
    elif case.amount:
        approve(world, case)
    else:
        refuse(world, case, "annual_cap_used")


def comes_out_again(year: int) -> None:
    """Every case decided in the year is replayed, and none differs from what was decided."""
    decided = Case.objects.filter(stage__in=[*PROMISED, "rejected"])
    found = replay(year=year)
    assert found.keys() == set(decided.values_list("number", flat=True))
    for case in decided:
        again = found[case.number]
        was = case.amount if case.stage in PROMISED else Decimal("0.00")
        assert (again.change, again.was.amount, again.now.amount) == (Change.SAME, was, was), again


def lives(world: World, *, examples: int, **how: Any) -> None:
    @given(stays=NIGHTS_A_YEAR, decisions=DECISIONS)
    @settings(max_examples=examples, suppress_health_check=list(HealthCheck), **how)
    def go(stays: list[tuple[int, int]], decisions: list[tuple[int, bool]]) -> None:
        with transaction.atomic():
            lived(world, stays, decisions)
            comes_out_again(2026)
            under_a_lower_cap = replay(book(days_a_year=CAP)).values()
            assert sum(again.now.amount for again in under_a_lower_cap) <= CAP * RATE
            transaction.set_rollback(True)

    go()


def test_one_persons_stays_come_out_again_and_under_a_lower_cap_never_exceed_it(world: World) -> None:
    lives(world, examples=12)


def test_a_replay_that_forgets_days_is_found_out(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Order, "used_now", lambda *_: {})
    with pytest.raises(AssertionError):
        lives(world, examples=40, phases=(Phase.generate,), report_multiple_bugs=False)


def test_after_any_walk_every_decision_comes_out_again(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sent back, amended, refused late, returned by the bank: random acts by random staff."""
    staff = hired(world)
    county_at_work(world)
    monkeypatch.setattr(invariants, "check", lambda: None)  # held to elsewhere

    @given(acts=WALKS)
    @settings(max_examples=10, suppress_health_check=list(HealthCheck))
    def go(acts: list[tuple[str, int, int, int]]) -> None:
        with transaction.atomic():
            walk = Walk(world, staff)
            for act in acts:
                walk.take(*act)
            comes_out_again(localdate().year)
            transaction.set_rollback(True)

    go()
