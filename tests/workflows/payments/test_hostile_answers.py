"""What a bank, a tired clerk or a broken line can do with an answer: nothing is paid twice, nothing wrong is taken."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest
from django.utils.timezone import localdate

from casework.models import BatchLine, Case, PaymentBatch, Role
from tests.workflows.payments.story import (
    SENT_BACK,
    exported,
    fresh,
    line,
    return_rows,
    return_text,
    states,
)
from tests.world import World
from workflows.payments.bank_files import TEXT_UTF8, export_batch
from workflows.payments.refusals import AlreadyAnswered, ReturnRefused
from workflows.payments.returns import apply_return, read_return


def codes(batch: PaymentBatch, data: bytes) -> list[str]:
    return [problem.code for answer in read_return(batch, data).wrong for problem in answer.problems]


def without(batch: PaymentBatch, *columns: str, only: tuple[int, ...] = ()) -> bytes:
    rows = return_rows(batch, only=only)
    for column in columns:
        at = rows[0].index(column)
        for row in rows:
            del row[at]
    return "".join("|".join(row) + "\r\n" for row in rows).encode()


def alike(batch: PaymentBatch, **columns: object) -> PaymentBatch:
    """Another month's batch of the same people, sums and order, sent to the bank."""
    lines = list(batch.lines.order_by("line_number"))
    other = PaymentBatch.objects.get(pk=batch.pk)
    other.pk, other.number = None, "FF430922-2026-9001"
    other.save(force_insert=True)
    for one in lines:
        one.pk, one.batch, one.state, one.bank_reason = None, other, BatchLine.State.RETURNED, "样例"
        for name, value in columns.items():
            setattr(one, name, value)
        one.save(force_insert=True)
    return other


NAMELESS = ("案号", "户名", "流水号", "日期", "原因")


def test_last_months_file_is_not_taken_for_this_months_when_nothing_in_it_says_which(world: World) -> None:
    batch = exported(world)
    data, officer = without(batch, *NAMELESS), world.by(Role.PAYMENT_OFFICER)
    other = alike(batch)
    with pytest.raises(ReturnRefused, match=other.number):
        apply_return(batch, data, by=officer)
    assert states(batch) == ["pending", "pending"]
    apply_return(batch, data + f"{batch.number}\r\n".encode(), by=officer)
    assert states(batch) == ["paid", "paid"]


@pytest.mark.parametrize("differs", [{"amount": Decimal("3380.01")}, {"account_hash": "0" * 64}])
def test_a_batch_that_differs_in_a_cent_or_a_card_is_not_mistaken_for_it(
    world: World, differs: dict[str, object]
) -> None:
    batch = exported(world)
    alike(batch, **differs)
    assert read_return(batch, without(batch, *NAMELESS)).faults == ()


def test_a_file_that_names_its_cases_needs_no_more(world: World) -> None:
    batch = exported(world)
    alike(batch)
    assert read_return(batch, without(batch, "户名", "日期")).faults == ()


def test_half_a_file_takes_the_half_that_is_whole_and_the_other_half_comes_later(world: World) -> None:
    batch, officer = exported(world, 3), world.by(Role.PAYMENT_OFFICER)
    data = return_text(batch)
    lines = data.decode().splitlines(keepends=True)
    torn = "".join(lines[:2]) + lines[2][: lines[2].index("3380.00") + 6]
    report = apply_return(batch, torn.encode(), by=officer)
    assert (states(batch), fresh(batch).state, report.unanswered) == (
        ["paid", "pending", "pending"],
        "exported",
        (2, 3),
    )
    apply_return(batch, data, by=officer)
    assert (states(batch), fresh(batch).state) == (["paid"] * 3, "answered")
    assert {case.paid_amount for case in Case.objects.all()} == {Decimal("3380.00")}


def test_wherever_a_file_is_torn_no_line_is_taken_for_what_it_is_not(world: World) -> None:
    batch = exported(world, 1)
    whole = return_text(batch, {1: {"处理结果": "未成功", "原因": "账户已销户"}})
    for end in range(len(whole)):
        report = read_return(batch, whole[:end])
        assert report.having("paid") == [], whole[:end]


@pytest.mark.parametrize("cents", ["3379.99", "3380.01", "338000", "33.80", "-3380.00", "3380.001"])
def test_a_cent_off_or_in_other_units_is_not_it(world: World, cents: str) -> None:
    batch = exported(world)
    assert codes(batch, return_text(batch, {1: {"金额": cents}})) == ["amount_differs"]


@pytest.mark.parametrize(
    ("said", "why"),
    [("成功", "退票"), ("成功", "失败"), ("失败", "交易成功"), ("退票", "已入账")],
)
def test_an_answer_that_contradicts_itself_is_neither(world: World, said: str, why: str) -> None:
    batch = exported(world)
    assert codes(batch, return_text(batch, {1: {"处理结果": said, "原因": why}})) == ["contradicts_itself"]


def test_a_payment_of_tomorrow_has_not_been_made(world: World) -> None:
    batch = exported(world)
    tomorrow = localdate() + datetime.timedelta(days=1)
    assert codes(batch, return_text(batch, {1: {"日期": tomorrow.isoformat()}})) == ["date_in_future"]


@pytest.mark.parametrize("encoding", ["gbk", "gb18030", "utf-8-sig", "utf-16"])
def test_a_name_the_bank_spells_otherwise_stops_its_line_in_every_encoding(world: World, encoding: str) -> None:
    batch = exported(world)
    data = return_text(batch, {1: {"户名": "另一个人"}}).decode().encode(encoding)
    assert codes(batch, data) == ["holder_differs"]
    assert len(read_return(batch, data).having("paid")) == 1


def test_a_bank_that_finds_the_name_wrong_sends_the_money_back_with_that_reason(world: World) -> None:
    batch, officer = exported(world), world.by(Role.PAYMENT_OFFICER)
    apply_return(batch, return_text(batch, {1: {"处理结果": "失败", "原因": "户名不符"}}), by=officer)
    assert (line(batch, 1).bank_reason, line(batch, 1).case.stage) == ("户名不符", "approved")


def test_an_answer_that_pays_after_all_what_was_returned_tells_to_stop(world: World) -> None:
    batch, officer = exported(world), world.by(Role.PAYMENT_OFFICER)
    apply_return(batch, return_text(batch, {1: SENT_BACK}, only=[1]), by=officer)
    said = read_return(batch, return_text(batch)).wrong[0].problems[0].sentence
    assert "请先不要重发这件案子" in said


def test_a_list_the_bank_has_begun_to_answer_is_not_sent_again(world: World) -> None:
    batch, officer = exported(world), world.by(Role.PAYMENT_OFFICER)
    export_batch(batch, by=officer, form=TEXT_UTF8)
    apply_return(batch, return_text(batch, only=[1]), by=officer)
    with pytest.raises(AlreadyAnswered):
        export_batch(batch, by=officer, form=TEXT_UTF8)
