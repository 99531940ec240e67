"""The sweep over 100,000 open deadlines of which a tenth has come, against a bare SELECT and UPDATE of as many rows;
and the page of what falls due, over as many against a thousand."""

from __future__ import annotations

import datetime

from django.db import connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils.timezone import localtime, now

from bench.county import PROGRAMME, County
from bench.measure import Result, in_turns, statements
from bench.queues import look_at_plans
from casework.models import WorkItem
from workflows import clock, registry, sweep
from workflows.deadlines import moments
from workflows.reckoning import AT_A_TIME

TOGETHER, ROUNDS = 1_000, 5
DUE = 2 * TOGETHER * ROUNDS
"""A tenth of what there is: half of it to be warned of, half to be escalated."""

CHUNK = AT_A_TIME


def run(engine: str, large: County, small: County) -> list[Result]:
    """Ours and the bare statements take their turns at the rows that are due; each row is done once, by one of them."""
    _let_them_come_due(large)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    moment = now()

    def bare() -> None:
        for _chunk in range(TOGETHER // CHUNK):
            with transaction.atomic():
                rows = WorkItem.objects.filter(finished__isnull=True, alarm_at__lte=moment)
                found = list(rows.select_for_update().order_by("alarm_at", "id").values_list("pk", flat=True)[:CHUNK])
                WorkItem.objects.filter(pk__in=found).update(alarm_at=None, warned_at=moment)

    def ours() -> None:
        done = sweep.sweep(limit=TOGETHER, at=moment)
        assert done.warned + done.escalated == TOGETHER, done

    sent: list[int] = []
    base, mine = in_turns([bare, lambda: sent.append(statements(ours))], rounds=ROUNDS)
    pages = _pages(large, small)
    return [
        Result("巡查 每1千件到期", engine, mine / base, None, max(sent), mine * 1000, base * 1000),
        Result("期限页 10万件/1千件", engine, pages[1] / pages[0], 1.5, None, pages[1] * 1000, pages[0] * 1000),
    ]


def _let_them_come_due(county: County) -> None:
    """Every tenth open step of the county has begun so long ago that it is time to warn or to escalate."""
    terms = registry.programme(PROGRAMME).terms.version("2026-07-01")
    limit, today = terms.deadlines["village"], now()
    begun = next(
        start
        for start in (today - datetime.timedelta(days=days) for days in range(1, 60))
        if moments(limit, start, clock.calendar()).warn <= today
    )
    waiting = WorkItem.objects.filter(office=county.village, finished__isnull=True)
    waiting.update(alarm_at=today + datetime.timedelta(days=30))
    pks = list(waiting.order_by("id").values_list("pk", flat=True))
    step = len(pks) // DUE
    for place, since in ((0, begun), (step, today - datetime.timedelta(days=90))):
        chosen = pks[place :: 2 * step][: DUE // 2]
        for start in range(0, len(chosen), 500):
            some = WorkItem.objects.filter(pk__in=chosen[start : start + 500])
            some.update(clock_from=since, alarm_at=today - datetime.timedelta(hours=1))


def _pages(large: County, small: County) -> list[float]:
    """The month's page as a browser gets it, small and large: a month in which both have a full page to list."""
    last = WorkItem.objects.filter(office=small.village, finished__isnull=True).latest("due_at")
    url = reverse("desk:due") + f"?view=month&day={localtime(last.due_at).date()}"
    clients = []
    for county in (small, large):
        client = Client()
        client.force_login(county.verifier)
        clients.append(client)

    def page(client: Client) -> None:
        assert client.get(url).status_code == 200

    taken = in_turns([lambda: page(clients[0]), lambda: page(clients[1])], rounds=9)
    look_at_plans(connection.vendor, lambda: page(clients[1]), shown=False)
    return taken
