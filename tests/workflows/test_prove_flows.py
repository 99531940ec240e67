"""The proof as an administrator meets it: the command, with the offices there are, and the system check."""

from __future__ import annotations

from io import StringIO

import pytest
import time_machine
from django.core import checks
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils.timezone import localdate
from viewflow import this

from casework.models import Capacity, Level, Office, Post, Role, WorkItem
from tests import factories
from tests.workflows.paper_flows import bank, on, programme_of, step, township, village
from tests.world import COUNTY, World
from workflows import registry
from workflows.outcomes import Hand, Kind
from workflows.programme import Programme
from workflows.proof import Code, flows_are_proved, office_faults, prove


def prove_flows(*named: str) -> str:
    out = StringIO()
    call_command("prove_flows", *named, stdout=out)
    return out.getvalue()


@pytest.fixture
def a_faulty_programme(monkeypatch: pytest.MonkeyPatch) -> None:
    found = {"sample": programme_of(township=township(signs=False))}
    monkeypatch.setattr(registry, "programmes", lambda: found)


def two_hats() -> Programme:
    """Taking in and mending accounts are two capacities at one desk."""
    returned = on(bank(), "returned", "退票", "unschedule", this.account, kind=Kind.BACK)
    account = step("更正账户", "check", role=Role.INTAKE_CLERK, level=Level.COUNTY)
    on(account, "corrected", "已更正", "mend_account", this.payment)
    return programme_of(bank=returned, account=account)


@pytest.fixture
def enough_approvers(world: World) -> None:
    """Who answered an objection to a list cannot decide, and who decided cannot review; the world has one approver."""
    for _person in range(2):
        factories.StaffFactory(post=(Role.COUNTY_APPROVER, COUNTY))


@pytest.mark.usefixtures("enough_approvers")
def test_the_command_says_what_was_proved() -> None:
    said = prove_flows()

    assert "住院护理补贴（nursing_subsidy）" in said
    assert "流程第2版\n  已证明：15 个环节、61 种结果" in said
    assert "流程第1版\n  已证明：10 个环节、22 种结果" in said
    assert "没有“核实”、“审核”、“审批”、“发放复核”各由不同的人签字，走不到付款" in said
    assert "流程不越出法律：" in said
    assert "每一步等待都有期限：15 个环节在每个版本的方案里都有" in said
    assert "机构和人员：1 个县，每个环节所在的层级都有机构，每件案子都有足够的不同的人办到底。" in said
    assert "供参考，法律里没有流程用到的动作：" in said and "补录（草稿时）" in said


@pytest.mark.usefixtures("world")
def test_an_office_without_a_second_person_fails_the_proof_and_is_named_with_the_cure() -> None:
    out = StringIO()

    with pytest.raises(CommandError, match="流程没有通过证明"):
        call_command("prove_flows", stdout=out)

    assert (
        "不对 workflows.E015 unstaffed：桃江县：县级审批人没有第二个人：“县级审批”“复核”必须由不同的人办，"
        "能办的一共只有1人。请在桃江县再任命一名县级审批人\n      1. 复核　县级审批人（县市区）　← 就在这里"
    ) in out.getvalue()


@pytest.mark.usefixtures("enough_approvers")
def test_two_hats_at_one_desk_need_no_warning_where_it_is_known_who_is_in_post(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found = {"sample": two_hats()}
    monkeypatch.setattr(registry, "programmes", lambda: found)

    assert [fault.code for fault in prove(found["sample"]).faults] == [Code.TWO_HATS]
    with pytest.raises(CommandError):
        call_command("prove_flows", stdout=(out := StringIO()))

    assert "two_hats" not in out.getvalue()
    assert "受理员没有第二个人：“受理”“更正账户”必须由不同的人办" in out.getvalue()


@pytest.mark.usefixtures("db")
def test_where_nobody_is_in_post_two_hats_are_still_warned_of(monkeypatch: pytest.MonkeyPatch) -> None:
    found = {"sample": two_hats()}
    monkeypatch.setattr(registry, "programmes", lambda: found)

    assert "注意 workflows.W011 two_hats" in prove_flows()


@pytest.mark.usefixtures("db")
def test_an_empty_database_is_said_to_be_empty_and_is_no_fault() -> None:
    assert "机构没有核对：还没有一个县设了机构" in prove_flows("nursing_subsidy")


@pytest.mark.usefixtures("db")
def test_a_database_without_tables_is_no_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection.introspection, "table_names", lambda: [])

    assert "机构没有核对：数据库还没有建表" in prove_flows()


@pytest.mark.usefixtures("db", "a_faulty_programme")
def test_a_fault_is_printed_with_its_path_and_the_command_fails() -> None:
    out = StringIO()

    with pytest.raises(CommandError, match="流程没有通过证明：样例补助") as refused:
        call_command("prove_flows", stdout=out)

    assert refused.value.returncode == 1
    assert "不对 workflows.E004 unsigned_payment：没有“审核”的签字也能走到付款" in out.getvalue()
    road = [line.strip() for line in out.getvalue().splitlines() if line.startswith("      ")]
    assert road == [
        "1. 受理【受理】　受理员（县市区）",
        "2. 核实【通过】　村级核实员（村社区）",
        "3. 审核【通过】　乡镇审核员（乡镇街道）",
        "4. 审批【批准】　县级审批人（县市区）",
        "5. 列入批次【列入】　发放经办（县市区）",
        "6. 复核【无误】　发放复核（县市区）",
        "7. 回盘【到账】　发放经办（县市区）　← 就在这里",
    ]


@pytest.mark.usefixtures("db")
def test_a_programme_there_is_not_is_answered_with_those_there_are() -> None:
    with pytest.raises(CommandError, match=r"没有代码为“nursing”的项目。现有：.*nursing_subsidy（住院护理补贴）"):
        prove_flows("nursing")


@pytest.mark.usefixtures("a_faulty_programme")
def test_the_system_check_stops_a_process_with_a_faulty_flow() -> None:
    (message,) = flows_are_proved(None)

    assert isinstance(message, checks.Error)
    assert (message.id, message.obj) == ("workflows.E004", "SampleFlow")
    assert message.hint is not None
    assert message.hint.startswith("路径：受理【受理】 → ")


def test_a_warning_of_the_proof_is_a_warning_of_the_system_check(monkeypatch: pytest.MonkeyPatch) -> None:
    found = {"sample": two_hats()}
    monkeypatch.setattr(registry, "programmes", lambda: found)

    (message,) = flows_are_proved(None)

    assert isinstance(message, checks.Warning)
    assert message.id == "workflows.W011"


def test_the_system_check_is_registered_and_passes_without_a_database() -> None:
    """No database fixture: a statement would fail the test."""
    assert checks.run_checks(tags=["workflows"]) == []


def township_closes() -> None:
    Office.objects.filter(division__level=Level.TOWNSHIP).update(valid_to="2020-12-31")


def test_a_level_without_an_office_is_a_fault_of_that_county(world: World) -> None:
    township_closes()

    (fault,) = office_faults(registry.programme("nursing_subsidy"), on=localdate())

    assert (fault.code, fault.path) == (Code.NO_OFFICE, ("乡镇审核",))
    assert fault.sentence == "桃江县（430922）没有“乡镇街道”一级的机构，“乡镇审核”没有地方办"
    with pytest.raises(CommandError, match="没有通过证明"):
        prove_flows()


def test_a_county_with_cases_and_nobody_left_in_post_still_needs_its_offices(world: World) -> None:
    world.enter()
    Post.objects.all().update(valid_to="2020-12-31")
    township_closes()

    assert [fault.code for fault in office_faults(registry.programme("nursing_subsidy"), on=localdate())] == [
        Code.NO_OFFICE
    ]


def test_a_county_with_offices_but_neither_people_nor_cases_is_left_alone(world: World) -> None:
    factories.OfficeFactory(division_id="430102")

    assert office_faults(registry.programme("nursing_subsidy"), on=localdate()) == []


def test_a_county_without_any_office_is_left_alone(world: World) -> None:
    world.enter()
    Office.objects.all().update(valid_to="2020-12-31")

    assert WorkItem.objects.filter(finished__isnull=True).exists()
    assert office_faults(registry.programme("nursing_subsidy"), on=localdate()) == []


def test_another_offices_hand_needs_an_office_of_its_level_too(world: World) -> None:
    prefecture = Hand(Role.INTAKE_CLERK, Level.PREFECTURE, Capacity.INTAKE)
    told = on(village(), "withdraw", "撤回", "withdraw", this.refused, kind=Kind.REFUSE, hand=prefecture)

    (fault,) = office_faults(programme_of(village=told), on=localdate())

    assert (fault.code, fault.path) == (Code.NO_OFFICE, ("核实【撤回】",))
    assert fault.sentence == "桃江县（430922）没有“市州”一级的机构，“核实【撤回】”没有地方办"
    factories.OfficeFactory(division_id="4309")
    assert office_faults(programme_of(village=told), on=localdate()) == []


@pytest.mark.usefixtures("enough_approvers")
@pytest.mark.parametrize(("on", "says"), [("2026-11-02", False), ("2026-12-01", True)])
def test_a_year_whose_holidays_nobody_has_confirmed_is_warned_of_before_it_begins(
    world: World, on: str, says: bool
) -> None:
    with time_machine.travel(f"{on}T10:00:00+08:00", tick=False):
        assert ("注意：2027年放假安排还没有公布或确认，期限是估计" in prove_flows()) is says


@pytest.mark.usefixtures("enough_approvers")
def test_a_deadline_that_reaches_into_such_a_year_is_warned_of_at_once(world: World) -> None:
    with time_machine.travel("2026-11-02T10:00:00+08:00", tick=False):
        case = world.case("township")
        WorkItem.objects.filter(process=case, finished=None).update(due_at="2027-01-05T17:30:00+08:00")
        assert "注意：2027年放假安排" in prove_flows()
