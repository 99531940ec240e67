"""A case's trail, as auditors read it."""

from __future__ import annotations

from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from casework.models import Case, Decision, Event, Evidence, Role, Staff
from tests.casework.evidence.pictures import scenery, written
from tests.factories import StaffFactory
from tests.world import OTHER_VILLAGE, World, open_item
from workflows import history, trail
from workflows.amend import amend_facts
from workflows.papers.evidence import attach
from workflows.perform import perform
from workflows.unmasking import unmask


def logged_in(staff: Staff) -> Client:
    client = Client()
    client.force_login(staff)
    return client


def page_of(world: World, case: Case) -> str:
    answer = logged_in(world.by(Role.AUDITOR)).get(reverse("oversight:history", args=[case.number]))
    assert answer.status_code == 200
    return unescape(answer.content.decode())


def past_the_triggers(sql: str, *values: object) -> None:
    """What somebody with the database in their own hands could do."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
            for (name,) in cursor.fetchall():
                cursor.execute(f"DROP TRIGGER {name}")
        else:
            cursor.execute("SET session_replication_role = replica")
        cursor.execute(sql, values)
        if connection.vendor == "postgresql":
            cursor.execute("SET session_replication_role = DEFAULT")


def test_it_tells_who_did_what_when_and_why_and_that_it_is_whole(world: World) -> None:
    case = world.case("township")
    reviewer = world.by(Role.TOWNSHIP_REVIEWER)
    perform(open_item(case).pk, "send_back", by=reviewer, reasons=["photograph_unclear"], note="看不清门牌")
    html = page_of(world, case)
    for words in (
        "提交申请",
        "受理：受理",
        "村级核实：核实通过",
        "乡镇审核：退回村级",
        "照片看不清",
        "看不清门牌",
        reviewer.name,
    ):
        assert words in html
    assert "核对无误" in html
    assert "对不上" not in html
    assert Event.objects.filter(chain=case.number).last().hash[:12] in html  # type: ignore[union-attr]  # there is one


def test_what_was_done_besides_deciding_is_told_in_words(world: World) -> None:
    case = world.case("village")
    verifier, clerk = world.by(Role.VILLAGE_VERIFIER), world.by(Role.INTAKE_CLERK)
    attach(case.number, Evidence.Kind.PHOTOGRAPH, written(scenery(1)), by=verifier)
    amend_facts(case.number, {"discharge_date": "2026-08-21"}, by=verifier, reason="visit_differs")
    unmask("person", case.applicant_id, "phone", by=clerk, reason="打电话约时间", case_number=case.number)
    html = page_of(world, case)
    for words in (
        "放入材料：入户照片",
        "更改申请内容：",
        "出院日期",
        "与入户核实的情况不一致",
        "金额重新核定：16天，¥2080.00",
        "查看完整号码：联系电话",
        "另写了理由（摘要",
    ):
        assert words in html


def test_every_word_a_cases_trail_may_hold_can_be_read() -> None:
    others = ["answers", "batch", "claims", "insurer", "keys", "line", "sheet", "calendar", "log", "post", "donation"]
    others += ["policy", "roster", "endorsement", "notice", "round", "team", "visits", "cover", "terms"]
    of_other_chains = {word for word in trail.ACTIONS if word.partition("_")[0] in others}
    of_other_chains |= {"register_imported", "applications_imported", "everything_handed_over", "family_contacted"}
    assert trail.ACTIONS - of_other_chains <= history.WORDS.keys()


def test_no_number_and_no_full_name_of_the_family_is_shown(world: World) -> None:
    case = Case.objects.select_related("applicant", "payee_account").get(pk=world.case("end").pk)
    html = page_of(world, case)
    account = case.payee_account
    assert account is not None
    for hidden in (
        case.applicant.name,
        case.applicant.identity_number.reveal(),  # type: ignore[attr-defined]  # read afresh it is sealed
        case.applicant.phone.reveal(),  # type: ignore[attr-defined]  # as above
        account.account_number.reveal(),  # type: ignore[attr-defined]  # as above
    ):
        assert hidden not in html


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("UPDATE casework_event SET actor_name = '别人' WHERE chain = %s AND seq = 2", "第2条：内容与摘要不符"),
        ("DELETE FROM casework_event WHERE chain = %s AND seq = 2", "第2条：缺少第2条"),
        ("UPDATE casework_case SET trail_seq = trail_seq + 1 WHERE number = %s", "末尾不符"),
    ],
)
def test_a_trail_somebody_has_touched_says_exactly_where_it_breaks(world: World, sql: str, said: str) -> None:
    case = world.case("township")
    past_the_triggers(sql, case.number)
    html = page_of(world, case)
    assert said in html
    assert "核对无误" not in html


def test_a_decision_that_says_another_thing_than_the_trail_is_found(world: World) -> None:
    case = world.case("township")
    decision = Decision.objects.get(case=case, step="village")
    past_the_triggers("UPDATE casework_decision SET note = %s WHERE id = %s", "家里没有人", decision.pk)
    html = page_of(world, case)
    assert "决定的内容与轨迹里记下的摘要不符" in html
    assert "此处记录对不上" in html


def test_a_decision_the_trail_knows_nothing_of_is_found(world: World) -> None:
    case = world.case("township")
    known = Decision.objects.get(case=case, step="village")
    known.pk, known.key, known.step = None, None, "county"
    known.work_item = open_item(case)
    known.outcome = "approve"
    known.save(force_insert=True)
    assert "在轨迹里没有记录：县级审批：批准" in page_of(world, case)


@pytest.mark.parametrize("at", ["intake", "village", "county", "payment", "end"])
def test_what_the_gateway_writes_agrees_with_itself(world: World, at: str) -> None:
    assert "对不上" not in page_of(world, world.case(at))


@pytest.mark.parametrize(
    ("role", "status"),
    [
        pytest.param(Role.AUDITOR, 200, id="an auditor"),
        pytest.param(Role.SUPERVISOR, 200, id="a supervisor"),
        pytest.param(Role.INTAKE_CLERK, 403, id="a clerk reads it on the case page"),
        pytest.param(Role.ADMINISTRATOR, 403, id="an administrator keeps the machine, not the cases"),
    ],
)
def test_who_reads_it(world: World, role: str, status: int) -> None:
    case = world.case("village")
    client = logged_in(world.by(role))
    assert client.get(reverse("oversight:home")).status_code == status
    assert client.get(reverse("oversight:history", args=[case.number])).status_code == status


def test_an_auditor_of_another_place_finds_nothing(world: World) -> None:
    case = world.case("village")
    client = logged_in(StaffFactory(post=(Role.AUDITOR, OTHER_VILLAGE)))
    assert client.get(reverse("oversight:history", args=[case.number])).status_code == 404
    home = client.get(reverse("oversight:home"), {"number": case.number})
    assert "本辖区没有案号为" in home.content.decode()


def test_a_post_as_clerk_elsewhere_opens_nothing_for_an_auditor(world: World) -> None:
    case = world.case("village")
    both = StaffFactory(post=(Role.AUDITOR, OTHER_VILLAGE))
    office = world.by(Role.INTAKE_CLERK).posts.get().office
    both.posts.create(office=office, role=Role.INTAKE_CLERK, valid_from="2020-01-01")
    assert logged_in(both).get(reverse("oversight:history", args=[case.number])).status_code == 404


def test_a_number_leads_to_its_case(world: World) -> None:
    case = world.case("village")
    answer = logged_in(world.by(Role.AUDITOR)).get(reverse("oversight:home"), {"number": f" {case.number.lower()} "})
    assert answer.status_code == 302
    assert answer.headers["Location"] == reverse("oversight:history", args=[case.number])


def test_both_pages_cost_few_statements(world: World, django_assert_max_num_queries: Any) -> None:
    case = world.case("end")
    auditor = logged_in(world.by(Role.AUDITOR))
    auditor.get(reverse("oversight:home"))
    with django_assert_max_num_queries(4):
        auditor.get(reverse("oversight:home"))
    with django_assert_max_num_queries(9):
        auditor.get(reverse("oversight:history", args=[case.number]))
