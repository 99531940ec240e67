"""Showing a number in full."""

from __future__ import annotations

import json
from hashlib import sha256

import pytest

from casework.models import Case, DeclaredRelative, Event, Role
from tests.factories import PersonFactory, StaffFactory
from tests.world import OTHER_VILLAGE, World
from workflows import trail
from workflows.refusals import NotAllowed, Recused
from workflows.unmasking import unmask


def show(case: Case, field: str, **given: object) -> str:
    what, pk = ("account", case.payee_account_id) if field == "account_number" else ("person", case.applicant_id)
    assert pk is not None
    return unmask(what, pk, field, case_number=case.number, **given)  # type: ignore[arg-type]  # by and reason are given


@pytest.mark.parametrize("field", ["identity_number", "phone", "account_number"])
def test_a_clerk_with_a_reason_sees_the_number_and_the_trail_keeps_field_and_reason(world: World, field: str) -> None:
    case = world.case("village")
    clerk = world.by(Role.INTAKE_CLERK)
    owner = case.payee_account if field == "account_number" else case.applicant

    number = show(case, field, by=clerk, reason="check_papers")

    assert number == getattr(owner, field).reveal()
    event = Event.objects.filter(chain=case.number).last()
    assert event is not None
    assert (event.action, event.actor_id) == ("unmasked", clerk.pk)
    assert event.details["field"] == field
    assert event.details["reason"] == "check_papers"
    assert number not in json.dumps(event.details)
    assert list(trail.breaks(chain=case.number)) == []


def test_a_reason_in_own_words_leaves_only_its_digest(world: World) -> None:
    case = world.case("village")
    reason = "申请人打电话来问账号"
    show(case, "account_number", by=world.by(Role.INTAKE_CLERK), reason=reason)
    details = Event.objects.filter(chain=case.number).last().details  # type: ignore[union-attr]  # there is one
    assert details["reason_digest"] == sha256(reason.encode()).hexdigest()
    assert reason not in json.dumps(details, ensure_ascii=False)


@pytest.mark.parametrize("reason", ["", "   ", "看", "看一下"])
def test_without_a_reason_nothing_is_shown(world: World, reason: str) -> None:
    case = world.case("village")
    with pytest.raises(NotAllowed, match="请说明理由"):
        show(case, "identity_number", by=world.by(Role.INTAKE_CLERK), reason=reason)
    assert not Event.objects.filter(action="unmasked").exists()


@pytest.mark.parametrize(
    ("role", "field"),
    [
        pytest.param(Role.COUNTY_APPROVER, "account_number", id="who approves needs no account"),
        pytest.param(Role.VILLAGE_VERIFIER, "account_number", id="nor who visits"),
        pytest.param(Role.AUDITOR, "identity_number", id="an auditor reads what was done, not numbers"),
        pytest.param(Role.SUPERVISOR, "phone", id="a supervisor chases the office, not the family"),
        pytest.param(Role.ADMINISTRATOR, "identity_number", id="an administrator keeps the machine"),
    ],
)
def test_who_has_no_need_sees_no_number(world: World, role: str, field: str) -> None:
    case = world.case("village")
    with pytest.raises(NotAllowed, match="岗位不需要"):
        show(case, field, by=world.by(role), reason="check_papers")
    assert not Event.objects.filter(action="unmasked").exists()


def test_the_next_village_sees_no_number(world: World) -> None:
    case = world.case("village")
    stranger = StaffFactory(post=(Role.VILLAGE_VERIFIER, OTHER_VILLAGE))
    with pytest.raises(NotAllowed):
        show(case, "phone", by=stranger, reason="contact_applicant")


def test_a_relatives_number_stays_hidden(world: World) -> None:
    case = world.case("village")
    clerk = world.by(Role.INTAKE_CLERK)
    DeclaredRelative.objects.create(
        staff=clerk, identity_hash=case.applicant.identity_hash, relation="姐妹", declared_on="2026-01-01"
    )
    with pytest.raises(Recused):
        show(case, "account_number", by=clerk, reason="check_papers")


def test_only_numbers_of_this_case_are_shown(world: World) -> None:
    case, other = world.case("village"), PersonFactory()
    with pytest.raises(NotAllowed, match="不在这件案子里"):
        unmask(
            "person",
            other.pk,
            "identity_number",
            by=world.by(Role.INTAKE_CLERK),
            reason="check_papers",
            case_number=case.number,
        )


@pytest.mark.parametrize("field", ["name", "password", "identity_hash"])
def test_only_known_fields_can_be_asked_for(world: World, field: str) -> None:
    case = world.case("village")
    with pytest.raises(NotAllowed):
        show(case, field, by=world.by(Role.INTAKE_CLERK), reason="check_papers")


def test_a_number_that_was_never_given_is_said_to_be_missing(world: World) -> None:
    case = world.case("village", person=PersonFactory(registered=True, phone=""))
    with pytest.raises(NotAllowed, match="没有登记"):
        show(case, "phone", by=world.by(Role.INTAKE_CLERK), reason="contact_applicant")
