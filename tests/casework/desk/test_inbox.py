"""Messages to staff: whose they are, in what order, what is read; and nothing personal in them."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from casework.desk import inbox
from casework.models import Role, Staff, SupervisionOrder
from notifications.channels import tell
from notifications.models import Message, Reading
from tests.factories import StaffFactory
from tests.workflows.late import begun, head_of, moment, overdue, supervised, supervisor_of
from tests.world import COUNTY, TOWNSHIP, World
from workflows import addressees
from workflows.holding import claim
from workflows.sweep import sweep

LATE = "已经超过办理期限"
BELOW = "有环节超过了办理期限"
SOON = "办理期限快到了"


def as_(client: Client, staff: Staff) -> Client:
    client.force_login(staff)
    return client


def page(client: Client, query: str = "") -> Any:
    answer = client.get(f"{reverse('desk:inbox')}?{query}")
    assert answer.status_code == 200
    return answer


def told(answer: Any) -> list[dict[str, Any]]:
    return [{cell["label"]: cell for cell in row["cells"]} for row in answer.context["table"]["rows"]]


def words(client: Client) -> list[str]:
    return [row["消息"]["text"][: len(LATE)] for row in told(page(client))]


def said_to(staff: Staff, *keys: int) -> None:
    for key in keys:
        tell(f"k{key}", subject=f"staff:{staff.pk}", audience="staff", template="deadline.warned", context={})


def test_a_reminder_is_found_by_whoever_works_the_queue_and_by_nobody_else(client: Client, world: World) -> None:
    item = begun(world.case("township"), "2026-11-02T09:00")
    sweep(at=moment("2026-11-13T09:00"))
    (row,) = told(page(as_(client, world.by(Role.TOWNSHIP_REVIEWER))))
    assert row["消息"]["text"].startswith(SOON) and row["消息"]["note"] == "没看过"
    assert (row["案号"]["text"], row["环节"]["text"]) == (item.process.number, "乡镇审核")
    assert row["期限"]["date"].isoformat() == "2026-11-16"
    assert row["发给"]["text"] == "桃花江镇计生协会乡镇审核员"
    for other in (world.by(Role.VILLAGE_VERIFIER), world.by(Role.COUNTY_APPROVER), head_of(TOWNSHIP)):
        assert words(as_(client, other)) == []


def test_what_somebody_has_in_hand_is_said_to_them_alone(client: Client, world: World) -> None:
    item = overdue(world)
    claim(item.pk, by=world.by(Role.TOWNSHIP_REVIEWER))
    sweep()
    colleague = StaffFactory(post=(Role.TOWNSHIP_REVIEWER, TOWNSHIP))
    (row,) = told(page(as_(client, world.by(Role.TOWNSHIP_REVIEWER))))
    assert row["消息"]["text"].startswith(LATE) and row["发给"]["text"] == "您本人"
    assert words(as_(client, colleague)) == []


def test_a_supervision_order_is_said_to_the_office_above_with_its_number(client: Client, world: World) -> None:
    order = supervised(world)
    (row,) = told(page(as_(client, supervisor_of(COUNTY))))
    assert row["消息"]["text"].startswith(BELOW)
    assert row["消息"]["note"] == f"没看过 {order.number}"
    assert row["消息"]["url"] == reverse("desk:order", args=[order.number])
    for url in (row["消息"]["url"], row["案号"]["url"]):
        assert client.get(url).status_code == 200
    assert words(as_(client, supervisor_of("430102"))) == []


@pytest.mark.parametrize("role", [Role.INTAKE_CLERK, Role.COUNTY_APPROVER, Role.AUDITOR, Role.ADMINISTRATOR])
def test_who_supervises_nothing_is_not_told_what_is_late_below(client: Client, world: World, role: str) -> None:
    supervised(world)
    assert told(page(as_(client, world.by(role)))) == []


def test_nothing_of_the_applicant_is_on_the_page(client: Client, world: World) -> None:
    order = supervised(world)
    shown = page(as_(client, world.by(Role.TOWNSHIP_REVIEWER))).content.decode()
    assert order.case.number in shown
    person = SupervisionOrder.objects.select_related("case__applicant").get().case.applicant
    assert person.name not in shown
    assert {key for message in Message.objects.filter(audience="staff") for key in message.context} == {
        "case",
        "step",
        "due",
        "order",
    }


def test_the_newest_is_first_whoever_it_was_said_to_and_pages_are_turned(
    client: Client, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbox, "PAGE", 2)
    head = head_of(TOWNSHIP)
    mine, queue = addressees.person(head.pk), addressees.queue(TOWNSHIP, Role.OFFICE_HEAD)
    for number, subject in enumerate((mine, queue, queue, mine, addressees.office(TOWNSHIP))):
        tell(f"k{number}", subject=subject, audience="staff", template=f"t{number}", context={"case": f"N{number}"})
    as_(client, head)

    def numbers(answer: Any) -> list[str]:
        return [row["案号"]["text"] for row in told(answer)]

    seen, answer = [], page(client)
    while True:
        seen.append(numbers(answer))
        following = answer.context["pager"]["next_url"]
        if not following:
            break
        answer = client.get(following)
    assert seen == [["N4", "N3"], ["N2", "N1"], ["N0"]]
    back = client.get(answer.context["pager"]["previous_url"])
    assert numbers(back) == ["N2", "N1"]
    assert numbers(client.get(back.context["pager"]["previous_url"])) == ["N4", "N3"]


def test_reading_is_a_post_each_for_themselves_and_twice_is_once(client: Client, world: World) -> None:
    supervised(world)
    colleague = StaffFactory(post=(Role.TOWNSHIP_REVIEWER, TOWNSHIP))
    as_(client, world.by(Role.TOWNSHIP_REVIEWER))
    keys = page(client).context["unread"]
    assert len(keys) == 1
    assert client.get(reverse("desk:inbox_read")).status_code == 405
    for _again in range(2):
        answer = client.post(reverse("desk:inbox_read"), {"message": keys}, follow=True)
        assert "已记下您看过了" in answer.content.decode()
        assert told(answer)[0]["消息"]["note"].startswith("看过")
    assert "本页都看过了" not in answer.content.decode()
    assert Reading.objects.count() == 1
    assert page(as_(client, colleague)).context["unread"] == keys


def test_what_is_not_mine_and_what_is_no_key_is_passed_over(client: Client, world: World) -> None:
    said_to(world.by(Role.VILLAGE_VERIFIER), 1)
    as_(client, world.by(Role.TOWNSHIP_REVIEWER))
    sent = [str(Message.objects.get(key="k1").pk), "-1", "x", "", "9" * 30]
    assert client.post(reverse("desk:inbox_read"), {"message": sent}).status_code == 302
    assert not Reading.objects.exists()


def test_a_message_of_words_this_release_does_not_know_is_shown_all_the_same(client: Client, world: World) -> None:
    reviewer = world.by(Role.TOWNSHIP_REVIEWER)
    tell("k", subject=f"staff:{reviewer.pk}", audience="staff", template="new.kind", context={"due": "soon"})
    (row,) = told(page(as_(client, reviewer)))
    assert (row["消息"]["text"], row["案号"]["url"], row["期限"]["date"]) == ("有一条新消息", "", None)


def test_the_page_takes_no_more_statements_with_many_than_with_one_and_writes_nothing(
    client: Client, world: World
) -> None:
    as_(client, world.by(Role.TOWNSHIP_REVIEWER))

    def statements() -> list[str]:
        with CaptureQueriesContext(connection) as captured:
            page(client)
        return [each["sql"] for each in captured.captured_queries]

    supervised(world)
    one = statements()
    for _more in range(3):
        supervised(world)
    many = statements()
    assert len(many) == len(one) <= 5 + 3  # myself, one queue, one office
    assert not [sql for sql in many if sql.startswith(("INSERT", "UPDATE", "DELETE"))]


def test_each_list_is_read_in_the_order_of_its_index(client: Client, world: World) -> None:
    as_(client, supervisor_of(COUNTY))
    supervised(world)
    with CaptureQueriesContext(connection) as captured:
        page(client, "after=99")
    wanted = [each["sql"] for each in captured.captured_queries if 'FROM "notifications_message"' in each["sql"]]
    assert len(wanted) == 2
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            for sql in wanted:
                cursor.execute(f"EXPLAIN QUERY PLAN {sql}".replace("%", "%%"))
                plan = "\n".join(str(row[-1]) for row in cursor.fetchall())
                assert "USING INDEX message_subject_newest" in plan and "TEMP B-TREE" not in plan, plan
