"""The list by the code on its sheet: read while it hangs, objected to by anyone, gone after its last day."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from casework.models import Notice, Objection
from casework.notice_tokens import number_of, token_of
from tests import factories
from tests.workflows.notices.noticed import Village, days_later
from tests.world import open_item
from workflows.notices.closing import withdraw_notice

pytestmark = pytest.mark.django_db

ON_WEB = ("board", "web")


@pytest.fixture(autouse=True)
def _nothing_counted() -> None:
    cache.clear()


def at(notice: Notice) -> str:
    return reverse("portal:notice", args=[token_of(notice.number)])


def text(response: Any) -> str:
    return str(response.content.decode())


def said(**more: Any) -> dict[str, Any]:
    return {"key": str(uuid.uuid4()), "line_number": "1", "text": "不符合条件", "name": "", "contact": "", **more}


def posted(village: Village, **more: Any) -> Notice:
    person = factories.PersonFactory(name="张晓明", registered=True, registered__category="hardship")
    return village.post(village.case(person=person), village.case(), **more)


def test_a_list_for_the_web_is_read_with_masked_names_and_no_village(village: Village) -> None:
    page = text(Client().get(at(posted(village, channels=ON_WEB))))
    assert "张*明" in page
    assert "桃花江镇" in page
    assert "还有7天" in page
    assert not any(word in page for word in ("张晓明", "川门湾", "住院护理"))


def test_a_list_that_is_not_for_the_web_shows_no_line_and_can_be_objected_to(village: Village) -> None:
    notice = posted(village)
    page = text(Client().get(at(notice)))
    assert "张*明" not in page
    assert "名单只贴在公开栏" in page
    assert Client().post(at(notice), said()).status_code == 200
    assert Objection.objects.get().line.line_number == 1


def test_a_family_the_register_learns_has_lost_its_child_is_off_the_web_at_once(village: Village) -> None:
    notice = posted(village, channels=ON_WEB)
    mother = notice.lines.get(line_number=1).case.applicant
    factories.RegisterEntryFactory(person=mother, category="bereaved")
    page = text(Client().get(at(notice)))
    assert "张*明" not in page
    assert "桃花江镇" in page


def test_an_objection_without_a_name_is_taken_and_the_case_waits_where_it_is(village: Village) -> None:
    notice = posted(village, channels=ON_WEB)
    answer = Client().post(at(notice), said())

    assert "已收到您对第1号的意见" in text(answer)
    assert [line.state for line in notice.lines.order_by("line_number")] == ["objected", "hanging"]
    assert open_item(notice.lines.get(line_number=1).case).step == "village_notice_hanging"
    assert not Objection.objects.get().name


def test_the_same_form_twice_is_one_objection(village: Village) -> None:
    notice, given = posted(village), said()
    for _again in range(2):
        Client().post(at(notice), given)
    assert Objection.objects.count() == 1


def test_after_the_last_day_the_list_is_gone_whether_or_not_somebody_took_it_down(village: Village) -> None:
    notice = posted(village, channels=ON_WEB)
    with days_later(notice, 0):
        assert "今天是公示的最后一天" in text(Client().get(at(notice)))
    with days_later(notice):
        answer = Client().get(at(notice))
        assert answer.status_code == 410
        assert "张*明" not in text(answer)
        assert Client().post(at(notice), said()).status_code == 410


def test_a_withdrawn_list_is_gone_at_once(village: Village) -> None:
    notice = posted(village, channels=ON_WEB)
    withdraw_notice(notice, by=notice.posted_by, note="抄错了名字")
    assert Client().get(at(notice)).status_code == 410


def test_a_code_that_is_not_ours_opens_nothing(village: Village) -> None:
    notice = posted(village)
    forged = reverse("portal:notice", args=[f"{notice.number}:AAAA"])
    assert Client().get(forged).status_code == 404
    assert number_of("x") is None


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"line_number": ""}, "请填榜上的序号"),
        ({"text": " "}, "请写明有什么不同意见"),
        ({"line_number": "9"}, "榜上没有第9行"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_kept(village: Village, given: dict[str, str], why: str) -> None:
    answer = Client().post(at(posted(village)), said(**given))
    assert answer.status_code == 422
    assert why in text(answer)
    assert not Objection.objects.exists()


def test_one_address_cannot_stop_a_whole_list(village: Village) -> None:
    notice = posted(village)
    answers = [Client().post(at(notice), said()).status_code for _ in range(6)]
    assert answers == [200] * 5 + [429]
    other = Client(REMOTE_ADDR="198.51.100.7")
    assert other.post(at(notice), said(line_number="2")).status_code == 200
