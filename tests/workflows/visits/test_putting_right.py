"""A visit written down wrongly, goods that never came, money that the bank sent back after all: put right, once."""

from __future__ import annotations

import datetime
import uuid
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils.timezone import localdate, now

from casework.models import BatchLine, Case, Decision, Event, Role, VisitRecord
from tests.factories import StaffFactory
from tests.workflows.visits import stories
from tests.world import COUNTY, OTHER_VILLAGE, World, open_item
from workflows import trail
from workflows.doctor.finding import Scope
from workflows.doctor.money import find_paid_apart
from workflows.perform import perform
from workflows.refusals import Incomplete, NotAllowed, NotYourPost, Recused
from workflows.reopening import reopen
from workflows.visits.correcting import correct_visit
from workflows.visits.progress import progress_of
from workflows.visits.rounds import take_on

GOODS = {"form": "goods", "goods": "大米"}


def paid(world: World) -> Case:
    _round, (case,) = stories.approved(world)
    stories.visited(world, case)
    for step in ("payment", "payment_check", "bank"):
        world.pay_on(case, step)
    return Case.objects.get(pk=case.pk)


def sent_back(world: World, case: Case, **said: Any) -> None:
    values = {"came_back_on": localdate(), "bank_reason": "账户已销户", **said}
    officer = world.by(Role.PAYMENT_OFFICER)
    reopen(case.number, "came_back", by=officer, reasons=["sent_back_late"], note="银行退回单", values=values)


def correction(**said: Any) -> Any:
    return stories.a_visit(visitors=({"name": "田山青", "rank": "县计生协会长"},), needs=("nursing",), **said)


# -- words -------------------------------------------------------------------------------------------------------------


def test_what_was_written_is_put_right_beside_it_and_the_old_record_stays(world: World) -> None:
    _round, (case,) = stories.approved(world)
    old = stories.visited(world, case).record
    by = world.by(Role.VILLAGE_VERIFIER)
    new = correct_visit(case.number, correction(), "职务写错了，漏了需求", by=by).record
    old.refresh_from_db()
    assert (old.stands, new.stands, new.corrects, new.why) == (False, True, old, "职务写错了，漏了需求")
    assert (new.receipt_id, new.value) == (old.receipt_id, Decimal("500.00"))
    assert open_item(case).step == "payment"
    event = Event.objects.get(chain=case.number, action="visit_corrected")
    assert "职务写错了" not in str(event.details)
    assert list(trail.breaks(chain=case.number)) == []


def test_a_correction_sent_twice_is_one_and_a_paid_visit_can_still_be_corrected(world: World) -> None:
    case = paid(world)
    visit, by = correction(), world.by(Role.VILLAGE_VERIFIER)
    first = correct_visit(case.number, visit, "职务写错了", by=by)
    again = correct_visit(case.number, visit, "职务写错了", by=by)
    assert (first.repeated, again.repeated, again.record) == (False, True, first.record)
    assert VisitRecord.objects.filter(case=case).count() == 2
    assert Case.objects.get(pk=case.pk).stage == "closed"


def test_a_correction_needs_a_reason_a_record_and_somebody_who_may_write_it(world: World) -> None:
    _round, (case, other) = stories.approved(world, 2)
    by = world.by(Role.VILLAGE_VERIFIER)
    with pytest.raises(NotAllowed, match="没有可以更正的走访记录"):
        correct_visit(case.number, correction(), "写错了", by=by)
    stories.visited(world, case)
    with pytest.raises(NotAllowed, match="请写明更正原因"):
        correct_visit(case.number, correction(), "  ", by=by)
    with pytest.raises(NotAllowed, match="请写明谁去走访的"):
        correct_visit(case.number, stories.a_visit(visitors=()), "写错了", by=by)
    for stranger in (world.by(Role.COUNTY_APPROVER), StaffFactory(post=(Role.VILLAGE_VERIFIER, OTHER_VILLAGE))):
        with pytest.raises(NotYourPost):
            correct_visit(case.number, correction(), "写错了", by=stranger)
    by.identity_hash = case.applicant.identity_hash
    by.save()
    with pytest.raises(Recused):
        correct_visit(case.number, correction(), "写错了", by=by)
    assert VisitRecord.objects.filter(case=other).count() == 0


def test_the_key_of_another_households_visit_corrects_nothing(world: World) -> None:
    _round, (case, other) = stories.approved(world, 2)
    key = uuid.uuid4()
    stories.visited(world, other, client_key=key, seed=3)
    stories.visited(world, case)
    with pytest.raises(NotAllowed):
        correct_visit(case.number, correction(client_key=key), "写错了", by=world.by(Role.VILLAGE_VERIFIER))
    assert VisitRecord.objects.filter(case=case).count() == 1


def test_the_database_keeps_one_record_that_stands(world: World) -> None:
    _round, (case,) = stories.approved(world)
    stories.visited(world, case)
    correct_visit(case.number, correction(), "写错了", by=world.by(Role.VILLAGE_VERIFIER))
    with pytest.raises(IntegrityError), transaction.atomic():
        VisitRecord.objects.filter(case=case).update(stands=True)


# -- a visit made again ------------------------------------------------------------------------------------------------


def test_before_the_money_is_drawn_the_approver_has_the_visit_made_again(world: World) -> None:
    round_, (case,) = stories.approved(world)
    old = stories.visited(world, case).record
    approver = world.by(Role.COUNTY_APPROVER)
    with pytest.raises(NotYourPost):
        perform(open_item(case).pk, "revisit", by=world.by(Role.VILLAGE_VERIFIER), reasons=["visit_not_made"])
    perform(open_item(case).pk, "revisit", by=approver, reasons=["visit_not_made"])
    assert (open_item(case).step, progress_of(round_).total.visited) == ("visit", 0)
    new = stories.visited(world, case, seed=2).record
    old.refresh_from_db()
    assert (old.stands, new.corrects_id) == (False, old.pk)
    assert Case.objects.get(pk=case.pk).signatures["approve"]
    for step in ("payment", "payment_check", "bank"):
        world.pay_on(case, step)
    assert Case.objects.get(pk=case.pk).paid_amount == Decimal("500.00")


def test_goods_that_never_came_are_brought_once_more_and_the_round_promises_no_more(world: World) -> None:
    round_, (case,) = stories.approved(world, **GOODS)
    stories.visited(world, case)
    assert Case.objects.get(pk=case.pk).stage == "closed"
    approver = world.by(Role.COUNTY_APPROVER)
    reopen(case.number, "deliver_again", by=approver, reasons=["not_received"], note="家属来电")
    assert (Case.objects.get(pk=case.pk).stage, open_item(case).step) == ("approved", "visit")
    stories.visited(world, case, seed=2)
    round_.refresh_from_db()
    assert (Case.objects.get(pk=case.pk).stage, round_.promised) == ("closed", Decimal("500.00"))


def test_in_a_round_that_is_over_the_county_opens_the_round_first(world: World) -> None:
    round_, (case,) = stories.approved(world, **GOODS)
    stories.visited(world, case)
    approver = world.by(Role.COUNTY_APPROVER)
    take_on(round_.pk, "closed", by=approver)
    with pytest.raises(Incomplete, match="请县级先重新开启本轮"):
        reopen(case.number, "deliver_again", by=approver, reasons=["not_received"])
    take_on(round_.pk, "visiting", by=approver)
    reopen(case.number, "deliver_again", by=approver, reasons=["not_received"])


# -- money that came back ----------------------------------------------------------------------------------------------


def test_money_the_bank_sent_back_is_paid_anew_by_another_batch_and_counted_once(world: World) -> None:
    case = paid(world)
    sent_back(world, case)
    case = Case.objects.get(pk=case.pk)
    assert (case.stage, open_item(case).step, case.paid_amount) == ("approved", "account", Decimal("0.00"))
    (line,) = BatchLine.objects.filter(case=case)
    assert (line.state, line.bank_reason) == ("returned", "账户已销户")
    assert Event.objects.filter(chain=f"batch:{line.batch.number}", action="batch_line_came_back").count() == 1
    perform(open_item(case).pk, "corrected", by=StaffFactory(post=(Role.INTAKE_CLERK, COUNTY)))
    for step in ("payment", "payment_check", "bank"):
        world.pay_on(case, step)
    case = Case.objects.get(pk=case.pk)
    assert (case.stage, case.paid_amount) == ("closed", Decimal("500.00"))
    assert sorted(BatchLine.objects.filter(case=case).values_list("state", flat=True)) == ["paid", "returned"]
    assert list(trail.breaks(chain=case.number)) == []
    assert list(find_paid_apart(Scope(now(), frozenset(), COUNTY))) == []


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"came_back_on": None}, "请填写银行退回的日期"),
        ({"came_back_on": datetime.date(2199, 1, 1)}, "不能晚于今天"),
        ({"came_back_on": datetime.date(2020, 1, 1)}, "不能早于到账的日期"),
        ({"bank_reason": " "}, "请照银行的退回单写明原因"),
        ({"bank_reason": "长" * 121}, "最多写120个字"),
    ],
)
def test_a_return_is_written_down_with_its_day_and_the_banks_reason(
    world: World, said: dict[str, Any], why: str
) -> None:
    case = paid(world)
    with pytest.raises(Incomplete, match=why):
        sent_back(world, case, **said)
    assert Case.objects.get(pk=case.pk).paid_amount == Decimal("500.00")


def test_only_the_payment_officer_says_that_money_came_back_and_saying_it_twice_does_it_once(world: World) -> None:
    case = paid(world)
    given = {"reasons": ["sent_back_late"], "values": {"came_back_on": localdate(), "bank_reason": "销户"}}
    for role in (Role.COUNTY_APPROVER, Role.INTAKE_CLERK, Role.PAYMENT_CHECKER, Role.VILLAGE_VERIFIER):
        with pytest.raises(NotYourPost):
            reopen(case.number, "came_back", by=world.by(role), **given)
    key = str(uuid.uuid4())
    first = reopen(case.number, "came_back", by=world.by(Role.PAYMENT_OFFICER), key=key, **given)
    again = reopen(case.number, "came_back", by=world.by(Role.PAYMENT_OFFICER), key=key, **given)
    assert (first.repeated, again.repeated) == (False, True)
    assert Decision.objects.filter(case=case, outcome="came_back").count() == 1


def test_nothing_came_back_of_what_no_batch_has_paid(world: World) -> None:
    case = paid(world)
    BatchLine.objects.filter(case=case).update(state="removed")
    with pytest.raises(Incomplete, match="没有可以退回的钱"):
        sent_back(world, case)
