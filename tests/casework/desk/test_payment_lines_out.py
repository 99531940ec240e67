"""The page on which a line is taken out of a checked batch: asked by one, confirmed by another."""

from __future__ import annotations

import uuid
from typing import Any

from casework.models import Case, PaymentBatch, Role
from tests.casework.desk.test_payments import LARGEST_PAGE, as_, at, text
from tests.workflows.payments.story import checked, drawn, exported, fresh, locked, states
from tests.world import World


def ask(world: World, batch: PaymentBatch, number: int = 2, why: str = "户名与卡不符") -> Any:
    sent = {"act": "ask", "line_number": number, "why": why}
    return as_(world, Role.PAYMENT_OFFICER).post(at("batch_lines_out", batch), sent, follow=True)


def answer(world: World, role: str, batch: PaymentBatch, act: str) -> Any:
    sent = {"act": act, "line_number": 2, "key": str(uuid.uuid4())}
    return as_(world, role).post(at("batch_lines_out", batch), sent, follow=True)


def test_the_officer_asks_the_checker_confirms_and_the_batch_goes_on_without_the_line(world: World) -> None:
    batch = checked(world, 3)
    page = text(as_(world, Role.PAYMENT_OFFICER).get(at("batch", batch)))
    assert at("batch_lines_out", batch) in page
    assert "已提出移出第2行" in text(ask(world, batch))
    page = text(as_(world, Role.PAYMENT_CHECKER).get(at("batch", batch)))
    assert "第2行有人提出移出" in page and "锁定批次" not in page
    page = text(as_(world, Role.PAYMENT_CHECKER).get(at("batch_lines_out", batch)))
    assert "户名与卡不符" in page and "确认移出" in page and len(page) < LARGEST_PAGE
    told = text(answer(world, Role.PAYMENT_CHECKER, batch, "let_out"))
    assert "已移出第2行，还有2笔" in told
    assert states(batch) == ["pending", "removed", "pending"]
    assert "移出第2行，重新核对：余2笔，¥6760.00" in text(as_(world, Role.PAYMENT_OFFICER).get(at("batch", batch)))


def test_the_officer_is_offered_no_confirmation_and_the_checker_no_asking(world: World) -> None:
    batch = locked(world)
    ask(world, batch)
    officer = text(as_(world, Role.PAYMENT_OFFICER).get(at("batch_lines_out", batch)))
    checker = text(as_(world, Role.PAYMENT_CHECKER).get(at("batch_lines_out", batch)))
    assert 'value="let_out"' not in officer and 'value="ask"' in officer and "锁定作废" in officer
    assert 'value="let_out"' in checker and 'value="ask"' not in checker
    assert answer(world, Role.PAYMENT_OFFICER, batch, "let_out").status_code == 409
    assert states(batch) == ["pending", "pending"]


def test_a_line_is_kept_and_the_batch_can_be_locked(world: World) -> None:
    batch, officer = checked(world), as_(world, Role.PAYMENT_OFFICER)
    ask(world, batch)
    assert officer.post(at("batch_lock", batch)).status_code == 409
    assert "第2行保留在批次里" in text(answer(world, Role.PAYMENT_CHECKER, batch, "keep"))
    officer.post(at("batch_lock", batch))
    assert fresh(batch).state == "locked"


def test_without_a_reason_or_with_nonsense_it_says_so_and_does_nothing(world: World) -> None:
    batch, officer = checked(world), as_(world, Role.PAYMENT_OFFICER)
    assert ask(world, batch, why="").status_code == 400
    assert ask(world, batch, number=7).status_code == 409
    assert officer.post(at("batch_lines_out", batch), {"act": "pay"}).status_code == 400
    assert not batch.lines.filter(out_asked_by__isnull=False).exists()


def test_the_last_line_gone_the_batch_is_void_and_its_page_says_so(world: World) -> None:
    batch = checked(world, 2)
    for number in (1, 2):
        ask(world, batch, number)
        sent = {"act": "let_out", "line_number": number, "key": str(uuid.uuid4())}
        told = as_(world, Role.PAYMENT_CHECKER).post(at("batch_lines_out", batch), sent, follow=True)
    assert "已作废" in text(told) and fresh(batch).state == "cancelled"
    assert {case.stage for case in Case.objects.all()} == {"approved"}


def test_before_the_check_and_after_the_bank_the_page_says_why_not(world: World) -> None:
    for batch in (drawn(world), exported(world)):
        page = as_(world, Role.PAYMENT_OFFICER).get(at("batch_lines_out", batch))
        assert page.status_code == 200 and "不能移出明细" in text(page)
        assert at("batch_lines_out", batch) not in text(as_(world, Role.PAYMENT_OFFICER).get(at("batch", batch)))
