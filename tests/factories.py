"""Invented people and real places, with traits that read like the story."""

from __future__ import annotations

import datetime
from typing import Any

import factory
from django.contrib.auth.hashers import make_password

from casework import identity, initials
from casework.crypto import lookup_hash
from casework.models import (
    Designation,
    Division,
    Hospital,
    Household,
    Office,
    PayeeAccount,
    Person,
    PersonInitials,
    Post,
    RegisterEntry,
    Staff,
)

LONG_AGO = datetime.date(2015, 1, 1)
PLACES = (
    ("43", "湖南省", None),
    ("4309", "益阳市", "43"),
    ("430922", "桃江县", "4309"),
    ("430922112", "桃花江镇", "430922"),
    ("430922113", "浮邱山乡", "430922"),
    ("430922112252", "川门湾村委会", "430922112"),
    ("430922112011", "半稼洲社区", "430922112"),
    ("430922113239", "周家潭村委会", "430922113"),
    ("430102", "芙蓉区", "4301"),
    ("4301", "长沙市", "43"),
)
HOSPITALS = (
    ("县人民医院", 2, "2015-01-01", None),
    ("市中心医院", 3, "2015-01-01", None),
    ("康宁民营医院", 2, "2020-01-01", "2026-03-31"),
    ("城关镇中心卫生院", 1, "2015-01-01", None),
    ("仁爱护理院", 2, None, None),
)


def places() -> None:
    """A corner of Hunan: one county with two townships and three villages, and a district elsewhere."""
    for code, name, parent in sorted(PLACES):
        Division.objects.get_or_create(
            code=code, defaults={"name": name, "level": len(code), "parent_id": parent, "valid_from": LONG_AGO}
        )


def hospitals(county: str) -> None:
    for name, level, since, until in HOSPITALS:
        hospital = Hospital.objects.create(county_id=county, name=name, level=level)
        if since:
            Designation.objects.create(hospital=hospital, valid_from=since, valid_to=until)


def invented_identity(number: int, born: datetime.date = datetime.date(1955, 3, 7)) -> str:
    """A valid identity number nobody has: province code 99."""
    first = f"990922{born:%Y%m%d}{number % 1000:03d}"
    return first + identity.check_digit(first)


class HouseholdFactory(factory.django.DjangoModelFactory[Household]):
    class Meta:
        model = Household

    county_id = "430922"
    number = factory.Sequence(lambda n: f"430922-{n:05d}")


class PersonFactory(factory.django.DjangoModelFactory[Person]):
    """A person; with `registered=True` also an entry in the county's register and a card of their own."""

    class Meta:
        model = Person
        skip_postgeneration_save = True

    name = factory.Sequence(lambda n: "向冬青秋兰菊竹梅松柏"[n % 10] + "曾志文"[n % 3])
    identity_number = factory.Sequence(
        lambda n: invented_identity(n, datetime.date(1945, 1, 1) + datetime.timedelta(days=n // 1000))
    )
    identity_hash = factory.LazyAttribute(lambda person: lookup_hash("identity", person.identity_number))
    sex = Person.Sex.FEMALE
    birth_date = datetime.date(1955, 3, 7)
    phone = "19912345678"
    phone_hash = factory.LazyAttribute(lambda person: lookup_hash("phone", person.phone))
    household = factory.SubFactory(HouseholdFactory)
    division_id = "430922112252"

    @factory.post_generation
    def registered(self: Person, create: bool, extracted: bool, **fields: Any) -> None:  # type: ignore[misc]  # self is the person made
        if extracted:
            RegisterEntryFactory(person=self, division_id=self.division_id, **fields)
            PayeeAccountFactory(person=self)

    @factory.post_generation
    def findable(self: Person, create: bool, extracted: Any, **fields: Any) -> None:  # type: ignore[misc]  # see above
        for reading in initials.readings(self.name):
            PersonInitials.objects.get_or_create(person=self, initials=reading)


class RegisterEntryFactory(factory.django.DjangoModelFactory[RegisterEntry]):
    class Meta:
        model = RegisterEntry

    person = factory.SubFactory(PersonFactory)
    county_id = "430922"
    division_id = "430922112252"
    category = RegisterEntry.Category.BEREAVED
    certificate_number = factory.Sequence(lambda n: f"特扶430922{n:06d}")
    valid_from = LONG_AGO
    valid_to = datetime.date(2026, 12, 31)


class PayeeAccountFactory(factory.django.DjangoModelFactory[PayeeAccount]):
    class Meta:
        model = PayeeAccount

    person = factory.SubFactory(PersonFactory)
    holder_name = factory.LazyAttribute(lambda account: account.person.name)
    account_number = factory.Sequence(lambda n: f"6299{n:015d}")
    account_hash = factory.LazyAttribute(lambda account: lookup_hash("account", account.account_number))
    bank = "邮储银行"
    registered_on = LONG_AGO


class OfficeFactory(factory.django.DjangoModelFactory[Office]):
    class Meta:
        model = Office
        django_get_or_create = ("division_id", "kind", "name")

    division_id = "430922"
    kind = Office.Kind.ASSOCIATION
    name = factory.LazyAttribute(lambda office: f"{Division.objects.get(pk=office.division_id).name}计生协会")
    valid_from = LONG_AGO


class StaffFactory(factory.django.DjangoModelFactory[Staff]):
    """A member of staff; `post=(role, division code)` puts them in post."""

    class Meta:
        model = Staff
        skip_postgeneration_save = True

    username = factory.Sequence(lambda n: f"staff{n}")
    name = factory.Sequence(lambda n: f"员工{n}")
    password = factory.LazyFunction(lambda: make_password("demo-password"))

    @factory.post_generation
    def post(self: Staff, create: bool, extracted: tuple[str, str] | None, **fields: Any) -> None:  # type: ignore[misc]  # self is the staff made
        if extracted:
            role, division = extracted
            office = OfficeFactory(division_id=division)
            Post.objects.create(staff=self, office=office, role=role, valid_from=LONG_AGO, **fields)
