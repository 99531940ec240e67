"""A village by the names people write: with the township or without, with any ending or none, by its code."""

from __future__ import annotations

from typing import Any

import pytest

from casework.models import Case, Division, Level
from casework.places import full_name
from casework.sheets.values import Cell
from tests.factories import places
from tests.workflows.standard.pages import a_page, in_force
from tests.workflows.standard.stories import at_the_counter, hand_in, written_by
from tests.world import COUNTY, World
from workflows.papers.correcting import NotEntered
from workflows.papers.places import Villages

STONE_BAY, RIVER_BAY, CROSS_TREE = "430922112015", "430922112252", "430922112245"
MORE = (
    ("430922112015", "桃花江镇打石湾社区", "430922112"),
    ("430922112245", "横木村村委会", "430922112"),
    ("430922112251", "青山村委会", "430922112"),
    ("430922113251", "青山村委会", "430922113"),
    ("430922113010", "青山居委会", "430922113"),
    ("430922113011", "龙山社区委员会", "430922113"),
)


@pytest.fixture
def known(db: None) -> Villages:
    places()
    more_places()
    return Villages(COUNTY)


def more_places() -> None:
    for code, name, parent in MORE:
        given = {"name": name, "level": Level.VILLAGE, "parent_id": parent, "valid_from": "2010-01-01"}
        Division.objects.update_or_create(code=code, defaults=given)


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("桃花江镇打石湾社区", STONE_BAY),
        ("打石湾社区", STONE_BAY),
        ("打石湾社区居委会", STONE_BAY),
        ("打石湾居委会", STONE_BAY),
        ("打石湾社区居民委员会", STONE_BAY),
        ("打石湾", STONE_BAY),
        ("桃江县桃花江镇打石湾社区", STONE_BAY),
        ("湖南省益阳市桃江县桃花江镇 打石湾", STONE_BAY),
        (STONE_BAY, STONE_BAY),
        ("川门湾村委会", RIVER_BAY),
        ("川门湾村", RIVER_BAY),
        ("川门湾村民委员会", RIVER_BAY),
        ("桃花江镇川门湾", RIVER_BAY),
        ("横木村", CROSS_TREE),
        ("横木村委会", CROSS_TREE),
        ("横木村村民委员会", CROSS_TREE),
        ("桃花江镇青山村", "430922112251"),
        ("青山社区", "430922113010"),
        ("龙山社区", "430922113011"),
        ("川门湾社区", None),
        ("青山村", None),
        ("青山", None),
        ("430922112", None),
        ("430102001001", None),
        ("没有这个村", None),
        ("村", None),
        ("", None),
    ],
)
def test_a_village_is_known_by_what_people_call_it(known: Villages, written: str, code: str | None) -> None:
    assert known.named(written) == code


def test_the_townships_column_tells_two_of_one_name_apart(known: Villages) -> None:
    township = Division.objects.get(pk="430922113").name
    assert known.named("青山村", township) == "430922113251"
    assert known.named("青山村", "桃花江") == "430922112251"
    assert known.named("川门湾村", township) == RIVER_BAY


def test_why_no_one_village_is_meant_is_said_with_those_it_might_be(known: Villages) -> None:
    township = Division.objects.get(pk="430922113").name
    both = f"桃花江镇青山村委会、{township}青山村委会"
    assert known.complaint("青山村") == f"“青山村”有2个：{both}，请连乡镇一起写"
    assert known.complaint("川门湾社区") == "本县没有“川门湾社区”，是不是桃花江镇川门湾村委会"
    assert known.complaint("没有这个") == "本县没有“没有这个”"
    assert known.complaint(" ") == "没有填村（社区）"


def a_stranger(village: str) -> dict[str, Cell]:
    facts = {"degree": "重", "begun_on": "2026-10-01", "proof": "残疾人证0001", "village": village}
    return {**written_by("向秋菊", "990922196003070148"), **facts}


def for_anyone() -> dict[str, Any]:
    page = a_page()
    page["common"]["who"] = {"proof": "残疾人证", "clause": "示例第一条"}
    return page


def test_at_the_counter_and_on_a_sheet_it_is_the_same_village_and_the_same_refusal(world: World) -> None:
    more_places()
    with in_force(for_anyone()):
        with pytest.raises(NotEntered) as refused:
            at_the_counter(world, "trial", a_stranger("青山"), on="2026-11-02")
        assert refused.value.codes == ("unknown_place",) and "请连乡镇一起写" in refused.value.details[0]
        (row,) = hand_in(world, "trial", a_stranger("青山"), on="2026-11-02").rows
        assert row.reasons == ("unknown_place",)
        case = at_the_counter(world, "trial", a_stranger("打石湾社区居委会"), on="2026-11-02")
    assert Case.objects.get().division_id == case.division_id == STONE_BAY
    assert case.applicant.division_id == STONE_BAY


def test_a_townships_name_a_village_bears_is_said_once(known: Villages) -> None:
    assert full_name(STONE_BAY) == "湖南省益阳市桃江县桃花江镇打石湾社区"
    assert full_name(RIVER_BAY) == "湖南省益阳市桃江县桃花江镇川门湾村委会"
    assert full_name(COUNTY) == "湖南省益阳市桃江县"
