"""A unit applies: its name on the account, its code checked, and the families it carries linked to its case."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import pytest
from django.test import Client

from casework.models import CarriedFamily, Case, Event, Role
from casework.sheets.values import Cell
from tests.factories import PersonFactory, invented_identity
from tests.workflows.standard.pages import a_page, in_force
from tests.workflows.standard.stories import a_person, granted, hand_in, walked
from tests.world import World
from workflows.carried import families_of, link, unlink
from workflows.refusals import NotAllowed, NotYourPost
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


def test_on_the_page_a_family_is_linked_and_shown(world: World, case: Case) -> None:
    number = invented_identity(811)
    PersonFactory(name="曾小满", identity_number=number, registered=True)
    client = Client()
    client.force_login(world.by(Role.INTAKE_CLERK))
    where = f"/desk/cases/{case.number}/families/"
    assert client.get(where).status_code == 200
    assert client.post(where, {"identity_number": number}).status_code == 302
    assert "曾小满" in client.get(f"/desk/cases/{case.number}/").content.decode()
    row = CarriedFamily.objects.get()
    assert client.post(f"{where}{row.pk}/unlink/").status_code == 302
    assert not CarriedFamily.objects.get().live
