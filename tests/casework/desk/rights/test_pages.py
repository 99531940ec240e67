"""The pages of rights work: taking a demand in, what a case shows, its letter, co-handlers, the year's numbers."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.timezone import localdate

from casework.models import Case, CoHandler, Demand, Event, RightsAct, Role, Staff
from tests.factories import StaffFactory, places
from tests.workflows.programmes.rights_case.stories import (
    EMPLOYER,
    IDENTITY,
    NAME,
    WORDS,
    Rights,
    act,
    elsewhere,
    in_days,
    officer_at,
    rights_of,
)
from tests.world import COUNTY

TAKE_IN = "/desk/rights/take-in/"


@pytest.fixture
def rights(db: None) -> Rights:
    places()
    return rights_of()


def as_(client: Client, staff: Staff) -> Client:
    client.force_login(staff)
    return client


def page(client: Client, staff: Staff, url: str) -> str:
    answer = as_(client, staff).get(url)
    assert answer.status_code == 200, (url, answer.status_code)
    assert len(answer.content) < 60_000
    return answer.content.decode()


def case_url(case: Case) -> str:
    return reverse("desk:case", args=[case.number])


# -- taking in ---------------------------------------------------------------------------------------------------------

TOLD = (
    ("who", {"name": NAME, "identity_number": IDENTITY, "phone": "", "village": "桃花江镇川门湾"}),
    ("against", {"counterparty_kind": "employer", "counterparty": EMPLOYER}),
    ("what", {"dispute": "labour", "incident_on": "2026-02-03", "place": "某市", "told": WORDS}),
    ("stake", {"claimed": "5000.00", "stake": "", "limitation_on": "", "limitation_reason": ""}),
    ("check", {}),
)


def kept_in(body: str) -> str:
    found = re.search(r'name="kept" value="([^"]+)"', body)
    assert found
    return found.group(1)


def test_a_demand_is_told_one_thing_at_a_time_and_nothing_is_kept_before_it_is_handed_in(
    client: Client, rights: Rights
) -> None:
    body = page(client, rights.officer, TAKE_IN)
    for step, said in TOLD[:-1]:
        body = client.post(TAKE_IN, {"step": step, "kept": kept_in(body), **said}).content.decode()
        assert not Case.objects.exists()
    assert "2027-02-03" in body and EMPLOYER in body
    last = {"step": "check", "kept": kept_in(body)}
    assert client.post(TAKE_IN, last).status_code == 302
    assert client.post(TAKE_IN, last).status_code == 302, "twice is once"
    demand = Demand.objects.get()
    assert (demand.limitation_on, demand.claimed) == (in_days(0).replace(2027, 2, 3), Decimal("5000.00"))
    assert demand.case.confidential


def test_what_was_told_travels_sealed_and_is_nobody_elses(client: Client, rights: Rights) -> None:
    body = page(client, rights.officer, TAKE_IN)
    body = client.post(TAKE_IN, {"step": "who", "kept": kept_in(body), **TOLD[0][1]}).content.decode()
    assert NAME not in body and IDENTITY not in body
    other = StaffFactory(post=(Role.INTAKE_CLERK, COUNTY))
    again = as_(client, other).post(TAKE_IN, {"step": "against", "kept": kept_in(body), **TOLD[1][1]})
    assert 'value="who"' in again.content.decode()


def test_each_page_says_what_is_wrong_with_it_and_one_can_go_back(client: Client, rights: Rights) -> None:
    body = page(client, rights.officer, TAKE_IN)
    wrong = client.post(
        TAKE_IN, {"step": "who", "kept": kept_in(body), "name": NAME, "identity_number": "123", "village": "无此村"}
    )
    assert wrong.status_code == 422 and "18位" in wrong.content.decode()
    body = client.post(TAKE_IN, {"step": "who", "kept": kept_in(body), **TOLD[0][1]}).content.decode()
    back = client.post(TAKE_IN, {"step": "against", "kept": kept_in(body), "go": "who"}).content.decode()
    assert f'value="{NAME}"' in back


def test_whoever_takes_nothing_in_has_no_such_page(client: Client, rights: Rights) -> None:
    assert as_(client, rights.approver).get(TAKE_IN).status_code == 403


# -- the case ----------------------------------------------------------------------------------------------------------


def test_a_case_shows_its_demand_acts_plan_and_money_and_offers_the_acts(client: Client, rights: Rights) -> None:
    case = rights.agreed("3000.00", instalments=3)
    rights.say(case, "receive", number=1, amount=Decimal("1000.00"), done_on=localdate())
    body = page(client, rights.officer, case_url(case))
    for words in (EMPLOYER, WORDS, "达成协议", "争取到 3,000.00", "实际收到 1,000.00", "请求协办", "申请司法确认到期"):
        assert words in body, words
    for outcome in ("act", "add_money", "change_channel", "receive", "promise", "suspend"):
        assert f"/other/{outcome}/" in body


def test_an_act_is_added_on_its_own_page_and_twice_is_once(client: Client, rights: Rights) -> None:
    case = rights.handled()
    url = reverse("desk:aside", args=[case.number, "act"])
    form = as_(client, rights.officer).get(url).context["form"]
    said = {f"act-{name}": value for name, value in act("negotiation", "对方愿意谈").items()}
    sent = {"key": form.key, "item": form.item, "note": "", **said}
    for _time in range(2):
        assert client.post(url, sent).status_code == 302
    assert [one.words.reveal() for one in RightsAct.objects.filter(case=case)] == ["对方愿意谈"]


def test_the_page_takes_no_more_statements_when_much_was_done(client: Client, rights: Rights) -> None:
    few, many = rights.handled(), rights.agreed("900.00", instalments=9)
    for _number in range(4):
        rights.say(many, "act", **act("note"))
    client.force_login(rights.officer)
    counts = []
    for case in (few, many):
        client.get(case_url(case))
        with CaptureQueriesContext(
            connection,
        ) as said:
            client.get(case_url(case))
        counts.append(len(said))
    assert counts[1] <= counts[0] + 1


def test_a_referral_has_a_letter_whose_printing_is_kept(client: Client, rights: Rights) -> None:
    case = rights.referred()
    referral = RightsAct.objects.get(case=case, kind="referral")
    url = reverse("desk:rights_letter", args=[case.number, referral.pk])
    assert "县法律援助中心" in page(client, rights.officer, url)
    assert not Event.objects.filter(chain=case.number, action="letter_printed").exists()
    client.post(f"{url}printed/")
    assert Event.objects.filter(chain=case.number, action="letter_printed").count() == 1


# -- elsewhere too -----------------------------------------------------------------------------------------------------


def test_an_office_elsewhere_is_asked_sees_the_case_writes_its_own_and_is_let_go(
    client: Client, rights: Rights
) -> None:
    case, office = rights.handled(), elsewhere()
    there = officer_at(office)
    assert as_(client, there).get(case_url(case)).status_code == 404
    url = reverse("desk:rights_co_handlers", args=[case.number])
    page(client, rights.officer, url)
    client.post(url, {"office": office.pk, "name": ""})
    assert "写协办记录" in page(client, there, case_url(case))
    record = reverse("desk:rights_record", args=[case.number])
    key = re.search(r'name="key" value="([^"]+)"', page(client, there, record))
    assert key
    said = {**act("evidence", "取得监控录像"), "key": key.group(1)}
    for _time in range(2):
        assert client.post(record, said).status_code == 302
    body = page(client, rights.officer, case_url(case))
    assert body.count("取得监控录像") == 1 and office.name in body
    asked = CoHandler.objects.get(case=case)
    client.post(reverse("desk:rights_co_handler_end", args=[case.number, asked.pk]))
    assert as_(client, there).get(case_url(case)).status_code == 404


# -- lists and numbers -------------------------------------------------------------------------------------------------


def test_my_cases_are_listed_by_number_and_channel_in_so_many_statements(client: Client, rights: Rights) -> None:
    url = reverse("desk:rights")
    rights.handled()
    page(client, rights.officer, url)
    with CaptureQueriesContext(connection) as few:
        page(client, rights.officer, url)
    for _number in range(3):
        rights.referred()
    with CaptureQueriesContext(connection) as many:
        body = page(client, rights.officer, url)
    assert len(many) == len(few)
    assert "协会协商" in body and NAME not in body and "时效届满" in body


def test_the_years_numbers_keep_their_units_and_name_nobody(client: Client, rights: Rights) -> None:
    case = rights.agreed("3000.00", dispute="insurance")
    rights.say(case, "propose_close")
    rights.say(case, "approve_close")
    for staff in (rights.officer, rights.head, StaffFactory(post=(Role.AUDITOR, COUNTY))):
        body = page(client, staff, reverse("desk:rights_statistics"))
        assert "成功率100.0%" in body and "占100.0%" in body and "3,000.00" in body
        assert NAME not in body
    assert as_(client, rights.approver).get(reverse("desk:rights_statistics")).status_code == 403
