"""How a batch comes to be where a test wants it: by the verbs, by the people whose work it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from casework.models import BatchLine, Case, PaymentBatch, Role
from tests.world import COUNTY, World
from workflows.payments.bank_files import TEXT_UTF8, export_batch
from workflows.payments.batches import check_batch, draw_batch, lock_batch
from workflows.payments.lines import account_of, lines_of

PROGRAMME = "nursing_subsidy"
RETURN_HEADINGS = ("序号", "案号", "户名", "账号", "金额", "处理结果", "原因", "流水号", "日期")

Edits = Mapping[int, Mapping[str, str]]
"""Line number -> heading -> what the bank wrote instead."""


def waiting_cases(world: World, count: int = 2) -> list[Case]:
    return [world.case("payment") for _ in range(count)]


def drawn(world: World, count: int = 2) -> PaymentBatch:
    waiting_cases(world, count)
    return draw_batch(PROGRAMME, COUNTY, by=world.by(Role.PAYMENT_OFFICER))


def checked(world: World, count: int = 2) -> PaymentBatch:
    return check_batch(drawn(world, count), by=world.by(Role.PAYMENT_CHECKER))


def locked(world: World, count: int = 2) -> PaymentBatch:
    return checked_and_locked(world, drawn(world, count))


def checked_and_locked(world: World, batch: PaymentBatch) -> PaymentBatch:
    batch = check_batch(batch, by=world.by(Role.PAYMENT_CHECKER))
    return lock_batch(batch, by=world.by(Role.PAYMENT_OFFICER))


def exported(world: World, count: int = 2) -> PaymentBatch:
    batch = locked(world, count)
    export_batch(batch, by=world.by(Role.PAYMENT_OFFICER), form=TEXT_UTF8)
    return fresh(batch)


def fresh(batch: PaymentBatch) -> PaymentBatch:
    return PaymentBatch.objects.get(pk=batch.pk)


def line(batch: PaymentBatch, number: int) -> BatchLine:
    return batch.lines.get(line_number=number)


def states(batch: PaymentBatch) -> list[str]:
    return list(batch.lines.order_by("line_number").values_list("state", flat=True))


def return_rows(batch: PaymentBatch, edits: Edits | None = None, only: Sequence[int] = ()) -> list[list[str]]:
    """The bank's answer to every line (or `only` some): paid, but for what `edits` say."""
    rows = [list(RETURN_HEADINGS)]
    for found in lines_of(batch):
        if only and found.line_number not in only:
            continue
        written = {
            "序号": str(found.line_number),
            "案号": found.case.number,
            "户名": found.holder_name,
            "账号": account_of(found) or "",
            "金额": f"{found.amount:.2f}",
            "处理结果": "成功",
            "原因": "",
            "流水号": f"2026112200{found.line_number:04d}",
            "日期": "2026-11-20",
            **(edits or {}).get(found.line_number, {}),
        }
        rows.append([written[heading] for heading in RETURN_HEADINGS])
    return rows


def return_text(batch: PaymentBatch, edits: Edits | None = None, only: Sequence[int] = ()) -> bytes:
    return "".join("|".join(row) + "\r\n" for row in return_rows(batch, edits, only)).encode()


SENT_BACK = {"处理结果": "退票", "原因": "账户已销户"}
