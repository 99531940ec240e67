"""Number series: none may lie behind the highest number that was given out, or the next number is a second one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.db.models import Max, QuerySet
from django.db.models.functions import Length, Substr

from casework.models import Case, NumberSeries, PaymentBatch
from workflows import registry
from workflows.doctor.finding import Examination, Finding, Kind, Scope
from workflows.papers.numbers import catch_up

BEHIND = Kind(
    "series_behind",
    "编号簿落后于已经用掉的号，下一个号会与旧号重复而办不成",
    "请用 manage.py doctor --repair 把编号簿补到最大的号",
)
COUNTY_AND_YEAR = 10
"""Digits of a case's number between its prefix and its running number: 430922 2026."""

BATCH_KEY = len("FF430922-2026")


def find(scope: Scope) -> Iterator[Finding]:
    given = dict(NumberSeries.objects.values_list("key", "last"))
    for programme in registry.programmes().values():
        cases = Case.objects.filter(scope.inside(), programme=programme.slug)
        numbered = cases.filter(number__startswith=programme.number_prefix)
        yield from _behind(
            numbered, len(programme.number_prefix) + COUNTY_AND_YEAR, given, len(programme.number_prefix)
        )
    batches = PaymentBatch.objects.filter(scope.inside("county_id")).order_by()
    yield from _behind(batches, BATCH_KEY, given, len("FF"))


def _behind(rows: QuerySet[Any], key_length: int, given: Mapping[str, int], prefix: int) -> Iterator[Finding]:
    """The highest number of each series is the greatest of the longest: they are padded, and may outgrow that."""
    series = rows.order_by().annotate(series=Substr("number", 1, key_length), digits=Length("number"))
    highest: dict[str, int] = {}
    for key, number in series.values("series", "digits").annotate(top=Max("number")).values_list("series", "top"):
        running = number[key_length:].removeprefix("-")
        if running.isascii() and running.isdigit():
            highest[key] = max(highest.get(key, 0), int(running))
    for key, top in sorted(highest.items()):
        last = given.get(key, 0)
        if last < top:
            sentence = f"{key}：编号簿到{last}，已经用到{top}"
            yield Finding(BEHIND, key, key[prefix : prefix + 6], sentence, key=(key, top))


def mend(finding: Finding) -> str:
    key, top = finding.key
    return f"{key}：编号簿已补到{top}" if catch_up(key, top) else ""


SERIES = Examination("series", "编号簿", find, mend)
