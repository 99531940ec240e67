"""The worker that drains the outbox, and does what is to be done from time to time: in a thread of the run command, or
as a process of its own."""

from __future__ import annotations

import datetime
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from queue import Empty, SimpleQueue

from django.db import Error as DatabaseProblem
from django.db import close_old_connections, connection

from notifications.daily import plan
from notifications.outbox import Handlers, drain

log = logging.getLogger("nuanxin.outbox")


@dataclass(frozen=True, slots=True)
class Chore:
    """Something to be done every so many seconds. `do` does a bounded part of it, and says whether there is more."""

    name: str
    every: float
    do: Callable[[], bool]


class Worker:
    """Drains until told to stop; a stop lets the job in hand finish. `wake` and `stop` may be called from anywhere,
    a signal handler too: a SimpleQueue's put is re-entrant, which an Event's set is not. `daily` as in
    `notifications.daily`."""

    def __init__(
        self,
        handlers: Handlers,
        *,
        poll: float = 1.0,
        chores: Sequence[Chore] = (),
        daily: Mapping[str, datetime.time] | None = None,
    ) -> None:
        self.handlers = handlers
        self.poll = poll
        self.chores = chores
        self._next: dict[str, float] = {}
        self.daily = daily or {}
        self._stopping = False
        self._bell: SimpleQueue[None] = SimpleQueue()

    def stop(self) -> None:
        self._stopping = True
        self._bell.put(None)

    def wake(self) -> None:
        """There may be something to do."""
        self._bell.put(None)

    def run(self) -> None:
        """Until `stop`. A database that does not answer is waited for."""
        try:
            while not self._stopping:
                # What comes from time to time first: a worker that was off all night has that behind it when the
                # jobs that look whether it is done come up.
                if not (self._did_chores() | self._drained_some()):
                    self._rest()
        finally:
            connection.close()

    def run_once(self) -> int:
        """Everything that is due now, and every chore to its end, or until `stop`; how many jobs were done."""
        total = 0
        while done := drain(self.handlers, stopping=self._is_stopping):
            total += done
        for chore in self.chores:
            while not self._stopping and chore.do():
                continue
        return total

    def _drained_some(self) -> bool:
        try:
            close_old_connections()
            plan(self.daily)
            return drain(self.handlers, stopping=self._is_stopping) > 0
        except DatabaseProblem as problem:
            log.warning("the outbox cannot be reached: %s", type(problem).__name__)
            connection.close()
            return False

    def _did_chores(self) -> bool:
        """A part of each chore whose time has come; whether any of them has more to do at once."""
        is_more = False
        for chore in self.chores:
            if self._stopping or time.monotonic() < self._next.get(chore.name, 0.0):
                continue
            if self._did(chore):
                is_more = True
            else:
                self._next[chore.name] = time.monotonic() + chore.every
        return is_more

    def _did(self, chore: Chore) -> bool:
        try:
            return chore.do()
        except Exception as problem:
            # As with jobs: one chore that fails stops neither the jobs nor the others, and comes again in its time.
            log.warning("chore %s failed: %s", chore.name, type(problem).__name__)
            connection.close()
            return False

    def _is_stopping(self) -> bool:
        return self._stopping

    def _rest(self) -> None:
        try:
            self._bell.get(timeout=self.poll)
            # Rings that came while we were busy are one.
            while not self._bell.empty():
                self._bell.get_nowait()
        except Empty:
            return
