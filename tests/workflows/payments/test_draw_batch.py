"""Drawing approved cases into a batch: all or nothing, once, by the county's payment officer."""

from __future__ import annotations

from decimal import Decimal

import pytest

from casework.models import BatchLine, Case, Decision, DeclaredRelative, Event, PaymentBatch, Role, Stage
from casework.models.fields import SealedText
from tests.factories import StaffFactory
from tests.workflows.payments.story import PROGRAMME, states, waiting_cases
from tests.world import COUNTY, World, open_item
from workflows import trail
from workflows.payments import batches
from workflows.payments.batches import draw_batch, left_out_of
from workflows.payments.refusals import NotDrawn, NothingToDraw
from workflows.refusals import NotYourPost


def test_everything_that_waits_is_drawn_in_the_order_it_came(world: World) -> None:
    cases = waiting_cases(world, 3)
    batch = draw_batch(PROGRAMME, COUNTY, by=world.by(Role.PAYMENT_OFFICER))
    lines = list(batch.lines.select_related("case"))
    assert [line.case for line in lines] == cases
    assert [line.line_number for line in lines] == [1, 2, 3]
    assert {line.case.stage for line in lines} == {Stage.PAYABLE}
    assert (batch.state, batch.line_count, batch.total) == ("drawn", 3, Decimal("10140.00"))


def test_a_line_copies_holder_account_bank_and_amount_and_the_account_stays_sealed(world: World) -> None:
    (case,) = waiting_cases(world, 1)
    batch = draw_batch(PROGRAMME, COUNTY, by=world.by(Role.PAYMENT_OFFICER))
    line, account = batch.lines.get(), case.payee_account
    assert account is not None
    assert (line.holder_name, line.bank, line.amount) == (account.holder_name, account.bank, case.amount)
    assert isinstance(line.account_number, SealedText) and isinstance(account.account_number, SealedText)
    assert line.account_number.reveal() == account.account_number.reveal()
    assert line.account_hash == account.account_hash


def test_numbers_run_through_the_year_of_a_county(world: World) -> None:
    numbers = []
    for _ in range(2):
        waiting_cases(world, 1)
        numbers.append(draw_batch(PROGRAMME, COUNTY, by=world.by(Role.PAYMENT_OFFICER)).number)
    year = PaymentBatch.objects.latest("pk").drawn_at.year
    assert numbers == [f"FF430922-{year}-0001", f"FF430922-{year}-0002"]


def test_only_the_countys_payment_officer_draws(world: World) -> None:
    waiting_cases(world, 1)
    elsewhere = StaffFactory(post=(Role.PAYMENT_OFFICER, "430102"))
    for outsider in (elsewhere, world.by(Role.PAYMENT_CHECKER), world.by(Role.COUNTY_APPROVER)):
        with pytest.raises(NotYourPost, match="桃江县"):
            draw_batch(PROGRAMME, COUNTY, by=outsider)
    assert not PaymentBatch.objects.exists()


def test_the_same_attempt_twice_makes_one_batch(world: World) -> None:
    waiting_cases(world, 2)
    first = draw_batch(PROGRAMME, COUNTY, by=world.by(Role.PAYMENT_OFFICER), key="one-click")
    waiting_cases(world, 1)
    again = draw_batch(PROGRAMME, COUNTY, by=world.by(Role.PAYMENT_OFFICER), key="one-click")
    assert again.pk == first.pk
    assert PaymentBatch.objects.count() == 1 and again.line_count == 2


def test_named_cases_alone_are_drawn(world: World) -> None:
    wanted, other = waiting_cases(world, 2)
    batch = draw_batch(PROGRAMME, COUNTY, by=world.by(Role.PAYMENT_OFFICER), case_numbers=[wanted.number])
    assert [line.case_id for line in batch.lines.all()] == [wanted.pk]
    assert Case.objects.get(pk=other.pk).stage == Stage.APPROVED


def test_a_relatives_case_is_left_out_and_the_trail_says_why(world: World) -> None:
    theirs, other = waiting_cases(world, 2)
    officer = world.by(Role.PAYMENT_OFFICER)
    DeclaredRelative.objects.create(
        staff=officer, identity_hash=theirs.applicant.identity_hash, relation="姑", declared_on="2026-01-01"
    )
    batch = draw_batch(PROGRAMME, COUNTY, by=officer)
    assert [line.case_id for line in batch.lines.all()] == [other.pk]
    assert left_out_of(batch) == {theirs.number: "recused"}
    assert Case.objects.get(pk=theirs.pk).stage == Stage.APPROVED


def test_one_named_case_that_cannot_be_drawn_refuses_the_whole_and_says_why(world: World) -> None:
    theirs, other = waiting_cases(world, 2)
    not_yet = world.case("county")
    officer = world.by(Role.PAYMENT_OFFICER)
    officer.identity_hash = theirs.applicant.identity_hash
    officer.save()
    with pytest.raises(NotDrawn) as refused:
        draw_batch(PROGRAMME, COUNTY, by=officer, case_numbers=[theirs.number, other.number, not_yet.number])
    said = "\n".join(refused.value.details)
    assert theirs.number in said and "回避" in said
    assert not_yet.number in said and "还没有批准" in said
    assert other.number not in said
    assert not PaymentBatch.objects.exists() and not BatchLine.objects.exists()
    assert Case.objects.get(pk=other.pk).stage == Stage.APPROVED


def test_somebody_who_had_another_part_in_the_case_does_not_draw_it(world: World) -> None:
    waiting_cases(world, 1)
    approver = world.by(Role.COUNTY_APPROVER)
    world.by(Role.PAYMENT_OFFICER).posts.update(staff=approver)
    with pytest.raises(NothingToDraw, match="审批"):
        draw_batch(PROGRAMME, COUNTY, by=approver)
    assert not PaymentBatch.objects.exists()


def test_when_nothing_waits_no_number_is_used_up(world: World) -> None:
    with pytest.raises(NothingToDraw):
        draw_batch(PROGRAMME, COUNTY, by=world.by(Role.PAYMENT_OFFICER))
    waiting_cases(world, 1)
    assert draw_batch(PROGRAMME, COUNTY, by=world.by(Role.PAYMENT_OFFICER)).number.endswith("-0001")


def test_a_batch_is_bounded_and_the_rest_waits(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "MAX_LINES", 2)
    cases = waiting_cases(world, 3)
    officer = world.by(Role.PAYMENT_OFFICER)
    with pytest.raises(NotDrawn, match="最多2笔"):
        draw_batch(PROGRAMME, COUNTY, by=officer, case_numbers=[case.number for case in cases])
    assert states(draw_batch(PROGRAMME, COUNTY, by=officer)) == ["pending", "pending"]
    assert open_item(cases[2]).step == "payment"


def test_a_case_with_a_live_line_elsewhere_stops_the_draw_with_a_sentence(world: World) -> None:
    (case,) = waiting_cases(world, 1)
    officer = world.by(Role.PAYMENT_OFFICER)
    astray = PaymentBatch.objects.create(
        number="FF-astray", programme=PROGRAMME, county_id=COUNTY, drawn_by=officer, drawn_at=case.stage_since
    )
    BatchLine.objects.create(
        batch=astray, case=case, line_number=1, holder_name="某", account_number="1", account_hash="x", amount=1
    )
    with pytest.raises(NotDrawn, match="另一个发放批次"):
        draw_batch(PROGRAMME, COUNTY, by=officer)
    assert Case.objects.get(pk=case.pk).stage == Stage.APPROVED


def test_drawing_leaves_its_mark_on_the_batchs_own_chain_and_on_each_case(world: World) -> None:
    (case,) = waiting_cases(world, 1)
    batch = draw_batch(PROGRAMME, COUNTY, by=world.by(Role.PAYMENT_OFFICER))
    event = Event.objects.get(chain=f"batch:{batch.number}")
    assert (event.action, event.details["count"], event.details["total"]) == ("batch_drawn", 1, "3380.00")
    assert Decision.objects.filter(case=case).latest("pk").outcome == "draw"
    assert list(trail.breaks()) == []
