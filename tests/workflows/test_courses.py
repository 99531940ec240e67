"""How cases really ran, worked out by hand for a few cases and compared for many."""

from __future__ import annotations

import datetime
from datetime import UTC

import pytest
import time_machine
from django.db.models import Q
from hypothesis import given
from hypothesis import strategies as st

from casework.models import Role
from tests.world import COUNTY, World, open_item, photographed
from workflows import registry
from workflows.courses import (
    Courses,
    Done,
    acts_of,
    commonest_loops,
    courses_of,
    slowest,
    slowest_offices,
    summed,
    waiting,
)
from workflows.perform import perform
from workflows.programmes.nursing_subsidy.flow_2 import NursingSubsidyFlow2

MONDAY = datetime.datetime(2026, 3, 2, 9, tzinfo=UTC)
DAY = datetime.timedelta(days=1)


def course(case: int, *steps: tuple[str, str, int]) -> list[Done]:
    """A case's steps one after the other, each (step, outcome, days it took), in one office."""
    done, at = [], MONDAY
    for step, outcome, days in steps:
        done.append(Done(case, step, "430922", outcome, at, at + days * DAY))
        at += days * DAY
    return done


STRAIGHT = course(1, ("intake", "accept", 1), ("village", "pass", 3), ("township", "pass", 2))
ROUND = course(
    2,
    ("intake", "accept", 1),
    ("village", "pass", 5),
    ("township", "send_back", 2),
    ("village", "pass", 4),
    ("township", "pass", 1),
)


def test_each_way_and_each_outcome_is_counted() -> None:
    found = summed([*STRAIGHT, *ROUND])

    assert found.cases == 2
    assert found.outcomes["village", "pass"] == 3
    assert found.outcomes["township", "send_back"] == 1
    assert [(one.steps, one.cases, one.days) for one in slowest(found)] == [
        (("intake", "village", "township", "village", "township"), 1, 13.0),
        (("intake", "village", "township"), 1, 6.0),
    ]


def test_waiting_is_told_by_its_median_and_by_what_nine_in_ten_stayed_under() -> None:
    assert summed([*STRAIGHT, *ROUND]).steps["village"] == waiting([3, 5, 4])
    assert (waiting([3, 5, 4]).median, waiting([3, 5, 4]).ninetieth) == (4, 5)
    assert waiting(list(range(1, 11))).ninetieth == 9
    assert waiting([7]).ninetieth == 7


def test_a_step_that_comes_again_is_a_loop_with_what_led_back_to_it() -> None:
    (to_village, to_township) = commonest_loops(summed([*STRAIGHT, *ROUND]))

    assert (to_township.back_from, to_township.outcome, to_township.again) == ("village", "pass", "township")
    assert (to_village.back_from, to_village.outcome, to_village.again) == ("township", "send_back", "village")
    # Left on the sixth day, done again on the twelfth.
    assert (to_village.times, to_village.cases, to_village.days) == (1, 1, 6.0)


NOTED = course(
    3,
    ("intake", "accept", 1),
    ("handling", "act", 2),
    ("handling", "act", 3),
    ("handling", "close", 4),
    ("closing", "send_back", 1),
    ("handling", "act", 2),
    ("handling", "close", 1),
)
ACTS = frozenset({("handling", "act")})


def test_what_is_noted_in_a_step_is_counted_and_is_no_loop() -> None:
    """Two talks and a closing are one stay of nine days; only what was sent back is gone over twice."""
    found = summed(NOTED, acts=ACTS)

    assert found.outcomes["handling", "act"] == 3
    assert [one.steps for one in found.courses] == [("intake", "handling", "closing", "handling")]
    assert found.steps["handling"] == waiting([9, 3])
    assert [(loop.back_from, loop.outcome, loop.again, loop.times, loop.days) for loop in found.loops] == [
        ("closing", "send_back", "handling", 1, 4.0)
    ]
    assert len(summed(NOTED).loops) == 2


def test_a_case_that_ends_with_something_noted_has_had_that_stay() -> None:
    found = summed(NOTED[:3], acts=ACTS)
    assert (found.steps["handling"], found.loops) == (waiting([5]), [])


def test_acts_are_what_leaves_a_case_in_its_step() -> None:
    rights, nursing = (registry.programme(slug).flow for slug in ("rights_case", "nursing_subsidy"))
    assert {("handling", "act"), ("performing", "receive")} <= acts_of(rights)
    assert ("handling", "propose_close") not in acts_of(rights)
    assert acts_of(nursing) == frozenset()


def test_offices_are_told_where_they_keep_people_longest() -> None:
    elsewhere = [done._replace(office="430102", ended=done.ended + 9 * DAY, case_id=3) for done in STRAIGHT[:1]]

    (worst, figures), *_ = slowest_offices(summed([*STRAIGHT, *elsewhere]))

    assert (worst, figures.ninetieth) == (("intake", "430102"), 10.0)


def test_of_more_than_can_be_looked_at_whole_cases_are_left_out_and_it_is_said() -> None:
    found = summed([*STRAIGHT, *ROUND], most=len(STRAIGHT))

    assert (found.cases, found.cut) == (1, True)
    assert sum(found.outcomes.values()) == len(STRAIGHT)


STEPS = st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("xy"), st.integers(0, 30)), min_size=1, max_size=12)


@given(st.lists(STEPS, max_size=8))
def test_nothing_is_counted_twice_or_not_at_all(cases: list[list[tuple[str, str, int]]]) -> None:
    done = [one for number, steps in enumerate(cases) for one in course(number, *steps)]

    found = summed(done)

    assert found.cases == len(cases) == sum(way.cases for way in found.courses)
    assert sum(found.outcomes.values()) == len(done) == sum(one.times for one in found.steps.values())
    again = sum(len(steps) - len({step for step, _, _ in steps}) for steps in cases)
    assert sum(loop.times for loop in found.loops) == again


def year(number: int) -> datetime.datetime:
    return datetime.datetime(number, 1, 1, tzinfo=UTC)


def ran(inside: str = COUNTY) -> Courses:
    return courses_of(NursingSubsidyFlow2, Q(division__startswith=inside), year(2026), year(2027))


@pytest.mark.django_db
def test_only_cases_that_ended_in_the_period_and_place_are_looked_at(world: World) -> None:
    with time_machine.travel("2026-11-03T09:00+08:00", tick=False):
        world.case(at="county")
        ended = world.case(at="village")
        photographed(ended)
        perform(open_item(ended).pk, "send_back", by=world.by(Role.VILLAGE_VERIFIER), reasons=["facts_differ"])
    with time_machine.travel("2026-11-09T09:00+08:00", tick=False):
        perform(open_item(ended).pk, "refuse", by=world.by(Role.INTAKE_CLERK), reasons=["not_covered"])

    found = ran()

    assert found.cases == 1
    assert dict(found.outcomes) == {
        ("intake", "accept"): 1,
        ("village", "send_back"): 1,
        ("intake", "refuse"): 1,
    }
    assert found.steps["intake"].ninetieth == 6.0
    assert ran("430102") == Courses()
    assert courses_of(NursingSubsidyFlow2, Q(), year(2025), year(2026)) == Courses()


@pytest.mark.django_db
def test_it_is_one_statement_however_many_cases(world: World, django_assert_num_queries: object) -> None:
    for _ in range(3):
        world.case(at="end")

    with django_assert_num_queries(1):  # type: ignore[operator]
        assert ran().cases == 3
