"""What is done beside the pages: after a commit, by the kind of job; and from time to time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from casework.models import Case
from notifications.channels import tell
from notifications.outbox import Handler
from notifications.worker import Chore
from workflows import reckoning
from workflows.sweep import sweep


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


CHORES = (Chore("sweep", SWEEP_EVERY, sweep_some),)

HANDLERS: Mapping[str, Handler] = {
    "tell_applicant": tell_applicant,
    reckoning.KIND: reckoning.recompute_deadlines,
}
"""Kind -> handler. A kind that is not here is kept, and tried again: a newer release may know it."""
