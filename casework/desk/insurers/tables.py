"""The tables of the exchange's pages, as `templates/parts/table.html` asks for them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from casework.access import Access
from casework.models import AnswerFile, ClaimBatch, ClaimLodging, InsurerAnswer, Office, Role
from workflows.insurance_exchange.answer_files import READY, UNREAD, LineReport
from workflows.insurance_exchange.connections import opened
from workflows.insurance_exchange.faults import fault_in_words

Cells = list[dict[str, Any]]


def kind_word(kind: str) -> str:
    return {
        "supplement": _("要求补充"),
        "agreed": _("同意赔付"),
        "refused": _("拒赔"),
        "paid": _("已付款"),
    }.get(kind, _("看不懂"))


def insurer_table(offices: Sequence[Office], waiting: Mapping[int, int], seen: Access) -> dict[str, Any]:
    return {
        "caption": _("本县的保险公司"),
        "rows": [{"cells": _insurer_cells(office, waiting.get(office.pk, 0), seen)} for office in offices],
        "empty": {"message": _("本县还没有登记保险公司")},
    }


def _insurer_cells(office: Office, waiting: int, seen: Access) -> Cells:
    found = getattr(office, "connection", None)
    is_clerk = any(post.role == Role.INTAKE_CLERK and post.office_code == office.division_id for post in seen.posts)
    is_admin = any(post.role == Role.ADMINISTRATOR and post.office_code == office.division_id for post in seen.posts)
    state = _("没有设置") if found is None else _("在线") if found.enabled else _("只用文件")
    draw = reverse("desk:insurers_draw", args=[office.pk]) if is_clerk and waiting else ""
    answers = reverse("desk:insurers_answers", args=[office.pk]) if is_clerk and found else ""
    settings = reverse("desk:insurers_connection", args=[office.pk])
    trouble = fault_in_words(found.fault) if found and found.enabled and found.fault else ""
    return [
        {"label": _("保险公司"), "text": office.name, "header": True, "note": office.division.name},
        {"label": _("对接"), "text": state, "note": trouble, "url": settings if is_admin else ""},
        {"label": _("上次查询"), "kind": "moment", "date": found.asked_at if found else None},
        {"label": _("等着送出"), "text": _("%(count)d件") % {"count": waiting}, "url": draw},
        {"label": _("回复文件"), "text": _("录入回复") if answers else "", "url": answers},
    ]


def step_table(rows: Sequence[InsurerAnswer], refused: Sequence[ClaimLodging]) -> dict[str, Any]:
    """Answers that do not agree with their case, and claims an insurer's machine will not have."""
    cells = [_refused_cells(lodging) for lodging in refused] + [_step_cells(answer) for answer in rows]
    return {
        "caption": _("案件与保险公司说的对不上的，新的在前"),
        "rows": [{"cells": line} for line in cells],
        "empty": {"message": _("没有对不上的")},
    }


def _step_cells(answer: InsurerAnswer) -> Cells:
    number = answer.case.number if answer.case else ""
    return [
        {
            "label": _("保险公司说"),
            "text": kind_word(answer.kind),
            "url": reverse("desk:insurers_out_of_step", args=[answer.pk]),
            "header": True,
            "note": answer.office.name,
        },
        {"label": _("案号"), "text": number, "url": reverse("desk:case", args=[number]) if number else ""},
        {"label": _("为什么对不上"), "text": answer.sentence, "note": answer.get_state_display()},
        {"label": _("来路"), "text": answer.get_road_display()},
        {"label": _("收到时间"), "kind": "moment", "date": answer.received_at},
    ]


def _refused_cells(lodging: ClaimLodging) -> Cells:
    number = lodging.case.number
    return [
        {"label": _("保险公司说"), "text": _("没有接收"), "header": True, "note": lodging.office.name},
        {"label": _("案号"), "text": number, "url": reverse("desk:case", args=[number])},
        {"label": _("为什么对不上"), "text": fault_in_words(lodging.fault), "note": _("请改用文件送出")},
        {"label": _("来路"), "text": _("在线转出")},
        {"label": _("收到时间"), "kind": "moment", "date": lodging.lodged_at},
    ]


def batch_table(batches: Sequence[ClaimBatch]) -> dict[str, Any]:
    return {
        "caption": _("送出的理赔批次，新的在前"),
        "rows": [{"cells": _batch_cells(batch)} for batch in batches],
        "empty": {"message": _("还没有送出批次")},
    }


def _batch_cells(batch: ClaimBatch) -> Cells:
    return [
        {
            "label": _("批次号"),
            "text": batch.number,
            "url": reverse("desk:insurers_batch", args=[batch.number]),
            "header": True,
        },
        {"label": _("保险公司"), "text": batch.office.name},
        {"label": _("件数"), "kind": "number", "text": batch.line_count},
        {"label": _("编制"), "kind": "moment", "date": batch.drawn_at, "note": batch.drawn_by.name},
    ]


def lodging_table(lodgings: Sequence[ClaimLodging]) -> dict[str, Any]:
    return {
        "caption": _("批次里的理赔"),
        "rows": [
            {
                "cells": [
                    {"label": _("序号"), "kind": "number", "text": lodging.line_number},
                    {
                        "label": _("案号"),
                        "text": lodging.case.number,
                        "url": reverse("desk:case", args=[lodging.case.number]),
                        "header": True,
                        "note": lodging.case.applicant.name,
                    },
                    {"label": _("提交次数"), "kind": "number", "text": lodging.round},
                    {"label": _("转出时间"), "kind": "moment", "date": lodging.lodged_at},
                ]
            }
            for lodging in lodgings
        ],
        "empty": {"message": _("批次里没有案件")},
    }


def file_table(files: Sequence[AnswerFile]) -> dict[str, Any]:
    return {
        "caption": _("录入的回复文件，新的在前"),
        "rows": [{"cells": _file_cells(file)} for file in files],
        "empty": {"message": _("还没有录入过回复文件")},
    }


def _file_cells(file: AnswerFile) -> Cells:
    counts = _("，").join(f"{state_word(state)}{count}" for state, count in sorted(file.counts.items()))
    return [
        {"label": _("文件"), "text": file.sha256[:12], "kind": "code", "header": True},
        {"label": _("保险公司"), "text": file.office.name},
        {"label": _("结果"), "text": counts},
        {"label": _("录入"), "kind": "moment", "date": file.taken_at, "note": file.taken_by.name},
    ]


def line_table(lines: Sequence[LineReport]) -> dict[str, Any]:
    return {
        "caption": _("逐行核对"),
        "rows": [{"cells": _line_cells(line)} for line in lines],
        "empty": {"message": _("没有这样的行")},
    }


def _line_cells(line: LineReport) -> Cells:
    answer = line.answer
    return [
        {"label": _("行"), "kind": "number", "text": line.row},
        {"label": _("案号"), "text": line.claim, "header": True},
        {"label": _("保险公司说"), "text": kind_word(answer.kind if answer else "")},
        {"label": _("金额"), "kind": "money", "amount": answer.amount if answer else None},
        {"label": _("日期"), "kind": "date", "date": answer.on if answer else None},
        {"label": _("结果"), "text": state_word(line.state), "note": line.sentence},
    ]


def state_word(state: str) -> str:
    words = {READY: _("可以录入"), UNREAD: _("看不懂"), **dict(InsurerAnswer.State.choices)}
    return str(words.get(state, state))


def answer_facts(answer: InsurerAnswer) -> list[dict[str, Any]]:
    """What the insurer says beside what the case says."""
    said = json.loads(opened(answer.message))
    said = said if isinstance(said, dict) else {}
    claim = getattr(answer.case, "claim", None) if answer.case else None
    shown = [
        {"label": _("为什么对不上"), "text": answer.sentence},
        {"label": _("保险公司说"), "text": kind_word(answer.kind), "note": answer.answer_id},
        {"label": _("保险公司说的金额"), "text": str(said.get("amount", ""))},
        {"label": _("保险公司说的日期"), "text": str(said.get("on", ""))},
        {"label": _("保险公司的说明"), "text": str(said.get("words", "") or said.get("calculation", ""))},
    ]
    if claim is not None and answer.case is not None:
        url = reverse("desk:case", args=[answer.case.number])
        shown += [
            {"label": _("案件"), "text": answer.case.number, "url": url, "note": answer.case.get_stage_display()},
            {"label": _("案件里的核定"), "text": claim.get_decision_display()},
            {"label": _("案件里的核定金额"), "kind": "money", "amount": claim.decided_amount},
        ]
    return [*shown, {"label": _("收到时间"), "kind": "moment", "date": answer.received_at}]
