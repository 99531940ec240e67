"""Invented applications: sound ones, and one of every kind that is sent back."""

from __future__ import annotations

import datetime
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from casework import identity
from casework.demo.people import Member, carers
from casework.sheets.writing import table_workbook

HOSPITALS = ("县人民医院", "县中医医院", "市中心医院", "省脑科医院")
LEVELS = ("轻度", "轻度", "中度", "中度", "重度")
HEADINGS = (
    "序号",
    "姓名",
    "公民身份号码",
    "住院医院",
    "入院日期",
    "出院日期",
    "失能等级",
    "护理人",
    "社会保障卡号",
    "户名",
    "联系电话",
    "备注",
)
# The same in another township's words.
OTHER_HEADINGS = (
    "编号",
    "患者姓名",
    "身份证号",
    "就诊医院",
    "入院时间",
    "出院时间",
    "失能等级",
    "护理人姓名",
    "银行卡号",
    "开户名",
    "手机号码",
    "说明",
)
WHOLE_CAP = ((80, 30), (49, 30), (18, 6))
"""(days ago, nights): three stays of one person, who has used up any year's days before the last of them."""


NOT_ENTITLED = 5
"""How many apply whom the scheme does not cover, or whose entry in the register has run out."""


@dataclass(frozen=True, slots=True)
class Claim:
    """One line of an application sheet, as it is written there."""

    township: str
    name: str
    identity_number: str
    hospital: str
    admission: str
    discharge: str
    level: str
    carer: str
    card: str
    holder: str
    phone: str
    remark: str = ""

    def row(self, number: int) -> tuple[object, ...]:
        return (
            number,
            self.name,
            self.identity_number,
            self.hospital,
            self.admission,
            self.discharge,
            self.level,
            self.carer,
            self.card,
            self.holder,
            self.phone,
            self.remark,
        )

    def cells(self) -> Mapping[str, str]:
        """The same for somebody who hands it in at the counter."""
        return {
            "name": self.name,
            "identity_number": self.identity_number,
            "hospital": self.hospital,
            "admission_date": self.admission,
            "discharge_date": self.discharge,
            "dependency_level": self.level,
            "caregiver": self.carer,
            "account_number": self.card,
            "account_holder": self.holder,
            "phone": self.phone,
            "remark": self.remark,
        }


class Author:
    """Writes claims for members, with dates that lie so many days before `today`."""

    def __init__(self, county: str, today: datetime.date) -> None:
        self.today = today
        self.rng = random.Random(f"claims {county}")
        self.carers = carers(county)

    def claim(self, member: Member, *, ago: int | None = None, nights: int | None = None) -> Claim:
        """A stay that ended 25 to 55 days ago, admitted less than 80 days ago; or the one asked for."""
        if nights is None:
            nights = self.rng.randint(3, 24)
        if ago is None:
            ago = self.rng.randint(25, 55) + nights
        admission = self.today - datetime.timedelta(days=ago)
        discharge = admission + datetime.timedelta(days=nights)
        return Claim(
            township=member.village.code[:9],
            name=member.name,
            identity_number=member.identity_number,
            hospital=self.rng.choice(HOSPITALS),
            admission=self.written(admission),
            discharge=self.written(discharge),
            level=self.rng.choice(LEVELS),
            carer=next(self.carers),
            card=member.card,
            holder=member.name,
            phone=member.phone,
        )

    def written(self, day: datetime.date) -> str:
        """A date in one of the forms people use."""
        return self.rng.choice(
            (day.isoformat(), f"{day.year}年{day.month}月{day.day}日", f"{day.year}.{day.month}.{day.day}")
        )

    def whole_cap(self, member: Member) -> list[Claim]:
        return [self.claim(member, ago=ago, nights=nights) for ago, nights in WHOLE_CAP]

    def sent_back(self, spare: Iterator[Claim], members: Sequence[Member]) -> Iterator[Claim]:
        """A line of every kind that is not taken, each made from a sound one of `spare`."""
        first = next(spare)
        digits = first.identity_number
        yield replace(first, identity_number=digits[:-1] + ("0" if digits[-1] != "0" else "1"))
        yield replace(next(spare), discharge="")
        yield replace(next(spare), admission=f"{self.today.year}年2月30日")
        yield replace(next(spare), level="极重")
        yield replace(next(spare), hospital="城关镇中心卫生院")
        yield replace(next(spare), hospital="仁爱护理院")
        yield replace(next(spare), holder=next(self.carers))
        stranger = f"99{digits[2:6]}193602290" + "57"[len(digits) % 2] + "1"
        yield replace(next(spare), name="向山高", identity_number=stranger + identity.check_digit(stranger))
        applicant = next(spare)
        member = next(found for found in members if found.identity_number == applicant.identity_number)
        yield self.claim(member, ago=130, nights=12)
        for member in members:
            if member.died is not None:
                ago = (self.today - member.died).days
                yield self.claim(member, ago=ago + 9, nights=11)
        others = [member for member in members if member.died is None and not member.may_apply(self.today)]
        yield from map(self.claim, others[:NOT_ENTITLED])


def sheet(claims: Sequence[Claim], *, number: int) -> bytes:
    """A township's sheet; every other township has its own words for the columns."""
    headings = OTHER_HEADINGS if number % 2 else HEADINGS
    rows = [claim.row(place) for place, claim in enumerate(claims, start=1)]
    return table_workbook(headings, rows, sheet_name="申报表")
