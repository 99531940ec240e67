"""Extending a deadline on its page: offered to the head alone, with everything typed kept."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from casework.models import Pause, Role, WorkItem
from tests.workflows.late import begun, head_of, moment
from tests.world import COUNTY, OTHER_VILLAGE, TOWNSHIP, World
from workflows.extension import extend

REASON = "病历要到外省调取，路上要一周"


@pytest.fixture(autouse=True)
def _a_week_later() -> Any:
    with time_machine.travel(moment("2026-11-09T10:00"), tick=False):
        yield


@pytest.fixture
def item(world: World) -> WorkItem:
    return begun(world.case("township"), "2026-11-02T09:00")


def url(item: WorkItem) -> str:
    return reverse("desk:extend", args=[item.pk])


def case_page(client: Client, item: WorkItem) -> str:
    return client.get(reverse("desk:case", args=[item.process.number])).content.decode()


def test_the_head_finds_it_on_the_case_and_grants_it(client: Client, item: WorkItem) -> None:
    client.force_login(head_of(TOWNSHIP))
    assert url(item) in case_page(client, item)
    page = client.get(url(item)).content.decode()
    assert "最多10个工作日，只能延长一次" in page and "2026-11-16" in page
    done = client.post(url(item), {"days": "5", "reason": REASON}, follow=True)
    text = done.content.decode()
    assert "期限延长到2026-11-23" in text
    assert REASON in text and "5个工作日" in text
    assert url(item) not in text, "only once"
    assert client.post(url(item), {"days": "5", "reason": REASON}).status_code == 302, "sent twice it is granted once"


@pytest.mark.parametrize(
    ("days", "reason", "says"),
    [
        ("", REASON, "请填写这一项"),
        ("许多", REASON, "请填一个整数"),
        ("0", REASON, "大于或等于"),
        ("11", REASON, "1到10之间"),
        ("5", "", "请填写这一项"),
        ("5", "急", "请说明理由"),
    ],
)
def test_what_was_typed_comes_back_with_what_is_wrong(
    client: Client, item: WorkItem, days: str, reason: str, says: str
) -> None:
    client.force_login(head_of(TOWNSHIP))
    answer = client.post(url(item), {"days": days, "reason": reason})
    text = answer.content.decode()
    assert answer.status_code == 422
    assert says in text and f">\n{reason}</textarea>" in text
    assert "最多10个工作日" in text
    assert WorkItem.objects.get(pk=item.pk).extra_days == 0


def test_others_are_told_whose_it_is(client: Client, world: World, item: WorkItem) -> None:
    head_of(TOWNSHIP)
    for somebody in (world.by(Role.TOWNSHIP_REVIEWER), head_of(COUNTY)):
        client.force_login(somebody)
        assert url(item) not in case_page(client, item)
        assert "延长期限由桃花江镇的负责人批准" in client.get(url(item)).content.decode()
        assert client.post(url(item), {"days": "5", "reason": REASON}).status_code == 422
    client.force_login(head_of(OTHER_VILLAGE))
    assert client.get(url(item)).status_code == 404


def test_the_case_tells_how_its_deadline_came_about(client: Client, world: World, item: WorkItem) -> None:
    pause = {"kind": "suspension", "began": moment("2026-11-03T10:00"), "ended": moment("2026-11-05T10:00")}
    Pause.objects.create(case=item.process, stopped=item, review_on=datetime.date(2026, 11, 20), **pause)
    WorkItem.objects.filter(pk=item.pk).update(warned_at=moment("2026-11-06T17:31"))
    extend(item.pk, 2, by=head_of(TOWNSHIP), reason=REASON)
    client.force_login(world.by(Role.TOWNSHIP_REVIEWER))
    text = case_page(client, item)
    for words in (
        "2026-11-02 09:00",
        "从到达本环节起，次日开始计算",
        "10个工作日（默认：乡镇审核10个工作日）",
        "中止：2026-11-03 10:00 至 2026-11-05 10:00",
        "复查日期2026-11-20",
        "2个工作日",
    ):
        assert words in text, words


def test_a_deadline_that_touches_an_unconfirmed_year_is_flagged_on_case_and_queue(client: Client, world: World) -> None:
    late = begun(world.case("township"), "2026-12-29T09:00")
    client.force_login(world.by(Role.TOWNSHIP_REVIEWER))
    for page in (case_page(client, late), client.get(reverse("desk:queue")).content.decode()):
        assert "2027年放假安排还没有公布或确认，期限是估计" in page
        assert "（估计）" in page
