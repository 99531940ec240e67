"""Which outcomes a page offers where."""

from __future__ import annotations

import pytest

from tests.workflows.second_thoughts.stories import at, remitted, walked_on
from tests.world import World, open_item
from workflows import registry
from workflows.flow import Step
from workflows.graph import something_waits_in
from workflows.offering import beside_the_road, by_its_office, for_many

STEPS = {step.name: step for step in registry.programme("nursing_subsidy").flow.steps()}


def names(outcomes: object) -> list[str]:
    return [outcome.name for outcome in outcomes]  # type: ignore[attr-defined]  # a list of outcomes


@pytest.mark.parametrize("name", [name for name, step in STEPS.items() if something_waits_in(step)])
def test_an_outcome_is_offered_in_one_of_the_two_places_or_has_none(world: World, name: str) -> None:
    case = at(world, name)
    step: Step = open_item(case).flow_task
    own, beside = names(by_its_office(step, case)), names(beside_the_road(step, case))
    assert not set(own) & set(beside)
    assert own
    assert set(step.outcomes) - set(own) - set(beside) <= {"settle", "let_stand"}


def test_what_only_a_paid_case_can_be_told_is_offered_to_it_alone(world: World) -> None:
    never, once = world.case("county"), walked_on(world, remitted(world, world.case("end")), "county")
    county = STEPS["county"]
    assert ("settle" in names(by_its_office(county, never)), "settle" in names(by_its_office(county, once))) == (
        False,
        True,
    )
    assert names(beside_the_road(county, never)) == ["suspend", "withdraw", "terminate"]
    assert names(beside_the_road(county, once)) == ["suspend", "let_stand"]


@pytest.mark.parametrize(
    ("step", "many"),
    [
        ("intake", ["accept", "ask_for_papers", "refuse", "suspend"]),
        ("papers", ["withdraw"]),
        ("township", ["pass", "send_back", "refuse", "suspend"]),
        ("county", ["approve", "send_back", "refuse", "suspend"]),
        ("payment", ["suspend"]),
        ("suspended", ["resume"]),
        ("internal_review", []),
        ("refusal_review", []),
    ],
)
def test_for_many_at_once_there_is_only_what_can_be_answered_for_all(step: str, many: list[str]) -> None:
    assert names(for_many(STEPS[step])) == many


def test_nothing_waits_in_a_step_by_which_an_ended_case_is_taken_up() -> None:
    idle = {name for name, step in STEPS.items() if not something_waits_in(step)}
    assert idle == {"review_request", "refusal_review_request", "late_return"}
