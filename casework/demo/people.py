"""Invented people and the register they stand on. Identity numbers have the province code 99, which nobody has."""

from __future__ import annotations

import datetime
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from casework import identity
from casework.demo.names import GIVEN_FIRST, GIVEN_LAST, UNUSUAL, invented_names
from casework.models import Division
from casework.sheets.writing import table_workbook

HOUSEHOLDS = 100
COUPLES = 0.5
DEATHS = 40
"""The head of every so-manieth household has died lately."""

BANKS = ("农村商业银行", "邮储银行", "中国农业银行", "中国工商银行")
# Every household has one category; what the scheme does not cover is on the register too.
CATEGORIES = ("失独",) * 10 + ("伤残",) * 8 + ("特困", "手术并发症")
REGISTER_HEADINGS = (
    "户编号",
    "姓名",
    "与户主关系",
    "性别",
    "公民身份号码",
    "家庭类别",
    "证件号",
    "认定日期",
    "有效期至",
    "户籍地代码",
    "村（社区）",
    "联系电话",
    "社会保障卡号",
    "开户行",
    "死亡日期",
)
COVERED = ("失独", "伤残")


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody on the register."""

    household: str
    name: str
    relation: str
    identity_number: str
    category: str
    certificate: str
    valid_from: datetime.date
    valid_to: datetime.date | None
    village: Division
    phone: str
    card: str
    bank: str
    died: datetime.date | None = None

    def may_apply(self, today: datetime.date) -> bool:
        """Alive, covered and still registered: nothing stands against an application."""
        is_valid = self.valid_to is None or self.valid_to >= today
        return is_valid and self.died is None and self.category in COVERED


@dataclass
class Inventor:
    """Draws people, no number twice."""

    county: str
    today: datetime.date
    rng: random.Random
    names: Iterator[str] | None = None
    taken: set[str] = field(default_factory=set)

    def name(self) -> str:
        self.names = self.names or invented_names(self.rng)
        return next(self.names)

    def identity_number(self, male: bool, year: int = 0) -> str:
        born = datetime.date(year or self.rng.randint(1940, 1970), self.rng.randint(1, 12), self.rng.randint(1, 28))
        sequence = self.rng.randrange(100, 1000, 2) + male
        first = f"99{self.county[2:]}{born:%Y%m%d}{sequence:03d}"
        return self.unused(first + identity.check_digit(first)) or self.identity_number(male, year)

    def phone(self) -> str:
        return self.unused(f"199{self.rng.randrange(10**8):08d}") or self.phone()

    def card(self) -> str:
        return self.unused(f"62{self.rng.randrange(10**17):017d}") or self.card()

    def unused(self, number: str) -> str:
        """The number, unless it was given out before."""
        if number in self.taken:
            return ""
        self.taken.add(number)
        return number

    def valid_to(self) -> datetime.date | None:
        """Mostly the end of a year to come; now and then long past, or never."""
        fate = self.rng.random()
        if fate < 0.05:
            return datetime.date(self.today.year - 2, 6, 30)
        return None if fate < 0.15 else datetime.date(self.today.year + 1, 12, 31)

    def member(self, household: str, village: Division, category: str, *, died: datetime.date | None) -> Member:
        """Somebody who lives alone, registered for years and for good."""
        return Member(
            household=household,
            name=self.name(),
            relation="户主",
            identity_number=self.identity_number(self.rng.random() < 0.6),
            category=category,
            certificate=f"示范{household}",
            valid_from=datetime.date(self.rng.randint(2012, 2020), self.rng.randint(1, 12), self.rng.randint(1, 28)),
            valid_to=None,
            village=village,
            phone=self.phone(),
            card=self.card(),
            bank=self.rng.choice(BANKS),
            died=died,
        )


def invent_register(county: str, villages: Sequence[Division], today: datetime.date) -> list[Member]:
    """About 150 people in 100 households, dealt out to `villages` in turn.

    The same county has the same people every day; only what their dates are measured from moves on.
    """
    rng = random.Random(f"register {county}")
    inventor = Inventor(county, today, rng, _names(county))
    members: list[Member] = []
    for number in range(1, HOUSEHOLDS + 1):
        members += _household(inventor, number, villages[(number - 1) % len(villages)])
    return members


def _household(inventor: Inventor, number: int, village: Division) -> Iterator[Member]:
    rng = inventor.rng
    category = rng.choice(CATEGORIES)
    head_is_male = rng.random() < 0.6
    is_couple = rng.random() < COUPLES
    for place, relation in enumerate(("户主", "配偶") if is_couple else ("户主",)):
        days = rng.randint(30, 60)
        died = inventor.today - datetime.timedelta(days=days) if number % DEATHS == 0 and not place else None
        yield Member(
            household=f"{inventor.county}-S{number:04d}",
            name=inventor.name(),
            relation=relation,
            identity_number=inventor.identity_number(head_is_male ^ bool(place)),
            category=category,
            certificate=f"示范{inventor.county}{number:04d}{place}",
            valid_from=datetime.date(rng.randint(2012, 2023), rng.randint(1, 12), rng.randint(1, 28)),
            valid_to=inventor.valid_to(),
            village=village,
            phone=inventor.phone(),
            card=inventor.card(),
            bank=rng.choice(BANKS),
            died=died,
        )


def _names(county: str) -> Iterator[str]:
    yield from UNUSUAL
    yield from invented_names(random.Random(f"people {county}"))


def carers(county: str) -> Iterator[str]:
    """Names of those who nursed."""
    rng = random.Random(f"carers {county}")
    while True:
        yield rng.choice("赵钱孙朱秦尤许何") + rng.choice(GIVEN_FIRST) + rng.choice(GIVEN_LAST)


def register_workbook(members: Sequence[Member]) -> bytes:
    """The register as a county keeps it."""
    return table_workbook(REGISTER_HEADINGS, [_row(member) for member in members], sheet_name="对象名册")


def _row(member: Member) -> tuple[object, ...]:
    return (
        member.household,
        member.name,
        member.relation,
        identity.sex(member.identity_number),
        member.identity_number,
        member.category,
        member.certificate,
        member.valid_from,
        member.valid_to or "长期",
        member.village.code,
        member.village.name,
        member.phone,
        member.card,
        member.bank,
        member.died or "",
    )
