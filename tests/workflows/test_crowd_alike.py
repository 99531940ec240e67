"""Decided together or one by one, the same rows lie in every table, and the same is told of each."""

from __future__ import annotations

import uuid
from random import Random
from typing import Any
from unittest.mock import patch

import time_machine
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.workflows.crowds import SPOILS, STEPS, Crowd, keys_of_rows, one_by_one, rows_since
from tests.world import World
from workflows import bulk
from workflows.bulk import perform_many

NOON = "2026-11-06T12:00:00+08:00"
KEY = uuid.UUID(int=7)
NOBODYS = (900_000_000, 900_000_001)
WAYS = [(step.name, name) for step in STEPS.values() for name, one in step.outcomes.items() if not one.by_batch]
WAYS += [("village", "pass"), ("township", "pass"), ("county", "approve")] * 2
WAYS += [("intake", "accept"), ("township", "refuse"), ("county", "refuse")] * 2
WAYS += [("intake", "ask_for_papers"), ("township", "suspend"), ("papers", "resubmit")] * 2
WAYS += [("payment", "draw"), ("county", "no_such_outcome")]
REASONS: tuple[list[str], ...] = (["late"], ["late"], ["papers_missing", "check_again"], [], ["no_such_reason"])
NOTES = ("看过，属实", "看过，属实", "")


def test_together_and_one_by_one_leave_the_same_rows_and_tell_the_same(world: World) -> None:
    with time_machine.travel(NOON, tick=False):
        crowd = Crowd(world)

        @given(st.randoms(use_true_random=True))
        @settings(max_examples=60, suppress_health_check=list(HealthCheck), phases=[Phase.generate])
        def go(chance: Random) -> None:
            step, outcome = chance.choice(WAYS)
            by = crowd.somebody(step, chance)
            said = {"by": by, "reasons": chance.choice(REASONS), "note": chance.choice(NOTES), "key": KEY}
            said["values"] = crowd.answers(chance)
            with transaction.atomic():
                for how in chance.sample(SPOILS, chance.randrange(5)):
                    crowd.spoil(how, chance.choice(crowd.some(step, chance)), by, outcome, KEY)
                compare([*crowd.some(step, chance), *NOBODYS[: chance.randrange(3)]], outcome, said)
                transaction.set_rollback(True)

        go()


def compare(item_ids: list[int], outcome: str, said: dict[str, Any]) -> None:
    before = keys_of_rows()
    with transaction.atomic():
        expected = one_by_one(item_ids, outcome, **said)
        rows = rows_since(before)
        transaction.set_rollback(True)
    with transaction.atomic(), patch.object(bulk, "perform", side_effect=only_of_nobodys(bulk.perform)):
        assert perform_many(item_ids, outcome, **said) == expected
        found = rows_since(before)
        assert {name: found[name] for name in rows if found[name] != rows[name]} == {}
        transaction.set_rollback(True)


def only_of_nobodys(perform: Any) -> Any:
    """What nobody else has in hand is decided together, not one by one after all."""

    def alone(item_id: int, *args: Any, **said: Any) -> Any:
        assert item_id in NOBODYS
        return perform(item_id, *args, **said)

    return alone
