"""Putting a case's facts and its account right."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from casework.models import Case, Entitlement, Event, Evidence, PayeeAccount, Role
from tests.factories import PersonFactory, StaffFactory
from tests.sent_back import sent_back
from tests.world import VILLAGE, World, open_item, photographed
from workflows import trail
from workflows.amend import amend_facts, change_account
from workflows.perform import perform
from workflows.refusals import HeldByAnother, Incomplete, NotAllowed, NotYourPost

DATES = {"admission_date": "2026-08-10", "discharge_date": "2026-08-31"}


def amend(world: World, case: Case, changes: dict[str, str], role: str = Role.INTAKE_CLERK) -> Any:
    return amend_facts(case.number, changes, by=world.by(role), reason="papers_differ")


def step(world: World, case: Case, outcome: str, role: str, **given: Any) -> None:
    perform(open_item(case).pk, outcome, by=world.by(role), note="情况属实", **given)


def test_a_changed_fact_changes_the_digest_and_the_trail_names_the_field_only(world: World) -> None:
    person = PersonFactory(registered=True, registered__certificate_number="特扶7")
    case = world.case("intake", person=person, certificate_number="特扶7", remark="")

    done = amend(world, case, {"caregiver": "向小青"})

    after = Case.objects.get(pk=case.pk)
    assert done.changed == ("caregiver",)
    assert after.facts["caregiver"] == "向小青"
    assert after.facts_digest == after.digest_of_facts() != case.facts_digest
    details = Event.objects.filter(chain=case.number, action="facts_amended").get().details
    assert details["fields"] == ["caregiver"]
    assert (details["before"], details["after"]) == (case.facts_digest, after.facts_digest)
    assert "向小青" not in json.dumps(details, ensure_ascii=False)
    assert list(trail.breaks(chain=case.number)) == []


def test_dates_and_words_are_read_as_on_paper(world: World) -> None:
    case = world.case("intake")
    amend(world, case, {"admission_date": "2026年8月10日", "dependency_level": "中度", "hospital": " 市中心医院 "})
    facts = Case.objects.get(pk=case.pk).facts
    assert facts["admission_date"] == "2026-08-10"
    assert facts["dependency_level"] == "moderate"
    assert (facts["hospital"], facts["hospital_level"]) == ("市中心医院", 3)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"admission_date": "2026-02-30"}, "入院日期"),
        ({"dependency_level": "很重"}, "失能等级"),
        ({"hospital": "没有的医院"}, "不在本县医院名单"),
        ({"discharge_date": "2026-08-01"}, "出院日期早于入院日期"),
        ({"discharge_date": "2026-12-01"}, "晚于申报日期"),
        ({"hospital": ""}, "没有填"),
        ({"category": "hardship"}, "不能在这里更改"),
        ({"account_number": "6299"}, "不能在这里更改"),
        ({"caregiver": "护工"}, "没有更改"),
    ],
)
def test_what_the_programme_cannot_take_is_refused_in_its_words(
    world: World, changes: dict[str, str], sentence: str
) -> None:
    case = world.case("intake")
    with pytest.raises(NotAllowed, match=sentence):
        amend(world, case, changes)
    assert Case.objects.get(pk=case.pk).facts == case.facts


def test_an_accepted_case_is_assessed_anew_and_its_days_reserved_again(world: World) -> None:
    case = world.case("village")
    assert (case.payable_days, case.amount) == (26, Decimal("3380.00"))

    amend(world, case, DATES, Role.VILLAGE_VERIFIER)

    case = Case.objects.get(pk=case.pk)
    assert (case.payable_days, case.amount) == (21, Decimal("2730.00"))
    assert "2026-08-10入院" in case.award["explanation"][0]
    held = Entitlement.objects.get(case=case)
    assert (held.begins.isoformat(), held.days_by_year) == ("2026-08-10", {"2026": 21})
    assert Event.objects.filter(chain=case.number, action="award_changed").get().details == {
        "amount": "2730.00",
        "days": 21,
        "because": case.number,
    }


def test_an_earlier_admission_brings_the_terms_of_its_own_day(world: World) -> None:
    case = world.case("village")
    amend(world, case, {"admission_date": "2026-06-30", "discharge_date": "2026-08-31"}, Role.VILLAGE_VERIFIER)
    case = Case.objects.get(pk=case.pk)
    assert (case.terms_version, case.payable_days, case.amount) == ("2024-01-01", 45, Decimal("5400.00"))


def test_days_given_back_go_to_the_case_that_came_after(world: World) -> None:
    person = PersonFactory(registered=True)
    stays = ("2026-08-05", "2026-09-20"), ("2026-09-20", "2026-10-20")
    first, second = (
        world.case("village", person=person, admission_date=begins, discharge_date=ends) for begins, ends in stays
    )
    assert (first.payable_days, second.payable_days) == (46, 14)

    amend(world, first, {"discharge_date": "2026-09-04"}, Role.VILLAGE_VERIFIER)

    days = {case.number: case.payable_days for case in Case.objects.all()}
    assert days == {first.number: 30, second.number: 30}


def test_days_already_promised_to_a_later_case_are_not_taken_back(world: World) -> None:
    person = PersonFactory(registered=True)
    first = world.case("village", person=person, admission_date="2026-08-05", discharge_date="2026-08-15")
    second = world.case("payment", person=person, admission_date="2026-08-20", discharge_date="2026-10-15")
    assert (first.payable_days, second.payable_days) == (10, 50)

    amend(world, first, {"admission_date": "2026-07-20"}, Role.VILLAGE_VERIFIER)

    days = {case.number: case.payable_days for case in Case.objects.all()}
    assert days == {first.number: 10, second.number: 50}


def test_an_accepted_case_is_not_amended_into_one_that_is_not_entitled(world: World) -> None:
    case = world.case("village")
    with pytest.raises(NotAllowed, match=r"医院等级低于二级.*按“核实不通过”"):
        amend(world, case, {"hospital": "城关镇中心卫生院"}, Role.VILLAGE_VERIFIER)
    assert Case.objects.get(pk=case.pk).facts == case.facts


def test_at_intake_the_truth_may_stand_against_the_case(world: World) -> None:
    case = world.case("intake")
    done = amend(world, case, {"hospital": "城关镇中心卫生院"})
    assert done.against == ("hospital_level_too_low",)
    with pytest.raises(Incomplete, match="医院等级低于二级"):
        step(world, case, "accept", Role.INTAKE_CLERK)


def test_a_stay_another_case_has_claimed_is_refused(world: World) -> None:
    person = PersonFactory(registered=True)
    world.case("village", person=person, admission_date="2026-09-10", discharge_date="2026-09-20")
    case = world.case("village", person=person)
    with pytest.raises(NotAllowed, match="同一次住院已经申报过"):
        amend(world, case, {"admission_date": "2026-09-10", "discharge_date": "2026-09-20"}, Role.VILLAGE_VERIFIER)


@pytest.mark.parametrize("at", ["township", "county", "payment", "bank"])
def test_once_it_has_left_the_village_a_fact_is_not_changed(world: World, at: str) -> None:
    case = world.case(at)
    with pytest.raises(NotAllowed, match="先退回村级或受理"):
        amend(world, case, DATES)


def test_only_the_one_who_has_the_case_in_hand_amends_it(world: World) -> None:
    case = world.case("village")
    with pytest.raises(NotYourPost):
        amend(world, case, DATES, Role.INTAKE_CLERK)
    item = open_item(case)
    item.owner = StaffFactory(post=(Role.VILLAGE_VERIFIER, VILLAGE))
    item.save()
    with pytest.raises(HeldByAnother):
        amend(world, case, DATES, Role.VILLAGE_VERIFIER)


def test_a_fact_changed_after_the_village_has_verified_voids_its_signature(world: World) -> None:
    """Whatever changed it: the county is told whose signature no longer counts, and a second round mends it."""
    case = world.case("county")
    changed = Case.objects.get(pk=case.pk)
    changed.facts = {**changed.facts, "caregiver": "另一人"}
    changed.facts_digest = changed.digest_of_facts()
    changed.save(update_fields=["facts", "facts_digest"])

    with pytest.raises(Incomplete, match="“核实”是在申请内容更改之前签的，已不算数"):
        step(world, case, "approve", Role.COUNTY_APPROVER)

    step(world, case, "send_back", Role.COUNTY_APPROVER, reasons=["facts_differ"])
    step(world, case, "send_back", Role.TOWNSHIP_REVIEWER, reasons=["facts_differ"])
    step(world, case, "pass", Role.VILLAGE_VERIFIER)
    step(world, case, "pass", Role.TOWNSHIP_REVIEWER)
    step(world, case, "approve", Role.COUNTY_APPROVER)
    assert Case.objects.get(pk=case.pk).stage == "approved"


def test_amended_in_the_village_the_old_signatures_wait_to_be_given_again(world: World) -> None:
    case = world.case("county")
    step(world, case, "send_back", Role.COUNTY_APPROVER, reasons=["facts_differ"])
    step(world, case, "send_back", Role.TOWNSHIP_REVIEWER, reasons=["facts_differ"])
    amend(world, case, DATES, Role.VILLAGE_VERIFIER)
    step(world, case, "pass", Role.VILLAGE_VERIFIER)

    at_township = Case.objects.get(pk=case.pk)
    signed = dict(at_township.participations.values_list("capacity", "signed_digest"))
    assert signed["verify"] == at_township.facts_digest
    assert signed["intake"] == case.facts_digest
    step(world, case, "pass", Role.TOWNSHIP_REVIEWER)
    step(world, case, "approve", Role.COUNTY_APPROVER)
    assert Case.objects.get(pk=case.pk).amount == Decimal("2730.00")


def test_a_reason_is_asked_for(world: World) -> None:
    case = world.case("intake")
    with pytest.raises(NotAllowed, match="请说明理由"):
        amend_facts(case.number, DATES, by=world.by(Role.INTAKE_CLERK), reason="改")


# -- the account ---------------------------------------------------------------------------------------------------


def other_account(world: World, case: Case, number: str = "6299 0000 0000 4321", **given: str) -> PayeeAccount:
    holder = given.get("holder", case.applicant.name)
    by = world.by(given.get("role", Role.INTAKE_CLERK))
    return change_account(case.number, number, given.get("bank", "农商银行"), holder, by=by)


@pytest.mark.parametrize("at", ["intake", "returned by the bank"])
def test_the_account_is_changed_at_intake_and_after_the_bank_has_sent_the_money_back(world: World, at: str) -> None:
    case = world.case("intake") if at == "intake" else sent_back(world)

    account = other_account(world, case)

    case = Case.objects.get(pk=case.pk)
    assert case.payee_account == account
    assert account.account_number.reveal() == "6299000000004321"
    details = Event.objects.filter(chain=case.number, action="account_changed").get().details
    assert set(details) == {"before", "after"}
    assert details["after"] == account.account_hash != details["before"]
    assert list(trail.breaks(chain=case.number)) == []


def test_an_account_the_person_has_already_is_used_again(world: World) -> None:
    person = PersonFactory(registered=True)
    known = person.accounts.get()
    case = world.case("intake", person=person)
    new = other_account(world, case)
    case.refresh_from_db(fields=["payee_account"])
    assert case.payee_account == new
    assert other_account(world, case, number=known.account_number.reveal(), bank=known.bank) == known
    assert person.accounts.count() == 2


@pytest.mark.parametrize("at", ["village", "township", "county", "payment", "payment_check", "bank"])
def test_in_other_steps_the_account_stays_as_it_is(world: World, at: str) -> None:
    case = world.case(at)
    with pytest.raises(NotAllowed, match="账户只能在"):
        other_account(world, case)


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"holder": "别人"}, "户名必须是申请人本人"),
        ({"number": "6299-0000-abcd"}, "账号只能是数字"),
        ({"number": "6.2299E+18"}, "末尾几位已经丢失"),
        ({"number": " "}, "请填写收款账号"),
    ],
)
def test_a_wrong_account_is_refused_in_plain_words(world: World, given: dict[str, str], sentence: str) -> None:
    case = world.case("intake")
    with pytest.raises(NotAllowed, match=sentence):
        other_account(world, case, **given)


def test_the_same_account_again_changes_nothing(world: World) -> None:
    case = world.case("intake")
    account = case.payee_account
    assert account is not None
    with pytest.raises(NotAllowed, match="没有更改"):
        other_account(world, case, number=account.account_number.reveal(), bank=account.bank)


def test_only_the_intake_clerk_changes_the_account(world: World) -> None:
    case = world.case("intake")
    with pytest.raises(NotYourPost):
        other_account(world, case, role=Role.PAYMENT_OFFICER)


def test_papers_survive_an_amendment(world: World) -> None:
    case = world.case("village")
    photographed(case)
    amend(world, case, DATES, Role.VILLAGE_VERIFIER)
    assert Case.objects.get(pk=case.pk).papers[Evidence.Kind.PHOTOGRAPH]


def test_sent_back_and_amended_onto_anothers_days_it_gives_its_own_up_until_accepted_anew(world: World) -> None:
    case = world.case(at="village", admission_date="2026-08-05", discharge_date="2026-08-15")
    other = world.case(at="village", person=case.applicant, admission_date="2026-08-20", discharge_date="2026-08-31")
    step(world, case, "send_back", Role.VILLAGE_VERIFIER, reasons=["facts_differ"])
    amend(world, case, {"discharge_date": "2026-08-25"})
    assert not Entitlement.objects.get(case=case).live
    assert Entitlement.objects.get(case=other).live
    with pytest.raises(Incomplete, match="重叠"):
        step(world, case, "accept", Role.INTAKE_CLERK)
    amend(world, case, {"discharge_date": "2026-08-18"})
    step(world, case, "accept", Role.INTAKE_CLERK)
    case.refresh_from_db()
    assert (case.payable_days, Entitlement.objects.get(case=case).live) == (13, True)
    assert list(trail.breaks()) == []
