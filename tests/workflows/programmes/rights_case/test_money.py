"""Money claimed, obtained and received, kept apart; the instalments of an agreement; a year's numbers with units."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest
from django.utils.timezone import localdate

from casework.models import Channel, Event, MoneyLine, Performance, Watch
from casework.rows import insert_rows
from tests.workflows.programmes.rights_case.stories import Rights, in_days
from tests.world import COUNTY
from workflows.programmes.rights_case.money import sums_of
from workflows.programmes.rights_case.statistics import year_of
from workflows.refusals import Incomplete

YUAN = Decimal


def test_no_more_is_received_than_was_obtained_and_what_is_wrong_is_taken_back_beside_it(rights: Rights) -> None:
    case = rights.agreed("3000.00")
    with pytest.raises(Incomplete, match=r"3000\.01元会多于争取到的3000\.00元"):
        rights.say(case, "receive", number=None, amount=YUAN("3000.01"), done_on=localdate())
    rights.say(case, "add_money", what="obtained", amount=YUAN("600.00"), done_on=localdate())
    rights.say(case, "take_money_back", what="obtained", amount=YUAN("540.00"), done_on=localdate(), note="多写一个零")
    assert sums_of(case)["obtained"] == YUAN("3060.00")
    with pytest.raises(Incomplete, match="冲减的金额多于"):
        rights.say(case, "take_money_back", what="claimed", amount=YUAN("5000.01"), done_on=localdate())
    assert MoneyLine.objects.filter(case=case, what="obtained").count() == 3


def test_an_instalment_is_done_when_all_of_it_is_there_and_is_then_no_longer_watched(rights: Rights) -> None:
    case = rights.agreed("3000.00", instalments=2)
    rights.say(case, "receive", number=1, amount=YUAN("1000.00"), done_on=localdate())
    assert Performance.objects.get(case=case, number=1).state == "due"
    rights.say(case, "receive", number=1, amount=YUAN("500.00"), done_on=localdate())
    assert Performance.objects.get(case=case, number=1).state == "done"
    watched = Watch.objects.filter(case=case, kind="performance", state="open")
    assert [watch.ref for watch in watched] == [2]
    with pytest.raises(Incomplete, match="没有待履行的第1期"):
        rights.say(case, "receive", number=1, amount=YUAN("1.00"), done_on=localdate())


def test_a_deed_is_done_without_money_and_one_more_can_be_promised(rights: Rights) -> None:
    case = rights.agreed("3000.00")
    rights.say(case, "promise", due_on=in_days(9), amount=None, words="书面道歉")
    rights.say(case, "receive", number=2, amount=None, done_on=localdate())
    deed = Performance.objects.get(case=case, number=2)
    assert (deed.state, deed.settled_on) == ("done", localdate())
    with pytest.raises(Incomplete, match="要付的金额，或要做的事"):
        rights.say(case, "promise", due_on=in_days(9), amount=None, words="")


def test_what_was_not_performed_goes_back_to_be_handled_with_what_was_received(rights: Rights) -> None:
    case = rights.agreed("3000.00", instalments=2)
    rights.say(case, "receive", number=1, amount=YUAN("1500.00"), done_on=localdate())
    rights.say(case, "fall_through", "partly_performed")
    assert not Watch.objects.filter(case=case, kind="performance", state="open").exists()
    assert sums_of(case) == {"claimed": YUAN("5000.00"), "obtained": YUAN("3000.00"), "received": YUAN("1500.00")}


def test_what_takes_the_place_of_an_agreement_not_performed_is_not_obtained_twice(rights: Rights) -> None:
    case = rights.agreed("3000.00", instalments=2)
    rights.say(case, "receive", number=1, amount=YUAN("1000.00"), done_on=localdate())
    rights.say(case, "fall_through", "partly_performed")
    rights.say(case, "change_channel", channel="social_bodies", note="协商不成，改走法律援助")

    rights.agree(case, "1800.00")

    assert sums_of(case) == {"claimed": YUAN("5000.00"), "obtained": YUAN("2800.00"), "received": YUAN("1000.00")}
    states = Performance.objects.filter(case=case).order_by("number").values_list("state", flat=True)
    assert list(states) == ["dropped", "dropped", "due"]
    found = year_of((COUNTY,), localdate().year).channels
    assert [found[name].obtained for name in ("association", "social_bodies")] == [YUAN("1000.00"), YUAN("1800.00")]
    given_up = Event.objects.filter(chain=case.number, action="decided").latest("seq").details
    assert (given_up["given_up"], given_up["money"]["amount"]) == ("2000.00", "1800.00")


def test_a_province_obtained_300_million_of_which_insurers_17_6_per_cent(rights: Rights) -> None:
    """「帮助计生家庭获得经济补偿 3 亿多元」，其中保险赔付5267万元，占17.6%。"""
    insured = rights.handled(dispute="insurance", counterparty_kind="insurer", claimed=None)
    others = rights.handled(channel="law_enforcement", claimed=None)
    year = localdate().year
    day = datetime.date(year, 5, 1)
    lines = [(insured, Channel.ASSOCIATION, "52670000.00"), (others, Channel.LAW_ENFORCEMENT, "247330000.00")]
    insert_rows(
        MoneyLine,
        [
            MoneyLine(case=case, seq=1, what="obtained", channel=channel, amount=YUAN(amount), on=day)
            for case, channel, amount in lines
        ],
    )
    found = year_of((COUNTY,), year)
    assert (found.taken_in, found.total.obtained) == (2, YUAN("300000000.00"))
    assert found.insurance_share is not None
    assert f"{found.insurance_share:.1%}" == "17.6%"
    assert year_of(("430102",), year).total.obtained == year_of((COUNTY,), year - 1).total.obtained == 0


def test_success_is_counted_by_channel_of_cases_that_were_decided(
    rights: Rights, django_assert_num_queries: object
) -> None:
    won, refused = rights.agreed(), rights.at("refusing")
    rights.say(won, "propose_close")
    rights.say(won, "approve_close")
    rights.say(refused, "approve_refusal", "not_ours")
    rights.say(rights.handled(), "withdraw", "applicant_withdrew")
    with django_assert_num_queries(4):  # type: ignore[operator]  # pytest-django's fixture
        found = year_of((COUNTY,), localdate().year)
    association = found.channels[Channel.ASSOCIATION]
    assert (association.ended, association.succeeded, association.success_rate) == (1, 1, 1.0)
    assert (found.total.ended, found.total.succeeded, found.total.success_rate) == (2, 1, 0.5)
