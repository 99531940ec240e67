"""An insurer's answers in a file: look at every line first, then take it; afterwards the same look is the report.

What one line has wrong never holds up the others; what is wrong with the file as a whole takes none of it. The same
file again changes nothing.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from hashlib import sha256
from typing import Final

from django.db import transaction
from django.utils.timezone import now
from django.utils.translation import gettext as _

from casework.models import AnswerFile, InsurerAnswer, InsurerConnection, Level, Staff
from casework.sheets.problems import SheetProblem
from workflows import trail
from workflows.insurance_exchange.answer_rows import AnswerSheet, FileLine, read_file
from workflows.insurance_exchange.connections import chain_of
from workflows.insurance_exchange.hands import carrying
from workflows.insurance_exchange.judging import claim_of, is_repeat, judge
from workflows.insurance_exchange.messages import AGREED, DECISIONS, PAID, AnswerMessage, NotUnderstood
from workflows.insurance_exchange.problems import Problem
from workflows.insurance_exchange.taking import Road, Voice, keep_aside, take
from workflows.payments.refusals import BatchRefusal

State = InsurerAnswer.State
READY: Final = "ready"
UNREAD: Final = "unread"
GOOD: Final = frozenset({READY, State.TAKEN.value, State.REPEAT.value})


@dataclass(frozen=True, slots=True)
class LineReport:
    """What a line says, and what would become (or became) of it: `ready`, `unread`, or an answer's state."""

    row: int
    claim: str
    answer: AnswerMessage | None
    state: str
    sentence: str = ""

    @property
    def is_good(self) -> bool:
        return self.state in GOOD


@dataclass(frozen=True, slots=True)
class FileReport:
    """What a file says. `faults` concern it as a whole: with one, nothing of it is taken."""

    sha256: str
    faults: tuple[str, ...] = ()
    lines: tuple[LineReport, ...] = ()
    taken_before: bool = False

    @property
    def wrong(self) -> list[LineReport]:
        return [line for line in self.lines if not line.is_good]

    def counts(self) -> dict[str, int]:
        return dict(Counter(line.state for line in self.lines))


class FileRefused(BatchRefusal):
    code = "answers_refused"

    def __init__(self, details: Sequence[str]) -> None:
        super().__init__(_("这份回复文件没有录入，什么都没有变化："), details)


def look(connection: InsurerConnection, data: bytes) -> FileReport:
    """What every line of the file would come to. Changes nothing."""
    digest = sha256(data).hexdigest()
    try:
        sheet = read_file(data)
    except (SheetProblem, NotUnderstood) as problem:
        return FileReport(digest, faults=(str(problem),))
    twice = _listed_twice(sheet)
    known = _known(connection, sheet)
    agreed = {line.answer.claim: line.answer for line in sheet.lines if line.answer and line.answer.kind == AGREED}
    lines = tuple(_look_at(line, connection, twice, known, agreed) for line in sheet.lines)
    before = AnswerFile.objects.filter(office=connection.office_id, sha256=digest).exists()
    return FileReport(digest, tuple(_faults(connection, sheet, lines)), lines, before)


def take_file(connection: InsurerConnection, data: bytes, *, by: Staff, stored_as: str = "") -> FileReport:
    """Take every line that can be taken. 录入回复文件

    The county's intake clerk brings it, or the insurer's clerk; what it says is said in the name of the clerk whom the
    connection names. Raises `NotYourPost`,
    or `FileRefused` for a fault of the whole.
    """
    county = connection.office.division_id[: Level.COUNTY]
    actor = carrying(by, connection.office)
    report = look(connection, data)
    if report.faults:
        raise FileRefused(report.faults)
    file, fresh = AnswerFile.objects.get_or_create(
        office=connection.office,
        sha256=report.sha256,
        defaults={"county_id": county, "stored_as": stored_as, "taken_by": by, "taken_at": now()},
    )
    voice = Voice(connection, Road.FILE, file)
    for line in report.lines:
        _take(line, voice)
    # A payment that stood before its decision was taken with it: look again.
    report = look(connection, data)
    if fresh or file.counts != report.counts():
        file.counts = report.counts()
        with transaction.atomic():
            file.save(update_fields=["counts"])
            details = {"file": report.sha256, "stored": stored_as, **report.counts()}
            trail.record(chain_of(connection), "answers_taken", actor=actor, details=details)
    return report


def _faults(connection: InsurerConnection, sheet: AnswerSheet, lines: Sequence[LineReport]) -> list[str]:
    faults = []
    if sheet.key_id and sheet.key_id != connection.key_id:
        faults.append(
            _("文件写的密钥编号是%(key)s，不是这家保险公司的，请核对是不是选错了公司") % {"key": sheet.key_id}
        )
    if not sheet.lines:
        faults.append(_("文件里没有明细行"))
    elif all(line.sentence in _not_theirs() for line in lines):
        faults.append(_("文件里没有一行是转给这家保险公司的理赔，请核对是不是选错了文件或公司"))
    return faults


def _not_theirs() -> tuple[str, str]:
    return str(Problem("unknown_claim")), str(Problem("wrong_insurer"))


def _listed_twice(sheet: AnswerSheet) -> set[int]:
    """Rows that say different things of one step of one claim: nobody can know which is meant."""
    said: dict[tuple[object, ...], set[str]] = defaultdict(set)
    rows: dict[tuple[object, ...], list[int]] = defaultdict(list)
    for line in sheet.lines:
        if line.answer is not None:
            place = _place_of(line.answer)
            said[place].add(line.answer.digest)
            rows[place].append(line.row)
    return {row for place, digests in said.items() if len(digests) > 1 for row in rows[place]}


def _place_of(answer: AnswerMessage) -> tuple[object, ...]:
    """Which step of which claim it is about; of payments there can be several."""
    step = "decision" if answer.kind in DECISIONS else answer.kind
    return answer.claim, answer.round, step, answer.reference if answer.kind == PAID else ""


def _known(connection: InsurerConnection, sheet: AnswerSheet) -> Mapping[str, InsurerAnswer]:
    """The answers that were here before, by their id."""
    answers = [line.answer for line in sheet.lines if line.answer is not None]
    ids = [answer.id for answer in answers]
    rows = InsurerAnswer.objects.filter(office=connection.office_id, answer_id__in=ids)
    return {row.answer_id: row for row in rows}


def _look_at(
    line: FileLine,
    connection: InsurerConnection,
    twice: set[int],
    known: Mapping[str, InsurerAnswer],
    agreed: Mapping[str, AnswerMessage],
) -> LineReport:
    answer = line.answer
    if answer is None:
        return LineReport(line.row, line.claim, None, UNREAD, line.fault)
    row = known.get(answer.id)
    if row is not None and row.digest != answer.digest:
        return LineReport(line.row, line.claim, answer, State.OUT_OF_STEP, str(Problem("id_reused")))
    if row is not None and row.state != State.WAITING:
        return LineReport(line.row, line.claim, answer, row.state, row.sentence)
    if line.row in twice:
        return LineReport(line.row, line.claim, answer, State.OUT_OF_STEP, str(Problem("listed_twice")))
    try:
        claim = claim_of(answer, connection.office_id)
        state = State.REPEAT.value if is_repeat(answer, claim) else READY
        if state == READY and not _follows_in_this_file(answer, agreed):
            judge(answer, claim)
    except Problem as problem:
        state = State.WAITING if problem.waits else State.OUT_OF_STEP
        return LineReport(line.row, line.claim, answer, state, str(problem))
    return LineReport(line.row, line.claim, answer, state)


def _follows_in_this_file(answer: AnswerMessage, agreed: Mapping[str, AnswerMessage]) -> bool:
    """A payment whose decision stands in the same file, wherever in it."""
    decision = agreed.get(answer.claim)
    if answer.kind != PAID or decision is None or decision.round != answer.round:
        return False
    most = decision.amount or Decimal(0)
    if answer.amount is not None and answer.amount > most:
        raise Problem("paid_more_than_decided", paid=f"{answer.amount:.2f}", decided=f"{most:.2f}")
    return True


def _take(line: LineReport, voice: Voice) -> None:
    if line.answer is None:
        return
    if line.sentence == str(Problem("listed_twice")):
        keep_aside(line.answer, voice, "listed_twice")
    else:
        take(line.answer, voice)
