"""Pauses 暂停计时: an outcome that waits for somebody else stops the clock of its step, and what ends the waiting ends
the pause.

A case waits in a place an outcome with `stops_clock` leads to. Whatever leaves that place ends the pause, be the case
resumed, withdrawn, terminated or sent its road again; only with `restarts_clock` does the stopped clock go on.
"""

from __future__ import annotations

import functools
from typing import Any

from casework.models import Case, Pause
from casework.rows import new_row
from workflows import registry
from workflows.flow import Act, CaseFlow


def turn(act: Act) -> None:
    """End the pause the act's step waits in, begin the one its outcome names; both are left in the ledger.

    One statement when the step is one to wait in, to read the pauses of the case; none otherwise.
    """
    case, outcome, ledger = act.case, act.outcome, act.ledger
    if case.pk is not None and act.step.name in _ever_waited_in(case):
        ledger.pauses = list(Pause.objects.filter(case=case).select_related("stopped"))
        for pause in ledger.pauses:
            if pause.ended is None:
                pause.ended = act.at
                ledger.ended_pauses.append(pause)
                ledger.stopped = pause.stopped if outcome.restarts_clock else None
    if outcome.stops_clock:
        review_on = act.values.get("review_on") if outcome.stops_clock == Pause.Kind.SUSPENSION else None
        pause = new_row(Pause, case=case, kind=outcome.stops_clock, began=act.at, review_on=review_on, stopped=act.item)
        ledger.new_pauses.append(pause)


def _ever_waited_in(case: Case) -> frozenset[str]:
    """The waiting places of every version of the programme's flow: a case may have been moved to another version while
    it waited, and there its step may be none. Its pause ends all the same when it leaves."""
    flows = registry.programme(case.programme).flows
    return waiting_in((case.flow_class, *flows))


@functools.lru_cache(maxsize=256)
def waiting_in(flows: Any) -> frozenset[str]:
    """The waiting places of any of these flows, by the names they have or had."""
    found = frozenset().union(*map(waiting_places, flows))
    return found | {before for flow in flows for before, after in flow.renamed.items() if after in found}


@functools.cache
def waiting_places(flow: type[CaseFlow]) -> frozenset[str]:
    """The places of a flow a case waits in for somebody else, its clock stopped."""
    return frozenset(
        place.name
        for step in flow.steps()
        for outcome in step.outcomes.values()
        if outcome.stops_clock
        for place in outcome.nexts
    )
