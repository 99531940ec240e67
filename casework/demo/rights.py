"""Rights cases of the demonstration county: one at each step, told by people of its register, and one handled together
with an association in another province. Everybody and every firm in them is invented."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils.timezone import localdate, localtime, now

from casework.access import within
from casework.demo.county import OPENED, PASSWORD
from casework.demo.hands import Hands
from casework.models import Case, Division, Level, Office, Person, Post, Role, Staff, WorkItem
from casework.models.fields import opened
from workflows.programmes.rights_case import co_handling
from workflows.programmes.rights_case.intake import SLUG, Asking, Told, take_in
from workflows.reopening import reopen
from workflows.watches import sweep_watches

AFAR = (("44", "广东省", None), ("4419", "东莞市", "44"))
"""Two places outside the province, for an association of migrants there."""

AFAR_OFFICE, AFAR_ACCOUNT, AFAR_NAME = "驻东莞流动人口计划生育协会（示范）", "zhuguan", "江远舟"
YUAN = Decimal


@dataclass
class _Teller:
    """One case and the people whose turn it is in it."""

    hands: Hands
    case: Case
    begun: datetime.datetime
    steps: int = 0

    def say(self, outcome: str, *reasons: str, note: str = "情况属实", **values: Any) -> None:
        self.steps += 1
        at = min(self.begun + datetime.timedelta(days=2 * self.steps), now() - datetime.timedelta(minutes=1))
        if isinstance(values.get("done_on"), int):
            values["done_on"] = localdate(at)
        item = WorkItem.objects.select_related("process").get(process=self.case, finished__isnull=True)
        self.hands.act(item, outcome, reasons=reasons, note=note, at=at, values=values)

    def act(self, kind: str, words: str, **more: Any) -> None:
        self.say("act", **_record(kind, words, **more))


def build_rights(county: str) -> int:
    """All of it or nothing, and only into a county without rights cases; how many there are then."""
    if Case.objects.filter(within((county,)), programme=SLUG).exists():
        return 0
    people = Person.objects.filter(within((county,)), division__level=Level.VILLAGE, death_date__isnull=True)
    hands, tellers = Hands(county), iter(people.order_by("-id")[: len(TALES)])
    with transaction.atomic():
        for number, (tale, person) in enumerate(zip(TALES, tellers, strict=False)):
            begun = localtime(now()) - datetime.timedelta(days=40 - 3 * number)
            tale(_told(hands, county, person, begun, **DEMANDS[number % len(DEMANDS)]))
    sweep_watches()
    return Case.objects.filter(within((county,)), programme=SLUG).count()


def _told(hands: Hands, county: str, person: Person, begun: datetime.datetime, **told: Any) -> _Teller:
    assert person.division_id is not None
    asking = Asking(person.name, opened(person.identity_number), person.division_id)
    days = told.pop("days")
    demand = Told(incident_on=localdate(begun) - datetime.timedelta(days=days), **told)

    def deed(staff: Staff) -> Case:
        return take_in(asking, demand, by=staff, applied_on=localdate(begun), at=begun)

    return _Teller(hands, hands.somebody(county, Role.RIGHTS_OFFICER, deed), begun)


def _record(kind: str, words: str, **more: Any) -> dict[str, Any]:
    return {"kind": kind, "done_on": 0, "place": "", "participants": "", "words": words, **more}


DEMANDS: tuple[dict[str, Any], ...] = (
    {"dispute": "work_injury", "counterparty_kind": "employer", "counterparty": "示范五金制品厂", "days": 30,
     "told": "其子在厂区作业时身亡，要求工亡赔偿", "place": "广东省东莞市", "claimed": YUAN("800000.00")},
    {"dispute": "insurance", "counterparty_kind": "insurer", "counterparty": "示范保险公司", "days": 500,
     "told": "意外伤害险拒赔，要求赔付", "claimed": YUAN("50000.00")},
    {"dispute": "labour", "counterparty_kind": "employer", "counterparty": "示范建筑劳务公司", "days": 320,
     "told": "被无故辞退，要求支付经济补偿", "claimed": YUAN("18600.00")},
    {"dispute": "wages", "counterparty_kind": "employer", "counterparty": "示范制衣厂", "days": 90,
     "told": "拖欠四个月工资", "claimed": YUAN("16000.00")},
    {"dispute": "land", "counterparty_kind": "organisation", "counterparty": "示范村民小组", "days": 200,
     "told": "征地补偿款分配少了一份", "claimed": YUAN("12500.00")},
)  # fmt: skip


# -- the tales, each to another step -----------------------------------------------------------------------------------


def _together(one: _Teller) -> None:
    """Claimed 800,000; 678,000 obtained in three instalments, of which one has come; handled in two provinces."""
    one.say("accept", channel="association")
    office, there = _afar()
    case = one.case
    one.hands.somebody(
        case.division_id[:6], Role.RIGHTS_OFFICER, lambda by: co_handling.ask(case.number, by=by, office=office)
    )
    co_handling.record(case.number, "evidence", localdate(one.begun), by=there, words="到厂取得考勤和监控录像")
    one.act("negotiation", "厂方愿意赔偿，数额有分歧")
    co_handling.record(case.number, "negotiation", localdate(), by=there, words="陪同家属与厂方第二次协商，谈成")
    one.say(
        "agree",
        **_record("agreement", "厂方分三期支付"),
        amount=YUAN("678000.00"),
        first_due=localdate() + datetime.timedelta(days=3),
        instalments=3,
    )
    one.say("receive", number=1, amount=YUAN("226000.00"), done_on=0)


def _new(one: _Teller) -> None:
    """Nobody has looked at it yet."""


def _handled(one: _Teller) -> None:
    one.say("accept", channel="self_governance")
    one.act("mediation", "村调解委员会第一次调解，没有谈成", place="村委会")
    one.say("change_channel", channel="social_bodies", note="调解两次没有结果，改由法律援助")


def _referred(one: _Teller) -> None:
    one.say("accept", channel="social_bodies")
    one.say("refer", addressee="县法律援助中心", answer_due=None, words="请依法提供法律援助")


def _filed(one: _Teller) -> None:
    one.say("accept", channel="law_enforcement")
    one.act("arbitration", "向县劳动人事争议仲裁委员会申请仲裁")


def _refusal_proposed(one: _Teller) -> None:
    one.say("propose_refusal", "decided_elsewhere")


def _refused(one: _Teller) -> None:
    one.say("propose_refusal", "not_ours")
    one.say("approve_refusal", "not_ours")


def _closing(one: _Teller) -> None:
    one.say("accept", channel="association")
    one.say("propose_close", note="当事人已与对方和解，不再要求")


def _settling(one: _Teller) -> None:
    _won(one)
    one.say("propose_close", note="已一次付清")


def _closed(one: _Teller) -> None:
    _settling(one)
    one.say("approve_close")


def _won(one: _Teller) -> None:
    one.say("accept", channel="association")
    amount = YUAN("9000.00")
    one.say("agree", **_record("agreement", "一次付清"), amount=amount, first_due=None, instalments=None)
    one.say("receive", number=None, amount=amount, done_on=0)


def _suspended(one: _Teller) -> None:
    one.say("accept", channel="law_enforcement")
    one.say("suspend", "waiting_for_a_ruling", review_on=localdate() + datetime.timedelta(days=20))


def _reviewed(one: _Teller) -> None:
    _refused(one)
    case = one.case
    one.hands.somebody(
        case.division_id[:6],
        Role.RIGHTS_OFFICER,
        lambda by: reopen(case.number, by=by, reasons=["refusal_disputed"], note="当事人认为应当受理"),
    )


TALES = (
    _together, _handled, _filed, _referred, _closing, _closed, _settling, _refusal_proposed, _refused, _suspended,
    _reviewed, _new,
)  # fmt: skip


def _afar() -> tuple[Office, Staff]:
    """The association in the other province, and its rights officer."""
    for code, name, parent in AFAR:
        place = {"name": name, "level": len(code), "parent_id": parent, "valid_from": OPENED}
        Division.objects.get_or_create(code=code, defaults=place)
    office, _made = Office.objects.get_or_create(
        division_id=AFAR[-1][0], name=AFAR_OFFICE, defaults={"valid_from": OPENED}
    )
    staff = Staff.objects.filter(username=AFAR_ACCOUNT).first()
    if staff is None:
        staff = Staff.objects.create(username=AFAR_ACCOUNT, name=AFAR_NAME, password=make_password(PASSWORD))
        Post.objects.create(staff=staff, office=office, role=Role.RIGHTS_OFFICER, valid_from=OPENED)
    return office, staff


def afar_line() -> Iterator[str]:
    """Who else can log in, for the console."""
    if Staff.objects.filter(username=AFAR_ACCOUNT).exists():
        yield f"外省协办单位的维权专员：{AFAR_ACCOUNT}（{AFAR_NAME}），密码相同。"
