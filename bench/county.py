"""A county to measure in: places, staff, hospitals, people, cases by the thousand. All invented."""

from __future__ import annotations

import datetime
import io
from typing import Any

import xlsxwriter
from django.db import transaction
from django.utils.timezone import now

from casework import identity
from casework.crypto import key_ring, lookup_hash
from casework.models import (
    Case,
    Designation,
    Division,
    Hospital,
    Household,
    Office,
    PayeeAccount,
    Person,
    Post,
    RegisterEntry,
    Role,
    Staff,
)
from casework.models.fields import SealedText
from casework.places import load_divisions
from casework.rows import insert_rows
from workflows import registry
from workflows.ledger import Ledger
from workflows.papers import numbers
from workflows.perform import begin, prepare, take
from workflows.standing import Actor, Standing

LONG_AGO = datetime.date(2015, 1, 1)
APPLIED = datetime.date(2026, 11, 2)
PROGRAMME = "nursing_subsidy"


class County:
    """A county with one office and one holder for each role at each level."""

    def __init__(self, code: str) -> None:
        self.code = code
        codes = Division.objects.filter(pk__startswith=code).order_by("code")
        self.township = codes.filter(level=9).values_list("code", flat=True)[0]
        self.village = codes.filter(pk__startswith=self.township, level=12).values_list("code", flat=True)[0]
        self.clerk = self.hire(Role.INTAKE_CLERK, code)
        self.verifier = self.hire(Role.VILLAGE_VERIFIER, self.village)
        self.reviewer = self.hire(Role.TOWNSHIP_REVIEWER, self.township)
        self.approver = self.hire(Role.COUNTY_APPROVER, code)
        hospital = Hospital.objects.create(county_id=code, name="县人民医院", level=2)
        Designation.objects.create(hospital=hospital, valid_from=LONG_AGO)

    def hire(self, role: str, division: str) -> Staff:
        office, _made = Office.objects.get_or_create(
            division_id=division, kind="association", name=f"{division}协会", defaults={"valid_from": LONG_AGO}
        )
        staff = Staff.objects.create_user(f"{role}-{division}", f"员{division[-3:]}", "bench")
        Post.objects.create(staff=staff, office=office, role=role, valid_from=LONG_AGO)
        return staff

    def people(self, count: int, *, first: int = 0) -> list[Person]:
        """Registered persons with a card each."""
        seal = key_ring().seal_text
        households = [Household(county_id=self.code, number=f"{self.code}-{first + n:06d}") for n in range(count)]
        insert_rows(Household, households)
        written = [invented(first + n) for n in range(count)]
        people = [
            Person(
                name=name,
                identity_number=SealedText(seal(number)),
                identity_hash=lookup_hash("identity", number),
                household=household,
                division_id=self.village,
            )
            for (name, number, _card), household in zip(written, households, strict=True)
        ]
        insert_rows(Person, people)
        entries = [
            RegisterEntry(
                person=person,
                county_id=self.code,
                division_id=self.village,
                category="bereaved",
                valid_from=LONG_AGO,
            )
            for person in people
        ]
        insert_rows(RegisterEntry, entries)
        accounts = [
            PayeeAccount(
                person=person,
                holder_name=person.name,
                account_number=SealedText(seal(card)),
                account_hash=lookup_hash("account", card),
                registered_on=LONG_AGO,
            )
            for person, (_name, _number, card) in zip(people, written, strict=True)
        ]
        insert_rows(PayeeAccount, accounts)
        return people

    def cases(self, people: list[Person], *, accepted: bool = True) -> list[Case]:
        """A case for each person, waiting at its village (or at intake), through the gateway's own code."""
        taken = numbers.reserve("HL", self.code, 2026, len(people))
        cases: list[Case] = []
        for start in range(0, len(people), 1000):
            cases += self._cases(people[start : start + 1000], taken[start : start + 1000], accepted)
        return cases

    def _cases(self, people: list[Person], taken: list[str], accepted: bool) -> list[Case]:
        programme = registry.programme(PROGRAMME)
        actor = Actor(self.clerk.pk, self.clerk.name, "协会", Role.INTAKE_CLERK)
        cards = dict(PayeeAccount.objects.filter(person__in=people).values_list("person_id", "pk"))
        cases = []
        ledger = Ledger(at=now())
        with transaction.atomic():
            for person, number in zip(people, taken, strict=True):
                case = Case(
                    number=number,
                    programme=PROGRAMME,
                    terms_version="2026-07-01",
                    applicant=person,
                    division_id=self.village,
                    applied_on=APPLIED,
                    facts=FACTS,
                    papers={"photograph": ["0" * 64]},
                    signatures_required=["verify", "review", "approve"],
                    payee_account_id=cards[person.pk],
                )
                item = begin(case, programme.flow, ledger, actor=actor)
                if accepted:
                    assessment = programme.assess(case, {})
                    act = prepare(item, "accept", ledger, actor=actor, values={"assessment": assessment})
                    take(act, Standing(actor, recused=False))
                cases.append(case)
            ledger.write()
        return cases


FACTS: dict[str, Any] = {
    "hospital": "县人民医院",
    "hospital_level": 2,
    "admission_date": "2026-08-05",
    "discharge_date": "2026-08-15",
    "dependency_level": "severe",
    "category": "bereaved",
}


def invented(n: int) -> tuple[str, str, str]:
    """(name, identity number, card number) of nobody: province code 99."""
    born = datetime.date(1940, 1, 1) + datetime.timedelta(days=n % 9000)
    first = f"990922{born:%Y%m%d}{n // 9000:03d}"
    name = "向曾熊闫陆仇侯邹苏毛"[n % 10] + "冬文国民建秀芳满淑平"[n // 10 % 10] + "生来"[n // 100 % 2]
    return name, first + identity.check_digit(first), f"62{n:017d}"


HEADINGS = [
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
]


def workbook(count: int) -> bytes:
    """A sheet of `count` applications by that many people, as a county would send it."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        sheet = book.add_worksheet("申报表")
        sheet.write_row(0, 0, HEADINGS)
        for n in range(count):
            name, number, card = invented(n)
            row = [n + 1, name, number, "县人民医院", "2026-08-05", "2026年8月15日", "重度", "余国", card, name]
            sheet.write_row(n + 1, 0, [*row, f"199{n:08d}", ""])
    return buffer.getvalue()


def lay_ground() -> None:
    load_divisions()
