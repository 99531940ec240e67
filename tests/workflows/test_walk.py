"""A walk of random acts by random staff never pays twice, never pays unsigned, never breaks a ceiling or the trail."""

from __future__ import annotations

import os
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.plugins.no_skips import VARIABLE
from tests.workflows.walk import Walk, hired
from tests.world import World

WALKS: dict[str, Any] = {
    "deadline": None,
    "database": None,
    # The run that decides whether a change may land gives the same answer twice; a developer's looks further each time.
    "derandomize": os.environ.get(VARIABLE) == "1",
    "suppress_health_check": list(HealthCheck),
    "print_blob": False,
}


def test_no_walk_breaks_a_promise(world: World) -> None:
    staff = hired(world)
    run_state_machine_as_test(
        lambda: Walk(world, staff),
        settings=settings(max_examples=int(os.environ.get("EX", "12")), stateful_step_count=40, **WALKS),
    )
