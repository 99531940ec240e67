"""Finding a case: by name, initials, number or identity number, within the jurisdiction, leaving no trace of it."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from casework.access import access_of
from casework.desk import search as desk_search
from casework.desk.search import find
from casework.models import Case, Person, Role, Staff
from tests.factories import PersonFactory, StaffFactory, invented_identity
from tests.world import OTHER_VILLAGE, World

URL = "/desk/search/"


@pytest.fixture
def clerk(world: World) -> Staff:
    return world.by(Role.INTAKE_CLERK)


@pytest.fixture
def zeng(world: World) -> Case:
    """曾㛃文, whose surname reads zeng and ceng and whose second character is in no input method."""
    return world.case(at="township", person=PersonFactory(name="曾㛃文", registered=True))


def look(client: Client, staff: Staff, words: str) -> str:
    client.force_login(staff)
    answer = client.post(URL, {"q": words}, follow=True)
    assert answer.redirect_chain == [(URL, 302)]
    return answer.content.decode()


@pytest.mark.parametrize("words", ["曾㛃文", "曾㛃", " 曾 㛃 文 ", "zjw", "ZJW", "cj", "ｚｊ"])
def test_a_person_is_found_by_name_or_its_beginning_and_by_any_reading_of_it(
    client: Client, clerk: Staff, zeng: Case, words: str
) -> None:
    page = look(client, clerk, words)
    assert zeng.number in page
    assert "乡镇审核" in page


def test_a_case_is_found_by_its_number_or_the_beginning_of_it_with_or_without_letters(
    client: Client, clerk: Staff, zeng: Case
) -> None:
    for words in (zeng.number, zeng.number.lower(), zeng.number[:9], zeng.number[2:], f" {zeng.number} "):
        page = look(client, clerk, words)
        assert reverse("desk:case", args=[zeng.number]) in page
        assert "按案号查" in page


def test_an_identity_number_finds_exactly_its_person_however_it_was_typed(
    client: Client, clerk: Staff, world: World
) -> None:
    number = invented_identity(901)
    mine = world.enter(person=PersonFactory(name="石秀兰", identity_number=number, registered=True))
    other = world.enter()
    for words in (number, f"'{number}", f"{number[:6]} {number[6:14]} {number[14:]}", number.lower()):
        page = look(client, clerk, words)
        assert mine.number in page
        assert other.number not in page


def test_an_identity_number_stands_in_no_address_no_session_and_no_log(
    client: Client, clerk: Staff, world: World, caplog: pytest.LogCaptureFixture
) -> None:
    number = invented_identity(902)
    caplog.set_level(logging.DEBUG)
    client.force_login(clerk)
    answer = client.post(URL, {"q": number})
    page = client.get(answer["Location"]).content.decode()
    assert number not in page
    assert f"{number[:6]}********{number[-4:]}" in page
    assert number not in answer["Location"]
    assert all(number not in str(session.get_decoded()) for session in Session.objects.all())
    assert number not in caplog.text


def test_an_identity_number_typed_in_part_is_masked_too(client: Client, clerk: Staff) -> None:
    part = invented_identity(903)[:16]
    page = look(client, clerk, part)
    assert part not in page
    assert all(part not in str(session.get_decoded()) for session in Session.objects.all())


def test_words_in_the_address_are_not_looked_for(client: Client, clerk: Staff, zeng: Case) -> None:
    client.force_login(clerk)
    page = client.get(URL + "?q=曾㛃文").content.decode()
    assert zeng.number not in page


def test_a_case_of_another_place_is_as_if_there_were_none(client: Client, world: World, zeng: Case) -> None:
    village = StaffFactory(post=(Role.VILLAGE_VERIFIER, OTHER_VILLAGE))
    for words in ("曾㛃文", "zjw", zeng.number, zeng.applicant.identity_number.reveal()):
        page = look(client, village, words)
        assert "没有找到" in page
        assert zeng.number not in page.split("<main", 1)[1].replace(f"查“{zeng.number}”", "")
    assert zeng.number in look(client, world.by(Role.TOWNSHIP_REVIEWER), "zjw")


def test_a_case_in_nobodys_queue_is_found_too(client: Client, clerk: Staff, world: World) -> None:
    ended = world.case(at="end", person=PersonFactory(name="田桂英", registered=True))
    page = look(client, clerk, "田桂")
    assert ended.number in page
    assert "已办结" in page


def test_what_was_found_is_still_there_on_coming_back_but_not_for_somebody_elses_login(
    client: Client, clerk: Staff, zeng: Case
) -> None:
    look(client, clerk, "曾㛃")
    assert zeng.number in client.get(URL).content.decode()
    client.post(reverse("desk:logout"))
    client.force_login(clerk)
    assert zeng.number not in client.get(URL).content.decode()


@pytest.mark.parametrize(
    ("words", "kind", "advice"),
    [
        ("无此人", "姓名", "只写前两个字"),
        ("qqq", "拼音首字母", "另一个读音"),
        ("HL99", "案号", "从头写起"),
        ("990922195503070001", "身份证号", "校验位不对"),
        ("99092219550307", "案号", "从头写起"),
        ("99092219550307123", "身份证号", "应为18位，这里是17位"),
    ],
)
def test_without_a_hit_it_says_what_it_searched_by_and_what_to_try(
    client: Client, clerk: Staff, words: str, kind: str, advice: str
) -> None:
    page = look(client, clerk, words)
    assert f"按{kind}查" in page
    assert advice in page
    assert "只找得到本辖区的案件" in page


@pytest.mark.parametrize("words", ["曾", "z", "——"])
def test_one_character_is_too_little_and_nothing_is_looked_for(
    client: Client, clerk: Staff, zeng: Case, words: str
) -> None:
    page = look(client, clerk, words)
    assert "至少写两个字或两个字母" in page
    assert zeng.number not in page


def test_nothing_typed_is_said_at_the_box(client: Client, clerk: Staff) -> None:
    client.force_login(clerk)
    answer = client.post(URL, {"q": "  "})
    assert answer.status_code == 422
    assert "请写要找的姓名" in answer.content.decode()


def test_wildcards_are_only_characters(client: Client, clerk: Staff, zeng: Case) -> None:
    for words in ("%%", "__", "曾%", "HL%", "**"):
        assert zeng.number not in look(client, clerk, words)


def test_no_more_than_so_many_are_shown_and_it_says_that_there_are_more(
    client: Client, clerk: Staff, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk_search, "MOST", 2)
    for _number in range(3):
        world.enter(person=PersonFactory(name="向冬梅", registered=True))
    page = look(client, clerk, "向冬")
    assert page.count("data-open") == 2
    assert "还有更多" in page


def test_looking_and_showing_take_a_few_statements_however_many_are_found(
    client: Client, clerk: Staff, world: World, django_assert_max_num_queries: Any
) -> None:
    for _number in range(4):
        world.enter(person=PersonFactory(name="向冬梅", registered=True))
    look(client, clerk, "向冬")
    with django_assert_max_num_queries(6):
        page = client.get(URL).content.decode()
    assert page.count("data-open") == 4


def test_names_initials_and_numbers_are_found_by_index(clerk: Staff, zeng: Case) -> None:
    access = access_of(clerk)
    for words in ("曾㛃", "zjw", zeng.number[:9], zeng.applicant.identity_number.reveal()):
        with CaptureQueriesContext(connection) as captured:
            assert find(words, access).case_ids == (zeng.pk,)
        plan = plan_of(captured.captured_queries[-1]["sql"])
        for table in ("casework_case", "casework_person", "casework_personinitials"):
            assert f"SCAN {table}" not in plan.replace(f"{table} USING", "")
            assert f"Seq Scan on {table} " not in plan


def plan_of(sql: str) -> str:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # A table of one row is read whole, whatever its indexes: ask what would be done with a large one.
            cursor.execute("SET LOCAL enable_seqscan = off")
        explain = "EXPLAIN QUERY PLAN " if connection.vendor == "sqlite" else "EXPLAIN "
        cursor.execute((explain + sql).replace("%", "%%"))
        return "\n".join(str(row[-1]) for row in cursor.fetchall())


def test_a_name_alike_in_its_first_letters_is_not_a_hit(clerk: Staff, world: World, zeng: Case) -> None:
    """A prefix ends where the next character begins: neither the neighbour in the code table nor a longer reading."""
    world.enter(person=PersonFactory(name="曾㛄文", registered=True))
    assert find("曾㛃", access_of(clerk)).case_ids == (zeng.pk,)
    assert Person.objects.filter(name__startswith="曾").count() == 2
