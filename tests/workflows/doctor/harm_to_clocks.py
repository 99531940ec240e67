"""Damage to what reminds, supervises and pauses; to what was applied for and what was promised."""

from __future__ import annotations

import datetime

from django.utils.timezone import now

from casework.models import NumberSeries, Pause
from tests.back_door import Sql
from tests.workflows.doctor.harm import damage, on_case, on_item
from tests.workflows.doctor.ward import case, put_in_file, suspended
from tests.workflows.late import supervised
from tests.world import World, open_item

# -- alarms and pauses -------------------------------------------------------------------------------------------------


@damage
def a_deadline_has_no_alarm(world: World, sql: Sql) -> list[tuple[str, str]]:
    hurt = case(world, "township")
    on_item(sql, hurt, "alarm_at = NULL")
    return [("alarm_missing", hurt.number)]


@damage
def nobody_has_swept_since_yesterday(world: World, sql: Sql) -> list[tuple[str, str]]:
    hurt, yesterday = case(world, "township"), now() - datetime.timedelta(days=1)
    on_item(sql, hurt, "alarm_at = %s, created = %s", yesterday, yesterday - datetime.timedelta(days=3))
    return [("alarm_unheard", hurt.number)]


@damage
def an_order_is_said_to_be_raised_and_is_not(world: World, sql: Sql) -> list[tuple[str, str]]:
    hurt = case(world, "township")
    on_item(sql, hurt, "escalated_at = %s, alarm_at = NULL", now())
    return [("order_missing", hurt.number)]


@damage
def a_pause_is_left_open(world: World, sql: Sql) -> list[tuple[str, str]]:
    hurt = case(world, "township")
    Pause.objects.create(case=hurt, kind="correction", began=now(), stopped=open_item(hurt))
    return [("pause_left", hurt.number)]


@damage
def the_pause_of_a_suspended_case_is_gone(world: World, sql: Sql) -> list[tuple[str, str]]:
    hurt = suspended(world)
    sql("DELETE FROM casework_pause WHERE case_id = %s", hurt.pk)
    return [("pause_missing", hurt.number)]


@damage
def a_step_is_marked_done_and_has_no_end(world: World, sql: Sql) -> list[tuple[str, str]]:
    hurt = case(world, "township")
    on_item(sql, hurt, "status = 'DONE'")
    return [("item_half_done", hurt.number)]


@damage
def the_orders_are_numbered_again(world: World, sql: Sql) -> list[tuple[str, str]]:
    order = supervised(world)
    put_in_file(order.case)
    series = order.number[:-5]
    NumberSeries.objects.filter(key=series).update(last=0)
    return [("series_behind", series)]


# -- what was applied for and what was promised ------------------------------------------------------------------------


@damage
def what_was_applied_for_is_altered_after_it_was_signed(world: World, sql: Sql) -> list[tuple[str, str]]:
    hurt = case(world, "end")
    on_case(sql, hurt, "facts = %s", '{"hospital": "别的医院"}')
    return [("facts_altered", hurt.number)]


@damage
def a_cent_is_added_to_what_was_approved(world: World, sql: Sql) -> list[tuple[str, str]]:
    hurt = case(world, "payment")
    on_case(sql, hurt, "amount = amount + 0.01")
    return [("amount_differs_from_decision", hurt.number)]
