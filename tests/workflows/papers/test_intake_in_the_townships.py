"""A county's sheet of a programme whose intake lies in the townships: entered there, and decided there."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

import pytest

from casework.models import Capacity, Case, Decision, Participation, Role, SheetImport, Staff, Stage
from tests.factories import StaffFactory
from tests.workflows.standard.pages import a_page, in_force
from tests.workflows.standard.stories import a_person, hand_in
from tests.world import COUNTY, TOWNSHIP, World, open_item
from workflows.papers.correcting import correct_line
from workflows.perform import perform
from workflows.programme import Programme
from workflows.refusals import NotYourPost

ON = "2026-11-02"
FACTS = {"degree": "重", "begun_on": "2026-10-01"}


@pytest.fixture
def trial() -> Iterator[Programme]:
    page = a_page()
    page["common"]["steps"]["intake"]["office"] = "township"
    with in_force(page) as programme:
        yield programme


@pytest.fixture
def clerk(world: World) -> Staff:
    return StaffFactory(post=(Role.INTAKE_CLERK, TOWNSHIP))


def test_a_line_waits_at_the_townships_intake_and_no_clerk_of_the_county_has_accepted_it(
    world: World, trial: Programme
) -> None:
    report = hand_in(world, "trial", {**a_person(), **FACTS}, on=ON)
    case = Case.objects.get(number=report.rows[0].case)
    item = open_item(case)
    assert (case.stage, item.step, item.office) == (Stage.SUBMITTED, "intake", TOWNSHIP)
    assert (Decision.objects.count(), Participation.objects.count(), case.amount) == (0, 0, None)
    with pytest.raises(NotYourPost, match="桃花江镇"):
        perform(item.pk, "accept", by=world.by(Role.INTAKE_CLERK))


def test_the_report_promises_nothing_and_says_where_they_wait(world: World, trial: Programme) -> None:
    report = hand_in(world, "trial", {**a_person(), **FACTS}, on=ON)
    assert [(row.outcome, row.amount) for row in report.rows] == [("accepted", None)]
    assert report.notes == ["“试验补助”由乡镇受理：1件已登记，还没有受理，等候所在乡镇的受理员核对"]
    assert SheetImport.objects.get().total == 0


def test_the_townships_clerk_accepts_it_with_all_that_intake_asks(world: World, trial: Programme, clerk: Staff) -> None:
    report = hand_in(world, "trial", {**a_person(), **FACTS}, on=ON)
    case = Case.objects.get(number=report.rows[0].case)
    perform(open_item(case).pk, "accept", by=clerk)
    case.refresh_from_db()
    assert (case.stage, f"{case.amount}") == (Stage.ACCEPTED, "500.00")
    assert [(part.staff, part.capacity) for part in case.participations.all()] == [(clerk, Capacity.INTAKE)]


def test_a_line_put_right_waits_there_too(world: World, trial: Programme) -> None:
    hand_in(world, "trial", {**a_person(), **FACTS, "degree": "中"}, on=ON)
    line = SheetImport.objects.get().lines.get()
    corrected = correct_line(line.pk, {"degree": "重"}, by=world.by(Role.INTAKE_CLERK))
    assert corrected.case is not None
    assert (corrected.case.stage, Decision.objects.count()) == (Stage.SUBMITTED, 0)


def test_a_sheet_of_a_programme_the_county_takes_in_says_nothing_of_waiting(world: World) -> None:
    with in_force(a_page()):
        report = hand_in(world, "trial", {**a_person(), **FACTS}, on=ON)
    case = Case.objects.get(number=report.rows[0].case)
    assert (report.notes, case.stage, open_item(case).step) == ([], Stage.ACCEPTED, "village")
    assert case.applied_on == datetime.date.fromisoformat(ON) and case.division_id.startswith(COUNTY)
