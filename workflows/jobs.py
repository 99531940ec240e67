"""What is done beside the pages: after a commit, by the kind of job; and from time to time."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from typing import Any

from casework.models import Case
from notifications.channels import tell
from notifications.outbox import Errand, Handlers
from notifications.worker import Chore
from workflows import checkups, reckoning
from workflows.coverage import lapses
from workflows.insurance_exchange import lodging, polling, posting, taking
from workflows.sweep import sweep
from workflows.watches import sweep_watches


def tell_applicant(key: str, payload: Mapping[str, Any]) -> None:
    """A message for the applicant's status page: codes only, put into words where it is read.

    Returns quietly for a case that is not there (any more).
    """
    case = Case.objects.filter(number=payload["case"]).only("number", "programme").first()
    if case is None:
        return
    tell(
        key,
        subject=f"case:{case.number}",
        audience="applicant",
        template=f"{case.programme}.{payload['outcome']}",
        context={"case": case.number, "step": payload["step"], "outcome": payload["outcome"]},
    )


SWEEP_EVERY = 60.0
AT_A_TIME = 2000
"""Deadlines looked at in one go: a worker that is told to stop does so soon."""


def sweep_some() -> bool:
    """Look at deadlines that have come; whether there may be more of them."""
    return sweep(limit=AT_A_TIME).looked_at == AT_A_TIME


def sweep_some_watches() -> bool:
    """Tell of the days that cases must not miss and that have come; whether there may be more of them."""
    return sweep_watches(limit=AT_A_TIME) == AT_A_TIME


CHORES = (Chore("sweep", SWEEP_EVERY, sweep_some), Chore("watches", SWEEP_EVERY, sweep_some_watches))


def nightly(key: str, payload: Mapping[str, Any]) -> None:
    """What is done once a day, in the small hours; one who comes too late does it when they come."""
    day = datetime.date.fromisoformat(payload["day"])
    for begin in NIGHTLY:
        begin(day)


def go_on_with_check_up(key: str, payload: Mapping[str, Any]) -> None:
    checkups.go_on(payload["check_up"], payload["part"], job_kinds=frozenset(HANDLERS))


NIGHTLY: tuple[Callable[[datetime.date], None], ...] = (
    checkups.begin_nightly,
    lapses.begin_nightly,
    polling.keep_polling,
)
"""Each begins its work for a day; a second time it must change nothing. What takes long leaves jobs of its own."""

DAILY: Mapping[str, datetime.time] = {"nightly": datetime.time(2, 30)}
"""Kinds of job there is one of each day, and when (`notifications.daily`)."""

HANDLERS: Handlers = {
    "tell_applicant": tell_applicant,
    "nightly": nightly,
    checkups.KIND: go_on_with_check_up,
    lapses.KIND: lapses.go_on,
    reckoning.KIND: reckoning.recompute_deadlines,
    posting.KIND: lodging.set_down,
    lodging.SEND: Errand(lodging.go_and_lodge, lodging.settle_lodging),
    polling.POLL: Errand(polling.go_and_ask, polling.settle_poll),
    taking.TAKE: taking.take_by_job,
}
"""Kind -> handler. A kind that is not here is kept, and tried again: a newer release may know it."""
