"""The queue page over 100,000 open work items, against 1,000."""

from __future__ import annotations

from collections.abc import Callable

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from bench.county import County
from bench.measure import Result, in_turns, statements

MANY, FEW = 100_000, 1_000


def run(engine: str, large: County, small: County) -> list[Result]:
    """The whole page as a browser gets it: session, permission, rows, template."""
    for county, count, first in ((small, FEW, 1_000_000), (large, MANY, 2_000_000)):
        for start in range(0, count, 10_000):
            county.cases(county.people(min(10_000, count - start), first=first + start))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    clients = [_logged_in(small), _logged_in(large)]
    url = reverse("desk:queue")

    def few() -> None:
        assert clients[0].get(url).status_code == 200

    def many() -> None:
        assert clients[1].get(url).status_code == 200

    few()
    many()
    base, mine = in_turns([few, many], rounds=15)
    look_at_plans(engine, many)
    return [Result("待办页 10万件/1千件", engine, mine / base, 1.5, statements(many), mine * 1000, base * 1000)]


def _logged_in(county: County) -> Client:
    client = Client()
    client.force_login(county.verifier)
    return client


def look_at_plans(engine: str, page: Callable[[], object], *, shown: bool = True) -> None:
    """The plan of every statement of the page that reads work items. Ends the bench if one is read from end to end."""
    with CaptureQueriesContext(connection) as captured:
        page()
    explain = "EXPLAIN QUERY PLAN" if connection.vendor == "sqlite" else "EXPLAIN"
    for query in captured.captured_queries:
        sql = query["sql"]
        if "casework_workitem" not in sql or not sql.startswith("SELECT"):
            continue
        with connection.cursor() as cursor:
            cursor.execute(f"{explain} {sql}".replace("%", "%%"))
            lines = [str(row[-1]) for row in cursor.fetchall()]
        if shown:
            print(f"  {engine}: " + "\n    ".join(lines))
        if any("SCAN casework_workitem" in line or "Seq Scan on casework_workitem" in line for line in lines):
            raise SystemExit(f"{engine}: a page reads work items from end to end")
