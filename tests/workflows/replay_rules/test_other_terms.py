"""Worked examples: who would have got what under other terms, and why."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from casework.models import Case, Person
from tests.workflows.replay_rules.stories import (
    IN_FORCE,
    accepted,
    amounts,
    approve,
    approved,
    book,
    brought_to,
    entered,
    rates,
    refuse,
    replay,
    somebody,
)
from tests.world import World
from workflows.replay_rules import Change, Unmoved
from workflows.terms import TermsBook


def test_a_raise_of_the_rate_is_paid_for_every_day(world: World) -> None:
    severe = approved(world, somebody(), "08-05 08-31")
    light = approved(world, somebody(), "08-05 08-31", dependency_level="light")
    found = replay(book(yuan_a_day=rates("150.00")))
    assert (found[severe.number].was.amount, found[severe.number].now.amount) == (
        Decimal("3380.00"),
        Decimal("3900.00"),
    )
    assert (found[severe.number].change, found[severe.number].difference) == (Change.HIGHER, Decimal("520.00"))
    assert found[severe.number].why[-1] == "26天 × 150.00元 = 3900.00元"
    assert found[light.number].change == Change.SAME


def test_a_lower_cap_takes_days_from_a_person_in_order_of_acceptance(world: World) -> None:
    person = somebody()
    stays = ("08-05 08-31", "09-01 09-25", "10-01 10-21")
    first, second, third = (accepted(world, person, stay) for stay in stays)
    # Decided the other way round: the order is that of acceptance all the same.
    for case in (third, second, first):
        approve(world, case)
    another = approved(world, somebody(), "09-01 09-25")
    found = replay(book(days_a_year=40))
    assert amounts(found, first, second, third, another) == ["3380.00", "1820.00", "refused", "3120.00"]
    assert [found[case.number].change for case in (first, second, third)] == [
        Change.SAME,
        Change.LOWER,
        Change.REFUSED,
    ]
    assert "2026年此前已补26天，上限40天，本次24天中可补14天" in found[second.number].why
    assert "2026年此前已补40天，上限40天，本次20天中可补0天" in found[third.number].why


def test_a_higher_cap_gives_back_what_was_cut_and_grants_what_had_nothing_left(world: World) -> None:
    person = somebody()
    approved(world, person, "08-05 08-31")
    cut = approved(world, person, "09-01 10-10")
    nothing_left = refuse(world, brought_to(world, entered(world, person, "10-11 10-21"), "county"), "annual_cap_used")
    found = replay(book(days_a_year=70))
    assert amounts(found, cut, nothing_left) == ["5070.00", "650.00"]
    assert found[nothing_left.number].change == Change.GRANTED
    assert found[nothing_left.number].why[0] == "原不予批准的理由：本年度补贴天数已用完，本次可补0天"
    assert "2026年此前已补65天，上限70天，本次10天中可补5天" in found[nothing_left.number].why


def test_a_longer_window_grants_what_was_late_and_its_days_count_for_those_after_it(world: World) -> None:
    person = somebody()
    late = refuse(world, entered(world, person, "07-10 07-20"), "late")
    after = approved(world, person, "08-05 10-01")
    assert (after.payable_days, late.amount) == (57, None)
    found = replay(book(apply_within_days_of_discharge=120))
    assert amounts(found, late, after) == ["1300.00", "6500.00"]
    assert found[late.number].change == Change.GRANTED
    assert found[late.number].why[:2] == (
        "原不予批准的理由：超过出院后90天的申请期限",
        "2026-07-10入院，2026-07-20出院，出院当天不计，住院10天",
    )
    assert "2026年此前已补10天，上限60天，本次57天中可补50天" in found[after.number].why


def test_a_window_still_too_short_changes_nothing(world: World) -> None:
    late = refuse(world, entered(world, somebody(), "07-10 07-20"), "late")
    found = replay(book(apply_within_days_of_discharge=104))[late.number]
    assert (found.change, found.unmoved) == (Change.SAME, None)
    assert found.why == ("2026-07-20出院，2026-11-02申请，超过出院后104天的期限",)


def test_a_shorter_window_refuses_what_was_in_time(world: World) -> None:
    case = approved(world, somebody(), "08-05 08-31")
    found = replay(book(apply_within_days_of_discharge=62))[case.number]
    assert (found.change, found.difference) == (Change.REFUSED, Decimal("-3380.00"))
    assert found.why == ("2026-08-31出院，2026-11-02申请，超过出院后62天的期限",)
    assert replay(book(apply_within_days_of_discharge=63))[case.number].change == Change.SAME


def test_another_list_of_categories_lets_some_in_and_others_out(world: World) -> None:
    bereaved = approved(world, somebody(category="bereaved"), "08-05 08-15")
    hardship = refuse(world, entered(world, somebody(category="hardship"), "08-05 08-15"), "not_covered")
    found = replay(book(categories=["hardship", "disabled_child"]))
    assert amounts(found, bereaved, hardship) == ["refused", "1300.00"]
    assert found[bereaved.number].why == ("家庭类别“失独”不在补贴范围（特困、伤残）",)


def test_who_is_covered_by_another_entry_of_the_register_stays_covered(world: World) -> None:
    person = somebody(category="bereaved")
    person.register_entries.create(
        county_id="430922", division_id=person.division_id, category="disabled_child", valid_from="2020-01-01"
    )
    case = approved(world, person, "08-05 08-15")
    assert replay(book(categories=["disabled_child"]))[case.number].change == Change.SAME


def test_the_category_a_case_was_decided_on_stands_for_an_entry_no_longer_there(world: World) -> None:
    case = approved(world, somebody(), "08-05 08-15")
    case.applicant.register_entries.all().delete()
    assert replay()[case.number].change == Change.SAME
    assert replay(book(categories=["hardship"]))[case.number].change == Change.REFUSED


def test_another_level_of_hospital_lets_some_in_and_others_out(world: World) -> None:
    county = approved(world, somebody(), "08-05 08-15")
    small = {"hospital": "城关镇中心卫生院", "hospital_level": 1}
    township = refuse(world, entered(world, somebody(), "08-05 08-15", **small), "not_covered")
    assert amounts(replay(book(minimum_hospital_level=1)), county, township) == ["1300.00", "1300.00"]
    found = replay(book(minimum_hospital_level=3))
    assert amounts(found, county, township) == ["refused", "refused"]
    assert found[county.number].why == ("医院等级是2级，要求3级以上",)


@pytest.mark.parametrize(
    "reasons", [["not_hospitalised"], ["deceased"], ["paid_elsewhere"], ["late", "not_hospitalised"]]
)
def test_a_refusal_for_facts_on_the_ground_is_not_the_terms_to_change(world: World, reasons: list[str]) -> None:
    case = refuse(world, accepted(world, somebody(), "08-05 08-15"), *reasons)
    found = replay(book(apply_within_days_of_discharge=3650, days_a_year=366))[case.number]
    assert (found.change, found.unmoved) == (Change.SAME, Unmoved.GROUND)
    assert found.why[0].startswith("原不予批准的理由：")


def test_a_refusal_that_its_own_terms_do_not_explain_is_not_theirs_to_take_back(world: World) -> None:
    in_time = refuse(world, entered(world, somebody(), "08-05 08-15"), "late")
    found = replay(book(apply_within_days_of_discharge=365))[in_time.number]
    assert (found.change, found.unmoved) == (Change.SAME, Unmoved.UNEXPLAINED)


def test_what_else_stands_against_a_refused_case_still_does(world: World) -> None:
    elsewhere = {"hospital": "仁爱护理院"}
    case = refuse(world, entered(world, somebody(), "07-10 07-20", **elsewhere), "late")
    found = replay(book(apply_within_days_of_discharge=120))[case.number]
    assert (found.change, found.why) == (Change.SAME, ("入院当天不是定点医院",))


@pytest.mark.parametrize(("again", "why"), [("07-15 08-10", "与已受理的另一次住院时间重叠"), ("07-10 07-20", "申报过")])
def test_a_stay_is_not_granted_a_second_time(world: World, again: str, why: str) -> None:
    person = somebody()
    late = refuse(world, entered(world, person, "07-10 07-20"), "late")
    case = entered(world, person, again)
    if again == "07-10 07-20":
        refuse(world, case, "late")
        found = replay(book(apply_within_days_of_discharge=120))
        assert amounts(found, late, case) == ["1300.00", "refused"]
        assert why in found[case.number].why[0]
    else:
        approve(world, case)
        found = replay(book(apply_within_days_of_discharge=120))
        assert amounts(found, late, case) == ["refused", "3380.00"]
        assert found[late.number].why == (why,)


def test_what_has_changed_in_the_books_since_is_not_the_terms_doing(world: World) -> None:
    person = somebody()
    case = approved(world, person, "08-05 08-31")
    person.register_entries.update(valid_to="2026-07-31")
    Person.objects.filter(pk=person.pk).update(death_date="2026-08-20")
    Case.objects.filter(pk=case.pk).update(payee_account=somebody().accounts.get())
    assert replay()[case.number].change == Change.SAME
    assert replay(book(yuan_a_day=rates("140.00")))[case.number].now.amount == Decimal("3640.00")


def test_the_version_in_force_on_the_day_of_admission_governs(world: World) -> None:
    before, on_the_day = approved(world, somebody(), "08-05 08-15"), approved(world, somebody(), "08-10 08-20")
    newest = IN_FORCE.versions[-1]
    later = replace(
        newest,
        version="2026-08-10",
        in_force_from=newest.in_force_from.replace(month=8, day=10),
        body={**newest.body, "yuan_a_day": rates("200.00")},
    )
    found = replay(TermsBook([*IN_FORCE.versions, later]))
    assert amounts(found, before, on_the_day) == ["1300.00", "2000.00"]
    assert [found[case.number].terms for case in (before, on_the_day)] == ["2026-07-01", "2026-08-10"]


def test_before_the_first_version_there_is_nothing_to_grant_by(world: World) -> None:
    granted = approved(world, somebody(), "06-20 08-10")
    late = refuse(world, entered(world, somebody(), "06-01 06-10"), "late")
    found = replay(TermsBook([IN_FORCE.versions[-1]]))
    assert amounts(found, granted, late) == ["refused", "refused"]
    assert found[granted.number].why == ("按这件案子的日期，新方案里还没有施行的版本",)
    assert (found[granted.number].terms, found[granted.number].change) == ("", Change.REFUSED)


def test_an_amount_of_nothing_cannot_be_approved(world: World) -> None:
    case = approved(world, somebody(), "08-05 08-15")
    found = replay(book(yuan_a_day=rates("0.00")))[case.number]
    assert (found.change, found.why[-1]) == (Change.REFUSED, "10天 × 0.00元 = 0.00元")
