"""Where is my case: the applicant's page."""

from __future__ import annotations

import datetime
import re
from html import unescape
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.core.signing import Signer
from django.test import Client
from django.urls import reverse

from casework.crypto import slip_code
from casework.models import Case, Role, Stage, WorkItem
from casework.origin import address_of
from casework.portal import throttle, words
from casework.portal.status import long_dates
from casework.slips import cleaned, number_of, opens, token_of
from tests.factories import PersonFactory
from tests.sent_back import sent_back
from tests.world import World, open_item
from workflows.papers.wanted import Line
from workflows.perform import perform


@pytest.fixture(autouse=True)
def _nobody_has_tried_yet(settings: Any) -> None:
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    cache.clear()


def scan(case: Case) -> str:
    answer = Client().get(reverse("portal:open", args=[token_of(case.number)]))
    assert answer.status_code == 200
    return unescape(answer.content.decode())


def ask(number: str, code: str, client: Client | None = None) -> Any:
    return (client or Client()).post(reverse("portal:status"), {"number": number, "code": code})


def decide(
    world: World, case: Case, outcome: str, role: str, *reasons: str, note: str = "情况属实", **values: Any
) -> None:
    perform(open_item(case).pk, outcome, by=world.by(role), reasons=reasons, note=note, values=values)


@pytest.mark.parametrize(
    ("at", "answer"),
    [
        ("intake", "县里正在看材料齐不齐"),
        ("village", "村里会上门核实"),
        ("township", "乡镇正在审核"),
        ("county", "县里正在审批"),
        ("payment", "已经批准，正在安排发钱"),
        ("bank", "正在送银行"),
        ("end", "钱已经打到您的卡上"),
    ],
)
def test_the_slip_opens_the_page_that_says_where_the_case_is(world: World, at: str, answer: str) -> None:
    assert answer in scan(world.case(at))


def test_every_stage_has_words_for_the_applicant() -> None:
    assert {stage for stage in Stage.values if not words.STAGES.get(stage)} == set()


def test_number_and_code_open_the_same_page(world: World) -> None:
    case = world.case("village")
    answer = ask(case.number, slip_code(case.number))
    assert answer.status_code == 200
    assert "村里会上门核实" in answer.content.decode()


def test_the_number_and_the_code_may_be_typed_as_people_type(world: World) -> None:
    case = world.case("village")
    code = slip_code(case.number)
    wide = "".join(chr(ord(mark) + 0xFEE0) for mark in code)
    for number, typed in (
        (case.number.lower(), f" {code[:4]}-{code[4:]} ".lower()),
        (f"{case.number[:8]} {case.number[8:]}", wide),
    ):
        assert ask(number, typed).status_code == 200


def test_a_wrong_number_and_a_wrong_code_are_answered_alike(world: World) -> None:
    case = world.case("village")
    wrong_code = ask(case.number, "AAAA AAAA")
    wrong_number = ask("HL430922202699999", slip_code(case.number))
    assert wrong_code.status_code == wrong_number.status_code == 422

    def without_token(page: bytes, typed: str) -> str:
        html = re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"', "", page.decode())
        return re.sub(r'value="[^"]*"', "", html.replace(typed, ""))

    assert without_token(wrong_code.content, case.number) == without_token(wrong_number.content, "HL430922202699999")
    assert case.applicant.name[0] + "*" not in wrong_code.content.decode()


def test_a_right_pair_of_a_case_that_does_not_exist_opens_nothing(world: World) -> None:
    number = "HL430922202699999"
    assert ask(number, slip_code(number)).status_code == 422
    assert Client().get(reverse("portal:open", args=[token_of(number)])).status_code == 404


@pytest.mark.parametrize("tamper", [str.lower, lambda token: token[:-1], lambda token: token.split(":")[0]])
def test_a_token_that_was_changed_opens_nothing(world: World, tamper: Any) -> None:
    token = token_of(world.case("village").number)
    answer = Client().get(reverse("portal:open", args=[tamper(token)]))
    assert answer.status_code == 404
    assert "二维码打不开案件" in answer.content.decode()


def test_a_token_is_signed_with_the_slips_own_key() -> None:
    number = "HL430922202600001"
    assert number_of(token_of(number)) == number
    assert number_of(Signer(salt="nuanxin.slip").sign(number)) is None
    assert slip_code(number) not in token_of(number)


def test_a_code_opens_only_its_own_number() -> None:
    assert opens("HL1", slip_code("HL1"))
    assert not opens("HL2", slip_code("HL1"))
    assert not opens("HL1", "")
    assert not opens("HL1", "查询码")
    assert cleaned("  hl4309-22 ｂ９") == "HL430922B9"


def test_nothing_personal_is_on_the_page(world: World) -> None:
    person = PersonFactory(registered=True, name="买买提艾力·阿卜杜热合曼")
    case = Case.objects.select_related("payee_account").get(pk=world.case("end", person=person).pk)
    html = scan(case)
    account = case.payee_account
    assert account is not None
    hidden = [
        person.name,
        person.identity_number.reveal(),
        person.phone.reveal(),
        account.account_number.reveal(),
        account.account_number.reveal()[-4:] + "<",
        "1955",
        case.facts["certificate_number"],
        "失独",
        case.facts["caregiver"],
        slip_code(case.number),
        *(staff.name for staff in world.staff.values()),
    ]
    assert [words for words in hidden if words in html] == []
    assert "买**********曼" in html


def test_it_says_what_comes_next_and_by_when(world: World) -> None:
    case = world.case("township")
    due = open_item(case).due_at.astimezone(datetime.timezone(datetime.timedelta(hours=8)))
    html = scan(case)
    assert "乡镇审核后，由县里审批" in html
    assert f"这一步最迟{due.year}年{due.month}月{due.day}日办完" in html


def test_a_step_past_its_day_is_said_to_be(world: World) -> None:
    case = world.case("township")
    WorkItem.objects.filter(process=case).update(due_at=datetime.datetime(2026, 1, 8, 9, 30, tzinfo=datetime.UTC))
    assert "本来应当在2026年1月8日前办完，已经超过了" in scan(case)


def test_what_is_missing_is_told_with_its_remedy_and_its_day(world: World) -> None:
    case = world.case("intake")
    papers = [Line(kind="itemised_bill"), Line(words="出院小结第二页")]
    note = "复印件也可以"
    decide(world, case, "ask_for_papers", Role.INTAKE_CLERK, "papers_missing", note=note, papers=papers)
    html = scan(case)
    for said in (
        "正等您补交",
        "还缺什么",
        "材料不齐",
        "补齐所缺材料后继续办理",
        "费用清单",
        "出院小结第二页",
        note,
        "前补齐",
    ):
        assert said in html


def test_a_refusal_is_told_with_reason_and_remedy(world: World) -> None:
    case = world.case("village")
    decide(world, case, "refuse", Role.VILLAGE_VERIFIER, "not_hospitalised")
    html = scan(case)
    for said in ("没有批准", "经核实没有这次住院", "30日内向本会申请复核", "要求复核", "已停下"):
        assert said in html


def test_money_the_bank_sent_back_is_explained(world: World) -> None:
    html = scan(sent_back(world))
    for said in ("银行把钱退回来了", "带上本人的社会保障卡", "更正收款的卡"):
        assert said in html


def test_what_staff_write_for_the_file_is_not_told(world: World) -> None:
    case = world.case("village")
    verifier = Role.VILLAGE_VERIFIER
    decide(world, case, "send_back", verifier, "papers_missing", note="邻居说她不常在家")
    assert "邻居" not in scan(case)


def test_the_amount_is_told_once_promised_and_how_it_came_about(world: World) -> None:
    assert "3,380.00" not in scan(world.case("county"))
    html = scan(world.case("payment"))
    assert "3,380.00" in html
    assert "26天 × 130.00元 = 3380.00元" in html
    assert "2026年8月5日入院，2026年8月31日出院" in html


def test_dates_are_written_as_people_say_them() -> None:
    assert long_dates("2026-08-05入院，60天 × 130.00元") == "2026年8月5日入院，60天 × 130.00元"


def test_it_says_how_to_object_and_where(world: World) -> None:
    assert "桃江县计生协会当面提出，要求复核" in scan(world.case("county"))


def test_the_page_has_no_script_and_is_kept_by_no_cache_and_no_search_engine(world: World) -> None:
    answer = Client().get(reverse("portal:open", args=[token_of(world.case("village").number)]))
    html = answer.content.decode()
    assert "<script" not in html
    assert " style=" not in html
    assert "noindex" in html
    assert "no-store" in answer.headers["Cache-Control"]
    assert answer.headers["Referrer-Policy"] == "same-origin"


def test_looking_costs_few_statements_and_writes_nothing(world: World, django_assert_max_num_queries: Any) -> None:
    case = world.case("end")
    with django_assert_max_num_queries(4) as asked:
        scan(case)
    assert all(query["sql"].startswith("SELECT") for query in asked.captured_queries)


# -- guessing ------------------------------------------------------------------------------------------------------


def test_a_number_is_not_guessed_at_for_long(world: World) -> None:
    case = world.case("village")
    for _ in range(throttle.WRONG_AT_A_NUMBER):
        assert ask(case.number, "AAAA AAAA").status_code == 422
    blocked = ask(case.number, slip_code(case.number))
    assert blocked.status_code == 429
    assert "过15分钟再试" in blocked.content.decode()
    assert "村里会上门核实" in scan(case)


def test_an_address_does_not_try_one_number_after_another(world: World) -> None:
    case = world.case("village")
    for number in range(throttle.WRONG_FROM_AN_ADDRESS):
        assert ask(f"HL4309222026{number:05d}9", "AAAA AAAA").status_code == 422
    assert ask(case.number, slip_code(case.number)).status_code == 429
    elsewhere = Client(REMOTE_ADDR="192.0.2.7")
    assert ask(case.number, slip_code(case.number), elsewhere).status_code == 200


def test_a_number_that_does_not_exist_is_shut_like_one_that_does(world: World) -> None:
    for _ in range(throttle.WRONG_AT_A_NUMBER):
        ask("HL430922202699999", "AAAA AAAA")
    assert ask("hl4309 2220 2699 999", "AAAA AAAA").status_code == 429


def test_right_answers_are_not_counted(world: World) -> None:
    case = world.case("village")
    for _ in range(throttle.WRONG_AT_A_NUMBER + 2):
        assert ask(case.number, slip_code(case.number)).status_code == 200


def test_a_visitors_own_word_about_the_address_counts_only_behind_a_proxy(rf: Any, settings: Any) -> None:
    request = rf.get("/", headers={"X-Forwarded-For": "198.51.100.1, 203.0.113.9"}, REMOTE_ADDR="127.0.0.1")
    settings.SECURE_PROXY_SSL_HEADER = None
    assert address_of(request) == "127.0.0.1"
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    assert address_of(request) == "203.0.113.9"


def test_a_number_somebody_typed_into_what_is_told_is_not_told_in_full(world: World) -> None:
    case = world.case(at="intake")
    number = case.applicant.identity_number.reveal()
    papers = (Line(words=f"{number}的户口簿"),)
    note = f"{number}与名册不符"
    decide(world, case, "ask_for_papers", Role.INTAKE_CLERK, "papers_missing", note=note, papers=papers)
    page = scan(case)
    assert "与名册不符" in page and "的户口簿" in page
    assert number not in page and f"****{number[-4:]}" in page


@pytest.mark.parametrize(("due", "may_move"), [("2026-12-31", False), ("2027-01-08", True)])
def test_a_day_counted_over_holidays_nobody_knows_yet_is_said_to_be_one_that_may_move(
    world: World, due: str, may_move: bool
) -> None:
    case = world.case("village")
    WorkItem.objects.filter(process=case, finished=None).update(
        clock_from=datetime.datetime(2026, 12, 20, 1, tzinfo=datetime.UTC),
        due_at=datetime.datetime.fromisoformat(f"{due}T17:30+08:00"),
    )
    with time_machine.travel(datetime.datetime(2026, 12, 21, 1, tzinfo=datetime.UTC)):
        html = scan(case)
    assert "这一步最迟" in html
    assert ("放假安排还没有公布，这个日期可能会前后差几天" in html) is may_move
