"""The gateway: the road to paid, and every way it refuses."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from casework.models import Case, Decision, DeclaredRelative, Event, Participation, Person, Role, Stage, WorkItem
from tests.factories import StaffFactory
from tests.world import COUNTY, OTHER_VILLAGE, ROAD, VILLAGE, World, open_item, photographed
from workflows import trail
from workflows.perform import perform
from workflows.refusals import (
    AlreadyDone,
    Incomplete,
    KeyReused,
    LawRefuses,
    NoSuchItem,
    NotYourPost,
    Recused,
    SecondHat,
    UnknownOutcome,
)


def test_a_case_walks_from_intake_to_closed_and_every_step_leaves_its_rows(world: World) -> None:
    case = world.case(at="end")
    assert case.stage == Stage.CLOSED
    assert case.finished is not None
    decisions = list(Decision.objects.filter(case=case))
    assert [(row.step, row.outcome) for row in decisions] == [(step, outcome) for step, outcome, _role in ROAD]
    assert Participation.objects.filter(case=case).count() == 6
    assert not WorkItem.objects.filter(process=case, finished__isnull=True).exists()
    assert [event.action for event in Event.objects.filter(case=case)] == ["submitted", *["decided"] * 7, "closed"]
    assert list(trail.breaks()) == []


def test_the_amount_is_days_within_the_cap_times_the_rate_in_force_on_admission(world: World) -> None:
    case = world.case(at="village")
    assert (case.payable_days, f"{case.amount:.2f}") == (26, "3380.00")
    assert case.award["explanation"][-1] == "26天 × 130.00元 = 3380.00元"


def test_somebody_without_the_post_is_refused_and_nothing_happens(world: World) -> None:
    case = world.case(at="village")
    events = Event.objects.count()
    elsewhere = StaffFactory(post=(Role.VILLAGE_VERIFIER, OTHER_VILLAGE))
    for outsider in (elsewhere, world.by(Role.COUNTY_APPROVER)):
        with pytest.raises(NotYourPost, match="川门湾村委会"):
            perform(open_item(case).pk, "pass", by=outsider, note="看过")
    assert Event.objects.count() == events
    assert Case.objects.get(pk=case.pk).stage == Stage.ACCEPTED


def test_a_post_that_has_ended_gives_no_right(world: World) -> None:
    case = world.case(at="township")
    post = world.by(Role.TOWNSHIP_REVIEWER).posts.get()
    post.valid_to = post.valid_from
    post.save()
    with pytest.raises(NotYourPost):
        perform(open_item(case).pk, "pass", by=world.by(Role.TOWNSHIP_REVIEWER))


def test_ones_own_case_is_not_ones_to_handle(world: World) -> None:
    case = world.case(at="village")
    verifier = world.by(Role.VILLAGE_VERIFIER)
    verifier.identity_hash = case.applicant.identity_hash
    verifier.save()
    with pytest.raises(Recused):
        perform(open_item(case).pk, "pass", by=verifier, note="看过")


def test_a_case_of_ones_household_is_not_ones_to_handle(world: World) -> None:
    case = world.case(at="township")
    reviewer = world.by(Role.TOWNSHIP_REVIEWER)
    member = Person.objects.create(
        name="同户", identity_number="x", identity_hash="f" * 64, household=case.applicant.household
    )
    reviewer.identity_hash = member.identity_hash
    reviewer.save()
    with pytest.raises(Recused):
        perform(open_item(case).pk, "pass", by=reviewer)


def test_a_declared_relatives_case_is_not_ones_to_handle(world: World) -> None:
    case = world.case(at="township")
    DeclaredRelative.objects.create(
        staff=world.by(Role.TOWNSHIP_REVIEWER),
        identity_hash=case.applicant.identity_hash,
        relation="表兄",
        declared_on="2026-01-01",
    )
    with pytest.raises(Recused):
        perform(open_item(case).pk, "pass", by=world.by(Role.TOWNSHIP_REVIEWER))


def test_a_second_hat_is_refused_by_the_gateway(world: World) -> None:
    case = world.case(at="county")
    clerk = world.by(Role.INTAKE_CLERK)
    clerk.posts.create(office_id=clerk.posts.get().office_id, role=Role.COUNTY_APPROVER, valid_from="2020-01-01")
    with pytest.raises(SecondHat, match="受理"):
        perform(open_item(case).pk, "approve", by=clerk)


def test_a_second_hat_is_refused_by_the_database_too(world: World) -> None:
    case = world.case(at="township")
    with pytest.raises(IntegrityError), transaction.atomic():
        Participation.objects.create(case=case, staff=world.by(Role.VILLAGE_VERIFIER), capacity="review")


def test_everything_missing_is_told_at_once(world: World) -> None:
    case = world.case(at="village")
    with pytest.raises(Incomplete) as refused:
        perform(open_item(case).pk, "pass", by=world.by(Role.VILLAGE_VERIFIER))
    assert len(refused.value.missing) == 2
    assert "照片" in str(refused.value) and "核实的情况" in str(refused.value)


def test_a_refusal_needs_a_reason_the_programme_knows(world: World) -> None:
    case = world.case(at="township")
    item = open_item(case).pk
    reviewer = world.by(Role.TOWNSHIP_REVIEWER)
    with pytest.raises(Incomplete, match="理由"):
        perform(item, "refuse", by=reviewer)
    with pytest.raises(Incomplete, match="没有“whim”"):
        perform(item, "refuse", by=reviewer, reasons=["whim"])
    assert perform(item, "refuse", by=reviewer, reasons=["not_hospitalised"]).stage == Stage.REJECTED


def test_an_outcome_the_step_does_not_have_is_refused(world: World) -> None:
    with pytest.raises(UnknownOutcome):
        perform(open_item(world.case(at="village")).pk, "approve", by=world.by(Role.VILLAGE_VERIFIER))


def test_an_item_that_is_not_there_is_said_to_be_gone(world: World) -> None:
    with pytest.raises(NoSuchItem):
        perform(987654, "pass", by=world.by(Role.VILLAGE_VERIFIER))


def test_a_double_click_is_done_once(world: World) -> None:
    case = world.case(at="township")
    item = open_item(case).pk
    first = perform(item, "pass", by=world.by(Role.TOWNSHIP_REVIEWER), key="form-1")
    again = perform(item, "pass", by=world.by(Role.TOWNSHIP_REVIEWER), key="form-1")
    assert not first.repeated and again.repeated
    assert Decision.objects.filter(work_item_id=item).count() == 1


def test_another_attempt_on_a_finished_step_is_told_who_was_first(world: World) -> None:
    case = world.case(at="township")
    item = open_item(case).pk
    reviewer = world.by(Role.TOWNSHIP_REVIEWER)
    perform(item, "pass", by=reviewer, key="form-1")
    with pytest.raises(AlreadyDone, match=reviewer.name):
        perform(item, "refuse", by=reviewer, key="form-2", reasons=["not_covered"])


def test_a_key_cannot_serve_two_cases(world: World) -> None:
    first, second = world.case(at="township"), world.case(at="township")
    reviewer = world.by(Role.TOWNSHIP_REVIEWER)
    perform(open_item(first).pk, "pass", by=reviewer, key="form-1")
    with pytest.raises(KeyReused):
        perform(open_item(second).pk, "pass", by=reviewer, key="form-1")
    assert Case.objects.get(pk=second.pk).stage == Stage.VERIFIED


def test_a_second_round_by_the_same_people_is_fine(world: World) -> None:
    case = world.case(at="township")
    perform(open_item(case).pk, "send_back", by=world.by(Role.TOWNSHIP_REVIEWER), reasons=["check_again"])
    perform(open_item(case).pk, "pass", by=world.by(Role.VILLAGE_VERIFIER), note="又去了一次")
    receipt = perform(open_item(case).pk, "pass", by=world.by(Role.TOWNSHIP_REVIEWER))
    assert receipt.stage == Stage.REVIEWED


def test_the_law_refuses_what_the_stage_does_not_allow(world: World) -> None:
    case = world.case(at="township")
    item = open_item(case)
    # A shell can leave flow and law apart; the law still speaks last.
    Case.objects.filter(pk=case.pk).update(stage=Stage.APPROVED)
    with pytest.raises(LawRefuses):
        perform(item.pk, "pass", by=world.by(Role.TOWNSHIP_REVIEWER))


def test_a_signature_on_older_facts_does_not_count(world: World) -> None:
    case = world.case(at="county")
    fresh = Case.objects.get(pk=case.pk)
    fresh.facts = {**fresh.facts, "discharge_date": "2026-08-30"}
    fresh.facts_digest = fresh.digest_of_facts()
    fresh.save(update_fields=["facts", "facts_digest"])
    with pytest.raises(Incomplete, match="已不算数"):
        perform(open_item(case).pk, "approve", by=world.by(Role.COUNTY_APPROVER))


def test_payment_outcomes_need_a_batch(world: World) -> None:
    case = world.case(at="payment")
    with pytest.raises(Incomplete, match="批次"):
        perform(open_item(case).pk, "draw", by=world.by(Role.PAYMENT_OFFICER))


def test_a_refused_case_frees_its_days_for_those_after_it(world: World) -> None:
    first = world.case(at="village")
    person = first.applicant
    second = world.case(at="village", person=person, admission_date="2026-09-05", discharge_date="2026-10-01")
    third = world.case(at="village", person=person, admission_date="2026-10-06", discharge_date="2026-11-01")
    assert [case.payable_days for case in (first, second, third)] == [26, 26, 8]
    perform(open_item(first).pk, "refuse", by=world.by(Role.VILLAGE_VERIFIER), reasons=["not_hospitalised"])
    third.refresh_from_db()
    assert (third.payable_days, f"{third.amount:.2f}") == (26, "3380.00")
    assert list(trail.breaks()) == []


def test_a_step_costs_no_more_statements_than_promised(world: World, django_assert_max_num_queries) -> None:  # type: ignore[no-untyped-def]
    case = world.case(at="village")
    photographed(case)
    item = open_item(case).pk
    verifier = world.by(Role.VILLAGE_VERIFIER)
    with django_assert_max_num_queries(12):
        perform(item, "pass", by=verifier, note="看过")
    assert VILLAGE.startswith(COUNTY)
