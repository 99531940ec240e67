"""Damage to what is held besides money in the bank's hands: benefits that can be had once, and donations."""

from __future__ import annotations

from casework.models import BenefitHold, Case, Donation, DonationUse, Role
from tests.back_door import Sql
from tests.workflows.doctor.harm import damage
from tests.workflows.doctor.ward import case, rejected
from tests.workflows.programmes.foundation_grant.stories import SLUG, donated, household
from tests.workflows.second_thoughts.stories import say
from tests.workflows.standard.stories import granted, walked
from tests.world import World

GRANTED_ON = "2026-03-02"


def granted_from_a_donation(world: World) -> tuple[Case, Donation]:
    """A household's grant, approved on the one donation there is, with no paper in its file."""
    given = donated("20000")
    found = granted(world, SLUG, household(), on=GRANTED_ON)
    walked(world, found, "payment")
    Case.objects.filter(pk=found.pk).update(papers={})
    return Case.objects.get(pk=found.pk), given


# -- benefits ----------------------------------------------------------------------------------------------------------


@damage
def a_refused_case_keeps_its_benefit(world: World, sql: Sql) -> list[tuple[str, str]]:
    hurt = rejected(world)
    sql("UPDATE casework_benefithold SET live = %s WHERE case_id = %s", True, hurt.pk)
    return [("hold_left", hurt.number)]


@damage
def a_promised_benefit_is_let_go(world: World, sql: Sql) -> list[tuple[str, str]]:
    hurt = case(world, "payment")
    sql("UPDATE casework_benefithold SET live = %s WHERE case_id = %s", False, hurt.pk)
    return [("hold_missing", hurt.number)]


@damage
def the_benefit_of_a_closed_case_is_deleted(world: World, sql: Sql) -> list[tuple[str, str]]:
    hurt = case(world, "end")
    BenefitHold.objects.filter(case=hurt).delete()
    return [("hold_missing", hurt.number)]


# -- donations ---------------------------------------------------------------------------------------------------------


@damage
def a_use_is_made_larger_than_its_donation(world: World, sql: Sql) -> list[tuple[str, str]]:
    hurt, given = granted_from_a_donation(world)
    sql("UPDATE casework_donationuse SET amount = 20000.01 WHERE case_id = %s", hurt.pk)
    return [("donation_overdrawn", given.number), ("donation_sum_differs", given.number)]


@damage
def a_donation_forgets_what_was_taken_from_it(world: World, sql: Sql) -> list[tuple[str, str]]:
    _hurt, given = granted_from_a_donation(world)
    sql("UPDATE casework_donation SET used = used - 0.01 WHERE id = %s", given.pk)
    return [("donation_sum_differs", given.number)]


@damage
def a_case_that_was_withdrawn_keeps_its_donation(world: World, sql: Sql) -> list[tuple[str, str]]:
    hurt, given = granted_from_a_donation(world)
    taken = DonationUse.objects.get(case=hurt).amount
    say(hurt, "withdraw", world.by(Role.INTAKE_CLERK), "applicant_withdrew")
    sql("UPDATE casework_donationuse SET live = %s WHERE case_id = %s", True, hurt.pk)
    sql("UPDATE casework_donation SET used = %s WHERE id = %s", taken, given.pk)
    return [("donation_use_left", hurt.number)]


@damage
def a_grant_is_taken_from_no_donation(world: World, sql: Sql) -> list[tuple[str, str]]:
    hurt, given = granted_from_a_donation(world)
    DonationUse.objects.filter(case=hurt).delete()
    sql("UPDATE casework_donation SET used = 0 WHERE id = %s", given.pk)
    return [("donation_use_missing", hurt.number)]
