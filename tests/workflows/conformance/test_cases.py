"""Cases walked through the gateway fit the file of their flow; a case whose past was tampered with does not."""

from __future__ import annotations

import datetime
from fractions import Fraction
from typing import Any

import pytest
from django.db import transaction
from django.utils.timezone import localdate
from hypothesis import HealthCheck, given, settings

from casework.models import Case, Role, Stage, WorkItem
from tests.workflows import invariants
from tests.workflows.walk import WALKS, Walk, county_at_work, hired
from tests.world import World, open_item
from workflows import registry
from workflows.conformance.alignment import Move
from workflows.conformance.cases import fit_of_cases, paths_of_cases
from workflows.perform import perform
from workflows.reopening import reopen

FLOW, EARLIER = registry.programme("nursing_subsidy").flows
ROAD = ("受理", "村级核实", "乡镇审核", "县级审批", "列入发放批次", "发放复核", "银行回盘")


def say(world: World, case: Case, outcome: str, by: str, **values: Any) -> None:
    perform(open_item(case).pk, outcome, by=world.by(by), reasons=["late"], note="情况属实", values=values)


def paths() -> list[tuple[bool, tuple[str, ...]]]:
    return [(has_ended, path) for _, has_ended, path in paths_of_cases(FLOW)]


def test_a_paid_case_fits(world: World) -> None:
    world.case("end")

    assert paths() == [(True, ROAD)]
    ended, under_way = fit_of_cases(FLOW)
    assert (ended.cases, ended.fitting, ended.fitness) == (1, 1, 1)
    assert ended.paths == {ROAD: 1}
    assert under_way.cases == 0


def test_a_case_under_way_fits_so_far(world: World) -> None:
    world.case("county")

    assert paths() == [(False, ROAD[:3])]
    ended, under_way = fit_of_cases(FLOW)
    assert (under_way.cases, under_way.fitting, under_way.fitness) == (1, 1, 1)
    assert (ended.cases, ended.fitness) == (0, 1)


def test_a_case_in_which_nothing_is_done_yet_says_nothing(world: World) -> None:
    world.case("intake")

    assert paths() == []


def test_a_case_suspended_resumed_refused_and_reviewed_fits(world: World) -> None:
    case = world.case("village")
    say(world, case, "suspend", Role.VILLAGE_VERIFIER, review_on=localdate() + datetime.timedelta(days=30))
    say(world, case, "resume", Role.INTAKE_CLERK)
    say(world, case, "refuse", Role.VILLAGE_VERIFIER)
    reopen(case.number, by=world.by(Role.INTAKE_CLERK), reasons=["refusal_disputed"])
    say(world, case, "uphold", Role.COUNTY_APPROVER)

    assert paths() == [(True, ("受理", "村级核实", "中止待复查", "村级核实", "申请复核", "复核"))]
    assert fit_of_cases(FLOW)[0].fitness == 1


def test_many_cases_of_one_path_are_counted_together(world: World) -> None:
    for _ in range(3):
        say(world, world.case("intake"), "refuse", Role.INTAKE_CLERK)

    ended, _ = fit_of_cases(FLOW)
    assert ended.paths == {("受理",): 3}
    assert ended.cases == ended.fitting == 3


def test_a_step_that_was_skipped_is_named(world: World) -> None:
    case = world.case("end")
    WorkItem.objects.filter(process=case, step="township").update(finished=None)

    ended, _ = fit_of_cases(FLOW)
    ((number, alignment),) = ended.deviating
    assert number == case.number
    assert alignment.deviations == (Move(None, "乡镇审核"),)
    assert (ended.fitting, ended.fitness) == (0, Fraction(6, 7))


def test_a_step_the_flow_has_not_is_named_by_its_code(world: World) -> None:
    case = world.case("end")
    WorkItem.objects.filter(process=case, step="village").update(step="hamlet")

    ((_, alignment),) = fit_of_cases(FLOW)[0].deviating
    assert set(alignment.deviations) == {Move("hamlet", None), Move(None, "村级核实")}


def test_no_more_are_kept_than_asked_for(world: World) -> None:
    for _ in range(3):
        world.case("village")
    WorkItem.objects.filter(step="intake").update(step="village")

    _, under_way = fit_of_cases(FLOW, keep=2)
    assert (under_way.cases, under_way.fitting, len(under_way.deviating)) == (3, 0, 2)


def test_each_version_of_a_flow_has_its_own_cases(world: World) -> None:
    world.case("end")
    earlier = world.case("village")
    Case.objects.filter(pk=earlier.pk).update(flow_version=EARLIER.version)

    assert fit_of_cases(EARLIER)[1].paths == {("受理",): 1}
    assert fit_of_cases(FLOW)[0].paths == {ROAD: 1}


def test_history_brought_in_never_walked_the_flow(world: World) -> None:
    case = world.case("village")
    Case.objects.filter(pk=case.pk).update(stage=Stage.ARCHIVED)

    assert paths() == []


def test_whatever_people_do_the_cases_fit(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    # Promises are what `test_walk` looks at, after every act; here only the paths matter.
    monkeypatch.setattr(invariants, "check", lambda: None)
    staff = hired(world)
    county_at_work(world)
    seen = set()

    @given(acts=WALKS)
    @settings(max_examples=5, suppress_health_check=list(HealthCheck))
    def go(acts: list[tuple[str, int, int, int]]) -> None:
        with transaction.atomic():
            walk = Walk(world, staff)
            for act in acts:
                walk.take(*act)
            for fit in fit_of_cases(FLOW):
                seen.update(fit.paths)
                assert fit.deviating == []
                assert fit.fitness == 1
            transaction.set_rollback(True)

    go()
    assert len(seen) > 1


@pytest.mark.usefixtures("world")
def test_it_is_read_in_one_statement(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        fit_of_cases(FLOW)
