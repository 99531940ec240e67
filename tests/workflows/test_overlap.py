"""One benefit, once: days in hospital, periods of a programme, what a household gets; by the database and in words."""

from __future__ import annotations

import datetime
import threading
from functools import partial
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from casework.models import BenefitHold, Case, Entitlement, Household, Person, Role
from tests import factories
from tests.at_once import at_once
from tests.world import World, build_world, open_item
from workflows import overlap
from workflows.overlap import EVER, HOSPITAL_DAYS, by_household, by_person
from workflows.perform import perform, refusal_of
from workflows.refusals import Incomplete, Refusal

AUGUST = (datetime.date(2026, 8, 5), datetime.date(2026, 8, 31))
"""The stay of a case of tests/world.py: from 5 August to the day before the 31st."""


def held(case: Case, claimant: str, begins: datetime.date, ends: datetime.date, **otherwise: Any) -> BenefitHold:
    row = {"case": case, "benefit": HOSPITAL_DAYS, "claimant": claimant, "begins": begins, "ends": ends}
    return BenefitHold.objects.create(**{**row, **otherwise})


def day(text: str) -> datetime.date:
    return datetime.date.fromisoformat(f"2026-{text}")


# -- the database ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("begins", "ends", "taken"),
    [
        ("08-01", "08-05", False),
        ("08-01", "08-06", True),
        ("08-10", "08-11", True),
        ("08-30", "09-30", True),
        ("08-31", "09-30", False),
        ("07-01", "12-31", True),
    ],
)
def test_the_database_lets_nobody_hold_a_day_twice(world: World, begins: str, ends: str, taken: bool) -> None:
    case = world.case()
    held(case, "p1", *AUGUST)

    if not taken:
        held(case, "p1", day(begins), day(ends))
        return
    with pytest.raises(IntegrityError, match="one_benefit_once"), transaction.atomic():
        held(case, "p1", day(begins), day(ends))
    with pytest.raises(IntegrityError, match="one_benefit_once"), transaction.atomic():
        held(case, "p1", day(begins), day(ends), live=False)
        BenefitHold.objects.filter(live=False).update(live=True)


def test_another_person_another_benefit_and_what_was_given_back_are_free(world: World) -> None:
    case = world.case()
    first = held(case, "p1", *AUGUST)
    held(case, "p2", *AUGUST)
    held(case, "p1", *AUGUST, benefit="funeral_aid")
    held(case, "p1", *AUGUST, live=False)

    first.live = False
    first.save()

    held(case, "p1", *AUGUST)


def test_the_database_lets_no_two_periods_of_a_programme_overlap(world: World) -> None:
    accepted = world.case(at="village")
    other = world.case(person=accepted.applicant, admission_date="2026-08-30", discharge_date="2026-09-02")

    with pytest.raises(IntegrityError, match="no_period_overlaps"), transaction.atomic():
        Entitlement.objects.create(
            case=other,
            person=accepted.applicant,
            programme="nursing_subsidy",
            begins=day("08-30"),
            ends=day("09-02"),
        )


def test_a_hold_must_last_a_day(world: World) -> None:
    with pytest.raises(IntegrityError, match="hold_dates_in_order"), transaction.atomic():
        held(world.case(), "p1", AUGUST[0], AUGUST[0])


# -- through the gateway -----------------------------------------------------------------------------------------------


def test_an_accepted_stay_holds_its_days_and_a_refused_one_gives_them_back(world: World) -> None:
    case = world.case(at="village")
    found = case.holds.get()
    assert (found.benefit, found.claimant, found.begins, found.ends) == (
        HOSPITAL_DAYS,
        by_person(case.applicant_id),
        *AUGUST,
    )

    perform(open_item(case).pk, "refuse", by=world.by(Role.VILLAGE_VERIFIER), reasons=["not_hospitalised"])

    assert not case.holds.filter(live=True).exists()


def test_under_terms_that_let_both_be_had_nothing_is_held(world: World) -> None:
    before_july = world.case(at="village", admission_date="2026-06-29", discharge_date="2026-08-10")

    assert not before_july.holds.exists()


def test_a_day_somebody_elses_case_pays_for_is_refused_in_words(world: World) -> None:
    case, insured = world.case(), world.case()
    held(insured, by_person(case.applicant_id), day("08-20"), day("08-22"))

    with pytest.raises(Incomplete) as refused:
        perform(open_item(case).pk, "accept", by=world.by(Role.INTAKE_CLERK))

    assert refused.value.missing == (
        f"这几天住院已在“住院护理补贴”{insured.number}申领（2026-08-20至2026-08-21），不能同时享受",
    )
    assert not case.holds.exists() and not Entitlement.objects.filter(case=case).exists()


def test_two_of_one_household_are_one_and_somebody_without_is_one_alone(world: World) -> None:
    household = Household.objects.create(county_id="430922", number="1")
    wife, husband = (factories.PersonFactory(registered=True, household=household) for _ in range(2))
    alone: Person = factories.PersonFactory(registered=True, household=None)
    case = world.case(person=wife)
    held(case, by_household(wife), *EVER, benefit="nursing_subsidy")
    asked = overlap.Held("nursing_subsidy", by_household(husband), *EVER)

    assert overlap.clashes(world.case(person=husband), [asked]) == [
        f"“住院护理补贴”（每户只能享受一次）已在“住院护理补贴”{case.number}享受过，不能再次享受"
    ]
    assert by_household(alone) == by_person(alone.pk)


def test_a_plan_that_pays_beside_no_subsidy_is_told_of_the_stays(world: World) -> None:
    case = world.case(at="village")

    assert overlap.stays_subsidised(case.applicant_id, day("08-01"), day("08-05")) == []
    assert overlap.stays_subsidised(case.applicant_id, day("08-01"), day("08-06")) == [
        f"这几天住院已在“住院护理补贴”{case.number}申领（2026-08-05至2026-08-30），不能同时享受"
    ]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_holds_and_the_other_is_told() -> None:
    """Two cases of two people who stand for one household: the gateway's looks see nothing, the constraint does."""
    world = build_world()
    household = Household.objects.create(county_id="430922", number="1")
    people = [factories.PersonFactory(registered=True, household=household) for _ in range(2)]
    cases = [world.case(person=person) for person in people]
    gate = threading.Barrier(2, timeout=10)

    def hold(case: Case) -> str:
        with transaction.atomic():
            claim = overlap.Held("nursing_subsidy", f"h{household.pk}", *EVER)
            assert overlap.clashes(case, [claim]) == []
            gate.wait()
            try:
                held(case, claim.claimant, *EVER, benefit=claim.benefit)
            except IntegrityError as clash:
                assert "one_benefit_once" in str(clash)
                transaction.set_rollback(True)
                return "told"
        return "held"

    assert connection.vendor == "postgresql"
    assert sorted(map(str, at_once(*(partial(hold, case) for case in cases)))) == ["held", "told"]
    assert BenefitHold.objects.filter(live=True, benefit="nursing_subsidy").count() == 1


def test_the_refusal_of_the_database_is_a_sentence(world: World) -> None:
    from_the_database = IntegrityError('conflicting key value violates exclusion constraint "one_benefit_once"')
    said = refusal_of(from_the_database, None, None)
    assert isinstance(said, Refusal) and "不能同时享受" in str(said)
