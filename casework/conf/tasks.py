"""The Celery tasks: both only look into the database for what is to be done."""

from __future__ import annotations

from casework.conf.celery import DRAIN, SWEEP, SWEEP_EVERY, app, knock
from notifications.daily import plan
from notifications.outbox import drain
from workflows.jobs import DAILY, HANDLERS, sweep_some, sweep_some_watches
from workflows.standard.published import look_again

AT_A_TIME = 500
"""A task is bounded, so that a worker told to stop does so soon; what is left is for the next."""


@app.task(name=DRAIN)
def drain_outbox() -> None:
    """Do what is due in the outbox. Any number of these may run at once, on any number of machines."""
    look_again()
    plan(DAILY)
    if drain(HANDLERS, limit=AT_A_TIME) == AT_A_TIME:
        knock()


@app.task(name=SWEEP)
def sweep_deadlines() -> None:
    """Warn of and escalate what has come due. Any number of these may run at once, on any number of machines."""
    more = [sweep_some(), sweep_some_watches()]
    if any(more):
        app.send_task(SWEEP, expires=SWEEP_EVERY, retry=False, ignore_result=True)
