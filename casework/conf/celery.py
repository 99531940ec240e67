"""Celery, for a county or a province with several machines: `CELERY_BROKER_URL` names the broker.

The work itself stands in the outbox, in the database. What travels through the broker is only a knock on the door:
lost, late or doubled, it changes nothing but how soon somebody looks. Beat knocks every two seconds, the web after
each commit that left jobs. Once a minute beat has the deadlines looked at, which as well may happen twice or late.
"""

from __future__ import annotations

import logging
import os
from queue import SimpleQueue
from threading import Lock, Thread
from time import sleep

from celery import Celery
from django.conf import settings
from kombu.exceptions import OperationalError

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "casework.conf.settings")

log = logging.getLogger("nuanxin.outbox")

DRAIN = "casework.conf.tasks.drain_outbox"
EVERY_SECONDS = 2.0
SWEEP = "casework.conf.tasks.sweep_deadlines"
SWEEP_EVERY = 60.0
TIME_LIMIT = 240
VISIBILITY_TIMEOUT = 600
"""Redis hands a task that nobody has confirmed for so long to another worker: above the longest task."""
STALE_AFTER = 20.0
"""A knock nobody heard for so many seconds is dropped: beat has knocked since."""

app = Celery("nuanxin", broker=settings.CELERY_BROKER_URL or None)
app.conf.update(
    imports=["casework.conf.tasks"],
    timezone=settings.TIME_ZONE,
    task_default_queue="nuanxin",
    task_ignore_result=True,
    # A worker that dies in the middle has done nothing: its jobs are still in the outbox, and its task comes again.
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    task_time_limit=TIME_LIMIT,
    worker_prefetch_multiplier=1,
    broker_connection_timeout=4,
    broker_connection_retry_on_startup=True,
    beat_schedule={
        "outbox": {"task": DRAIN, "schedule": EVERY_SECONDS, "options": {"expires": STALE_AFTER}},
        "deadlines": {"task": SWEEP, "schedule": SWEEP_EVERY, "options": {"expires": SWEEP_EVERY}},
    },
)
if settings.CELERY_BROKER_URL.startswith("redis"):
    app.conf.broker_transport_options = {"visibility_timeout": VISIBILITY_TIMEOUT, "socket_connect_timeout": 4}


def knock() -> None:
    """Ask any worker to look into the outbox."""
    app.send_task(DRAIN, expires=STALE_AFTER, retry=False, ignore_result=True)


class Bell:
    """Knocks from a thread of its own, so that a broker that is slow or down costs the business transaction nothing.

    Called while a knock is under way, it knocks once more, however often it was called. The thread is made at the
    first call: a web server forks before that.
    """

    def __init__(self, pause: float = 5.0) -> None:
        self._pause = pause
        self._calls: SimpleQueue[None] = SimpleQueue()
        self._making = Lock()
        self._thread: Thread | None = None

    def __call__(self) -> None:
        self._calls.put(None)
        with self._making:
            if self._thread is None:
                self._thread = Thread(target=self._serve, name="outbox-bell", daemon=True)
                self._thread.start()

    def _serve(self) -> None:
        while True:
            self._calls.get()
            while not self._calls.empty():
                self._calls.get_nowait()
            try:
                knock()
            except OperationalError as problem:
                # Nothing is lost: the row is in the outbox, and beat knocks as soon as the broker is back.
                log.warning("the broker cannot be reached: %s", type(problem).__name__)
                sleep(self._pause)
