"""A batch's own chain in words."""

from __future__ import annotations

from casework.models import Role
from tests.workflows.payments.story import SENT_BACK, checked_and_locked, drawn, return_text
from tests.world import World
from workflows import trail
from workflows.payments.bank_files import XLSX, export_batch
from workflows.payments.batches import remove_line, send_back_batch
from workflows.payments.history import WORDS, batch_history, left_out_in_words
from workflows.payments.returns import apply_return


def test_every_word_a_batchs_chain_can_hold_is_said() -> None:
    assert set(WORDS) == {action for action in trail.ACTIONS if action.startswith("batch_")}


def test_from_drawn_to_answered_it_reads_like_a_story(world: World) -> None:
    officer, checker = world.by(Role.PAYMENT_OFFICER), world.by(Role.PAYMENT_CHECKER)
    batch = checked_and_locked(world, remove_line(drawn(world, 3), 3, by=checker))
    export_batch(batch, by=officer, form=XLSX)
    apply_return(batch, return_text(batch, {2: SENT_BACK}), by=officer)
    told = batch_history(batch)
    assert [event.what for event in told] == [
        "编制批次：3笔，¥10140.00",
        "移出第3行，余2笔，¥6760.00",
        "复核无误：2笔，¥6760.00",
        f"锁定：2笔，¥6760.00，摘要{batch.digest[:12]}",
        "导出Excel表格，含完整账号：2笔，¥6760.00",
        "录入回盘：累计到账1笔¥3380.00，退票1笔，未回0笔",
    ]
    assert [event.who for event in told][:2] == [officer.name, checker.name]
    assert not any(event.broken for event in told)


def test_a_batch_sent_back_says_that_it_is_void(world: World) -> None:
    batch = send_back_batch(drawn(world), by=world.by(Role.PAYMENT_CHECKER))
    assert batch_history(batch)[-1].what == "整批退回，批次作废"


def test_a_code_without_words_still_says_that_the_case_was_left_out() -> None:
    assert left_out_in_words({"HL2": "recused", "HL1": "something_new"}) == [
        "HL1：当时不能列入",
        "HL2：应当回避，请由别的发放经办列入",
    ]
