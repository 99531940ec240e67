"""Turning pages by a number, in both directions."""

from __future__ import annotations

import pytest
from django.http import QueryDict

from casework.desk.paging import page_by_number
from casework.models import NumberSeries

pytestmark = pytest.mark.django_db


def numbers(query: str, *, falling: bool = False) -> tuple[list[int], str, str]:
    page = page_by_number(NumberSeries.objects.all(), "last", QueryDict(query), size=2, falling=falling)
    return [row.last for row in page.rows], page.previous, page.next


@pytest.fixture(autouse=True)
def _five() -> None:
    NumberSeries.objects.all().delete()
    NumberSeries.objects.bulk_create(NumberSeries(key=str(number), last=number) for number in range(1, 6))


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ([1, 2], "", "after=2")),
        ("after=2", ([3, 4], "before=3", "after=4")),
        ("after=4", ([5], "before=5", "")),
        ("before=5", ([3, 4], "before=3", "after=4")),
        ("before=3", ([1, 2], "", "after=2")),
        ("after=9", ([], "", "")),
        ("after=x&before=-1", ([1, 2], "", "after=2")),
    ],
)
def test_rising(query: str, expected: tuple[list[int], str, str]) -> None:
    assert numbers(query) == expected


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ([5, 4], "", "after=4")),
        ("after=4", ([3, 2], "before=3", "after=2")),
        ("before=3", ([5, 4], "", "after=4")),
    ],
)
def test_falling(query: str, expected: tuple[list[int], str, str]) -> None:
    assert numbers(query, falling=True) == expected


def test_an_address_with_a_query_of_its_own_keeps_it() -> None:
    page = page_by_number(NumberSeries.objects.all(), "last", QueryDict(""), size=2)
    assert page.pager("/list/?county=1") == {"previous_url": "", "next_url": "/list/?county=1&after=2"}
    assert page.pager("/list/")["next_url"] == "/list/?after=2"
