"""Roads of terms: whatever steps a page of terms leaves in, the flow is proved before anybody walks it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.workflows.standard.pages import a_page, programme_of
from workflows import registry
from workflows.proof import faults_of

Change = Callable[[dict[str, Any]], None]


def with_notice(*places: str) -> Change:
    def change(page: dict[str, Any]) -> None:
        page["common"]["notice"] = {"days": 7, "clause": "示例：公示7日"}
        for place in places:
            page["common"]["steps"][place] = {"days": 3, "clause": "默认：3日内张榜"}

    return change


def without(*places: str) -> Change:
    def change(page: dict[str, Any]) -> None:
        for place in places:
            del page["common"]["steps"][place]

    return change


def entitlement(page: dict[str, Any]) -> None:
    without("payment")(page)
    page["common"]["steps"]["in_use"] = {"days": 365, "clause": "示例：一年"}
    page["versions"][0]["amount"] = {"kind": "nothing", "clause": "示例：待遇"}


def in_other_offices(page: dict[str, Any]) -> None:
    for place, office in (("intake", "township"), ("village", "township"), ("county", "prefecture")):
        page["common"]["steps"][place]["office"] = office


def test_a_period_of_use_counts_every_day_and_the_other_steps_working_days() -> None:
    """365 days of use are a year, not a year and a half."""
    page = a_page()
    entitlement(page)
    limits = programme_of(page).terms.versions[0].deadlines
    assert (limits["in_use"].working, limits["county"].working) == (False, True)
    page["common"]["steps"]["in_use"]["working"] = True
    assert programme_of(page).terms.versions[0].deadlines["in_use"].working


ROADS: tuple[tuple[str, Change, list[str]], ...] = (
    ("whole", without(), ["intake", "village", "township", "county", "payment"]),
    ("handled on arrival", without("village", "township"), ["intake", "county", "payment"]),
    ("no village", without("village"), ["intake", "township", "county", "payment"]),
    ("no township", without("township"), ["intake", "village", "county", "payment"]),
    ("every board", with_notice("village_notice", "township_notice", "county_notice"), ["village_notice_hanging"]),
    ("no money", entitlement, ["intake", "village", "township", "county", "in_use"]),
    ("other offices", in_other_offices, ["intake", "village", "township", "county", "payment"]),
)


@pytest.mark.parametrize(("change", "steps"), [road[1:] for road in ROADS], ids=[road[0] for road in ROADS])
def test_a_road_with_these_steps_is_proved(change: Change, steps: list[str]) -> None:
    page = a_page()
    change(page)
    programme = programme_of(page)
    assert faults_of(programme) == []
    assert [name for name in steps if programme.step(name) is None] == []


def test_signatures_follow_from_the_steps_and_notices_from_the_boards() -> None:
    page = a_page()
    with_notice("county_notice")(page)
    without("village")(page)
    terms = programme_of(page).terms.versions[0]
    assert (terms.signatures, terms.notices) == (("review", "approve"), ("county_notice",))


def test_later_terms_with_other_steps_have_a_flow_of_their_own_and_old_cases_keep_theirs() -> None:
    page = a_page()
    older = page["versions"][0]
    page["versions"] = [
        older,
        {**older, "in_force_from": _later(older, 1)},
        {**older, "in_force_from": _later(older, 2)},
    ]
    page["versions"][2]["steps"] = {key: step for key, step in page["common"]["steps"].items() if key != "village"}
    programme = programme_of(page)
    first, same, other = (programme.flow_for(terms.version) for terms in programme.terms.versions)
    assert first is same and other is not first
    assert (programme.flow, programme.earlier, other.version) == (other, (first,), 2)
    assert faults_of(programme) == []
    assert len(programme.under(first).terms.versions) == 2


def _later(version: dict[str, Any], years: int) -> Any:
    return version["in_force_from"].replace(year=version["in_force_from"].year + years)


def test_a_flow_is_found_again_by_its_name_and_reading_the_terms_anew_makes_no_second() -> None:
    before = registry.programme("freshman_grant").flow
    registry.forget()
    after = registry.programme("freshman_grant")
    assert after.flow is before and before.terms is after.terms
    module = __import__("workflows.standard.flows", fromlist=["flows"])
    assert getattr(module, before.__name__) is before
    with pytest.raises(AttributeError):
        module.freshman_grant_00000000  # noqa: B018  # asking is the test
