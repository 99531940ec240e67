"""The demonstration county has lists on its boards."""

from __future__ import annotations

import pytest

from casework.demo.boards import Boards, hang_lists
from casework.models import Notice, NoticeLine
from tests.workflows.notices.noticed import COUNTY, Village
from tests.world import open_item

pytestmark = pytest.mark.django_db


def test_most_of_what_waits_hangs_two_lines_are_objected_to_and_one_case_waits(village: Village) -> None:
    """By the web, which nobody has taken in, and at the desk."""
    cases = [village.case() for _ in range(4)]

    assert hang_lists(COUNTY) == Boards(sheets=1, people=3, objected=2)
    assert sorted(open_item(case).step for case in cases) == [
        "village_notice",
        *["village_notice_hanging"] * 2,
        "village_notice_objection",
    ]
    assert NoticeLine.objects.filter(state="objected").count() == 2
    assert Notice.objects.get().photographs.count() == 1


def test_of_two_boards_the_second_has_an_objection_that_waits_for_its_answer(village: Village) -> None:
    """The county's comes first."""
    at_the_county, in_the_village = village.case("county_notice"), village.case()

    assert hang_lists(COUNTY) == Boards(sheets=2, people=2, objected=2)
    assert open_item(at_the_county).step == "county_notice_hanging"
    assert open_item(in_the_village).step == "village_notice_objection"


def test_a_county_without_lists_has_none(village: Village) -> None:
    assert hang_lists(COUNTY) == Boards()
