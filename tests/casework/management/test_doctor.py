"""The check-up as an administrator runs it by hand: what is said, what is counted, how it ends."""

from __future__ import annotations

import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from casework.models import Case, Role
from notifications.models import Outbox
from tests.back_door import Sql, open_the_back_door
from tests.workflows.doctor.ward import case, hire
from tests.world import COUNTY, World


@pytest.fixture
def ward(world: World) -> World:
    hire(world)
    return world


@pytest.fixture
def sql(db: None) -> Sql:
    return open_the_back_door()


def doctor(*options: str, **named: Any) -> tuple[str, int]:
    """What it said, and how it ended."""
    out, ended = StringIO(), 0
    try:
        call_command("doctor", *options, stdout=out, **named)
    except SystemExit as exit:
        ended = int(exit.code or 0)
    return out.getvalue(), ended


def lose_items(sql: Sql, *hurt: Case) -> None:
    for one in hurt:
        sql("DELETE FROM casework_workitem WHERE process_id = %s AND finished IS NULL", one.pk)


def test_of_a_healthy_county_it_says_so_and_ends_well(ward: World) -> None:
    case(ward, "bank")
    said, ended = doctor("--files")
    assert ended == 0
    assert "不对" not in said
    assert said.splitlines()[0] == "正常　项目"
    assert said.splitlines()[-1] == "体检完毕：没有发现问题。"


def test_what_is_wrong_is_said_with_what_to_do_and_it_ends_with_1(ward: World, sql: Sql) -> None:
    hurt = case(ward, "township")
    lose_items(sql, hurt)
    said, ended = doctor()
    assert ended == 1
    assert "不对　案件没有办结，却没有待办环节，谁的待办里都看不到它：1处（item_missing）" in said
    assert f"　　　{hurt.number}：已核实，没有待办环节" in said
    assert "　　　怎么办：请用 manage.py doctor --repair 补上" in said
    assert said.splitlines()[-1] == "体检完毕：发现1处不对。"


def test_of_many_the_first_are_listed_and_all_are_counted(ward: World, sql: Sql) -> None:
    hurt = [case(ward, "township") for _ in range(4)]
    lose_items(sql, *hurt)
    said, _ = doctor("--most", "2")
    assert "：4处（item_missing）" in said
    assert [one.number in said for one in hurt] == [True, True, False, False]
    assert "……其余2处没有列出，加 --most 可多列" in said


def test_repairing_says_what_it_did_and_the_second_time_there_is_nothing_to_do(ward: World, sql: Sql) -> None:
    hurt = case(ward, "township")
    lose_items(sql, hurt)
    said, ended = doctor("--repair")
    assert ended == 0
    assert f"已修复　{hurt.number}：补上了待办“乡镇审核”" in said
    assert doctor("--repair") == (said.replace(f"已修复　{hurt.number}：补上了待办“乡镇审核”\n", ""), 0)
    call_command("verify_trail", stdout=StringIO())


def test_what_cannot_be_repaired_stays_found(ward: World, sql: Sql) -> None:
    hurt = case(ward, "township")
    sql("UPDATE casework_case SET stage = 'accepted' WHERE id = %s", hurt.pk)
    said, ended = doctor("--repair")
    assert ended == 1
    assert "已修复" not in said
    assert "（stage_apart）" in said


def test_without_being_told_to_it_repairs_nothing(ward: World, sql: Sql) -> None:
    lose_items(sql, case(ward, "township"))
    assert doctor()[1] == 1
    assert doctor()[1] == 1


def test_a_machine_reads_a_line_for_each_finding(ward: World, sql: Sql) -> None:
    hurt = case(ward, "township")
    lose_items(sql, hurt)
    said, ended = doctor("--json")
    lines = [json.loads(line) for line in said.splitlines()]
    assert ended == 1
    found = [line for line in lines if line.get("kind") == "item_missing"]
    assert [line.get("subject") for line in found] == [hurt.number, None]
    assert (found[0]["county"], found[1]["total"]) == (COUNTY, 1)
    assert {line["examination"] for line in lines} >= {"staff", "chains", "outbox"}


def test_a_county_by_itself_is_not_asked_about_the_installation(ward: World) -> None:
    Outbox.objects.create(key="x", kind="telegram", run_at="2026-11-22T00:00:00Z")
    assert doctor("--county", COUNTY)[1] == 0
    assert doctor()[1] == 1


def test_what_is_no_county_is_refused_in_words(ward: World) -> None:
    with pytest.raises(CommandError, match="没有代码为“4309”的县。请写6位县级代码"):
        doctor("--county", "4309")


def test_a_missing_second_person_is_told_with_the_cure(world: World) -> None:
    said, ended = doctor()
    assert ended == 1
    assert "　　　桃江县：县级审批人没有第二个人" in said
    assert "　　　　　请在桃江县再任命一名县级审批人" in said
    assert world.by(Role.COUNTY_APPROVER).name not in said
