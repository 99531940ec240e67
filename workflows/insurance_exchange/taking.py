"""Taking what an insurer says, one answer at a time: whichever road it comes by, however often, in whatever order.

An answer is received (a row, by its id, before anything is done about it) and then taken: the claim moves through the
gateway, in the name of the insurer's clerk. Each is a transaction of its own, so one's fault never holds up the others;
the row says what became of it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.db import transaction
from django.utils.timezone import now

from casework.models import AnswerFile, Case, InsurerAnswer, InsurerConnection
from workflows.insurance_exchange.connections import opened
from workflows.insurance_exchange.judging import claim_of, is_repeat, judge
from workflows.insurance_exchange.messages import AnswerMessage, NotUnderstood, canonical, digest_of, read_answer
from workflows.insurance_exchange.problems import Problem
from workflows.perform import perform
from workflows.refusals import AlreadyDone, Refusal

State = InsurerAnswer.State
Road = InsurerAnswer.Road
TAKE: Final = "insurer_take"
LONGEST_SENTENCE: Final = 300


@dataclass(frozen=True, slots=True)
class Voice:
    """Whose answers these are, and by which road they came."""

    connection: InsurerConnection
    road: str
    file: AnswerFile | None = None

    @property
    def office_id(self) -> int:
        return self.connection.office_id


@dataclass(frozen=True, slots=True)
class Became:
    """What became of an answer. `known`: it had been here before this time."""

    id: str
    state: str
    code: str = ""
    sentence: str = ""
    known: bool = False


def take_said(said: Any, voice: Voice) -> Became:
    """An answer as it stands in JSON: received, and taken if it can be."""
    row, fresh = receive(said, voice)
    return settle(row.pk, known=not fresh)


def take(answer: AnswerMessage, voice: Voice) -> Became:
    """The same, of an answer that has been read."""
    row, fresh = _row_of(answer, voice)
    return settle(row.pk, known=not fresh)


def keep_aside(answer: AnswerMessage, voice: Voice, code: str) -> None:
    """Keep an answer for people to look at, and do nothing about it."""
    sentence = str(Problem(code))
    _new_row(voice, answer.id, answer.body(), answer.digest, answer=answer, code=code, sentence=sentence)


def receive(said: Any, voice: Voice) -> tuple[InsurerAnswer, bool]:
    """The answer's row, and whether it is new. Nothing an insurer said is lost because it said it badly."""
    try:
        return _row_of(read_answer(said), voice)
    except NotUnderstood as problem:
        answer_id = f"unread:{digest_of(said)[:40]}"
        return _new_row(voice, answer_id, said, digest_of(said), code="not_understood", sentence=str(problem))


def settle(answer_id: int, *, known: bool = False) -> Became:
    """Take an answer that waits, and then whatever has been waiting for it. Any other is left as it is."""
    with transaction.atomic():
        row = InsurerAnswer.objects.select_for_update().get(pk=answer_id)
        changed = row.state == State.WAITING
        if changed:
            _take(row)
    if changed and row.state == State.TAKEN and row.case_id is not None:
        settle_waiting(row.case_id, row.office_id)
    return Became(row.answer_id, row.state, row.problem, row.sentence, known)


def settle_waiting(case_id: int, office_id: int) -> None:
    """Try the claim's answers that came too early again, the first first. One that is taken tries the rest."""
    waiting = InsurerAnswer.objects.filter(case=case_id, office=office_id, state=State.WAITING).order_by("id")
    for pk in list(waiting.values_list("pk", flat=True)):
        if settle(pk).state == State.TAKEN:
            return


def take_by_job(key: str, payload: Mapping[str, Any]) -> None:
    """Job: take one that was received."""
    settle(payload["answer"])


def _row_of(answer: AnswerMessage, voice: Voice) -> tuple[InsurerAnswer, bool]:
    """The answer's row, and whether it is new. Another content under an id already known is a row of its own."""
    row, fresh = _new_row(voice, answer.id, answer.body(), answer.digest, answer=answer)
    if row.digest == answer.digest:
        return row, fresh
    reused, sentence = f"{answer.id}#{answer.digest[:12]}", str(Problem("id_reused"))
    return _new_row(voice, reused, answer.body(), answer.digest, answer=answer, code="id_reused", sentence=sentence)


def _new_row(
    voice: Voice,
    answer_id: str,
    body: Any,
    digest: str,
    *,
    answer: AnswerMessage | None = None,
    code: str = "",
    sentence: str = "",
) -> tuple[InsurerAnswer, bool]:
    return InsurerAnswer.objects.get_or_create(
        office_id=voice.office_id,
        answer_id=answer_id,
        defaults={
            "kind": answer.kind if answer else "",
            "round": answer.round if answer else 0,
            "message": canonical(body).decode(),
            "digest": digest,
            "road": voice.road,
            "file": voice.file,
            "received_at": now(),
            "state": State.OUT_OF_STEP if code else State.WAITING,
            "problem": code,
            "sentence": sentence[:LONGEST_SENTENCE],
        },
    )


def _take(row: InsurerAnswer) -> None:
    """Do what can be done, and write down what became of it."""
    answer = read_answer(json.loads(opened(row.message)))
    row.problem = row.sentence = ""
    row.tried_at = now()
    row.case = Case.objects.filter(number=answer.claim, claim__insurer=row.office_id).first()
    try:
        row.state = _act(row, answer)
    except Problem as problem:
        row.state = State.WAITING if problem.waits else State.OUT_OF_STEP
        row.problem, row.sentence = problem.code, str(problem)[:LONGEST_SENTENCE]
    row.save(update_fields=["case", "state", "problem", "sentence", "tried_at"])


def _act(row: InsurerAnswer, answer: AnswerMessage) -> str:
    """Through the gateway. Who was quicker by another road has changed where the claim is: then look once more."""
    late: Refusal | None = None
    for _look in (1, 2):
        claim = claim_of(answer, row.office_id)
        if is_repeat(answer, claim):
            return State.REPEAT
        todo = judge(answer, claim)
        try:
            with transaction.atomic():
                perform(
                    todo.item_id,
                    todo.outcome,
                    by=row.office.connection.clerk,
                    reasons=todo.reasons,
                    note=todo.note,
                    key=f"answer:{row.pk}",
                    values=todo.values,
                    via=row.road,
                )
            return State.TAKEN
        except AlreadyDone as done:
            late = done
        except Refusal as refused:
            raise Problem("refused_by_rule", said=str(refused)) from refused
    raise Problem("refused_by_rule", said=str(late))
