"""Case numbers: `HL430922202600001`, prefix, county, year and a running number that never repeats."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import connection, transaction

from casework.models import NumberSeries
from workflows import trail
from workflows.standing import SYSTEM


def reserve(prefix: str, county: str, year: int, count: int) -> list[str]:
    """The next `count` numbers, in the caller's transaction: a number given up by a rollback is given again."""
    if count == 0:
        return []
    key = f"{prefix}{county}{year}"
    with transaction.atomic():
        NumberSeries.objects.get_or_create(key=key)
        series = NumberSeries.objects.select_for_update().get(key=key)
        first = series.last + 1
        series.last += count
        series.save(update_fields=["last"])
    return [f"{key}{number:05d}" for number in range(first, first + count)]


def reserve_each(wanted: Mapping[str, int]) -> dict[str, int]:
    """For each series so many numbers at once: the first of them. One statement, in the caller's transaction; the
    series are locked in the order of their keys, so that two who want several wait for each other in one order."""
    if not wanted:
        return {}
    rows = sorted(wanted.items())
    marks = ", ".join(["(%s, %s)"] * len(rows))
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO casework_numberseries (key, last) VALUES {marks} "
            "ON CONFLICT (key) DO UPDATE SET last = casework_numberseries.last + excluded.last RETURNING key, last",
            [value for row in rows for value in row],
        )
        return {key: last - wanted[key] + 1 for key, last in cursor.fetchall()}


def catch_up(key: str, highest: int) -> bool:
    """Move a series that lies behind the highest number given out up to it. False: it does not lie behind."""
    with transaction.atomic():
        NumberSeries.objects.get_or_create(key=key)
        series = NumberSeries.objects.select_for_update().get(key=key)
        if series.last >= highest:
            return False
        details = {"what": "series_behind", "series": key, "before": series.last, "now": highest}
        series.last = highest
        series.save(update_fields=["last"])
        trail.record("repairs", "repaired", actor=SYSTEM, details=details)
    return True
