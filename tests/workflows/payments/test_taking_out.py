"""移出批次: a checked batch that gets a fault loses the line: one asks, another confirms, and the rest goes on."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction
from django.utils.timezone import now

from casework.models import BatchLine, Case, Decision, Event, PayeeAccount, PaymentBatch, Person, Role, Staff
from tests.factories import StaffFactory
from tests.workflows import invariants
from tests.workflows.payments.story import checked, exported, fresh, line, locked, states
from tests.world import COUNTY, World, open_item
from workflows import trail
from workflows.doctor import batches as doctor
from workflows.doctor.finding import Scope
from workflows.payments.bank_files import TEXT_UTF8, export_batch
from workflows.payments.batches import check_batch, draw_batch, lock_batch, remove_line
from workflows.payments.refusals import (
    AskedByYou,
    BatchRefusal,
    BatchWrong,
    DrawnByYou,
    NotInThisState,
)
from workflows.payments.taking_out import ask_line_out, keep_line, let_line_out
from workflows.perform import perform
from workflows.refusals import Incomplete, NotYourPost, Recused

WHY = "户名与银行卡不符"


def the_name_is_put_right(batch: PaymentBatch, number: int) -> None:
    """After the check the register learns another name: the line's holder is now somebody else."""
    Person.objects.filter(pk=line(batch, number).case.applicant_id).update(name="改过名的人")


def asked(world: World, batch: PaymentBatch, number: int = 2) -> None:
    ask_line_out(batch, number, by=world.by(Role.PAYMENT_OFFICER), why=WHY)


def out(world: World, batch: PaymentBatch, number: int = 2, *, key: str | None = None) -> PaymentBatch:
    asked(world, batch, number)
    return let_line_out(batch, number, by=world.by(Role.PAYMENT_CHECKER), key=key)


def both_posts(role: str, other: str) -> Staff:
    staff = StaffFactory(post=(role, COUNTY))
    staff.posts.create(office=staff.posts.get().office, role=other, valid_from="2020-01-01")
    return staff


def test_the_line_goes_and_the_rest_is_locked_sent_and_paid_with_its_own_sums(world: World) -> None:
    batch = checked(world, 3)
    case = line(batch, 2).case
    the_name_is_put_right(batch, 2)
    with pytest.raises(BatchWrong, match="户名"):
        lock_batch(batch, by=world.by(Role.PAYMENT_OFFICER))
    batch = out(world, batch)
    assert (batch.state, batch.line_count, batch.total) == ("checked", 2, 6760)
    assert states(batch) == ["pending", "removed", "pending"]
    case = Case.objects.get(pk=case.pk)
    assert (case.stage, open_item(case).step) == ("approved", "payment")
    decision = Decision.objects.filter(case=case).latest("pk")
    assert (decision.outcome, decision.reasons, decision.note) == ("send_back", ["batch_line_wrong"], WHY)
    officer = world.by(Role.PAYMENT_OFFICER)
    sent = export_batch(lock_batch(batch, by=officer), by=officer, form=TEXT_UTF8)
    assert case.number not in sent.data.decode()
    assert list(trail.breaks()) == []


def test_the_trail_of_the_batch_says_who_asked_who_agreed_and_what_is_left(world: World) -> None:
    batch = out(world, checked(world, 2))
    told = Event.objects.filter(chain=f"batch:{batch.number}").order_by("seq").values_list("action", "actor_id")
    officer, checker = world.by(Role.PAYMENT_OFFICER).pk, world.by(Role.PAYMENT_CHECKER).pk
    assert list(told)[-2:] == [("batch_line_out_asked", officer), ("batch_line_let_out", checker)]
    last = Event.objects.filter(action="batch_line_let_out").get().details
    assert (last["count"], last["total"], last["lines"], last["faults"]) == (1, "3380.00", [2], 0)
    assert WHY not in str(list(Event.objects.values_list("details", flat=True)))


def test_a_lock_is_undone_by_it_and_another_is_put_on(world: World) -> None:
    batch = locked(world, 2)
    before = batch.digest
    batch = out(world, batch)
    assert (batch.state, batch.digest, batch.locked_at) == ("checked", "", None)
    officer = world.by(Role.PAYMENT_OFFICER)
    with pytest.raises(NotInThisState):
        export_batch(batch, by=officer, form=TEXT_UTF8)
    batch = lock_batch(batch, by=officer)
    assert batch.digest != before
    export_batch(batch, by=officer, form=TEXT_UTF8)
    assert [found.kind for found in doctor.find(Scope(now(), frozenset()))] == []


def test_the_case_is_drawn_into_the_next_batch_when_its_fault_is_undone(world: World) -> None:
    batch = checked(world, 2)
    case = line(batch, 2).case
    out(world, batch)
    officer, checker = world.by(Role.PAYMENT_OFFICER), world.by(Role.PAYMENT_CHECKER)
    again = check_batch(draw_batch(case.programme, COUNTY, by=officer, case_numbers=[case.number]), by=checker)
    assert (again.state, again.line_count) == ("checked", 1)
    assert invariants.broken() == []


def test_once_it_has_gone_to_the_bank_the_bank_has_the_say(world: World) -> None:
    batch = exported(world)
    with pytest.raises(NotInThisState):
        asked(world, batch)
    with pytest.raises(NotInThisState):
        let_line_out(batch, 1, by=world.by(Role.PAYMENT_CHECKER))
    assert states(batch) == ["pending", "pending"]


def test_nobody_does_both_halves_and_nobody_else_does_either(world: World) -> None:
    batch = checked(world)
    for role in (Role.PAYMENT_CHECKER, Role.INTAKE_CLERK, Role.COUNTY_APPROVER):
        with pytest.raises(NotYourPost):
            ask_line_out(batch, 2, by=world.by(role), why=WHY)
    with pytest.raises(BatchRefusal, match="没有人提出移出"):
        let_line_out(batch, 2, by=world.by(Role.PAYMENT_CHECKER))
    both = both_posts(Role.PAYMENT_OFFICER, Role.PAYMENT_CHECKER)
    ask_line_out(batch, 2, by=both, why=WHY)
    with pytest.raises(AskedByYou):
        let_line_out(batch, 2, by=both)
    with pytest.raises(NotYourPost):
        let_line_out(batch, 2, by=world.by(Role.PAYMENT_OFFICER))
    assert states(batch) == ["pending", "pending"]


def test_whoever_drew_it_does_not_confirm(world: World) -> None:
    both = both_posts(Role.PAYMENT_OFFICER, Role.PAYMENT_CHECKER)
    world.case("payment")
    batch = check_batch(draw_batch("nursing_subsidy", COUNTY, by=both), by=world.by(Role.PAYMENT_CHECKER))
    asked(world, batch, 1)
    with pytest.raises(DrawnByYou):
        let_line_out(batch, 1, by=both)


def test_while_it_is_open_nothing_is_locked_or_sent(world: World) -> None:
    officer = world.by(Role.PAYMENT_OFFICER)
    batch = checked(world)
    asked(world, batch)
    with pytest.raises(BatchRefusal, match="第2行有人提出移出"):
        lock_batch(batch, by=officer)
    keep_line(batch, 2, by=world.by(Role.PAYMENT_CHECKER))
    lock_batch(batch, by=officer)
    asked(world, batch)
    with pytest.raises(BatchRefusal, match="第2行有人提出移出"):
        export_batch(batch, by=officer, form=TEXT_UTF8)
    keep_line(batch, 2, by=officer)
    export_batch(batch, by=officer, form=TEXT_UTF8)
    assert [event.action for event in Event.objects.filter(action="batch_line_kept")] == ["batch_line_kept"] * 2


def test_twice_is_once(world: World) -> None:
    batch = checked(world, 3)
    asked(world, batch)
    asked(world, batch)
    for _ in range(2):
        let_line_out(batch, 2, by=world.by(Role.PAYMENT_CHECKER), key="click")
    assert Event.objects.filter(action="batch_line_out_asked").count() == 1
    assert Event.objects.filter(action="batch_line_let_out").count() == 1
    assert fresh(batch).line_count == 2


def test_the_last_line_taken_out_voids_the_batch(world: World) -> None:
    batch = out(world, checked(world, 1), 1)
    assert (batch.state, batch.line_count, batch.total) == ("cancelled", 0, 0)


def test_it_needs_a_reason_and_a_line_that_is_there(world: World) -> None:
    batch = remove_line(draw(world, 3), 3, by=world.by(Role.PAYMENT_CHECKER))
    check_batch(batch, by=world.by(Role.PAYMENT_CHECKER))
    officer = world.by(Role.PAYMENT_OFFICER)
    for number, why, said in (
        (1, " ", "请写明"),
        (1, "长" * 121, "最多120个字"),
        (3, WHY, "没有第3行"),
        (9, WHY, "没有第9行"),
    ):
        with pytest.raises(BatchRefusal, match=said):
            ask_line_out(batch, number, by=officer, why=why)
    with pytest.raises(IntegrityError, match="line_out_has_reason"), transaction.atomic():
        BatchLine.objects.filter(batch=batch, line_number=1).update(out_asked_by=officer)


def test_of_a_relative_the_checker_confirms_nothing_and_nothing_has_happened(world: World) -> None:
    batch = checked(world)
    asked(world, batch)
    other = StaffFactory(post=(Role.PAYMENT_CHECKER, COUNTY))
    other.identity_hash = line(batch, 2).case.applicant.identity_hash
    other.save()
    with pytest.raises(BatchWrong) as refused:
        let_line_out(batch, 2, by=other)
    assert str(Recused()) in refused.value.details[0]
    assert (fresh(batch).line_count, states(batch)) == (2, ["pending", "pending"])
    let_line_out(batch, 2, by=world.by(Role.PAYMENT_CHECKER))


def test_nobody_takes_a_case_out_past_its_batch(world: World) -> None:
    batch = checked(world)
    item = open_item(line(batch, 2).case)
    with pytest.raises(Incomplete, match="随发放批次一并办理"):
        perform(item.pk, "send_back", by=world.by(Role.PAYMENT_CHECKER), reasons=["batch_line_wrong"])


def test_a_fault_that_comes_up_between_the_lock_and_the_bank_stops_the_file(world: World) -> None:
    batch, officer = locked(world), world.by(Role.PAYMENT_OFFICER)
    the_name_is_put_right(batch, 2)
    with pytest.raises(BatchWrong, match="户名"):
        export_batch(batch, by=officer, form=TEXT_UTF8)
    assert fresh(batch).state == "locked"
    batch = lock_batch(out(world, batch), by=officer)
    first = export_batch(batch, by=officer, form=TEXT_UTF8).data
    # What has gone goes again as it went, whatever has come up since.
    PayeeAccount.objects.update(holder_name="别人")
    Person.objects.update(name="别人")
    assert export_batch(batch, by=officer, form=TEXT_UTF8).data == first


def draw(world: World, count: int) -> PaymentBatch:
    for _ in range(count):
        world.case("payment")
    return draw_batch("nursing_subsidy", COUNTY, by=world.by(Role.PAYMENT_OFFICER))
