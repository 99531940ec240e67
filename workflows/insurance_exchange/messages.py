"""What an insurer says to us of a claim: its shape, and reading it. The same in a file and over HTTP.

Messages are canonical JSON: keys sorted, no spaces, UTF-8 unescaped, so the same message is the same bytes. Money is a
text of yuan with two decimals, a day `2026-11-02`, a moment ISO 8601 with its offset.
"""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from hashlib import sha256
from typing import Any, Final

from django.utils.translation import gettext as _

CLAIM_FORMAT: Final = "nuanxin-claim-1"
CLAIMS_FORMAT: Final = "nuanxin-claims-1"
ANSWERS_FORMAT: Final = "nuanxin-answers-1"

SUPPLEMENT: Final = "supplement"
AGREED: Final = "agreed"
REFUSED: Final = "refused"
PAID: Final = "paid"
KINDS: Final = (SUPPLEMENT, AGREED, REFUSED, PAID)
DECISIONS: Final = (AGREED, REFUSED)

MOST_ANSWERS: Final = 2000
MOST_PAPERS: Final = 12
LONGEST_PAPER: Final = 60
MOST_REASONS: Final = 6
LONGEST_WORDS: Final = 400
LONGEST_REFERENCE: Final = 60
LARGEST_ROUND: Final = 99

_ID: Final = re.compile(r"[A-Za-z0-9._:-]{1,48}")
_CODE: Final = re.compile(r"[a-z_]{1,40}")
_CLAIM: Final = re.compile(r"[A-Z0-9-]{1,32}")
_MONEY: Final = re.compile(r"[0-9]{1,9}\.[0-9]{2}")
_ENCODER: Final = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


class NotUnderstood(Exception):
    """An answer, or all of them, not put as it must be; `field` is where, the text says what to do."""

    def __init__(self, field: str, sentence: str) -> None:
        self.field = field
        super().__init__(sentence)


@dataclass(frozen=True, slots=True)
class AnswerMessage:
    """One thing the insurer says of one claim.

    `round` is which lodging of the claim it answers: 1, and one more each time it was lodged anew or papers were
    supplied. Of the rest, what its kind needs: `on` is the day of a decision or payment; `amount` (yuan) of `agreed`
    and `paid`; `calculation` of `agreed`, how it was worked out; `reasons` (codes) of `refused` and `supplement`;
    `papers` of `supplement`; `reference` of `paid`, the payment's own number. `words` may stand with any.
    """

    id: str
    claim: str
    round: int
    kind: str
    at: datetime.datetime | None = None
    on: datetime.date | None = None
    amount: Decimal | None = None
    calculation: str = ""
    reasons: tuple[str, ...] = ()
    papers: tuple[str, ...] = ()
    reference: str = ""
    words: str = ""

    def body(self) -> dict[str, Any]:
        """As JSON has it; what is empty is left out."""
        written: dict[str, Any] = {
            "id": self.id,
            "claim": self.claim,
            "round": self.round,
            "kind": self.kind,
            "at": self.at.isoformat() if self.at else None,
            "on": self.on.isoformat() if self.on else None,
            "amount": None if self.amount is None else f"{self.amount:.2f}",
            "calculation": self.calculation,
            "reasons": list(self.reasons),
            "papers": list(self.papers),
            "reference": self.reference,
            "words": self.words,
        }
        return {name: value for name, value in written.items() if value not in (None, "", [])}

    @property
    def digest(self) -> str:
        """Of all it says but its id and its moment: two that say the same have the same."""
        return digest_of({name: value for name, value in self.body().items() if name not in ("id", "at")})

    def named(self) -> AnswerMessage:
        """With an id made of its content where the insurer gave it none, as in a sheet filled in by hand."""
        return self if self.id else replace(self, id=f"content:{self.digest[:40]}")


def canonical(body: Any) -> bytes:
    return _ENCODER.encode(body).encode()


def digest_of(body: Any) -> str:
    return sha256(canonical(body)).hexdigest()


def read_answers(data: bytes) -> list[Any]:
    """The answers of a file, or of what was sent, each still to be read. Raises `NotUnderstood` for the whole."""
    try:
        body = json.loads(data)
    except (ValueError, RecursionError) as problem:
        raise NotUnderstood("", _("不是完整的JSON")) from problem
    return answers_in(body)


def answers_in(body: Any) -> list[Any]:
    if not isinstance(body, Mapping) or body.get("format") != ANSWERS_FORMAT:
        raise NotUnderstood("format", _("不是 %(format)s 格式") % {"format": ANSWERS_FORMAT})
    answers = body.get("answers")
    if not isinstance(answers, list):
        raise NotUnderstood("answers", _("没有 answers 列表"))
    if len(answers) > MOST_ANSWERS:
        raise NotUnderstood("answers", _("一次最多%(most)d条") % {"most": MOST_ANSWERS})
    return answers


def read_answer(said: Any) -> AnswerMessage:
    """An answer as it stands in JSON. Raises `NotUnderstood` with the field and a sentence."""
    if not isinstance(said, Mapping):
        raise NotUnderstood("", _("这一条不是一个JSON对象"))
    kind = said.get("kind")
    if kind not in KINDS:
        raise NotUnderstood("kind", _("看不懂回复类别，应为 supplement、agreed、refused 或 paid"))
    return checked(
        AnswerMessage(
            id=_matching(said, "id", _ID, _("回复编号应为1至48位字母、数字或 . _ : -")),
            claim=_matching(said, "claim", _CLAIM, _("案号不对")),
            round=_round(said.get("round")),
            kind=kind,
            at=_moment(said.get("at")),
            on=_day(said.get("on")),
            amount=_money(said.get("amount")),
            calculation=_text(said, "calculation", LONGEST_WORDS),
            reasons=_list(said, "reasons", MOST_REASONS, 40),
            papers=_list(said, "papers", MOST_PAPERS, LONGEST_PAPER),
            reference=_text(said, "reference", LONGEST_REFERENCE),
            words=_text(said, "words", LONGEST_WORDS),
        )
    )


def checked(answer: AnswerMessage) -> AnswerMessage:
    """The answer, if it says what its kind must. Raises `NotUnderstood`."""
    needs: Mapping[str, tuple[str, ...]] = {
        AGREED: ("on", "amount", "calculation"),
        PAID: ("on", "amount", "reference"),
        REFUSED: ("on", "reasons"),
        SUPPLEMENT: ("papers",),
    }
    for field in needs[answer.kind]:
        if not getattr(answer, field):
            raise NotUnderstood(field, str(_missing(field)))
    if answer.amount is not None and answer.kind not in (AGREED, PAID):
        raise NotUnderstood("amount", _("拒赔和要求补充材料不写金额"))
    if any(not _CODE.fullmatch(code) for code in answer.reasons):
        raise NotUnderstood("reasons", _("理由应写代码，见对接说明的理由表"))
    return answer


def _missing(field: str) -> str:
    return {
        "on": _("要写日期，如 2026-11-02"),
        "amount": _("要写金额（元，两位小数，大于零）"),
        "calculation": _("要写明金额怎么算出来的"),
        "reference": _("要写支付流水号"),
        "reasons": _("拒赔至少写一条理由"),
        "papers": _("要一次写明补充哪些材料"),
    }[field]


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
        raise NotUnderstood("amount", _("金额应写成文本，元，两位小数，如 1234.50"))
    return Decimal(value)


def _day(value: Any) -> datetime.date | None:
    if value is None:
        return None
    try:
        return datetime.date.fromisoformat(value)
    except (TypeError, ValueError) as problem:
        raise NotUnderstood("on", _("日期应写成 2026-11-02")) from problem


def _text(said: Mapping[str, Any], name: str, longest: int) -> str:
    value = said.get(name, "")
    if not isinstance(value, str) or len(value) > longest:
        raise NotUnderstood(name, _("文字最多%(most)d字") % {"most": longest})
    return " ".join(value.split())


def _list(said: Mapping[str, Any], name: str, most: int, longest: int) -> tuple[str, ...]:
    value = said.get(name, [])
    if not isinstance(value, list) or len(value) > most:
        raise NotUnderstood(name, _("最多%(most)d项") % {"most": most})
    if not all(isinstance(one, str) and 0 < len(one.strip()) <= longest for one in value):
        raise NotUnderstood(name, _("每项写1至%(most)d字") % {"most": longest})
    return tuple(" ".join(one.split()) for one in value)
