"""Putting a refused line right, and entering one application by hand."""

from __future__ import annotations

import datetime

import pytest

from casework.crypto import key_ring
from casework.models import Case, Person, RegisterEntry, Role, SheetLine, Stage
from tests.factories import PersonFactory
from tests.workflows.papers.sheets import applications, line
from tests.world import COUNTY, World, open_item
from workflows import trail
from workflows.papers.applications import import_applications
from workflows.papers.correcting import NotEntered, check_again, correct_line, enter_application
from workflows.papers.returning import copy_to_send_back
from workflows.papers.sheets import cells_of, problems_of
from workflows.perform import perform
from workflows.refusals import Incomplete, NotAllowed

APPLIED = datetime.date(2026, 11, 2)


def refused(world: World, person: Person, **changes: str) -> SheetLine:
    sheet = applications([line(person, **changes)])
    import_applications("nursing_subsidy", sheet, county=COUNTY, applied_on=APPLIED, by=world.by(Role.INTAKE_CLERK))
    return SheetLine.objects.get()


def test_a_line_put_right_becomes_a_case_like_any_other(world: World) -> None:
    found = refused(world, PersonFactory(registered=True), level="特重")
    assert problems_of(found) == ["失能等级“特重”不认识，请填轻度、中度或重度"]
    corrected = correct_line(found.pk, {"dependency_level": "重度"}, by=world.by(Role.INTAKE_CLERK))
    assert corrected.outcome == "accepted" and corrected.case is not None
    assert corrected.case.stage == Stage.ACCEPTED
    assert list(trail.breaks()) == []


def test_a_line_still_wrong_stays_with_its_new_reasons_and_what_was_typed(world: World) -> None:
    found = refused(world, PersonFactory(registered=True), level="特重")
    again = correct_line(
        found.pk, {"dependency_level": "轻度", "discharge_date": "2026-08-01"}, by=world.by(Role.INTAKE_CLERK)
    )
    assert again.reasons == ["discharge_before_admission"]
    again.refresh_from_db()
    assert cells_of(again)["discharge_date"] == "2026-08-01"


def test_a_line_that_is_a_case_is_not_corrected_again(world: World) -> None:
    found = refused(world, PersonFactory(registered=True), level="特重")
    clerk = world.by(Role.INTAKE_CLERK)
    correct_line(found.pk, {"dependency_level": "重度"}, by=clerk)
    with pytest.raises(NotAllowed):
        correct_line(found.pk, {"dependency_level": "轻度"}, by=clerk)
    assert Case.objects.count() == 1


def test_refused_lines_are_checked_again_when_the_register_was_mended(world: World) -> None:
    person = PersonFactory(registered=True)
    person.register_entries.update(category=RegisterEntry.Category.HARDSHIP)
    found = refused(world, person)
    person.register_entries.update(category=RegisterEntry.Category.BEREAVED)
    assert check_again(found.sheet_id, by=world.by(Role.INTAKE_CLERK)) == (1, 0)


def test_the_copy_that_goes_back_says_what_became_of_each_line_and_is_an_act(world: World) -> None:
    found = refused(world, PersonFactory(registered=True), level="特重")
    copy = copy_to_send_back(found.sheet, by=world.by(Role.INTAKE_CLERK))
    assert copy.startswith(b"PK")
    actions = [event.action for event in trail.Event.objects.filter(chain=f"import:{found.sheet_id}")]
    assert actions == ["applications_imported", "sheet_returned"]


def written(person: Person, **changes: str) -> dict[str, str]:
    facts = {
        "name": person.name,
        "identity_number": key_ring().open_text(person.identity_number),
        "hospital": "县人民医院",
        "admission_date": "2026-08-05",
        "discharge_date": "2026-08-15",
        "dependency_level": "重度",
        "account_number": key_ring().open_text(person.accounts.get().account_number),
        "account_holder": person.name,
    }
    return {**facts, **changes}


def enter(world: World, cells: dict[str, str]) -> Case:
    clerk = world.by(Role.INTAKE_CLERK)
    return enter_application("nursing_subsidy", cells, county=COUNTY, applied_on=APPLIED, by=clerk)


def test_an_application_entered_by_hand_waits_at_intake_and_is_accepted_there(world: World) -> None:
    case = enter(world, written(PersonFactory(registered=True)))
    assert (case.stage, open_item(case).step, case.amount) == (Stage.SUBMITTED, "intake", None)
    perform(open_item(case).pk, "accept", by=world.by(Role.INTAKE_CLERK))
    case.refresh_from_db()
    assert f"{case.amount:.2f}" == "1300.00"


def test_one_that_is_late_is_entered_but_can_only_be_refused(world: World) -> None:
    case = enter(
        world, written(PersonFactory(registered=True), admission_date="2026-07-01", discharge_date="2026-07-10")
    )
    clerk = world.by(Role.INTAKE_CLERK)
    with pytest.raises(Incomplete, match="申请期限"):
        perform(open_item(case).pk, "accept", by=clerk)
    assert perform(open_item(case).pk, "refuse", by=clerk, reasons=["late"]).stage == Stage.REJECTED


def test_one_that_cannot_be_read_is_not_entered(world: World) -> None:
    with pytest.raises(NotEntered) as problem:
        enter(world, written(PersonFactory(registered=True), dependency_level=""))
    assert problem.value.codes == ("missing_field",)
    assert not Case.objects.exists()
