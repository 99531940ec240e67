"""Cases a caseworker can read, with invented people: what was claimed, obtained and received, and when by whom."""

from __future__ import annotations

import datetime
from decimal import Decimal

from django.utils.timezone import localdate

from casework.models import Channel, MoneyLine, Performance, RightsAct, Watch
from tests.workflows.programmes.rights_case.stories import Rights, act, elsewhere, fresh, in_days, officer_at
from workflows.programmes.rights_case import co_handling
from workflows.programmes.rights_case.money import sums_of

YUAN = Decimal


def test_a_death_at_work_in_another_province_678000_yuan_in_three_instalments(rights: Rights) -> None:
    """向秋月的儿子在外省工厂作业时身亡：主张80万元，两地协会一同协商，争取到67.8万元，分三期付清。"""
    case = rights.take_in(dispute="work_injury", claimed=YUAN("800000.00"), incident_on=in_days(-20))
    rights.say(case, "accept", channel="association")
    office = elsewhere()
    there = officer_at(office)
    co_handling.ask(case.number, by=rights.officer, office=office)
    co_handling.record(case.number, "evidence", localdate(), by=there, words="到厂取得考勤和监控")
    rights.say(case, "act", **act("negotiation", "第一次协商"))
    rights.agree(case, "678000.00", instalments=3)

    plan = list(Performance.objects.filter(case=case).values_list("number", "amount"))
    assert plan == [(1, YUAN("226000.00")), (2, YUAN("226000.00")), (3, YUAN("226000.00"))]
    for number in (1, 2):
        rights.say(case, "receive", number=number, amount=YUAN("226000.00"), done_on=localdate())
    assert sums_of(case) == {
        "claimed": YUAN("800000.00"),
        "obtained": YUAN("678000.00"),
        "received": YUAN("452000.00"),
    }
    rights.say(case, "receive", number=3, amount=YUAN("226000.00"), done_on=localdate())
    rights.say(case, "propose_close", note="三期付清")
    rights.say(case, "approve_close")

    case = fresh(case)
    assert (case.stage, case.paid_amount, case.amount) == ("closed", YUAN("0.00"), None)
    assert sums_of(case)["received"] == YUAN("678000.00")
    whose = list(RightsAct.objects.filter(case=case).values_list("kind", "office_name"))
    assert whose == [
        ("evidence", "驻东江市流动人口计生协会"),
        ("negotiation", "桃江县计生协会"),
        ("agreement", "桃江县计生协会"),
    ]
    assert not Watch.objects.filter(case=case, state="open").exists()


def test_an_accident_insurer_that_refused_pays_50000_yuan_after_the_association_asked(rights: Rights) -> None:
    """意外险拒赔，走“协会协商”没有谈成，改走“法律援助和社会机构”，判决后一次收到5万元。"""
    case = rights.handled(
        dispute="insurance",
        counterparty_kind="insurer",
        counterparty="某保险公司",
        claimed=YUAN("50000.00"),
        incident_on=datetime.date(2026, 3, 1),
    )
    limitation = Watch.objects.get(case=case, kind="limitation")
    assert (limitation.due_on, limitation.warn_on) == (datetime.date(2028, 3, 1), datetime.date(2027, 12, 2))
    rights.say(case, "change_channel", channel="social_bodies", note="两次协商没有谈成")
    rights.say(case, "refer", addressee="县法律援助中心", words="请提供援助", answer_due=None)
    rights.say(case, "answered", **act("answer", "已指派律师"))
    rights.say(case, "act", **act("lawsuit", "向县法院起诉"))
    assert not Watch.objects.filter(case=case, kind="limitation", state="open").exists()
    rights.say(case, "agree", **act("judgment", "判决支付"), amount=YUAN("50000.00"), first_due=None, instalments=None)
    rights.say(case, "receive", number=None, amount=YUAN("50000.00"), done_on=localdate())
    rights.say(case, "propose_close")
    rights.say(case, "approve_close")
    assert fresh(case).stage == "closed"
    by_channel = MoneyLine.objects.filter(case=case).values_list("what", "channel", "amount")
    assert sorted(by_channel) == [
        ("claimed", Channel.ASSOCIATION, YUAN("50000.00")),
        ("obtained", Channel.SOCIAL_BODIES, YUAN("50000.00")),
        ("received", Channel.SOCIAL_BODIES, YUAN("50000.00")),
    ]


def test_wages_owed_while_employed_have_no_limitation_and_labour_disputes_have_a_year(rights: Rights) -> None:
    """在职期间欠薪不受一年限制；劳动争议一年，到期前60日提醒。"""
    wages = rights.handled(dispute="wages", incident_on=datetime.date(2024, 2, 29))
    labour = rights.take_in(dispute="labour", incident_on=datetime.date(2026, 2, 3))
    assert (wages.demand.limitation_on, labour.demand.limitation_on) == (None, datetime.date(2027, 2, 3))
    assert not Watch.objects.filter(case=wages).exists()
