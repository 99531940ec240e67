"""The supervision ledger on its pages: who sees an order, explains it, strikes it off; nothing typed is lost."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from casework.models import Case, Role, Staff, SupervisionOrder
from tests.factories import StaffFactory
from tests.workflows.late import head_of, overdue, supervised, supervisor_of
from tests.world import COUNTY, OTHER_VILLAGE, TOWNSHIP, VILLAGE, World
from workflows.perform import perform
from workflows.sweep import sweep

WHY = "审核员住院，已由同事接手，本周内办完"


@pytest.fixture
def order(world: World) -> SupervisionOrder:
    return supervised(world)


def as_(client: Client, staff: Staff) -> Client:
    client.force_login(staff)
    return client


def ledger(client: Client, **query: str) -> list[str]:
    answer = client.get(reverse("desk:orders"), query)
    assert answer.status_code == 200
    return [row["cells"][0]["text"] for row in answer.context["table"]["rows"]]


def test_the_open_ones_come_first_and_each_state_has_its_tab(client: Client, world: World) -> None:
    for _number in range(3):
        overdue(world)
    sweep()
    first, second, third = SupervisionOrder.objects.order_by("id")
    SupervisionOrder.objects.filter(pk=second.pk).update(state="answered")
    SupervisionOrder.objects.filter(pk=third.pk).update(state="struck_off", struck_off_at=third.raised_at)
    as_(client, supervisor_of(COUNTY))
    assert ledger(client) == ledger(client, state="nonsense") == [first.number]
    assert ledger(client, state="answered") == [second.number]
    assert ledger(client, state="struck_off") == [third.number]


def test_an_order_is_seen_by_both_offices_and_all_above(client: Client, order: SupervisionOrder) -> None:
    offices = (TOWNSHIP, COUNTY, "4309", "43")
    for place in offices:
        assert ledger(as_(client, StaffFactory(post=(Role.SUPERVISOR, place)))) == [order.number], place
    for place in (VILLAGE, OTHER_VILLAGE, "430922113", "430102", "4301"):
        assert ledger(as_(client, StaffFactory(post=(Role.SUPERVISOR, place)))) == [], place
        assert client.get(reverse("desk:order", args=[order.number])).status_code == 404


def test_a_village_sees_its_own(client: Client, world: World) -> None:
    order = supervised(world, "village")
    assert ledger(as_(client, world.by(Role.VILLAGE_VERIFIER))) == [order.number]


def test_the_ledger_tells_how_late_in_working_days(client: Client, order: SupervisionOrder) -> None:
    as_(client, supervisor_of(COUNTY))
    answer = client.get(reverse("desk:orders"))
    cells = {cell["label"]: cell for row in answer.context["table"]["rows"] for cell in row["cells"]}
    assert cells["责任机构"]["text"] == "桃花江镇" and cells["督办机构"]["text"] == "桃江县"
    assert cells["环节"]["text"] == "乡镇审核" and cells["环节"]["note"] == "未办完"
    assert cells["超期工作日"]["text"] > 20
    assert order.case.applicant.name not in answer.content.decode(), "whose case it is, is on the case's own page"


def test_the_office_explains_and_may_put_it_better(client: Client, world: World, order: SupervisionOrder) -> None:
    as_(client, world.by(Role.TOWNSHIP_REVIEWER))
    url = reverse("desk:order_answer", args=[order.number])
    answer = client.post(url, {"text": WHY}, follow=True)
    assert "情况说明已记入督办单" in answer.content.decode()
    assert SupervisionOrder.objects.get().explanation == WHY
    assert WHY in client.get(reverse("desk:order", args=[order.number])).content.decode()
    client.post(url, {"text": WHY + "。"})
    assert SupervisionOrder.objects.get().explanation == WHY + "。"


def test_the_office_above_strikes_it_off_once_it_is_done(client: Client, world: World, order: SupervisionOrder) -> None:
    as_(client, supervisor_of(COUNTY))
    page, url = reverse("desk:order", args=[order.number]), reverse("desk:order_strike_off", args=[order.number])
    assert "办完以后才能销号" in client.get(page).content.decode()
    refused = client.post(url, {"text": "已办结，说明属实"})
    assert refused.status_code == 422
    perform(order.work_item_id, "pass", by=world.by(Role.TOWNSHIP_REVIEWER))
    done = client.post(url, {"text": "已办结，说明属实"}, follow=True)
    assert "督办单已销号" in done.content.decode()
    assert SupervisionOrder.objects.get().state == "struck_off"
    again = client.post(url, {"text": "已办结，说明属实"}, follow=True)
    assert again.status_code == 200, "twice is once"


@pytest.mark.parametrize(("what", "text"), [("order_answer", ""), ("order_answer", "忙"), ("order_strike_off", "行")])
def test_what_was_written_comes_back_with_what_is_wrong(
    client: Client, world: World, order: SupervisionOrder, what: str, text: str
) -> None:
    by = world.by(Role.TOWNSHIP_REVIEWER) if what == "order_answer" else supervisor_of(COUNTY)
    if what == "order_strike_off":
        perform(order.work_item_id, "pass", by=world.by(Role.TOWNSHIP_REVIEWER))
    answer = as_(client, by).post(reverse(f"desk:{what}", args=[order.number]), {"text": text})
    assert answer.status_code == 422
    assert "还不能提交" in answer.content.decode()
    assert f">\n{text}</textarea>" in answer.content.decode()


def test_a_refusal_keeps_the_words(client: Client, order: SupervisionOrder) -> None:
    answer = as_(client, supervisor_of(COUNTY)).post(reverse("desk:order_answer", args=[order.number]), {"text": WHY})
    assert answer.status_code == 422
    assert "经办人或负责人说明" in answer.content.decode()
    assert SupervisionOrder.objects.get().state == "open"


def test_looking_at_an_act_is_looking_at_the_order(client: Client, order: SupervisionOrder) -> None:
    as_(client, head_of(TOWNSHIP))
    for what in ("order_answer", "order_strike_off"):
        answer = client.get(reverse(f"desk:{what}", args=[order.number]))
        assert answer["Location"] == reverse("desk:order", args=[order.number])


def test_the_case_leads_to_its_order(client: Client, order: SupervisionOrder) -> None:
    as_(client, supervisor_of(COUNTY))
    page = client.get(reverse("desk:case", args=[order.case.number])).content.decode()
    assert reverse("desk:order", args=[order.number]) in page


def test_the_ledger_takes_no_more_statements_with_many_than_with_one(client: Client, world: World) -> None:
    as_(client, supervisor_of(COUNTY))

    def statements() -> int:
        with CaptureQueriesContext(connection) as captured:
            ledger(client)
        return len(captured.captured_queries)

    supervised(world)
    one = statements()
    for step in ("township", "village", "county"):
        supervised(world, step)
    assert statements() == one <= 5


@pytest.mark.parametrize("place", [VILLAGE, TOWNSHIP, COUNTY, "4309"])
def test_a_ledger_is_read_by_an_index(client: Client, order: SupervisionOrder, place: str) -> None:
    as_(client, StaffFactory(post=(Role.SUPERVISOR, place)))
    with CaptureQueriesContext(connection) as captured:
        ledger(client)
    (sql,) = [each["sql"] for each in captured.captured_queries if "casework_supervisionorder" in each["sql"]]
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN QUERY PLAN {sql}".replace("%", "%%"))
            plan: list[Any] = cursor.fetchall()
        assert any("USING INDEX ledger" in str(row[-1]) for row in plan), plan
        assert not any("TEMP B-TREE" in str(row[-1]) for row in plan), plan


def test_an_order_about_a_confidential_case_is_for_its_keepers_and_those_who_supervise(
    client: Client, world: World, order: SupervisionOrder
) -> None:
    Case.objects.filter(pk=order.case_id).update(confidential=True)
    told = [
        (Role.SUPERVISOR, COUNTY),
        (Role.AUDITOR, "4309"),
        (Role.OFFICE_HEAD, COUNTY),
        (Role.RIGHTS_OFFICER, COUNTY),
    ]
    for post in [*told, (Role.TOWNSHIP_REVIEWER, TOWNSHIP)]:
        assert ledger(as_(client, StaffFactory(post=post))) == [order.number], post
    for post in ((Role.PAYMENT_OFFICER, COUNTY), (Role.ADMINISTRATOR, COUNTY), (Role.OFFICE_HEAD, TOWNSHIP)):
        assert ledger(as_(client, StaffFactory(post=post))) == [], post
        assert client.get(reverse("desk:order", args=[order.number])).status_code == 404, post
