"""The demonstration county appoints whoever the programmes there are need, whatever a page of terms asks for."""

from __future__ import annotations

from typing import Any

import pytest

from casework.demo.appointing import wanted
from casework.demo.county import Made, build_county, divisions_of
from casework.models import Level, Office, Post, Role, Staff
from tests.casework.demo.places import SMALLEST, load
from tests.factories import HouseholdFactory, PersonFactory
from tests.workflows.standard.pages import a_page, in_force
from workflows.proof import staffing_faults


def in_the_townships(page: dict[str, Any]) -> None:
    page["common"]["steps"]["intake"]["office"] = "township"


def by_the_prefecture(page: dict[str, Any]) -> None:
    page["common"]["steps"]["county"]["office"] = "prefecture"


def on_every_board(page: dict[str, Any]) -> None:
    page["common"]["notice"] = {"days": 7, "clause": "示例：公示7日"}
    for place in ("village_notice", "township_notice", "county_notice"):
        page["common"]["steps"][place] = {"days": 3, "clause": "默认：3日内张榜"}


def all_of_it(page: dict[str, Any]) -> None:
    for change in (in_the_townships, by_the_prefecture, on_every_board):
        change(page)


@pytest.mark.parametrize("change", [in_the_townships, by_the_prefecture, on_every_board, all_of_it])
def test_nobody_is_missing_for_any_road_a_page_may_have(db: None, change: Any) -> None:
    load(SMALLEST)
    page = a_page()
    change(page)
    with in_force(page):
        build_county(SMALLEST)
        village = next(place.code for place in divisions_of(SMALLEST) if place.level == Level.VILLAGE)
        home = HouseholdFactory(county_id=SMALLEST)
        PersonFactory(division_id=village, household=home, registered=True, registered__county_id=SMALLEST)
        assert [gap.sentence for gap in staffing_faults()] == []
        assert build_county(SMALLEST) == Made(0, 0, 0)


def test_whoever_is_appointed_later_is_the_only_one_new(db: None) -> None:
    load(SMALLEST)
    build_county(SMALLEST)
    before = dict(Staff.objects.values_list("username", "name"))
    page = a_page()
    by_the_prefecture(page)
    with in_force(page):
        build_county(SMALLEST)
    fresh = Staff.objects.exclude(username__in=before)
    assert sorted(fresh.values_list("username", flat=True)) == ["shi-4304-shenpi"]
    assert dict(Staff.objects.filter(username__in=before).values_list("username", "name")) == before
    assert Post.objects.filter(staff__in=fresh, role=Role.COUNTY_APPROVER, office__division_id="4304").count() == 1
    assert Office.objects.get(division_id="4304").name == "衡阳市计划生育协会"


def test_where_intake_is_the_townships_each_has_its_clerk() -> None:
    page = a_page()
    in_the_townships(page)
    with in_force(page):
        assert wanted()[Role.INTAKE_CLERK, Level.TOWNSHIP] == 1
