"""Nobody has applied on a day that is still to come: at the counter, in a sheet, by the page and by the command."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from pathlib import Path

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from casework.models import Case, Role, SheetImport
from casework.sheets.values import Cell
from tests.factories import PersonFactory
from tests.workflows.papers.sheets import applications, line
from tests.workflows.standard.pages import a_page, in_force
from tests.workflows.standard.stories import a_person, at_the_counter
from tests.world import COUNTY, World
from workflows.papers.applications import import_applications
from workflows.refusals import DayToCome

TODAY, TOMORROW = "2026-11-27", "2026-11-28"
SAID = "申请日期2026-11-28还没有到，不能晚于今天，请核对"
FACTS: dict[str, Cell] = {"degree": "重", "begun_on": "2026-10-01"}


@pytest.fixture(autouse=True)
def _evening() -> Iterator[None]:
    """Late in the day here, when elsewhere it is not the same day."""
    with time_machine.travel(f"{TODAY} 23:30+08:00", tick=False):
        yield


@pytest.fixture
def sheet(world: World) -> bytes:
    return applications([line(PersonFactory(registered=True), admitted="2026-11-01", discharged="2026-11-10")])


def test_the_counter_takes_todays_and_not_tomorrows(world: World) -> None:
    with in_force(a_page()):
        cells = {**a_person(), **FACTS}
        with pytest.raises(DayToCome, match=SAID):
            at_the_counter(world, "trial", cells, on=TOMORROW)
        assert at_the_counter(world, "trial", cells, on=TODAY).applied_on == datetime.date.fromisoformat(TODAY)


def test_a_sheet_of_tomorrow_is_refused_whole_and_nothing_is_kept(world: World, sheet: bytes) -> None:
    clerk, day = world.by(Role.INTAKE_CLERK), datetime.date.fromisoformat(TOMORROW)
    with pytest.raises(DayToCome, match=SAID):
        import_applications("nursing_subsidy", sheet, county=COUNTY, applied_on=day, by=clerk)
    assert not SheetImport.objects.exists() and not Case.objects.exists()


def test_the_command_says_the_same(world: World, sheet: bytes, tmp_path: Path) -> None:
    path = tmp_path / "sheet.xlsx"
    path.write_bytes(sheet)
    with pytest.raises(CommandError, match=SAID):
        call_command(
            "import_applications", "nursing_subsidy", str(path), f"--county={COUNTY}", f"--applied-on={TOMORROW}"
        )


def test_both_pages_say_it_beside_the_day(world: World, sheet: bytes) -> None:
    client = Client()
    client.force_login(world.by(Role.INTAKE_CLERK))
    file = SimpleUploadedFile("sheet.xlsx", sheet)
    given = {"kind": "nursing_subsidy", "county": COUNTY, "applied_on": TOMORROW, "file": file}
    page = client.post(reverse("desk:imports"), given)
    assert (page.status_code, page.context["form"].errors) == (400, {"applied_on": [SAID]})
    with in_force(a_page()):
        cells = {**a_person(), **FACTS, "programme": "trial", "county": COUNTY, "applied_on": TOMORROW}
        page = client.post(reverse("desk:enter"), cells)
    assert (page.status_code, page.context["form"].errors) == (400, {"applied_on": [SAID]})


def test_history_is_judged_by_its_own_day(world: World, sheet: bytes) -> None:
    clerk, day = world.by(Role.INTAKE_CLERK), datetime.date.fromisoformat(TODAY)
    then = datetime.datetime(2026, 11, 20, 9, tzinfo=datetime.UTC)
    with pytest.raises(DayToCome):
        import_applications("nursing_subsidy", sheet, county=COUNTY, applied_on=day, by=clerk, at=then)
