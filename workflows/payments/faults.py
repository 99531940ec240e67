"""What a second person's check finds: every line held against its case, the sum against the lines.

Nothing here writes. The rules are the audit's own: 截留克扣 (a cent less, a line more), 户名不符, 同卡多人,
公示与发放不一致.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from casework.models import BatchLine, PaymentBatch, Stage
from workflows import registry
from workflows.entitlement import is_awarded_right
from workflows.payments.hung import unlike_the_board
from workflows.payments.lines import account_of, at_line, due_to, lines_of, total_of
from workflows.payments.refusals import BatchWrong


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that must not be paid as it stands. `line` is 0 for the batch as a whole."""

    code: str
    line: int
    sentence: str


def faults_of(batch: PaymentBatch) -> list[Fault]:
    """Every fault of a batch, in order of line; empty when it may go on."""
    lines = list(lines_of(batch))
    unlike = unlike_the_board([line.case for line in lines])
    found = [fault for line in lines for fault in (*_of_line(batch, line), *_of_the_board(line, unlike))]
    return [*found, *_shared_accounts(lines), *_sums(batch, lines)]


def refuse_faults(batch: PaymentBatch) -> None:
    """Raise `BatchWrong` with all of them."""
    if faults := faults_of(batch):
        raise BatchWrong(batch.number, [fault.sentence for fault in faults])


def _of_line(batch: PaymentBatch, line: BatchLine) -> Iterator[Fault]:
    case, account = line.case, line.case.payee_account

    def fault(code: str, sentence: str) -> Fault:
        return Fault(code, line.line_number, at_line(line, sentence))

    if case.programme != batch.programme or not case.division_id.startswith(batch.county_id):
        yield fault("case_elsewhere", _("案件不属于这个县的这个项目"))
    if case.stage != Stage.PAYABLE:
        stage = str(Stage(case.stage).label)
        yield fault("case_not_payable", _("案件现在是“%(stage)s”，不是待付款") % {"stage": stage})
    if line.amount != due_to(case):
        yield fault("amount_differs", _("金额%(line)s元与案件批准的%(case)s元不符") % _amounts(line))
    if case.facts_digest != case.digest_of_facts():
        yield fault("facts_altered", _("申请内容不是签字时的内容，可能被改动过"))
    if not is_awarded_right(case):
        yield fault("award_differs", _("案件的金额与按申请内容重新计算的结果不一致"))
    if account is None or line.account_hash != account.account_hash:
        yield fault("account_differs", _("账号与案件现在的收款账户不是同一个"))
    if account_of(line) is None:
        yield fault("account_altered", _("账号与编制批次时登记的不一致，可能被改动过"))
    if account is not None and account.person_id != case.applicant_id:
        yield fault("account_of_another", _("案件的收款账户不是申请人本人的"))
    if line.holder_name != registry.programme(case.programme).payee(case):
        yield fault("holder_differs", _("户名“%(holder)s”与申请人姓名不符") % {"holder": line.holder_name})


def _of_the_board(line: BatchLine, unlike: Mapping[int, list[str]]) -> Iterator[Fault]:
    """公示与发放不一致: two lists, a clean one for the board and an altered one for the bank."""
    for sentence in unlike.get(line.case_id, ()):
        yield Fault("not_as_noticed", line.line_number, at_line(line, sentence))


def _amounts(line: BatchLine) -> dict[str, str]:
    return {"line": f"{line.amount:.2f}", "case": f"{due_to(line.case):.2f}"}


def _shared_accounts(lines: Sequence[BatchLine]) -> Iterator[Fault]:
    """One account, people of different households: somebody holds others' cards."""
    sharing: dict[str, list[BatchLine]] = defaultdict(list)
    for line in lines:
        sharing[line.account_hash].append(line)
    for group in sharing.values():
        if len({_household(line) for line in group}) > 1:
            others = "、".join(str(line.line_number) for line in group)
            for line in group:
                sentence = _("同一账号收不同家庭的钱（第%(lines)s行）") % {"lines": others}
                yield Fault("shared_account", line.line_number, at_line(line, sentence))


def _household(line: BatchLine) -> tuple[str, int]:
    """The household of the line's person; somebody in no household is one by themselves."""
    person = line.case.applicant
    return ("person", person.pk) if person.household_id is None else ("household", person.household_id)


def _sums(batch: PaymentBatch, lines: Sequence[BatchLine]) -> Iterator[Fault]:
    if not lines:
        yield Fault("no_lines", 0, _("批次里没有明细"))
    if len(lines) != batch.line_count:
        yield Fault("count_differs", 0, _("笔数与明细不符"))
    if total_of(lines) != batch.total:
        sums = {"total": f"{batch.total:.2f}", "lines": f"{total_of(lines):.2f}"}
        yield Fault("total_differs", 0, _("合计%(total)s元与明细之和%(lines)s元不符") % sums)
