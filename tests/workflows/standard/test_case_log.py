"""The log of a case: who writes it, what it must say, that it is never changed, and what is settled by it."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.db import DatabaseError, transaction
from django.test import Client

from casework.models import Case, Event, LogEntry, Role, Staff
from tests.factories import StaffFactory
from tests.workflows.standard.pages import a_page, in_force
from tests.workflows.standard.stories import a_person, granted, onward, walked
from tests.world import COUNTY, World, open_item
from workflows.caselog import Written, enter, entries_of, may_enter, take_back, totals_of
from workflows.history import history
from workflows.perform import perform
from workflows.refusals import Incomplete, NotAllowed, NotYourPost

LOG = {
    "title": "服务记录",
    "kinds": [
        {"name": "visit", "label": "上门服务", "by": ["village"], "unit": "小时", "most": 8},
        {"name": "bill", "label": "结算", "by": ["county"], "money": True, "words": True},
    ],
}
AMOUNT = {"kind": "units", "of": "hours", "unit": "小时", "yuan": "25", "log": "visit", "clause": "第四条"}
TODAY = "2026-03-20 09:00+08:00"


@pytest.fixture
def home_care() -> Iterator[None]:
    page = a_page()
    page["common"]["log"] = LOG
    page["common"]["steps"]["township"]["log"] = ["bill"]
    page["versions"][0]["amount"] = AMOUNT
    with in_force(page), time_machine.travel(TODAY, tick=False):
        yield


@pytest.fixture
def case(world: World, home_care: None) -> Case:
    facts = {"degree": "重", "begun_on": "2026-03-01", "hours": "6"}
    return granted(world, "trial", {**a_person(), **facts}, on="2026-03-02")


def visit(hours: str = "3", day: str = "2026-03-10", **said: Any) -> Written:
    return Written("visit", datetime.date.fromisoformat(day), Decimal(hours), **said)


def village(world: World) -> Staff:
    return world.by(Role.VILLAGE_VERIFIER)


def test_an_entry_is_made_once_however_often_it_is_sent_and_stands_in_the_trail(world: World, case: Case) -> None:
    first = enter(case.number, visit(), by=village(world), key="a")
    again = enter(case.number, visit(), by=village(world), key="a")
    assert first == again and LogEntry.objects.count() == 1
    event = Event.objects.filter(chain=case.number, action="log_entered").get()
    assert event.details == {
        "entry": first.pk,
        "kind": "visit",
        "day": "2026-03-10",
        "quantity": "3.00",
        "money": "",
        "takes_back": None,
    }
    said = history(Case.objects.get(pk=case.pk), [event], [])
    assert said[0].what == "登记：上门服务（2026-03-10）"


@pytest.mark.parametrize(
    ("written", "missing"),
    [
        (Written("visit", None, Decimal(1)), "请填写日期"),
        (visit(day="2026-03-21"), "日期不能晚于今天"),
        (visit(day="2026-03-01"), "日期不能早于申请日期2026-03-02"),
        (visit("0"), "请填写数量（小时）"),
        (visit("9"), "一次最多8小时"),
        (visit(words="字" * 201), "说明最多200个字"),
    ],
)
def test_what_an_entry_lacks_is_said(world: World, case: Case, written: Written, missing: str) -> None:
    with pytest.raises(Incomplete) as refused:
        enter(case.number, written, by=village(world), key="a")
    assert refused.value.missing == (missing,)


def test_each_kind_is_written_by_those_the_terms_name(world: World, case: Case) -> None:
    assert [kind.name for kind in may_enter(case, village(world))] == ["visit"]
    assert [kind.name for kind in may_enter(case, world.by(Role.INTAKE_CLERK))] == ["bill"]
    with pytest.raises(NotYourPost):
        enter(case.number, visit(), by=world.by(Role.INTAKE_CLERK), key="a")
    with pytest.raises(NotYourPost):
        enter(case.number, visit(), by=StaffFactory(post=(Role.VILLAGE_VERIFIER, "430922113239")), key="b")


def test_what_was_entered_is_never_changed_and_taken_back_by_another_entry(world: World, case: Case) -> None:
    wrong = enter(case.number, visit("5"), by=village(world), key="a")
    with pytest.raises(DatabaseError), transaction.atomic():
        LogEntry.objects.filter(pk=wrong.pk).update(quantity=1)
    with pytest.raises(Incomplete):
        take_back(case.number, wrong.pk, by=village(world), reason=" ", key="b")
    take_back(case.number, wrong.pk, by=village(world), reason="时间记错", key="c")
    take_back(case.number, wrong.pk, by=village(world), reason="时间记错", key="c")
    with pytest.raises(NotAllowed):
        take_back(case.number, wrong.pk, by=village(world), reason="再作废", key="d")
    assert totals_of(case) == {} and len(entries_of(case)) == 2


def test_the_county_pays_the_hours_the_log_adds_up_to_and_the_township_wants_its_bill(world: World, case: Case) -> None:
    enter(case.number, visit("4"), by=village(world), key="a")
    case = walked(world, case, "township")
    township = world.by(Role.TOWNSHIP_REVIEWER)
    with pytest.raises(Incomplete, match="登记簿里还没有：结算"):
        perform(open_item(case).pk, "pass", by=township)
    bill = Written("bill", datetime.date(2026, 3, 19), money=Decimal("150.00"), words="三月结算")
    enter(case.number, bill, by=world.by(Role.INTAKE_CLERK), key="b")
    case = walked(world, case, "county")
    approver = world.by(Role.COUNTY_APPROVER)
    with pytest.raises(Incomplete, match="申报6小时，登记簿合计4"):
        perform(open_item(case).pk, onward(open_item(case).flow_task), by=approver)
    enter(case.number, visit("2", "2026-03-18"), by=village(world), key="c")
    case = walked(world, case)
    assert (case.stage, case.paid_amount) == ("closed", Decimal("150.00"))


def test_a_refused_case_has_no_log(world: World, case: Case) -> None:
    perform(open_item(case).pk, "refuse", by=village(world), reasons=["not_true"], note="没有服务")
    with pytest.raises(NotAllowed, match="不予批准"):
        enter(case.number, visit(), by=village(world), key="a")


def test_on_the_page_an_entry_is_made_shown_and_taken_back(world: World, case: Case) -> None:
    client, where = Client(), f"/desk/cases/{case.number}/log/"
    client.force_login(village(world))
    page = client.get(where).content.decode()
    assert "上门服务（小时）" in page and "金额（元）" not in page
    given = {"kind": "visit", "day": "2026-03-10", "quantity": "3", "words": "打扫、做饭", "key": "k1"}
    for _time in range(2):
        assert client.post(where, given).status_code == 302
    shown = client.get(f"/desk/cases/{case.number}/").content.decode()
    assert "服务记录" in shown and "1条，3小时" in shown and "打扫、做饭" in shown
    entry = LogEntry.objects.get()
    assert client.post(f"{where}{entry.pk}/take-back/", {"reason": "记错", "key": "k2"}).status_code == 302
    assert "已作废" in client.get(f"/desk/cases/{case.number}/").content.decode()
    client.force_login(world.by(Role.COUNTY_APPROVER))
    assert client.get(where).status_code == 302
    assert case.division_id[:6] == COUNTY
