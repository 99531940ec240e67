"""The programmes that come with the house: which of them hang a list, and how families that lost their child hang."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from casework.models import Case, NoticeLine, Role
from casework.notice_tokens import token_of
from tests.workflows.programmes.foundation_grant.stories import donated
from tests.workflows.standard.invented import application_for
from tests.workflows.standard.stories import at_the_counter, posted, walked
from tests.world import World, open_item
from workflows import registry
from workflows.notices.leaks import revealing_words
from workflows.notices.places import noticed_programmes
from workflows.notices.posting import Draft, draft_notice, post_notice
from workflows.notices.refusals import NotPosted
from workflows.notices.sheet import NEUTRAL_TITLE, rendered
from workflows.terms import Terms

HANG = {
    "foundation_grant": ("village_notice",),
    "freshman_grant": ("village_notice",),
    "loan_interest_subsidy": ("county_notice",),
    "poor_mother_grant": ("village_notice",),
    "special_aid": ("village_notice", "county_notice"),
    "three_combos_project": ("county_notice",),
}
"""Where a list hangs. 殡葬补助, 独生子女津贴 and 赠险 are done on arrival, 居家养老 and 绿色通道 are about
the sick: they hang none."""

FAMILIES = [
    (slug, place)
    for slug, places in HANG.items()
    for place in places
    if "bereaved" in registry.programme(slug).terms.versions[-1].body["who"].get("categories", ())
]


@pytest.fixture(autouse=True)
def _when_the_newest_terms_have_come() -> Iterator[None]:
    with time_machine.travel("2027-07-20 09:00+08:00"):
        yield


def newest(slug: str) -> Terms:
    return registry.programme(slug).terms.versions[-1]


def bereaved_at(world: World, slug: str, place: str) -> Case:
    """The case of a family that lost its child, waiting to be posted there."""
    if "donations" in newest(slug).body:
        donated("1000000.00")
    cells, day = application_for(registry.programme(slug), category="bereaved")
    return walked(world, at_the_counter(world, slug, cells, on=day), to=place)


def drafted(world: World, case: Case, channels: tuple[str, ...]) -> Draft:
    item = open_item(case)
    by = world.by(item.flow_task.role)
    return draft_notice(case.programme, item.step, item.office, [case.number], by=by, channels=channels)


def test_these_hang_a_list_and_no_other_does() -> None:
    assert {slug: newest(slug).notices for slug in registry.programmes() if newest(slug).notices} == HANG
    assert sorted(noticed_programmes()) == sorted((slug, place) for slug in HANG for place in HANG[slug])


@pytest.mark.parametrize("slug", HANG)
def test_each_number_of_a_notice_has_its_clause(slug: str) -> None:
    terms = newest(slug)
    for place in terms.notices:
        assert terms.notice is not None
        clauses = (terms.notice.at(place).clause, terms.deadlines[place].clause)
        assert all(clause.startswith(("示例", "默认")) for clause in clauses), clauses


def test_cases_under_the_terms_of_before_go_the_road_of_before() -> None:
    for slug in HANG:
        first = registry.programme(slug).terms.versions[0]
        assert not any(step.notice for step in registry.programme(slug).flow_for(first.version).steps())


@pytest.mark.parametrize(("slug", "place"), FAMILIES)
def test_a_bereaved_family_hangs_under_a_title_and_on_a_sheet_that_do_not_say_so(
    world: World, slug: str, place: str
) -> None:
    case = bereaved_at(world, slug, place)
    draft = drafted(world, case, ("board",))
    page = rendered(draft.sheet)

    assert (draft.against, draft.sheet.notice.title) == ([], NEUTRAL_TITLE)
    assert revealing_words([page]) == []
    assert not any(word in page for word in ("向秋菊", case.number, registry.programme(slug).title))
    assert "向*菊" in page


@pytest.mark.parametrize(("slug", "place"), FAMILIES)
def test_a_bereaved_family_is_never_on_the_web(world: World, slug: str, place: str) -> None:
    case = bereaved_at(world, slug, place)
    item = open_item(case)
    by = world.by(item.flow_task.role)
    for channels in (("web",), ("board", "web")):
        with pytest.raises(NotPosted, match=r"不上网公示|方案没有规定这种公示方式：网上"):
            post_notice(slug, place, item.office, [case.number], by=by, channels=channels)
    assert not NoticeLine.objects.filter(place=place).exists()

    notice = posted(world, case)
    read = Client().get(reverse("portal:notice", args=[token_of(notice.number)])).content.decode()
    assert "名单只贴在公开栏" in read
    assert "向*菊" not in read


def test_whatever_way_a_sheet_of_a_bereaved_family_is_asked_for_without_saying_where_it_is_not_the_web(
    world: World,
) -> None:
    """Freshmen's lists may be on the web: with none named, all the terms name are meant, and it is refused."""
    case = bereaved_at(world, "freshman_grant", "village_notice")
    with pytest.raises(NotPosted, match="是失独家庭，不上网公示"):
        posted(world, case, channels=())


@pytest.mark.parametrize("slug", ["special_aid", "poor_mother_grant", "foundation_grant"])
def test_where_a_sum_would_tell_what_befell_a_family_the_sheet_has_none(world: World, slug: str) -> None:
    case = bereaved_at(world, slug, "village_notice")
    page = rendered(drafted(world, case, ("board",)).sheet)

    assert case.amount is not None
    assert f"{case.amount:.2f}" not in page
    assert "共1人。" in page


def test_no_version_of_the_special_aid_offers_the_web() -> None:
    offered: set[Any] = set()
    for terms in registry.programme("special_aid").terms.versions:
        offered |= {channel for place in terms.notices if terms.notice for channel in terms.notice.at(place).channels}
    assert offered == {"board"}


@pytest.mark.parametrize("slug", ["loan_interest_subsidy", "three_combos_project"])
def test_of_a_unit_its_name_hangs_and_not_who_signs_for_it(world: World, slug: str) -> None:
    cells, day = application_for(registry.programme(slug))
    case = walked(world, at_the_counter(world, slug, cells, on=day), to="county_notice")
    draft = drafted(world, case, ("board", "web"))
    page = rendered(draft.sheet)

    assert draft.against == []
    assert all(words in page for words in ("示例合作社", f"{case.amount:.2f}", "共1个单位，合计", "桃花江镇"))
    assert not any(words in page for words in ("向秋菊", "向*菊", "川门湾"))
    assert open_item(case).flow_task.role == Role.INTAKE_CLERK
