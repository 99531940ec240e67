"""A case that ended under an earlier version is moved by its number, so that its applicant can ask for a review."""

from __future__ import annotations

from collections.abc import Callable
from io import StringIO

import pytest
from django.core.management import call_command

from casework.models import Case, Event
from tests.workflows import invariants
from tests.workflows.second_thoughts.stories import asked_about, fresh, newcomer, refused, say, terminated
from tests.world import World
from workflows import trail
from workflows.programmes.nursing_subsidy.flow import NursingSubsidyFlow
from workflows.refusals import NotAllowed

pytestmark = pytest.mark.django_db


def of_the_first(case: Case) -> Case:
    Case.objects.filter(pk=case.pk).update(flow_class=NursingSubsidyFlow, flow_version=1)
    return fresh(case)


def migrate(*arguments: str) -> str:
    out = StringIO()
    call_command("migrate_cases", "nursing_subsidy", *arguments, stdout=out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("ended", "step"),
    [
        (lambda world: refused(world, "village"), "internal_review"),
        (refused, "refusal_review"),
        (lambda world: world.case("end"), "internal_review"),
    ],
)
def test_what_ended_under_the_first_version_can_be_reviewed_once_it_is_moved(
    world: World, ended: Callable[[World], Case], step: str
) -> None:
    case = of_the_first(ended(world))
    with pytest.raises(NotAllowed, match="请系统管理员把案件转到新版流程"):
        asked_about(world, case)

    said = migrate("--to", "2", "--case", case.number)

    assert "已经办结，只换流程：可按那一版申请复核" in said
    assert "已移 1 件" in said
    asked_about(world, fresh(case))
    found = fresh(case)
    assert (found.stage, found.work_items.get(finished=None).step) == ("internal_review", step)
    say(found, "uphold", newcomer(), "decision_right")
    assert fresh(case).stage == case.stage
    assert invariants.broken() == []


def test_it_is_tried_first_and_moved_back_and_nothing_but_the_flow_has_changed(world: World) -> None:
    case = of_the_first(refused(world))
    before = Case.objects.values().get(pk=case.pk)

    assert "可以移 1 件" in migrate("--to", "2", "--case", case.number, "--dry-run")
    assert Case.objects.values().get(pk=case.pk) == before
    migrate("--to", "2", "--case", case.number)
    migrate("--to", "1", "--case", case.number)

    moved = {"trail_seq": case.trail_seq + 2, "trail_head": fresh(case).trail_head}
    assert Case.objects.values().get(pk=case.pk) == {**before, **moved}
    assert Event.objects.filter(chain=case.number, action="case_moved").count() == 2
    assert list(trail.breaks(case.number)) == []


def test_what_has_ended_stays_where_it_is_unless_it_is_named(world: World) -> None:
    case = of_the_first(refused(world))
    migrate("--to", "2")
    assert fresh(case).flow_version == 1


def test_an_end_that_version_does_not_have_is_said_so(world: World) -> None:
    case = terminated(world)
    said = migrate("--to", "1", "--case", case.number)
    assert "第1版流程里没有案件走到的这个结局（已终止）" in said
    assert fresh(case).flow_version == 2
