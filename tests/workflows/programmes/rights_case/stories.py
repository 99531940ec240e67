"""A county with somebody for rights, and demands told there by invented people."""

from __future__ import annotations

import datetime
import uuid
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.timezone import localdate

from casework.models import Case, Demand, Division, Office, Person, Post, Role, Staff
from tests.factories import LONG_AGO, OfficeFactory, StaffFactory, invented_identity
from tests.world import COUNTY, VILLAGE, open_item
from workflows.perform import Receipt, perform
from workflows.programmes.rights_case.intake import Asking, Told, take_in
from workflows.reopening import reopen

NAME, PHONE, EMPLOYER = "向秋月", "19955512345", "东江宏发五金厂"
IDENTITY = invented_identity(321, datetime.date(1961, 4, 5))
WORDS = "其子在厂区作业时身亡，要求赔偿"


@dataclass
class Rights:
    """The people of a county's rights work."""

    officer: Staff
    head: Staff
    approver: Staff

    def take_in(self, *, by: Staff | None = None, key: str | None = None, **told: Any) -> Case:
        return take_in(asking(), demand(**told), by=by or self.officer, key=key)

    def handled(self, channel: str = "association", **told: Any) -> Case:
        case = self.take_in(**told)
        self.say(case, "accept", channel=channel)
        return fresh(case)

    def referred(self, **told: Any) -> Case:
        case = self.handled(**told)
        self.say(case, "refer", addressee="县法律援助中心", words="请依法提供援助", answer_due=None)
        return fresh(case)

    def agreed(self, amount: str = "3000.00", *, instalments: int | None = None, **told: Any) -> Case:
        case = self.handled(**told)
        self.agree(case, amount, instalments)
        return fresh(case)

    def agree(self, case: Case, amount: str, instalments: int | None = None) -> Receipt:
        given = {**act("agreement"), "amount": Decimal(amount), "first_due": in_days(30), "instalments": instalments}
        return self.say(case, "agree", **given)

    def say(self, case: Case, outcome: str, *reasons: str, by: Staff | None = None, **values: Any) -> Receipt:
        note, key = values.pop("note", "情况属实"), values.pop("key", None)
        given: dict[str, Any] = {"reasons": reasons, "note": note, "key": key, "values": values}
        item = open_item(case)
        default = {Role.OFFICE_HEAD: self.head, Role.COUNTY_APPROVER: self.approver}.get(Role(item.role), self.officer)
        return perform(item.pk, outcome, by=by or default, **given)

    def at(self, step: str) -> Case:
        """A case that waits at any step there is."""
        case = {"intake": self.take_in, "refusing": self.take_in, "referred": self.referred,
                "performing": self.agreed, "settling": self.agreed}.get(step, self.handled)()  # fmt: skip
        if step == "refusing":
            self.say(case, "propose_refusal", "not_ours")
        elif step in ("closing", "settling"):
            self.say(case, "propose_close")
        elif step == "suspended":
            self.say(case, "suspend", "applicant_away", review_on=in_days(10))
        elif step in ("review_request", "internal_review"):
            self.say(case, "withdraw", "applicant_withdrew")
        if step == "internal_review":
            reopen(case.number, by=self.officer, reasons=["refusal_disputed"])
        return fresh(case)


def rights_of(county: str = COUNTY) -> Rights:
    staff = (StaffFactory(post=(role, county)) for role in
             (Role.RIGHTS_OFFICER, Role.OFFICE_HEAD, Role.COUNTY_APPROVER))  # fmt: skip
    return Rights(*staff)


def asking(person: Person | None = None) -> Asking:
    if person is not None:
        return Asking(person.name, person.identity_number.reveal(), VILLAGE)
    return Asking(NAME, IDENTITY, VILLAGE, PHONE)


def demand(**told: Any) -> Told:
    said: dict[str, Any] = {
        "dispute": "work_injury",
        "counterparty_kind": "employer",
        "counterparty": EMPLOYER,
        "told": WORDS,
        "incident_on": in_days(-40),
        "place": "广东省某市东江镇",
        "claimed": Decimal("5000.00"),
        **told,
    }
    return Told(**said)


def act(kind: str, words: str = "双方到场", *, on: datetime.date | None = None, **more: Any) -> dict[str, Any]:
    return {"kind": kind, "done_on": on or localdate(), "place": "", "participants": "", "words": words, **more}


def in_days(days: int) -> datetime.date:
    return localdate() + datetime.timedelta(days=days)


def fresh(case: Case) -> Case:
    return Case.objects.get(pk=case.pk)


def demand_of(case: Case) -> Demand:
    return Demand.objects.get(case=case)


def new_key() -> str:
    return str(uuid.uuid4())


def elsewhere(code: str = "4419", name: str = "东江市") -> Office:
    """An association of migrants in another province."""
    Division.objects.get_or_create(code="44", defaults={"name": "某省", "level": 2, "valid_from": LONG_AGO})
    Division.objects.get_or_create(
        code=code, defaults={"name": name, "level": len(code), "parent_id": "44", "valid_from": LONG_AGO}
    )
    return OfficeFactory(division_id=code, name=f"驻{name}流动人口计生协会")


def officer_at(office: Office, role: str = Role.RIGHTS_OFFICER) -> Staff:
    staff: Staff = StaffFactory()
    Post.objects.create(staff=staff, office=office, role=role, valid_from=LONG_AGO)
    return staff
