"""差额补发: a paid case is gone through again, and a second payment is the difference, or nothing."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from casework.models import BatchLine, Case, Decision, Entitlement, Event, PaymentBatch, Role
from tests.factories import PersonFactory
from tests.sent_back import answered_with_a_return
from tests.workflows import invariants
from tests.workflows.second_thoughts.stories import asked_about as asked
from tests.workflows.second_thoughts.stories import (
    fresh,
    in_days,
    longer,
    paid_again,
    remitted,
    say,
    under_review,
    walked_on,
)
from tests.world import COUNTY, World, open_item
from workflows.amend import amend_facts, change_account
from workflows.payments.batches import check_batch, draw_batch
from workflows.payments.faults import faults_of
from workflows.payments.refusals import BatchWrong
from workflows.refusals import Incomplete, NotAllowed, UnknownOutcome

FIRST = Decimal("3380.00")
"""26 days at 130.00."""

TEN_MORE = Decimal("1300.00")


@pytest.fixture
def again(world: World) -> Case:
    """Paid, reviewed, sent its road again: at intake."""
    return remitted(world, world.case("end"))


def draw(world: World, case: Case) -> PaymentBatch:
    return draw_batch(case.programme, COUNTY, by=world.by(Role.PAYMENT_OFFICER), case_numbers=[case.number])


def test_what_it_earns_more_is_paid_in_a_round_of_its_own(world: World, again: Case) -> None:
    assert (again.pay_round, again.paid_amount) == (2, FIRST)
    case = walked_on(world, longer(world, again), "payment")
    assert (case.amount, case.paid_amount) == (FIRST + TEN_MORE, FIRST)

    line = paid_again(world, case)

    case = fresh(case)
    assert (line.amount, line.pay_round) == (TEN_MORE, 2)
    assert (case.stage, case.amount, case.paid_amount, case.to_recover) == ("closed", 4680, 4680, 0)
    assert sum(BatchLine.objects.filter(case=case, state="paid").values_list("amount", flat=True)) == case.amount
    assert Event.objects.filter(chain=case.number, action="closed").count() == 2
    assert invariants.broken() == []


def test_a_third_round_pays_what_is_then_the_difference(world: World, again: Case) -> None:
    paid_again(world, walked_on(world, longer(world, again), "payment"))
    case = longer(world, remitted(world, fresh(again)), "2026-09-15")
    line = paid_again(world, walked_on(world, case, "payment"))
    assert (line.pay_round, line.amount, fresh(case).paid_amount) == (3, Decimal("650.00"), Decimal("5330.00"))
    assert invariants.broken() == []


def test_the_bank_sends_the_difference_back_and_it_is_paid_to_the_new_card(world: World, again: Case) -> None:
    case = walked_on(world, longer(world, again), "payment")
    world.pay_on(case, "payment")
    batch = world.pay_on(case, "payment_check")
    answered_with_a_return(world, batch)
    clerk = world.by(Role.INTAKE_CLERK)
    assert (fresh(case).stage, fresh(case).paid_amount) == ("approved", FIRST)
    change_account(case.number, "6299000000000000101", "邮储银行", case.applicant.name, by=clerk)
    say(case, "corrected", clerk)
    assert paid_again(world, case).amount == TEN_MORE
    assert fresh(case).paid_amount == FIRST + TEN_MORE
    assert invariants.broken() == []


def test_it_waits_its_turn_like_any_other_and_the_checker_sees_the_difference(world: World, again: Case) -> None:
    case = walked_on(world, longer(world, again), "payment")
    batch = draw(world, case)
    assert (batch.total, batch.line_count, faults_of(batch)) == (TEN_MORE, 1, [])
    BatchLine.objects.filter(batch=batch).update(amount=FIRST + TEN_MORE)
    PaymentBatch.objects.filter(pk=batch.pk).update(total=FIRST + TEN_MORE)
    with pytest.raises(BatchWrong, match=r"金额4680.00元与案件批准的1300.00元不符"):
        check_batch(batch, by=world.by(Role.PAYMENT_CHECKER))


def test_the_database_pays_a_round_once(world: World, again: Case) -> None:
    first = BatchLine.objects.get(case=again)
    first.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        BatchLine.objects.bulk_create([first])
    assert BatchLine.objects.count() == 1


def test_the_database_lets_no_case_close_on_more_than_it_earned(world: World) -> None:
    case = world.case("end")
    for columns in ({"paid_amount": "3380.01"}, {"amount": "3379.99"}, {"to_recover": "-0.01"}):
        with pytest.raises(IntegrityError, match="case_paid_no_more_than_promised"), transaction.atomic():
            Case.objects.filter(pk=case.pk).update(**columns)


def test_the_database_counts_what_is_to_come_back_in_cents(world: World) -> None:
    """1766.20 and 4298.57 are less than 6064.77 in binary fractions."""
    case = world.case("end")
    Case.objects.filter(pk=case.pk).update(amount="1766.20", to_recover="4298.57", paid_amount="6064.77")
    with pytest.raises(IntegrityError, match="case_paid_no_more_than_promised"), transaction.atomic():
        Case.objects.filter(pk=case.pk).update(paid_amount="6064.78")


# -- 不再补发 ----------------------------------------------------------------------------------------------------------


def test_nothing_more_is_due_and_the_county_settles_it(world: World, again: Case) -> None:
    case = walked_on(world, again, "county")
    with pytest.raises(Incomplete, match=r"核定金额不多于已发放的3380.00元，不必再付，请按“不再补发”办结"):
        say(case, "approve", world.by(Role.COUNTY_APPROVER))

    say(case, "settle", world.by(Role.COUNTY_APPROVER), note="")

    case = fresh(case)
    assert (case.stage, case.paid_amount, case.to_recover) == ("closed", FIRST, 0)
    assert (case.finished is not None, Entitlement.objects.get(case=case).live) == (True, True)
    assert BatchLine.objects.filter(case=case).count() == 1
    assert invariants.broken() == []


def test_what_was_paid_too_much_is_written_down_with_its_reason(world: World, again: Case) -> None:
    case = walked_on(world, longer(world, again, until="2026-08-21"), "county")
    assert case.amount == Decimal("2080.00")
    with pytest.raises(Incomplete, match="请在意见栏写明原因，多发的部分另按追缴办理"):
        say(case, "settle", world.by(Role.COUNTY_APPROVER), note="")
    say(case, "settle", world.by(Role.COUNTY_APPROVER), note="出院日期原登记有误")
    case = fresh(case)
    assert (case.stage, case.amount, case.paid_amount, case.to_recover) == (
        "closed",
        Decimal("2080.00"),
        FIRST,
        Decimal("1300.00"),
    )
    assert invariants.broken() == []


def test_even_when_it_turns_out_to_have_earned_nothing(world: World, again: Case) -> None:
    case = walked_on(world, longer(world, again, until="2026-08-05"), "county")
    assert case.amount == 0
    say(case, "settle", world.by(Role.COUNTY_APPROVER), note="当天入院当天出院")
    assert (fresh(case).stage, fresh(case).to_recover) == ("closed", FIRST)
    assert invariants.broken() == []


def test_it_is_settled_only_by_the_county_and_only_when_signed(world: World, again: Case) -> None:
    for step in ("intake", "village", "township"):
        case = walked_on(world, again, step) if step == "intake" else _on(world, again, step)
        with pytest.raises(UnknownOutcome):
            say(case, "settle", world.by(Role.COUNTY_APPROVER))
    case = _on(world, again, "county")
    Case.objects.filter(pk=case.pk).update(facts={**case.facts, "caregiver": "女儿"})
    stale = fresh(case)
    Case.objects.filter(pk=case.pk).update(facts_digest=stale.digest_of_facts())
    with pytest.raises(Incomplete, match="“核实”是在申请内容更改之前签的"):
        say(stale, "settle", world.by(Role.COUNTY_APPROVER))


def _on(world: World, case: Case, step: str) -> Case:
    """One step further than it was."""
    outcome, role = {
        "village": ("accept", Role.INTAKE_CLERK),
        "township": ("pass", Role.VILLAGE_VERIFIER),
        "county": ("pass", Role.TOWNSHIP_REVIEWER),
    }[step]
    Case.objects.filter(pk=case.pk).update(papers={"photograph": ["0" * 64]})
    say(case, outcome, world.by(role))
    return fresh(case)


def test_a_case_never_paid_cannot_be_settled_nor_one_that_earns_more(world: World, again: Case) -> None:
    with pytest.raises(Incomplete, match="还没有发放过"):
        say(world.case("county"), "settle", world.by(Role.COUNTY_APPROVER))
    case = walked_on(world, longer(world, again), "county")
    with pytest.raises(Incomplete, match=r"核定金额多于已发放的3380.00元，请按“批准”办理补发"):
        say(case, "settle", world.by(Role.COUNTY_APPROVER))


# -- 已发放的不变 ------------------------------------------------------------------------------------------------------


def places(world: World, again: Case) -> Iterator[tuple[str, Case]]:
    """Every step a paid case comes by on its second round, one after the other."""
    yield "intake", again
    say(again, "suspend", world.by(Role.INTAKE_CLERK), "applicant_away", review_on=in_days(5))
    yield "suspended", fresh(again)
    say(again, "resume", world.by(Role.INTAKE_CLERK))
    longer(world, again)
    for step in ("village", "township", "county"):
        yield step, _on(world, again, step)
    say(again, "approve", world.by(Role.COUNTY_APPROVER))
    yield "payment", fresh(again)


@pytest.mark.parametrize("step", ["intake", "suspended", "village", "township", "county", "payment"])
def test_a_second_round_can_be_given_up_anywhere_and_what_was_paid_stands(world: World, again: Case, step: str) -> None:
    case = next(case for place, case in places(world, again) if place == step)
    assert open_item(case).step == step

    say(case, "let_stand", world.by(Role.INTAKE_CLERK), "review_taken_back")

    case = fresh(case)
    assert (case.stage, case.paid_amount, case.to_recover) == ("closed", FIRST, 0)
    assert (case.came_from, case.finished is not None) == ("", True)
    assert Entitlement.objects.get(case=case).live
    assert invariants.broken() == []


@pytest.mark.parametrize("step", ["payment_check", "bank"])
def test_not_when_the_difference_is_in_a_batch(world: World, again: Case, step: str) -> None:
    case = walked_on(world, longer(world, again), "payment")
    world.pay_on(case, "payment")
    if step == "bank":
        world.pay_on(case, "payment_check")
    with pytest.raises(UnknownOutcome):
        say(case, "let_stand", world.by(Role.INTAKE_CLERK), "review_taken_back")


def test_what_was_never_paid_cannot_be_left_as_it_is(world: World) -> None:
    with pytest.raises(Incomplete, match="还没有发放过"):
        say(world.case("village"), "let_stand", world.by(Role.INTAKE_CLERK), "review_taken_back")


def test_a_paid_case_is_never_refused_and_finds_its_end_all_the_same(world: World, again: Case) -> None:
    """It turns out that the family was not entitled: intake can neither accept nor refuse it."""
    clerk = world.by(Role.INTAKE_CLERK)
    again.applicant.register_entries.update(valid_to="2025-12-31")
    with pytest.raises(Incomplete):
        say(again, "accept", clerk)
    with pytest.raises(Incomplete, match="请按“已发放的不变”办结，如属错发，另按追缴办理"):
        say(again, "refuse", clerk, "not_covered")
    say(again, "let_stand", clerk, "nothing_more_is_due", note="登记已失效，另报追缴")
    assert fresh(again).stage == "closed"
    assert invariants.broken() == []


def test_facts_that_would_leave_it_nothing_are_not_written_into_a_paid_case(world: World, again: Case) -> None:
    """Its days would be free, and somebody else's, while the money is out."""
    with pytest.raises(NotAllowed, match=r"这件案子已经发放3380.00元，请不要改，按“已发放的不变”办结"):
        amend_facts(again.number, {"hospital": "仁爱护理院"}, by=world.by(Role.INTAKE_CLERK), reason="papers_differ")
    assert Entitlement.objects.get(case=again).live


def test_it_can_be_asked_about_again(world: World, again: Case) -> None:
    say(again, "let_stand", world.by(Role.INTAKE_CLERK), "review_taken_back")
    asked(world, fresh(again))
    assert fresh(again).stage == "internal_review"
    assert fresh(again).came_from == "paid"


# -- its days ----------------------------------------------------------------------------------------------------------


def test_a_paid_case_keeps_its_days_while_it_is_gone_through_again(world: World) -> None:
    person = PersonFactory(registered=True)
    case = remitted(world, world.case("end", person=person))
    stay = {"admission_date": "2026-09-10", "discharge_date": "2026-11-01"}
    later = world.case("village", person=person, **stay)
    assert later.payable_days == 60 - 26
    assert under_review(world, world.case("end")).stage == "internal_review"
    longer(world, case, until="2026-09-05")
    assert (fresh(case).payable_days, fresh(later).payable_days) == (31, 29)
    assert invariants.broken() == []


def test_one_paid_earlier_and_asking_for_more_takes_what_a_promise_has_left(world: World) -> None:
    person = PersonFactory(registered=True)
    case = remitted(world, world.case("end", person=person))
    stay = {"admission_date": "2026-09-10", "discharge_date": "2026-10-10"}
    assert world.case("payment", person=person, **stay).payable_days == 30
    longer(world, case, until="2026-09-09")
    assert fresh(case).payable_days == 30
    assert invariants.broken() == []


def test_the_decisions_tell_what_was_promised_each_time(world: World, again: Case) -> None:
    case = walked_on(world, longer(world, again), "payment")
    paid_again(world, case)
    promised = Decision.objects.filter(case=case, transition__in=("approve", "pay")).values_list("amount", flat=True)
    assert list(promised) == [FIRST, FIRST, FIRST + TEN_MORE, FIRST + TEN_MORE]
