"""A step done by batch is not done without one, nor with one that does not hold the case."""

from __future__ import annotations

import pytest
from django.utils.timezone import now

from casework.models import Case, Role
from tests.workflows.payments.story import drawn, exported, line, locked
from tests.world import World, open_item
from workflows.flow import Act
from workflows.ledger import Ledger
from workflows.payments.requirements import comes_with_a_batch, is_in_that_batch
from workflows.standing import Actor


def act(case: Case, outcome: str, batch: str | None) -> Act:
    item = open_item(case)
    step = item.flow_task
    values = {} if batch is None else {"batch": batch}
    return Act(case, item, step, step.outcomes[outcome], Actor(1, "某"), now(), Ledger(at=now()), values=values)


def test_without_a_batch_the_step_says_where_it_is_done(world: World) -> None:
    case = world.case("payment")
    assert comes_with_a_batch(act(case, "draw", None)) == ["“列入发放批次”随发放批次一并办理，请到“发放”里操作"]
    assert comes_with_a_batch(act(case, "draw", "")) != []
    assert comes_with_a_batch(act(case, "draw", "FF430922-2026-0001")) == []


def test_a_batch_that_is_not_there_is_no_batch(world: World) -> None:
    case = world.case("payment")
    assert is_in_that_batch(act(case, "draw", "FF430922-2026-0009")) != []
    assert is_in_that_batch(act(case, "draw", None)) == []  # said already, by the other


@pytest.mark.parametrize("outcome", ["confirm", "send_back"])
def test_the_check_is_of_a_drawn_batch_with_a_line_of_the_case(world: World, outcome: str) -> None:
    batch = drawn(world)
    case = line(batch, 1).case
    assert is_in_that_batch(act(case, outcome, batch.number)) == []
    batch.lines.filter(case=case).update(state="removed")
    assert is_in_that_batch(act(case, outcome, batch.number)) != []


@pytest.mark.parametrize("outcome", ["credited", "returned"])
def test_the_banks_answer_is_to_an_exported_batch_with_an_unpaid_line_of_the_case(world: World, outcome: str) -> None:
    waiting = locked(world, 1)
    assert is_in_that_batch(act(line(waiting, 1).case, outcome, waiting.number)) != []
    batch = exported(world)
    case = line(batch, 1).case
    assert is_in_that_batch(act(case, outcome, batch.number)) == []
    assert is_in_that_batch(act(case, outcome, waiting.number)) != []
    batch.lines.filter(case=case).update(state="paid")
    assert is_in_that_batch(act(case, outcome, batch.number)) != []
    assert world.by(Role.PAYMENT_OFFICER).pk == batch.drawn_by_id
