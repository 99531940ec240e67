"""Damage to cases, their work items, their flow and their deadlines."""

from __future__ import annotations

import datetime

import pytest
from django.db import IntegrityError, transaction
from django.utils.timezone import now

from casework.models import Post, Role
from tests.back_door import Sql, unchecked
from tests.workflows.doctor.harm import GONE_FLOW, damage, on_case, on_item
from tests.workflows.doctor.ward import case, suspended
from tests.world import COUNTY, TOWNSHIP, World, open_item
from workflows.holding import claim

WAY_BACK = "case_aside_knows_the_way_back"

# -- cases and their work items ----------------------------------------------------------------------------------------


@damage
def a_work_item_is_deleted(world: World, sql: Sql) -> list[tuple[str, str]]:
    hurt = case(world, "township")
    sql("DELETE FROM casework_workitem WHERE process_id = %s AND finished IS NULL", hurt.pk)
    return [("item_missing", hurt.number)]


@damage
def a_case_is_ended_by_hand_and_its_work_item_left(world: World, sql: Sql) -> list[tuple[str, str]]:
    hurt = case(world, "intake")
    on_case(sql, hurt, "stage = 'rejected', status = 'DONE', finished = %s", now())
    return [("item_left_over", hurt.number)]


@damage
def a_running_case_is_marked_finished(world: World, sql: Sql) -> list[tuple[str, str]]:
    hurt = case(world, "township")
    on_case(sql, hurt, "finished = %s", now())
    return [("half_ended", hurt.number)]


@damage
def an_ended_case_is_marked_running(world: World, sql: Sql) -> list[tuple[str, str]]:
    hurt = case(world, "end")
    on_case(sql, hurt, "status = 'NEW'")
    return [("half_ended", hurt.number)]


@damage
def a_holder_leaves(world: World, sql: Sql) -> list[tuple[str, str]]:
    hurt = case(world, "township")
    reviewer = world.by(Role.TOWNSHIP_REVIEWER)
    claim(open_item(hurt).pk, by=reviewer)
    Post.objects.filter(staff=reviewer).update(valid_to="2020-12-31")
    return [("holder_left", hurt.number)]


@damage
def a_holder_is_locked_out(world: World, sql: Sql) -> list[tuple[str, str]]:
    hurt = case(world, "township")
    reviewer = world.by(Role.TOWNSHIP_REVIEWER)
    claim(open_item(hurt).pk, by=reviewer)
    sql("UPDATE casework_staff SET is_active = %s WHERE id = %s", False, reviewer.pk)
    return [("holder_left", hurt.number)]


@damage
def an_office_is_abolished_under_its_work(world: World, sql: Sql) -> list[tuple[str, str]]:
    case(world, "township")
    sql("UPDATE casework_office SET valid_to = '2020-12-31' WHERE division_id = %s", TOWNSHIP)
    return [("office_gone", TOWNSHIP), ("unstaffed", TOWNSHIP)]


@damage
def a_work_item_is_moved_to_another_desk(world: World, sql: Sql) -> list[tuple[str, str]]:
    hurt = case(world, "township")
    on_item(sql, hurt, "role = 'auditor'")
    return [("item_misplaced", hurt.number)]


@damage
def a_work_item_is_moved_to_another_place(world: World, sql: Sql) -> list[tuple[str, str]]:
    hurt = case(world, "township")
    on_item(sql, hurt, "office = %s", COUNTY)
    return [("item_misplaced", hurt.number)]


@damage
def the_only_checker_leaves(world: World, sql: Sql) -> list[tuple[str, str]]:
    case(world, "payment")
    Post.objects.filter(role=Role.PAYMENT_CHECKER).update(valid_to="2020-12-31")
    return [("unstaffed", COUNTY)]


# -- stage and flow ----------------------------------------------------------------------------------------------------


@damage
def a_case_is_of_a_flow_nobody_has(world: World, sql: Sql) -> list[tuple[str, str]]:
    hurt = case(world, "township")
    on_case(sql, hurt, "flow_class = %s", GONE_FLOW)
    return [("flow_unknown", hurt.number)]


@damage
def an_ended_case_is_of_a_flow_nobody_has(world: World, sql: Sql) -> list[tuple[str, str]]:
    hurt = case(world, "end")
    on_case(sql, hurt, "flow_class = %s", GONE_FLOW)
    return [("flow_unknown", hurt.number)]


@damage
def a_case_says_another_version_than_its_flow(world: World, sql: Sql) -> list[tuple[str, str]]:
    hurt = case(world, "township")
    on_case(sql, hurt, "flow_version = 7")
    return [("flow_version_apart", hurt.number)]


@damage
def a_work_item_is_of_a_step_the_flow_has_no_more(world: World, sql: Sql) -> list[tuple[str, str]]:
    hurt = case(world, "township")
    on_item(sql, hurt, "flow_task = REPLACE(flow_task, '.township', '.gone'), step = 'gone'")
    return [("step_unknown", hurt.number)]


@damage
def a_work_item_is_of_the_other_flow(world: World, sql: Sql) -> list[tuple[str, str]]:
    hurt = case(world, "township")
    on_item(sql, hurt, "flow_task = REPLACE(flow_task, 'flow_2.NursingSubsidyFlow2', 'flow.NursingSubsidyFlow')")
    return [("step_unknown", hurt.number)]


@damage
def a_stage_is_set_by_hand(world: World, sql: Sql) -> list[tuple[str, str]]:
    hurt = case(world, "township")
    on_case(sql, hurt, "stage = 'accepted'")
    return [("stage_apart", hurt.number)]


@damage
def an_ended_case_is_put_into_an_end_its_flow_has_not(world: World, sql: Sql) -> list[tuple[str, str]]:
    hurt = case(world, "end")
    on_case(sql, hurt, "stage = 'archived'")
    return [("stage_apart", hurt.number)]


# -- waiting -----------------------------------------------------------------------------------------------------------


@damage
def a_deadline_lies_before_the_arrival(world: World, sql: Sql) -> list[tuple[str, str]]:
    hurt = case(world, "township")
    on_item(sql, hurt, "due_at = created")
    return [("no_deadline", hurt.number)]


@damage
def a_deadline_lies_in_the_next_century(world: World, sql: Sql) -> list[tuple[str, str]]:
    hurt = case(world, "township")
    on_item(sql, hurt, "due_at = %s", now() + datetime.timedelta(days=30_000))
    return [("no_deadline", hurt.number)]


@damage
def a_suspension_has_no_day_within_the_half_year(world: World, sql: Sql) -> list[tuple[str, str]]:
    hurt = suspended(world)
    on_item(sql, hurt, "due_at = %s", now() + datetime.timedelta(days=300))
    return [("no_review_day", hurt.number)]


@damage
def a_suspended_case_forgets_where_it_was(world: World, sql: Sql) -> list[tuple[str, str]]:
    """The database refuses it, so long as nobody takes that check away."""
    hurt = suspended(world)
    with pytest.raises(IntegrityError, match=WAY_BACK), transaction.atomic():
        on_case(sql, hurt, "came_from = ''")
    with unchecked("casework_case", WAY_BACK):
        on_case(sql, hurt, "came_from = ''")
    return [("no_way_back", hurt.number)]


@damage
def a_suspended_case_would_go_back_to_a_stage_the_law_does_not_let_it(world: World, sql: Sql) -> list[tuple[str, str]]:
    hurt = suspended(world)
    on_case(sql, hurt, "stage_before = 'correction'")
    return [("no_way_back", hurt.number)]
