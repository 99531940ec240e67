"""Number series: none may lie behind the highest number that was given out, or the next number is a second one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.db.models import Max, QuerySet
from django.db.models.functions import Length, Substr

from casework.models import Case, Level, Notice, NumberSeries, PaymentBatch, SupervisionOrder
from workflows import registry
from workflows.doctor.finding import Examination, Finding, Kind, Scope, county_of
from workflows.papers.numbers import catch_up

BEHIND = Kind(
    "series_behind",
    "编号簿落后于已经用掉的号，下一个号会与旧号重复而办不成",
    "请用 manage.py doctor --repair 把编号簿补到最大的号",
)
COUNTY_AND_YEAR = 10
YEAR = 4
"""Digits of a case's number between its prefix and its running number: 430922 2026."""

BATCH_KEY = len("FF430922-2026")
NOTICE_KEY = len("GS430922-2026G")
OF_AN_ORDER = len("DB")
"""An order's series is that of the office that supervises, of whatever level: DB4309 2026."""


def find(scope: Scope) -> Iterator[Finding]:
    given = dict(NumberSeries.objects.values_list("key", "last"))
    for programme in registry.programmes().values():
        cases = Case.objects.filter(scope.inside(), programme=programme.slug)
        numbered = cases.filter(number__startswith=programme.number_prefix)
        prefix = len(programme.number_prefix)
        yield from _behind(numbered, prefix + COUNTY_AND_YEAR, given, prefix)
    batches = PaymentBatch.objects.filter(scope.inside("county_id"))
    yield from _behind(batches, BATCH_KEY, given, len("FF"))
    yield from _behind(Notice.objects.filter(scope.inside()), NOTICE_KEY, given, len("GS"))
    orders = SupervisionOrder.objects.filter(scope.inside("county")).annotate(level=Length("supervising"))
    for level in Level.values:
        yield from _behind(orders.filter(level=level), OF_AN_ORDER + level + YEAR, given, OF_AN_ORDER, level)


def _behind(
    rows: QuerySet[Any], key_length: int, given: Mapping[str, int], prefix: int, level: int = Level.COUNTY
) -> Iterator[Finding]:
    """The highest number of each series is the greatest of the longest: they are padded, and may outgrow that.

    A series' key has, after a prefix, the code of a place of that level; one above the counties is of no county.
    """
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
            county = county_of(key[prefix : prefix + level]) if level >= Level.COUNTY else ""
            yield Finding(BEHIND, key, county, sentence, key=(key, top))


def mend(finding: Finding) -> str:
    key, top = finding.key
    return f"{key}：编号簿已补到{top}" if catch_up(key, top) else ""


SERIES = Examination("series", "编号簿", find, mend)
