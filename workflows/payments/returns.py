"""The bank's answer, line by line: paid, or returned with a reason.

`read_return` only looks; `apply_return` does what the file says. What one line has wrong never holds up the others;
what is wrong with the file as a whole (another batch's, unreadable) means that nothing of it is taken.
"""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from hashlib import sha256
from typing import Final

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from casework.crypto import lookup_hash
from casework.models import BatchLine, PaymentBatch, Staff
from casework.sheets import values
from casework.sheets.problems import SheetProblem
from casework.sheets.values import Cell
from workflows import trail
from workflows.payments.bank_rows import BankRow, BankSheet, read_amount, read_bank_file
from workflows.payments.batches import locked
from workflows.payments.digest import chain_of, check_digest
from workflows.payments.lines import attempt, lines_of, open_items, total_of
from workflows.payments.permissions import may_read_return
from workflows.payments.refusals import BatchRefusal, DigestBroken, ReturnRefused
from workflows.payments.road import Road, road_of
from workflows.payments.whose_answer import also_fits
from workflows.perform import perform
from workflows.refusals import Refusal
from workflows.standing import Actor

State = PaymentBatch.State
Answered = BatchLine.State
BANK_RETURNED: Final = "bank_returned"
LONGEST_REASON: Final = 120
LONGEST_REFERENCE: Final = 60

_PAID_WORDS: Final = (
    "成功 交易成功 处理成功 付款成功 入账成功 发放成功 代发成功 转账成功 已成功 到账 已到账 已入账 已付 已付款 已发放"
)
_RETURNED_WORDS: Final = (
    "失败 交易失败 处理失败 付款失败 入账失败 发放失败 代发失败 转账失败 未成功 不成功 未入账 未到账 退票 已退票 "
    "支付退票 退回 已退回 退汇 已退汇 拒绝"
)
RESULTS: Final[Mapping[str, str]] = {
    **dict.fromkeys(_PAID_WORDS.split(), Answered.PAID.value),
    **dict.fromkeys(_RETURNED_WORDS.split(), Answered.RETURNED.value),
}
"""A bank's whole word -> what it means. Never by part of a word: 不成功 holds 成功."""


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one line of the file, and what to do."""

    code: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Answer:
    """One line of the file. `line` and what follows from it are empty when the batch has no such line."""

    row: int
    line: int | None = None
    case_number: str = ""
    holder: str = ""
    amount: Decimal | None = None
    result: str = ""
    reason: str = ""
    reference: str = ""
    on: datetime.date | None = None
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class ReturnReport:
    """What a file says of a batch. The same file gives the same report, before it is taken and after.

    `faults` concern the file as a whole: with one, nothing of it is taken. `unanswered` are the batch's lines that
    still wait for an answer and get none from this file.
    """

    batch: str
    sha256: str
    faults: tuple[str, ...] = ()
    answers: tuple[Answer, ...] = ()
    unanswered: tuple[int, ...] = ()

    def having(self, result: str) -> list[Answer]:
        """The sound answers of that result."""
        return [answer for answer in self.answers if answer.result == result and not answer.problems]

    @property
    def wrong(self) -> list[Answer]:
        return [answer for answer in self.answers if answer.problems]


@dataclass(slots=True)
class _Lines:
    """The lines of a batch, to be found by what the bank writes."""

    by_number: dict[int, BatchLine]
    by_case: dict[str, BatchLine] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.by_case = {line.case.number: line for line in self.by_number.values()}


def read_return(batch: PaymentBatch, data: bytes) -> ReturnReport:
    """What the file says, with every problem by line. Changes nothing."""
    digest = sha256(data).hexdigest()
    lines = {line.line_number: line for line in lines_of(batch)}
    try:
        sheet = read_bank_file(data)
        faults = _faults(batch, sheet)
    except SheetProblem as problem:
        return ReturnReport(batch.number, digest, faults=(str(problem),))
    answers = _answers(sheet.rows, _Lines(lines))
    if not faults and all(answer.line is None for answer in answers):
        faults = [_("文件里没有一行属于批次%(number)s，请核对是不是选错了文件") % {"number": batch.number}]
    faults += _of_which_batch(batch, sheet, [lines[answer.line] for answer in answers if answer.line])
    if faults:
        return ReturnReport(batch.number, digest, faults=tuple(faults))
    return ReturnReport(batch.number, digest, (), answers, _unanswered(answers, lines.values()))


def to_take(batch: PaymentBatch, report: ReturnReport) -> list[Answer]:
    """The sound answers to lines that still wait for one: what taking the file would do."""
    open_lines = set(batch.lines.filter(state=Answered.PENDING).values_list("line_number", flat=True))
    return [answer for answer in report.answers if not answer.problems and answer.line in open_lines]


def apply_return(
    batch: PaymentBatch, data: bytes, *, by: Staff, key: str | None = None, stored_as: str = ""
) -> ReturnReport:
    """Take the bank's answers: each case to paid, or back to have its account put right. 回盘

    Raises `ReturnRefused` for a fault of the file as a whole. An answer the gateway refuses (the applicant is this
    officer's relative) becomes a problem of its line, which stays pending for somebody else to read in. The same
    file again changes nothing. `stored_as`: where the file lies, for the trail.
    """
    with transaction.atomic():
        batch = locked(batch)
        actor = may_read_return(batch, by)
        report = read_return(batch, data)
        if report.faults:
            raise ReturnRefused(report.faults)
        fresh = {answer.row for answer in to_take(batch, report)}
        refused = _take_each(batch, [answer for answer in report.answers if answer.row in fresh], by=by, key=key)
        answers = tuple(
            replace(answer, problems=(refused[answer.row],)) if answer.row in refused else answer
            for answer in report.answers
        )
        report = replace(report, answers=answers, unanswered=_unanswered(answers, lines_of(batch)))
        if len(refused) < len(fresh):
            _settle(batch, report, actor, stored_as)
    return report


def _faults(batch: PaymentBatch, sheet: BankSheet) -> list[str]:
    """What is wrong with the file as a whole, or with the batch it is held against."""
    faults = []
    if batch.state not in (State.EXPORTED, State.ANSWERED):
        state = str(State(batch.state).label)
        faults.append(_("批次现在是“%(state)s”，还没有送银行，不会有回盘") % {"state": state})
    else:
        try:
            check_digest(batch)
        except DigestBroken as broken:
            faults.append(str(broken))
    if others := sheet.batch_numbers - {batch.number}:
        names = "、".join(sorted(others))
        faults.append(_("文件里写的是批次%(others)s，不是%(number)s") % {"others": names, "number": batch.number})
    if sheet.digests - {batch.digest}:
        faults.append(_("文件里的摘要与批次锁定时的摘要不符，这不是按锁定的清册发放的"))
    if not sheet.rows:
        faults.append(_("文件里没有明细行"))
    return faults


def _of_which_batch(batch: PaymentBatch, sheet: BankSheet, answered: Sequence[BatchLine]) -> list[str]:
    """A file in which stands neither the batch nor a case must be this batch's by what is in it, and no other's."""
    says = sheet.batch_numbers or sheet.digests or any(_said(row.cells["case_number"]) for row in sheet.rows)
    other = "" if says else also_fits(batch, answered)
    if not other:
        return []
    words = {"other": other, "number": batch.number}
    return [
        _(
            "文件里没有批次号，也没有案号，和批次%(other)s也完全对得上。请向银行问清是哪一批的，再把“%(number)s”写进文件的任意一格"
        )
        % words
    ]


def _answers(rows: Sequence[BankRow], lines: _Lines) -> tuple[Answer, ...]:
    answers = [_answer(row, lines) for row in rows]
    times = Counter(answer.line for answer in answers if answer.line is not None)
    twice = Problem("answered_twice", _("这一笔在文件里回了不止一次，请向银行问清"))
    return tuple(
        replace(answer, problems=(*answer.problems, twice))
        if answer.line is not None and times[answer.line] > 1
        else answer
        for answer in answers
    )


def _answer(row: BankRow, lines: _Lines) -> Answer:
    line, problem = _line_of(row.cells, lines)
    amount = read_amount(row.cells["amount"])
    word = values.word(_said(row.cells["result"]))
    result = RESULTS.get(word, "")
    reason = _said(row.cells["reason"])[:LONGEST_REASON]
    if line is None:
        assert problem is not None
        return Answer(row.number, amount=amount, result=result, reason=reason, problems=(problem,))
    on, date_problem = _day(row.cells["date"])
    if on is not None and on > localdate():
        date_problem.append(Problem("date_in_future", _("日期%(on)s还没有到") % {"on": on}))
    problems = [
        *_against_line(row.cells, line, amount),
        *_about_result(line, word, result, reason),
        *date_problem,
    ]
    return Answer(
        row=row.number,
        line=line.line_number,
        case_number=line.case.number,
        holder=line.holder_name,
        amount=amount,
        result=result,
        reason=reason if result == Answered.RETURNED else "",
        reference=_said(row.cells["reference"])[:LONGEST_REFERENCE],
        on=on,
        problems=tuple(problems),
    )


def _line_of(cells: Mapping[str, Cell], lines: _Lines) -> tuple[BatchLine | None, Problem | None]:
    """The batch's line that a row means, by line number or case number; both must mean the same where both stand."""
    sequence, case_number = values.word(_said(cells["sequence"])), values.word(_said(cells["case_number"])).upper()
    by_case = lines.by_case.get(case_number)
    by_number = lines.by_number.get(int(sequence)) if sequence.isascii() and sequence.isdigit() else None
    if case_number and by_case is None:
        return None, Problem("line_unknown", _("案号%(case)s不在这个批次里") % {"case": case_number})
    if by_case is not None and by_number is not None and by_case.pk != by_number.pk:
        return None, Problem("line_mismatch", _("序号和案号指的不是同一笔；如序号是银行自己编的，请删去那一列再录入"))
    found = by_case or by_number
    if found is None:
        said = _("序号%(number)s不在这个批次里") % {"number": sequence} if sequence else _("没有序号，也没有案号")
        return None, Problem("line_unknown", said)
    return found, None


def _against_line(cells: Mapping[str, Cell], line: BatchLine, amount: Decimal | None) -> Iterator[Problem]:
    if amount is None:
        yield Problem("amount_unreadable", _("金额看不懂"))
    elif amount != line.amount:
        sums = {"file": f"{amount:f}", "line": f"{line.amount:.2f}"}
        yield Problem("amount_differs", _("金额%(file)s元与批次的%(line)s元不符，差一分也不能入账") % sums)
    try:
        account = values.account(cells["account_number"])
    except values.CellProblem as problem:
        yield Problem("account_unreadable", str(problem))
    else:
        if lookup_hash("account", account) != line.account_hash:
            yield Problem("account_differs", _("账号与批次的不符"))
    holder = values.name(_said(cells["account_holder"]))
    if holder and holder != values.name(line.holder_name):
        yield Problem("holder_differs", _("户名与批次的不符"))


def _about_result(line: BatchLine, word: str, result: str, reason: str) -> Iterator[Problem]:
    if not word:
        yield Problem("result_missing", _("没有处理结果"))
    elif not result:
        yield Problem("result_unknown", _("看不懂处理结果“%(word)s”，请改成“成功”“失败”或“退票”") % {"word": word})
    elif (other := RESULTS.get(values.word(reason))) and other != result:
        said = _("处理结果写“%(word)s”，原因又写“%(reason)s”，自相矛盾，请向银行问清")
        yield Problem("contradicts_itself", said % {"word": word, "reason": reason})
    elif result == Answered.RETURNED and not reason:
        yield Problem("reason_missing", _("退票没有写原因，请向银行问清"))
    elif line.state not in (Answered.PENDING, result):
        state = str(Answered(line.state).label)
        said = _("这一笔以前已记为“%(state)s”，与这次的结果相反") % {"state": state}
        if line.state == Answered.PAID:
            said = _("%(said)s；如果银行到账后又退回，请到这件案子里办“到账后银行退回”") % {"said": said}
        else:
            said = _("%(said)s；如果银行确已付到，请先不要重发这件案子，向银行问清") % {"said": said}
        yield Problem("answered_otherwise", said)


def _said(cell: Cell) -> str:
    """A cell as text; a number of the bank's own that Excel has rounded stays visibly so."""
    return values.text(values.shown(cell))


def _day(cell: Cell) -> tuple[datetime.date | None, list[Problem]]:
    try:
        return values.date(cell), []
    except values.BadDate as problem:
        return None, [Problem("date_unreadable", str(problem))]


def _unanswered(answers: Iterable[Answer], lines: Iterable[BatchLine]) -> tuple[int, ...]:
    answered = {answer.line for answer in answers if not answer.problems}
    return tuple(
        line.line_number for line in lines if line.state == Answered.PENDING and line.line_number not in answered
    )


def _take_each(batch: PaymentBatch, answers: Sequence[Answer], *, by: Staff, key: str | None) -> dict[int, Problem]:
    """Every answer through the gateway and onto its line; what the gateway refused, by row."""
    road = road_of(batch.programme)
    lines = {line.line_number: line for line in lines_of(batch)}
    items = open_items(list(lines.values()), road.credited)
    refused: dict[int, Problem] = {}
    for answer in answers:
        assert answer.line is not None
        line = lines[answer.line]
        try:
            _take(batch, line, answer, road, items.get(line.case_id), by=by, key=key)
        except Refusal as refusal:
            refused[answer.row] = Problem(refusal.code, str(refusal))
    return refused


def _take(
    batch: PaymentBatch, line: BatchLine, answer: Answer, road: Road, item: int | None, *, by: Staff, key: str | None
) -> None:
    if item is None:
        raise BatchRefusal(_("案件已不在“%(step)s”这一步") % {"step": road.credited.step.task_title})
    with_batch = {"batch": batch.number}
    if answer.result == Answered.PAID:
        perform(item, road.credited.outcome, by=by, key=attempt(key, item), values=with_batch)
    else:
        perform(
            item,
            road.returned.outcome,
            by=by,
            reasons=(BANK_RETURNED,),
            note=answer.reason,
            key=attempt(key, item),
            values=with_batch,
        )
    line.state, line.bank_reason, line.bank_reference = answer.result, answer.reason, answer.reference
    line.answered_on = answer.on or localdate()
    line.save(update_fields=["state", "bank_reason", "bank_reference", "answered_on"])


def _settle(batch: PaymentBatch, report: ReturnReport, actor: Actor, stored_as: str) -> None:
    """The batch is answered when all its lines are; the trail says which file said so."""
    lines = list(lines_of(batch))
    pending = [line for line in lines if line.state == Answered.PENDING]
    if not pending:
        batch.state = State.ANSWERED
        batch.save(update_fields=["state"])
    paid = [line for line in lines if line.state == Answered.PAID]
    details = {
        "file": report.sha256,
        "stored": stored_as,
        "paid": len(paid),
        "paid_total": f"{total_of(paid):.2f}",
        "returned": len(lines) - len(paid) - len(pending),
        "pending": len(pending),
        "problems": len(report.wrong),
    }
    trail.record(chain_of(batch), "batch_answered", actor=actor, details=details)
