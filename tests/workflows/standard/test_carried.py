"""A unit applies: its name on the account, its code checked, and the families it carries linked to its case."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from casework.models import CarriedFamily, Case, Event, Role
from casework.sheets.values import Cell
from tests.factories import HouseholdFactory, PersonFactory, invented_identity
from tests.workflows.standard.pages import a_page, in_force
from tests.workflows.standard.stories import a_person, granted, hand_in, walked, written_by
from tests.world import World, open_item
from workflows import trail
from workflows.carried import families_of, households_of, link, link_as_before, link_many, unlink
from workflows.perform import perform
from workflows.refusals import Incomplete, NotAllowed, NotYourPost
from workflows.standard.units import check_character

CODE = "99430922MA000001" + "1"
UNIT: dict[str, Cell] = {
    "unit_name": "示例种养专业合作社",
    "credit_code": CODE + check_character(CODE),
    "account_holder": "示例种养专业合作社",
    "degree": "轻",
    "begun_on": "2026-03-01",
}


@pytest.fixture
def units() -> Iterator[None]:
    page = a_page()
    page["applicant"] = "unit"
    with in_force(page):
        yield


@pytest.fixture
def case(world: World, units: None) -> Case:
    return granted(world, "trial", {**a_person(), **UNIT}, on="2026-03-02")


def test_a_unit_is_paid_on_its_own_account_and_its_representative_is_the_applicant(world: World, case: Case) -> None:
    assert (case.applicant.name, case.facts["unit_name"]) == ("向秋菊", "示例种养专业合作社")
    case = walked(world, case)
    assert (case.stage, case.paid_amount) == ("closed", Decimal("500.00"))


def test_the_representatives_own_card_and_a_mistyped_code_are_refused(world: World, units: None) -> None:
    own = {**a_person(), **UNIT, "account_holder": "向秋菊"}
    mistyped = {**own, "credit_code": CODE + ("1" if check_character(CODE) != "1" else "2")}
    rows = hand_in(world, "trial", own, mistyped, on="2026-03-02").rows
    assert [row.reasons for row in rows] == [("account_holder_mismatch",), ("unknown_value",)]


def test_a_family_is_linked_once_and_unlinked_and_both_stand_in_the_trail(world: World, case: Case) -> None:
    number = invented_identity(811)
    PersonFactory(name="曾小满", identity_number=number, registered=True)
    clerk = world.by(Role.INTAKE_CLERK)
    row = link(case.number, number, by=clerk)
    assert link(case.number, number, by=clerk) == row
    assert [family.person.name for family in families_of(case)] == ["曾小满"]
    unlink(case.number, row.pk, by=clerk)
    unlink(case.number, row.pk, by=clerk)
    assert families_of(case) == []
    events = Event.objects.filter(chain=case.number, action__startswith="family_").order_by("seq")
    assert [event.action for event in events] == ["family_linked", "family_unlinked"]


def test_only_families_of_the_register_are_linked_and_only_by_those_who_look_after_the_case(
    world: World, case: Case
) -> None:
    with pytest.raises(NotAllowed, match="名册里没有这个人"):
        link(case.number, invented_identity(812), by=world.by(Role.INTAKE_CLERK))
    with pytest.raises(NotAllowed, match="18位"):
        link(case.number, "123", by=world.by(Role.INTAKE_CLERK))
    with pytest.raises(NotYourPost):
        link(case.number, invented_identity(812), by=world.by(Role.COUNTY_APPROVER))


def a_family(number: int, **traits: Any) -> str:
    """The identity number of a member of the register."""
    identity = invented_identity(number)
    PersonFactory(identity_number=identity, registered=True, **traits)
    return identity


def test_of_a_list_the_good_lines_are_linked_and_the_others_are_told_with_their_line(world: World, case: Case) -> None:
    good = [a_family(811), a_family(813)]
    lines = [good[0], "123", invented_identity(812), good[1], good[0]]
    found = link_many(case.number, lines, by=world.by(Role.INTAKE_CLERK))
    assert [(one.line, one.row is not None) for one in found] == [
        (1, True),
        (2, False),
        (3, False),
        (4, True),
        (5, True),
    ]
    assert "18位" in found[1].problem and "名册里没有这个人" in found[2].problem
    assert households_of(Case.objects.get(pk=case.pk)) == 2
    assert list(trail.breaks()) == []


def test_two_of_one_household_are_one_family(world: World, case: Case) -> None:
    home = HouseholdFactory()
    link_many(
        case.number, [a_family(811, household=home), a_family(813, household=home)], by=world.by(Role.INTAKE_CLERK)
    )
    assert households_of(case) == 1


def test_on_the_page_only_the_lines_that_failed_are_left_to_mend(world: World, case: Case) -> None:
    client = Client()
    client.force_login(world.by(Role.INTAKE_CLERK))
    where, good = f"/desk/cases/{case.number}/families/", a_family(811)
    answer = client.post(where, {"identity_numbers": f"{good}\n\n123\n"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "已登记1户，下面1行没有登记" in page and "第1行：" in page
    assert ">\n123</textarea>" in page and good not in page


def test_the_next_case_of_a_unit_takes_over_the_families_of_its_last(world: World, units: None) -> None:
    clerk = world.by(Role.INTAKE_CLERK)
    first = {**a_person(registered__valid_to=None), **UNIT, "begun_on": "2025-03-01"}
    case = granted(world, "trial", first, on="2025-03-02")
    link_many(case.number, [a_family(811), a_family(813)], by=clerk)
    cells = {
        **written_by(case.applicant.name, case.applicant.identity_number.reveal()),
        **UNIT,
        "begun_on": "2026-03-01",
    }
    later = granted(world, "trial", cells, on="2026-03-02")
    client = Client()
    client.force_login(clerk)
    assert f"沿用{case.number}的带动户" in client.get(f"/desk/cases/{later.number}/").content.decode()
    assert client.post(f"/desk/cases/{later.number}/families/as-before/").status_code == 302
    assert link_as_before(later.number, by=clerk) == 0
    assert households_of(later) == 2


def test_whoever_declares_more_families_than_are_linked_is_not_approved_yet(world: World) -> None:
    page = a_page()
    page["applicant"] = "unit"
    page["common"]["carried"] = {"of": "hours", "when": {"degree": "light"}, "clause": "示例"}
    with in_force(page):
        case = walked(world, granted(world, "trial", {**a_person(), **UNIT, "hours": "2"}, on="2026-03-02"), "county")
        spare = families_of(case)[0]
        unlink(case.number, spare.pk, by=world.by(Role.INTAKE_CLERK))
        approve = {"by": world.by(Role.COUNTY_APPROVER), "note": "同意"}
        with pytest.raises(Incomplete, match="申报带动2户，已登记1户，请先登记齐"):
            perform(open_item(case).pk, "approve", **approve)
        link(case.number, a_family(811), by=world.by(Role.INTAKE_CLERK))
        perform(open_item(case).pk, "approve", **approve)
        assert Case.objects.get(pk=case.pk).stage == "approved"


def test_on_the_page_a_family_is_linked_and_shown(world: World, case: Case) -> None:
    number = invented_identity(811)
    PersonFactory(name="曾小满", identity_number=number, registered=True)
    client = Client()
    client.force_login(world.by(Role.INTAKE_CLERK))
    where = f"/desk/cases/{case.number}/families/"
    assert client.get(where).status_code == 200
    assert client.post(where, {"identity_numbers": number}).status_code == 302
    assert "曾小满" in client.get(f"/desk/cases/{case.number}/").content.decode()
    row = CarriedFamily.objects.get()
    assert client.post(f"{where}{row.pk}/unlink/").status_code == 302
    assert not CarriedFamily.objects.get().live
