"""A county's register: persons, households, entries and cards, brought up to date by each newer sheet."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

from casework.crypto import lookup_hash
from casework.models import Household, PayeeAccount, Person, PersonInitials, RegisterEntry, Role, SheetImport
from tests.factories import invented_identity
from tests.workflows.papers.sheets import workbook
from tests.world import COUNTY, VILLAGE, World
from workflows.never_kept import ColumnNeverKept
from workflows.papers.register import county_of, import_register
from workflows.papers.report import Report
from workflows.refusals import NotAllowed

HEADINGS = (
    *("户编号", "姓名", "与户主关系", "性别", "公民身份号码", "家庭类别", "证件号"),
    *("认定日期", "有效期至", "户籍地代码", "联系电话", "社会保障卡号", "死亡日期"),
)
NUMBER = invented_identity(7)


def row(**changes: Any) -> list[Any]:
    facts = {
        "household": "430922-00001",
        "name": "曾志文",
        "relation": "户主",
        "sex": "男",
        "identity": NUMBER,
        "category": "失独",
        "certificate": "特扶1",
        "since": "2020-01-01",
        "until": "2026-12-31",
        "code": VILLAGE,
        "phone": "19912345678",
        "card": "6299000011112222333",
        "died": "",
    }
    return list({**facts, **changes}.values())


def bring_in(world: World, *rows: list[Any], **options: Any) -> Report:
    options.setdefault("by", world.by(Role.INTAKE_CLERK))
    return import_register(workbook([HEADINGS, *rows]), county=COUNTY, **options)


def test_a_line_becomes_a_person_with_household_entry_and_card(world: World) -> None:
    assert bring_in(world, row()).accepted == 1
    person = Person.objects.get(identity_hash=lookup_hash("identity", NUMBER))
    assert (person.name, person.birth_date) == ("曾志文", datetime.date(1955, 3, 7))
    assert person.household == Household.objects.get(number="430922-00001")
    entry = person.register_entries.get()
    assert (entry.category, entry.valid_to, entry.division_id) == ("bereaved", datetime.date(2026, 12, 31), VILLAGE)
    assert person.accounts.get().holder_name == "曾志文"
    assert {"zzw", "czw"} <= set(PersonInitials.objects.values_list("initials", flat=True))


def test_a_newer_sheet_brings_the_person_up_to_date_and_adds_no_second(world: World) -> None:
    bring_in(world, row())
    bring_in(world, row(died="2026-10-01", until="2027-12-31", phone="19987654321"))
    person = Person.objects.get()
    assert person.death_date == datetime.date(2026, 10, 1)
    assert RegisterEntry.objects.get().valid_to == datetime.date(2027, 12, 31)
    assert PayeeAccount.objects.count() == 1


def test_a_death_once_known_is_not_forgotten_by_a_sheet_that_leaves_it_out(world: World) -> None:
    bring_in(world, row(died="2026-10-01"))
    bring_in(world, row(phone="19987654321"))
    assert Person.objects.get().death_date == datetime.date(2026, 10, 1)


def test_one_person_may_stand_under_two_categories_and_twice_under_one_goes_back(world: World) -> None:
    report = bring_in(world, row(), row(category="伤残"), row())
    assert [(line.outcome, tuple(line.reasons)) for line in report.rows] == [
        ("accepted", ()),
        ("accepted", ()),
        ("refused", ("duplicate_row",)),
    ]
    assert RegisterEntry.objects.count() == 2


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"identity": NUMBER[:-1] + ("1" if NUMBER[-1] != "1" else "2")}, "id_checksum"),
        ({"identity": 9.9e17}, "id_precision_lost"),
        ({"card": 6.299e18}, "id_precision_lost"),
        ({"since": "2020-02-30"}, "date_invalid"),
        ({"until": "2019-01-01"}, "date_invalid"),
        ({"name": ""}, "missing_field"),
        ({"category": "独居"}, "unknown_value"),
        ({"code": "430102001001"}, "unknown_place"),
    ],
)
def test_a_line_that_cannot_be_right_goes_back_and_the_others_stay(
    world: World, changes: dict[str, Any], code: str
) -> None:
    report = bring_in(world, row(**changes), row(identity=invented_identity(8), name="向冬"))
    assert [tuple(line.reasons) for line in report.rows] == [(code,), ()]
    assert Person.objects.get().name == "向冬"


def test_the_same_bytes_again_change_nothing(world: World) -> None:
    first = bring_in(world, row())
    assert bring_in(world, row()).repeated
    assert bring_in(world, row()).as_json() == first.as_json()


def test_the_county_is_read_off_the_sheet(world: World) -> None:
    assert county_of(workbook([HEADINGS, row()])) == COUNTY
    with pytest.raises(NotAllowed, match="--county"):
        county_of(workbook([HEADINGS, row(code="", household="第一户")]))


def test_only_an_intake_clerk_may(world: World) -> None:
    with pytest.raises(NotAllowed):
        bring_in(world, row(), by=world.by(Role.AUDITOR))


@pytest.mark.parametrize("heading", ["节育措施", "是否政策内生育", "孕检日期"])
def test_a_sheet_with_a_column_of_what_is_never_kept_is_not_kept(world: World, heading: str) -> None:
    """The sheet itself would lie in the file store, column and all."""
    with pytest.raises(ColumnNeverKept, match=f"表里有“{heading}”这一列"):
        import_register(workbook([[*HEADINGS, heading], [*row(), "无"]]), county=COUNTY, by=world.by(Role.INTAKE_CLERK))
    assert not SheetImport.objects.exists() and not Person.objects.filter(name="曾志文").exists()
