"""Moving cases to another version of their flow or terms, and back again."""

from __future__ import annotations

import datetime
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.utils.timezone import localdate

from casework.models import BenefitHold, Case, Event, Role, Stage, WorkItem
from tests.world import World, open_item
from workflows import holding, registry, trail
from workflows.moving import Target, move_all, plans, target_named
from workflows.overlap import HOSPITAL_DAYS, by_person
from workflows.perform import perform
from workflows.programmes.nursing_subsidy.flow import NursingSubsidyFlow
from workflows.programmes.nursing_subsidy.flow_2 import NursingSubsidyFlow2

pytestmark = pytest.mark.django_db

NURSING = registry.programme("nursing_subsidy")
FIRST, SECOND = Target(flow=NursingSubsidyFlow), Target(flow=NursingSubsidyFlow2)
OLD_TERMS, NEW_TERMS = target_named(NURSING, "2024-01-01"), target_named(NURSING, "2026-07-01")


def fresh(case: Case) -> Case:
    return Case.objects.get(pk=case.pk)


def rows_of(case: Case) -> tuple[Any, ...]:
    """All that a move may change, as the database has it."""
    found = fresh(case)
    item = WorkItem.objects.filter(process=case, finished__isnull=True).first()
    return (
        found.flow_class, found.flow_version, found.terms_version, found.signatures_required, found.stage,
        found.amount, found.payable_days, found.award,
        item and (item.flow_task, item.step, item.role, item.office, item.due_at, item.owner_id, item.status),
    )  # fmt: skip


@pytest.fixture
def on_the_road(world: World) -> list[Case]:
    """A case at each step from intake to payment, all under the second flow."""
    return [world.case(at=step) for step in ("intake", "village", "township", "county", "payment", "bank")]


def test_a_case_moved_to_the_flow_of_before_and_back_is_as_it_was(on_the_road: list[Case]) -> None:
    before = [rows_of(case) for case in on_the_road]

    there = list(move_all(NURSING, FIRST))
    assert [fresh(case).flow_class for case in on_the_road] == [NursingSubsidyFlow] * 6
    back = list(move_all(NURSING, SECOND))

    assert [move.refused for move in (*there, *back)] == [""] * 12
    assert [rows_of(case) for case in on_the_road] == before
    assert list(trail.breaks()) == []


def test_moved_it_goes_on_under_the_other_flow_to_its_end(world: World) -> None:
    case = world.case(at="township")
    list(move_all(NURSING, FIRST))

    perform(open_item(case).pk, "pass", by=world.by(Role.TOWNSHIP_REVIEWER))
    perform(open_item(case).pk, "approve", by=world.by(Role.COUNTY_APPROVER))
    for step in ("payment", "payment_check", "bank"):
        world.pay_on(fresh(case), step)

    done = fresh(case)
    assert (done.stage, done.flow_class, done.paid_amount) == (Stage.CLOSED, NursingSubsidyFlow, done.amount)


def test_the_trail_says_from_what_to_what(world: World) -> None:
    case = world.case(at="village")

    list(move_all(NURSING, FIRST))

    event = Event.objects.filter(case=case).latest("seq")
    assert event.action == "case_moved"
    assert (event.details["before"]["flow"], event.details["after"]["flow"]) == (2, 1)
    assert event.actor_name == "系统"


def test_a_step_that_is_not_there_is_refused_by_name_and_the_case_stays(world: World) -> None:
    case = world.case(at="village")
    item = open_item(case)
    day = localdate() + datetime.timedelta(days=20)
    perform(
        item.pk, "suspend", by=world.by(Role.VILLAGE_VERIFIER), reasons=["applicant_away"], values={"review_on": day}
    )
    before = rows_of(case)

    (moved,) = move_all(NURSING, FIRST)

    assert "没有“中止待复查”这个环节" in moved.refused
    assert rows_of(case) == before
    assert not Event.objects.filter(action="case_moved").exists()


def everything() -> dict[str, list[Any]]:
    """Every row of every table of ours."""
    ours = [model for model in apps.get_models() if model._meta.app_label in ("casework", "notifications")]
    return {model.__name__: list(model._default_manager.order_by("pk").values()) for model in ours}


@pytest.mark.parametrize("target", [FIRST, OLD_TERMS], ids=["flow", "terms"])
def test_a_dry_run_tells_what_the_move_will_do_and_writes_nothing(on_the_road: list[Case], target: Target) -> None:
    before = everything()

    told = list(plans(NURSING, target))
    assert everything() == before
    done = list(move_all(NURSING, target))

    assert told == done
    assert any(not move.refused for move in done)


def test_under_other_terms_the_amount_is_assessed_anew_until_it_is_promised(on_the_road: list[Case]) -> None:
    """26 days of severe dependency: 130 yuan a day now, 120 under the terms of 2024 and 45 days a year."""
    moved = {move.case_number: move for move in move_all(NURSING, OLD_TERMS)}

    at_intake, at_village, *_, at_county, at_payment, at_bank = [fresh(case) for case in on_the_road]
    assert (at_village.amount, at_county.amount) == (Decimal("3120.00"), Decimal("3120.00"))
    assert moved[at_village.number].amount_before == Decimal("3380.00")
    assert at_intake.amount is None
    for promised in (at_payment, at_bank):
        assert moved[promised.number].refused == "已经批准的金额不能换方案重算"
        assert (promised.amount, promised.terms_version) == (Decimal("3380.00"), "2026-07-01")


def test_moved_back_to_its_terms_it_earns_what_it_earned(world: World) -> None:
    case = world.case(at="county")
    before = rows_of(case)

    list(move_all(NURSING, OLD_TERMS))
    assert fresh(case).amount == Decimal("3120.00")
    list(move_all(NURSING, NEW_TERMS))

    assert rows_of(case) == before


def test_who_has_taken_it_up_keeps_it_where_the_office_stays_the_same(world: World) -> None:
    case = world.case(at="village")
    verifier = world.by(Role.VILLAGE_VERIFIER)
    holding.claim(open_item(case).pk, by=verifier)

    list(move_all(NURSING, FIRST))

    assert open_item(case).owner_id == verifier.pk


def test_it_can_be_narrowed_to_a_county_or_to_single_cases(on_the_road: list[Case]) -> None:
    wanted = on_the_road[1].number

    assert list(move_all(NURSING, FIRST, county="430102")) == []
    assert [move.case_number for move in move_all(NURSING, FIRST, numbers=frozenset({wanted}))] == [wanted]


def test_what_is_there_already_and_what_has_ended_is_left_alone(world: World) -> None:
    ended = world.case(at="end")
    world.case(at="village")

    assert len(list(move_all(NURSING, FIRST))) == 1
    assert list(move_all(NURSING, FIRST)) == []
    assert fresh(ended).flow_class is NursingSubsidyFlow2


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("migrate_cases", "nursing_subsidy", *arguments, stdout=out)
    return out.getvalue()


def test_the_command_says_case_by_case_what_changes(world: World) -> None:
    case = world.case(at="village")

    tried = run("--to", "1", "--dry-run")
    done = run("--to", "1")

    assert f"{case.number}（已受理）村级核实 → 村级核实；期限不变" in tried
    assert "签字不变" in tried and "什么都没有改" in tried
    assert "已移 1 件，没有位置、留在原处 0 件。" in done


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--to", "9"), "没有版本“9”。流程版本：2、1；方案版本：2024-01-01、2026-07-01"),
        (("--to", "1", "--county", "43"), "没有代码为“43”的县市区"),
        (("--to", "1", "--case", "HL000"), "没有这些案号：HL000"),
    ],
)
def test_bad_arguments_are_answered_with_what_there_is(world: World, arguments: tuple[str, ...], said: str) -> None:
    with pytest.raises(CommandError, match=said):
        run(*arguments)


def test_a_case_whose_days_somebody_else_holds_stays_where_it_is_and_the_others_are_moved(world: World) -> None:
    """Under the terms of July a nursing subsidy is not had beside an insurer's cash for the same days."""
    stays = {"admission_date": "2026-06-29", "discharge_date": "2026-08-10"}
    case, other = (world.case(at="village", **stays) for _ in range(2))
    insured = world.case()
    days = (datetime.date(2026, 7, 1), datetime.date(2026, 7, 3))
    BenefitHold.objects.create(
        case=insured, benefit=HOSPITAL_DAYS, claimant=by_person(case.applicant_id), begins=days[0], ends=days[1]
    )
    before = rows_of(case)

    for moves in (list(plans(NURSING, NEW_TERMS)), list(move_all(NURSING, NEW_TERMS))):
        refused = {move.case_number: move.refused for move in moves}
        assert insured.number in refused[case.number] and refused[other.number] == ""

    assert rows_of(case) == before
    assert fresh(other).terms_version == "2026-07-01"
