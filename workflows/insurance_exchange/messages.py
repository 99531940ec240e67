"""What is said between us and an insurer: a claim one way, answers to it the other. The same in a file and over HTTP.

Messages are canonical JSON: keys sorted, no spaces, UTF-8 unescaped, so the same message is the same bytes. Money is a
text of yuan with two decimals, a day `2026-11-02`, a moment ISO 8601 with its offset.
"""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from hashlib import sha256
from typing import Any, Final

from django.utils.translation import gettext as _

CLAIMS_FORMAT: Final = "nuanxin-claims-1"
ANSWERS_FORMAT: Final = "nuanxin-answers-1"

SUPPLEMENT: Final = "supplement"
AGREED: Final = "agreed"
REFUSED: Final = "refused"
PAID: Final = "paid"
KINDS: Final = (SUPPLEMENT, AGREED, REFUSED, PAID)
DECISIONS: Final = (AGREED, REFUSED)

MOST_ANSWERS: Final = 2000
MOST_PAPERS: Final = 20
LONGEST_PAPER: Final = 80
LONGEST_REASON: Final = 500
LONGEST_REFERENCE: Final = 60
LARGEST_ROUND: Final = 99

_ID: Final = re.compile(r"[A-Za-z0-9._:-]{1,64}")
_CLAIM: Final = re.compile(r"[A-Z0-9-]{1,32}")
_MONEY: Final = re.compile(r"[0-9]{1,9}\.[0-9]{2}")
_ENCODER: Final = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


class NotUnderstood(Exception):
    """One answer that is not put as it must be; `field` is where, the text says what to do."""

    def __init__(self, field: str, sentence: str) -> None:
        self.field = field
        super().__init__(sentence)


@dataclass(frozen=True, slots=True)
class AnswerMessage:
    """One thing the insurer says of one claim. `round` is which lodging of the claim it answers: 1, and one more each
    time papers were supplied. Of the rest, what its kind needs: `amount` (yuan) of `agreed` and `paid`, `paid_on` of
    `paid`, `reason` of `refused` and `supplement`, `papers` of `supplement`."""

    id: str
    claim: str
    round: int
    kind: str
    at: datetime.datetime | None = None
    amount: Decimal | None = None
    reason: str = ""
    papers: tuple[str, ...] = ()
    paid_on: datetime.date | None = None
    reference: str = ""

    def body(self) -> dict[str, Any]:
        """As JSON has it; what is empty is left out."""
        written: dict[str, Any] = {
            "id": self.id,
            "claim": self.claim,
            "round": self.round,
            "kind": self.kind,
            "at": self.at.isoformat() if self.at else None,
            "amount": None if self.amount is None else f"{self.amount:.2f}",
            "reason": self.reason,
            "papers": list(self.papers),
            "paid_on": self.paid_on.isoformat() if self.paid_on else None,
            "reference": self.reference,
        }
        return {name: value for name, value in written.items() if value not in (None, "", [])}

    @property
    def digest(self) -> str:
        """Of all it says but its id and its moment: two that say the same have the same."""
        body = {name: value for name, value in self.body().items() if name not in ("id", "at")}
        return digest_of(body)

    @property
    def named(self) -> AnswerMessage:
        """With an id of its content where the insurer gave it none, as in a hand-made sheet."""
        if self.id:
            return self
        return AnswerMessage(
            f"content:{self.digest[:40]}",
            self.claim,
            self.round,
            self.kind,
            self.at,
            self.amount,
            self.reason,
            self.papers,
            self.paid_on,
            self.reference,
        )


def canonical(body: Any) -> bytes:
    return _ENCODER.encode(body).encode()


def digest_of(body: Any) -> str:
    return sha256(canonical(body)).hexdigest()


def read_answer(said: Any) -> AnswerMessage:
    """An answer as it stands in JSON. Raises `NotUnderstood` with the field and a sentence."""
    if not isinstance(said, Mapping):
        raise NotUnderstood("", _("这一条不是一个JSON对象"))
    kind = said.get("kind")
    if kind not in KINDS:
        raise NotUnderstood("kind", _("看不懂回复类别，应为 supplement、agreed、refused 或 paid"))
    return checked(
        AnswerMessage(
            id=_matching(said, "id", _ID, _("回复编号应为1至64位字母、数字或 . _ : -")),
            claim=_matching(said, "claim", _CLAIM, _("案号不对")),
            round=_round(said.get("round")),
            kind=kind,
            at=_moment(said.get("at")),
            amount=_money(said.get("amount")),
            reason=_text(said, "reason", LONGEST_REASON),
            papers=_papers(said.get("papers")),
            paid_on=_day(said.get("paid_on")),
            reference=_text(said, "reference", LONGEST_REFERENCE),
        )
    )


def checked(answer: AnswerMessage) -> AnswerMessage:
    """The answer, if it says what its kind must. Raises `NotUnderstood`."""
    needs_amount = answer.kind in (AGREED, PAID)
    if needs_amount and answer.amount is None:
        raise NotUnderstood("amount", _("同意赔付和付款都要写金额（元，两位小数）"))
    if needs_amount and answer.amount is not None and answer.amount <= 0:
        raise NotUnderstood("amount", _("金额必须大于零；不赔请写“拒赔”"))
    if not needs_amount and answer.amount is not None:
        raise NotUnderstood("amount", _("拒赔和要求补充材料不写金额"))
    if answer.kind == PAID and answer.paid_on is None:
        raise NotUnderstood("paid_on", _("付款要写付款日期"))
    if answer.kind == REFUSED and not answer.reason:
        raise NotUnderstood("reason", _("拒赔要写明理由"))
    if answer.kind == SUPPLEMENT and not answer.papers:
        raise NotUnderstood("papers", _("要求补充材料，要一次写明缺哪些"))
    return answer


def read_answers(data: bytes) -> list[Any]:
    """The answers of a file or of a reply, each still to be read. Raises `NotUnderstood` for the whole."""
    try:
        body = json.loads(data)
    except (ValueError, RecursionError) as problem:
        raise NotUnderstood("", _("不是完整的JSON")) from problem
    if not isinstance(body, dict) or body.get("format") != ANSWERS_FORMAT:
        raise NotUnderstood("format", _("不是 %(format)s 格式") % {"format": ANSWERS_FORMAT})
    answers = body.get("answers")
    if not isinstance(answers, list):
        raise NotUnderstood("answers", _("没有 answers 列表"))
    if len(answers) > MOST_ANSWERS:
        raise NotUnderstood("answers", _("一次最多%(most)d条") % {"most": MOST_ANSWERS})
    return answers


def _matching(said: Mapping[str, Any], name: str, form: re.Pattern[str], sentence: str) -> str:
    value = said.get(name)
    if not isinstance(value, str) or not form.fullmatch(value):
        raise NotUnderstood(name, sentence)
    return value


def _round(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= LARGEST_ROUND:
        raise NotUnderstood("round", _("提交次数应为1至99的整数"))
    return value


def _moment(value: Any) -> datetime.datetime | None:
    if value is None:
        return None
    try:
        moment = datetime.datetime.fromisoformat(value)
    except (TypeError, ValueError) as problem:
        raise NotUnderstood("at", _("时间应写成 2026-11-02T09:30:00+08:00")) from problem
    if moment.tzinfo is None:
        raise NotUnderstood("at", _("时间要写明时区，如 +08:00"))
    return moment


def _money(value: Any) -> Decimal | None:
    if value is None:
        return None
    if not isinstance(value, str) or not _MONEY.fullmatch(value):
        raise NotUnderstood("amount", _('金额应写成文本，元，两位小数，如 "1234.50"'))
    return Decimal(value)


def _day(value: Any) -> datetime.date | None:
    if value is None:
        return None
    try:
        return datetime.date.fromisoformat(value)
    except (TypeError, ValueError) as problem:
        raise NotUnderstood("paid_on", _("日期应写成 2026-11-02")) from problem


def _text(said: Mapping[str, Any], name: str, longest: int) -> str:
    value = said.get(name, "")
    if not isinstance(value, str) or len(value) > longest:
        raise NotUnderstood(name, _("文字最多%(most)d字") % {"most": longest})
    return " ".join(value.split())


def _papers(value: Any) -> tuple[str, ...]:
    if value is None:
        return ()
    if not isinstance(value, list) or len(value) > MOST_PAPERS:
        raise NotUnderstood("papers", _("材料最多%(most)d项") % {"most": MOST_PAPERS})
    if not all(isinstance(one, str) and 0 < len(one.strip()) <= LONGEST_PAPER for one in value):
        raise NotUnderstood("papers", _("每项材料写1至%(most)d字") % {"most": LONGEST_PAPER})
    return tuple(" ".join(one.split()) for one in value)
