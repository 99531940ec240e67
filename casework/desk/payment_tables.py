"""The tables of the payment pages, as `templates/parts/table.html` asks for them. Accounts are always masked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from casework.masking import mask_account
from casework.models import BatchLine, Case, PaymentBatch, WorkItem
from casework.models.fields import SealedText
from workflows import registry
from workflows.payments.coming_back import sent_back_late
from workflows.payments.lines import due_to
from workflows.payments.returns import Answer

Cells = list[dict[str, Any]]


def batch_table(batches: Sequence[PaymentBatch]) -> dict[str, Any]:
    return {
        "caption": _("发放批次，新的在前"),
        "rows": [{"cells": _batch_cells(batch)} for batch in batches],
        "empty": {"message": _("还没有发放批次"), "hint": _("案件批准后，由发放经办列入批次。")},
    }


def waiting_table(items: Sequence[WorkItem], kept_out: Mapping[int, str]) -> dict[str, Any]:
    """What can be drawn. A case that is not this officer's says why, and has no box."""
    rows = []
    for item in items:
        case, why_not = item.process, kept_out.get(item.process_id, "")
        cells = [
            {"label": _("申请人"), "text": case.applicant.name, "header": True, "note": why_not},
            {"label": _("案号"), "text": case.number, "url": reverse("desk:case", args=[case.number])},
            {"label": _("村社区"), "text": case.division.name},
            {"label": _("收款账户"), "text": _account(case.payee_account), "note": _bank(case.payee_account)},
            {"label": _("办理期限"), "kind": "date", "date": item.due_at},
            {"label": _("应发"), "kind": "money", "amount": due_to(case), "note": _round(case)},
        ]
        tick = None if why_not else {"value": case.number, "label": f"{case.applicant.name} {case.number}"}
        rows.append({"cells": cells, "tick": tick})
    return {
        "caption": _("已批准、等着列入批次的案件，先到的在前"),
        "rows": rows,
        "ticks": True,
        "tick_name": "case",
        "empty": {"message": _("没有等着列入批次的案件"), "hint": _("县级批准以后，案件会排到这里。")},
    }


def line_table(lines: Sequence[BatchLine], caption: str = "") -> dict[str, Any]:
    return {
        "caption": caption,
        "rows": [{"cells": _line_cells(line)} for line in lines],
        "empty": {"message": _("批次里没有明细")},
    }


def compared_table(lines: Sequence[BatchLine], wrong: frozenset[int]) -> dict[str, Any]:
    """For the second person: each line beside what its case says now, and a word on those that do not agree."""
    rows, late = [], sent_back_late([line.case_id for line in lines])
    for line in lines:
        case = line.case
        verdict = _("▲ 不符，见上") if line.line_number in wrong else _("✓ 相符")
        cells = [
            *_line_cells(line)[:-1],
            {"label": _("案件应发"), "kind": "money", "amount": due_to(case), "note": _round(case)},
            {"label": _("案件账户"), "text": _account(case.payee_account)},
            {"label": _("核对"), "text": verdict, "note": _sent_back(late.get(case.pk))},
        ]
        rows.append({"cells": cells})
    return {"caption": _("逐笔与案件核对"), "rows": rows, "empty": {"message": _("批次里没有明细")}}


def answer_table(answers: Sequence[Answer]) -> dict[str, Any]:
    """The bank's file line by line."""
    words = {"paid": _("✓ 到账"), "returned": _("↩ 退票")}
    rows = []
    for answer in answers:
        said = _("；").join(problem.sentence for problem in answer.problems)
        result = _("▲ 有问题，不入账") if said else words.get(answer.result, "")
        cells = [
            {"label": _("文件第几行"), "kind": "number", "text": answer.row},
            {"label": _("户名"), "text": answer.holder, "header": True, "note": answer.case_number},
            {"label": _("序号"), "kind": "number", "text": answer.line},
            {"label": _("结果"), "text": result},
            {"label": _("说明"), "text": said or answer.reason},
            {"label": _("金额"), "kind": "money", "amount": answer.amount},
        ]
        rows.append({"cells": cells})
    return {"caption": _("逐行结果"), "rows": rows, "empty": {"message": _("没有这样的行")}}


def _batch_cells(batch: PaymentBatch) -> Cells:
    checker = batch.checked_by.name if batch.checked_by else ""
    return [
        {
            "label": _("批次号"),
            "text": batch.number,
            "header": True,
            "url": reverse("desk:batch", args=[batch.number]),
        },
        {"label": _("项目"), "text": registry.programme(batch.programme).title},
        {"label": _("状态"), "text": batch.get_state_display()},
        {"label": _("编制"), "text": batch.drawn_by.name},
        {"label": _("编制时间"), "kind": "moment", "date": batch.drawn_at},
        {"label": _("复核"), "text": checker},
        {"label": _("笔数"), "kind": "number", "text": batch.line_count},
        {"label": _("合计"), "kind": "money", "amount": batch.total},
    ]


def _line_cells(line: BatchLine) -> Cells:
    case = line.case
    return [
        {"label": _("序号"), "kind": "number", "text": line.line_number},
        {"label": _("户名"), "text": line.holder_name, "header": True},
        {"label": _("账号"), "text": _masked(line.account_number), "note": line.bank},
        {"label": _("案号"), "text": case.number, "url": reverse("desk:case", args=[case.number])},
        {"label": _("金额"), "kind": "money", "amount": line.amount},
        {"label": _("状态"), "text": line.get_state_display(), "note": line.bank_reason},
    ]


def _round(case: Case) -> str:
    """That a payment is not the first, and what went before."""
    if not case.paid_amount:
        return ""
    return _("第%(round)d次发放，此前已发%(paid)s元") % {"round": case.pay_round, "paid": f"{case.paid_amount:.2f}"}


def _sent_back(line: BatchLine | None) -> str:
    """That this money had arrived once: it goes again only because the bank has sent it back."""
    if line is None:
        return ""
    return _("到账后退回过（%(on)s），请核对银行退回单") % {"on": line.answered_on}


def _account(account: Any) -> str:
    return _masked(account.account_number) if account else ""


def _bank(account: Any) -> str:
    return account.bank if account else ""


def _masked(sealed: str) -> str:
    return mask_account(sealed.reveal() if isinstance(sealed, SealedText) else sealed)
