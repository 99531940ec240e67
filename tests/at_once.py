"""Several people at the same moment: each act in a thread, so on a connection, of its own. Needs PostgreSQL."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

from django.db import connection, transaction

Act = Callable[[], object]
LONGEST = 60
WAITING_FOR_ME = "SELECT count(*) FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid))"


def at_once(*acts: Act) -> list[object]:
    """What each came to, a value or the exception it raised; all are let go in the same moment."""
    barrier = threading.Barrier(len(acts), timeout=LONGEST)

    def begun(act: Act) -> Act:
        def run() -> object:
            barrier.wait()
            return act()

        return run

    return _in_threads([begun(act) for act in acts])


def one_in_the_middle_of_the_other(first: Act, second: Act) -> tuple[object, object]:
    """`second` happens while all that `first` has done is not yet committed.

    The first's transaction is held open until the second has ended, or waits for a lock the first one holds: whichever
    it is, no clock decides the outcome.
    """
    has_done, second_is_over = threading.Event(), threading.Event()

    def held_open() -> object:
        try:
            with transaction.atomic():
                done = first()
                has_done.set()
                while not second_is_over.wait(0.02) and not _somebody_waits_for_me():
                    continue
            return done
        finally:
            has_done.set()

    def meanwhile() -> object:
        try:
            has_done.wait(LONGEST)
            return second()
        finally:
            second_is_over.set()

    one, other = _in_threads([held_open, meanwhile])
    return one, other


def _somebody_waits_for_me() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(WAITING_FOR_ME)
        return bool(cursor.fetchone()[0])


def _in_threads(acts: Sequence[Act]) -> list[object]:
    results: list[object] = [TimeoutError(f"not over after {LONGEST} s") for _act in acts]

    def run(place: int, act: Act) -> None:
        try:
            results[place] = act()
        except Exception as problem:
            results[place] = problem
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(LONGEST)
    return results
