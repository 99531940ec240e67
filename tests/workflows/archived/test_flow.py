"""The flow made from a log: proved, of the archivist alone, found again by name in any process."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from viewflow.workflow import fields

from casework.models import Capacity, Case, ReplayedLog, Role
from tests.workflows.replay.logs import ASKED, SMALL, Trace, log, plain, put
from tests.workflows.replay.logs import Event as Said
from tests.world import World
from workflows import registry
from workflows.archived import flows
from workflows.archived.flow import place_of_step, step_name
from workflows.archived.programme import build, class_name_of, programme_of, slug_of
from workflows.archived.shape import Name, Shape
from workflows.archived.titles import titles
from workflows.flow import Step
from workflows.graph import begin_of, main_road, reachable
from workflows.programme import Programme
from workflows.proof import prove
from workflows.refusals import NotAllowed
from workflows.replay.bringing_in import bring_in

activities = st.none() | st.sampled_from([Name("string", text) for text in ("a", "b", "begin", "", "ends")])
logs = st.lists(st.lists(activities, max_size=6), min_size=1, max_size=6)


def programme_for(*cases: str) -> Programme:
    shape = Shape()
    for case in cases:
        shape.add(Name("string", letter) for letter in case)
    return build("replay-0", "a log", shape)


@pytest.fixture
def another_process() -> Iterator[None]:
    """What a process has built and remembered is forgotten, as in one that starts afresh."""
    for remembered in (programme_of, fields.import_flow_by_ref, fields.import_task_by_ref):
        remembered.cache_clear()
    yield


# -- what it is made of -----------------------------------------------------------------------------------------------


@given(logs)
def test_the_flow_of_any_log_is_proved_and_all_of_it_can_be_reached(log: list[list[Name | None]]) -> None:
    shape = Shape()
    for case in log:
        shape.add(case)
    programme = build("replay-0", "a log", shape)
    proof = prove(programme)

    assert proof.faults == ()
    assert proof.steps == len(shape.activities) + bool(shape.empty)
    assert reachable(programme.flow) == {node.name for node in programme.flow.instance.nodes()} - {"begin"}
    steps = [step for step in programme.flow.steps() if place_of_step(step.name) is not None]
    assert [step.task_title for step in steps] == titles(shape.activities)


def test_there_is_an_outcome_for_each_that_followed_and_one_for_ending_there() -> None:
    programme = programme_for("abbc", "ab", "b")
    ways = {
        step.name: {outcome.name: outcome.next.name for outcome in step.outcomes.values()}
        for step in programme.flow.steps()
    }

    assert ways == {
        "a1": {"to_a2": "a2"},
        "a2": {"to_a2": "a2", "to_a3": "a3", "ends": "archived"},
        "a3": {"ends": "archived"},
    }
    begin = begin_of(programme.flow)
    assert begin is not None
    assert [first.name for first in begin.firsts] == ["a1", "a2"]


def test_the_beaten_road_is_the_main_road() -> None:
    programme = programme_for("xab", "ab", "ab", "ac", "acd", "acd", "acd", "b")

    assert [place.name for place in main_road(programme.flow)] == ["a2", "a4", "a5", "archived"]


def test_every_step_is_the_archivists_and_asks_the_law_for_history_alone() -> None:
    for step in programme_for("abca", "c").flow.steps():
        assert (step.role, step.capacity) == (Role.ARCHIVIST, Capacity.RECORD)
        assert {(outcome.moves, outcome.signs, outcome.then) for outcome in step.outcomes.values()} == {
            ("set_down", False, ())
        }


def test_names_of_the_engines_own_are_only_titles() -> None:
    shape = Shape()
    shape.add(Name("string", text) for text in ("begin", "instance", "steps", "lock", "programme", "archived", "a1"))

    assert prove(build("replay-0", "a log", shape)).faults == ()


@given(st.integers(0, 10**6))
def test_a_steps_name_says_which_activity_it_is(place: int) -> None:
    assert place_of_step(step_name(place)) == place


# -- where it is found ------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("another_process")
def test_a_case_knows_its_flow_in_a_process_that_never_met_the_log(world: World, tmp_path: Path) -> None:
    row = bring_in(put(tmp_path, SMALL), ASKED).log
    for remembered in (programme_of, fields.import_flow_by_ref, fields.import_task_by_ref):
        remembered.cache_clear()
    case = Case.objects.filter(programme=row.slug).earliest("pk")
    item = case.work_items.earliest("pk")

    assert case.flow_class.programme == row.slug
    assert isinstance(item.flow_task, Step)
    assert (item.flow_task.name, item.flow_task.task_title) == ("a1", "a")
    assert registry.programme(row.slug).flow is case.flow_class
    assert item.flow_task.flow_class is case.flow_class


def test_the_registry_finds_it_by_name_and_lists_it_nowhere(world: World, tmp_path: Path) -> None:
    row = bring_in(put(tmp_path, SMALL), ASKED).log

    assert registry.programme(row.slug).title == "历史案件：log.xes"
    assert row.slug not in registry.programmes()


@pytest.mark.parametrize("slug", ["replay-0000000000000000", "replay-", "no_such_programme", ""])
def test_the_registry_knows_no_log_that_was_not_brought_in(db: None, slug: str) -> None:
    with pytest.raises(KeyError):
        registry.programme(slug)


@pytest.mark.parametrize("name", ["Log_0000000000000000", "Log_", "NoSuchFlow", "__wrapped__"])
def test_the_module_has_no_flow_of_a_log_that_was_not_brought_in(db: None, name: str) -> None:
    with pytest.raises(AttributeError):
        getattr(flows, name)


def test_the_registry_asks_no_database_for_the_programmes_people_apply_for() -> None:
    # Without the `db` fixture a statement would be an error.
    assert registry.programme("nursing_subsidy").slug == "nursing_subsidy"
    with pytest.raises(KeyError):
        registry.programme("hardship")


def test_one_name_never_means_two_flows() -> None:
    slugs = {slug_of(digest, lifecycle) for digest in ("0" * 64, "1" * 64) for lifecycle in ("", "complete", "start")}

    assert len(slugs) == 6
    assert len({class_name_of(slug) for slug in slugs}) == 6


def test_what_was_taken_of_a_log_makes_its_flow(world: World, tmp_path: Path) -> None:
    events = [Said("a", lifecycle="start"), Said("a", lifecycle="complete"), Said("b", lifecycle="complete")]
    row = bring_in(put(tmp_path, log(Trace("1", events), plain("2", "b"))), ASKED).log

    assert {name: list(step.outcomes) for name, step in _steps(row).items()} == {
        "a1": ["to_a1", "to_a2"],
        "a2": ["ends"],
    }


def _steps(row: ReplayedLog) -> dict[str, Step]:
    return {step.name: step for step in registry.programme(row.slug).steps()}


# -- what it is not ---------------------------------------------------------------------------------------------------


def test_nobody_applies_for_what_is_past_and_nothing_is_assessed(world: World, tmp_path: Path) -> None:
    row = bring_in(put(tmp_path, SMALL), ASKED).log
    programme = registry.programme(row.slug)
    case = Case.objects.filter(programme=row.slug).earliest("pk")

    with pytest.raises(NotAllowed, match="只供查阅"):
        programme.assess(case, {})
    with pytest.raises(NotAllowed, match="只供查阅"):
        programme.applications.open_docket("430922", case.applied_on)
    with pytest.raises(NotAllowed, match="只供查阅"):
        programme.applications.read({})
    assert (case.paid_amount, case.amount) == (Decimal("0.00"), None)
