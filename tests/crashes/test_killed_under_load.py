"""kill -9 of web, worker and sweep at random moments under load: what was acknowledged is there, once.

Some kills in every run of the tests; for the hundred: `NUANXIN_KILLS=100 make test ARGS=tests/crashes`.
"""

from __future__ import annotations

import os
import random
import secrets
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.crashes.clerks import Attempt, Clerk
from tests.crashes.installation import PATIENCE, Installation, Killer

KILLS = int(os.environ.get("NUANXIN_KILLS", "12"))
CASES_A_KILL = 20
QUEUES = (("verifier", "village", "pass"), ("reviewer", "township", "pass"), ("approver", "county", "approve"))


@pytest.fixture
def installation(database: str, tmp_path: Path) -> Iterator[Installation]:
    found = Installation(tmp_path, database)
    found.build(KILLS * CASES_A_KILL)
    yield found
    found.stop()


@pytest.mark.postgres
def test_after_kills_at_random_moments_nothing_acknowledged_is_lost_and_nothing_is_done_twice(
    installation: Installation,
) -> None:
    installation.start()
    clerks = [Clerk(installation, *queue) for queue in QUEUES]
    chance = random.Random(secrets.randbits(32))
    killer = Killer(installation, kills=KILLS, done=lambda: len(acknowledged_by(clerks)), chance=chance)
    for clerk in clerks:
        clerk.log_in()
    for thread in (*clerks, killer):
        thread.start()
    killer.join(timeout=KILLS * 10 + PATIENCE)
    for clerk in clerks:
        clerk.stopping.set()
    for clerk in clerks:
        clerk.join(timeout=60)
    installation.drain()
    installation.stop()

    assert (killer.fault, [clerk.noted.fault for clerk in clerks]) == ("", [""] * len(clerks))
    assert sum(installation.killed.values()) >= KILLS
    assert [clerk.noted.refused for clerk in clerks] == [[]] * len(clerks)
    acknowledged = acknowledged_by(clerks)
    print(f"killed {dict(installation.killed)}; acknowledged {len(acknowledged)}; ", end="")
    print(f"sent again {sum(clerk.noted.sent_again for clerk in clerks)}")
    assert len(acknowledged) >= KILLS
    nothing_is_lost(installation, acknowledged)
    nothing_is_done_twice(installation)
    installation.run(sys.executable, "manage.py", "verify_trail")
    installation.run(sys.executable, "manage.py", "doctor")


def acknowledged_by(clerks: list[Clerk]) -> list[Attempt]:
    return [attempt for clerk in clerks for attempt in clerk.noted.acknowledged]


def nothing_is_lost(installation: Installation, acknowledged: list[Attempt]) -> None:
    """Every act the site said yes to is a decision under its own key, on its own item."""
    decided = dict(installation.rows("SELECT key, work_item_id FROM casework_decision WHERE key IS NOT NULL"))
    assert {attempt.key: attempt.item for attempt in acknowledged}.items() <= decided.items()


def nothing_is_done_twice(installation: Installation) -> None:
    """One decision an item, one event a decision, one message a job; a case is as far as its decisions say."""
    count = installation.count
    assert count("SELECT COUNT(*) FROM casework_decision") == count(
        "SELECT COUNT(*) FROM casework_workitem WHERE finished IS NOT NULL"
    )
    assert count("SELECT COUNT(*) FROM casework_decision") == count(
        "SELECT COUNT(*) FROM casework_event WHERE action = 'decided'"
    )
    assert count("SELECT COUNT(*) FROM notifications_message") == count(
        "SELECT COUNT(*) FROM notifications_outbox WHERE kind = 'tell_applicant'"
    )
    assert (
        installation.rows(
            "SELECT stage, step FROM casework_case c JOIN casework_workitem w ON w.process_id = c.id"
            " AND w.finished IS NULL WHERE (stage, step) NOT IN"
            " (('accepted', 'village'), ('verified', 'township'), ('reviewed', 'county'), ('approved', 'payment'))"
        )
        == []
    )
