"""The files a locked batch goes to the bank in.

Text: one record a line, fields apart by `|`, lines ending CR LF, UTF-8 or GB18030::

    序号|户名|账号|开户行|金额|摘要|案号
    1|向冬|6299000000000000001|邮储银行|3380.00|护理补贴|HL430922202600001
    …
    合计|批次FF430922-2026-0007|75笔||124360.00||<digest, 64 hex digits>

The workbook has the same cells, every one of them text. Both hold full account numbers: making one is an act.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from casework.models import PaymentBatch, Staff
from casework.sheets.writing import table_workbook
from workflows import registry, trail
from workflows.payments.batches import locked
from workflows.payments.digest import chain_of, check_digest
from workflows.payments.faults import refuse_faults
from workflows.payments.lines import account_of, lines_of, refuse_asked_out
from workflows.payments.permissions import may_export
from workflows.payments.refusals import BatchRefusal, DigestBroken

State = PaymentBatch.State
HEADINGS: Final = ("序号", "户名", "账号", "开户行", "金额", "摘要", "案号")
LONGEST_MEMO: Final = 4
SEPARATOR: Final = "|"

XLSX: Final = "xlsx"
TEXT_UTF8: Final = "utf-8"
TEXT_GB18030: Final = "gb18030"


@dataclass(frozen=True, slots=True)
class BankFile:
    """A file to hand over."""

    name: str
    content_type: str
    data: bytes


def export_batch(batch: PaymentBatch, *, by: Staff, form: str) -> BankFile:
    """The batch as a file of that form (`xlsx`, `utf-8` or `gb18030` text), and its mark in the trail.

    The digest is verified first, and before it goes for the first time every line is held against its case once more.
    Again later: the very same bytes.
    """
    if form not in (XLSX, TEXT_UTF8, TEXT_GB18030):
        raise BatchRefusal(_("没有“%(form)s”这种导出格式。") % {"form": form})
    with transaction.atomic():
        batch = locked(batch)
        actor = may_export(batch, by)
        check_digest(batch)
        made = _made(batch, form)
        if batch.state == State.LOCKED:
            # Days may lie between the lock and this, and afterwards nothing can be taken back.
            refuse_asked_out(batch)
            refuse_faults(batch)
            batch.state = State.EXPORTED
            batch.save(update_fields=["state"])
        details = {
            "form": form,
            "count": batch.line_count,
            "total": f"{batch.total:.2f}",
            "digest": batch.digest,
            "file": sha256(made.data).hexdigest(),
        }
        trail.record(chain_of(batch), "batch_exported", actor=actor, details=details)
    return made


def _made(batch: PaymentBatch, form: str) -> BankFile:
    rows = [*_rows(batch), _footer(batch)]
    if form == XLSX:
        content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        return BankFile(f"{batch.number}.xlsx", content_type, table_workbook(HEADINGS, rows, sheet_name="发放清册"))
    lines = [SEPARATOR.join(_plain(field) for field in row) + "\r\n" for row in (HEADINGS, *rows)]
    return BankFile(f"{batch.number}.txt", f"text/plain; charset={form}", "".join(lines).encode(form))


def _rows(batch: PaymentBatch) -> Iterator[tuple[str, ...]]:
    memo = registry.programme(batch.programme).bank_memo[:LONGEST_MEMO]
    for line in lines_of(batch):
        account = account_of(line)
        if account is None:
            raise DigestBroken(batch.number)
        amount = f"{line.amount:.2f}"
        yield str(line.line_number), line.holder_name, account, line.bank, amount, memo, line.case.number


def _footer(batch: PaymentBatch) -> tuple[str, ...]:
    return "合计", f"批次{batch.number}", f"{batch.line_count}笔", "", f"{batch.total:.2f}", "", batch.digest


def _plain(field: str) -> str:
    """A field that cannot break its line: the separator becomes its full-width twin, line breaks a space."""
    return " ".join(field.replace(SEPARATOR, "｜").split())
