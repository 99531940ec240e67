"""Case numbers: `HL430922202600001`, prefix, county, year and a running number that never repeats."""

from __future__ import annotations

from django.db import transaction

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
