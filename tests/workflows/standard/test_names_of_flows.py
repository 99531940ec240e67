"""A case keeps its flow by the name of a class that its terms make: a name that changes is a flow that is lost."""

from __future__ import annotations

from dataclasses import MISSING, fields, make_dataclass, replace
from typing import Any

import pytest

from workflows import registry
from workflows.standard import road
from workflows.standard.road import ALWAYS_SAID, Place, Road

SHIPPED = {
    "birth_gift_insurance": ["birth_gift_insurance_6f2f7c7f"],
    "foundation_grant": ["foundation_grant_c62d5146", "foundation_grant_928d272c"],
    "freshman_grant": ["freshman_grant_b54dce38", "freshman_grant_59818244"],
    "funeral_aid": ["funeral_aid_bfb651ba"],
    "home_care": ["home_care_91d695c5"],
    "loan_interest_subsidy": ["loan_interest_subsidy_bc19d3e5", "loan_interest_subsidy_39307f06"],
    "medical_green_channel": ["medical_green_channel_10914cd8"],
    "one_child_allowance": ["one_child_allowance_344dbdb3"],
    "poor_mother_grant": ["poor_mother_grant_d1563258", "poor_mother_grant_d3ef931b"],
    "special_aid": ["special_aid_b264dd05", "special_aid_8f5acc71"],
    "three_combos_project": ["three_combos_project_ae9f4124", "three_combos_project_f2c18546"],
}
"""Of programmes whose terms are a page, oldest first. Another road is another name, added here; none goes away as long
as a case is on it."""

FIRST = Place("intake", "county", "示例：受理", log=("call",))
SECOND = Place("village", "village", "示例：核实", photograph=True, findings=True)
GIVEN: dict[str, Any] = {"name": "payment", "office": "township", "clause": "别的", "by": "head", "photograph": True,
                         "findings": True, "log": ("visit",)}  # fmt: skip


def test_the_flows_of_the_shipped_programmes_have_the_names_cases_keep_them_by() -> None:
    named = {
        slug: [flow.__name__ for flow in (*programme.earlier, programme.flow)]
        for slug, programme in registry.programmes().items()
        if programme.flow.__module__ == road.MODULE
    }
    assert {slug: named.get(slug) for slug in SHIPPED} == SHIPPED


def test_a_mark_is_what_it_was_when_the_first_cases_began() -> None:
    assert Road((FIRST, SECOND)).mark == "bb7b5ca2"


@pytest.mark.parametrize("name", sorted(ALWAYS_SAID))
def test_whatever_was_there_from_the_first_tells_roads_apart(name: str) -> None:
    assert Road((replace(FIRST, **{name: GIVEN[name]}), SECOND)).mark != Road((FIRST, SECOND)).mark


def test_a_field_that_is_added_renames_no_flow_that_says_nothing_there() -> None:
    wider: Any = make_dataclass("Wider", [("twice", bool, False), ("rooms", tuple, ())], bases=(Place,), frozen=True)
    held = {field.name: getattr(FIRST, field.name) for field in fields(FIRST)}
    plain, said = wider(**held), wider(**held, twice=True)

    assert Road((plain, SECOND)).mark == Road((FIRST, SECOND)).mark
    assert Road((said, SECOND)).mark != Road((FIRST, SECOND)).mark


def test_what_the_first_cases_were_marked_by_is_still_there_and_all_else_has_a_default() -> None:
    held = {field.name: field.default for field in fields(Place)}
    assert held.keys() >= ALWAYS_SAID
    assert [name for name, default in held.items() if default is MISSING and name not in ALWAYS_SAID] == []
