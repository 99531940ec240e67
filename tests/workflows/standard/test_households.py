"""What a household holds stays the household's when its number changes, or when it gets one."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from casework.models import Household, Person
from casework.sheets.values import Cell
from tests.factories import HouseholdFactory, PersonFactory
from tests.workflows.standard.stories import a_person, hand_in
from tests.world import World

SLUG, ON = "poor_mother_grant", "2026-11-10"
NEED = {"hardship": "受灾", "children_at_school": "0"}


@pytest.fixture
def lines() -> Sequence[dict[str, Cell]]:
    """Two of one family, and what each writes."""
    return [{**a_person("向秋菊", 501, household=None), **NEED}, {**a_person("田冬梅", 502, household=None), **NEED}]


def move(home: Household, *names: str) -> None:
    Person.objects.filter(name__in=names or ("向秋菊", "田冬梅")).update(household=home)


@pytest.mark.parametrize("before", [True, False])
def test_of_one_household_the_second_is_told_whatever_number_it_had_when_the_first_was_granted(
    world: World, before: bool, lines: Sequence[dict[str, Cell]]
) -> None:
    if before:
        move(HouseholdFactory())
    assert [row.reasons for row in hand_in(world, SLUG, lines[0], on=ON).rows] == [()]
    move(HouseholdFactory())

    assert [row.reasons for row in hand_in(world, SLUG, lines[1], on=ON).rows] == [("others_granted",)]


def test_whoever_leaves_a_household_takes_nothing_of_what_it_holds_along(
    world: World, lines: Sequence[dict[str, Cell]]
) -> None:
    left, joined = HouseholdFactory(), HouseholdFactory()
    PersonFactory(household=left)
    move(left, "向秋菊")
    hand_in(world, SLUG, lines[0], on=ON)
    move(joined)

    assert [row.reasons for row in hand_in(world, SLUG, lines[1], on=ON).rows] == [()]
