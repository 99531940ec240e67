"""One past case after another, taken through the gateway's own acts at the times they have.

A chunk of cases is one transaction. Which case comes next stands in the log's row and moves in the same transaction, so
a run that stops anywhere goes on where it stopped, and two runs at once do nothing twice.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.db import transaction
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from casework.models import Case, Person, ReplayedLog, Role, Staff
from workflows.archived.flow import ENDS, NOTHING, onward, step_name
from workflows.archived.programme import NUMBER_PREFIX, TERMS_VERSION, programme_of
from workflows.archived.shape import Shape
from workflows.flow import CaseFlow
from workflows.ledger import Ledger
from workflows.papers import numbers
from workflows.perform import begin, prepare, take
from workflows.replay.past import PastCase, PastEvent
from workflows.replay.problems import AnotherRun, FileChanged
from workflows.standing import Actor, Standing, standing

EVENTS_A_CHUNK = 2_000
CASES_A_CHUNK = 500


class SettingDown:
    """The cases of one log, as its archivist sets them down."""

    def __init__(self, log: ReplayedLog, applicant: Person) -> None:
        self.log = log
        self.applicant = applicant
        self.shape = Shape.from_json(log.shape)
        self.flow: type[CaseFlow] = programme_of(log.slug).flow
        self.actor = _actor(log.archivist)

    def take_all(self, cases: Iterable[PastCase]) -> Iterator[int]:
        """Set down what is not set down yet; after each chunk, how many cases are. Raises `AnotherRun` when somebody
        else sets down the same log, `FileChanged` for a case that is not of this log."""
        waiting = (case for case in cases if case.number > self.log.cases_done)
        for chunk in chunks(waiting):
            if not all(self.shape.holds(past.activities) for past in chunk):
                raise FileChanged
            yield self._take(chunk)

    def _take(self, chunk: Sequence[PastCase]) -> int:
        with transaction.atomic():
            log = ReplayedLog.objects.select_for_update().defer("shape").get(pk=self.log.pk)
            if log.cases_done != chunk[0].number - 1:
                raise AnotherRun(_("同一份日志正由另一个进程补录，这里停下了。两边都没有重复。"))
            year = localtime(log.begun).year
            given = numbers.reserve(NUMBER_PREFIX, log.division_id, year, len(chunk))
            ledger = Ledger(at=log.begun)
            seen: Standing | None = None
            for past, number in zip(chunk, given, strict=True):
                seen = self._set_down(past, number, ledger, seen)
            ledger.write()
            log.cases_done = chunk[-1].number
            log.save(update_fields=["cases_done"])
        return log.cases_done

    def _set_down(self, past: PastCase, number: str, ledger: Ledger, seen: Standing | None) -> Standing:
        """A case from its beginning to the archive. `seen` is how the archivist stands before the case ahead of it in
        this transaction: a new case of the same applicant in the same office is no other matter."""
        times = times_of(past.events, self.log.begun)
        ledger.at = ledger.next_due = times[0]
        first = self.flow.instance.node(self._step(past, 0))
        item = begin(self._case(past, number, times[0]), self.flow, ledger, actor=self.actor, first=first)
        if seen is None:
            seen = standing(self.log.archivist, item)
        mine = Standing(seen.actor, seen.recused)
        for place, at in enumerate(times):
            ledger.at = at
            # What is past was due when it was done: nothing of it is late.
            ledger.next_due = times[place + 1] if place + 1 < len(times) else None
            act = prepare(item, self._outcome(past, place), ledger, actor=mine.actor)
            if past.events:
                act.said = self._said(past.events[place])
            take(act, mine)
            item = ledger.new_items[-1]
        return seen

    def _case(self, past: PastCase, number: str, at: datetime.datetime) -> Case:
        facts: dict[str, Any] = {"external_id": None if past.name is None else past.name.text}
        if past.name is not None and past.name.kind != "string":
            facts["kind"] = past.name.kind
        return Case(
            number=number,
            programme=self.log.slug,
            terms_version=TERMS_VERSION,
            applicant=self.applicant,
            division_id=self.log.division_id,
            applied_on=localtime(at).date(),
            facts=facts,
        )

    def _step(self, past: PastCase, place: int) -> str:
        return step_name(self.shape.place_of(past.events[place].activity)) if past.events else NOTHING

    def _outcome(self, past: PastCase, place: int) -> str:
        if place + 1 >= len(past.events):
            return ENDS
        return onward(self.shape.place_of(past.events[place + 1].activity))

    def _said(self, event: PastEvent) -> dict[str, Any]:
        """What the trail keeps of an event besides what and when: codes and numbers only."""
        said: dict[str, Any] = {}
        if event.lifecycle is not None:
            said["lifecycle"] = self.shape.lifecycle_of(event.lifecycle)
        if event.moment is None:
            said["untimed"] = True
        elif event.moment.zone is not None:
            said["zone"] = event.moment.zone
        return said


def chunks(cases: Iterable[PastCase]) -> Iterator[list[PastCase]]:
    """Whole cases, as many as make a transaction of some thousand rows."""
    chunk: list[PastCase] = []
    events = 0
    for case in cases:
        chunk.append(case)
        events += len(case.events)
        if events >= EVENTS_A_CHUNK or len(chunk) >= CASES_A_CHUNK:
            yield chunk
            chunk, events = [], 0
    if chunk:
        yield chunk


def times_of(events: Sequence[PastEvent], otherwise: datetime.datetime) -> list[datetime.datetime]:
    """A time for each event. One without is taken to be of the time of the one before; before any, of the first there
    is. A case of which no time is known is of the moment it was brought in."""
    known = [event.moment.at for event in events if event.moment is not None]
    at = known[0] if known else otherwise
    found = []
    for event in events:
        at = at if event.moment is None else event.moment.at
        found.append(at)
    return found or [at]


def _actor(archivist: Staff) -> Actor:
    """As a case's first act has it; every further one asks for their standing."""
    return Actor(archivist.pk, archivist.name, archivist.posts.latest("pk").office.name, Role.ARCHIVIST)
