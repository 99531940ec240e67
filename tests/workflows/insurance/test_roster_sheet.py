"""A roster from a sheet: whoever is not put on it is told so, row by row."""

from __future__ import annotations

import datetime

from casework.models import InsuredPerson, RosterLine
from casework.models.roles import Role
from casework.sheets.writing import table_workbook
from tests.factories import invented_identity
from tests.workflows.insurance.test_rosters import made
from tests.world import VILLAGE, World
from workflows.insurance.roster_sheet import import_roster

HEADINGS = ("户编号", "姓名", "证件种类", "证件号码", "与户主关系", "村代码", "份数")
WIFE, HUSBAND = (invented_identity(number, datetime.date(1970, 5, 1)) for number in (911, 912))


def row(home: str, name: str, number: str, units: str = "1") -> tuple[str, ...]:
    return (home, name, "身份证", number, "户主", VILLAGE, units)


def test_somebody_of_a_household_that_stands_on_the_roster_is_not_said_to_be_insured(world: World) -> None:
    policy, clerk = made(world), world.by(Role.INTAKE_CLERK)
    import_roster(policy, table_workbook(HEADINGS, [row("H1", "石兰松", WIFE)]), by=clerk)

    report = import_roster(policy, table_workbook(HEADINGS, [row("H1", "石青山", HUSBAND)]), by=clerk)

    ((_number, why),) = report.rows
    assert "这一户已在名单里" in why
    assert InsuredPerson.objects.count() == 1


def test_no_more_units_than_the_plan_allows(world: World) -> None:
    policy, clerk = made(world, units_most=2), world.by(Role.INTAKE_CLERK)
    rows = [row("H1", "石兰松", WIFE, "3"), row("H2", "石青山", HUSBAND, "2")]

    report = import_roster(policy, table_workbook(HEADINGS, rows), by=clerk)

    assert [why for _number, why in report.rows] == ["份数超过方案规定的最多份数", ""]
    assert [line.units for line in RosterLine.objects.all()] == [2]
