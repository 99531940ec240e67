"""The second person: every line held against its case, everything wrong said at once, or nothing done."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from casework.crypto import lookup_hash
from casework.models import Case, Event, PayeeAccount, PaymentBatch, Role, Stage
from tests.factories import StaffFactory
from tests.workflows.payments.story import PROGRAMME, drawn, fresh, line, states
from tests.world import COUNTY, World, open_item
from workflows import registry, trail
from workflows.payments.batches import check_batch, draw_batch, remove_line, send_back_batch
from workflows.payments.faults import faults_of
from workflows.payments.refusals import BatchRefusal, BatchWrong, DrawnByYou, NotInThisState
from workflows.refusals import NotYourPost


def test_a_second_person_checks_and_every_case_goes_on_to_the_bank(world: World) -> None:
    batch = check_batch(drawn(world), by=world.by(Role.PAYMENT_CHECKER), key="k")
    assert (batch.state, batch.checked_by) == ("checked", world.by(Role.PAYMENT_CHECKER))
    assert {open_item(found.case).step for found in batch.lines.all()} == {"bank"}
    actions = Event.objects.filter(chain=f"batch:{batch.number}").values_list("action", flat=True)
    assert list(actions) == ["batch_drawn", "batch_checked"]


def test_checking_twice_is_harmless(world: World) -> None:
    batch = drawn(world)
    first = check_batch(batch, by=world.by(Role.PAYMENT_CHECKER), key="k")
    again = check_batch(batch, by=world.by(Role.PAYMENT_CHECKER), key="k")
    assert again.checked_at == first.checked_at
    assert Event.objects.filter(action="batch_checked").count() == 1


def test_whoever_drew_it_never_checks_it_even_with_both_posts(world: World) -> None:
    batch = drawn(world)
    officer = world.by(Role.PAYMENT_OFFICER)
    world.by(Role.PAYMENT_CHECKER).posts.update(staff=officer)
    with pytest.raises(DrawnByYou):
        check_batch(batch, by=officer)
    assert fresh(batch).state == "drawn"


def test_the_database_refuses_the_same_person_twice_whatever_the_code_does(world: World) -> None:
    batch = drawn(world)
    with pytest.raises(IntegrityError, match="batch_checked_by_another"), transaction.atomic():
        PaymentBatch.objects.filter(pk=batch.pk).update(checked_by=batch.drawn_by)


@pytest.mark.parametrize("role", [Role.PAYMENT_OFFICER, Role.COUNTY_APPROVER, Role.AUDITOR])
def test_without_the_checkers_post_nobody_checks(world: World, role: str) -> None:
    with pytest.raises(NotYourPost):
        check_batch(drawn(world), by=world.by(role))


def test_another_countys_checker_does_not_check(world: World) -> None:
    with pytest.raises(NotYourPost, match="桃江县"):
        check_batch(drawn(world), by=StaffFactory(post=(Role.PAYMENT_CHECKER, "430102")))


def _cent_less(batch: PaymentBatch) -> None:
    batch.lines.filter(line_number=1).update(amount=Decimal("3379.99"))


def _other_account(batch: PaymentBatch) -> None:
    case = line(batch, 1).case
    account = PayeeAccount.objects.create(
        person=case.applicant,
        holder_name=case.applicant.name,
        account_number="6299999",
        account_hash=lookup_hash("account", "6299999"),
        registered_on="2026-01-01",
    )
    Case.objects.filter(pk=case.pk).update(payee_account=account)


def _other_number(batch: PaymentBatch) -> None:
    found = line(batch, 1)
    found.account_number = "6299000000000000000"
    found.save()


def _other_holder(batch: PaymentBatch) -> None:
    batch.lines.filter(line_number=1).update(holder_name="别人")


def _accounts_owner(batch: PaymentBatch) -> None:
    account = line(batch, 1).case.payee_account
    assert account is not None
    account.person = line(batch, 2).case.applicant
    account.save()


def _amount_of_case_and_line(batch: PaymentBatch) -> None:
    found = line(batch, 1)
    Case.objects.filter(pk=found.case_id).update(amount=Decimal("5000.00"))
    batch.lines.filter(pk=found.pk).update(amount=Decimal("5000.00"))
    PaymentBatch.objects.filter(pk=batch.pk).update(total=Decimal("8380.00"))


def _facts_and_all_that_follows_from_them(batch: PaymentBatch) -> None:
    """A longer stay, reckoned to the cent: nothing is wrong with it but that nobody has signed it."""
    found = line(batch, 1)
    case = found.case
    case.facts = {**case.facts, "discharge_date": "2026-09-10"}
    award = registry.programme(case.programme).assess(case, {})
    changed = {"facts": case.facts, "amount": award.amount, "payable_days": award.days, "award": dict(award.body)}
    Case.objects.filter(pk=case.pk).update(**changed)
    batch.lines.filter(pk=found.pk).update(amount=award.amount)
    PaymentBatch.objects.filter(pk=batch.pk).update(total=batch.total - found.amount + award.amount)


def _total(batch: PaymentBatch) -> None:
    PaymentBatch.objects.filter(pk=batch.pk).update(total=Decimal("1.00"))


def _count(batch: PaymentBatch) -> None:
    PaymentBatch.objects.filter(pk=batch.pk).update(line_count=7)


def _shared_account(batch: PaymentBatch) -> None:
    first, second = line(batch, 1).case, line(batch, 2)
    assert first.payee_account is not None and second.case.payee_account is not None
    number = first.payee_account.account_number
    digest = first.payee_account.account_hash
    PayeeAccount.objects.filter(pk=second.case.payee_account_id).update(account_number=number, account_hash=digest)
    batch.lines.filter(pk=second.pk).update(account_number=number, account_hash=digest)


TAMPERED: list[tuple[Callable[[PaymentBatch], None], str]] = [
    (_cent_less, "amount_differs"),
    (_cent_less, "total_differs"),
    (_other_account, "account_differs"),
    (_other_number, "account_altered"),
    (_other_holder, "holder_differs"),
    (_accounts_owner, "account_of_another"),
    (_amount_of_case_and_line, "award_differs"),
    (_facts_and_all_that_follows_from_them, "facts_altered"),
    (_total, "total_differs"),
    (_count, "count_differs"),
    (_shared_account, "shared_account"),
]


@pytest.mark.parametrize(("tamper", "code"), TAMPERED)
def test_whatever_was_altered_is_found_and_nothing_moves(
    world: World, tamper: Callable[[PaymentBatch], None], code: str
) -> None:
    batch = drawn(world)
    assert faults_of(batch) == []
    tamper(batch)
    assert code in {fault.code for fault in faults_of(fresh(batch))}
    with pytest.raises(BatchWrong):
        check_batch(batch, by=world.by(Role.PAYMENT_CHECKER))
    assert fresh(batch).state == "drawn"
    assert {open_item(found.case).step for found in batch.lines.all()} == {"payment_check"}


def test_all_that_is_wrong_is_said_at_once_with_its_line(world: World) -> None:
    batch = drawn(world, 3)
    _cent_less(batch)
    batch.lines.filter(line_number=3).update(holder_name="别人")
    with pytest.raises(BatchWrong) as refused:
        check_batch(batch, by=world.by(Role.PAYMENT_CHECKER))
    first, third, total = refused.value.details
    assert first.startswith("第1行") and "3379.99" in first and "3380.00" in first
    assert third.startswith("第3行") and "户名" in third
    assert "合计" in total


def test_one_card_of_one_household_may_stand_twice(world: World) -> None:
    batch = drawn(world)
    _shared_account(batch)
    first, second = line(batch, 1).case.applicant, line(batch, 2).case.applicant
    second.household = first.household
    second.save()
    assert "shared_account" not in {fault.code for fault in faults_of(fresh(batch))}


def test_a_checker_who_must_keep_out_of_one_case_checks_none(world: World) -> None:
    batch = drawn(world)
    checker = world.by(Role.PAYMENT_CHECKER)
    checker.identity_hash = line(batch, 2).case.applicant.identity_hash
    checker.save()
    with pytest.raises(BatchWrong, match=r"第2行.*回避"):
        check_batch(batch, by=checker)
    assert open_item(line(batch, 1).case).step == "payment_check"


def test_sent_back_the_batch_is_void_and_its_cases_wait_to_be_drawn_again(world: World) -> None:
    batch = send_back_batch(drawn(world), by=world.by(Role.PAYMENT_CHECKER), note="金额要再核", key="k")
    assert batch.state == "cancelled" and states(batch) == ["removed", "removed"]
    assert {Case.objects.get(pk=found.case_id).stage for found in batch.lines.all()} == {Stage.APPROVED}
    again = draw_batch(PROGRAMME, COUNTY, by=world.by(Role.PAYMENT_OFFICER))
    assert again.pk != batch.pk and again.line_count == 2
    assert list(trail.breaks()) == []


def test_sending_back_states_the_ready_reason_on_each_case(world: World) -> None:
    batch = send_back_batch(drawn(world), by=world.by(Role.PAYMENT_CHECKER), note="金额要再核")
    decision = line(batch, 1).case.decisions.latest("pk")
    assert (decision.outcome, decision.reasons, decision.note) == ("send_back", ["batch_line_wrong"], "金额要再核")


def test_sending_back_twice_is_harmless(world: World) -> None:
    batch = drawn(world)
    for _ in range(2):
        assert send_back_batch(batch, by=world.by(Role.PAYMENT_CHECKER)).state == "cancelled"
    assert Event.objects.filter(action="batch_refused").count() == 1


def test_one_wrong_line_is_taken_out_and_the_rest_can_be_checked(world: World) -> None:
    batch = drawn(world, 3)
    batch.lines.filter(line_number=2).update(holder_name="别人")
    checker = world.by(Role.PAYMENT_CHECKER)
    for _ in range(2):
        left = remove_line(batch, 2, by=checker)
        assert (left.line_count, left.total, left.state) == (2, Decimal("6760.00"), "drawn")
    assert states(batch) == ["pending", "removed", "pending"]
    assert check_batch(batch, by=checker).state == "checked"


def test_taking_out_the_last_line_voids_the_batch(world: World) -> None:
    batch = remove_line(drawn(world, 1), 1, by=world.by(Role.PAYMENT_CHECKER))
    assert batch.state == "cancelled"


def test_a_line_there_is_not_cannot_be_taken_out(world: World) -> None:
    with pytest.raises(BatchRefusal, match="没有第9行"):
        remove_line(drawn(world, 1), 9, by=world.by(Role.PAYMENT_CHECKER))


def test_after_the_check_nothing_is_taken_out_any_more(world: World) -> None:
    checker = world.by(Role.PAYMENT_CHECKER)
    batch = check_batch(drawn(world), by=checker)
    with pytest.raises(NotInThisState):
        remove_line(batch, 1, by=checker)
    with pytest.raises(NotInThisState):
        send_back_batch(batch, by=checker)
